// The items of what can be gone through, and period and firm keys of slices and splits.

import FactorLang
import FactorRuntime

/// The items of things that can be walked through.
enum Sequences {
  static let longest = 10_000_000

  static func items(of value: Value) throws -> [Value] {
    switch value {
    case .list(let items): return items
    case .column(let column):
      return (0..<column.column.count).map { column.column.value(at: $0) }
    case .range(let range): return try items(of: range)
    default: throw Fault(.wrongType, "a list or a closed range is needed, not \(value.type.phrase)")
    }
  }

  private static func items(of range: RangeValue) throws -> [Value] {
    guard let lower = range.lower, let upper = range.upper else {
      throw Fault(.wrongType, "an open range has no end to walk to")
    }
    var items: [Value] = []
    var next = lower
    let step: Value
    switch (lower, range.step) {
    case (_, let given?): step = given
    case (.month, _): step = .duration(1, .month)
    case (.date, _): step = .duration(1, .day)
    default: step = .integer(1)
    }
    // Said even where nothing is gone through, so that 5..1 by -1 is not silently empty.
    if range.step != nil,
      Operators.isTrue(
        try Operators.compare(.lessEqual, Operators.arithmetic(.add, lower, step), lower))
    {
      throw Fault(.outOfRange, "a range steps upwards; `by` must be positive")
    }
    let limit: ComparisonOperator = range.includesUpper ? .lessEqual : .less
    while Operators.isTrue(try Operators.compare(limit, next, upper)) {
      items.append(next)
      guard items.count <= longest else {
        throw Fault(.memoryCap, "the range has more than \(NumberFormat.count(longest)) elements")
      }
      let following = try Operators.arithmetic(.add, next, step)
      guard Operators.isTrue(try Operators.compare(.greater, following, next)) else {
        throw Fault(.outOfRange, "a range steps upwards; `by` must be positive")
      }
      next = following
    }
    return items
  }
}

/// Reading period and firm keys of slices and splits.
enum PanelKeys {
  /// The first and last period of a month, date, quarter or range; open ends are nil.
  static func periods(_ value: Value, on clock: Clock) throws -> (Period?, Period?) {
    guard case .range(let range) = value else {
      return (
        clock.first(of: try single(value, isUpper: false)),
        clock.last(of: try single(value, isUpper: true))
      )
    }
    let lower = try range.lower.map { clock.first(of: try single($0, isUpper: false)) }
    let upper = try range.upper.map { bound in
      range.includesUpper
        ? clock.last(of: try single(bound, isUpper: true))
        : clock.first(of: try single(bound, isUpper: false)) - 1
    }
    return (lower, upper)
  }

  /// The last period of a month or day given to a parameter.
  static func period(_ value: Value, _ parameter: String, _ clock: Clock) throws -> Period {
    switch value {
    case .month, .date, .quarter:
      if let last = try periods(value, on: clock).1 { return last }
      fallthrough
    default:
      throw Fault(
        .wrongType, "`\(parameter)` is a month such as 2008-09, or a day such as 2008-09-30",
        parameter: parameter)
    }
  }

  private static func single(_ value: Value, isUpper: Bool) throws -> Period {
    switch value {
    case .month(let month): return month
    case .date(let date): return Period(date)
    case .quarter(let quarter): return Period(index: Int32(quarter * 3 + (isUpper ? 2 : 0)))
    case .integer(let year) where (1000...3000).contains(year):
      throw Fault(
        .wrongType, "`\(year)` is a number, not a month", helps: ["write `\(year)-01..\(year)-12`"])
    default: throw Fault(.wrongType, "a month is needed, not \(value.type.phrase)")
    }
  }

  /// One firm or a list of firms, as text.
  static func assets(_ value: Value) throws -> [String] {
    switch value {
    case .list(let items): return try items.flatMap(assets)
    case .text(let name): return [name]
    case .integer(let number): return [String(number)]
    default: throw Fault(.wrongType, "a firm is named by text or number, not \(value.type.phrase)")
    }
  }
}
