// The family `ts.`: statistics along each firm's own months, always with a window.

import FactorLang
import FactorRuntime

/// Months a window must at least have a value in; the whole window unless said otherwise.
private func minimum(_ given: Int?, _ window: Int) throws -> Int {
  guard let given else { return window }
  guard (1...window).contains(given) else {
    throw Fault(
      .outOfRange, "`min` must lie in 1..\(window), the window, not \(given)", parameter: "min")
  }
  return given
}

extension Parameter where Input == Months {
  /// Takes the length of a window.
  fileprivate var window: Parameter {
    named { ($0.minimum, $0.maximum, $0.rangeText) = (1, 1200, "1m..1200m") }
  }
}

private func checked(_ window: Months) throws -> Int {
  guard (1...1200).contains(window.count) else {
    throw Fault(
      .outOfRange, "a window is 1m to 1200m long, not \(window.count)m", parameter: "window")
  }
  return window.count
}

private func windowed(
  _ name: String, _ summary: String, formula: String, unit: ColumnUnit? = nil,
  _ statistic: @escaping @Sendable (WindowStatistics.Window) -> Double
) -> Primitive {
  Primitive(
    name, topic: .columns, summary,
    Parameter<ColumnValue>.required("x", "the column"),
    Parameter<Months>.required("window", "calendar months, the row's own among them").window,
    Parameter<Int?>.optional("min", "values needed; the whole window if left out").labelled,
    returns: "\(formula); na where the window has too few values", isColumnFunction: true,
    needsPanel: true, examples: ["toy | derive other = \(name)(ret, 6m, min: 3)"]
  ) { context, x, window, least in
    let months = try checked(window)
    let needed = try minimum(least, months)
    let lives = try context.requireTimelines(name)
    let numbers = lives.rolling(
      try x.requireNumbers(name), window: months, minimum: needed, statistic)
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
    Parameter<Months>.required("window", "calendar months, the row's own among them").window,
    Parameter<Int?>.optional(
      "min", "months with both values needed; the whole window if left out"
    ).labelled,
    returns: "\(formula); na where the window has too few pairs", isColumnFunction: true,
    needsPanel: true, examples: ["toy | derive other = \(name)(ret, mom, 6m, min: 4)"]
  ) { context, x, y, window, least in
    let months = try checked(window)
    let needed = try minimum(least, months)
    let lives = try context.requireTimelines(name)
    let numbers = lives.rolling(
      try x.requireNumbers(name), try y.requireNumbers(name), window: months, minimum: needed,
      statistic)
    let known = max(x.column.known, y.column.known)
    return ColumnValue(name: x.name, column: Column(numbers: numbers, known: known))
  }
}

let timeSeriesPrimitives: [Primitive] = [
  windowed(
    "ts.mean", "Averages a firm's values over a window of months.", formula: "Σ x / n",
    WindowStatistics.mean),
  windowed(
    "ts.sum", "Adds a firm's values over a window of months.", formula: "Σ x",
    WindowStatistics.sum),
  windowed(
    "ts.product", "Multiplies a firm's values over a window of months.", formula: "Π x",
    unit: .plain, WindowStatistics.product),
  windowed(
    "ts.std", "Gives the standard deviation of a firm's values over a window of months.",
    formula: "√(Σ (x - x̄)² / (n - 1))", WindowStatistics.standardDeviation),
  windowed(
    "ts.skew", "Gives the skewness of a firm's values over a window of months.",
    formula: "m₃ / m₂^1.5", unit: .plain, WindowStatistics.skewness),
  windowed(
    "ts.min", "Gives a firm's smallest value over a window of months.", formula: "min x",
    WindowStatistics.minimum),
  windowed(
    "ts.max", "Gives a firm's largest value over a window of months.", formula: "max x",
    WindowStatistics.maximum),
  windowed(
    "ts.median", "Gives a firm's median over a window of months.", formula: "median x",
    WindowStatistics.median),
  windowed(
    "ts.argmin", "Counts the months since a firm's smallest value in a window.",
    formula: "months since the latest minimum", unit: .plain, WindowStatistics.monthsSinceMinimum),
  windowed(
    "ts.argmax", "Counts the months since a firm's largest value in a window.",
    formula: "months since the latest maximum", unit: .plain, WindowStatistics.monthsSinceMaximum),
  windowed(
    "ts.rank", "Ranks a firm's value among its own of a window, from 0 to 1, ties averaged.",
    formula: "(below + ties / 2) / (n - 1)", unit: .plain, WindowStatistics.rank),
  windowed(
    "ts.zscore", "Standardises a firm's value by its own window.", formula: "(x - x̄) / s",
    unit: .plain, WindowStatistics.zScore),
  windowed(
    "ts.compound", "Compounds a firm's returns over a window of months.",
    formula: "Π (1 + x) - 1", unit: .ratio, WindowStatistics.compound),
  windowed(
    "ts.decay", "Averages a firm's values with weights that rise linearly to the row's own month.",
    formula: "Σ k xₖ / Σ k, k = 1 for the oldest month", WindowStatistics.linearDecay),
  paired(
    "ts.corr", "Correlates two columns over a window of a firm's months.",
    formula: "sₓᵧ / (sₓ sᵧ)", WindowStatistics.correlation),
  paired(
    "ts.cov", "Gives the covariance of two columns over a window of a firm's months.",
    formula: "Σ (x - x̄)(y - ȳ) / (n - 1)", WindowStatistics.covariance),
  paired(
    "ts.beta", "Gives the slope of one column on another over a window of a firm's months.",
    formula: "sₓᵧ / sᵧ²", WindowStatistics.slope),
  Primitive(
    "ts.delta", topic: .columns, "Gives the change of a firm's value over calendar months.",
    Parameter<ColumnValue>.required("x", "the column"),
    Parameter<Months>.required("window", "calendar months back"),
    returns: "x - lag(x, window)", isColumnFunction: true,
    needsPanel: true, examples: ["toy | derive change = ts.delta(size, 3m)"]
  ) { context, x, window in
    let months = try checked(window)
    let panel = try context.requirePanel("ts.delta")
    return ColumnValue(name: x.name, column: try panel.change(x.column, over: months))
  },
]

extension Context {
  /// The life of each firm, or one series for a table with a row a month.
  func requireTimelines(_ function: String) throws -> Timelines {
    if let panel { return Timelines(panel.index) }
    guard let table = rows as? Table, case .months(let months)? = table.column("month")?.values,
      zip(months, months.dropFirst()).allSatisfy({ $0 < $1 })
    else {
      throw Fault(
        .wrongType,
        "`\(function)` goes along months: it needs a panel, or a table with one row a month")
    }
    return Timelines(series: months)
  }
}
