// Quantiles by linear interpolation between order statistics.
//
// Definition: with sorted x_0..x_(n-1) and h = (n - 1) p, the quantile is x_floor(h) plus the
// fraction of h times the step to the next value (type 7). Missing values: skipped. Degrees of
// freedom: none. Reference: Hyndman and Fan (1996).

/// Quantiles of lists.
public enum Quantile {
  /// Gives the quantiles at the given probabilities; NaN without values.
  public static func of(_ values: some Collection<Double>, _ probabilities: [Double]) -> [Double] {
    let sorted = values.filter { !$0.isNaN }.sorted()
    return probabilities.map { ofSorted(sorted, $0) }
  }

  /// Gives the median; NaN without values.
  public static func median(_ values: some Collection<Double>) -> Double { of(values, [0.5])[0] }

  static func ofSorted(_ sorted: [Double], _ probability: Double) -> Double {
    guard let last = sorted.last, probability >= 0, probability <= 1 else { return .nan }
    let place = Double(sorted.count - 1) * probability
    let below = Int(place)
    if below + 1 >= sorted.count { return last }
    let fraction = place - Double(below)
    return fraction == 0
      ? sorted[below] : sorted[below] + fraction * (sorted[below + 1] - sorted[below])
  }
}
