// The tangency portfolio of factors, formed each month from the months before it.
//
// Definition: w_t = S^-1 m with mean m and covariance S (n - 1) of f_s, s < t, scaled so that
// sqrt(w'Sw) is the wished volatility; the return of month t is w_t'f_t. It does not depend on the
// rotation of the factors. S gets a ridge of 1e-10 trace / K, so that factors that never vary do
// not stop it. Missing values: none. Degrees of freedom: n - 1.
// Reference: Gu, Kelly and Xiu (2021), table 4.

/// A factor tangency portfolio through time.
public struct TangencyPortfolio: Sendable, Equatable {
  /// The months that a portfolio is formed from at least: twelve more than there are factors.
  public static func fewestMonths(factors: Int) -> Int { factors + 12 }

  /// The weights of each month asked for.
  public let weights: [[Double]]
  /// The returns of those months.
  public let returns: [Double]

  /// Forms portfolios for `months` of the factors, a row a month from the start of the sample.
  public init(
    factors: [[Double]], months: Range<Int>, volatility: Double = 0.01
  ) throws(LinearAlgebraError) {
    var (weights, returns): ([[Double]], [Double]) = ([], [])
    for month in months {
      let own = try Self.weights(Array(factors[..<month]), volatility: volatility)
      weights.append(own)
      returns.append(zip(own, factors[month]).reduce(0) { $0 + $1.0 * $1.1 })
    }
    (self.weights, self.returns) = (weights, returns)
  }

  /// The weights from a history of factors.
  static func weights(
    _ past: [[Double]], volatility: Double
  ) throws(LinearAlgebraError) -> [Double] {
    let (n, order) = (past.count, past.first?.count ?? 0)
    precondition(n > order && order > 0)
    let means = (0..<order).map { k in Summation.compensated(past.map { $0[k] }) / Double(n) }
    var covariance = Matrix(rows: order, columns: order)
    for i in 0..<order {
      for j in i..<order {
        let products = past.map { ($0[i] - means[i]) * ($0[j] - means[j]) }
        covariance[i, j] = Summation.compensated(products) / Double(n - 1)
        covariance[j, i] = covariance[i, j]
      }
    }
    let ridge = 1e-10 * covariance.trace / Double(order)
    for k in 0..<order { covariance[k, k] += ridge }
    let direction = try Cholesky(covariance).solve(means)
    let variance = zip(direction, covariance * direction).reduce(0) { $0 + $1.0 * $1.1 }
    let scale = variance > 0 ? volatility / variance.squareRoot() : 0
    return direction.map { scale * $0 }
  }
}
