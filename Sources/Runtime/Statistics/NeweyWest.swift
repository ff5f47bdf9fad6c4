// The t-statistic of a mean whose observations are correlated over time.
//
// Definition: var(mean) = (g0 + 2 sum_l (1 - l / (L + 1)) g_l) / n with autocovariances g_l about the mean, each
// divided by n; t = mean / sqrt(var). Missing values: skipped. Degrees of freedom: no correction.
// Reference: Newey and West (1987), Bartlett weights.

/// The mean of a series with a standard error that allows for autocorrelation.
public struct NeweyWest: Sendable, Equatable {
  /// The mean.
  public let mean: Double
  /// Its standard error.
  public let standardError: Double
  /// Observations used.
  public let count: Int
  /// Lags used.
  public let lags: Int

  /// Measures a series.
  public init(_ series: [Double], lags: Int) {
    precondition(lags >= 0)
    let values = series.filter { !$0.isNaN }
    (count, self.lags) = (values.count, lags)
    mean = Moments(values).mean
    let centre = mean
    let errors = values.map { $0 - centre }
    var variance = Self.autocovariance(errors, lag: 0)
    for lag in 1..<max(1, min(lags, errors.count - 1) + 1) {
      let weight = 1 - Double(lag) / Double(lags + 1)
      variance += 2 * weight * Self.autocovariance(errors, lag: lag)
    }
    standardError = (max(0, variance) / Double(values.count)).squareRoot()
  }

  /// The mean over its standard error.
  public var tStatistic: Double { standardError > 0 ? mean / standardError : .nan }

  private static func autocovariance(_ errors: [Double], lag: Int) -> Double {
    guard lag < errors.count else { return 0 }
    let products = zip(errors, errors.dropFirst(lag)).map { $0 * $1 }
    return Summation.compensated(products) / Double(errors.count)
  }
}

extension Statistic {
  /// The t-statistic of a mean.
  public static let neweyWest = Statistic(
    "t", "t", "the mean over its Newey-West standard error",
    formula: "mean / √(g₀ + 2 Σ (1 − l / (L + 1)) g_l) · √n, g_l the autocovariance at lag l",
    convention: "Bartlett weights, L lags, no prewhitening, no small-sample factor",
    reference: "Newey and West (1987)")
}
