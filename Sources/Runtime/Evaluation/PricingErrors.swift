// Alphas of test assets: what a factor model leaves of their mean returns.
//
// Definition: alpha_j = mean over months of x_tj - xhat_tj, xhat the total fit carried through the
// portfolios' weights; t = alpha / Newey-West standard error. Missing values: months missing either
// are skipped. Degrees of freedom: no correction.
// Reference: Gu, Kelly and Xiu (2021), figure 3.

/// The pricing error of one test asset.
public struct PricingError: Sendable, Equatable {
  /// The asset's mean return.
  public let mean: Double
  /// The t-statistic of the mean return.
  public let meanStatistic: Double
  /// The mean return that the fit leaves.
  public let alpha: Double
  /// Its t-statistic; NaN where nothing varies.
  public let statistic: Double

  /// Measures every column of returns against fits of the same shape, a row a month.
  public static func of(_ returns: Matrix, fits: Matrix, lags: Int = 4) -> [PricingError] {
    precondition(returns.rows == fits.rows && returns.columns == fits.columns)
    return (0..<returns.columns).map { j in
      let own = NeweyWest(returns.column(j), lags: lags)
      let left = NeweyWest(zip(returns.column(j), fits.column(j)).map { $0 - $1 }, lags: lags)
      return PricingError(
        mean: own.mean, meanStatistic: own.tStatistic, alpha: left.mean,
        statistic: left.tStatistic)
    }
  }
}

extension Statistic {
  /// How many alphas are large.
  public static let pricingErrors = Statistic(
    "large_alphas", "alphas with |t| > 3",
    "the share of managed portfolios whose mean return the model misses",
    formula: "#{|α_j / se(α_j)| > 3} / J, α_j = mean(x_j − x̂_j)",
    convention: "x̂ the total fit; Newey-West errors; J counts the constant's portfolio",
    reference: "Gu, Kelly and Xiu (2021)", style: .percent)
}
