// Comparison and three-valued logic of values.

import FactorLang
import FactorRuntime

extension Operators {
  /// Compares two values; `na` on either side gives `na`.
  static func compare(_ operation: ComparisonOperator, _ left: Value, _ right: Value) throws
    -> Value
  {
    if isElementwise(left) || isElementwise(right) {
      return try ColumnOperators.compare(operation, left, right)
    }
    switch operation {
    case .isIn: return try membership(left, right)
    case .isNotIn: return not(try membership(left, right))
    default: break
    }
    if case .missing = left { return .missing }
    if case .missing = right { return .missing }
    if let order = order(left, right) { return .bool(holds(operation, order)) }
    if operation == .equal || operation == .notEqual, let same = equal(left, right) {
      return .bool(same == (operation == .equal))
    }
    var (first, second) = (left.type.phrase, right.type.phrase)
    // Two durations differ in their units.
    if first == second { (first, second) = (ValueText.short(left), ValueText.short(right)) }
    throw Fault(
      .operandsDoNotFit, "\(first) cannot be compared with \(second)",
      helps: conversionHelp(left, right))
  }

  private static func conversionHelp(_ left: Value, _ right: Value) -> [String] {
    switch (left, right) {
    case (.month, .date), (.date, .month): ["convert the date first:  month(…)"]
    case (.duration, .duration): ["months have no fixed number of days; write both in one unit"]
    default: []
    }
  }

  static func holds(_ operation: ComparisonOperator, _ order: Int) -> Bool {
    switch operation {
    case .equal: order == 0
    case .notEqual: order != 0
    case .less: order < 0
    case .lessEqual: order <= 0
    case .greater: order > 0
    case .greaterEqual: order >= 0
    case .isIn, .isNotIn: false
    }
  }

  /// -1, 0 or 1 for values that have an order; nil for others.
  static func order(_ left: Value, _ right: Value) -> Int? {
    func sign<T: Comparable>(_ a: T, _ b: T) -> Int { a < b ? -1 : a > b ? 1 : 0 }
    switch (left, right) {
    case (.integer(let a), .integer(let b)): return sign(a, b)
    case (.month(let a), .month(let b)): return sign(a, b)
    case (.date(let a), .date(let b)): return sign(a, b)
    case (.quarter(let a), .quarter(let b)): return sign(a, b)
    case (.text(let a), .text(let b)): return sign(a, b)
    case (.duration(let a, let u), .duration(let b, let v)):
      return Durations.order((a, u), (b, v))
    default:
      guard let a = Double(left), let b = Double(right) else { return nil }
      return sign(a, b)
    }
  }

  private static func equal(_ left: Value, _ right: Value) -> Bool? {
    switch (left, right) {
    case (.bool(let a), .bool(let b)): return a == b
    case (.list(let a), .list(let b)):
      guard a.count == b.count else { return false }
      for (x, y) in zip(a, b) {
        guard let same = order(x, y).map({ $0 == 0 }) ?? equal(x, y) else { return nil }
        if !same { return false }
      }
      return true
    case (.record(let a), .record(let b)):
      guard a.fields.map(\.name) == b.fields.map(\.name) else { return false }
      return equal(.list(a.fields.map(\.value)), .list(b.fields.map(\.value)))
    default: return nil
    }
  }

  /// Whether a value lies in a range or a list.
  static func membership(_ value: Value, _ container: Value) throws -> Value {
    if case .missing = value { return .missing }
    switch container {
    case .list(let items):
      for item in items where try isTrue(compare(.equal, value, item)) { return .bool(true) }
      return .bool(false)
    case .range(let range):
      if let lower = range.lower, try !isTrue(compare(.greaterEqual, value, lower)) {
        return .bool(false)
      }
      guard let upper = range.upper else { return .bool(true) }
      return try compare(range.includesUpper ? .lessEqual : .less, value, upper)
    default:
      throw Fault(.wrongType, "`in` takes a list or a range, not \(container.type.phrase)")
    }
  }

  static func isTrue(_ value: Value) -> Bool {
    if case .bool(true) = value { return true }
    return false
  }

  /// Kleene's `not`.
  static func not(_ value: Value) -> Value {
    switch value {
    case .bool(let flag): .bool(!flag)
    case .column: (try? ColumnOperators.not(value)) ?? .missing
    default: .missing
    }
  }

  /// Kleene's `and` and `or`.
  static func logic(_ operation: BinaryOperator, _ left: Value, _ right: Value) throws -> Value {
    if isElementwise(left) || isElementwise(right) {
      return try ColumnOperators.logic(operation, left, right)
    }
    let isAnd = operation == .and
    let (a, b) = (try truth(left), try truth(right))
    switch (a, b) {
    case (.some(let x), .some(let y)): return .bool(isAnd ? x && y : x || y)
    case (.some(let x), nil), (nil, .some(let x)): return x == isAnd ? .missing : .bool(x)
    default: return .missing
    }
  }

  /// True, false, or nil for `na`; a fault for anything else.
  static func truth(_ value: Value) throws -> Bool? {
    switch value {
    case .bool(let flag): return flag
    case .missing: return nil
    default: throw Fault(.notACondition, "a yes or no is needed, not \(value.type.phrase)")
    }
  }
}
