// Ordinary least squares by QR with column pivoting on scaled columns; the rank is reported.
//
// Definition: b minimises |y - X b|^2. Columns are scaled to unit length first, so that units of
// measure do not decide the rank; a column whose pivot falls below max(n, p) eps of the largest is
// dropped (coefficient 0, standard error NaN) and named. One step of refinement with a compensated
// residual recovers digits lost to conditioning.
// Missing values: refused; callers drop rows. Degrees of freedom: n - rank.
// Reference: Golub and Van Loan, sections 5.3 and 5.5; Bjorck (1967) for the refinement.

/// The outcome of a regression.
public struct LeastSquares: Sendable {
  /// One coefficient per column; zero for dropped columns.
  public let coefficients: [Double]
  /// Classical standard errors; NaN for dropped columns or without degrees of freedom.
  public let standardErrors: [Double]
  /// The residuals y - X b.
  public let residuals: [Double]
  /// The sum of squared residuals.
  public let residualSumOfSquares: Double
  /// The sum of squares of y about zero, or about its mean if the columns hold a constant.
  public let totalSumOfSquares: Double
  /// The number of independent columns found.
  public let rank: Int
  /// The positions of the columns found to depend on others, ascending.
  public let dropped: [Int]
  /// The ratio of the largest to the smallest pivot kept, after scaling.
  public let condition: Double

  /// The number of rows less the rank.
  public var degreesOfFreedom: Int { residuals.count - rank }
  /// The estimated variance of the disturbance.
  public var residualVariance: Double { residualSumOfSquares / Double(degreesOfFreedom) }
  /// Coefficients over their standard errors.
  public var tStatistics: [Double] { zip(coefficients, standardErrors).map { $0 / $1 } }
  /// One less the ratio of residual to total sum of squares.
  public var rSquared: Double { 1 - residualSumOfSquares / totalSumOfSquares }

  /// Regresses `y` on the columns of `x`.
  public init(_ x: Matrix, _ y: [Double]) throws(LinearAlgebraError) {
    self = try Self.withInverseGram(x, y, wantsInverse: false).fit
  }

  /// The same for many small regressions: where the columns are far from dependent, a step of refinement changes the last
  /// digit at most, and is left out.
  static func ofMany(_ x: Matrix, _ y: [Double]) throws(LinearAlgebraError) -> LeastSquares {
    let qr = try checked(x, y)
    return LeastSquares(x, y, qr, isRefined: qr.rank < x.columns || qr.condition > 1e4)
  }

  /// The regression and (X'X)^-1, zero for dropped columns.
  static func withInverseGram(
    _ x: Matrix, _ y: [Double], wantsInverse: Bool = true
  ) throws(LinearAlgebraError) -> (fit: LeastSquares, inverse: Matrix) {
    let qr = try checked(x, y)
    return (LeastSquares(x, y, qr), wantsInverse ? qr.inverseGram : Matrix(rows: 0, columns: 0))
  }

  private static func checked(
    _ x: Matrix, _ y: [Double]
  ) throws(LinearAlgebraError) -> ScaledQR {
    try LAPACK.require()
    guard x.rows == y.count else {
      throw .shapeMismatch(left: [x.rows, x.columns], right: [y.count])
    }
    guard x.isFinite else { throw .notFinite(argument: "a regressor") }
    guard y.allSatisfy(\.isFinite) else { throw .notFinite(argument: "the response") }
    return ScaledQR(x)
  }

  private init(_ x: Matrix, _ y: [Double], _ qr: ScaledQR, isRefined: Bool = true) {
    var solution = qr.solve(y)
    if isRefined {
      let correction = qr.solve(Self.residuals(x, y, solution))
      for j in 0..<x.columns { solution[j] += correction[j] }
    }
    let residuals =
      isRefined ? Self.residuals(x, y, solution) : Self.plainResiduals(x, y, solution)
    let squares = Summation.compensated(residuals.map { $0 * $0 })
    let variance = squares / Double(x.rows - qr.rank)
    coefficients = solution
    self.residuals = residuals
    residualSumOfSquares = squares
    totalSumOfSquares = Self.totalSumOfSquares(x, y)
    rank = qr.rank
    dropped = qr.dropped
    condition = qr.condition
    standardErrors = qr.inverseGramDiagonal.map {
      x.rows > qr.rank ? (variance * $0).squareRoot() : .nan
    }
  }

  private static func residuals(_ x: Matrix, _ y: [Double], _ b: [Double]) -> [Double] {
    (0..<x.rows).map { i in
      var sum = CompensatedSum()
      sum.add(y[i])
      for j in 0..<x.columns {
        let product = x[i, j] * b[j]
        sum.add(-product)
        // The rounding error of the product, exact thanks to the fused multiply-add.
        sum.add(-(-product).addingProduct(x[i, j], b[j]))
      }
      return sum.value
    }
  }

  private static func plainResiduals(_ x: Matrix, _ y: [Double], _ b: [Double]) -> [Double] {
    let width = x.columns
    return x.storage.withUnsafeBufferPointer { x in
      y.indices.map { i in
        var rest = y[i]
        for j in 0..<width { rest -= x[i * width + j] * b[j] }
        return rest
      }
    }
  }

  private static func totalSumOfSquares(_ x: Matrix, _ y: [Double]) -> Double {
    let hasConstant = (0..<x.columns).contains { j in
      x.rows > 0 && x[0, j] != 0 && (0..<x.rows).allSatisfy { x[$0, j] == x[0, j] }
    }
    let centre = hasConstant ? Summation.compensated(y) / Double(max(1, y.count)) : 0
    return Summation.compensated(y.map { ($0 - centre) * ($0 - centre) })
  }
}

/// The pivoted QR factorisation of a matrix with unit columns.
struct ScaledQR {
  let rows: Int
  let columns: Int
  let rank: Int
  private let factor: [Double]
  private let tau: [Double]
  private let order: [Int]
  private let scale: [Double]

  init(_ x: Matrix) {
    rows = x.rows
    columns = x.columns
    var scaled = x.columnMajor
    var scale = [Double](repeating: 1, count: x.columns)
    for j in 0..<x.columns {
      let range = j * x.rows..<(j + 1) * x.rows
      let norm = Summation.compensated(scaled[range].map { $0 * $0 }).squareRoot()
      guard norm > 0 else { continue }
      // A power of two, so that scaling is exact.
      scale[j] = Double(sign: .plus, exponent: norm.exponent, significand: 1)
      for k in range { scaled[k] /= scale[j] }
    }
    (tau, order) = LAPACK.pivotedQR(&scaled, rows: x.rows, columns: x.columns)
    let pivots = (0..<min(x.rows, x.columns)).map { abs(scaled[$0 * x.rows + $0]) }
    let tolerance = Double(max(x.rows, x.columns)) * 0x1p-52 * (pivots.first ?? 0)
    rank = pivots.prefix { $0 > tolerance }.count
    factor = scaled
    self.scale = scale
  }

  var dropped: [Int] { order[rank...].sorted() }

  var condition: Double {
    rank == 0 ? .infinity : abs(factor[0]) / abs(factor[(rank - 1) * (rows + 1)])
  }

  func solve(_ y: [Double]) -> [Double] {
    var rotated = y
    LAPACK.applyTransposedQ(factor, tau: tau, rows: rows, columns: columns, to: &rotated)
    var leading = Array(rotated.prefix(rank))
    LAPACK.solveUpper(factor, leading: rows, order: rank, &leading, count: 1)
    var result = [Double](repeating: 0, count: columns)
    for k in 0..<rank { result[order[k]] = leading[k] / scale[order[k]] }
    return result
  }

  /// The diagonal of (X'X)^-1 in the units of X; NaN where a column was dropped.
  var inverseGramDiagonal: [Double] {
    var inverse = Matrix.identity(rank).storage
    LAPACK.solveUpper(factor, leading: rows, order: rank, &inverse, count: rank)
    var result = [Double](repeating: .nan, count: columns)
    for k in 0..<rank {
      var sum = 0.0
      for j in k..<max(k, rank) { sum += inverse[j * rank + k] * inverse[j * rank + k] }
      result[order[k]] = sum / (scale[order[k]] * scale[order[k]])
    }
    return result
  }

  /// (X'X)^-1 in the units of X; zero where a column was dropped.
  var inverseGram: Matrix {
    var inverse = Matrix.identity(rank).storage
    LAPACK.solveUpper(factor, leading: rows, order: rank, &inverse, count: rank)
    var result = Matrix(rows: columns, columns: columns)
    for a in 0..<rank {
      for b in 0...a {
        var sum = 0.0
        for j in a..<max(a, rank) { sum += inverse[j * rank + a] * inverse[j * rank + b] }
        let value = sum / (scale[order[a]] * scale[order[b]])
        result[order[a], order[b]] = value
        result[order[b], order[a]] = value
      }
    }
    return result
  }
}
