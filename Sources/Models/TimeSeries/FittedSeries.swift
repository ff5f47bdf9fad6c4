// A model of loadings over time: the loadings known before a period, times its factors.
//
// For the asset of row i in period t, with intercept a and loadings b from what was known before t:
//   total     a + b'f(t), with the factors of the period itself
//   mean      a + b'lambda(t-1), lambda(t-1) the mean of the factors of all periods before t
//   variance  what the filter says of the return, and of the part beyond its factors
// Assets that are not followed (yet) take the loadings of a newcomer.

import FactorRuntime

struct FittedSeries: FittedModel {
  var summary: FitSummary
  let source: FactorSource
  let filter: any LoadingFilter
  let moments: TrainingMoments

  func predict(_ task: FactorTask, budget: Budget) throws -> Predictions {
    try requireForecasts()
    return try predict(task, waiting: nil, budget)
  }

  func forecast(_ task: FactorTask, waiting: [Bool], budget: Budget) throws -> [Double] {
    try requireForecasts()
    return try predict(task, waiting: waiting, budget).preferredForecast
  }

  private func requireForecasts() throws {
    guard filter.knowledge != .everything else {
      throw ModelError.forPicturesOnly(model: summary.model)
    }
  }

  /// The predictions; of a filter that looks ahead those it would make if it did not.
  func predict(
    _ task: FactorTask, waiting: [Bool]?, _ budget: Budget
  ) throws -> Predictions {
    try check(task)
    return try withTrack(task, waiting: waiting, budget) { sample, track in
      var result = SeriesPredictions(factors: source.names.count)
      for period in 0..<task.monthCount {
        try budget.check()
        let factors = sample.factors[period]
        for row in task.rows(period) {
          let series = sample.series(ofRow: row)
          guard let series, let own = track.row(period, series, of: sample) else {
            result.add(moments.newcomer[...], moments.newcomer[...], factors)
            result.add(variance: moments.variance, residual: moments.residual)
            continue
          }
          result.add(own, track.informedRow(period, series, of: sample) ?? own, factors)
          let cell = period * sample.panel.series + series
          result.add(variance: track.variances[cell], residual: track.residuals[cell])
        }
        result.end(factors, counts: period >= task.firstMeanMonth)
      }
      return result.predictions
    }
  }

  /// The loadings known before each row's period, in the units of the factors.
  func loadings(_ task: FactorTask, budget: Budget) throws -> Matrix? {
    try rows(task, budget) { $0.row($1, $2, of: $3) }
  }

  /// The loadings as asked for, which may know the period or later ones.
  func shownLoadings(_ task: FactorTask, budget: Budget) throws -> ShownLoadings? {
    ShownLoadings(
      names: source.names, values: try rows(task, budget) { $0.informedRow($1, $2, of: $3) },
      knowledge: filter.knowledge)
  }

  private func rows(
    _ task: FactorTask, _ budget: Budget,
    _ read: (LoadingTrack, Int, Int, SeriesSample) -> ArraySlice<Double>?
  ) throws -> Matrix {
    try check(task)
    return try withTrack(task, waiting: nil, budget) { sample, track in
      let count = source.names.count
      var result = Matrix(rows: task.returns.count, columns: count)
      for period in 0..<task.monthCount {
        try budget.check()
        for row in task.rows(period) {
          let own = sample.series(ofRow: row).flatMap { read(track, period, $0, sample) }
          for (k, value) in (own ?? moments.newcomer[...]).dropFirst().enumerated() {
            result[row, k] = value
          }
        }
      }
      return result
    }
  }

  private func withTrack<Result>(
    _ task: FactorTask, waiting: [Bool]?, _ budget: Budget,
    _ body: (SeriesSample, LoadingTrack) throws -> Result
  ) throws -> Result {
    let assets = filter.assets(of: task)
    let bytes = filter.bytes(
      periods: task.monthCount, series: assets.count, factors: source.names.count)
    try budget.reserve(bytes, for: summary.model)
    defer { budget.release(bytes) }
    let sample = try SeriesSample(
      task, 0..<task.monthCount, source, assets: assets, hasConstant: filter.hasConstant,
      waiting: waiting, budget)
    return try body(sample, try filter.track(sample, moments, budget))
  }
}

/// Predictions as they are gathered, period by period.
private struct SeriesPredictions {
  private var total: [Double] = []
  private var mean: [Double] = []
  private var variance: [Double] = []
  private var residual: [Double] = []
  private var factors: [[Double]] = []
  private var past: RunningFactors
  private let count: Int

  init(factors count: Int) {
    self.count = count
    past = RunningFactors(count: count)
  }

  /// Adds a row with its loadings before the period, and with those that explain it.
  mutating func add(
    _ before: ArraySlice<Double>, _ informed: ArraySlice<Double>, _ factors: [Double]?
  ) {
    total.append(factors.map { Self.product(informed, $0) } ?? .nan)
    mean.append(Self.product(before, past.mean))
  }

  mutating func add(variance: Double, residual: Double) {
    self.variance.append(variance)
    self.residual.append(residual)
  }

  /// Ends a period; its factors enter the mean of past ones if it counts.
  mutating func end(_ found: [Double]?, counts: Bool) {
    factors.append(found ?? [Double](repeating: .nan, count: count))
    if let found, counts { past.add(found) }
  }

  // The intercept comes first.
  private static func product(_ row: ArraySlice<Double>, _ factors: [Double]) -> Double {
    zip(row.dropFirst(), factors).reduce(row.first ?? .nan) { $0 + $1.0 * $1.1 }
  }

  var predictions: Predictions {
    Predictions(
      total: total, forecasts: [(.mean, mean)], preferred: .mean, variance: variance,
      factors: factors, residualVariance: residual)
  }
}

// MARK: In a container

extension FittedSeries {
  func encode(into container: inout Container) {
    container.facts.append(.init("series", .fields(("source", source.json))))
    container.add("series.mean", moments.mean)
    container.add("series.covariance", moments.covariance)
    container.add("series.newcomer", moments.newcomer + [moments.residual])
    filter.encode(into: &container)
  }

  /// Reads what `encode` wrote, the filter as its model reads it.
  init(
    _ container: Container, _ summary: FitSummary,
    _ filter: (Container, _ factors: Int) throws -> any LoadingFilter
  ) throws {
    let facts = StoredFacts(container.facts.first { $0.name == "series" }?.value)
    let source = try FactorSource(facts.value?["source"])
    let count = source.names.count
    guard (1...SeriesSample.mostFactors).contains(count) else { throw facts.fault("source") }
    let newcomer = try container.doubles("series.newcomer", count: count + 2)
    self.init(
      summary: summary, source: source, filter: try filter(container, count),
      moments: TrainingMoments(
        mean: try container.doubles("series.mean", count: count),
        covariance: try container.doubles("series.covariance", count: count * count),
        newcomer: Array(newcomer.prefix(count + 1)), residual: newcomer[count + 1]))
  }
}

extension Container {
  /// The numbers of a section that must be so many.
  func doubles(_ name: String, count: Int) throws -> [Double] {
    let numbers = try doubles(name)
    guard numbers.count == count else {
      throw ContainerError.malformed(section: name, reason: "\(count) numbers are needed")
    }
    return numbers
  }
}
