// CVRA, the conditional variational recurrent autoencoder.
//
// Loadings are a network of characteristics with batch norm; factors are latent, with a posterior
// that reads the month and a recurrent prior that sees only the past. Trained on the closed evidence
// lower bound, or, with the exact posterior, on the marginal likelihood. Forecasts use the prior,
// the running mean of past factors, or a blend whose weight the validation months choose.
// `preset: paper` builds the printed model instead: one code a window, factors in (0, 1), no negative loading.
// Reference: the CVRA paper's model with the repairs listed in docs/architecture.md.

import FactorRuntime

/// Whether the model is built as its paper prints it.
enum CVRAPreset: String, HyperparameterChoice, Sendable {
  case own, paper, paper_leak

  var sentence: String {
    switch self {
    case .own: "the repaired model, by the settings given"
    case .paper:
      "the printed one, whatever else is given: one code a window, factors in (0, 1), no negative loading"
    case .paper_leak:
      "the same with a decoder that reads the month it explains: its total fit leaks"
    }
  }
}

struct CVRA: FactorModel {
  let common: VariationalModel
  let betaHidden: [Int]
  let loadingActivation: LoadingActivation
  let preset: CVRAPreset

  static let card = ModelCard(
    "cvra", "Fits a conditional variational recurrent autoencoder: latent factors with memory.",
    VariationalSettings.factors, VariationalSettings.seeds,
    Hyperparameter("epochs", default: 300, in: 1...10_000, "most passes over the months"),
    Hyperparameter("patience", default: 40, in: 1...1000, "epochs without improvement to wait"),
    VariationalSettings.rate, VariationalSettings.l1, VariationalSettings.posterior,
    VariationalSettings.input, VariationalSettings.prior,
    Hyperparameter("beta_hidden", default: [32, 16], in: 1...1024, "widths of the beta network"),
    VariationalSettings.hidden, VariationalSettings.predictorHidden, VariationalSettings.chunk,
    VariationalSettings.warmUp, VariationalSettings.anneal, VariationalSettings.divergenceWeight,
    VariationalSettings.predictiveWeight, VariationalSettings.clip,
    VariationalSettings.factorActivation,
    Hyperparameter("beta_act", default: LoadingActivation.linear, "activation of the loadings"),
    VariationalSettings.skip, VariationalSettings.decoder, VariationalSettings.loss,
    VariationalSettings.draws, VariationalSettings.divergenceGradient,
    VariationalSettings.predictorInput,
    Hyperparameter("preset", default: CVRAPreset.own, "whether the model is the paper's own"),
    VariationalSettings.idio, VariationalSettings.heads,
    reference: "CVRA paper, equations 10-24, with the changes listed in docs/architecture.md",
    restore: restored
  ) {
    CVRA(
      common: VariationalModel(
        name: "cvra", seeds: $1, schedule: TrainingSchedule(epochs: $2, patience: $3), rate: $4,
        l1: $5, clip: $17,
        options: FactorNetworkOptions(
          factors: $0, hidden: $10, predictorHidden: $11, posterior: $6, input: $7, prior: $8,
          activation: $18, skip: $20, decoder: $21, loss: $22, idio: $27,
          heads: $28, divergenceGradient: $24, predictorInput: $25, draws: $23, chunk: $12,
          divergenceWeight: $15,
          predictiveWeight: $16, warmUp: $13, anneal: $14)),
      betaHidden: $9, loadingActivation: $19, preset: $26)
  }.withNetwork { settings in
    if case .integers(let widths)? = settings["beta_hidden"] { return widths }
    return [32, 16]
  }

  @Sendable private static func restored(
    _ container: Container, _ summary: FitSummary
  ) throws -> any FittedModel {
    summary.settings.contains { $0.name == "preset" }
      ? try FittedConditional<BetaNetwork<Float>, PaperFactorHead<Float>>(container, summary)
      : try FittedConditional<BetaNetwork<Float>, RecurrentFactorHead<Float>>(container, summary)
  }

  func fit(_ task: FactorTask, _ context: FitContext) throws -> any FittedModel {
    guard preset == .own else { return try paper.fit(task, context) }
    var common = common
    let (hidden, cuts) = (betaHidden, loadingActivation == .relu)
    if cuts, common.options.idio == .net {
      throw ModelError.incompatible(
        first: "beta_act: relu", second: "idio: net",
        reason: "the activation of the last layer would keep variances from being small")
    }
    if common.options.activation == .sigmoid, cuts { common.notes.append(Self.noNegative) }
    return try common.fit(BetaNetwork<Float>.self, task, context) {
      BetaDesign(inputs: $0, hidden: hidden, outputs: $1, cutsLoadings: cuts)
    }
  }

  private static let noNegative =
    "fac_act: sigmoid with beta_act: relu: no fitted return can be negative"

  /// The printed model: one hidden layer of loadings, the paper's factor network, squared error.
  private var paper: ConditionalDesign<BetaNetwork<Float>, PaperFactorHead<Float>> {
    let options = common.options
    let (width, factors) = (betaHidden.first ?? 32, options.factors)
    let head = PaperHeadDesign(
      factors: factors, hidden: options.hidden, window: options.chunk,
      divergenceWeight: options.divergenceWeight, draws: max(1, options.draws),
      leaks: preset == .paper_leak, activation: .sigmoid)
    let leak =
      "preset: paper_leak: the total fit of a month reads its own returns; forecasts do not"
    return ConditionalDesign(
      model: "cvra",
      settings: [
        ("k", factors.text), ("seeds", common.seeds.text), ("epochs", common.schedule.epochs.text),
        ("patience", common.schedule.patience.text), ("rate", common.rate.text),
        ("l1", common.l1.text), ("preset", preset.text), ("chunk", options.chunk.text),
        ("mc", head.draws.text), ("lambda_kl", options.divergenceWeight.text),
      ],
      factors: factors,
      network: {
        BetaDesign(inputs: $0, hidden: [width], outputs: factors, cutsLoadings: true)
      },
      members: common.seeds, schedule: common.schedule, rate: common.rate, clip: common.clip,
      l1: common.l1, longestBatch: options.chunk, reads: .managed, forecasts: [.mean, .prior],
      notes: [Self.noNegative] + (preset == .paper_leak ? [leak] : []), head: head)
  }
}
