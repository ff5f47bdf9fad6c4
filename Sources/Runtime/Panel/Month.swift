// Calendar months as whole numbers, without time zones or clocks.

/// A calendar month, counted as year * 12 + month - 1.
public struct Month: Sendable, Hashable, Comparable {
  /// The count of months since year zero.
  public let index: Int32

  /// Creates the month with a given count.
  public init(index: Int32) { self.index = index }

  /// Creates a month from a year and a month number; nil outside 1...12 or years 1...9999.
  public init?(year: Int, month: Int) {
    guard (1...12).contains(month), (1...9999).contains(year) else { return nil }
    index = Int32(year * 12 + month - 1)
  }

  /// Parses `2004-12`; nil if the text is anything else.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 7, bytes[4] == 45,
      let year = digits(bytes[0..<4]), let month = digits(bytes[5..<7])
    else { return nil }
    self.init(year: year, month: month)
  }

  /// The absent month.
  public static let missing = Month(index: .min)
  /// Whether this is the absent month.
  public var isMissing: Bool { index == .min }
  /// The year.
  public var year: Int { Int(index) / 12 }
  /// The month of the year, from 1.
  public var month: Int { Int(index) % 12 + 1 }
  /// The last day of the month.
  public var lastDay: CalendarDate { CalendarDate(days: (self + 1).firstDay.days - 1) }
  /// The first day of the month.
  public var firstDay: CalendarDate {
    CalendarDate(days: CalendarDate.days(year: year, month: month, day: 1))
  }

  /// Gives the month a number of months later.
  public static func + (month: Month, count: Int) -> Month {
    month.isMissing ? .missing : Month(index: month.index + Int32(count))
  }
  /// Gives the month a number of months earlier.
  public static func - (month: Month, count: Int) -> Month { month + -count }
  /// Gives the number of months from the right month to the left one.
  public static func - (left: Month, right: Month) -> Int { Int(left.index) - Int(right.index) }
  /// Whether the left month is earlier.
  public static func < (left: Month, right: Month) -> Bool { left.index < right.index }
}

extension Month: CustomStringConvertible {
  /// The month as `2004-12`.
  public var description: String { isMissing ? "na" : "\(padded(year, 4))-\(padded(month, 2))" }
}

func digits(_ bytes: ArraySlice<UInt8>) -> Int? {
  var value = 0
  for byte in bytes {
    guard byte >= 48, byte <= 57 else { return nil }
    value = value * 10 + Int(byte - 48)
  }
  return bytes.isEmpty ? nil : value
}

func padded(_ number: Int, _ width: Int) -> String {
  let text = String(number)
  return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
}
