// Values whose kinds or units do not go together: what each side is, and what was probably meant.

/// Operands of an operator that do not go together.
struct OperandFault {
  let left: (span: Span, type: Type)
  let sign: String
  let right: (span: Span, type: Type)
  /// The right-hand value, if it was written out.
  let literal: Literal?

  func diagnostic(in source: Source) -> Diagnostic {
    let isUnits = left.type.hasUnit && right.type.hasUnit
    return Diagnostic(
      isUnits ? .unitsDoNotFit : .operandsDoNotFit,
      "`\(sign)` does not fit \(left.type.phrase) and \(right.type.phrase)",
      at: Label(source, right.span, "this is \(right.type.phrase)"),
      secondary: [Label(source, left.span, "this is \(left.type.phrase)")], helps: helps(source))
  }

  private func helps(_ source: Source) -> [Help] {
    let isShift = sign == "+" || sign == "-"
    switch (left.type, right.type) {
    case (.month, .integer), (.date, .integer), (.quarter, .integer),
      (.duration, .integer):
      guard isShift else { return [] }
      let unit = left.type == .date ? "d" : left.type == .quarter ? "q" : "m"
      let number = source.text(right.span)
      guard case .integer? = literal else { return [Help("give the number a unit: 3m, 1y")] }
      let shown = "\(source.text(left.span)) \(sign) \(number)\(unit)"
      return [Help("write `\(shown)`", replace: right.span, in: source, with: number + unit)]
    case (.month, .number), (.month, .ratio), (.date, .number), (.date, .ratio):
      return isShift ? [Help("months are added as durations: 3m, 1y")] : []
    case (.integer, .duration) where isShift, (.number, .duration) where isShift:
      return [Help("give the number a unit: 3m, 1y")]
    case (.ratio, .duration), (.duration, .ratio):
      return [Help("a share has no length in time; drop one of the units")]
    case (.text, _), (_, .text):
      return sign == "+" ? [Help("put values into text with braces: \"K = {k}\"")] : []
    default: return []
    }
  }
}

/// Values that cannot be compared.
struct ComparisonFault {
  let left: (value: Expression, type: Type)
  let comparison: ComparisonOperator
  let right: (value: Expression, type: Type)
  let whole: Span
  let leftLiteral: Literal?
  let rightLiteral: Literal?

  func diagnostic(in source: Source) -> Diagnostic {
    let isUnits = left.type.hasUnit && right.type.hasUnit && !left.type.isCalendarPoint
    return Diagnostic(
      isUnits ? .unitsDoNotFit : .operandsDoNotFit,
      "\(left.type.phrase) cannot be compared with \(right.type.phrase)",
      at: Label(source, right.value.span, "this is \(right.type.phrase)"),
      secondary: [Label(source, left.value.span, "this is \(left.type.phrase)")],
      helps: helps(source))
  }

  private func helps(_ source: Source) -> [Help] {
    let (first, second) = (source.text(left.value.span), source.text(right.value.span))
    switch (left.type, right.type) {
    case (.month, .date), (.date, .month):
      let isLeft = left.type == .date
      let date = isLeft ? left.value : right.value
      let text = "month(\(isLeft ? first : second))"
      let shown =
        isLeft
        ? "\(text) \(comparison.rawValue) \(second)" : "\(first) \(comparison.rawValue) \(text)"
      if case .range = date.kind { return [Help("give the range in months")] }
      return [
        Help("compare months:  \(shown)", replace: date.span, in: source, with: text)
      ]
    case (.month, .integer), (.month, .number), (.date, .integer): return yearHelp(first, source)
    case (.integer, .month), (.number, .month): return [Help("months are written 2004-01")]
    case (.duration, .integer), (.duration, .number):
      return [Help("give the number a unit: \(second)m")]
    case (.text, .integer), (.text, .number):
      if case .text(let name)? = leftLiteral, !name.contains(" ") {
        return [
          Help("a column is written without quotes:  \(name) \(comparison.rawValue) \(second)")
        ]
      }
      guard rightLiteral != nil else { return [] }
      return [
        Help(
          "write it as text: \"\(second)\"", replace: right.value.span, in: source,
          with: "\"\(second)\"")
      ]
    default: return []
    }
  }

  /// A year stands where months do: its first or last month is meant.
  private func yearHelp(_ subject: String, _ source: Source) -> [Help] {
    let day = left.type == .date
    func edge(_ year: Int, isLast: Bool) -> String {
      "\(year)-\(isLast ? "12" : "01")" + (day ? (isLast ? "-31" : "-01") : "")
    }
    func help(_ text: String) -> [Help] {
      [Help("write `\(text)`", replace: whole, in: source, with: text)]
    }
    if case .range(let range) = right.value.kind {
      guard let first = range.lower?.wholeNumber, let last = range.upper?.wholeNumber,
        Self.isYear(first), Self.isYear(last)
      else { return [] }
      let span = "\(edge(first, isLast: false))..\(edge(last, isLast: true))"
      return help("\(subject) \(comparison.rawValue) \(span)")
    }
    guard case .integer(let year)? = rightLiteral, Self.isYear(year) else {
      return [Help("months are written 2004-01")]
    }
    let (first, last) = (edge(year, isLast: false), edge(year, isLast: true))
    switch comparison {
    case .greaterEqual, .less: return help("\(subject) \(comparison.rawValue) \(first)")
    case .greater, .lessEqual: return help("\(subject) \(comparison.rawValue) \(last)")
    case .equal, .isIn: return help("\(subject) in \(first)..\(last)")
    case .notEqual, .isNotIn: return help("\(subject) not in \(first)..\(last)")
    }
  }

  private static func isYear(_ number: Int) -> Bool { 1000...3000 ~= number }
}

/// Calendar time met with clock time.
struct ClockFault {
  let sign: String
  let left: (value: Expression, type: Type, isCalendar: Bool)
  let right: (value: Expression, type: Type, isCalendar: Bool)
  /// The side that counts clock time, and its value if it was written out.
  let clock: Expression
  let literal: Literal?

  func diagnostic(in source: Source) -> Diagnostic {
    func phrase(_ side: (value: Expression, type: Type, isCalendar: Bool)) -> String {
      guard side.type == .duration else { return side.type.phrase }
      return side.isCalendar ? "a calendar duration" : "a clock duration"
    }
    var diagnostic = Diagnostic(
      .unitsDoNotFit, "`\(sign)` does not fit \(phrase(left)) and \(phrase(right))",
      at: Label(source, right.value.span, "this is \(phrase(right))"),
      secondary: [Label(source, left.value.span, "this is \(phrase(left))")])
    diagnostic.reason = "`m` counts months and `min` minutes; calendar and clock do not mix"
    if case .duration(let amount, .minute)? = literal {
      let text = "\(amount)m"
      diagnostic.helps = [
        Help("for months write `\(text)`", replace: clock.span, in: source, with: text)
      ]
    }
    return diagnostic
  }
}

/// A value without the unit that a parameter counts in, or with another.
struct ParameterUnitFault {
  let parameter: String
  let unit: String
  let type: Type
  let literal: Literal?
  let isCalendar: Bool?
  let span: Span

  func diagnostic(in source: Source) -> Diagnostic {
    let (wanted, shown) = (Self.words[unit] ?? unit, source.text(span))
    let label: String
    if type.isNumeric, type != .ratio {
      label = "a number without a unit"
    } else if type == .duration {
      let isDays = literal.map {
        if case .duration(_, let unit) = $0 { unit.isCalendar } else { false }
      }
      label =
        isCalendar == false
        ? "a clock duration"
        : isDays == true && unit == "months" ? "not whole months" : "a duration"
    } else {
      label = "this is \(type.phrase)"
    }
    return Diagnostic(
      .unitsDoNotFit, "`\(parameter)` takes \(wanted), not `\(shown)`",
      at: Label(source, span, label), helps: helps(shown, source))
  }

  private static let words = [
    "months": "calendar months such as 3m, 1q or 2y",
    "periods": "periods such as 3m, 1q, 2y or, on daily panels, 21d",
    "seconds": "a time such as 90s or 10min",
    "ratio": "a share such as 30bps or 5%",
  ]

  private func helps(_ shown: String, _ source: Source) -> [Help] {
    func write(_ why: String, _ text: String) -> Help {
      Help("\(why)`\(text)`", replace: span, in: source, with: text)
    }
    switch (unit, literal) {
    case ("months", .integer?): return [write("for months write ", shown + "m")]
    case ("periods", .integer?):
      return [
        write("for months write ", shown + "m"), write("for trading days write ", shown + "d"),
      ]
    case ("months", .duration(let amount, .minute)?):
      return [write("for months write ", "\(amount)m")]
    case ("seconds", .duration(let amount, .month)?):
      return [write("for minutes write ", "\(amount)min")]
    case ("seconds", .integer?): return [write("for seconds write ", shown + "s")]
    case ("ratio", .integer?), ("ratio", .number?):
      return [
        write("for basis points write ", shown + "bps"), write("for percent write ", shown + "%"),
      ]
    default: return []
    }
  }
}

extension Type {
  /// Tells whether values measure something, so that two kinds differ in their units.
  fileprivate var hasUnit: Bool {
    switch self {
    case .integer, .number, .ratio, .month, .date, .quarter, .duration: return true
    default: return false
    }
  }

  /// Tells whether values are places in the calendar.
  var isCalendarPoint: Bool { self == .month || self == .date || self == .quarter }
}

extension Expression {
  fileprivate var wholeNumber: Int? {
    if case .literal(.integer(let value)) = kind { return value }
    return nil
  }
}
