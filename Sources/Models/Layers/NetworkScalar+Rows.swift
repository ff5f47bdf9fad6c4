// Rows turned and multiplied: what layers need of a number type beyond its kernels.

import FactorRuntime

extension NetworkScalar {
  /// Writes the transpose of some rows, times a factor: `width` rows as long as `length`, zeros behind the last.
  static func transpose(
    rows: Int, width: Int, _ x: UnsafePointer<Self>, stride: Int, times factor: Self = 1,
    into y: UnsafeMutablePointer<Self>, length: Int
  ) {
    for j in 0..<width {
      let target = y + j * length
      for i in 0..<rows { target[i] = x[i * stride + j] * factor }
      for i in rows..<length { target[i] = 0 }
    }
  }

  /// Computes c = a b, or adds it to c; `a` is read through its two strides.
  static func product(
    m: Int, n: Int, k: Int, _ a: UnsafePointer<Self>, _ strides: (row: Int, column: Int),
    _ b: UnsafePointer<Self>, _ ldb: Int, _ c: UnsafeMutablePointer<Self>, _ ldc: Int,
    adds: Bool = false
  ) {
    product(
      ProductShape(
        m: m, n: n, k: k, a: a, rowStride: strides.row, columnStride: strides.column, b: b,
        ldb: ldb, c: c, ldc: ldc),
      bias: nil, relu: false, accumulate: adds)
  }
}
