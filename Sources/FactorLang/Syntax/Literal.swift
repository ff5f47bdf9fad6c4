// Literal values as they are written, and their reading from token text.

/// Remembers how a ratio was written.
public enum RatioUnit: String, Sendable, Equatable {
  case percent = "%"
  case basisPoints = "bps"
}

/// Names a unit of time; calendar and clock units do not mix.
public enum DurationUnit: String, Sendable, Equatable, CaseIterable {
  case year = "y"
  case quarter = "q"
  case month = "m"
  case week = "w"
  case day = "d"
  case hour = "h"
  case minute = "min"
  case second = "s"
  case millisecond = "ms"

  /// Tells whether the unit counts calendar time.
  public var isCalendar: Bool {
    switch self {
    case .year, .quarter, .month, .week, .day: return true
    default: return false
    }
  }
}

/// A value written out in the program.
public enum Literal: Sendable, Equatable {
  case integer(Int)
  case number(Double)
  case ratio(Double, RatioUnit)
  case month(year: Int, month: Int)
  case date(year: Int, month: Int, day: Int)
  case quarter(year: Int, quarter: Int)
  case duration(Int, DurationUnit)
  case text(String)
  case boolean(Bool)
  case missing
}

/// Reads values from the bytes of tokens; nil means the value cannot be held.
enum LiteralReader {
  static func read(_ kind: TokenKind, _ bytes: ArraySlice<UInt8>) -> Literal? {
    switch kind {
    case .integer, .decimal, .ratio, .duration: return quantity(kind, bytes)
    case .month, .date, .quarter: return calendar(kind, bytes)
    case .keywordTrue: return .boolean(true)
    case .keywordFalse: return .boolean(false)
    case .keywordMissing: return .missing
    default: return nil
    }
  }

  private static func quantity(_ kind: TokenKind, _ bytes: ArraySlice<UInt8>) -> Literal? {
    let (digits, unit) = split(bytes)
    switch kind {
    case .duration:
      guard let amount = Int(digits), let unit = DurationUnit(rawValue: unit) else { return nil }
      return .duration(amount, unit)
    case .ratio:
      let isPercent = unit == "%"
      guard let value = scaled(digits, by: isPercent ? -2 : -4) else { return nil }
      return .ratio(value, isPercent ? .percent : .basisPoints)
    case .integer:
      guard let value = Int(digits) else { return nil }
      let (product, overflow) = value.multipliedReportingOverflow(by: integerMultiplier(unit))
      return overflow ? nil : .integer(product)
    default:
      let exponents = ["k": 3, "mn": 6, "bn": 9]
      return scaled(digits, by: exponents[unit] ?? 0).map(Literal.number)
    }
  }

  private static func integerMultiplier(_ unit: String) -> Int {
    ["k": 1_000, "mn": 1_000_000, "bn": 1_000_000_000][unit] ?? 1
  }

  /// Separates the number from its unit and drops underscores.
  private static func split(_ bytes: ArraySlice<UInt8>) -> (digits: String, unit: String) {
    var split = bytes.endIndex
    while split > bytes.startIndex, !(0x30...0x39).contains(bytes[split - 1]),
      bytes[split - 1] != 0x5F
    {
      split -= 1
    }
    let digits = bytes[..<split].filter { $0 != 0x5F }
    return (
      String(decoding: digits, as: UTF8.self), String(decoding: bytes[split...], as: UTF8.self)
    )
  }

  /// Moves the decimal point in the text, not in the number, so that the result is rounded once.
  private static func scaled(_ digits: String, by shift: Int) -> Double? {
    let parts = digits.split(whereSeparator: { $0 == "e" || $0 == "E" })
    guard let mantissa = parts.first else { return nil }
    let exponent = parts.count > 1 ? Int(parts[1]) ?? 9_999 : 0
    let value = Double("\(mantissa)e\(max(-9_999, min(9_999, exponent)) + shift)")
    return value.flatMap { $0.isFinite ? $0 : nil }
  }

  private static func calendar(_ kind: TokenKind, _ bytes: ArraySlice<UInt8>) -> Literal? {
    func number(_ from: Int, _ count: Int) -> Int {
      let start = bytes.startIndex + from
      guard start + count <= bytes.endIndex else { return 0 }
      return bytes[start..<(start + count)].reduce(0) { $0 * 10 + Int($1) - 0x30 }
    }
    switch kind {
    case .month where (1...12).contains(number(5, 2)):
      return .month(year: number(0, 4), month: number(5, 2))
    case .date where CalendarRules.isDate(number(0, 4), number(5, 2), number(8, 2)):
      return .date(year: number(0, 4), month: number(5, 2), day: number(8, 2))
    case .quarter where (1...4).contains(number(5, 1)):
      return .quarter(year: number(0, 4), quarter: number(5, 1))
    default: return nil
    }
  }
}
