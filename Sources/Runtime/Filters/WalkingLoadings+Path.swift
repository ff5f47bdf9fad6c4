// Loadings that walk, by period: as the filter has them, and smoothed.

extension WalkingLoadings {
  /// What the filter says of every period.
  public struct Filtered: Sendable {
    /// The loadings expected before the period's values were seen: for fits out of sample.
    public var predicted: LoadingPath
    /// The loadings after them.
    public var updated: LoadingPath
    /// Covariances of the loadings after them, a lower triangle for each series of each period.
    fileprivate var spreads: [Double]
  }

  /// Runs the filter over all periods with variances that were estimated.
  public func filtered(
    _ panel: SeriesPanel, _ estimates: [Estimate], budget: Budget
  ) throws(BudgetError) -> Filtered {
    let (lanes, n) = (Kernels.chosen.lanes, panel.regressorCount)
    let triangle = n * (n + 1) / 2
    let blocks = try panel.map(budget) { [self] block -> ([Double], [Double]) in
      let own = Array(estimates[panel.series(of: block)])
      let search = WalkSearch(self, panel, block, before: panel.periods, own)
      var path = [Double](repeating: 0, count: panel.periods * n * lanes)
      var spreads = [Double](repeating: 0, count: panel.periods * triangle * lanes)
      path.withUnsafeMutableBufferPointer { path in
        spreads.withUnsafeMutableBufferPointer { spreads in
          search.run(
            own, upTo: panel.periods, path: path.baseAddress, spreads: spreads.baseAddress)
        }
      }
      return (path, spreads)
    }
    var result = Filtered(
      predicted: LoadingPath(of: panel), updated: LoadingPath(of: panel),
      spreads: [Double](repeating: .nan, count: panel.periods * panel.series * triangle))
    for (block, (path, spreads)) in blocks.enumerated() {
      for (lane, i) in panel.series(of: block).enumerated() {
        guard let begin = estimates[i].begin else { continue }
        for t in begin..<max(begin, panel.periods) {
          for k in 0..<n {
            result.predicted[t, i, k] =
              t == begin ? estimates[i].loadings[k] : path[((t - 1) * n + k) * lanes + lane]
            result.updated[t, i, k] = path[(t * n + k) * lanes + lane]
          }
          for k in 0..<triangle {
            result.spreads[(t * panel.series + i) * triangle + k] =
              spreads[(t * triangle + k) * lanes + lane]
          }
        }
      }
    }
    return result
  }

  /// The log likelihood of every series, with variances that are given.
  public func logLikelihoods(
    _ panel: SeriesPanel, _ estimates: [Estimate], budget: Budget
  ) throws(BudgetError) -> [Double] {
    try panel.map(budget) { [self] block in
      let own = Array(estimates[panel.series(of: block)])
      return WalkSearch(self, panel, block, before: panel.periods, own).logLikelihoods()
    }.flatMap { $0 }
  }
}

extension WalkingLoadings.Filtered {
  /// The covariance of two loadings of a series after the values of a period were seen.
  public func covariance(_ period: Int, _ series: Int, _ a: Int, _ b: Int) -> Double {
    let (n, high, low) = (updated.regressorCount, max(a, b), min(a, b))
    return spreads[
      (period * updated.series + series) * (n * (n + 1) / 2) + high * (high + 1) / 2 + low]
  }

  /// The loadings given the values of all periods: these look ahead, and serve pictures only.
  ///
  /// The smoother of Rauch, Tung and Striebel (1965).
  public func smoothed(
    _ estimates: [WalkingLoadings.Estimate], budget: Budget
  ) throws -> LoadingPath {
    var path = updated
    let n = updated.regressorCount
    for (i, estimate) in estimates.enumerated() {
      try budget.check()
      guard let begin = estimate.begin, begin + 1 < updated.periods else { continue }
      for t in (begin..<(updated.periods - 1)).reversed() {
        var here = Matrix(rows: n, columns: n)
        for a in 0..<n { for b in 0..<n { here[a, b] = covariance(t, i, a, b) } }
        var next = here
        for k in 0..<n { next[k, k] += estimate.walk[k] }
        let step = (0..<n).map { path[t + 1, i, $0] - updated[t, i, $0] }
        let change = here * (try Cholesky(next).solve(step))
        for k in 0..<n { path[t, i, k] = updated[t, i, k] + change[k] }
      }
    }
    return path
  }
}
