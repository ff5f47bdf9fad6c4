// Arithmetic and comparison of values, with the language's rules for `na`, units and calendars.
//
// Numbers that are not finite become `na`. A column on either side makes the
// operation elementwise (Operators+Columns.swift).

import FactorLang
import FactorRuntime

enum Operators {
  /// Applies an arithmetic operator.
  static func arithmetic(_ operation: BinaryOperator, _ left: Value, _ right: Value) throws -> Value
  {
    if isElementwise(left) || isElementwise(right) {
      return try ColumnOperators.arithmetic(operation, left, right)
    }
    switch (left, right) {
    case (.missing, _), (_, .missing): return .missing
    case (.integer(let a), .integer(let b)):
      if let exact = integer(operation, a, b) { return exact }
      return .finite(number(operation, Double(a), Double(b)))
    case (.month(let month), .duration(let amount, let unit)):
      return try shift(operation, months: unit.months(amount)) { .month(month + $0) }
    case (.quarter(let quarter), .duration(let amount, let unit)):
      let months = unit.months(amount)
      guard months.map({ $0 % 3 == 0 }) ?? true else {
        throw Fault(
          .operandsDoNotFit, "\(amount)\(unit.rawValue) is no whole number of quarters",
          helps: ["quarters move by quarters and years: 1q, 6m, 1y"])
      }
      return try shift(operation, months: months) { .quarter(quarter + $0 / 3) }
    case (.date(let date), .duration(let amount, let unit)):
      return try date.shifted(operation, amount, unit)
    case (.month(let a), .month(let b)) where operation == .subtract:
      return .duration(a - b, .month)
    case (.date(let a), .date(let b)) where operation == .subtract:
      return .duration(Int(a.days) - Int(b.days), .day)
    case (.quarter(let a), .quarter(let b)) where operation == .subtract:
      return .duration(a - b, .quarter)
    case (.duration(let a, let unit), .duration(let b, let other)):
      return try Durations.combined(operation, (a, unit), (b, other))
    case (.duration, .month) where operation == .add, (.duration, .date) where operation == .add,
      (.duration, .quarter) where operation == .add:
      return try arithmetic(.add, right, left)
    case (.duration(let amount, let unit), _) where operation == .multiply || operation == .divide:
      guard let number = Double(right) else { throw mismatch(operation, left, right) }
      return try Durations.scaled(operation, (amount, unit), by: number)
    case (_, .duration(let amount, let unit)) where operation == .multiply:
      guard let number = Double(left) else { throw mismatch(operation, left, right) }
      return try Durations.scaled(operation, (amount, unit), by: number)
    case (.text(let a), .text(let b)) where operation == .add: return .text(a + b)
    case (.list(let a), .list(let b)) where operation == .add: return .list(a + b)
    default:
      guard let a = Double(left), let b = Double(right) else {
        throw mismatch(operation, left, right)
      }
      return keepUnit(operation, left, right, number(operation, a, b))
    }
  }

  static func isElementwise(_ value: Value) -> Bool {
    if case .column = value { return true }
    return false
  }

  /// The operation on plain numbers.
  static func number(_ operation: BinaryOperator, _ a: Double, _ b: Double) -> Double {
    switch operation {
    case .add: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .divide: a / b
    case .power: Elementary.pow(a, b)
    default: .nan
    }
  }

  private static func integer(_ operation: BinaryOperator, _ a: Int, _ b: Int) -> Value? {
    let result: (partialValue: Int, overflow: Bool)
    switch operation {
    case .add: result = a.addingReportingOverflow(b)
    case .subtract: result = a.subtractingReportingOverflow(b)
    case .multiply: result = a.multipliedReportingOverflow(by: b)
    case .power where b >= 0: result = power(a, b)
    default: return nil
    }
    return result.overflow ? nil : .integer(result.partialValue)
  }

  private static func power(_ base: Int, _ exponent: Int) -> (partialValue: Int, overflow: Bool) {
    var (result, overflow) = (1, false)
    for _ in 0..<min(exponent, 64) where !overflow {
      (result, overflow) = result.multipliedReportingOverflow(by: base)
    }
    return (result, overflow || exponent > 64 && abs(base) > 1)
  }

  // A sum of ratios is a ratio; a ratio times a number is one too; ratio by ratio is a number.
  private static func keepUnit(
    _ operation: BinaryOperator, _ left: Value, _ right: Value, _ result: Double
  ) -> Value {
    guard result.isFinite else { return .missing }
    switch (left, right, operation) {
    case (.ratio(_, let unit), .ratio, .add), (.ratio(_, let unit), .ratio, .subtract),
      (.ratio(_, let unit), _, .multiply) where !right.isRatio,
      (.ratio(_, let unit), _, .divide) where !right.isRatio,
      (.integer, .ratio(_, let unit), .multiply), (.number, .ratio(_, let unit), .multiply):
      return .ratio(result, unit)
    default: return .number(result)
    }
  }

  private static func shift(
    _ operation: BinaryOperator, months: Int?, _ body: (Int) -> Value
  ) throws -> Value {
    guard let months, operation == .add || operation == .subtract else {
      throw Fault(
        .operandsDoNotFit, "only calendar durations of up to 10,000 years can be added to a month")
    }
    return body(operation == .add ? months : -months)
  }

  static func mismatch(_ operation: BinaryOperator, _ left: Value, _ right: Value) -> Fault {
    var isList = false
    if case .list = left { isList = true }
    if case .list = right { isList = true }
    return Fault(
      .operandsDoNotFit,
      "`\(operation.rawValue)` does not work between \(left.type.phrase) and \(right.type.phrase)",
      helps: isList ? ["go through the items:  for x in list { … }"] : [])
  }

  /// Negates a number, ratio or column.
  static func negate(_ value: Value) throws -> Value {
    switch value {
    case .integer(let a): .integer(-a)
    case .ratio(let a, let unit): .ratio(-a, unit)
    case .missing: .missing
    case .duration(let amount, let unit): .duration(-amount, unit)
    default: try arithmetic(.subtract, .integer(0), value)
    }
  }
}

extension Value {
  var isRatio: Bool {
    if case .ratio = self { return true }
    return false
  }

  /// A number, or `na` where it is not finite.
  static func finite(_ x: Double) -> Value { x.isFinite ? .number(x) : .missing }
}

extension DurationUnit {
  /// The duration in days, where it is one.
  func days(_ amount: Int) -> Int? {
    switch self {
    case .day: amount.magnitude <= 4_000_000 ? amount : nil
    case .week: amount.magnitude <= 500_000 ? 7 * amount : nil
    default: nil
    }
  }
}

extension CalendarDate {
  fileprivate func shifted(
    _ operation: BinaryOperator, _ amount: Int, _ unit: DurationUnit
  ) throws -> Value {
    guard operation == .add || operation == .subtract else {
      throw Fault(.operandsDoNotFit, "durations are added to dates or subtracted from them")
    }
    let sign = operation == .add ? 1 : -1
    if let days = unit.days(amount) {
      return .date(CalendarDate(days: self.days + Int32(sign * days)))
    }
    guard let months = unit.months(amount) else {
      throw Fault(.operandsDoNotFit, "only calendar durations can be added to a date")
    }
    let (target, parts) = (month + sign * months, self.parts)
    let last = target.lastDay.parts.day
    let date = CalendarDate(
      year: target.year, month: target.month, day: min(parts.day, last))
    return date.map { .date($0) } ?? .missing
  }
}
