// Thin, safe calls into LAPACK: column-major arrays in, column-major arrays and a status out.
//
// Only this file imports the library. It runs on one thread, because a different split of work
// would give different last bits. Matrices are small here (at most a few hundred columns).
// Missing values: callers pass finite numbers. Reference: Anderson et al., "LAPACK Users' Guide".

import COpenBLAS

/// Why a factorisation could not be completed.
public enum LinearAlgebraError: Error, Equatable, Sendable {
  /// A Cholesky pivot was not positive; `pivot` counts from zero.
  case notPositiveDefinite(pivot: Int)
  /// An iteration did not converge.
  case noConvergence(routine: String)
  /// A matrix held a missing or infinite element.
  case notFinite(argument: String)
  /// The LAPACK library is not installed.
  case notInstalled
  /// Two shapes do not fit together.
  case shapeMismatch(left: [Int], right: [Int])
}

extension LinearAlgebraError {
  /// The fact as a plain sentence.
  public var message: String {
    switch self {
    case .notPositiveDefinite(let pivot):
      "the matrix is not positive definite: pivot \(pivot + 1) is not positive"
    case .noConvergence(let routine): "the \(routine) did not converge"
    case .notFinite(let argument): "\(argument) holds a missing or infinite element"
    case .notInstalled:
      "LAPACK is not installed: apt-get install libopenblas0-serial"
    case .shapeMismatch(let left, let right): "shapes \(left) and \(right) do not fit together"
    }
  }
}

/// The routines fq uses, on column-major arrays.
enum LAPACK {
  /// Makes sure that the library can be loaded; it is opened at the first call and stays open.
  static func require() throws(LinearAlgebraError) {
    if fq_lapack_is_available() == 0 { throw .notInstalled }
  }

  /// Writes op(A) B into `c`, all column-major, `a` as it is or transposed; A has `inner` columns
  /// or, transposed, `inner` rows.
  static func product(
    _ a: UnsafePointer<Double>, transposed: Bool, _ b: UnsafePointer<Double>,
    rows: Int, inner: Int, columns: Int, into c: UnsafeMutablePointer<Double>
  ) {
    var (m, n, k) = (Int32(rows), Int32(columns), Int32(inner))
    var lda = max(1, transposed ? k : m)
    var (ldb, ldc) = (max(1, k), max(1, m))
    var (one, zero) = (1.0, 0.0)
    fq_dgemm(transposed ? "T" : "N", "N", &m, &n, &k, &one, a, &lda, b, &ldb, &zero, c, &ldc)
  }

  /// Factors a symmetric positive definite matrix in place; gives the failing pivot, or nil.
  static func cholesky(_ a: inout [Double], order: Int) -> Int? {
    var n = Int32(order)
    var lda = max(1, n)
    var info: Int32 = 0
    fq_dpotrf("L", &n, &a, &lda, &info)
    return info > 0 ? Int(info) - 1 : nil
  }

  /// Solves with a Cholesky factor, overwriting the right-hand sides.
  static func choleskySolve(_ factor: [Double], order: Int, _ b: inout [Double], count: Int) {
    var n = Int32(order)
    var nrhs = Int32(count)
    var lda = max(1, n)
    var ldb = max(1, n)
    var info: Int32 = 0
    fq_dpotrs("L", &n, &nrhs, factor, &lda, &b, &ldb, &info)
  }

  /// QR with column pivoting, in place; gives reflector scales and the pivot order from zero.
  static func pivotedQR(
    _ a: inout [Double], rows: Int, columns: Int
  ) -> (tau: [Double], order: [Int]) {
    var m = Int32(rows)
    var n = Int32(columns)
    var lda = max(1, m)
    var pivots = [Int32](repeating: 0, count: columns)
    var tau = [Double](repeating: 0, count: min(rows, columns))
    var length = Int32(max(1, 3 * columns + 1 + 32 * (columns + 1)))
    var work = [Double](repeating: 0, count: Int(length))
    var info: Int32 = 0
    fq_dgeqp3(&m, &n, &a, &lda, &pivots, &tau, &work, &length, &info)
    return (tau, pivots.map { Int($0) - 1 })
  }

  /// Multiplies a vector by Q transposed, in place.
  static func applyTransposedQ(
    _ qr: [Double], tau: [Double], rows: Int, columns: Int, to vector: inout [Double]
  ) {
    var m = Int32(rows)
    var one: Int32 = 1
    var k = Int32(tau.count)
    var lda = max(1, m)
    var ldc = max(1, m)
    var length: Int32 = 64
    var work = [Double](repeating: 0, count: 64)
    var info: Int32 = 0
    fq_dormqr("L", "T", &m, &one, &k, qr, &lda, tau, &vector, &ldc, &work, &length, &info)
  }

  /// Solves the leading upper triangle of `a` for the right-hand sides, in place.
  static func solveUpper(
    _ a: [Double], leading: Int, order: Int, _ b: inout [Double], count: Int
  ) {
    var n = Int32(order)
    var nrhs = Int32(count)
    var lda = Int32(max(1, leading))
    var ldb = max(1, n)
    var info: Int32 = 0
    fq_dtrtrs("U", "N", "N", &n, &nrhs, a, &lda, &b, &ldb, &info)
  }

  /// Symmetric eigen-decomposition: values ascending, vectors in the columns of `a`; nil if stuck.
  static func symmetricEigen(_ a: inout [Double], order: Int) -> [Double]? {
    var n = Int32(order)
    var lda = max(1, n)
    var values = [Double](repeating: 0, count: order)
    var length = Int32(1 + 6 * order + 2 * order * order)
    var integerLength = Int32(3 + 5 * order)
    var work = [Double](repeating: 0, count: Int(length))
    var integers = [Int32](repeating: 0, count: Int(integerLength))
    var info: Int32 = 0
    fq_dsyevd(
      "V", "L", &n, &a, &lda, &values, &work, &length, &integers, &integerLength, &info)
    return info == 0 ? values : nil
  }

  /// Thin singular value decomposition, destroying `a`; nil if stuck.
  static func singularValues(
    _ a: inout [Double], rows: Int, columns: Int
  ) -> (left: [Double], values: [Double], rightTransposed: [Double])? {
    let small = min(rows, columns)
    var m = Int32(rows)
    var n = Int32(columns)
    var lda = max(1, m)
    var ldu = max(1, m)
    var ldvt = Int32(max(1, small))
    var values = [Double](repeating: 0, count: small)
    var left = [Double](repeating: 0, count: rows * small)
    var right = [Double](repeating: 0, count: small * columns)
    var length = Int32(4 * small * small + 7 * small + 40 * (rows + columns) + 64)
    var work = [Double](repeating: 0, count: Int(length))
    var integers = [Int32](repeating: 0, count: 8 * max(1, small))
    var info: Int32 = 0
    fq_dgesdd(
      "S", &m, &n, &a, &lda, &values, &left, &ldu, &right, &ldvt, &work, &length, &integers,
      &info)
    return info == 0 ? (left, values, right) : nil
  }
}

extension Matrix {
  /// The elements column after column, as LAPACK wants them.
  var columnMajor: [Double] { transposed.storage }

  /// Creates a matrix from elements given column after column.
  init(rows: Int, columns: Int, columnMajor: [Double]) {
    self = Matrix(rows: columns, columns: rows, storage: columnMajor).transposed
  }

  /// Whether no element is missing or infinite.
  public var isFinite: Bool { storage.allSatisfy(\.isFinite) }
}
