// CVRA, the conditional variational recurrent autoencoder.
//
// Loadings are a network of characteristics with batch norm; factors are latent, with a posterior
// that reads the month and a recurrent prior that sees only the past. Trained on the closed evidence
// lower bound, or, with the exact posterior, on the marginal likelihood. Forecasts use the prior,
// the running mean of past factors, or a blend whose weight the validation months choose.
// Reference: the CVRA paper's model with the repairs listed in docs/architecture.md.

import FactorRuntime

struct CVRA: FactorModel {
  let factors: Int
  let seeds: Int
  let epochs: Int
  let patience: Int
  let rate: Double
  let l1: Double
  let posterior: PosteriorKind
  let input: FactorInput
  let prior: PriorKind
  let betaHidden: [Int]
  let hidden: Int
  let predictorHidden: Int
  let chunk: Int
  let warmUp: Int
  let anneal: Int
  let divergenceWeight: Double
  let predictiveWeight: Double
  let clip: Double
  let factorActivation: FactorActivation
  let loadingActivation: LoadingActivation

  /// With fewer training months a prior beyond the VAR(1) only overfits.
  static let fewestMonthsForMemory = 60

  static let card = ModelCard(
    "cvra", "Fits a conditional variational recurrent autoencoder: latent factors with memory.",
    Hyperparameter("k", default: 5, in: 1...20, "number of latent factors"),
    Hyperparameter("seeds", default: 5, in: 1...100, "ensemble members, averaged at r-hat"),
    Hyperparameter("epochs", default: 300, in: 1...10_000, "most passes over the months"),
    Hyperparameter("patience", default: 40, in: 1...1000, "epochs without improvement to wait"),
    Hyperparameter("rate", default: 3e-3, in: 1e-7...1, "step size of Adam"),
    Hyperparameter("l1", default: 1e-5, in: 0...1, "strength of the L1 penalty on weights"),
    Hyperparameter("posterior", default: PosteriorKind.amortized, "how factors are inferred"),
    Hyperparameter("fac_in", default: FactorInput.beta, "what the factor network reads"),
    Hyperparameter("prior", default: PriorKind.regime, "what forecasts the factors"),
    Hyperparameter("beta_hidden", default: [32, 16], in: 1...1024, "widths of the beta network"),
    Hyperparameter("hidden", default: 16, in: 1...512, "width of the posterior's recurrent state"),
    Hyperparameter("predictor_hidden", default: 8, in: 1...512, "width of the predictor's memory"),
    Hyperparameter("chunk", default: 12, in: 2...240, "months a gradient runs through"),
    Hyperparameter("warmup", default: 20, in: 0...1000, "epochs before the divergence counts"),
    Hyperparameter("anneal", default: 20, in: 0...1000, "epochs over which the divergence rises"),
    Hyperparameter("lambda_kl", default: 1, in: 0...1000, "weight of the divergence"),
    Hyperparameter("w_pr", default: 0.1, in: 0...10, "weight of the predictor's own likelihood"),
    Hyperparameter("clip", default: 1, in: 1e-6...1e6, "largest norm of a step's gradient"),
    Hyperparameter("fac_act", default: FactorActivation.identity, "activation of the factors"),
    Hyperparameter("beta_act", default: LoadingActivation.linear, "activation of the loadings"),
    reference: "CVRA paper, equations 10-24, with the changes listed in docs/architecture.md",
    restore: { try FittedConditional<RecurrentFactorHead<Float>>($0, $1) }
  ) {
    CVRA(
      factors: $0, seeds: $1, epochs: $2, patience: $3, rate: $4, l1: $5, posterior: $6,
      input: $7, prior: $8, betaHidden: $9, hidden: $10, predictorHidden: $11, chunk: $12,
      warmUp: $13, anneal: $14, divergenceWeight: $15, predictiveWeight: $16, clip: $17,
      factorActivation: $18, loadingActivation: $19)
  }.withNetwork { settings in
    if case .integers(let widths)? = settings["beta_hidden"] { return widths }
    return [32, 16]
  }

  func fit(_ task: FactorTask, _ context: FitContext) throws -> any FittedModel {
    let split = try task.requireSplit()
    guard posterior == .amortized || factorActivation == .identity else {
      throw ModelError.incompatible(
        first: "posterior: exact", second: "fac_act: sigmoid",
        reason: "the closed posterior needs factors that are the latent variables")
    }
    var options = FactorNetworkOptions(
      factors: factors, hidden: hidden, predictorHidden: predictorHidden, posterior: posterior,
      input: input, prior: prior, activation: factorActivation, chunk: chunk,
      divergenceWeight: divergenceWeight,
      predictiveWeight: predictiveWeight, warmUp: warmUp, anneal: anneal)
    var notes: [String] = []
    if prior == .predictor || prior == .regime, split.train.count < Self.fewestMonthsForMemory {
      options.prior = .var1
      notes.append(
        "prior: var1, because \(split.train.count) training months are fewer than "
          + "\(Self.fewestMonthsForMemory)")
    }
    if factorActivation == .sigmoid, loadingActivation == .relu {
      notes.append("fac_act: sigmoid with beta_act: relu: no fitted return can be negative")
    }
    let design = ConditionalDesign<RecurrentFactorHead<Float>>(
      model: "cvra", settings: settings(options.prior), factors: factors, hidden: betaHidden,
      members: seeds, schedule: TrainingSchedule(epochs: epochs, patience: patience), rate: rate,
      clip: clip, l1: l1, longestBatch: chunk,
      cutsLoadings: loadingActivation == .relu, needsManaged: input == .managed,
      forecasts: [.mean, .prior, .blend], notes: notes,
      head: options)
    return try ConditionalFitter.fit(design, task, context)
  }

  private func settings(_ prior: PriorKind) -> [(name: String, value: String)] {
    [
      ("k", factors.text), ("seeds", seeds.text), ("epochs", epochs.text),
      ("patience", patience.text), ("rate", rate.text), ("l1", l1.text),
      ("posterior", posterior.text), ("fac_in", input.text), ("prior", prior.text),
    ]
  }
}
