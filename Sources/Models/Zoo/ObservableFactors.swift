// Observable-factor regressions: loadings by firm on observed factors, or on factors made from the panel.
//
// r(i,t) = b_i'g(t) + e by least squares without intercept, firm by firm, over the months fitted on.
// Firms with too few returns, and firms that come later, take the mean of the estimated loadings, none,
// or are left without a forecast. Factors are those of the task; where it has none they are made from the
// panel (PanelFactor), because published ones are not always at hand. Variances are by firm. Forecasts use the running mean of past factors.
// Reference: Fama and French (1993); Gu, Kelly and Xiu (2021), section 3.2.

import FactorRuntime

/// What loadings a firm without a history has.
enum NewcomerRule: String, HyperparameterChoice {
  case mean, zero, drop

  var sentence: String {
    switch self {
    case .mean: "the mean of the estimated loadings"
    case .zero: "loadings of zero"
    case .drop: "none, so their forecasts are missing"
    }
  }

  /// What becomes of firms that are not estimated.
  var consequence: String {
    switch self {
    case .mean: "they take the mean of the estimated loadings"
    case .zero: "they have loadings of zero"
    case .drop: "their forecasts are missing"
    }
  }
}

struct ObservableFactors: FactorModel {
  let factors: [PanelFactor]
  let fewestReturns: Int
  let newcomers: NewcomerRule
  let sample: EstimationSample

  static let card = ModelCard(
    "ff", "Fits loadings by firm on observed factors, or on factors made from the panel.",
    Hyperparameter(
      "factors", default: [.mkt, .smb, .hml, .umd] as WordList<PanelFactor>,
      "the factors made from the panel, where the task has none"),
    Hyperparameter("min_obs", default: 24, in: 1...10_000, "returns a firm needs to be estimated"),
    Hyperparameter("new_firm", default: NewcomerRule.mean, "loadings of firms without a history"),
    Hyperparameter("sample", default: EstimationSample.train, "the months fitted on"),
    reference: "Fama and French (1993), on factors of the panel",
    restore: { try FittedLinear($0, $1) }
  ) { ObservableFactors(factors: $0.words, fewestReturns: $1, newcomers: $2, sample: $3) }

  func fit(_ task: FactorTask, _ context: FitContext) throws -> any FittedModel {
    try context.refuseStart(for: "ff")
    let source = FactorSource(of: task, otherwise: factors)
    guard !source.names.isEmpty else {
      throw ModelError.incompatible(
        first: "factors", second: "ff", reason: "there is no factor to regress on")
    }
    let reader = try FactorReader(source, of: task)
    let data = try LinearSample(
      task, sample, factors: 0, usesCharacteristics: source.sorts, context)
    let series = data.months.map { reader.values(task, $0, rows: Array(task.rows($0))) }
    let history = try FirmHistory(data, fewest: max(fewestReturns, source.names.count + 1))
    let loadings = try loadings(history, series, task.returns, context.budget)
    let short = task.index.assetNames.count - history.names.count
    var structure = LinearStructure(loadings: .firms(loadings), latent: 0)
    switch source {
    case .given(let names): structure.given = names
    case .made(let factors): structure.observed = factors
    }
    return try data.fitted(
      structure, model: "ff", settings: settings(source), parameters: loadings.values.count,
      notes: short > 0 ? ["\(short) firms are not estimated: \(newcomers.consequence)"] : [])
  }

  private func loadings(
    _ history: FirmHistory, _ series: [[Double]], _ returns: [Double], _ budget: Budget
  ) throws -> FirmLoadings {
    let columns = series.first?.count ?? 0
    let estimates = try Ensemble.map(members: history.names.count, budget: budget) { firm in
      try budget.check()
      let rows = history.rows[firm]
      return try LeastSquares(
        Matrix(rows.map { series[history.month($0)] }), rows.map { returns[$0] })
    }
    let variances = estimates.map { fit in
      fit.degreesOfFreedom > 0 ? max(fit.residualVariance, 1e-12) : 1e-12
    }
    let count = Double(estimates.count)
    let mean = (0..<columns).map { k in
      estimates.reduce(0) { $0 + $1.coefficients[k] } / count
    }
    let newcomer: [Double] =
      switch newcomers {
      case .mean: mean
      case .zero: [Double](repeating: 0, count: columns)
      case .drop: [Double](repeating: .nan, count: columns)
      }
    return FirmLoadings(
      firms: history.names, values: estimates.flatMap(\.coefficients), variances: variances,
      newcomer: newcomer, newcomerVariance: variances.reduce(0, +) / count)
  }

  private func settings(_ source: FactorSource) -> [(name: String, value: String)] {
    [
      ("factors", source.text),
      ("min_obs", fewestReturns.text), ("new_firm", newcomers.text), ("sample", sample.text),
    ]
  }
}
