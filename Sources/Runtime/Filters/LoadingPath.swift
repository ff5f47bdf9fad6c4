// Loadings of many series by period, and what they make of the regressors.

/// Loadings of every series in every period; NaN where there are none yet.
public struct LoadingPath: Sendable {
  /// The panel's numbers of periods, series and regressors.
  public let periods: Int
  public let series: Int
  public let regressorCount: Int
  /// One row of loadings for each series of each period.
  public private(set) var values: [Double]

  /// Begins without any loadings.
  init(of panel: SeriesPanel) {
    (periods, series, regressorCount) = (panel.periods, panel.series, panel.regressorCount)
    values = [Double](repeating: .nan, count: periods * series * regressorCount)
  }

  /// The loading of a series on a regressor in a period.
  public subscript(period: Int, series: Int, regressor: Int) -> Double {
    get { values[(period * self.series + series) * regressorCount + regressor] }
    set { values[(period * self.series + series) * regressorCount + regressor] = newValue }
  }

  /// What the loadings say of every series in every period, given the regressors of that period.
  public func fits(_ panel: SeriesPanel) -> [Double] {
    var fits = [Double](repeating: 0, count: periods * series)
    for t in 0..<periods {
      let x = Array(panel.row(t))
      for i in 0..<series {
        for k in 0..<regressorCount { fits[t * series + i] += self[t, i, k] * x[k] }
      }
    }
    return fits
  }

  /// The mean of squared errors over a range of periods, of what was observed and has loadings;
  /// NaN where there is nothing.
  public func meanSquaredError(_ panel: SeriesPanel, over range: Range<Int>) -> Double {
    let fits = fits(panel)
    var squares: [Double] = []
    for t in range {
      for i in 0..<series {
        let error = panel.value(i, at: t) - fits[t * series + i]
        if !error.isNaN { squares.append(error * error) }
      }
    }
    return Summation.pairwise(squares) / Double(squares.count)
  }
}
