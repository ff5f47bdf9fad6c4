// What a return series amounts to: mean, volatility, Sharpe ratio, drawdown.
//
// Definition: Sharpe ratio sqrt(periods) mean / sd; drawdown max over t1 <= t2 of Y_t1 - Y_t2 with
// Y the cumulative log return from Y_0 = 0. Long-short returns are self-financed and long-only
// returns already in excess of the risk-free rate, so nothing is subtracted.
// Missing values: skipped and counted. Degrees of freedom: n - 1 for sd.
// Reference: Sharpe (1994); Gu, Kelly and Xiu (2020) for the drawdown.

/// The performance of a series of periodic returns.
public struct Performance: Sendable, Equatable {
  /// Returns used.
  public let count: Int
  /// The mean per period.
  public let mean: Double
  /// The standard deviation per period, n - 1.
  public let standardDeviation: Double
  /// The annualised volatility.
  public let volatility: Double
  /// The annualised Sharpe ratio.
  public let sharpeRatio: Double
  /// The largest fall of the cumulative log return; infinite after a loss of everything.
  public let maximumDrawdown: Double
  /// The worst single period.
  public let worst: Double
  /// The compounded return over the whole series.
  public let compounded: Double
  /// How the Sharpe ratio was computed.
  public let formula: String

  /// Measures a series; `periodsPerYear` is 12 for months, 1 for figures not annualised.
  public init(_ returns: [Double], periodsPerYear: Int) {
    let present = returns.filter { !$0.isNaN }
    let moments = Moments(present)
    let root = Double(periodsPerYear).squareRoot()
    count = present.count
    mean = moments.mean
    standardDeviation = moments.standardDeviation()
    volatility = root * standardDeviation
    sharpeRatio = standardDeviation > 0 ? root * mean / standardDeviation : .nan
    maximumDrawdown = Self.drawdown(present)
    worst = moments.minimum
    compounded = present.reduce(1) { $0 * (1 + $1) } - 1
    formula = "sqrt(\(periodsPerYear)) mean / sd, sd with n - 1"
  }

  /// Gives the running compounded return less one.
  public static func cumulative(_ returns: [Double]) -> [Double] {
    var wealth = 1.0
    return returns.map { value in
      if !value.isNaN { wealth *= 1 + value }
      return wealth - 1
    }
  }

  private static func drawdown(_ returns: [Double]) -> Double {
    var (level, peak, deepest) = (0.0, 0.0, 0.0)
    for value in returns {
      if value <= -1 { return .infinity }
      level += Elementary.log1p(value)
      peak = max(peak, level)
      deepest = max(deepest, peak - level)
    }
    return deepest
  }
}

extension Statistic {
  /// The annualised mean return.
  public static let mean = Statistic(
    "mean", "mean", "the mean return, a year", formula: "A · mean(r)",
    convention: "arithmetic, not compounded; missing returns are skipped", style: .percent)
  /// The annualised volatility.
  public static let volatility = Statistic(
    "volatility", "volatility", "the standard deviation of returns, a year",
    formula: "√A · sd(r)", convention: "sd with n − 1; no correction for autocorrelation",
    style: .percent)
  /// The annualised Sharpe ratio.
  public static let sharpe = Statistic(
    "sharpe", "Sharpe ratio", "the mean return over its standard deviation, a year",
    formula: "√A · mean(r) / sd(r)",
    convention:
      "sd with n − 1; no riskless rate is subtracted, since long-short returns finance themselves and others are "
      + "taken as excess returns, unless a sheet is told `excess: false` and given the rate",
    reference: "Sharpe (1994)")
  /// The largest fall of cumulative log returns.
  public static let logDrawdown = Statistic(
    "log_drawdown", "largest drawdown (log)", "the largest fall of the cumulative log return",
    formula: "max over s ≤ t of Y_s − Y_t, Y_t = Σ log(1 + r)",
    convention: "Y begins at zero; infinite after a loss of everything",
    reference: "Gu, Kelly and Xiu (2020)")
  /// The worst period.
  public static let worst = Statistic(
    "worst", "worst", "the worst single return", formula: "min(r)",
    convention: "of one period of the clock, not a year", style: .percent)
  /// What the whole series compounds to.
  public static let compounded = Statistic(
    "compounded", "compounded", "the return over the whole sample", formula: "Π (1 + r) − 1",
    convention: "missing returns count as zero", style: .percent)
  /// The share of returns above zero.
  public static let sharePositive = Statistic(
    "positive", "share above zero", "the share of returns above zero", formula: "#{r > 0} / n",
    convention: "a return of exactly zero is not above it", style: .percent)
}
