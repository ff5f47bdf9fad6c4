// Arithmetic on matrices of a few entries, in place and without allocation.
//
// LAPACK serves everything else; here a call would cost more than the work, and the caller owns the
// memory.

import FactorRuntime

enum Small {
  /// A matrix in memory, possibly seen transposed.
  struct View {
    let base: UnsafePointer<Double>
    var rows: Int
    var columns: Int
    var rowStride: Int
    var columnStride: Int

    init(_ base: UnsafePointer<Double>, _ rows: Int, _ columns: Int) {
      self.base = base
      (self.rows, self.columns, rowStride, columnStride) = (rows, columns, columns, 1)
    }

    var transposed: View {
      var view = self
      swap(&view.rows, &view.columns)
      swap(&view.rowStride, &view.columnStride)
      return view
    }
  }

  /// Writes, or adds, the product a b.
  static func product(
    _ target: UnsafeMutablePointer<Double>, _ a: View, _ b: View, adding: Bool = false
  ) {
    for i in 0..<a.rows {
      let row = a.base + i * a.rowStride
      for j in 0..<b.columns {
        let column = b.base + j * b.columnStride
        var sum = 0.0
        for l in 0..<a.columns { sum += row[l * a.columnStride] * column[l * b.rowStride] }
        target[i * b.columns + j] = adding ? target[i * b.columns + j] + sum : sum
      }
    }
  }

  /// Writes the lower Cholesky factor; a pivot that is not positive becomes the smallest one that
  /// keeps the factor finite, so a degenerate month cannot stop a fit.
  static func cholesky(
    _ source: UnsafePointer<Double>, size n: Int, into factor: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<n {
      for j in 0...i {
        var sum = source[i * n + j]
        for l in 0..<j { sum -= factor[i * n + l] * factor[j * n + l] }
        if i == j {
          factor[i * n + i] = max(sum, 1e-300).squareRoot()
        } else {
          factor[i * n + j] = sum / factor[j * n + j]
          factor[j * n + i] = 0
        }
      }
    }
  }

  /// Solves in place with a lower Cholesky factor.
  static func solve(
    factor: UnsafePointer<Double>, size n: Int, _ x: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<n {
      for l in 0..<i { x[i] -= factor[i * n + l] * x[l] }
      x[i] /= factor[i * n + i]
    }
    for i in stride(from: n - 1, through: 0, by: -1) {
      for l in (i + 1)..<max(n, i + 1) { x[i] -= factor[l * n + i] * x[l] }
      x[i] /= factor[i * n + i]
    }
  }

  /// Gives a column's mean and the reciprocal of its standard deviation.
  static func moments(_ x: [Double], epsilon: Double) -> (mean: Double, scale: Double) {
    let n = Double(x.count)
    let mean = x.reduce(0, +) / n
    let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
    return (mean, 1 / (variance + epsilon).squareRoot())
  }

  /// Gives a vector's Euclidean length, never zero.
  static func length(_ x: [Double]) -> Double {
    max(x.reduce(0) { $0 + $1 * $1 }.squareRoot(), 1e-150)
  }
}
