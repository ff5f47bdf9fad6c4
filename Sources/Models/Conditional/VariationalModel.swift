// What CVRA and RVRAE have in common: the settings of the recurrent factor network, each declared once, and
// the fit over any beta network.

import FactorRuntime

/// The settings of a variational recurrent autoencoder of factors.
enum VariationalSettings {
  static let factors = Hyperparameter("k", default: 5, in: 1...20, "number of latent factors")
  static let seeds = Hyperparameter(
    "seeds", default: 5, in: 1...100, "ensemble members, averaged at r-hat")
  static let rate = Hyperparameter("rate", default: 3e-3, in: 1e-7...1, "step size of Adam")
  static let l1 = Hyperparameter(
    "l1", default: 1e-5, in: 0...1, "strength of the L1 penalty on weights")
  static let posterior = Hyperparameter(
    "posterior", default: PosteriorKind.amortized, "how factors are inferred")
  static let input = Hyperparameter(
    "fac_in", default: FactorInput.beta, "what the factor network reads")
  static let prior = Hyperparameter(
    "prior", default: PriorKind.regime, "what forecasts the factors")
  static let hidden = Hyperparameter(
    "hidden", default: 16, in: 1...512, "width of the posterior's recurrent state")
  static let predictorHidden = Hyperparameter(
    "predictor_hidden", default: 8, in: 1...512, "width of the predictor's memory")
  static let chunk = Hyperparameter(
    "chunk", default: 12, in: 2...240, "months a gradient runs through")
  static let warmUp = Hyperparameter(
    "warmup", default: 20, in: 0...1000, "epochs before the divergence counts")
  static let anneal = Hyperparameter(
    "anneal", default: 20, in: 0...1000, "epochs over which the divergence rises")
  static let divergenceWeight = Hyperparameter(
    "lambda_kl", default: 1.0, in: 0...1000, "weight of the divergence")
  static let predictiveWeight = Hyperparameter(
    "w_pr", default: 0.1, in: 0...10, "weight of the predictor's own likelihood")
  static let clip = Hyperparameter(
    "clip", default: 1.0, in: 1e-6...1e6, "largest norm of a step's gradient")
  static let skip = Hyperparameter(
    "enc_skip", default: true, "whether the posterior's mean also reads its input directly")
  static let decoder = Hyperparameter(
    "dec", default: FactorDecoder.identity, "what turns latent variables into factors")
  static let loss = Hyperparameter(
    "loss", default: ReconstructionLoss.elbo, "what training minimises besides the divergence")
  static let idio = Hyperparameter(
    "idio", default: ResidualKind.global, "what is known of variance beyond the factors")
  static let heads = Hyperparameter(
    "heads", default: 1, in: 1...25,
    "1 for loadings of the mean; Q for loadings at the quantiles q / (Q + 1), whose average forecasts"
  )
  static let draws = Hyperparameter(
    "mc", default: 0, in: 0...50,
    "draws of the latent variables a month; 0 for the closed expectation where there is one")
  static let divergenceGradient = Hyperparameter(
    "kl_grad", default: DivergenceGradient.both, "what the divergence moves")
  static let predictorInput = Hyperparameter(
    "pred_in", default: PredictorInput.factors, "what the predictor's memory reads")
  static let factorActivation = Hyperparameter(
    "fac_act", default: FactorActivation.identity, "activation of the factors")
}

/// A variational recurrent autoencoder, whatever its beta network.
struct VariationalModel: Sendable {
  /// With fewer training months a prior beyond the VAR(1) only overfits.
  static let fewestMonthsForMemory = 60

  var name: String
  var seeds: Int
  var schedule: TrainingSchedule
  var rate: Double
  var l1: Double
  var clip: Double
  var options: FactorNetworkOptions
  /// Settings of the beta network to show, and facts to know of it.
  var settings: [(name: String, value: String)] = []
  var notes: [String] = []

  func fit<Network: ConditionalNetwork>(
    _ kind: Network.Type, _ task: FactorTask, _ context: FitContext,
    network: @escaping @Sendable (_ characteristics: Int, _ outputs: Int) -> Network.Design
  ) throws -> any FittedModel where Network.Scalar == Float {
    var (options, notes) = (options, notes)
    try check()
    let outputs = options.columns.outputs
    // A fit that is trained anew on more months keeps the prior it was tuned with.
    let split = try task.requireSplit()
    let months = split.train.count - (context.tuned == nil ? 0 : split.valid.count)
    if options.prior.hasMemory, months < Self.fewestMonthsForMemory {
      options.prior = .var1
      notes.append(
        "prior: var1, because \(months) training months are fewer than "
          + "\(Self.fewestMonthsForMemory)")
    }
    let design = ConditionalDesign<Network, RecurrentFactorHead<Float>>(
      model: name, settings: shown(options), factors: options.factors,
      network: { network($0, outputs) }, members: seeds, schedule: schedule, rate: rate, clip: clip,
      l1: l1,
      longestBatch: options.chunk, reads: options.input.reading(task),
      forecasts: [.mean, .prior, .blend], notes: notes, head: options)
    return try design.fit(task, context)
  }

  private func check() throws {
    try checkExact()
    try checkHeads()
    if options.idio != .global, options.loss == .mse {
      throw ModelError.incompatible(
        first: "idio: \(options.idio.text)", second: "loss: mse",
        reason: "a squared error has no residual variance to learn or to hold")
    }
  }

  // The pinball loss is closed for factors that are the latent variables; it is a loss of its own.
  private func checkHeads() throws {
    guard options.heads > 1 else { return }
    let others = [
      (options.posterior == .exact, "posterior: exact"),
      (options.idio != .global, "idio: \(options.idio.text)"),
      (options.loss != .elbo, "loss: \(options.loss.text)"),
      (options.activation != .identity, "fac_act: \(options.activation.text)"),
      (options.decoder != .identity, "dec: \(options.decoder.text)"),
      (options.draws > 0, "mc: \(options.draws)"),
    ]
    guard let other = others.first(where: \.0) else { return }
    throw ModelError.incompatible(
      first: "heads: \(options.heads)", second: other.1,
      reason: "quantile heads are trained on their pinball loss, with factors that are the latent "
        + "variables of an amortized posterior")
  }

  // The exact posterior is closed for factors that are the latent variables, with a Gaussian likelihood.
  private func checkExact() throws {
    guard options.posterior == .exact else { return }
    let others = [
      (options.activation != .identity, "fac_act: \(options.activation.text)"),
      (options.decoder != .identity, "dec: \(options.decoder.text)"),
      (options.loss != .elbo, "loss: \(options.loss.text)"),
      (options.prior == .shared, "prior: shared"), (options.draws > 0, "mc: \(options.draws)"),
    ]
    guard let other = others.first(where: \.0) else { return }
    throw ModelError.incompatible(
      first: "posterior: exact", second: other.1,
      reason: "the closed posterior needs factors that are the latent variables, and a likelihood")
  }

  private func shown(_ options: FactorNetworkOptions) -> [(name: String, value: String)] {
    [
      ("k", options.factors.text), ("seeds", seeds.text), ("epochs", schedule.epochs.text),
      ("patience", schedule.patience.text), ("rate", rate.text), ("l1", l1.text),
      ("posterior", options.posterior.text), ("fac_in", options.input.text),
      ("prior", options.prior.text),
    ] + switches(options) + settings
  }
}

extension VariationalModel {
  /// The switches that are not at their default, to show.
  fileprivate func switches(
    _ options: FactorNetworkOptions
  ) -> [(name: String, value: String)] {
    let usual = FactorNetworkOptions()
    let all = [
      ("enc_skip", options.skip.text, usual.skip.text),
      ("dec", options.decoder.text, usual.decoder.text),
      ("loss", options.loss.text, usual.loss.text), ("mc", options.draws.text, usual.draws.text),
      ("kl_grad", options.divergenceGradient.text, usual.divergenceGradient.text),
      ("pred_in", options.predictorInput.text, usual.predictorInput.text),
      ("fac_act", options.activation.text, usual.activation.text),
      ("idio", options.idio.text, usual.idio.text),
      ("heads", options.heads.text, usual.heads.text),
    ]
    return all.filter { $0.1 != $0.2 }.map { ($0.0, $0.1) }
  }
}

extension PriorKind {
  /// Whether it estimates more than a VAR(1).
  var hasMemory: Bool { self == .predictor || self == .regime }
}
