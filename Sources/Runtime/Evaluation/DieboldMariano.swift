// The Diebold-Mariano test of two forecasts of the same returns.
//
// Definition: d_t = mean over the assets of month t of e1_it^2 - e2_it^2; DM = mean(d) / se with a
// Newey-West standard error. Averaging over assets first leaves one observation a month, because
// errors of one month move together. DM > 0: the second forecast has the smaller squared errors.
// p is two-sided and normal. Missing values: a row missing the return or either forecast is
// skipped; a month without rows does not count. Degrees of freedom: none.
// Reference: Gu, Kelly and Xiu (2020), equation 20; Diebold and Mariano (1995).

/// The comparison of two forecasts.
public struct DieboldMariano: Sendable, Equatable {
  /// Mean differences of squared errors, first less second, one a month; NaN without rows.
  public let differences: [Double]
  /// Their mean.
  public let mean: Double
  /// The test statistic; NaN where the forecasts do not differ.
  public let statistic: Double
  /// The two-sided p-value of the normal distribution.
  public let pValue: Double
  /// Months counted.
  public let months: Int
  /// Lags of the standard error.
  public let lags: Int

  /// Compares two forecasts over months given by their offsets.
  public init(
    _ returns: [Double], first: [Double], second: [Double], offsets: [Int], lags: Int = 4
  ) {
    precondition(returns.count == first.count && returns.count == second.count)
    differences = zip(offsets, offsets.dropFirst()).map { start, end in
      Moments(
        (start..<end).map { row in
          let (a, b) = (returns[row] - first[row], returns[row] - second[row])
          return a * a - b * b
        }
      ).mean
    }
    let test = NeweyWest(differences, lags: lags)
    (mean, months, self.lags) = (test.mean, test.count, lags)
    statistic = test.tStatistic
    pValue =
      statistic.isNaN ? .nan : Elementary.erfc(abs(statistic) / 2.0.squareRoot())
  }
}
