// Total and predictive R2, pooled over assets and months against a forecast of zero.
//
// Definition: 1 - sum (r - f)^2 / sum r^2 over the rows counted. With fits that use realised
// factors it is the total R2, with fits from expected factors the predictive R2. The denominator is
// never demeaned. A forecast of zero gives exactly 0. On managed portfolios the same formula runs
// over the portfolios' returns and the fits carried through the same weights.
// Missing values: rows missing the return or the fit are skipped and counted. Degrees of freedom:
// none. Reference: Gu, Kelly and Xiu (2021), equations 20 and 21; (2020) on demeaning.

/// A pooled R2 and what it was computed from.
public struct RSquared: Sendable, Equatable {
  /// The value; NaN if all returns are zero or none were counted.
  public let value: Double
  /// Pairs counted.
  public let count: Int
  /// Pairs skipped because one of the two is missing.
  public let skipped: Int
  /// The sum of squared errors.
  public let errorSquares: Double
  /// The sum of squared returns.
  public let returnSquares: Double

  /// Compares returns with fits of the same length.
  public init(_ returns: some Collection<Double>, fits: some Collection<Double>) {
    precondition(returns.count == fits.count)
    var sums = (error: CompensatedSum(), total: CompensatedSum())
    var used = 0
    for (r, f) in zip(returns, fits) where !r.isNaN && !f.isNaN {
      let error = r - f
      sums.error.add(error * error)
      sums.total.add(r * r)
      used += 1
    }
    errorSquares = sums.error.value
    returnSquares = sums.total.value
    value = returnSquares > 0 ? 1 - errorSquares / returnSquares : .nan
    count = used
    skipped = returns.count - used
  }

  /// Compares managed portfolios' returns with the portfolios of fitted asset returns.
  ///
  /// `months` lists the positions counted; the constant portfolio may be left out.
  public init(
    managed portfolios: ManagedPortfolios, returns: [Double], fits: [Double],
    months: [Int]? = nil, includeConstant: Bool = true
  ) throws(PanelError) {
    let realized = try portfolios.returns(returns)
    let fitted = try portfolios.returns(fits)
    let width = portfolios.width - (includeConstant ? 0 : 1)
    let rows = months ?? Array(0..<realized.rows)
    self.init(
      rows.flatMap { realized.row($0).prefix(width) },
      fits: rows.flatMap { fitted.row($0).prefix(width) })
  }
}

extension Statistic {
  private static let pooled =
    "pooled over all rows, the denominator not demeaned: the benchmark is a forecast of zero"
  /// R2 with the factors of the period.
  public static let totalR2 = Statistic(
    "r2_total", "total R2",
    "the share of squared returns explained with the factors of the same period",
    formula: "1 − Σ (r − β′f)² / Σ r²", convention: pooled,
    reference: "Kelly, Pruitt and Su (2019)", style: .percent)
  /// R2 of forecasts.
  public static let predictiveR2 = Statistic(
    "r2_pred", "predictive R2",
    "the share of squared returns explained by forecasts made a period before",
    formula: "1 − Σ (r − β′λ)² / Σ r², λ the expected factors",
    convention: pooled + "; λ in the mode that the header names",
    reference: "Kelly, Pruitt and Su (2019)", style: .percent)
}
