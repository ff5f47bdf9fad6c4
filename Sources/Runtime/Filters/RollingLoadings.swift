// Loadings by least squares over a moving window, estimated every so many periods.
//
// Definition: b_t minimises the squared errors of the last `window` periods up to t; it is estimated in periods
// step, 2 step, ... and holds for the `step` periods after each. Missing values: left out; a series needs `least`
// of them in a window. Source: the rolling regressions of Fama and MacBeth (1973), daily.

/// How loadings over windows are estimated.
public struct RollingLoadings: Sendable, Equatable {
  /// Periods of a window.
  public var window: Int
  /// Periods from one estimate to the next.
  public var step: Int
  /// The fewest values of a series in a window.
  public var least: Int

  /// Creates the settings; the defaults are three years of days, once a month, a year at least.
  public init(window: Int = 750, step: Int = 21, least: Int = 250) {
    precondition(window > 0 && step > 0)
    (self.window, self.step, self.least) = (window, step, least)
  }

  /// The estimates of every `step`th period, one row of lanes for each regressor, block by block.
  public func estimates(
    _ panel: SeriesPanel, budget: Budget
  ) throws(BudgetError) -> [[Double]] {
    let (count, lanes, n) = (panel.periods / step, Kernels.chosen.lanes, panel.regressorCount)
    return try panel.map(budget) { [self] block in
      var solutions = [Double](repeating: .nan, count: max(1, count * n * lanes))
      panel.withLanes(block, upTo: panel.periods) { series in
        solutions.withUnsafeMutableBufferPointer { buffer in
          guard let start = buffer.baseAddress else { return }
          Kernels.chosen.rollingLoadings(
            series, window: window, step: step, least: max(least, n), into: start)
        }
      }
      return solutions
    }
  }

  /// The loadings that hold in each period: estimated before it.
  public func path(_ panel: SeriesPanel, budget: Budget) throws(BudgetError) -> LoadingPath {
    let (lanes, n) = (Kernels.chosen.lanes, panel.regressorCount)
    var path = LoadingPath(of: panel)
    for (block, solutions) in try estimates(panel, budget: budget).enumerated() {
      for t in step..<max(step, panel.periods) {
        let estimate = (t / step - 1) * n
        for (lane, i) in panel.series(of: block).enumerated() {
          for k in 0..<n { path[t, i, k] = solutions[(estimate + k) * lanes + lane] }
        }
      }
    }
    return path
  }
}
