// Value at risk and expected shortfall of a series of returns, by history.
//
// Definition: q the quantile (type 7) of the returns at 1 - level; VaR = -q, ES = minus the mean of the returns that
// are not above q. Missing values: skipped. Degrees of freedom: none.
// References: Jorion (2006), chapter 5; Acerbi and Tasche (2002).

/// Losses in the lower tail.
public struct TailRisk: Sendable, Equatable {
  /// The share of periods that lose less than the value at risk.
  public let level: Double
  /// The loss that is exceeded in the rest of them; negative for a gain.
  public let valueAtRisk: Double
  /// The mean loss of those.
  public let expectedShortfall: Double

  /// Measures a series.
  public init(_ returns: [Double], level: Double = 0.95) {
    self.level = level
    let quantile = Quantile.of(returns, [1 - level])[0]
    valueAtRisk = -quantile
    expectedShortfall = -Moments(returns.filter { $0 <= quantile }).mean
  }
}

extension Statistic {
  /// The loss exceeded in one period of twenty.
  public static let valueAtRisk = Statistic(
    "var", "value at risk, 95%", "the loss that is exceeded in one period of twenty",
    formula: "−q, q the 5 % quantile of r",
    convention: "historical, quantile by linear interpolation (type 7); a loss is positive",
    reference: "Jorion (2006)", style: .percent)
  /// The mean of the losses beyond it.
  public static let expectedShortfall = Statistic(
    "es", "expected shortfall, 95%", "the mean loss of the worst periods, one in twenty",
    formula: "−mean(r where r ≤ q)", convention: "historical; a loss is positive",
    reference: "Acerbi and Tasche (2002)", style: .percent)
}
