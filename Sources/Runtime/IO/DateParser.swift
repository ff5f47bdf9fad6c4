// Dates in the spellings found in financial tables.

/// Recognises and reads dates.
enum DateParser {
  /// The spelling of a date, without saying whether compact digits are meant as one.
  static func style(_ text: UnsafeBufferPointer<UInt8>) -> DateStyle? {
    let candidates: [DateStyle] =
      switch text.count {
      case 6: [.compactMonth]
      case 7: [.month]
      case 8: [.compactDay, .slashDay]
      case 9: [.slashDay]
      case 10: [.day, .paddedSlashDay]
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
    }
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
