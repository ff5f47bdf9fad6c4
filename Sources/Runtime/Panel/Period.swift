// Periods as whole numbers: calendar months, days or minutes, without time zones.

/// A calendar month, a day, or the minute in which a longer period begins.
///
/// Months, days and minutes are numbered in ranges that do not meet, so a period says by itself what
/// it is. How the periods of a panel follow each other is its `Clock`'s to say.
public struct Period: Sendable, Hashable, Comparable {
  /// What a period is.
  public enum Kind: Int, Sendable, Comparable {
    case month, day, minute

    /// Whether the left kind is the longer one.
    public static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }
  }

  /// The number: months since year zero, or days or minutes since 1970 beyond the months.
  public let index: Int32

  // Where the numbers of days and of minutes have their 1970-01-01.
  private static let dayZero: Int32 = 1 << 24
  private static let minuteZero: Int32 = 1 << 29
  private static let firstMinute: Int32 = 1 << 28

  /// Creates the period with a given number.
  public init(index: Int32) { self.index = index }

  /// Creates a month from a year and a month number; nil outside 1...12 or years 1...9999.
  public init?(year: Int, month: Int) {
    guard (1...12).contains(month), (1...9999).contains(year) else { return nil }
    index = Int32(year * 12 + month - 1)
  }

  /// Creates the period of one day.
  public init(_ day: CalendarDate) {
    index = day.isMissing ? .min : Self.dayZero + day.days
  }

  /// Creates a period that begins some minutes after 1970-01-01; nil before 1460 and after 5000.
  public init?(minutes: Int) {
    guard let index = Int32(exactly: minutes + Int(Self.minuteZero)), index >= Self.firstMinute
    else { return nil }
    self.index = index
  }

  /// Parses what `description` writes; nil if the text is anything else.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    switch bytes.count {
    case 7:
      guard bytes[4] == 45, let year = digits(bytes[0..<4]), let month = digits(bytes[5..<7])
      else { return nil }
      self.init(year: year, month: month)
    case 10:
      guard let day = CalendarDate(text) else { return nil }
      self.init(day)
    case 16:
      guard bytes[10] == 32, bytes[13] == 58, let hour = digits(bytes[11..<13]), hour < 24,
        let minute = digits(bytes[14..<16]), minute < 60,
        let day = CalendarDate(String(decoding: bytes[..<10], as: UTF8.self))
      else { return nil }
      self.init(minutes: Int(day.days) * 1440 + hour * 60 + minute)
    default: return nil
    }
  }

  /// The absent period.
  public static let missing = Period(index: .min)
  /// Whether this is the absent period.
  public var isMissing: Bool { index == .min }
  /// What the period is.
  public var kind: Kind {
    index >= Self.firstMinute ? .minute : index >= Self.dayZero >> 1 ? .day : .month
  }
  /// What a period of this kind is called.
  public var noun: String { kind == .month ? "month" : kind == .day ? "day" : "period" }
  /// The year.
  public var year: Int { kind == .month ? Int(index) / 12 : firstDay.parts.year }
  /// The month of the year, from 1.
  public var month: Int { kind == .month ? Int(index) % 12 + 1 : firstDay.parts.month }
  /// The calendar month that the period begins in.
  public var calendarMonth: Period { kind == .month ? self : firstDay.month }
  /// The minutes from 1970-01-01 to the beginning.
  public var minutes: Int {
    kind == .minute ? Int(index - Self.minuteZero) : Int(firstDay.days) * 1440
  }
  /// The last day of a month, or the day that holds the period.
  public var lastDay: CalendarDate {
    kind == .month ? CalendarDate(days: (self + 1).firstDay.days - 1) : firstDay
  }
  /// The day on which the period begins.
  public var firstDay: CalendarDate {
    switch kind {
    case _ where isMissing: .missing
    case .month: CalendarDate(days: CalendarDate.days(year: year, month: month, day: 1))
    case .day: CalendarDate(days: index - Self.dayZero)
    case .minute:
      CalendarDate(days: Int32((Double(index - Self.minuteZero) / 1440).rounded(.down)))
    }
  }

  /// Gives the period a number of months, days or minutes later.
  public static func + (period: Period, count: Int) -> Period {
    period.isMissing ? .missing : Period(index: period.index + Int32(count))
  }
  /// Gives the period a number of months, days or minutes earlier.
  public static func - (period: Period, count: Int) -> Period { period + -count }
  /// Gives the number of months, days or minutes from the right period to the left one.
  public static func - (left: Period, right: Period) -> Int {
    Int(left.index) - Int(right.index)
  }
  /// Whether the left period is earlier, of two of a kind.
  public static func < (left: Period, right: Period) -> Bool { left.index < right.index }
}

extension Period: CustomStringConvertible {
  /// The period as `2004-12`, `2004-12-31` or `2004-12-31 16:00`.
  public var description: String {
    switch kind {
    case _ where isMissing: return "na"
    case .month: return "\(padded(year, 4))-\(padded(month, 2))"
    case .day: return firstDay.description
    case .minute:
      let minute = minutes - Int(firstDay.days) * 1440
      return "\(firstDay) \(padded(minute / 60, 2)):\(padded(minute % 60, 2))"
    }
  }
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
