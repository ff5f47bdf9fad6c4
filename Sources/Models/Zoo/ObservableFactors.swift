// Observable-factor regressions: loadings by firm on factors made from the panel.
//
// r(i,t) = b_i'g(t) + e by least squares without intercept, firm by firm, over the months fitted on.
// Firms with too few returns, and firms that come later, take the mean of the estimated loadings, none,
// or are left without a forecast. Factors are made from the panel (PanelFactor), because published ones
// are not always at hand. Variances are by firm. Forecasts use the running mean of past factors.
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
    "ff", "Fits loadings by firm on observable factors made from the panel.",
    Hyperparameter(
      "factors", default: [.mkt, .smb, .hml, .umd] as WordList<PanelFactor>, "the factors"),
    Hyperparameter("min_obs", default: 24, in: 1...10_000, "returns a firm needs to be estimated"),
    Hyperparameter("new_firm", default: NewcomerRule.mean, "loadings of firms without a history"),
    Hyperparameter("sample", default: EstimationSample.train, "the months fitted on"),
    reference: "Fama and French (1993), on factors of the panel",
    restore: { try FittedLinear($0, $1) }
  ) { ObservableFactors(factors: $0.words, fewestReturns: $1, newcomers: $2, sample: $3) }

  func fit(_ task: FactorTask, _ context: FitContext) throws -> any FittedModel {
    try context.refuseStart(for: "ff")
    guard !factors.isEmpty else {
      throw ModelError.incompatible(
        first: "factors", second: "ff", reason: "there is no factor to regress on")
    }
    let panel = try PanelFactors(factors, in: task.characteristicNames)
    let sorts = factors.contains { $0.characteristic != nil }
    let data = try LinearSample(
      task, sample, factors: 0, usesCharacteristics: sorts, context)
    let series = data.months.map { panel.values(task, rows: Array(task.rows($0))) }
    let history = try FirmHistory(data, fewest: max(fewestReturns, factors.count + 1))
    let loadings = try loadings(history, series, task.returns, context.budget)
    let short = task.index.assetNames.count - history.names.count
    return try data.fitted(
      LinearStructure(loadings: .firms(loadings), latent: 0, observed: factors), model: "ff",
      settings: settings, parameters: loadings.values.count,
      notes: short > 0 ? ["\(short) firms are not estimated: \(newcomers.consequence)"] : [])
  }

  private func loadings(
    _ history: FirmHistory, _ series: [[Double]], _ returns: [Double], _ budget: Budget
  ) throws -> FirmLoadings {
    let columns = factors.count
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

  private var settings: [(name: String, value: String)] {
    [
      ("factors", "[\(factors.map(\.rawValue).joined(separator: ", "))]"),
      ("min_obs", fewestReturns.text), ("new_firm", newcomers.text), ("sample", sample.text),
    ]
  }
}
