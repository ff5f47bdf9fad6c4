// Dates in the spellings found in financial tables.

/// Recognises and reads dates.
enum DateParser {
  /// The spelling of a date, without saying whether compact digits are meant as one.
  static func style(_ text: UnsafeBufferPointer<UInt8>) -> DateStyle? {
    let candidates: [DateStyle] =
      switch text.count {
      case 6: [.compactMonth, .stataMonth, .monthSlash]
      case 7: [.month, .monthSlash, .slashMonth, .stataMonth]
      case 8: [.compactDay, .slashDay, .monthDayYear, .dayMonthYear]
      case 9: [.slashDay, .monthDayYear, .dayMonthYear, .namedDay]
      case 10: [.day, .paddedSlashDay, .monthDayYear, .dayMonthYear]
      case 11: [.dashedNamedDay]
      case 19...35: [.midnight]
      default: []
      }
    return candidates.first { read(text, as: $0) != nil }
  }

  /// Reads a date in a known spelling; monthly spellings give the last day of the month.
  static func read(_ text: UnsafeBufferPointer<UInt8>, as style: DateStyle) -> CalendarDate? {
    switch style {
    case .month:
      guard text.count == 7, text[4] == 45 else { return nil }
      return monthEnd(text, 5)
    case .compactMonth:
      guard text.count == 6 else { return nil }
      return monthEnd(text, 4)
    case .day:
      guard text.count == 10, text[4] == 45, text[7] == 45 else { return nil }
      return day(text, month: 5..<7, day: 8..<10)
    case .compactDay:
      guard text.count == 8 else { return nil }
      return day(text, month: 4..<6, day: 6..<8)
    case .slashDay, .paddedSlashDay: return slashed(text)
    case .monthSlash:
      guard (6...7).contains(text.count), text[text.count - 5] == 47 else { return nil }
      return monthEnd(year: text.count - 4..<text.count, month: 0..<text.count - 5, text)
    case .slashMonth:
      guard text.count == 7, text[4] == 47 else { return nil }
      return monthEnd(text, 5)
    case .stataMonth:
      guard (6...7).contains(text.count), text[4] == UInt8(ascii: "m") else { return nil }
      return monthEnd(year: 0..<4, month: 5..<text.count, text)
    case .monthDayYear, .dayMonthYear:
      guard let (first, second, year) = SlashedDays.parts(text) else { return nil }
      let isMonthFirst = style == .monthDayYear
      return CalendarDate(
        year: year, month: isMonthFirst ? first : second, day: isMonthFirst ? second : first)
    case .namedDay: return named(text, day: 0..<2, month: 2..<5, year: 5..<9)
    case .dashedNamedDay:
      guard text.count == 11, text[2] == 45, text[6] == 45 else { return nil }
      return named(text, day: 0..<2, month: 3..<6, year: 7..<11)
    case .midnight: return midnight(text)
    }
  }

  private static func monthEnd(
    year: Range<Int>, month: Range<Int>, _ text: UnsafeBufferPointer<UInt8>
  ) -> CalendarDate? {
    guard let year = number(text, year), let month = number(text, month) else { return nil }
    return Period(year: year, month: month)?.lastDay
  }

  private static func named(
    _ text: UnsafeBufferPointer<UInt8>, day: Range<Int>, month: Range<Int>, year: Range<Int>
  ) -> CalendarDate? {
    guard text.count == year.upperBound, let day = number(text, day), let year = number(text, year)
    else { return nil }
    let letters = text[month].map { $0 & 0xDF }
    guard let place = DateStyle.monthNames.firstIndex(where: { Array($0.utf8) == letters }) else {
      return nil
    }
    return CalendarDate(year: year, month: place + 1, day: day)
  }

  /// A day with a time of zeros and perhaps a zone, as data frames write days.
  private static func midnight(_ text: UnsafeBufferPointer<UInt8>) -> CalendarDate? {
    guard text.count >= 19, text[4] == 45, text[7] == 45, text[10] == 32 || text[10] == 84 else {
      return nil
    }
    var p = 11
    while p < text.count, text[p] == 48 || text[p] == 58 || text[p] == 46 { p += 1 }
    guard p >= 19, p == text.count || [43, 45, 90].contains(text[p]) else { return nil }
    for k in p..<text.count
    where !(text[k] == 58 || text[k] == 90 || text[k] == 43 || text[k] == 45) {
      guard (48...57).contains(text[k]) else { return nil }
    }
    return day(text, month: 5..<7, day: 8..<10)
  }

  private static func monthEnd(_ text: UnsafeBufferPointer<UInt8>, _ at: Int) -> CalendarDate? {
    guard let year = number(text, 0..<4), let month = number(text, at..<at + 2) else { return nil }
    return Period(year: year, month: month)?.lastDay
  }

  private static func slashed(_ text: UnsafeBufferPointer<UInt8>) -> CalendarDate? {
    guard (8...10).contains(text.count), text[4] == 47 else { return nil }
    let second = text[6] == 47 ? 6 : 7
    guard text[second] == 47, second + 1 < text.count, text.count - second <= 3 else { return nil }
    return day(text, month: 5..<second, day: second + 1..<text.count)
  }

  private static func day(
    _ text: UnsafeBufferPointer<UInt8>, month: Range<Int>, day: Range<Int>
  ) -> CalendarDate? {
    guard let year = number(text, 0..<4), let month = number(text, month),
      let day = number(text, day)
    else { return nil }
    return CalendarDate(year: year, month: month, day: day)
  }

  private static func number(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Int? {
    var value = 0
    for k in range {
      let digit = text[k] &- 48
      guard digit < 10 else { return nil }
      value = value * 10 + Int(digit)
    }
    return value
  }
}

/// Days such as 3/4/2004, of which one must learn whether the month or the day comes first.
struct SlashedDays: Sendable {
  private var firsts: Set<Int> = []
  private var seconds: Set<Int> = []

  /// The three numbers, the last of four digits; nil for another spelling.
  static func parts(_ text: UnsafeBufferPointer<UInt8>) -> (first: Int, second: Int, year: Int)? {
    guard (8...10).contains(text.count), text[text.count - 5] == 47 else { return nil }
    let second = text[1] == 47 ? 1 : 2
    guard text[second] == 47, (2...3).contains(text.count - 5 - second) else { return nil }
    var numbers = [0, 0, 0]
    for (k, range) in [0..<second, second + 1..<text.count - 5, text.count - 4..<text.count]
      .enumerated()
    {
      for p in range {
        guard (48...57).contains(text[p]) else { return nil }
        numbers[k] = numbers[k] * 10 + Int(text[p] - 48)
      }
    }
    return (numbers[0], numbers[1], numbers[2])
  }

  mutating func note(_ text: UnsafeBufferPointer<UInt8>) {
    guard let parts = Self.parts(text) else { return }
    firsts.insert(parts.first)
    seconds.insert(parts.second)
  }

  /// Day first where a first number is no month, or where it is the same day of different months; else as written
  /// in the United States.
  var style: DateStyle {
    if firsts.contains(where: { $0 > 12 }) { return .dayMonthYear }
    if seconds.contains(where: { $0 > 12 }) { return .monthDayYear }
    return firsts.count == 1 && seconds.count > 1 ? .dayMonthYear : .monthDayYear
  }
}
