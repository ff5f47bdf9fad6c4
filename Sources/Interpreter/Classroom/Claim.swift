// What `expect` claims, and where it fails: a script stops there, a classroom tells learners how far they are.

import FactorLang
import FactorRuntime

/// What `expect` checks: a comparison with both its sides, or a truth.
enum Claim: Sendable {
  case truth(Value)
  case comparison(Value, ComparisonOperator, Value)

  /// What does not hold.
  enum Mismatch {
    case untrue(Value)
    case counts(found: Int, wanted: Int)
    /// Pairs of values that disagree, with their places from one, out of so many.
    case pairs([(place: Int, found: Value, wanted: Value)], of: Int)
  }

  private static let shownPairs = 5

  /// Stops with both sides where the claim does not hold.
  func check(near: Double) throws {
    switch try mismatch(near: near) {
    case nil: return
    case .untrue(let item)?:
      throw Fault(
        .assertionFailed, "the claim is \(ValueText.short(item)), not true", parameter: "claim")
    case .counts(let found, let wanted)?:
      throw Fault(
        .assertionFailed, "\(Counted.text(found, "value")) on the left, \(wanted) on the right",
        parameter: "claim")
    case .pairs(let wrong, let count)?:
      var fault = Fault(
        .assertionFailed,
        count == 1
          ? "the claim does not hold"
          : "the claim does not hold for \(wrong.count) of \(Counted.text(count, "value"))",
        parameter: "claim")
      let shown = wrong.prefix(Self.shownPairs)
      fault.data = TableLayout([
        .init("value", shown.map { "\($0.place)" }, .right),
        .init("left", shown.map { Self.exact($0.found) }, .right),
        .init("right", shown.map { Self.exact($0.wanted) }, .right),
      ]).lines(width: 79)
      throw fault
    }
  }

  /// What does not hold; nil if all does.
  func mismatch(near: Double) throws -> Mismatch? {
    switch self {
    case .truth(let value):
      (Self.items(value) ?? [value]).first { !Operators.isTrue($0) }.map { .untrue($0) }
    case .comparison(let left, let sign, let right): try mismatch(left, sign, right, near)
    }
  }

  private func mismatch(
    _ left: Value, _ sign: ComparisonOperator, _ right: Value, _ near: Double
  ) throws -> Mismatch? {
    let (found, wanted) = (Self.items(left), Self.items(right))
    let isMember = sign == .isIn || sign == .isNotIn
    if !isMember, let found, let wanted, found.count != wanted.count {
      return .counts(found: found.count, wanted: wanted.count)
    }
    let count = found?.count ?? (isMember ? 1 : wanted?.count ?? 1)
    var wrong: [(place: Int, found: Value, wanted: Value)] = []
    for place in 0..<count {
      let one = found.map { $0[place] } ?? left
      let other = isMember ? right : wanted.map { $0[place] } ?? right
      if try !Self.holds(one, sign, other, near) { wrong.append((place + 1, one, other)) }
    }
    return wrong.isEmpty ? nil : .pairs(wrong, of: count)
  }

  private static func holds(
    _ left: Value, _ sign: ComparisonOperator, _ right: Value, _ near: Double
  ) throws -> Bool {
    if sign == .equal {
      // What is missing on both sides agrees.
      if left.isMissing || right.isMissing { return left.isMissing && right.isMissing }
      if let a = Double(left), let b = Double(right) { return abs(a - b) <= near }
    }
    return Operators.isTrue(try Operators.compare(sign, left, right))
  }

  /// The values of a list or column; nil for anything else.
  static func items(_ value: Value) -> [Value]? {
    switch value {
    case .list(let items): items
    case .column(let column): (0..<column.column.count).map { column.column.value(at: $0) }
    default: nil
    }
  }

  // Numbers that print alike may differ.
  private static func exact(_ value: Value) -> String {
    switch value {
    case .number(let number): NumberFormat.significant(number, digits: 10)
    default: ValueText.short(value)
    }
  }
}
