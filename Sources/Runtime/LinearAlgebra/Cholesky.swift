// Cholesky factorisation of a symmetric positive definite matrix, with its pivots reported.
//
// Definition: A = L L'. The squared diagonal of L holds the pivots; their spread tells how near A
// is to singular. Missing values: refused. Degrees of freedom: none. Reference: Golub and Van Loan,
// section 4.2.

/// The factor L of A = L L' and what it says about A.
public struct Cholesky: Sendable {
  /// The order of the matrix.
  public let order: Int
  /// The smallest pivot.
  public let smallestPivot: Double
  /// The largest pivot.
  public let largestPivot: Double
  private var factor: [Double]

  /// Factors a symmetric matrix, reading its lower triangle.
  public init(_ matrix: Matrix) throws(LinearAlgebraError) {
    try LAPACK.require()
    guard matrix.rows == matrix.columns else {
      throw .shapeMismatch(
        left: [matrix.rows, matrix.columns], right: [matrix.rows, matrix.rows])
    }
    guard matrix.isFinite else { throw .notFinite(argument: "the matrix") }
    order = matrix.rows
    var factor = matrix.columnMajor
    if let pivot = LAPACK.cholesky(&factor, order: order) {
      throw .notPositiveDefinite(pivot: pivot)
    }
    let stride = order + 1
    let pivots = (0..<order).map { factor[$0 * stride] * factor[$0 * stride] }
    smallestPivot = pivots.min() ?? 1
    largestPivot = pivots.max() ?? 1
    self.factor = factor
  }

  /// Factors a symmetric matrix given by its lower triangle, column after column, in place: for
  /// matrices of hundreds of columns that are made anew in every round.
  public init(lower storage: consuming [Double], order: Int) throws(LinearAlgebraError) {
    try LAPACK.require()
    precondition(storage.count == order * order)
    self.order = order
    factor = storage
    if let pivot = LAPACK.cholesky(&factor, order: order) {
      throw .notPositiveDefinite(pivot: pivot)
    }
    var (smallest, largest) = (Double.infinity, 0.0)
    for i in 0..<order {
      let pivot = factor[i * (order + 1)] * factor[i * (order + 1)]
      // Written so that a pivot that is not a number counts as the smallest one.
      if !(pivot >= smallest) { smallest = pivot }
      largest = max(largest, pivot)
    }
    guard order == 0 || smallest > 0 else { throw .notFinite(argument: "the matrix") }
    (smallestPivot, largestPivot) = (smallest, largest)
  }

  /// Solves A x = b.
  public func solve(_ b: [Double]) -> [Double] {
    precondition(b.count == order)
    var x = b
    LAPACK.choleskySolve(factor, order: order, &x, count: 1)
    return x
  }

  /// Solves A X = B for every column of B.
  public func solve(_ b: Matrix) -> Matrix {
    precondition(b.rows == order)
    var x = b.columnMajor
    LAPACK.choleskySolve(factor, order: order, &x, count: b.columns)
    return Matrix(rows: b.rows, columns: b.columns, columnMajor: x)
  }

  /// The lower-triangular factor L.
  public var lower: Matrix {
    var result = Matrix(rows: order, columns: order)
    for i in 0..<order {
      for j in 0...i { result[i, j] = factor[j * order + i] }
    }
    return result
  }

  /// The inverse of A.
  public var inverse: Matrix { solve(.identity(order)) }

  /// The natural logarithm of the determinant of A.
  public var logDeterminant: Double {
    2 * Summation.compensated((0..<order).map { Elementary.log(factor[$0 * (order + 1)]) })
  }
}
