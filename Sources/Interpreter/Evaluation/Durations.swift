// Arithmetic of durations: months, days and clock time are three families that do not mix.

import FactorLang
import FactorRuntime

/// Units that count in one base: months, days or milliseconds.
struct DurationFamily: Equatable {
  /// The unit in which any sum of the family is whole.
  let base: DurationUnit

  init(_ unit: DurationUnit) {
    switch unit {
    case .year, .quarter, .month: base = .month
    case .week, .day: base = .day
    case .hour, .minute, .second, .millisecond: base = .millisecond
    }
  }

  /// Counts the base units in one unit.
  static func size(of unit: DurationUnit) -> Int {
    switch unit {
    case .month, .day, .millisecond: 1
    case .quarter: 3
    case .year: 12
    case .week: 7
    case .second: 1000
    case .minute: 60_000
    case .hour: 3_600_000
    }
  }

  /// The duration in base units; nil beyond the numbers of a computer.
  static func count(_ amount: Int, _ unit: DurationUnit) -> Int? {
    let (product, overflow) = amount.multipliedReportingOverflow(by: size(of: unit))
    return overflow ? nil : product
  }
}

enum Durations {
  typealias Duration = (amount: Int, unit: DurationUnit)

  /// Adds, subtracts or divides two durations.
  static func combined(_ operation: BinaryOperator, _ a: Duration, _ b: Duration) throws -> Value {
    guard DurationFamily(a.unit) == DurationFamily(b.unit) else {
      throw Fault(
        .operandsDoNotFit, "\(text(a)) and \(text(b)) have no common unit",
        helps: ["months (y, q, m), days (w, d) and clock time (h, min, s, ms) do not mix"])
    }
    guard let x = DurationFamily.count(a.amount, a.unit),
      let y = DurationFamily.count(b.amount, b.unit)
    else { return .missing }
    switch operation {
    case .divide: return y == 0 ? .missing : .finite(Double(x) / Double(y))
    case .add, .subtract:
      let (sum, overflow) =
        operation == .add ? x.addingReportingOverflow(y) : x.subtractingReportingOverflow(y)
      return overflow ? .missing : .duration(sum / step(a.unit, b.unit), result(a.unit, b.unit))
    default:
      throw Fault(.operandsDoNotFit, "durations can be added, subtracted and divided")
    }
  }

  // Equal units stay; months and days count in themselves, the clock in the finer of the two units.
  private static func result(_ a: DurationUnit, _ b: DurationUnit) -> DurationUnit {
    if a == b { return a }
    if a.isCalendar { return DurationFamily(a).base }
    return DurationFamily.size(of: a) < DurationFamily.size(of: b) ? a : b
  }

  private static func step(_ a: DurationUnit, _ b: DurationUnit) -> Int {
    DurationFamily.size(of: result(a, b))
  }

  /// A duration times or by a number; it must come out whole, in its own unit or in the base of its family.
  static func scaled(_ operation: BinaryOperator, _ duration: Duration, by number: Double) throws
    -> Value
  {
    let exact = operation == .multiply ? { $0 * number } : { (x: Double) in x / number }
    for unit in [duration.unit, DurationFamily(duration.unit).base] {
      let size = unit == duration.unit ? 1 : DurationFamily.size(of: duration.unit)
      let result = exact(Double(duration.amount) * Double(size))
      guard abs(result) < 9e15 else { return .missing }
      if result == result.rounded() { return .duration(Int(result), unit) }
    }
    throw Fault(
      .operandsDoNotFit,
      "\(text(duration)) \(operation.rawValue) \(ValueText.number(number)) is no whole duration")
  }

  static func text(_ duration: Duration) -> String { "\(duration.amount)\(duration.unit.rawValue)" }

  /// -1, 0 or 1; nil for different families.
  static func order(_ a: Duration, _ b: Duration) -> Int? {
    guard DurationFamily(a.unit) == DurationFamily(b.unit),
      let x = DurationFamily.count(a.amount, a.unit),
      let y = DurationFamily.count(b.amount, b.unit)
    else { return nil }
    return x < y ? -1 : x > y ? 1 : 0
  }
}
