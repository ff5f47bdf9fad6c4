// CA0 to CA3, the conditional autoencoders: nonlinear loadings times portfolios of returns.
//
// Loadings are a network of characteristics (no hidden layer, or 32, 32-16, 32-16-8); factors are a
// linear map of managed portfolio returns, or of factors observed beside the panel; there is no intercept, which is the no-arbitrage
// restriction. Forecasts use the running mean of past factors.
// Reference: Gu, Kelly and Xiu (2021), "Autoencoder asset pricing models", equations 12 to 19.

import FactorRuntime

struct ConditionalAutoencoder: FactorModel {
  let depth: Int
  let factors: Int
  let seeds: Int
  let epochs: Int
  let patience: Int
  let rate: Double
  let l1: Double
  let input: PortfolioInput

  static let hiddenWidths = [[], [32], [32, 16], [32, 16, 8]]

  static let cards = (0...3).map(card)

  private static func card(depth: Int) -> ModelCard {
    let layers = hiddenWidths[depth].map(String.init).joined(separator: "-")
    let network = depth == 0 ? "linear loadings" : "loadings from hidden layers of \(layers)"
    return ModelCard(
      "ca\(depth)",
      "Fits a conditional autoencoder with \(network) and factors from managed portfolios.",
      Hyperparameter("k", default: 5, in: 1...20, "number of latent factors"),
      Hyperparameter("seeds", default: 3, in: 1...100, "ensemble members, averaged at r-hat"),
      Hyperparameter("epochs", default: 200, in: 1...10_000, "most passes over the months"),
      Hyperparameter("patience", default: 5, in: 1...1000, "epochs without improvement to wait"),
      Hyperparameter("rate", default: 3e-3, in: 1e-7...1, "step size of Adam"),
      // The smallest strength of the paper's grid leaves the factor network free to fit noise: it reads a portfolio
      // for each characteristic over few months.
      Hyperparameter(
        "l1", default: 3e-3, in: 0...1, "strength of the L1 penalty on the weights of both networks"
      ),
      Hyperparameter("fac_in", default: PortfolioInput.managed, "what the factor network reads"),
      reference: "Gu, Kelly and Xiu (2021), equations 12-19",
      restore: { try FittedConditional<BetaNetwork<Float>, LinearFactorHead<Float>>($0, $1) }
    ) {
      ConditionalAutoencoder(
        depth: depth, factors: $0, seeds: $1, epochs: $2, patience: $3, rate: $4, l1: $5,
        input: $6)
    }.withNetwork { _ in hiddenWidths[depth] }
  }

  func fit(_ task: FactorTask, _ context: FitContext) throws -> any FittedModel {
    let (hidden, factors) = (Self.hiddenWidths[depth], factors)
    let design = ConditionalDesign<BetaNetwork<Float>, LinearFactorHead<Float>>(
      model: "ca\(depth)",
      settings: [
        ("k", factors.text), ("seeds", seeds.text), ("epochs", epochs.text),
        ("patience", patience.text), ("rate", rate.text), ("l1", l1.text), ("fac_in", input.text),
      ],
      factors: factors,
      network: { BetaDesign(inputs: $0, hidden: hidden, outputs: factors) }, members: seeds,
      schedule: TrainingSchedule(epochs: epochs, patience: patience), rate: rate, clip: nil,
      l1: l1, longestBatch: 1, reads: input.reading(task), forecasts: [.mean], notes: [],
      head: LinearHeadDesign(factors: factors))
    return try design.fit(task, context)
  }
}
