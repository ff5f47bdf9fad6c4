// Filters over time: golden numbers, what they become in special cases, threads, gaps and too little data.

import TestSupport
import Testing

@testable import FactorRuntime

@Suite struct FilterTests {
  private let periods = 400

  /// Series with loadings of about (0, 1, 0.5), and a hole in every seventh.
  private func panel(series: Int = 9, seed: UInt64 = 3, wandering: Double = 0.01) -> SeriesPanel {
    var stream = RandomStream(seed: seed, purpose: .example)
    var loadings = (0..<series).map { _ in [0.0, 1, 0.5] }
    var (values, x): ([Double], [Double]) = ([], [])
    for t in 0..<periods {
      let row = [1, stream.normal(), stream.normal()]
      x += row
      for i in 0..<series {
        for k in 1...2 { loadings[i][k] += wandering * stream.normal() }
        let mean = zip(loadings[i], row).reduce(0) { $0 + $1.0 * $1.1 }
        let value = mean + 0.5 * stream.normal()
        values.append(i % 7 == 6 && t % 11 == 3 ? .nan : value)
      }
    }
    return SeriesPanel(values, series: series, regressors: x, count: 3)
  }

  private func estimate(
    _ loadings: [Double], _ covariance: [Double], residual: Double, walk: [Double]
  ) -> WalkingLoadings.Estimate {
    .init(begin: 0, loadings: loadings, covariance: covariance, residual: residual, walk: walk)
  }

  @Test func goldenKalmanStep() throws {
    let panel = SeriesPanel([3], series: 1, regressors: [2], count: 1)
    var settings = WalkingLoadings()
    settings.skipped = 0
    let start = [estimate([1], [0.2], residual: 0.5, walk: [0.01])]
    let filtered = try settings.filtered(panel, start, budget: Budget(threads: 1))
    expectClose(filtered.updated[0, 0, 0], 1.31343284, absolute: 1e-8)
    expectClose(filtered.covariance(0, 0, 0, 0), 0.07835821, absolute: 1e-8)
    expectClose(
      try settings.logLikelihoods(panel, start, budget: Budget(threads: 1))[0], -1.43840767,
      absolute: 1e-8)
  }

  // AT-13. Without steps the filter is least squares with the start as one more observation.
  @Test func loadingsThatStandStillAreRecursiveLeastSquares() throws {
    let panel = panel()
    let prior = [0.1, 0, 0, 0, 0.2, 0.05, 0, 0.05, 0.3]
    let starts = (0..<9).map { _ in
      estimate([0, 0.9, 0.4], prior, residual: 0.25, walk: [0, 0, 0])
    }
    let filtered = try WalkingLoadings().filtered(panel, starts, budget: Budget(threads: 1))
    let precision = try Cholesky(Matrix(rows: 3, columns: 3, storage: prior)).inverse
    for i in [0, 6] {
      var (gram, moments) = (precision, precision * [0, 0.9, 0.4])
      for t in 0..<periods where !panel.value(i, at: t).isNaN {
        let x = Array(panel.row(t))
        for a in 0..<3 {
          moments[a] += x[a] * panel.value(i, at: t) / 0.25
          for b in 0..<3 { gram[a, b] += x[a] * x[b] / 0.25 }
        }
      }
      let wanted = try Cholesky(gram).solve(moments)
      expectClose(
        (0..<3).map { filtered.updated[periods - 1, i, $0] }, wanted, absolute: 1e-11)
    }
  }

  // AT-13. The variances that made the data are likelier than others.
  @Test func theTruthIsLikelier() throws {
    let panel = panel(series: 20)
    var settings = WalkingLoadings()
    settings.skipped = 20
    func likelihood(_ factor: Double) throws -> Double {
      let step = factor * 1e-4
      let starts = (0..<20).map { _ in
        estimate(
          [0, 1, 0.5], [1e-6, 0, 0, 0, 0.01, 0, 0, 0, 0.01], residual: 0.25,
          walk: [0, step, step])
      }
      return try settings.logLikelihoods(panel, starts, budget: Budget(threads: 1)).reduce(0, +)
    }
    let truth = try likelihood(1)
    #expect(try truth > likelihood(100) && truth > likelihood(0.01))
  }

  @Test func loadingsThatWalkAreFollowed() throws {
    let panel = panel(series: 12, wandering: 0.08)
    var settings = WalkingLoadings()
    (settings.initial, settings.skipped) = (60, 20)
    let estimates = try settings.estimates(panel, before: 300, budget: Budget(threads: 2))
    let walking = try settings.filtered(panel, estimates, budget: Budget(threads: 1)).predicted
    let rolling = try RollingLoadings(window: 100, step: 5, least: 50).path(
      panel, budget: Budget(threads: 1))
    let test = 300..<periods
    #expect(
      walking.meanSquaredError(panel, over: test) < rolling.meanSquaredError(panel, over: test))
    // What is predicted does not know its period.
    #expect(walking[60, 0, 1] == estimates[0].loadings[1])
  }

  @Test func threadsAndNeighboursChangeNoBit() throws {
    let panel = panel(series: 37)
    let settings = WalkingLoadings()
    #expect(
      try settings.estimates(panel, before: 380, budget: Budget(threads: 1))
        == settings.estimates(panel, before: 380, budget: Budget(threads: 3)))
    let (one, three) = (
      try GARCH(panel, before: 300, budget: Budget(threads: 1)),
      try GARCH(panel, before: 300, budget: Budget(threads: 3))
    )
    #expect(one.estimates == three.estimates)
    let alone = SeriesPanel(
      (0..<periods).map { panel.value(36, at: $0) }, series: 1, regressors: panel.regressors,
      count: 3)
    #expect(
      try GARCH(alone, before: 300, budget: Budget(threads: 1)).estimates[0] == one.estimates[36])
    let rolling = RollingLoadings(window: 100, step: 7, least: 50)
    let (all, single) = (
      try rolling.path(panel, budget: Budget(threads: 2)),
      try rolling.path(alone, budget: Budget(threads: 1))
    )
    for k in 0..<3 { #expect(all[399, 36, k] == single[399, 0, k]) }
  }

  @Test func rollingRegressionsAreLeastSquaresOfTheirWindow() throws {
    let panel = panel()
    let path = try RollingLoadings(window: 50, step: 30, least: 45).path(
      panel, budget: Budget(threads: 1))
    #expect(path[59, 0, 0].isNaN && !path[60, 0, 0].isNaN)
    for (t, i) in [(90, 0), (121, 6), (399, 8)] {
      let last = t / 30 * 30
      let seen = ((last - 50)..<last).filter { !panel.value(i, at: $0).isNaN }
      let x = Matrix(seen.map { Array(panel.row($0)) })
      let wanted = try LeastSquares(x, seen.map { panel.value(i, at: $0) }).coefficients
      expectClose((0..<3).map { path[t, i, $0] }, wanted, absolute: 1e-12)
    }
  }

  @Test func tooLittleAndTooPlainDataAreSaid() throws {
    var settings = WalkingLoadings()
    settings.initial = 500
    let panel = panel()
    let estimates = try settings.estimates(panel, before: 300, budget: Budget(threads: 1))
    #expect(estimates.allSatisfy { $0.begin == nil && $0.residual.isNaN && !$0.hasConverged })
    let nothing = try settings.filtered(panel, estimates, budget: Budget(threads: 1)).predicted
      .values
    #expect(nothing.allSatisfy { $0.isNaN })
    let same = SeriesPanel(
      [Double](repeating: 0.5, count: 300), series: 1,
      regressors: (0..<300).flatMap { [1, Double($0 % 5), 2 * Double($0 % 5)] }, count: 3)
    #expect(
      try RollingLoadings(window: 60, step: 5, least: 10).path(same, budget: Budget(threads: 1))[
        299, 0, 0
      ].isNaN)
    let constant = try GARCH(same, before: 300, budget: Budget(threads: 1)).estimates[0]
    #expect(!constant.hasConverged && constant.variance == 0)
  }

  @Test func goldenDynamicCorrelation() {
    // Q of (1, .3; .3, 1) after the shocks (1, -.5), with A = .05 and B = .9.
    let q = [1.0, 0.3, 1.0]
    let z = [1.0, -0.5]
    let next = [
      0.05 * q[0] + 0.05 * z[0] * z[0] + 0.9 * q[0], 0.05 * q[1] + 0.05 * z[0] * z[1] + 0.9 * q[1],
      0.05 * q[2] + 0.05 * z[1] * z[1] + 0.9 * q[2],
    ]
    let shocks = SeriesPanel([-0.5, 0.1], series: 1, regressors: [1, 0.1], count: 1)
    let memory = LaneMemory([3, 1, 1, 3, 2, 2])
    let lanes = Kernels.chosen.lanes
    for lane in 0..<lanes {
      for k in 0..<3 { memory[0][k * lanes + lane] = q[k] }
      (memory[1][lane], memory[2][lane]) = (0.05, 0.9)
    }
    shocks.withLanes(0, upTo: 2) {
      Kernels.chosen.correlations(
        $0,
        CorrelationLanes(
          mean: memory[0], shock: memory[1], memory: memory[2], sums: memory[3],
          slopes: memory[4], path: memory[5]))
    }
    expectClose(next[1], 0.26, absolute: 1e-12)
    expectClose(memory[5][0], 0.3, absolute: 1e-8)
    expectClose(memory[5][lanes], 0.26501654, absolute: 1e-7)
    expectClose(memory[4][lanes], 0.26501654, absolute: 1e-7)
  }

  // AT-13. Without shocks and memory the correlations are constant.
  @Test func withoutMovementCorrelationsAreConstant() {
    let panel = panel()
    let factors = SeriesPanel(
      (0..<periods).flatMap { t in (0..<9).map { panel.value($0, at: t) } }, series: 9,
      regressors: (0..<periods).flatMap { Array(panel.row($0).dropFirst()) }, count: 2)
    let block = CorrelationBlock(
      factors, factors.series(of: 0), before: periods,
      means: CorrelationBlock.means(factors, before: 300))
    let (slopes, correlations) = block.paths { _ in (shock: 0, memory: 0) }
    let lanes = Kernels.chosen.lanes
    for t in 1..<periods {
      for k in 0..<2 {
        expectClose(correlations[(t * 2 + k) * lanes], correlations[k * lanes], absolute: 1e-14)
        expectClose(slopes[(t * 2 + k) * lanes], slopes[k * lanes], absolute: 1e-14)
      }
    }
    #expect(correlations.allSatisfy { abs($0) <= 1 })
  }

  // A search ends where it would have ended alone, whatever shares its pass.
  @Test func companyOfASearchDoesNotMatter() throws {
    let panel = panel()
    let all = try GARCH(panel, before: 300, budget: Budget())
    for i in [0, panel.series / 2, panel.series - 1] {
      let alone = SeriesPanel(
        (0..<periods).map { panel.value(i, at: $0) }, series: 1, regressors: panel.regressors,
        count: panel.regressorCount)
      let found = try GARCH(alone, before: 300, budget: Budget()).estimates[0]
      #expect(found == all.estimates[i], "series \(i)")
    }
    let two = try GARCH(panel, before: 300, budget: Budget(threads: 2))
    #expect(two.estimates == all.estimates)
  }
}
