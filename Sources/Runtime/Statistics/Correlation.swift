// Pearson and Spearman correlation of two lists.
//
// Definition: Pearson is the cosine of the two lists less their means; Spearman is the Pearson
// correlation of average ranks. Missing values: a pair with either missing is skipped. Degrees of
// freedom: they cancel. Reference: Kendall and Gibbons, "Rank Correlation Methods".

/// Correlations of paired values.
public enum Correlation {
  /// Gives the linear correlation; NaN with fewer than two pairs or without spread.
  public static func pearson(_ x: [Double], _ y: [Double]) -> Double {
    let (a, b) = complete(x, y)
    return ofComplete(a, b)
  }

  /// Gives the rank correlation; NaN with fewer than two pairs or without spread.
  public static func spearman(_ x: [Double], _ y: [Double]) -> Double {
    let (a, b) = complete(x, y)
    return ofComplete(Ranking.ranks(a), Ranking.ranks(b))
  }

  static func complete(_ x: [Double], _ y: [Double]) -> ([Double], [Double]) {
    precondition(x.count == y.count)
    if !x.contains(where: \.isNaN), !y.contains(where: \.isNaN) { return (x, y) }
    let rows = x.indices.filter { !x[$0].isNaN && !y[$0].isNaN }
    return (rows.map { x[$0] }, rows.map { y[$0] })
  }

  private static func ofComplete(_ x: [Double], _ y: [Double]) -> Double {
    guard x.count > 1 else { return .nan }
    let meanX = Summation.compensated(x) / Double(x.count)
    let meanY = Summation.compensated(y) / Double(y.count)
    var sums = (CompensatedSum(), CompensatedSum(), CompensatedSum())
    for k in x.indices {
      let (dx, dy) = (x[k] - meanX, y[k] - meanY)
      sums.0.add(dx * dy)
      sums.1.add(dx * dx)
      sums.2.add(dy * dy)
    }
    let scale = sums.1.value.squareRoot() * sums.2.value.squareRoot()
    return scale > 0 ? min(1, max(-1, sums.0.value / scale)) : .nan
  }
}
