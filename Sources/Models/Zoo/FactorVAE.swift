// FactorVAE, the prior-posterior dynamic factor model: an encoder that sees a month's returns teaches a predictor
// that sees the stocks' histories only.
//
// Features of a stock come from gated units over its last months; factors are Gaussian, with a posterior from
// learned portfolios of the month's returns and a prior from attention over stocks; a decoder gives each stock an
// alpha, loadings and a spread, so that the likelihood is closed. It has alphas: it is no no-arbitrage model.
// Reference: Duan, Wang, Zhang and Li (2022), equations 4 to 17.

import FactorRuntime

struct FactorVAE: FactorModel {
  let factors: Int
  let seeds: Int
  let schedule: TrainingSchedule
  let rate: Double
  let months: Int
  let hidden: Int
  let portfolios: Int
  let gamma: Double
  let likelihood: LikelihoodKind
  let totalAlpha: Bool

  static let card = ModelCard(
    "factorvae",
    "Fits a prior-posterior factor model: alphas and loadings from histories, factors with a learned prior.",
    Hyperparameter("k", default: 5, in: 1...20, "number of latent factors"),
    PredictorSettings.seeds,
    Hyperparameter("epochs", default: 50, in: 1...10_000, "most passes over the months"),
    Hyperparameter("patience", default: 8, in: 1...1000, "epochs without improvement to wait"),
    Hyperparameter("rate", default: 1e-3, in: 1e-7...1, "step size of Adam"),
    PredictorSettings.months,
    Hyperparameter("hidden", default: 20, in: 1...512, "width of a stock's features"),
    Hyperparameter("portfolios", default: 32, in: 1...1024, "portfolios that the encoder reads"),
    // The likelihood is a mean over N stocks, so that 1 / N makes the objective a bound; at the repositories' 1 the
    // posterior falls onto the prior on monthly panels, and describes nothing.
    Hyperparameter(
      "gamma", default: 0.01, in: 0...1000,
      "weight of the divergence; one over the number of firms makes the objective a likelihood bound"
    ),
    Hyperparameter(
      "likelihood", default: LikelihoodKind.posterior, "what returns are explained by in training"),
    Hyperparameter("total_alpha", default: true, "whether the total fit holds the alphas"),
    reference: "Duan, Wang, Zhang and Li (2022), equations 4-17",
    restore: { try FittedPriorPosterior($0, $1) }
  ) {
    FactorVAE(
      factors: $0, seeds: $1, schedule: TrainingSchedule(epochs: $2, patience: $3), rate: $4,
      months: $5, hidden: $6, portfolios: $7, gamma: $8, likelihood: $9, totalAlpha: $10)
  }.withOperations { characteristics, settings in
    return SequenceDesign(
      inputs: characteristics, hidden: settings.integer("hidden", 20), layers: 1,
      months: settings.integer("months", 12), entry: .leaky
    ).flops
  }

  func fit(_ task: FactorTask, _ context: FitContext) throws -> any FittedModel {
    let copy = self
    let plan = PriorPosteriorPlan(
      model: "factorvae",
      settings: [
        ("k", factors.text), ("seeds", seeds.text), ("epochs", schedule.epochs.text),
        ("patience", schedule.patience.text), ("rate", rate.text), ("months", months.text),
        ("hidden", hidden.text), ("portfolios", portfolios.text), ("gamma", gamma.text),
        ("likelihood", likelihood.text), ("total_alpha", totalAlpha.text),
      ],
      network: { inputs in
        PriorPosteriorDesign(
          body: SequenceDesign(
            inputs: inputs, hidden: copy.hidden, layers: 1, months: copy.months, entry: .leaky),
          factors: copy.factors, portfolios: copy.portfolios, gamma: copy.gamma,
          likelihood: copy.likelihood, totalAlpha: copy.totalAlpha)
      },
      members: seeds, schedule: schedule, rate: rate)
    return try plan.fit(task, context)
  }
}
