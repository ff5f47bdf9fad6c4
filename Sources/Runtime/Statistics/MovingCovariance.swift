// The covariance of vectors that come one by one, newer ones counting more.
//
// Definition: weights 2^(-(t - s) / half-life), summing to one, around a mean of the same weights; updated without
// large sums. Missing values: none. Degrees of freedom: none is taken off. Reference: Welford (1962); J. P. Morgan
// (1996), RiskMetrics, for the weights.

/// A covariance that moves with its vectors.
public struct MovingCovariance {
  private let decay: Double
  private var weight = 0.0
  private var mean: [Double]
  private var squares: Matrix

  /// Begins without vectors of some length; an infinite half-life forgets nothing.
  public init(count: Int, halfLife: Double) {
    decay = Elementary.pow(0.5, 1 / halfLife)
    mean = [Double](repeating: 0, count: count)
    squares = Matrix(rows: count, columns: count)
  }

  /// Adds a period; the others count less by the decay. Deviations are taken before and after the mean has moved,
  /// whose product is that of the definition.
  public mutating func add(_ x: [Double]) {
    weight = decay * weight + 1
    let before = x.indices.map { x[$0] - mean[$0] }
    for k in mean.indices { mean[k] += before[k] / weight }
    let after = x.indices.map { x[$0] - mean[$0] }
    for i in mean.indices {
      for j in mean.indices { squares[i, j] = decay * squares[i, j] + before[i] * after[j] }
    }
  }

  /// The covariance of what was added.
  public var covariance: Matrix { (1 / weight) * squares }
}
