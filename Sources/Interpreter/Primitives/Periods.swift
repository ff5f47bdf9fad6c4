// Durations as numbers of periods: what a month, a day or an hour is on a panel's clock.

import FactorLang
import FactorRuntime

/// A number of periods of a panel's clock: months of months, days of trading days, hours of hours.
public struct Periods: Bridged {
  let amount: Int
  let unit: DurationUnit
  public static var type: Type { .duration }
  public static var unit: String? { "periods" }
  public init?(_ value: Value) {
    guard case .duration(let amount, let unit) = value else { return nil }
    (self.amount, self.unit) = (amount, unit)
  }
  public var value: Value { .duration(amount, unit) }

  /// How many periods of a clock these are; refused where they are no whole number of them.
  func count(on clock: Clock, parameter: String) throws -> Int {
    let count: Int?
    switch clock {
    case .months: count = unit.months(amount)
    case .days: count = unit == .day ? amount : nil
    case .minutes(let length):
      count = unit.minutes(amount).flatMap { $0 % length == 0 ? $0 / length : nil }
    }
    if let count { return count }
    guard amount.magnitude <= 120_000 else {
      throw Fault(
        .outOfRange, "\(amount)\(unit.rawValue) is longer than any sample", parameter: parameter)
    }
    var fault = Fault(
      .unitsDoNotFit,
      "the panel is \(clock.description); \(amount)\(unit.rawValue) is no number of its periods",
      helps: ["write \(clock.durations)"], parameter: parameter)
    if case .days = clock, let months = unit.months(amount) {
      fault.notes = [
        "\(amount)\(unit.rawValue) is about \(21 * months) trading days: \(21 * months)d"
      ]
    }
    throw fault
  }
}

extension DurationUnit {
  /// The minutes of a duration; nil if it has no whole number of them.
  func minutes(_ amount: Int) -> Int? {
    switch DurationFamily(self).base {
    case .day:
      return DurationFamily.count(amount, self).map { $0.multipliedReportingOverflow(by: 1440) }
        .flatMap { $0.overflow ? nil : $0.partialValue }
    case .millisecond:
      return DurationFamily.count(amount, self).flatMap { $0 % 60_000 == 0 ? $0 / 60_000 : nil }
    default: return nil
    }
  }
}

extension Clock {
  /// Durations that fit, for a help.
  fileprivate var durations: String {
    switch self {
    case .months: "months such as 3m, 1q or 2y"
    case .days: "trading days such as 1d or 21d"
    case .minutes(let length) where length % 1440 == 0:
      "days such as \(length / 1440)d or \(length / 288)d"
    case .minutes(let length) where length % 60 == 0:
      "hours such as \(length / 60)h or \(length / 12)h"
    case .minutes(let length): "minutes such as \(length)min or \(5 * length)min"
    }
  }
}
