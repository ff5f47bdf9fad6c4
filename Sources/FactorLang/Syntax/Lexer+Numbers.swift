// Numbers and everything that begins with a digit: units, months, dates, quarters, durations.

extension Lexer {
  /// Says what a run of letters after a number means.
  enum Suffix {
    case multiplier, basisPoints, duration
  }

  mutating func scanNumber() -> TokenKind {
    if let kind = scanCalendar() { return kind }
    let start = position
    skipDigits()
    var isDecimal = false
    if peek() == 0x2E, isDigit(peek(1)) {
      position += 1
      skipDigits()
      isDecimal = true
    }
    if skipExponent() { isDecimal = true }
    return scanSuffix(start, isDecimal)
  }

  func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  private mutating func skipDigits() {
    while isDigit(peek()) || (peek() == 0x5F && position < end) { position += 1 }
  }

  private mutating func skipExponent() -> Bool {
    guard peek() | 0x20 == 0x65 else { return false }
    let sign = peek(1) == 0x2B || peek(1) == 0x2D ? 1 : 0
    guard isDigit(peek(1 + sign)) else { return false }
    position += 1 + sign
    while isDigit(peek()) { position += 1 }
    return true
  }

  private mutating func scanSuffix(_ start: Int, _ isDecimal: Bool) -> TokenKind {
    if peek() == 0x25 {
      position += 1
      return .ratio
    }
    let unitStart = position
    skipNameTail()
    guard position > unitStart else { return isDecimal ? .decimal : .integer }
    let span = Span(start, position)
    switch suffix(unitStart) {
    case .multiplier: return isDecimal ? .decimal : .integer
    case .basisPoints: return .ratio
    case .duration where !isDecimal: return .duration
    case .duration: note(.fractionalDuration, span)
    case nil: note(.unknownUnit(String(decoding: bytes[unitStart..<position], as: UTF8.self)), span)
    }
    return .invalid
  }

  private func suffix(_ start: Int) -> Suffix? {
    switch position - start {
    case 1:
      switch bytes[start] {
      case 0x6B: return .multiplier
      case 0x79, 0x71, 0x6D, 0x77, 0x64, 0x68, 0x73: return .duration
      default: return nil
      }
    case 2:
      switch (bytes[start], bytes[start + 1]) {
      case (0x6D, 0x6E), (0x62, 0x6E): return .multiplier
      case (0x6D, 0x73): return .duration
      default: return nil
      }
    case 3:
      let word = (bytes[start], bytes[start + 1], bytes[start + 2])
      if word == (0x62, 0x70, 0x73) { return .basisPoints }
      return word == (0x6D, 0x69, 0x6E) ? .duration : nil
    default: return nil
    }
  }

  // MARK: Months, dates, quarters

  /// Takes `2004-12`, `2004-12-31` or `2004Q4` when nothing touches them that would change their
  /// meaning.
  private mutating func scanCalendar() -> TokenKind? {
    guard digits(at: 0, count: 4), !isDigit(peek(4)) else { return nil }
    if peek(4) == 0x51, isDigit(peek(5)), !Self.isNameByte(peek(6)) { return takeQuarter() }
    guard peek(4) == 0x2D, digits(at: 5, count: 2), !touchesHyphenBefore else { return nil }
    if peek(7) == 0x2D, digits(at: 8, count: 2), isFree(at: 10) { return takeDate() }
    return isFree(at: 7) ? takeMonth() : nil
  }

  private func digits(at distance: Int, count: Int) -> Bool {
    for index in distance..<(distance + count) where !isDigit(peek(index)) { return false }
    return true
  }

  private var touchesHyphenBefore: Bool { position > 0 && bytes[position - 1] == 0x2D }

  /// Tells whether no letter, digit, hyphen or decimal fraction begins at the distance.
  private func isFree(at distance: Int) -> Bool {
    let byte = peek(distance)
    if byte == 0x2D && peek(distance + 1) == 0x3E { return true }
    if byte == 0x2E { return !isDigit(peek(distance + 1)) }
    return !Self.isNameByte(byte) && byte != 0x2D && byte != 0x25
  }

  private func value(at distance: Int, count: Int) -> Int {
    (distance..<(distance + count)).reduce(0) { $0 * 10 + Int(peek($1)) - 0x30 }
  }

  private mutating func takeQuarter() -> TokenKind {
    let span = Span(position, position + 6)
    if !(1...4).contains(value(at: 5, count: 1)) { note(.notAQuarter, span) }
    position = span.end
    return .quarter
  }

  private mutating func takeMonth() -> TokenKind {
    let span = Span(position, position + 7)
    if !(1...12).contains(value(at: 5, count: 2)) {
      note(.notAMonth(year: value(at: 0, count: 4), month: value(at: 5, count: 2)), span)
    }
    position = span.end
    return .month
  }

  private mutating func takeDate() -> TokenKind {
    let span = Span(position, position + 10)
    let (year, month, day) = (
      value(at: 0, count: 4), value(at: 5, count: 2), value(at: 8, count: 2)
    )
    if !CalendarRules.isDate(year, month, day) {
      note(.notADate(year: year, month: month, day: day), span)
    }
    position = span.end
    return .date
  }
}

/// The Gregorian rules a literal must obey.
enum CalendarRules {
  static func days(_ year: Int, _ month: Int) -> Int {
    if month == 2 {
      return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    }
    return [4, 6, 9, 11].contains(month) ? 30 : 31
  }

  static func isDate(_ year: Int, _ month: Int, _ day: Int) -> Bool {
    (1...12).contains(month) && day >= 1 && day <= days(year, month)
  }
}
