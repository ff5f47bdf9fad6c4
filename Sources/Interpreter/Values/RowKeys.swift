// Rows told apart by their values in some columns: equal rows have equal numbers, within a table and between tables.

import FactorLang
import FactorRuntime

/// Numbers for rows, counted up from zero in the order in which the rows first appear.
struct RowKeys {
  private let names: [String]
  private let budget: Budget
  /// The values of each column so far.
  private var values: [[RowValue: Int]]
  /// After each column but the first, what stood before it beside its own value.
  private var pairs: [[Int: Int]]

  init(_ names: [String], _ budget: Budget) {
    (self.names, self.budget) = (names, budget)
    values = names.map { _ in [:] }
    pairs = names.map { _ in [:] }
  }

  /// The number of each row; a table seen later shares those of rows that were seen before.
  mutating func numbers(of table: Table) throws -> [Int] {
    var result = [Int](repeating: 0, count: table.count)
    for (place, name) in names.enumerated() {
      let isFirst = place == 0
      let column = try table.required(name)
      let codes = try column.groupCodes(budget)
      // A value is looked at where its code comes up first, not in every row.
      var known = [Int](repeating: -1, count: 1 + Int(codes.max() ?? -1) + 1)
      for (row, code) in codes.enumerated() {
        if row & 1023 == 0 { try budget.check() }
        let slot = Int(code) + 1
        if known[slot] < 0 {
          known[slot] = Self.count(column.rowValue(at: row), in: &values[place])
        }
        result[row] =
          isFirst ? known[slot] : Self.count(result[row] << 32 | known[slot], in: &pairs[place])
      }
    }
    return result
  }

  private static func count<Key: Hashable>(_ key: Key, in seen: inout [Key: Int]) -> Int {
    if let number = seen[key] { return number }
    seen[key] = seen.count
    return seen.count - 1
  }
}

/// A value as a key: exact, and the missing one equal to itself.
private enum RowValue: Hashable {
  case missing
  case number(Double)
  case text(String)
}

extension Column {
  fileprivate func rowValue(at row: Int) -> RowValue {
    if isMissing(at: row) { return .missing }
    if let numbers { return .number(numbers[row]) }
    return .text(ValueText.short(value(at: row)))
  }

  /// Equal values as equal numbers from zero on; a negative one where the value is missing.
  func groupCodes(_ budget: Budget) throws -> [Int32] {
    switch values {
    case .text(let codes, _): codes
    case .numbers(let numbers): try Self.numbered(numbers, budget, \.isNaN)
    case .months(let periods): try Self.numbered(periods, budget) { $0.isMissing }
    case .dates(let days): try Self.numbered(days, budget) { $0.isMissing }
    }
  }

  private static func numbered<Key: Hashable>(
    _ keys: [Key], _ budget: Budget, _ isMissing: (Key) -> Bool
  ) throws -> [Int32] {
    var codes: [Key: Int32] = [:]
    var last: (key: Key, code: Int32)?
    return try keys.enumerated().map { row, key in
      if row & 1023 == 0 { try budget.check() }
      if isMissing(key) { return -1 }
      // Rows of a month, or of a firm, follow each other.
      if let last, last.key == key { return last.code }
      let code = codes[key] ?? Int32(codes.count)
      codes[key] = code
      last = (key, code)
      return code
    }
  }
}
