// Values of numbers and dates, read from the bytes of their tokens without strings on the way.

/// Reads values from the bytes of tokens; nil means the value cannot be held.
struct LiteralReader {
  private let bytes: UnsafeBufferPointer<UInt8>

  /// Reads a number, a date or a word such as `true`; `bytes` are those of the token.
  static func read(_ kind: TokenKind, _ bytes: UnsafeBufferPointer<UInt8>) -> Literal? {
    switch kind {
    case .integer, .decimal, .ratio, .duration: return LiteralReader(bytes: bytes).quantity(kind)
    case .month, .date, .quarter: return LiteralReader(bytes: bytes).calendar(kind)
    case .keywordTrue: return .boolean(true)
    case .keywordFalse: return .boolean(false)
    case .keywordMissing: return .missing
    default: return nil
    }
  }

  // MARK: Quantities

  private func quantity(_ kind: TokenKind) -> Literal? {
    let unit = unitStart
    switch kind {
    case .duration:
      guard let amount = integer(upTo: unit), let measure = durationUnit(unit) else { return nil }
      return .duration(amount, measure)
    case .ratio:
      let isPercent = bytes[unit] == 0x25
      guard let value = number(upTo: unit, shift: isPercent ? -2 : -4) else { return nil }
      return .ratio(value, isPercent ? .percent : .basisPoints)
    case .integer:
      guard let value = integer(upTo: unit) else { return nil }
      guard unit < bytes.count else { return .integer(value) }
      let thousand = thousands(unit)
      let factor = thousand == 1 ? 1_000 : thousand == 2 ? 1_000_000 : 1_000_000_000
      let (product, overflow) = value.multipliedReportingOverflow(by: factor)
      return overflow ? nil : .integer(product)
    default: return number(upTo: unit, shift: 3 * thousands(unit)).map(Literal.number)
    }
  }

  /// The place at which the number ends and its unit begins.
  private var unitStart: Int {
    var place = bytes.count
    while place > 0, !isDigit(bytes[place - 1]), bytes[place - 1] != 0x5F { place -= 1 }
    return place
  }

  private func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

  /// How many times a thousand a multiplier stands for: `k`, `mn`, `bn`.
  private func thousands(_ unit: Int) -> Int {
    guard unit < bytes.count else { return 0 }
    switch bytes[unit] {
    case 0x6B: return 1
    case 0x6D: return 2
    default: return 3
    }
  }

  private func durationUnit(_ unit: Int) -> DurationUnit? {
    switch (bytes[unit], bytes.count - unit) {
    case (0x79, 1): return .year
    case (0x71, 1): return .quarter
    case (0x6D, 1): return .month
    case (0x77, 1): return .week
    case (0x64, 1): return .day
    case (0x68, 1): return .hour
    case (0x73, 1): return .second
    case (0x6D, 2): return .millisecond
    case (0x6D, 3): return .minute
    default: return nil
    }
  }

  private func integer(upTo end: Int) -> Int? {
    var value = 0
    for place in 0..<end where bytes[place] != 0x5F {
      let (tens, tooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflow) = tens.addingReportingOverflow(Int(bytes[place]) - 0x30)
      if tooLarge || overflow { return nil }
      value = sum
    }
    return value
  }

  private static let powers: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
    1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  /// Reads a decimal number and moves its point. A product or quotient of two numbers that are
  /// exact is rounded once; where they would not be exact, the whole text is read.
  private func number(upTo end: Int, shift: Int) -> Double? {
    var (mantissa, exponent, digits, place) = (0, shift, 0, 0)
    var isFraction = false
    while place < end {
      let byte = bytes[place]
      if isDigit(byte) {
        if mantissa > 0 || byte != 0x30 { digits += 1 }
        guard digits <= 18 else { return longNumber(upTo: end, shift: shift) }
        mantissa = mantissa * 10 + Int(byte) - 0x30
        if isFraction { exponent -= 1 }
      } else if byte == 0x2E {
        isFraction = true
      } else if byte != 0x5F {
        return longNumber(upTo: end, shift: shift)
      }
      place += 1
    }
    guard mantissa <= 1 << 53, exponent.magnitude <= 22 else {
      return longNumber(upTo: end, shift: shift)
    }
    let power = Self.powers[Int(exponent.magnitude)]
    return exponent < 0 ? Double(mantissa) / power : Double(mantissa) * power
  }

  /// Moves the decimal point in the text, not in the number, so that the result is rounded once.
  private func longNumber(upTo end: Int, shift: Int) -> Double? {
    let text = String(decoding: bytes[..<end].filter { $0 != 0x5F }, as: UTF8.self)
    let parts = text.split(whereSeparator: { $0 == "e" || $0 == "E" })
    guard let mantissa = parts.first else { return nil }
    let exponent = parts.count > 1 ? Int(parts[1]) ?? 9_999 : 0
    let value = Double("\(mantissa)e\(max(-9_999, min(9_999, exponent)) + shift)")
    return value.flatMap { $0.isFinite ? $0 : nil }
  }

  // MARK: Calendar

  private func calendar(_ kind: TokenKind) -> Literal? {
    switch kind {
    case .month where (1...12).contains(digits(5, 2)):
      return .month(year: digits(0, 4), month: digits(5, 2))
    case .date where CalendarRules.isDate(digits(0, 4), digits(5, 2), digits(8, 2)):
      return .date(year: digits(0, 4), month: digits(5, 2), day: digits(8, 2))
    case .quarter where (1...4).contains(digits(5, 1)):
      return .quarter(year: digits(0, 4), quarter: digits(5, 1))
    default: return nil
    }
  }

  private func digits(_ start: Int, _ count: Int) -> Int {
    guard start + count <= bytes.count else { return 0 }
    var value = 0
    for place in start..<(start + count) { value = value * 10 + Int(bytes[place]) - 0x30 }
    return value
  }
}
