// RVRAE, the recurrent variational autoencoder whose loadings remember: a network with gates reads each
// firm's history of characteristics.
//
// Loadings are linear in the state of an LSTM that runs along the firm's life (a gap of more than six
// months starts it anew); factors, objective, training and forecasts are those of CVRA.
// Reference: Wang and Guo (2024), equations 22-31, with characteristics known before the month, a linear
// read-out and the factor network of CVRA; docs/architecture.md says why.

import FactorRuntime

struct RVRAE: FactorModel {
  let common: VariationalModel
  let lstmHidden: Int
  let reading: StateReading

  static let card = ModelCard(
    "rvrae",
    "Fits a recurrent variational autoencoder: latent factors and loadings that both have memory.",
    VariationalSettings.factors, VariationalSettings.seeds,
    Hyperparameter("epochs", default: 150, in: 1...10_000, "most passes over the months"),
    Hyperparameter("patience", default: 15, in: 1...1000, "epochs without improvement to wait"),
    VariationalSettings.rate, VariationalSettings.l1, VariationalSettings.posterior,
    VariationalSettings.input, VariationalSettings.prior,
    Hyperparameter(
      "lstm_hidden", default: 32, in: 1...512,
      "width of the firms' recurrent state; k where loadings are the state"),
    Hyperparameter("beta_read", default: StateReading.layer, "how loadings are read"),
    VariationalSettings.hidden, VariationalSettings.predictorHidden, VariationalSettings.chunk,
    VariationalSettings.warmUp, VariationalSettings.anneal, VariationalSettings.divergenceWeight,
    VariationalSettings.predictiveWeight, VariationalSettings.clip,
    VariationalSettings.factorActivation, VariationalSettings.skip, VariationalSettings.decoder,
    VariationalSettings.loss, VariationalSettings.draws, VariationalSettings.divergenceGradient,
    VariationalSettings.predictorInput, VariationalSettings.idio, VariationalSettings.heads,
    reference: "Wang and Guo (2024), equations 22-31, with the changes in docs/architecture.md",
    restore: {
      try FittedConditional<RecurrentBetaNetwork<Float>, RecurrentFactorHead<Float>>($0, $1)
    }
  ) {
    RVRAE(
      common: VariationalModel(
        name: "rvrae", seeds: $1, schedule: TrainingSchedule(epochs: $2, patience: $3), rate: $4,
        l1: $5, clip: $18,
        options: FactorNetworkOptions(
          factors: $0, hidden: $11, predictorHidden: $12, posterior: $6, input: $7, prior: $8,
          activation: $19, skip: $20, decoder: $21, loss: $22, idio: $26,
          heads: $27, divergenceGradient: $24, predictorInput: $25, draws: $23, chunk: $13,
          divergenceWeight: $16,
          predictiveWeight: $17, warmUp: $14, anneal: $15),
        settings: [("lstm_hidden", $9.text), ("beta_read", $10.text)]),
      lstmHidden: $9, reading: $10)
  }.withOperations(operations)

  // One step of the gates and the read-out, forward and backward.
  private static func operations(
    _ characteristics: Int, _ settings: [String: HyperparameterValue]
  ) -> Double {
    let (hidden, factors) = (settings.integer("lstm_hidden", 32), settings.integer("k", 5))
    let products = 4 * hidden * (characteristics + hidden) + hidden * factors
    return 6 * Double(products)
  }

  func fit(_ task: FactorTask, _ context: FitContext) throws -> any FittedModel {
    let (columns, reading) = (common.options.columns, reading)
    if reading == .state, !columns.isPlain {
      throw ModelError.incompatible(
        first: "beta_read: state",
        second: columns.hasVariance ? "idio: net" : "heads: \(columns.heads)",
        reason: "the state holds the loadings and nothing else")
    }
    let hidden = reading == .state ? columns.factors : lstmHidden
    return try common.fit(RecurrentBetaNetwork<Float>.self, task, context) {
      RecurrentDesign(inputs: $0, hidden: hidden, outputs: $1, reading: reading)
    }
  }
}
