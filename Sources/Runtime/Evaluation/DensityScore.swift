// How well forecasts of mean and variance describe what followed: log score, CRPS, coverage, PIT.
//
// Definition: with u = (r - mu) / sigma, log score = -(log(2 pi) + 2 log sigma + u^2) / 2;
// CRPS = sigma (u (2 Phi(u) - 1) + 2 phi(u) - 1 / sqrt(pi)); the 90 % interval is mu +- 1.6449 sigma;
// PIT = Phi(u), counted in ten equal parts. All are means over rows. A larger log score and a
// smaller CRPS are better; PIT counts of a right density are equal.
// Missing values: rows missing return, mean or variance, or with a variance not above zero, are
// skipped and counted. Degrees of freedom: none.
// Reference: Gneiting and Raftery (2007); Diebold, Gunther and Tay (1998) for the PIT.

/// Scores of normal densities.
public struct DensityScore: Sendable, Equatable {
  /// The mean logarithm of the density at what followed, in natural units.
  public let logScore: Double
  /// The mean continuous ranked probability score, in units of returns.
  public let crps: Double
  /// The share of rows within the central 90 % interval.
  public let coverage: Double
  /// Shares of rows whose PIT lies in each tenth of 0..1, lowest first.
  public let pit: [Double]
  /// Rows counted.
  public let count: Int
  /// Rows skipped.
  public let skipped: Int

  /// The 95 % point of the standard normal distribution.
  static let upperPoint = 1.6448536269514722

  /// Scores means and variances against returns.
  public init(_ returns: [Double], means: [Double], variances: [Double]) {
    precondition(returns.count == means.count && returns.count == variances.count)
    var sums = (log: CompensatedSum(), crps: CompensatedSum())
    var (covered, used) = (0, 0)
    var tenths = [Int](repeating: 0, count: 10)
    for ((r, mean), variance) in zip(zip(returns, means), variances)
    where r.isFinite && mean.isFinite && variance > 0 && variance.isFinite {
      let deviation = variance.squareRoot()
      let u = (r - mean) / deviation
      sums.log.add(-0.5 * (Elementary.log(2 * Double.pi * variance) + u * u))
      sums.crps.add(Self.crps(u, deviation))
      covered += abs(u) <= Self.upperPoint ? 1 : 0
      tenths[min(9, Int(10 * Self.distribution(u)))] += 1
      used += 1
    }
    let n = Double(used)
    (logScore, crps) = used > 0 ? (sums.log.value / n, sums.crps.value / n) : (.nan, .nan)
    coverage = used > 0 ? Double(covered) / n : .nan
    pit = tenths.map { used > 0 ? Double($0) / n : .nan }
    (count, skipped) = (used, returns.count - used)
  }

  /// The standard normal distribution function.
  public static func distribution(_ u: Double) -> Double {
    0.5 * Elementary.erfc(-u / 2.0.squareRoot())
  }

  /// The CRPS of a normal density whose deviation from what followed is `u` standard deviations.
  public static func crps(_ u: Double, _ deviation: Double) -> Double {
    let density = Elementary.exp(-0.5 * u * u) / (2 * Double.pi).squareRoot()
    return deviation
      * (u * (2 * distribution(u) - 1) + 2 * density - 1 / Double.pi.squareRoot())
  }
}

extension Statistic {
  /// The mean log density.
  public static let logScore = Statistic(
    "log_score", "log score", "the mean log density of returns under the forecast",
    formula: "mean of log φ(r; μ, σ²)", convention: "a normal density; larger is better",
    reference: "Gneiting and Raftery (2007)", style: .number(4))
  /// The ranked probability score.
  public static let crps = Statistic(
    "crps", "CRPS", "the mean continuous ranked probability score",
    formula: "mean of ∫ (F(x) − 1{x ≥ r})² dx", convention: "a normal density; smaller is better",
    reference: "Gneiting and Raftery (2007)", style: .number(4))
}
