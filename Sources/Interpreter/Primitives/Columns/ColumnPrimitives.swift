// Functions of columns that need the rows around them: calendar lags, cross-sections, growth.

import FactorLang
import FactorRuntime

extension ColumnValue: Bridged {
  // In a column expression a name has its element's type, so any type may stand for a column.
  public static var type: Type { .any }
  public init?(_ value: Value) {
    guard case .column(let column) = value else { return nil }
    self = column
  }
  public var value: Value { .column(self) }

  /// The numbers, or the fault that there are none.
  func requireNumbers(_ function: String) throws -> [Double] {
    guard let numbers = column.numbers else {
      throw Fault(.wrongType, "`\(function)` needs numbers, not \(column.kind)")
    }
    return numbers
  }

  func with(_ numbers: [Double], unit: ColumnUnit = .plain) -> ColumnValue {
    ColumnValue(name: name, column: Column(numbers: numbers, unit: unit, known: column.known))
  }
}

private func shift(
  _ name: String, _ summary: String, _ sentence: String, _ timing: FunctionTiming, sign: Int
) -> Primitive {
  Primitive(
    name, topic: .columns, summary,
    Parameter<ColumnValue>.required("x", "the column"),
    Parameter<Periods>.required(
      "by", "calendar months, quarters or years; days on a daily panel; positive"
    ).named { $0.minimum = 1 },
    returns: sentence, isColumnFunction: true, timing: timing, needsPanel: true,
    examples: ["toy | derive other = \(name)(ret, 1m)"]
  ) { context, x, periods in
    guard periods.amount > 0 else {
      throw Fault(
        .outOfRange, "`\(name)` takes a positive duration",
        helps: ["for the other direction use `\(name == "lag" ? "lead" : "lag")`"], parameter: "by")
    }
    return ColumnValue(
      name: x.name, column: try context.lagged(x.column, by: periods, "by", name, sign: sign))
  }
}

/// Returns added up along each firm's life, or along the rows where there are no firms.
private enum Compounded {
  static func logs(_ x: ColumnValue, _ function: String, _ context: Context) throws -> [Double] {
    let numbers = try x.requireNumbers(function)
    let panel = context.panel
    try checkOrder(context, function)
    var levels = [Double](repeating: 0, count: panel?.assetCount ?? 1)
    return numbers.enumerated().map { row, value in
      let firm = panel.map { Int($0.index.assets[row]) } ?? 0
      if value > -1 { levels[firm] += Elementary.log1p(value) }
      if value <= -1 { levels[firm] = -.infinity }
      return levels[firm]
    }
  }

  // What was earned last comes last: rows of a table may stand in any order.
  private static func checkOrder(_ context: Context, _ function: String) throws {
    guard let table = context.rows as? Table, !table.isDrawn, let periods = table.periods,
      let place = periods.indices.dropFirst().first(where: { periods[$0] <= periods[$0 - 1] })
    else { return }
    let (before, after) = (periods[place - 1], periods[place])
    throw Fault(
      .wrongType,
      "`\(function)` goes along the rows, and of these \(after) comes after \(before)",
      helps: [
        after == before
          ? "make one row of each \(after.noun) first:  summarise …, by: \(after.noun == "month" ? "month" : "date")"
          : "put them in the order of time first:  order_by \(after.noun == "month" ? "month" : "date")"
      ], parameter: "x")
  }
}

let columnPrimitives: [Primitive] = [
  shift(
    "lag", "Gives a firm's value some periods earlier; a gap gives na.",
    "the column, known that much sooner", .shiftsEarlier(by: "by"), sign: 1),
  shift(
    "lead", "Gives a firm's value some periods later; it may only be a target.",
    "the column, known that much later", .shiftsLater(by: "by"), sign: -1),
  Primitive(
    "growth", topic: .columns, "Compounds returns: what one unit grew to, less one.",
    Parameter<ColumnValue>.required("x", "returns in the order of the rows"),
    returns: "the running compounded return", isColumnFunction: true,
    examples: ["toy[id: 1] | derive wealth = growth(ret)"]
  ) { context, x in
    let logs = try Compounded.logs(x, "growth", context)
    return x.with(logs.map(Elementary.expm1), unit: .ratio)
  },
  Primitive(
    "log_growth", topic: .columns, "Adds up log returns: what a log axis would show of growth.",
    Parameter<ColumnValue>.required("x", "returns in the order of the rows"),
    returns: "the running sum of log(1 + x)", isColumnFunction: true,
    examples: ["toy[id: 1] | derive wealth = log_growth(ret)"]
  ) { context, x in x.with(try Compounded.logs(x, "log_growth", context)) },
  Primitive(
    "month", topic: .columns, "Gives the calendar month of a date.",
    Parameter<Value>.required("x", "a date or a column of dates"),
    returns: "the month", isColumnFunction: true, examples: ["month(2004-12-31) == 2004-12"]
  ) { _, value in
    switch value {
    case .date(let date): return Value.month(date.month)
    case .month, .missing: return value
    case .column(let column):
      guard case .dates(let dates) = column.column.values else { return value }
      let months = dates.map { $0.isMissing ? Period.missing : $0.month }
      let known = column.column.known
      return .column(ColumnValue(name: column.name, column: Column(.months(months), known: known)))
    default: throw Fault(.wrongType, "`month` takes a date, not \(value.type.phrase)")
    }
  },
]
