// Values as short text: for messages, interpolation and cells of tables.

import FactorLang
import FactorRuntime

enum ValueText {
  /// A number as the prompt shows it: four significant digits, whole numbers in full.
  static func number(_ x: Double) -> String {
    if x == x.rounded(), abs(x) < 1e15 { return NumberFormat.count(Int(x)) }
    return trimmed(NumberFormat.significant(x))
  }

  // 3.500 says no more than 3.5.
  private static func trimmed(_ text: String) -> String {
    guard text.contains("."), !text.contains("e") else { return text }
    var text = text
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }

  /// A value on one line.
  static func short(_ value: Value) -> String {
    switch value {
    case .missing: "na"
    case .integer(let number): NumberFormat.count(number)
    case .number(let x): number(x)
    case .ratio(let x, .percent): trimmed(NumberFormat.significant(x * 100)) + "%"
    case .ratio(let x, .basisPoints): trimmed(NumberFormat.significant(x * 1e4)) + "bps"
    case .month(let month): month.description
    case .date(let date): date.description
    case .quarter(let quarter): "\(quarter / 4)Q\(quarter % 4 + 1)"
    case .duration(let amount, let unit): "\(amount)\(unit.rawValue)"
    case .range(let range): text(range)
    case .text(let text): text
    case .bool(let flag): flag ? "true" : "false"
    case .list(let items): text(items)
    case .record(let record):
      "{" + record.fields.map { "\($0.name): \(quoted($0.value))" }.joined(separator: ", ") + "}"
    case .column(let column):
      text(
        (0..<min(column.column.count, 10)).map { column.column.value(at: $0) },
        of: column.column.count)
    case .panel(let panel): "panel of \(NumberFormat.count(panel.panel.count)) rows"
    case .table(let table): "table of \(table.count) rows"
    case .sweep(let sweep): "sweep of \(Counted.text(sweep.cells.count, "cell"))"
    case .failure(let fault): "error \(fault.code.rawValue): \(fault.message)"
    default: value.type.description
    }
  }

  private static func quoted(_ value: Value) -> String {
    if case .text(let text) = value { return "\"\(text)\"" }
    return short(value)
  }

  private static func text(_ items: [Value], of all: Int? = nil) -> String {
    let count = all ?? items.count
    let shown = items.prefix(10).map(quoted).joined(separator: ", ")
    return "[" + shown + (count > 10 ? ", … \(NumberFormat.count(count)) in all]" : "]")
  }

  private static func text(_ range: RangeValue) -> String {
    let step = range.step.map { " by \(short($0))" } ?? ""
    let dots = range.includesUpper ? ".." : "..<"
    return (range.lower.map(short) ?? "") + dots + (range.upper.map(short) ?? "") + step
  }

  /// A value under an interpolation format: `.2`, `%`, `bps`, `.1%`; a fault for an unknown one.
  static func formatted(_ value: Value, _ format: String?) throws -> String {
    guard let format else { return short(value) }
    if let date = DateFormat.text(value, format) { return date }
    guard let number = Double(value) else { return short(value) }
    if format == "bps" { return NumberFormat.basisPoints(number) }
    if format == "%" { return NumberFormat.percent(number) }
    var digits = format[...]
    let isPercent = digits.hasSuffix("%")
    if isPercent { digits = digits.dropLast() }
    guard digits.hasPrefix("."), let places = Int(digits.dropFirst()), (0...17).contains(places)
    else {
      throw Fault(
        .unknownChoice, "`\(format)` is not a number format", helps: ["write .2, %, .1% or bps"])
    }
    return isPercent
      ? NumberFormat.percent(number, decimals: places)
      : NumberFormat.fixed(number, decimals: places)
  }
}

/// A count with its noun.
enum Counted {
  static func text(_ count: Int, _ noun: String) -> String {
    "\(NumberFormat.count(count)) \(noun)\(count == 1 ? "" : "s")"
  }
}
