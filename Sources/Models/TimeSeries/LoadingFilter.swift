// What a model of loadings over time tells: for every asset and period, what was known before the period.

import FactorRuntime

/// Loadings of all series of a sample, with their variances.
struct LoadingTrack: Sendable {
  /// The number of factors.
  let factors: Int
  /// Periods x series x (1 + factors), the intercept first; NaN where there are none.
  var loadings: [Double]
  /// Periods x series: the variance of what the factors do not explain.
  var residuals: [Double]
  /// Periods x series: the variance of the return.
  var variances: [Double]
  /// Loadings that know the period or later ones, laid out like the others; nil where there are none.
  var informed: [Double]?

  /// Begins without anything.
  init(_ sample: SeriesSample, factors: Int) {
    let cells = sample.panel.periods * sample.panel.series
    self.factors = factors
    loadings = [Double](repeating: .nan, count: cells * (factors + 1))
    residuals = [Double](repeating: .nan, count: cells)
    variances = residuals
  }

  /// Takes the loadings of a path; without a constant among them the intercept is zero.
  mutating func take(_ path: LoadingPath) { loadings = Self.rows(path, factors) }

  /// The rows of a path with an intercept before them.
  static func rows(_ path: LoadingPath, _ factors: Int) -> [Double] {
    guard path.regressorCount == factors else { return path.values }
    var rows: [Double] = []
    rows.reserveCapacity(path.values.count / max(1, factors) * (factors + 1))
    for first in stride(from: 0, to: path.values.count, by: max(1, factors)) {
      let own = path.values[first..<(first + factors)]
      rows.append(own.contains { $0.isNaN } ? .nan : 0)
      rows += own
    }
    return rows
  }

  /// Intercept and loadings of a series in a period; nil where there are none.
  func row(_ period: Int, _ series: Int, of sample: SeriesSample) -> ArraySlice<Double>? {
    Self.row(loadings, (period * sample.panel.series + series) * (factors + 1), factors)
  }

  /// The same with loadings that know the period.
  func informedRow(_ period: Int, _ series: Int, of sample: SeriesSample) -> ArraySlice<Double>? {
    Self.row(
      informed ?? loadings, (period * sample.panel.series + series) * (factors + 1), factors)
  }

  private static func row(_ values: [Double], _ first: Int, _ factors: Int) -> ArraySlice<Double>? {
    let row = values[first..<(first + factors + 1)]
    return row.contains { $0.isNaN } ? nil : row
  }
}

/// What loadings know of their period.
public enum LoadingKnowledge: Sendable {
  /// Nothing: they may be used in it.
  case before
  /// The returns of the period.
  case after
  /// The whole sample: they are for pictures only.
  case everything
}

/// Loadings to look at.
public struct ShownLoadings: Sendable {
  /// The names of the factors.
  public let names: [String]
  /// Rows of the task x factors.
  public let values: Matrix
  public let knowledge: LoadingKnowledge
}

/// How loadings are followed, with what was estimated for that.
protocol LoadingFilter: Sendable {
  /// Whether the regressors begin with a constant.
  var hasConstant: Bool { get }
  /// What the loadings asked for know.
  var knowledge: LoadingKnowledge { get }
  /// The assets of a task that have a series; the others are newcomers.
  func assets(of task: FactorTask) -> [String]
  /// The loadings of all periods of a sample.
  func track(
    _ sample: SeriesSample, _ moments: TrainingMoments, _ budget: Budget
  ) throws -> LoadingTrack
  /// The bytes that takes.
  func bytes(periods: Int, series: Int, factors: Int) -> Int
  func encode(into container: inout Container)
}

extension LoadingFilter {
  var knowledge: LoadingKnowledge { .before }
}

/// What the training periods say of factors and of an asset that is not followed.
struct TrainingMoments: Sendable, Equatable {
  var mean: [Double]
  /// The covariance of the factors, row by row.
  var covariance: [Double]
  /// Intercept and loadings of an asset without a history.
  var newcomer: [Double]
  /// The residual variance of such an asset.
  var residual: Double
  /// The variance of its return.
  var variance: Double { spread(newcomer[...]) + residual }

  /// The variance of loadings times factors.
  func spread(_ row: ArraySlice<Double>) -> Double {
    RunningFactors.variance(of: Array(row.dropFirst()), covariance)
  }
}
