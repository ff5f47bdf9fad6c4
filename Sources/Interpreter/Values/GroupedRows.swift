// Rows in groups: statistics of a column are those of each group, and everything else goes row by row.

import FactorLang
import FactorRuntime

/// Rows put in the order of their groups.
///
/// One pass over all rows computes an expression for every group, where a table for each group would be copied and
/// walked anew.
struct GroupedRows: ColumnSource {
  private let base: any ColumnSource
  /// The rows, group after group.
  let rows: [Int]
  /// Where each group lies in that order.
  let groups: [Range<Int>]

  init(_ base: any ColumnSource, order: [Int], groups: [Range<Int>]) {
    (self.base, rows, self.groups) = (base, order, groups)
  }

  init(_ base: any ColumnSource, groups parts: [[Int]]) {
    var start = 0
    groups = parts.map { group in
      defer { start += group.count }
      return start..<(start + group.count)
    }
    (self.base, rows) = (base, parts.flatMap { $0 })
  }

  var rowCount: Int { rows.count }
  var columnNames: [String] { base.columnNames }
  func columnOrKey(_ name: String) -> Column? { base.columnOrKey(name)?.gathered(rows) }

  /// One value for each group, in every row of it.
  func spread(_ values: [Double]) -> [Double] {
    var result = [Double](repeating: .nan, count: rows.count)
    for (group, value) in zip(groups, values) {
      for row in group { result[row] = value }
    }
    return result
  }

  /// The values that a column has in all rows of a group; nil if it differs somewhere within one.
  func single(_ column: Column) -> Column? {
    if !Availability.isWholeSample(column.known) {
      for group in groups {
        let first = column.key(at: group.lowerBound)
        guard group.dropFirst().allSatisfy({ column.key(at: $0) == first }) else { return nil }
      }
    }
    return column.gathered(groups.map(\.lowerBound))
  }
}

extension ColumnExpression {
  /// Computes the expression for each group at once; nil if a function in it needs more than rows and groups, or if its
  /// value differs within a group.
  func grouped(_ rows: GroupedRows) throws -> Column? {
    guard StandardCatalog.standard.goesByGroup(expression) else { return nil }
    switch try value(on: rows).result {
    case .column(let column): return rows.single(column.column)
    case let value: return try Broadcast.column(value, rows: rows.groups.count)
    }
  }
}

extension StandardCatalog {
  /// Whether an expression is made of columns, operators, functions of numbers and statistics alone.
  fileprivate func goesByGroup(_ expression: Expression) -> Bool {
    var result = true
    FactorLang.Node.expression(expression).walk { node in
      guard case .expression(let part) = node else { return true }
      switch part.kind {
      case .call(let callee, _):
        guard let name = callee.dottedName, let primitive = primitive(name) else {
          result = false
          break
        }
        let isStatistic =
          primitive.signature.timing == .wholeSample && primitive.signature.isColumnFunction
        if primitive.scalar == nil, !isStatistic { result = false }
      case .block, .comprehension, .lambda, .it, .subscripted, .caught: result = false
      default: break
      }
      return result
    }
    return result
  }
}
