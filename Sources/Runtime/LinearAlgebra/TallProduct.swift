// Products of one large matrix with a few columns, for loops that repeat them.
//
// Definition: C = A B and C = A' B, A kept row after row. Missing values: NaN propagates. Degrees of freedom: none.
// One thread and a fixed order of sums, so that neither cores nor calls change a bit. A library packs the matrix anew
// in every call, which for fifteen columns costs most of the time.

/// A large matrix that few columns are multiplied with, again and again; `storage` is not copied.
public final class TallProduct {
  public let rows: Int
  public let inner: Int
  private let width: Int
  private let given: UnsafeMutablePointer<Double>
  private let result: UnsafeMutablePointer<Double>
  private let storage: [Double]

  /// Takes a matrix of `rows` rows of `inner` numbers and the largest number of columns.
  public init(_ storage: [Double], rows: Int, inner: Int, columns: Int) {
    precondition(storage.count >= rows * inner)
    (self.storage, self.rows, self.inner) = (storage, rows, inner)
    let lanes = Kernels.chosen.lanes
    width = (columns + lanes - 1) / lanes * lanes
    given = AlignedMemory.zeros(max(rows, inner) * width)
    result = AlignedMemory.zeros(max(rows, inner) * width)
  }

  deinit {
    AlignedMemory.free(given)
    AlignedMemory.free(result)
  }

  /// Writes A B: `b` and `c` column after column.
  public func plain(_ b: [Double], columns: Int, into c: inout [Double]) {
    run(b, columns, inner: inner, outer: rows, &c) { a in
      Kernels.chosen.tallProduct(
        rows: rows, inner: inner, width: width, a, given, into: result)
    }
  }

  /// Writes A' B: `b` and `c` column after column.
  public func transposed(_ b: [Double], columns: Int, into c: inout [Double]) {
    run(b, columns, inner: rows, outer: inner, &c) { a in
      Kernels.chosen.tallTransposed(
        inner: rows, columns: inner, width: width, a, given, into: result)
    }
  }

  private func run(
    _ b: [Double], _ columns: Int, inner: Int, outer: Int, _ c: inout [Double],
    _ product: (UnsafePointer<Double>) -> Void
  ) {
    precondition(columns <= width && b.count >= inner * columns && c.count >= outer * columns)
    guard rows > 0, self.inner > 0 else {
      for i in 0..<(outer * columns) { c[i] = 0 }
      return
    }
    b.withUnsafeBufferPointer { b in
      for l in 0..<inner {
        for j in 0..<columns { given[l * width + j] = b[j * inner + l] }
      }
    }
    storage.withUnsafeBufferPointer { if let a = $0.baseAddress { product(a) } }
    c.withUnsafeMutableBufferPointer { c in
      for j in 0..<columns {
        for i in 0..<outer { c[j * outer + i] = result[i * width + j] }
      }
    }
  }
}
