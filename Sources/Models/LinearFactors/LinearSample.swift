// The months a solved model is fitted on, what is asked of them, and what is learned there besides
// the loadings: the factors' covariance, the residual variance, the report.

import FactorRuntime

/// Which months a solved model is fitted on.
///
/// Networks choose when to stop on the validation months; solved models choose nothing, so the
/// literature fits them on both blocks. By default they are not, so that a choice among models on the
/// validation months compares forecasts with forecasts.
public enum EstimationSample: String, HyperparameterChoice {
  case train, train_valid

  public var sentence: String {
    switch self {
    case .train: "the training months, so that validation months can choose among models"
    case .train_valid: "training and validation months, as Gu, Kelly and Xiu (2021) do"
    }
  }
}

/// The data of one fit.
struct LinearSample: Sendable {
  let task: FactorTask
  let split: Split
  /// The months fitted on.
  let months: Range<Int>
  let context: FitContext

  /// The fewest firms a month may have: one firm has no cross-section.
  static let fewestFirms = 2

  /// Takes the sample of a task; throws what makes a fit impossible.
  init(
    _ task: FactorTask, _ sample: EstimationSample, factors: Int, usesCharacteristics: Bool = true,
    _ context: FitContext
  ) throws {
    (self.task, self.context) = (task, context)
    split = try task.requireSplit()
    months =
      sample == .train ? split.train : split.train.lowerBound..<split.valid.upperBound
    for month in months {
      let (firms, needed) = (task.rows(month).count, max(Self.fewestFirms, factors))
      guard firms >= needed else {
        throw ModelError.thinMonth(month: task.index.months[month], firms: firms, needed: needed)
      }
    }
    guard months.count >= factors else {
      throw ModelError.tooFewMonths(months: months.count, needed: factors)
    }
    let rows = task.rows(months)
    let used = task.characteristics[(rows.lowerBound * task.width)..<(rows.upperBound * task.width)]
    guard !usesCharacteristics || used.contains(where: { $0 != 0 }) else {
      throw ModelError.noCharacteristicVaries
    }
  }

  /// The characteristics that are the same for all firms in every month of the sample.
  var constantCharacteristics: [String] {
    let width = task.width
    var varies = [Bool](repeating: false, count: width)
    // In ordinary data all have varied after a month.
    for month in months where varies.contains(false) {
      let rows = task.rows(month)
      for row in rows.dropFirst() {
        for j in 0..<width
        where task.characteristics[row * width + j]
          != task.characteristics[rows.lowerBound * width + j]
        { varies[j] = true }
      }
    }
    return zip(task.characteristicNames, varies).filter { !$0.1 }.map(\.0)
  }

  /// A note on them; nil where there are none.
  var constantNote: String? {
    let names = constantCharacteristics
    guard !names.isEmpty else { return nil }
    return "\(names.prefix(3).joined(separator: ", "))\(names.count > 3 ? ", …" : "") "
      + "\(names.count == 1 ? "does" : "do") not vary across firms in the months fitted on, so "
      + "\(names.count == 1 ? "its loading is" : "their loadings are") not identified"
  }

  /// The model with its covariance and residual variance; a report of one round is made where none
  /// is given. Losses are shares of squared returns left unexplained by the month's own factors.
  func fitted(
    _ structure: LinearStructure, portfolios: [[Double]]? = nil, model: String,
    settings: [(name: String, value: String)], parameters: Int, report given: TrainingReport? = nil,
    notes: [String] = []
  ) throws -> FittedLinear {
    let months = try LinearMonths(
      structure, task, portfolios: portfolios, budget: context.budget)
    let all = split.train.lowerBound..<split.valid.upperBound
    let parts = try LinearMonth.all(of: months, all, context.budget)
    var moments = FactorMoments(columns: structure.columns)
    var (sample, train, valid) = (SquaredShare(), SquaredShare(), SquaredShare())
    for (month, part) in zip(all, parts) {
      guard let factors = part.factors else { continue }
      let errors = residuals(month, part.loadings, factors)
      for (row, error) in zip(task.rows(month), errors) where !error.isNaN {
        if self.months.contains(month) { sample.add(error, task.returns[row]) }
        if split.train.contains(month) { train.add(error, task.returns[row]) }
        if split.valid.contains(month) { valid.add(error, task.returns[row]) }
      }
      if self.months.contains(month) { moments.add(factors) }
    }
    var report = given ?? TrainingReport()
    if given == nil {
      (report.trainingLoss, report.validationLoss) = ([train.share], [valid.share])
      (report.bestEpoch, report.bestLoss) = (1, valid.share)
    }
    return FittedLinear(
      summary: FitSummary(
        model: model, settings: settings, seed: context.seed, parameterCount: parameters,
        characteristicNames: task.characteristicNames, members: [report], notes: notes),
      structure: structure, factorCovariance: moments.covariance,
      // A fit without any residual still has a variance.
      residualVariance: max(sample.meanSquare, 1e-12))
  }

  private func residuals(_ month: Int, _ loadings: [Double], _ factors: [Double]) -> [Double] {
    task.rows(month).enumerated().map { i, row in
      factors.indices.reduce(task.returns[row]) {
        $0 - loadings[i * factors.count + $1] * factors[$1]
      }
    }
  }
}

/// Squared errors beside squared returns.
private struct SquaredShare {
  private var errors = CompensatedSum()
  private var total = CompensatedSum()
  private var count = 0.0

  mutating func add(_ error: Double, _ value: Double) {
    errors.add(error * error)
    total.add(value * value)
    count += 1
  }

  var share: Double { total.value > 0 ? errors.value / total.value : 0 }
  var meanSquare: Double { count > 0 ? errors.value / count : 0 }
}

/// The covariance of factors over months, with the number of months as divisor.
private struct FactorMoments {
  let columns: Int
  private var rows: [[Double]] = []

  init(columns: Int) { self.columns = columns }

  mutating func add(_ factors: [Double]) { rows.append(factors) }

  var covariance: [Double] {
    let count = Double(max(1, rows.count))
    let means = (0..<columns).map { k in rows.reduce(0) { $0 + $1[k] } / count }
    var result = [Double](repeating: 0, count: columns * columns)
    for row in rows {
      for k in 0..<columns {
        for l in 0..<columns {
          result[k * columns + l] += (row[k] - means[k]) * (row[l] - means[l]) / count
        }
      }
    }
    return result
  }
}
