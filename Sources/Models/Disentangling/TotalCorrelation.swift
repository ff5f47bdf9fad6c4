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
    let n = covariance.rows
    guard covariance.storage.allSatisfy(\.isFinite) else { return .nan }
    let kept = (0..<n).filter { covariance[$0, $0] > 0 }
    var (lower, logarithm) = (Matrix(rows: kept.count, columns: kept.count), 0.0)
    for (i, a) in kept.enumerated() {
      for (j, b) in kept.prefix(i + 1).enumerated() {
        let scale = (covariance[a, a] * covariance[b, b]).squareRoot()
        let rest = (0..<j).reduce(i == j ? 1 : covariance[a, b] / scale) {
          $0 - lower[i, $1] * lower[j, $1]
        }
        if i == j {
          // A pivot of rounding alone is none.
          guard rest > 1e-12 else { return .infinity }
          lower[i, i] = rest.squareRoot()
          logarithm += Elementary.log(rest)
        } else {
          lower[i, j] = rest / lower[j, j]
        }
      }
    }
    return max(0, -0.5 * logarithm)
  }

  /// Moments divided by the number of rows.
  static func covariance(_ rows: [[Double]]) -> Matrix {
    let (n, k) = (Double(max(1, rows.count)), rows.first?.count ?? 0)
    let means = (0..<k).map { j in rows.reduce(0) { $0 + $1[j] } / n }
    var result = Matrix(rows: k, columns: k)
    for row in rows {
      for i in 0..<k {
        for j in 0..<k { result[i, j] += (row[i] - means[i]) * (row[j] - means[j]) / n }
      }
    }
    return result
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
