// Sharpe ratio and beta of a window that rolls along the periods.
//
// Definition: Sharpe ratio sqrt(A) mean / sd, beta cov(r, b) / var(b), over the last `window` periods of the clock.
// Missing values: a window that lacks any period or value gives a missing result. Degrees of freedom: n - 1 for sd,
// they cancel in beta.

/// Statistics of rolling windows.
public enum RollingPerformance {
  /// Gives the annualised Sharpe ratio of the window that ends at each period.
  public static func sharpe(_ returns: [Double], months: [Period], window: Int) -> [Double] {
    let year = Clock(months).periodsPerYear
    return Timelines(series: months).rolling(returns, window: window, minimum: window) {
      Performance(Array($0), periodsPerYear: year).sharpeRatio
    }
  }

  /// Gives the slope on a benchmark over the window that ends at each period.
  public static func beta(
    _ returns: [Double], on benchmark: [Double], months: [Period], window: Int
  ) -> [Double] {
    Timelines(series: months).rolling(returns, benchmark, window: window, minimum: window) {
      slope(Array($0), Array($1))
    }
  }

  /// Gives the least-squares slope of one series on another; NaN where the other does not vary.
  public static func slope(_ y: [Double], _ x: [Double]) -> Double {
    let (a, b) = Correlation.complete(y, x)
    let (mean, centre) = (Moments(a).mean, Moments(b))
    let shared = Summation.compensated(zip(a, b).map { ($0 - mean) * ($1 - centre.mean) })
    return centre.squares > 0 ? shared / centre.squares : .nan
  }
}

extension Statistic {
  /// The Sharpe ratio of a rolling window.
  public static let rollingSharpe = Statistic(
    "rolling_sharpe", "rolling Sharpe ratio", "the Sharpe ratio of the last three years",
    formula: "√A · mean(r) / sd(r) over the window",
    convention: "3 · A periods, all of them present; sd with n − 1")
  /// The slope on a benchmark.
  public static let beta = Statistic(
    "beta", "beta", "the slope of the return on the benchmark", formula: "cov(r, b) / var(b)",
    convention: "least squares with a constant, over all periods with both")
  /// The cumulative log return.
  public static let cumulativeLog = Statistic(
    "cumulative", "cumulative log return", "what one unit grew to, in logarithms",
    formula: "Σ log(1 + r)",
    convention: "missing returns count as zero; none after a loss of everything")
}

extension Performance {
  /// The running sum of log returns; NaN from a loss of everything on.
  public static func cumulativeLog(_ returns: [Double]) -> [Double] {
    var level = 0.0
    return returns.map { value in
      if !value.isNaN { level = value > -1 ? level + Elementary.log1p(value) : .nan }
      return level
    }
  }
}
