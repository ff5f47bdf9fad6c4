// Products of tall matrices of doubles kept column after column, for loops that repeat them.
//
// Definition: C = A' B. Missing values: NaN propagates. Degrees of freedom: none.
// One thread, so the number of cores cannot change a bit. Reference: BLAS dgemm.

/// Products of column-major matrices without copies or transpositions.
public enum DenseProduct {
  /// Writes A' B, of `rows` x `columns`; A has `inner` rows and `rows` columns.
  public static func transposed(
    _ a: [Double], _ b: [Double], rows: Int, inner: Int, columns: Int, into c: inout [Double]
  ) throws(LinearAlgebraError) {
    precondition(a.count >= rows * inner)
    try run(a, true, b, rows, inner, columns, &c)
  }

  private static func run(
    _ a: [Double], _ isTransposed: Bool, _ b: [Double], _ rows: Int, _ inner: Int, _ columns: Int,
    _ c: inout [Double]
  ) throws(LinearAlgebraError) {
    try LAPACK.require()
    precondition(b.count >= inner * columns && c.count >= rows * columns)
    guard rows > 0, columns > 0 else { return }
    LAPACK.product(
      a, transposed: isTransposed, b, rows: rows, inner: inner, columns: columns, into: &c)
  }
}
