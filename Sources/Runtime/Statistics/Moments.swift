// Mean, standard deviation, skewness and kurtosis by two compensated passes.
//
// Definition: central moments m_k = sum (x - mean)^k / n; skewness m_3 / m_2^1.5; kurtosis
// m_4 / m_2^2 (3 for a normal variable). Missing values: skipped and counted. Degrees of freedom:
// n - ddof for variance and standard deviation, chosen by the caller. Reference: Chan, Golub and
// LeVeque (1983) for the corrected two-pass variance.

/// The moments of the values that are not missing.
public struct Moments: Sendable, Equatable {
  /// Values used.
  public let count: Int
  /// Values skipped.
  public let missing: Int
  /// The mean; NaN without values.
  public let mean: Double
  /// The sum of squared deviations from the mean.
  public let squares: Double
  /// Skewness; NaN without spread.
  public let skewness: Double
  /// Kurtosis, 3 for a normal variable; NaN without spread.
  public let kurtosis: Double
  /// The smallest value; NaN without values.
  public let minimum: Double
  /// The largest value; NaN without values.
  public let maximum: Double

  /// Computes the moments of values.
  public init(_ values: some Collection<Double>) {
    let present = values.filter { !$0.isNaN }
    count = present.count
    missing = values.count - present.count
    let n = Double(present.count)
    mean = present.isEmpty ? .nan : Summation.compensated(present) / n
    var sums = (first: CompensatedSum(), CompensatedSum(), CompensatedSum(), CompensatedSum())
    for value in present {
      let d = value - mean
      sums.first.add(d)
      sums.1.add(d * d)
      sums.2.add(d * d * d)
      sums.3.add(d * d * d * d)
    }
    // Squares too large for a number are missing, not zero.
    let spread = sums.1.value - sums.0.value * sums.0.value / n
    squares = spread.isFinite ? max(0, spread) : .nan
    let variance = squares / n
    skewness = variance > 0 ? sums.2.value / n / (variance * variance.squareRoot()) : .nan
    kurtosis = variance > 0 ? sums.3.value / n / (variance * variance) : .nan
    minimum = present.min() ?? .nan
    maximum = present.max() ?? .nan
  }

  /// The variance with n - ddof degrees of freedom; NaN without any.
  public func variance(ddof: Int = 1) -> Double {
    count > ddof ? squares / Double(count - ddof) : .nan
  }

  /// The standard deviation with n - ddof degrees of freedom; NaN without any.
  public func standardDeviation(ddof: Int = 1) -> Double { variance(ddof: ddof).squareRoot() }
}

extension Statistic {
  /// Skewness.
  public static let skewness = Statistic(
    "skew", "skewness",
    "how lopsided returns are; below zero where large losses are commoner than large gains",
    formula: "m₃ / m₂^1.5, m_k the mean of (r − mean)^k",
    convention: "moments divided by n, no correction for small samples")
  /// Kurtosis.
  public static let kurtosis = Statistic(
    "kurtosis", "kurtosis", "how heavy the tails are; 3 for a normal variable",
    formula: "m₄ / m₂²", convention: "not the excess over 3; moments divided by n")
}
