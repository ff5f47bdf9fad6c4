// The total correlation of normal latents in closed form, and the permutation that leaves marginals alone.
//
// Definition: TC_G = -log det C / 2, C the correlation matrix; of two latents correlated by r it is
// -log(1 - r^2) / 2. A latent that does not vary is independent of the others. Where latents are linear
// functions of each other it is infinite. Missing values: what is not finite gives a missing number.

import FactorRuntime

enum TotalCorrelation {
  /// Of the rows' own correlation matrix.
  static func normal(_ rows: [[Double]]) -> Double { normal(covariance(rows)) }

  /// Of the mixture of N(m_t, diag v_t) over rows t, taken as normal: the law that the judge looks at. It is
  /// finite as long as variances are positive, however few rows there are.
  static func normal(means: [[Double]], variances: [[Double]]) -> Double {
    var matrix = covariance(means)
    for k in 0..<matrix.rows {
      matrix[k, k] += variances.reduce(0) { $0 + $1[k] } / Double(max(1, variances.count))
    }
    return normal(matrix)
  }

  /// Of a covariance matrix.
  static func normal(_ covariance: Matrix) -> Double {
    guard covariance.isFinite else { return .nan }
    let kept = (0..<covariance.rows).filter { covariance[$0, $0] > 0 }
    var correlation = Matrix(rows: kept.count, columns: kept.count)
    for (i, a) in kept.enumerated() {
      for (j, b) in kept.enumerated() {
        let scale = (covariance[a, a] * covariance[b, b]).squareRoot()
        correlation[i, j] = i == j ? 1 : covariance[a, b] / scale
      }
    }
    // A pivot of rounding alone is none.
    guard let factor = try? Cholesky(correlation), factor.smallestPivot > 1e-12 else {
      return .infinity
    }
    return max(0, -0.5 * factor.logDeterminant)
  }

  /// Moments divided by the number of rows.
  static func covariance(_ rows: [[Double]]) -> Matrix {
    var moving = MovingCovariance(count: rows.first?.count ?? 0, halfLife: .infinity)
    for row in rows { moving.add(row) }
    return moving.covariance
  }

  /// Permutes each of the first `columns` columns of some rows on its own, in place.
  static func permute<Scalar>(
    rows: Int, columns: Int, stride: Int, _ z: UnsafeMutablePointer<Scalar>,
    _ stream: inout RandomStream
  ) {
    for k in 0..<columns {
      for i in Swift.stride(from: rows - 1, to: 0, by: -1) {
        let j = stream.below(i + 1)
        let moved = z[i * stride + k]
        z[i * stride + k] = z[j * stride + k]
        z[j * stride + k] = moved
      }
    }
  }
}
