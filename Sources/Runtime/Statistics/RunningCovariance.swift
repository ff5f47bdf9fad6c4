// The covariance of vectors that come one by one.
//
// Definition: sum (x - mean)(x - mean)' / (n - 1), updated without large sums. Missing values: none.
// Degrees of freedom: n - 1. Reference: Welford (1962).

/// A covariance that grows.
public struct RunningCovariance: Sendable {
  private var count = 0
  private var mean: [Double]
  private var products: Matrix

  /// Begins without vectors of some length.
  public init(count length: Int) {
    mean = [Double](repeating: 0, count: length)
    products = Matrix(rows: length, columns: length)
  }

  /// Adds a vector.
  public mutating func add(_ x: [Double]) {
    precondition(x.count == mean.count)
    count += 1
    let before = x.indices.map { x[$0] - mean[$0] }
    for i in mean.indices { mean[i] += before[i] / Double(count) }
    for i in mean.indices {
      for j in mean.indices { products[i, j] += before[i] * (x[j] - mean[j]) }
    }
  }

  /// The covariance of what was added; nil for fewer than two vectors.
  public var covariance: Matrix? { count > 1 ? (1 / Double(count - 1)) * products : nil }
}
