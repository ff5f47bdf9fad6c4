// What a compounded series amounts to: annual return, drawdown of wealth, Calmar and Sortino ratio.
//
// Definition: ARR = (prod (1 + r))^(A / n) - 1; MDD the largest 1 - W_t2 / W_t1, t1 <= t2, of the
// wealth W with W_0 = 1; CR = ARR / MDD; SOR = sqrt(A) mean / d with d^2 = mean of min(r, 0)^2.
// A is the number of periods of a year. Missing values: skipped. Degrees of freedom: none.
// Reference: Young (1991) for the Calmar, Sortino and Price (1994) for the Sortino ratio.

/// Ratios of a series of periodic returns.
public struct GrowthRatios: Sendable, Equatable {
  /// The compounded return a year; -1 after a loss of everything.
  public let annualReturn: Double
  /// The largest fall of wealth, as a share of its peak.
  public let maximumDrawdown: Double
  /// The annual return over the largest fall; NaN where wealth never fell.
  public let calmarRatio: Double
  /// The annualised mean over the downside deviation; NaN where no return lies below zero.
  public let sortinoRatio: Double

  /// Measures a series.
  public init(_ returns: [Double], periodsPerYear: Int) {
    let present = returns.filter { !$0.isNaN }
    var (wealth, peak, deepest) = (1.0, 1.0, 0.0)
    for value in present {
      wealth *= max(0, 1 + value)
      peak = max(peak, wealth)
      deepest = max(deepest, 1 - wealth / peak)
    }
    let periods = Double(periodsPerYear)
    annualReturn =
      present.isEmpty
      ? .nan : Elementary.pow(wealth, periods / Double(present.count)) - 1
    maximumDrawdown = deepest
    calmarRatio = deepest > 0 ? annualReturn / deepest : .nan
    let below = present.map { min($0, 0) * min($0, 0) }
    let downside = (Summation.compensated(below) / Double(max(1, present.count))).squareRoot()
    sortinoRatio =
      downside > 0 ? periods.squareRoot() * Moments(present).mean / downside : .nan
  }
}

extension Backtest {
  /// Ratios before costs.
  public var grossRatios: GrowthRatios {
    GrowthRatios(gross, periodsPerYear: clock.periodsPerYear)
  }
  /// Ratios after costs.
  public var netRatios: GrowthRatios { GrowthRatios(net, periodsPerYear: clock.periodsPerYear) }
}

extension Statistic {
  /// The compounded return a year.
  public static let annualReturn = Statistic(
    "annual_return", "annual return", "the compounded return, a year",
    formula: "(Π (1 + r))^(A / n) − 1", convention: "−1 after a loss of everything", style: .percent
  )
  /// The largest fall of wealth.
  public static let drawdown = Statistic(
    "drawdown", "largest drawdown", "the largest fall of wealth, as a share of its peak",
    formula: "max over s ≤ t of 1 − W_t / W_s, W_t = Π (1 + r)",
    convention: "W begins at one; a positive number", style: .percent)
  /// Return over drawdown.
  public static let calmar = Statistic(
    "calmar", "Calmar ratio", "the compounded return a year over the largest drawdown",
    formula: "annual return / largest drawdown", convention: "over the whole sample, not 36 months",
    reference: "Young (1991)")
  /// Mean over downside deviation.
  public static let sortino = Statistic(
    "sortino", "Sortino ratio", "the mean return over the downside deviation, a year",
    formula: "√A · mean(r) / √mean(min(r, 0)²)",
    convention: "the target is zero, and the mean of squares is over all periods",
    reference: "Sortino and Price (1994)")
}
