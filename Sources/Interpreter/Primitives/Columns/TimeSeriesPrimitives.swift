// The family `ts.`: statistics along each firm's own periods, always with a window.

import FactorLang
import FactorRuntime

/// Periods a window must at least have a value in; the whole window unless said otherwise.
private func minimum(_ given: Int?, _ window: Int) throws -> Int {
  guard let given else { return window }
  guard (1...window).contains(given) else {
    throw Fault(
      .outOfRange, "`min` must lie in 1..\(window), the window, not \(given)", parameter: "min")
  }
  return given
}

extension Parameter where Input == Periods {
  /// Takes the length of a window.
  fileprivate var window: Parameter {
    named { ($0.minimum, $0.maximum, $0.rangeText) = (1, 10_000, "1..10,000 periods") }
  }
}

private func checked(_ window: Periods, _ clock: Clock) throws -> Int {
  let count = try window.count(on: clock, parameter: "window")
  guard (1...10_000).contains(count) else {
    throw Fault(
      .outOfRange,
      "a window is 1 to 10,000 periods long, not \(window.amount)\(window.unit.rawValue)",
      parameter: "window")
  }
  return count
}

private func windowed(
  _ name: String, _ summary: String, formula: String, unit: ColumnUnit? = nil,
  _ statistic: @escaping @Sendable (WindowStatistics.Window) -> Double
) -> Primitive {
  Primitive(
    name, topic: .columns, summary,
    Parameter<ColumnValue>.required("x", "the column"),
    Parameter<Periods>.required(
      "window", "months, or days of a daily panel, the row's own among them"
    ).window,
    Parameter<Int?>.optional("min", "values needed; the whole window if left out").labelled,
    returns: "\(formula); na where the window has too few values", isColumnFunction: true,
    needsPanel: true, examples: ["toy | derive other = \(name)(ret, 6m, min: 3)"]
  ) { context, x, window, least in
    let lives = try context.requireTimelines(name)
    let length = try checked(window, lives.clock)
    let needed = try minimum(least, length)
    let numbers = try lives.rolling(
      try x.requireNumbers(name), window: length, minimum: needed
    ) {
      try context.budget.check()
      return statistic($0)
    }
    return x.with(numbers, unit: unit ?? x.column.unit)
  }
}

private func paired(
  _ name: String, _ summary: String, formula: String,
  _ statistic: @escaping @Sendable (WindowStatistics.Window, WindowStatistics.Window) -> Double
) -> Primitive {
  Primitive(
    name, topic: .columns, summary,
    Parameter<ColumnValue>.required("x", "the first column"),
    Parameter<ColumnValue>.required("y", "the second column"),
    Parameter<Periods>.required(
      "window", "months, or days of a daily panel, the row's own among them"
    ).window,
    Parameter<Int?>.optional(
      "min", "months with both values needed; the whole window if left out"
    ).labelled,
    returns: "\(formula); na where the window has too few pairs", isColumnFunction: true,
    needsPanel: true, examples: ["toy | derive other = \(name)(ret, mom, 6m, min: 4)"]
  ) { context, x, y, window, least in
    let lives = try context.requireTimelines(name)
    let length = try checked(window, lives.clock)
    let needed = try minimum(least, length)
    let numbers = try lives.rolling(
      try x.requireNumbers(name), try y.requireNumbers(name), window: length, minimum: needed
    ) {
      try context.budget.check()
      return statistic($0, $1)
    }
    let known = max(x.column.known, y.column.known)
    return ColumnValue(name: x.name, column: Column(numbers: numbers, known: known))
  }
}

let timeSeriesPrimitives: [Primitive] = [
  windowed(
    "ts.mean", "Averages a firm's values over a window of periods.", formula: "Σ x / n",
    WindowStatistics.mean),
  windowed(
    "ts.sum", "Adds a firm's values over a window of periods.", formula: "Σ x",
    WindowStatistics.sum),
  windowed(
    "ts.product", "Multiplies a firm's values over a window of periods.", formula: "Π x",
    unit: .plain, WindowStatistics.product),
  windowed(
    "ts.std", "Gives the standard deviation of a firm's values over a window of periods.",
    formula: "√(Σ (x - x̄)² / (n - 1))", WindowStatistics.standardDeviation),
  windowed(
    "ts.skew", "Gives the skewness of a firm's values over a window of periods.",
    formula: "m₃ / m₂^1.5", unit: .plain, WindowStatistics.skewness),
  windowed(
    "ts.min", "Gives a firm's smallest value over a window of periods.", formula: "min x",
    WindowStatistics.minimum),
  windowed(
    "ts.max", "Gives a firm's largest value over a window of periods.", formula: "max x",
    WindowStatistics.maximum),
  windowed(
    "ts.median", "Gives a firm's median over a window of periods.", formula: "median x",
    WindowStatistics.median),
  windowed(
    "ts.argmin", "Counts the periods since a firm's smallest value in a window.",
    formula: "periods since the latest minimum", unit: .plain, WindowStatistics.monthsSinceMinimum),
  windowed(
    "ts.argmax", "Counts the periods since a firm's largest value in a window.",
    formula: "periods since the latest maximum", unit: .plain, WindowStatistics.monthsSinceMaximum),
  windowed(
    "ts.rank", "Ranks a firm's value among its own of a window, from 0 to 1, ties averaged.",
    formula: "(below + ties / 2) / (n - 1)", unit: .plain, WindowStatistics.rank),
  windowed(
    "ts.zscore", "Standardises a firm's value by its own window.", formula: "(x - x̄) / s",
    unit: .plain, WindowStatistics.zScore),
  windowed(
    "ts.compound", "Compounds a firm's returns over a window of periods.",
    formula: "Π (1 + x) - 1", unit: .ratio, WindowStatistics.compound),
  windowed(
    "ts.decay", "Averages a firm's values with weights that rise linearly to the row's own period.",
    formula: "Σ k xₖ / Σ k, k = 1 for the oldest period", WindowStatistics.linearDecay),
  paired(
    "ts.corr", "Correlates two columns over a window of a firm's periods.",
    formula: "sₓᵧ / (sₓ sᵧ)", WindowStatistics.correlation),
  paired(
    "ts.cov", "Gives the covariance of two columns over a window of a firm's periods.",
    formula: "Σ (x - x̄)(y - ȳ) / (n - 1)", WindowStatistics.covariance),
  paired(
    "ts.beta", "Gives the slope of one column on another over a window of a firm's periods.",
    formula: "sₓᵧ / sᵧ²", WindowStatistics.slope),
  Primitive(
    "ts.delta", topic: .columns, "Gives the change of a firm's value over some periods.",
    Parameter<ColumnValue>.required("x", "the column"),
    Parameter<Periods>.required("window", "months, or days of a daily panel, back").window,
    returns: "x - lag(x, window)", isColumnFunction: true,
    needsPanel: true, examples: ["toy | derive change = ts.delta(size, 3m)"]
  ) { context, x, window in
    _ = try checked(
      window, context.panel?.index.clock ?? context.requireTimelines("ts.delta").clock)
    let now = try x.requireNumbers("ts.delta")
    let before = try context.lagged(x.column, by: window, "window", "ts.delta").numbers ?? []
    let known = x.column.known
    return ColumnValue(
      name: x.name,
      column: Column(
        numbers: zip(now, before).map { $0 - $1 }, unit: x.column.unit, known: known))
  },
]

extension Context {
  /// A column's values some periods earlier, or with the other sign later, along each firm or a table's rows.
  func lagged(
    _ column: Column, by periods: Periods, _ parameter: String, _ function: String, sign: Int = 1
  ) throws -> Column {
    let clock = try panel?.index.clock ?? requireTimelines(function).clock
    let count = sign * (try periods.count(on: clock, parameter: parameter))
    var result: Column
    if let panel {
      result = try panel.lagged(column, by: count)
    } else {
      result = column.gathered(try requireTimelines(function).lagRows(by: count))
      result.known -= count
    }
    // That a row is there later on is not known before, whatever stands in it.
    if count < 0, Availability.isAlways(column.known) { result.known = -count }
    return result
  }

  /// The life of each firm, or one series for a table with a row a period.
  func requireTimelines(_ function: String) throws -> Timelines {
    if let panel { return Timelines(panel.index) }
    let periods = (rows as? Table)?.periods
    guard let periods, zip(periods, periods.dropFirst()).allSatisfy({ $0 < $1 }) else {
      let isUnordered = periods.map { Set($0).count == $0.count } ?? false
      throw Fault(
        .wrongType,
        "`\(function)` goes along time: it needs a panel, or a table with one row a month or day",
        helps: isUnordered ? ["put the rows in the order of time first:  | order_by …"] : [])
    }
    return Timelines(series: periods)
  }
}
