// Squared errors and squared returns summed month by month: what R2, its standard error and the
// comparison of forecasts are made of.
//
// Definition: e_t = sum_i (r_it - f_it)^2, s_t = sum_i r_it^2 over the rows of month t that have
// both. Missing values: rows missing the return or the fit are skipped. Degrees of freedom: none.
// Reference: Gu, Kelly and Xiu (2020), equations 19 and 20.

/// Sums of squares by month.
public struct MonthlySquares: Sendable, Equatable {
  /// Squared errors, one sum a month.
  public let errors: [Double]
  /// Squared returns, one sum a month.
  public let totals: [Double]
  /// Rows counted, by month.
  public let counts: [Int]

  /// Sums over the rows of months given by their offsets.
  public init(_ returns: [Double], fits: [Double], offsets: [Int]) {
    precondition(returns.count == fits.count && offsets.last ?? 0 == returns.count)
    var (errors, totals, counts) = ([Double](), [Double](), [Int]())
    for (start, end) in zip(offsets, offsets.dropFirst()) {
      let month = RSquared(returns[start..<end], fits: fits[start..<end])
      errors.append(month.errorSquares)
      totals.append(month.returnSquares)
      counts.append(month.count)
    }
    (self.errors, self.totals, self.counts) = (errors, totals, counts)
  }

  /// Sums over the portfolios of each row of two matrices of the same shape.
  public init(_ returns: Matrix, fits: Matrix) {
    precondition(returns.rows == fits.rows && returns.columns == fits.columns)
    self.init(
      returns.storage, fits: fits.storage,
      offsets: (0...returns.rows).map { $0 * returns.columns })
  }

  /// The R2 of all months; NaN if all returns are zero.
  public var rSquared: Double {
    let total = Summation.compensated(totals)
    return total > 0 ? 1 - Summation.compensated(errors) / total : .nan
  }

  /// The standard error of the R2, from blocks of months.
  public func standardError(_ bootstrap: BlockBootstrap = BlockBootstrap()) -> Double {
    bootstrap.standardErrorOfR2(errors: errors, totals: totals)
  }
}
