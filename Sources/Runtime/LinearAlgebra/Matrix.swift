// A dense matrix of doubles: a shape and row-major storage.
//
// Definition: element (i, j) is storage[i * columns + j]. Missing values: NaN propagates. Degrees
// of freedom: none. Products accumulate over the inner index in ascending order, so results do not
// depend on blocking. Reference: Golub and Van Loan, "Matrix Computations", chapter 1.

/// A dense row-major matrix.
public struct Matrix: Sendable, Equatable {
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  /// The elements, row after row.
  public var storage: [Double]

  /// Creates a matrix from elements given row after row.
  public init(rows: Int, columns: Int, storage: [Double]) {
    precondition(rows >= 0 && columns >= 0 && storage.count == rows * columns)
    self.rows = rows
    self.columns = columns
    self.storage = storage
  }

  /// Creates a matrix with every element equal to `value`.
  public init(rows: Int, columns: Int, repeating value: Double = 0) {
    self.init(
      rows: rows, columns: columns, storage: [Double](repeating: value, count: rows * columns))
  }

  /// Creates a matrix from equally long rows.
  public init(_ rowValues: [[Double]]) {
    let columns = rowValues.first?.count ?? 0
    precondition(rowValues.allSatisfy { $0.count == columns })
    self.init(rows: rowValues.count, columns: columns, storage: rowValues.flatMap { $0 })
  }

  /// Creates the identity matrix of a given order.
  public static func identity(_ order: Int) -> Matrix {
    var result = Matrix(rows: order, columns: order)
    for i in 0..<order { result[i, i] = 1 }
    return result
  }

  /// The element in row `i` and column `j`.
  public subscript(i: Int, j: Int) -> Double {
    @inline(__always) get { storage[i * columns + j] }
    @inline(__always) set { storage[i * columns + j] = newValue }
  }

  /// Gives one row.
  public func row(_ i: Int) -> [Double] { Array(storage[i * columns..<(i + 1) * columns]) }

  /// Gives one column.
  public func column(_ j: Int) -> [Double] { (0..<rows).map { self[$0, j] } }

  /// The matrix with rows and columns exchanged.
  public var transposed: Matrix {
    var result = Matrix(rows: columns, columns: rows)
    for i in 0..<rows {
      for j in 0..<columns { result[j, i] = self[i, j] }
    }
    return result
  }

  /// The sum of the diagonal elements.
  public var trace: Double { (0..<min(rows, columns)).reduce(0) { $0 + self[$1, $1] } }
}

extension Matrix {
  /// Gives the matrix product.
  public static func * (left: Matrix, right: Matrix) -> Matrix {
    precondition(left.columns == right.rows)
    var result = Matrix(rows: left.rows, columns: right.columns)
    let width = right.columns
    result.storage.withUnsafeMutableBufferPointer { out in
      right.storage.withUnsafeBufferPointer { source in
        for i in 0..<left.rows {
          for k in 0..<left.columns {
            let factor = left[i, k]
            for j in 0..<width { out[i * width + j] += factor * source[k * width + j] }
          }
        }
      }
    }
    return result
  }

  /// Gives the product with a vector.
  public static func * (left: Matrix, right: [Double]) -> [Double] {
    precondition(left.columns == right.count)
    return (0..<left.rows).map { i in
      var sum = 0.0
      for j in 0..<left.columns { sum += left[i, j] * right[j] }
      return sum
    }
  }

  /// Gives every element multiplied by a number.
  public static func * (factor: Double, matrix: Matrix) -> Matrix {
    Matrix(
      rows: matrix.rows, columns: matrix.columns, storage: matrix.storage.map { factor * $0 })
  }

  /// Gives the elementwise sum.
  public static func + (left: Matrix, right: Matrix) -> Matrix {
    precondition(left.rows == right.rows && left.columns == right.columns)
    return Matrix(
      rows: left.rows, columns: left.columns,
      storage: zip(left.storage, right.storage).map { $0 + $1 })
  }

  /// Gives the elementwise difference.
  public static func - (left: Matrix, right: Matrix) -> Matrix { left + (-1 * right) }
}
