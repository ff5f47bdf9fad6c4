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
  indirect case date(year: Int, month: Int, day: Int)
  case quarter(year: Int, quarter: Int)
  case duration(Int, DurationUnit)
  case text(String)
  case boolean(Bool)
  case missing
}
