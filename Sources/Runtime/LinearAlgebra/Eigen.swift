// Eigenvalues of symmetric matrices and singular values, largest first, with a fixed sign.
//
// Definition: A = V diag(values) V' and A = U diag(values) V'. A vector's sign is free, so it is
// fixed: the element of largest size (the first one on a tie) is positive. For singular vectors the
// right one decides and the left one follows.
// Missing values: refused. Degrees of freedom: none. Reference: LAPACK dsyevd, dgesdd.

/// The eigenvalues and eigenvectors of a symmetric matrix.
public struct SymmetricEigen: Sendable {
  /// Eigenvalues, largest first.
  public let values: [Double]
  /// Eigenvectors in columns, in the order of the values.
  public let vectors: Matrix

  /// Decomposes a symmetric matrix, reading its lower triangle.
  public init(_ matrix: Matrix) throws(LinearAlgebraError) {
    try LAPACK.require()
    guard matrix.rows == matrix.columns else {
      throw .shapeMismatch(
        left: [matrix.rows, matrix.columns], right: [matrix.rows, matrix.rows])
    }
    guard matrix.isFinite else { throw .notFinite(argument: "the matrix") }
    let n = matrix.rows
    var work = matrix.columnMajor
    guard let ascending = LAPACK.symmetricEigen(&work, order: n) else {
      throw .noConvergence(routine: "eigenvalue iteration")
    }
    var vectors = Matrix(rows: n, columns: n)
    for k in 0..<n {
      let column = Array(work[(n - 1 - k) * n..<(n - k) * n])
      let sign = fixedSign(column)
      for i in 0..<n { vectors[i, k] = sign * column[i] }
    }
    values = ascending.reversed()
    self.vectors = vectors
  }
}

/// The thin singular value decomposition of a matrix.
public struct SingularValues: Sendable {
  /// Left singular vectors in columns.
  public let left: Matrix
  /// Singular values, largest first.
  public let values: [Double]
  /// Right singular vectors in columns.
  public let right: Matrix

  /// Decomposes a matrix of any shape.
  public init(_ matrix: Matrix) throws(LinearAlgebraError) {
    try LAPACK.require()
    guard matrix.isFinite else { throw .notFinite(argument: "the matrix") }
    var work = matrix.columnMajor
    let (m, n) = (matrix.rows, matrix.columns)
    guard let parts = LAPACK.singularValues(&work, rows: m, columns: n) else {
      throw .noConvergence(routine: "singular value iteration")
    }
    let small = min(m, n)
    var left = Matrix(rows: m, columns: small, columnMajor: parts.left)
    var right = Matrix(rows: small, columns: n, columnMajor: parts.rightTransposed).transposed
    for k in 0..<small where fixedSign(right.column(k)) < 0 {
      for i in 0..<m { left[i, k].negate() }
      for i in 0..<n { right[i, k].negate() }
    }
    self.left = left
    self.right = right
    values = parts.values
  }
}

/// Plus or minus one, so that the largest element becomes positive.
private func fixedSign(_ vector: [Double]) -> Double {
  var largest = 0.0
  for value in vector where abs(value) > abs(largest) { largest = value }
  return largest < 0 ? -1 : 1
}
