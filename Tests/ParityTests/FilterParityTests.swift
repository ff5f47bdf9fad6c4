// Loadings that move, against statsmodels, arch and numpy; Tests/Parity/filters says how the numbers were made.

import TestSupport
import Testing

@testable import FactorRuntime

@Suite struct FilterParityTests {
  private static let periods = 600
  /// The periods that the recorded paths hold.
  private static let some = Array(stride(from: 0, to: periods, by: 20))
  private let series: [[Double]]
  private let factors: [[Double]]
  private let expected: JSON

  init() throws {
    let table = try CSVReader.read(path: ParityFolder.path("filters/data.csv"))
    func columns(_ names: [String]) throws -> [[Double]] {
      try names.map { name in
        let position = try #require(table.position(name))
        return try #require(table.columns[position].numbers)
      }
    }
    series = try columns((0..<5).map { "y\($0)" })
    factors = try columns((0..<3).map { "f\($0)" })
    expected = try JSON(
      parsing: try FileSystem.read(ParityFolder.path("filters/expected.json")))
  }

  private func panel(_ chosen: Range<Int>, constant: Bool = true) -> SeriesPanel {
    let rows = 0..<Self.periods
    return SeriesPanel(
      rows.flatMap { t in chosen.map { series[$0][t] } }, series: chosen.count,
      regressors: rows.flatMap { t in (constant ? [1] : []) + factors.map { $0[t] } },
      count: constant ? 4 : 3)
  }

  private func number(_ json: JSON?) -> Double {
    if case .number(let value)? = json { value } else { .nan }
  }
  private func numbers(_ json: JSON?) -> [Double] { json?.items.map { number($0) } ?? [] }

  @Test func rollingRegressionsAgree() throws {
    let settings = RollingLoadings(window: 120, step: 60, least: 60)
    let path = try settings.path(panel(0..<5), budget: Budget(threads: 1))
    for (i, wanted) in try #require(expected["rolling"]).items.enumerated() {
      // The estimate of period 119 holds from 120 on.
      for (number, row) in wanted.items.enumerated() where 120 + 60 * number < Self.periods {
        let found = (0..<4).map { path[120 + 60 * number, i, $0] }
        expectClose(found, numbers(row), absolute: 1e-12, relative: 1e-9, "series \(i)")
      }
    }
  }

  private var given: WalkingLoadings.Estimate {
    .init(
      begin: 0, loadings: [0, 1, 0, 0], variances: [1e-6, 0.04, 0.2, 0.1], residual: 1.1e-4,
      walk: [0, 1e-4, 2e-4, 5e-5])
  }

  @Test func filterAndSmootherAgreeWithStatsmodels() throws {
    let (panel, settings) = (panel(0..<5), WalkingLoadings())
    let estimates = [WalkingLoadings.Estimate](repeating: given, count: 5)
    let filtered = try settings.filtered(panel, estimates, budget: Budget(threads: 2))
    let smoothed = try filtered.smoothed(estimates, budget: Budget())
    let likelihoods = try settings.logLikelihoods(panel, estimates, budget: Budget(threads: 1))
    for (i, walk) in try #require(expected["walks"]).items.enumerated() {
      let paths = [
        ("predicted", filtered.predicted), ("updated", filtered.updated), ("smoothed", smoothed),
      ]
      for (name, path) in paths {
        for (t, row) in zip(Self.some, walk[name]?.items ?? []) {
          expectClose(
            (0..<4).map { path[t, i, $0] }, numbers(row), absolute: 1e-11, relative: 1e-8,
            "\(name) loadings of series \(i) in period \(t)")
        }
      }
      for (a, row) in (walk["spread"]?.items ?? []).enumerated() {
        expectClose(
          (0..<4).map { filtered.covariance(Self.periods - 1, i, a, $0) }, numbers(row),
          absolute: 1e-13, relative: 1e-8)
      }
      expectClose(likelihoods[i], number(walk["logLikelihood"]), relative: 1e-10, "series \(i)")
    }
  }

  // A search of 300 values may stop a little below the best of three long ones.
  @Test func theLargestLikelihoodIsFound() throws {
    var settings = WalkingLoadings()
    settings.initial = 150
    let estimates = try settings.estimates(panel(0..<3), before: 500, budget: Budget(threads: 2))
    for (estimate, best) in zip(estimates, numbers(expected["largest"])) {
      #expect(estimate.logLikelihood > best - 0.05, "\(estimate.logLikelihood), \(best)")
      #expect(estimate.logLikelihood < best + 0.05, "\(estimate.logLikelihood), \(best)")
    }
  }

  @Test func variancesAgreeWithArch() throws {
    let all = (0..<Self.periods).flatMap { t in factors.map { $0[t] } + series[0..<3].map { $0[t] }
    }
    let panel = SeriesPanel(
      all, series: 6, regressors: [Double](repeating: 0, count: Self.periods), count: 1)
    let found = try GARCH(panel, before: 500, budget: Budget(threads: 1))
    let deviations = try found.standardized(panel, budget: Budget(threads: 1)).deviations
    for (i, wanted) in try #require(expected["garch"]).items.enumerated() {
      let estimate = found.estimates[i]
      #expect(estimate.hasConverged)
      expectClose(estimate.mean, number(wanted["mean"]), relative: 1e-12)
      expectClose(estimate.logLikelihood, number(wanted["logLikelihood"]), relative: 1e-9)
      expectClose(estimate.shock, number(wanted["shock"]), absolute: 2e-4)
      expectClose(estimate.memory, number(wanted["memory"]), absolute: 2e-3)
      for (n, variance) in numbers(wanted["variances"]).enumerated() {
        let deviation = deviations[20 * n * 6 + i]
        expectClose(deviation * deviation, variance, relative: 2e-3)
      }
    }
  }

  @Test func correlationsAgreeWithPlainMatrices() throws {
    let panel = panel(0..<3, constant: false)
    let shared = try DynamicCorrelations(panel, before: 500, budget: Budget(threads: 2))
    let weights = numbers(expected["sharedWeights"])
    #expect(shared.weights[0].hasConverged)
    expectClose(shared.weights[0].deviance, number(expected["sharedDeviance"]), absolute: 5e-3)
    expectClose(shared.weights[0].shock, weights[0], absolute: 1e-3)
    expectClose(shared.weights[0].memory, weights[1], absolute: 1e-2)
    let filtered = try shared.filtered(panel, budget: Budget(threads: 1))
    for i in 0..<3 {
      for (n, t) in Self.some.enumerated() {
        expectClose(
          (0..<3).map { filtered.loadings[t, i, $0] },
          numbers(expected["betas"]?.items[i].items[n]), absolute: 2e-3)
        expectClose(
          (0..<3).map { filtered.correlations[t, i, $0] },
          numbers(expected["correlations"]?.items[i].items[n]), absolute: 1e-3)
      }
    }
    let alone = try DynamicCorrelations(
      panel, before: 500, sharesWeights: false, budget: Budget(threads: 1))
    // Where a series has no dynamics the weights mean nothing; the likelihood is as large.
    for (found, wanted) in zip(alone.weights, numbers(expected["ownDeviances"])) {
      expectClose(found.deviance, wanted, absolute: 0.02)
    }
  }
}
