// Calendar days of the Gregorian calendar, without time zones or clocks.
//
// Reference: Hinnant, "chrono-compatible low-level date algorithms" (days_from_civil).

/// A calendar day, counted from 1970-01-01.
public struct CalendarDate: Sendable, Hashable, Comparable {
  /// The number of days since 1970-01-01.
  public let days: Int32

  /// Creates the day with a given count.
  public init(days: Int32) { self.days = days }

  /// Creates a day; nil if the calendar has no such day.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
      day <= Self.length(year: year, month: month)
    else { return nil }
    days = Self.days(year: year, month: month, day: day)
  }

  /// Parses `2004-12-31`; nil if the text is anything else.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 10, bytes[4] == 45, bytes[7] == 45,
      let year = digits(bytes[0..<4]), let month = digits(bytes[5..<7]),
      let day = digits(bytes[8..<10])
    else { return nil }
    self.init(year: year, month: month, day: day)
  }

  /// The absent day.
  public static let missing = CalendarDate(days: .min)
  /// Whether this is the absent day.
  public var isMissing: Bool { days == .min }

  /// The year, month and day of the month.
  public var parts: (year: Int, month: Int, day: Int) {
    let shifted = Int(days) + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  /// The calendar month that holds the day.
  public var month: Period {
    if isMissing { return .missing }
    let (year, month, _) = parts
    return Period(index: Int32(year * 12 + month - 1))
  }

  /// Whether the day is a Saturday or a Sunday.
  public var isWeekend: Bool {
    // 1970-01-01 was a Thursday, five days after a Saturday.
    let sinceSaturday = (Int(days) + 5) % 7
    return (sinceSaturday + 7) % 7 < 2
  }

  /// Whether the left day is earlier.
  public static func < (left: CalendarDate, right: CalendarDate) -> Bool {
    left.days < right.days
  }

  static func days(year: Int, month: Int, day: Int) -> Int32 {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return Int32(era * 146_097 + dayOfEra - 719_468)
  }

  static func length(year: Int, month: Int) -> Int {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    if month == 2 { return isLeap ? 29 : 28 }
    return [4, 6, 9, 11].contains(month) ? 30 : 31
  }
}

extension CalendarDate: CustomStringConvertible {
  /// The day as `2004-12-31`.
  public var description: String {
    if isMissing { return "na" }
    let (year, month, day) = parts
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
  }
}

/// How a file spells its dates, so that they can be written as they were read.
public enum DateStyle: String, Sendable, CaseIterable {
  /// `2004-12`.
  case month
  /// `200412`.
  case compactMonth
  /// `2004-12-31`.
  case day
  /// `20041231`.
  case compactDay
  /// `2004/1/31`.
  case slashDay
  /// `2004/01/31`.
  case paddedSlashDay
  /// `12/2004`.
  case monthSlash
  /// `2004/12`.
  case slashMonth
  /// `2004m12`.
  case stataMonth
  /// `1/31/2004`.
  case monthDayYear
  /// `31/1/2004`.
  case dayMonthYear
  /// `31JAN2004`.
  case namedDay
  /// `31-Jan-2004`.
  case dashedNamedDay
  /// `2004-01-31 00:00:00`, a day as data frames write it.
  case midnight

  /// Whether the spelling has no day of the month.
  public var isMonthly: Bool {
    switch self {
    case .month, .compactMonth, .monthSlash, .slashMonth, .stataMonth: true
    default: false
    }
  }

  static let monthNames = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
  ]

  /// How a day is spelled, where numbers alone do not tell; nil where they do.
  var reading: String? {
    switch self {
    case .monthDayYear: "month/day/year"
    case .dayMonthYear: "day/month/year"
    default: nil
    }
  }

  /// Spells a day.
  public func text(_ date: CalendarDate) -> String {
    if date.isMissing { return "" }
    let (year, month, day) = date.parts
    let (y, m, d) = (padded(year, 4), padded(month, 2), padded(day, 2))
    switch self {
    case .month: return "\(y)-\(m)"
    case .compactMonth: return y + m
    case .day: return "\(y)-\(m)-\(d)"
    case .compactDay: return y + m + d
    case .slashDay: return "\(y)/\(month)/\(day)"
    case .paddedSlashDay: return "\(y)/\(m)/\(d)"
    case .monthSlash: return "\(m)/\(y)"
    case .slashMonth: return "\(y)/\(m)"
    case .stataMonth: return "\(y)m\(month)"
    case .monthDayYear: return "\(m)/\(d)/\(y)"
    case .dayMonthYear: return "\(d)/\(m)/\(y)"
    case .namedDay: return d + Self.monthNames[month - 1] + y
    case .dashedNamedDay:
      let name = Self.monthNames[month - 1]
      return "\(d)-\(name.prefix(1))\(name.dropFirst().lowercased())-\(y)"
    case .midnight: return "\(y)-\(m)-\(d) 00:00:00"
    }
  }

  /// Spells a period: a month by its last day where the spelling wants one, a minute in full, and a day in full where
  /// the spelling has none.
  public func text(_ period: Period) -> String {
    switch period.kind {
    case _ where period.isMissing: ""
    case .minute: period.description
    case .day where isMonthly: period.description
    case .day, .month: text(period.lastDay)
    }
  }
}
