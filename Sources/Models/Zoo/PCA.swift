// PCA: principal components of managed portfolios, or of the returns of firms.
//
// On managed portfolios x_t the weights W are the leading eigenvectors of their uncentred second moment,
// which restricts the intercept to zero, or of their covariance: f_t = W'x_t, and since x_t are the slopes
// of returns on characteristics, a firm's loadings are W'z. On returns, loadings are fixed by firm,
// found by expectation and maximisation over the gaps; firms with short histories have loadings of zero,
// and factors of later months are regressions on the firms present.
// Reference: Connor and Korajczyk (1986); Gu, Kelly and Xiu (2021), section 3.2; Stock and Watson (2002).

import FactorRuntime

/// What the components are of.
enum ComponentSource: String, HyperparameterChoice {
  case managed, returns

  var sentence: String {
    switch self {
    case .managed: "managed portfolio returns: loadings follow characteristics"
    case .returns: "returns of firms: loadings are fixed"
    }
  }
}

struct PCA: FactorModel {
  let factors: Int
  let source: ComponentSource
  let center: Bool
  let sample: EstimationSample
  let fewestReturns: Int
  let rounds: Int
  let tolerance: Double

  static let card = ModelCard(
    "pca", "Fits principal components of managed portfolios or of firms' returns.",
    Hyperparameter("k", default: 5, in: 1...20, "number of factors"),
    Hyperparameter("on", default: ComponentSource.managed, "what the components are of"),
    Hyperparameter(
      "center", default: false, "whether means are taken out before the decomposition"),
    Hyperparameter("sample", default: EstimationSample.train, "the months fitted on"),
    Hyperparameter(
      "min_obs", default: 36, in: 1...10_000, "returns a firm needs to have loadings, on returns"),
    Hyperparameter(
      "rounds", default: 500, in: 1...100_000, "most rounds of filling gaps, on returns"),
    Hyperparameter(
      "tolerance", default: 1e-6, in: 0...1, "relative change of the filled gaps at which to stop"),
    reference: "Connor and Korajczyk (1986); Stock and Watson (2002)",
    restore: { try FittedLinear($0, $1) }
  ) {
    PCA(
      factors: $0, source: $1, center: $2, sample: $3, fewestReturns: $4, rounds: $5, tolerance: $6)
  }

  func fit(_ task: FactorTask, _ context: FitContext) throws -> any FittedModel {
    try context.refuseStart(for: "pca")
    if source == .managed { try task.requireCharacteristics(for: "pca") }
    guard factors <= task.width || source == .returns else {
      throw ModelError.tooManyFactors(factors: factors, characteristics: task.width)
    }
    let data = try LinearSample(
      task, sample, factors: factors, usesCharacteristics: source == .managed, context)
    try context.budget.check()
    return source == .managed ? try managed(data) : try returns(data)
  }

  private func managed(_ data: LinearSample) throws -> FittedLinear {
    let task = data.task
    let portfolios = try ManagedInputs.returns(of: task, data.context.budget)
    let x = data.months.map { portfolios[$0] }
    let (width, months) = (task.width + 1, Double(x.count))
    let means = (0..<width).map { j in center ? x.reduce(0) { $0 + $1[j] } / months : 0 }
    var moment = Matrix(rows: width, columns: width)
    for row in x {
      for a in 0..<width {
        for b in 0..<width { moment[a, b] += (row[a] - means[a]) * (row[b] - means[b]) / months }
      }
    }
    let vectors = try SymmetricEigen(moment).vectors
    var gamma = [Double](repeating: 0, count: width * factors)
    for k in 0..<factors {
      let total = x.reduce(0) { sum, row in
        sum + (0..<width).reduce(0) { $0 + row[$1] * vectors[$1, k] }
      }
      for a in 0..<width { gamma[a * factors + k] = total < 0 ? -vectors[a, k] : vectors[a, k] }
    }
    return try data.fitted(
      LinearStructure(loadings: .characteristics(gamma), latent: factors, rule: .portfolios),
      portfolios: portfolios, model: "pca", settings: settings, parameters: width * factors,
      notes: [data.constantNote].compactMap { $0 })
  }

  private func returns(_ data: LinearSample) throws -> FittedLinear {
    let history = try FirmHistory(data, fewest: fewestReturns)
    let (firms, months) = (history.names.count, data.months.count)
    guard factors <= firms else {
      throw ModelError.notIdentified(
        model: "pca", remedy: "use k: \(firms) or fewer, or ask for shorter histories with min_obs")
    }
    let bytes = 8 * (2 * firms * months + 2 * min(firms, months) * min(firms, months))
    try data.context.budget.reserve(bytes, for: "pca")
    defer { data.context.budget.release(bytes) }
    var values = [Double](repeating: .nan, count: firms * months)
    for (i, rows) in history.rows.enumerated() {
      for row in rows { values[history.month(row) * firms + i] = data.task.returns[row] }
    }
    let parts = try UnbalancedPCA(
      values, months: months, firms: firms, factors: factors, center: center, rounds: rounds,
      tolerance: tolerance, budget: data.context.budget)
    let loadings = FirmLoadings(
      firms: history.names, values: parts.loadings,
      newcomer: [Double](repeating: 0, count: factors))
    let absent = data.task.index.assetNames.count - firms
    var notes: [String] = []
    if parts.rounds > 1 {
      let end = parts.change > tolerance ? ", and not settled" : ""
      notes.append("gaps filled in \(parts.rounds) rounds\(end)")
    }
    if absent > 0 {
      notes.append("\(absent) firms have fewer than \(fewestReturns) returns: loadings of 0")
    }
    return try data.fitted(
      LinearStructure(loadings: .firms(loadings), latent: factors), model: "pca",
      settings: settings, parameters: firms * factors, notes: notes)
  }

  private var settings: [(name: String, value: String)] {
    [
      ("k", factors.text), ("on", source.text), ("center", center.text), ("sample", sample.text),
      ("min_obs", fewestReturns.text),
    ]
  }
}

extension FitContext {
  /// Throws where a fit is to start from another one and the model has nothing to start.
  func refuseStart(for model: String) throws {
    guard start != nil else { return }
    throw ModelError.incompatible(
      first: "start", second: model, reason: "it is solved at once, so it begins nowhere")
  }
}
