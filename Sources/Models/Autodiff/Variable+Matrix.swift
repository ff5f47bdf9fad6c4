// Matrix operations that record: products, diagonals, Cholesky solves, and maps over columns.

import FactorRuntime

extension Variable {
  /// Gives a b.
  func times(_ b: Variable) -> Variable {
    precondition(columns == b.rows, "inner sizes differ")
    let result = tape.append(.product(node, b.node), rows: rows, columns: b.columns)
    Small.product(
      result.values, Small.View(values, rows, columns), Small.View(b.values, b.rows, b.columns))
    return result
  }

  /// Gives a' b.
  func transposedTimes(_ b: Variable) -> Variable {
    precondition(rows == b.rows, "inner sizes differ")
    let result = tape.append(.transposedProduct(node, b.node), rows: columns, columns: b.columns)
    Small.product(
      result.values, Small.View(values, rows, columns).transposed,
      Small.View(b.values, b.rows, b.columns))
    return result
  }

  /// Gives a b'.
  func timesTransposed(_ b: Variable) -> Variable {
    precondition(columns == b.columns, "inner sizes differ")
    let result = tape.append(.productTransposed(node, b.node), rows: rows, columns: b.rows)
    Small.product(
      result.values, Small.View(values, rows, columns),
      Small.View(b.values, b.rows, b.columns).transposed)
    return result
  }

  /// Gives the diagonal matrix of a vector.
  func diagonalMatrix() -> Variable {
    let n = count
    let result = tape.append(.diagonal(node), rows: n, columns: n)
    result.values.update(repeating: 0, count: n * n)
    for i in 0..<n { result.values[i * n + i] = values[i] }
    return result
  }

  /// Gives the diagonal of a square matrix as a column.
  func diagonal() -> Variable {
    let n = rows
    let result = tape.append(.diagonalOf(node), rows: n, columns: 1)
    for i in 0..<n { result.values[i] = values[i * n + i] }
    return result
  }

  /// Solves `self x = b` for a symmetric positive definite matrix.
  func solve(_ b: Variable) -> Variable {
    precondition(rows == columns && rows == b.rows && b.columns == 1)
    let factor = choleskyFactor()
    let result = tape.append(.solve(node, b.node, factor: factor), rows: b.rows, columns: 1)
    result.values.update(from: b.values, count: b.count)
    Small.solve(factor: tape.values + factor, size: rows, result.values)
    return result
  }

  /// Gives log det of a symmetric positive definite matrix.
  func logDeterminant() -> Variable {
    let factor = choleskyFactor()
    let n = rows
    let result = tape.append(.logDeterminant(node, factor: factor), rows: 1, columns: 1)
    var total = 0.0
    for i in 0..<n { total += Elementary.log(tape.values[factor + i * n + i]) }
    result.values[0] = 2 * total
    return result
  }

  private func choleskyFactor() -> Int {
    let factor = tape.take(count)
    Small.cholesky(values, size: rows, into: tape.values + factor)
    return factor
  }

  private func mapColumns(
    _ operation: Operation, _ body: (_ column: inout [Double]) -> Void
  ) -> Variable {
    let result = tape.append(operation, rows: rows, columns: columns)
    var column = [Double](repeating: 0, count: rows)
    for j in 0..<columns {
      for i in 0..<rows { column[i] = values[i * columns + j] }
      body(&column)
      for i in 0..<rows { result.values[i * columns + j] = column[i] }
    }
    return result
  }

  /// Softmax of each column.
  func softmaxColumns() -> Variable {
    mapColumns(.softmaxColumns(node)) { column in
      let top = column.max() ?? 0
      for i in column.indices { column[i] = Elementary.exp(column[i] - top) }
      let total = column.reduce(0, +)
      for i in column.indices { column[i] /= total }
    }
  }

  /// Shares of max(0, .) in each column; uniform where no entry is positive.
  func reluShares() -> Variable {
    mapColumns(.reluShares(node)) { column in
      let total = column.reduce(0) { $0 + max(0, $1) }
      for i in column.indices {
        column[i] = total > 0 ? max(0, column[i]) / total : 1 / Double(column.count)
      }
    }
  }

  /// Zero mean and unit variance in each column (layer normalisation before its affine map).
  func normalizedColumns(epsilon: Double = 1e-5) -> Variable {
    mapColumns(.normalizeColumns(node, epsilon: epsilon)) { column in
      let (mean, scale) = Small.moments(column, epsilon: epsilon)
      for i in column.indices { column[i] = (column[i] - mean) * scale }
    }
  }

  /// Each column divided by its length.
  func unitColumns() -> Variable {
    mapColumns(.unitColumns(node)) { column in
      let length = Small.length(column)
      for i in column.indices { column[i] /= length }
    }
  }
}
