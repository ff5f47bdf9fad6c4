// CVRA, the conditional variational recurrent autoencoder.
//
// Loadings are a network of characteristics with batch norm; factors are latent, with a posterior
// that reads the month and a recurrent prior that sees only the past. Trained on the closed evidence
// lower bound, or, with the exact posterior, on the marginal likelihood. Forecasts use the prior,
// the running mean of past factors, or a blend whose weight the validation months choose.
// Reference: the CVRA paper's model with the repairs listed in docs/architecture.md.

import FactorRuntime

struct CVRA: FactorModel {
  let common: VariationalModel
  let betaHidden: [Int]
  let loadingActivation: LoadingActivation

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
    reference: "CVRA paper, equations 10-24, with the changes listed in docs/architecture.md",
    restore: { try FittedConditional<BetaNetwork<Float>, RecurrentFactorHead<Float>>($0, $1) }
  ) {
    CVRA(
      common: VariationalModel(
        name: "cvra", seeds: $1, schedule: TrainingSchedule(epochs: $2, patience: $3), rate: $4,
        l1: $5, clip: $17,
        options: FactorNetworkOptions(
          factors: $0, hidden: $10, predictorHidden: $11, posterior: $6, input: $7, prior: $8,
          activation: $18, chunk: $12, divergenceWeight: $15, predictiveWeight: $16, warmUp: $13,
          anneal: $14)),
      betaHidden: $9, loadingActivation: $19)
  }.withNetwork { settings in
    if case .integers(let widths)? = settings["beta_hidden"] { return widths }
    return [32, 16]
  }

  func fit(_ task: FactorTask, _ context: FitContext) throws -> any FittedModel {
    var common = common
    let (hidden, factors) = (betaHidden, common.options.factors)
    let cuts = loadingActivation == .relu
    if common.options.activation == .sigmoid, cuts {
      common.notes.append("fac_act: sigmoid with beta_act: relu: no fitted return can be negative")
    }
    return try common.fit(BetaNetwork<Float>.self, task, context) {
      BetaDesign(inputs: $0, hidden: hidden, outputs: factors, cutsLoadings: cuts)
    }
  }
}
