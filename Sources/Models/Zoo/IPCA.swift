// IPCA, instrumented principal components: loadings are linear in characteristics.
//
// r(i,t) = z(i,t-1)'G f(t) + e, z with a constant at the end, G'G = I. Factors may also be observed
// ones, made from the panel, and an intercept lets mean returns depend on characteristics without
// risk (G_alpha, kept orthogonal to G). Estimated by alternating least squares on cross products that
// are summed once. Forecasts use the running mean of past factors.
// Reference: Kelly, Pruitt and Su (2019), "Characteristics are covariances".

import FactorRuntime

/// How the rotation of factors is fixed.
enum FactorNormalisation: String, HyperparameterChoice {
  case loadings, factors

  var sentence: String {
    switch self {
    case .loadings: "the columns of G are orthonormal, factors uncorrelated about zero"
    case .factors: "factors have a mean square of one and are uncorrelated about zero"
    }
  }
}

struct IPCA: FactorModel {
  let latent: Int
  let intercept: Bool
  let constant: Bool
  let observed: [PanelFactor]
  let sample: EstimationSample
  let normalisation: FactorNormalisation
  let schedule: AlternatingSchedule

  static let card = ModelCard(
    "ipca", "Fits instrumented principal components: loadings linear in characteristics.",
    Hyperparameter("k", default: 5, in: 0...20, "number of latent factors"),
    Hyperparameter(
      "intercept", default: false, "whether mean returns may depend on characteristics"),
    Hyperparameter("constant", default: true, "whether a constant is among the characteristics"),
    Hyperparameter(
      "observed", default: [] as WordList<PanelFactor>,
      "factors made from the panel, beside latent ones"),
    Hyperparameter("sample", default: EstimationSample.train, "the months fitted on"),
    Hyperparameter(
      "normalisation", default: FactorNormalisation.loadings, "how the rotation is fixed"),
    Hyperparameter("rounds", default: 10_000, in: 1...1_000_000, "most rounds of least squares"),
    Hyperparameter(
      "tolerance", default: 1e-6, in: 0...1,
      "largest change of a loading or factor at which to stop"),
    Hyperparameter(
      "ridge", default: 1e-8, in: 0...1, "ridge of the normal equations, in mean diagonals"),
    reference: "Kelly, Pruitt and Su (2019)",
    restore: { try FittedLinear($0, $1) }
  ) {
    IPCA(
      latent: $0, intercept: $1, constant: $2, observed: $3.words, sample: $4, normalisation: $5,
      schedule: AlternatingSchedule(rounds: $6, tolerance: $7, ridge: $8))
  }

  var columns: Int { latent + observed.count + (intercept ? 1 : 0) }

  func fit(_ task: FactorTask, _ context: FitContext) throws -> any FittedModel {
    guard columns > 0 else {
      throw ModelError.incompatible(
        first: "k", second: "observed: []", reason: "there is no factor to estimate")
    }
    try task.requireCharacteristics(for: "ipca")
    guard latent <= task.width else {
      throw ModelError.tooManyFactors(factors: latent, characteristics: task.width)
    }
    guard columns <= width(task) else {
      let others = columns - latent
      throw ModelError.notIdentified(
        model: "ipca", remedy: "use k: \(max(0, width(task) - others)) or fewer beside these")
    }
    let data = try LinearSample(task, sample, factors: latent, context)
    try context.budget.reserve(bytes(task), for: "ipca")
    defer { context.budget.release(bytes(task)) }
    let panel = try panel(task, data.months, context.budget)
    let valid = try self.panel(task, data.split.valid, context.budget)
    let estimate = try InstrumentedEstimate(
      panel, valid: valid, schedule, start: try start(for: task, context), context)
    let notes = [data.constantNote, estimate.note(schedule)].compactMap { $0 }
    return try data.fitted(
      LinearStructure(
        loadings: .characteristics(rescaled(estimate.fit, panel)), latent: latent,
        observed: observed, hasIntercept: intercept),
      model: "ipca", settings: settings, parameters: columns * width(task),
      report: estimate.report, notes: notes)
  }

  /// Cross products of some months, with the observed factors beside them.
  func panel(
    _ task: FactorTask, _ months: Range<Int>, _ budget: Budget
  ) throws -> InstrumentedPanel {
    let moments = try MonthlyMoments(
      characteristics: task.characteristics, count: task.width, returns: task.returns,
      offsets: task.index.offsets, months: months, budget: budget)
    try budget.check()
    let factors = try PanelFactors(
      observed, in: task.characteristicNames, option: "observed")
    let rows = months.map { factors.values(task, rows: Array(task.rows($0))) }
    var series = observed.indices.map { m in rows.map { $0[m] } }
    if intercept { series.append([Double](repeating: 1, count: months.count)) }
    return InstrumentedPanel(
      constant ? moments : moments.withoutConstant, latent: latent, observed: series)
  }

  // The triangles twice, the normal equations, the loadings and three numbers a row.
  private func bytes(_ task: FactorTask) -> Int {
    let (width, order) = (task.width + 1, columns * (task.width + 1))
    return 8
      * (task.monthCount * width * (width + 3) + 2 * order * order
        + task.returns.count * (columns + 3))
  }

  // Row after row, with the rotation asked for.
  private func rescaled(_ fit: InstrumentedFit, _ panel: InstrumentedPanel) -> [Double] {
    let (width, months) = (panel.moments.width, panel.months)
    let scales = (0..<columns).map { k -> Double in
      guard normalisation == .factors, k < latent else { return 1 }
      let squares = fit.factors[(k * months)..<((k + 1) * months)].reduce(0) { $0 + $1 * $1 }
      return squares > 0 ? (squares / Double(months)).squareRoot() : 1
    }
    let rows = (0..<width).flatMap { a in
      (0..<columns).map { fit.gamma[$0 * width + a] * scales[$0] }
    }
    return constant ? rows : rows + [Double](repeating: 0, count: columns)
  }

  /// The loadings of another fit to start from, column after column.
  private func start(for task: FactorTask, _ context: FitContext) throws -> [Double]? {
    guard let start = context.start else { return nil }
    let names = start.summary.characteristicNames
    guard names == task.characteristicNames else {
      throw ModelError.otherCharacteristics(expected: names, found: task.characteristicNames)
    }
    guard let fitted = start as? FittedLinear,
      case .characteristics(let gamma) =
        fitted.structure.loadings, fitted.structure.rule == .regression,
      fitted.structure.latent == latent, fitted.structure.observed == observed,
      fitted.structure.hasIntercept == intercept
    else {
      throw ModelError.incompatible(
        first: "start", second: "ipca",
        reason:
          "it is a \(start.summary.model), and loadings pass only between fits of one model with "
          + "the same factors")
    }
    return columnwise(gamma, task)
  }

  /// The rows of the loadings that are estimated.
  func width(_ task: FactorTask) -> Int { task.width + (constant ? 1 : 0) }

  /// The loadings of a structure, row after row with the constant last, as the estimation keeps them.
  func columnwise(_ gamma: [Double], _ task: FactorTask) -> [Double] {
    (0..<columns).flatMap { k in (0..<width(task)).map { gamma[$0 * columns + k] } }
  }

  private var settings: [(name: String, value: String)] {
    var settings = [("k", latent.text), ("sample", sample.text)]
    if intercept { settings.append(("intercept", intercept.text)) }
    if !constant { settings.append(("constant", constant.text)) }
    if !observed.isEmpty {
      settings.append(("observed", "[\(observed.map(\.rawValue).joined(separator: ", "))]"))
    }
    return settings + [("rounds", schedule.rounds.text), ("tolerance", schedule.tolerance.text)]
  }
}
