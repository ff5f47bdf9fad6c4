// Verbs on tables of series: what goes with what, and what a few directions hold of many.

import FactorLang
import FactorRuntime

/// A panel or a table with a row a period.
struct SeriesSource: Bridged {
  let value: Value
  static var type: Type {
    .oneOf([.panel(nil), .table(nil), .backtest, .list(of: .record(nil)), .evaluation])
  }
  init?(_ value: Value) {
    switch value {
    case .panel, .table, .backtest: self.value = value
    case .list, .evaluation:
      guard let flow = TableFlow(value) else { return nil }
      self.value = flow.value
    default: return nil
    }
  }

  var isPanel: Bool { if case .panel = value { true } else { false } }
}

let seriesPrimitives: [Primitive] = [
  Primitive(
    "correlate", topic: .evaluation,
    "Correlates series with other series, period by period.",
    Parameter<SeriesSource>.flow(
      "series", "a table with a row a period, such as the states of a model, or a panel"),
    Parameter<SeriesSource>.required(
      "other", "a table with a row a period, or a panel: then one series is that of a firm"),
    Parameter<String>.value(
      "of", default: "",
      "the column of the panels; beside a table that flows in, one column of the other table instead of all"
    ).labelled,
    Parameter<RangeValue?>.optional(
      "leads", "how many periods the others come later, such as -60..60; 0 if left out"
    ).labelled,
    Parameter<Bool>.value(
      "changes", default: false, "compare what changes from a period to the next"
    ).labelled,
    returns:
      "a table with a row a pair: series, with, lead, corr, slope and t (of the standardised "
      + "series on the other), n",
    effect: .gives(
      Schema([
        ColumnInfo("series", .text), ColumnInfo("with", .text), ColumnInfo("lead", .integer),
        ColumnInfo("corr", .number), ColumnInfo("slope", .number), ColumnInfo("t", .number),
        ColumnInfo("n", .integer),
      ])),
    examples: [
      "(toy | summarise average = mean(ret), spread = std(ret), by: month) | correlate toy, of: \"ret\" | top 3, by: corr",
      "toy | correlate toy, of: \"ret\" | where series < with | summarise average = mean(corr), largest = max(corr)",
    ]
  ) { context, series, other, of, leads, changes in
    let wanted = of.isEmpty ? [] : [of]
    let left = try SeriesSet(series.value, series.isPanel ? wanted : [], "series")
    let isForLeft = series.isPanel && !other.isPanel
    let right = try SeriesSet(other.value, isForLeft ? [] : wanted, "other")
    return try CorrelationTable(left, right, changes: changes)
      .table(leads: CorrelationTable.range(leads), context)
  },
  Primitive(
    "performance", topic: .portfolios,
    "Sums columns of returns up: annual return, volatility, Sharpe, Sortino and Calmar ratio, drawdown.",
    Parameter<TableFlow>.flow("returns", "a table with a row a period"),
    Parameter<[String]>.value(
      "of", default: [], shown: "all columns of numbers",
      "the columns, such as [\"gross\", \"net\"]"
    ).labelled,
    returns:
      "a table with a row a column; a year has 12 months, 252 trading days, 365 days of a market without rest",
    effect: .gives(
      Schema(
        [ColumnInfo("series", .text), ColumnInfo("n", .integer)]
          + ["annual", "volatility", "drawdown", "worst"].map { ColumnInfo($0, .ratio) }
          + ["sharpe", "sortino", "calmar"].map { ColumnInfo($0, .number) })),
    examples: [
      "toy | summarise equal = mean(ret), large = mean(ret, weight: exp(size)), by: month | performance"
    ]
  ) { _, flow, wanted in
    PerformanceTable.make(try SeriesSet(flow.table, wanted, "of"), title: flow.table.title)
  },
  Primitive(
    "components", topic: .evaluation,
    "Gives principal components of the columns of a table, standardised.",
    Parameter<TableFlow>.flow("series", "a table with a row a period"),
    Parameter<Int>.value("count", default: 2, in: 1...50, "how many components"),
    returns:
      "a table of the periods and pc1, pc2, …; `.shares` is a table of what share of the variance each holds",
    effect: .gives(
      Schema([ColumnInfo("month", .month), ColumnInfo("date", .any)], isComplete: false)),
    examples: [
      "(toy | summarise a = mean(ret), b = std(ret), c = mean(mom), by: month) | components 2"
    ]
  ) { _, flow, count in
    let set = try SeriesSet(flow.table)
    guard count <= set.names.count else {
      throw Fault(
        .outOfRange, "there are \(set.names.count) series, so no \(count) components",
        parameter: "count")
    }
    let found = try SeriesComponents(set.values, count: count)
    let shares = found.shares.prefix(count).map { NumberFormat.percent($0, decimals: 1) }
    var table = Table(
      title: flow.table.title,
      columns: [Column.time(set.periods)]
        + (0..<count).map { k in
          (
            "pc\(k + 1)",
            Column(numbers: found.scores.map { $0[k] }, known: Availability.wholeSample)
          )
        })
    table.notes = ["  share of the variance: " + shares.joined(separator: " · ")]
    table.parts = [
      .init(name: "shares", table: SeriesShares.table(Array(found.shares.prefix(count))))
    ]
    return table
  },
]

/// What share of the variance each component holds.
private enum SeriesShares {
  static func table(_ shares: [Double]) -> Table {
    let known = Availability.wholeSample
    return Table(
      title: "share of the variance",
      columns: [
        ("component", Column(text: shares.indices.map { "pc\($0 + 1)" }, known: known)),
        ("share", Column(numbers: shares, unit: .ratio, known: known)),
      ])
  }
}

/// Series of returns in the figures that portfolios are compared by.
private enum PerformanceTable {
  static func make(_ set: SeriesSet, title: String?) -> Table {
    let clock = Clock(set.periods)
    let grid = Clock.grid(set.periods)
    let isRegular = grid.step > 1 && 12 % grid.step == 0
    let year = isRegular ? 12 / grid.step : clock.periodsPerYear
    let missing = grid.periods.count - set.periods.count
    let gaps =
      missing > 0
      ? [
        "  note: \(Counted.text(missing, isRegular ? "period" : clock.noun)) between the first and the last "
          + "\(missing == 1 ? "is" : "are") missing: annual figures take each row for one"
      ] : []
    let rhythm = isRegular ? "every \(grid.step) months" : clock.description
    let figures = set.values.map { Performance($0, periodsPerYear: year) }
    let ratios = set.values.map { GrowthRatios($0, periodsPerYear: year) }
    func column(_ numbers: [Double], _ unit: ColumnUnit = .plain) -> Column {
      Column(numbers: numbers, unit: unit, known: Availability.wholeSample)
    }
    let longest = figures.map(\.count).max() ?? 0
    let short =
      longest < year
      ? ["  note: less than a year of \(clock.noun)s: annual figures say what it would come to"]
      : []
    var table = Table(
      title: title,
      columns: [
        ("series", Column(text: set.names)),
        ("n", column(figures.map { Double($0.count) }, .count)),
        ("annual", column(ratios.map(\.annualReturn), .ratio)),
        ("volatility", column(figures.map(\.volatility), .ratio)),
        ("sharpe", column(figures.map(\.sharpeRatio))),
        ("sortino", column(ratios.map(\.sortinoRatio))),
        ("calmar", column(ratios.map(\.calmarRatio))),
        ("drawdown", column(ratios.map(\.maximumDrawdown), .ratio)),
        ("worst", column(figures.map(\.worst), .ratio)),
      ],
      notes: [
        "  \(rhythm), \(year) a year: annual = compounded · volatility ×√\(year) · Sharpe and Sortino "
          + "√\(year) mean / (sd with n - 1, downside deviation) · drawdown of wealth · Calmar = annual / drawdown"
      ] + short + gaps)
    table.statistics = [
      "annual": .annualReturn, "volatility": .volatility, "sharpe": .sharpe, "sortino": .sortino,
      "calmar": .calmar, "drawdown": .drawdown, "worst": .worst,
    ]
    return table
  }
}

/// Series over the same periods, by name.
struct SeriesSet {
  let periods: [Period]
  private(set) var names: [String] = []
  private(set) var values: [[Double]] = []

  /// The columns of numbers of a table with a row a period.
  init(_ table: Table, _ wanted: [String] = [], _ parameter: String = "series") throws {
    guard let all = table.periods, Set(all).count == all.count, !all.isEmpty else {
      throw Fault(
        .wrongType, "a table with a column `month` or `date` is needed, one row each",
        parameter: parameter)
    }
    let order = all.indices.sorted { all[$0] < all[$1] }
    periods = order.map { all[$0] }
    for name in wanted where table.column(name) == nil {
      throw Fault(PanelError.noSuchColumn(name: name, available: table.columns.map(\.name)))
    }
    for (name, column) in table.columns where wanted.isEmpty || wanted.contains(name) {
      guard let numbers = column.numbers else { continue }
      names.append(name)
      values.append(order.map { numbers[$0] })
    }
    guard !names.isEmpty else {
      throw Fault(.wrongType, "the table has no column of numbers", parameter: parameter)
    }
  }

  /// The firms of a panel, or the columns of a table.
  init(_ value: Value, _ wanted: [String], _ parameter: String) throws {
    guard case .panel(let flow) = value else {
      guard let table = TableFlow(value)?.table else { preconditionFailure("no table") }
      try self.init(table, wanted, parameter)
      return
    }
    let panel = flow.panel
    guard wanted.count == 1 else {
      throw Fault(
        .missingArgument, "which column of the panel?", helps: ["say it:  of: \"ret\""],
        parameter: "of"
      )
    }
    let numbers = try panel.numbers(wanted[0])
    var values = panel.index.assetNames.map { _ in
      [Double](repeating: .nan, count: panel.monthCount)
    }
    for t in panel.index.months.indices {
      for row in panel.index.rows(ofMonthAt: t) {
        values[Int(panel.index.assets[row])][t] = numbers[row]
      }
    }
    self.init(periods: panel.index.months, names: panel.index.assetNames, values: values)
  }

  private init(periods: [Period], names: [String], values: [[Double]]) {
    (self.periods, self.names, self.values) = (periods, names, values)
  }

  /// The values at some periods; NaN where there are none.
  func at(_ wanted: [Period]) -> [[Double]] {
    var places: [Period: Int] = [:]
    for (place, period) in periods.enumerated() { places[period] = place }
    return values.map { own in wanted.map { places[$0].map { own[$0] } ?? .nan } }
  }
}

/// The correlations of two sets of series over the periods they share.
struct CorrelationTable {
  private let left: SeriesSet
  private let right: SeriesSet
  private let periods: [Period]
  private let shared: Int
  private let x: [[Double]]
  private let y: [[Double]]

  init(_ left: SeriesSet, _ right: SeriesSet, changes: Bool) throws {
    (self.left, self.right) = (left, right)
    let others = Set(right.periods)
    let both = left.periods.filter(others.contains)
    // A month that neither has lies between all the same: leads and changes go by the calendar.
    (shared, periods) = (both.count, Clock.grid(both).periods)
    guard both.count >= 3 else {
      throw Fault(
        .outsideData,
        "the series share \(Counted.text(both.count, left.periods[0].noun)), too few to compare",
        parameter: "other")
    }
    func moved(_ values: [Double]) -> [Double] {
      changes ? [.nan] + zip(values, values.dropFirst()).map { $1 - $0 } : values
    }
    (x, y) = (left.at(periods).map(moved), right.at(periods).map(moved))
  }

  static func range(_ given: RangeValue?) throws -> ClosedRange<Int> {
    guard let given else { return 0...0 }
    guard let range = given.wholeNumbers, range.lowerBound >= -5000, range.upperBound <= 5000 else {
      throw Fault(
        .outOfRange, "`leads` is a range of whole numbers such as -60..60", parameter: "leads")
    }
    return range
  }

  func table(leads: ClosedRange<Int>, _ context: Context) throws -> Table {
    var rows: [(series: String, with: String, lead: Int, found: SeriesRelation)] = []
    for (i, series) in left.names.enumerated() {
      try context.budget.check()
      for (j, other) in right.names.enumerated() {
        for lead in leads {
          rows.append((series, other, lead, SeriesRelation(x[i], y[j], lead: lead)))
        }
      }
    }
    func numbers(_ part: (SeriesRelation) -> Double, _ unit: ColumnUnit = .plain) -> Column {
      Column(numbers: rows.map { part($0.found) }, unit: unit, known: Availability.wholeSample)
    }
    let noun = periods[0].noun
    return Table(
      title: "\(periods[0])..\(periods[periods.count - 1]) · \(Counted.text(shared, noun))",
      columns: [
        ("series", Column(text: rows.map(\.series))), ("with", Column(text: rows.map(\.with))),
        ("lead", Column(numbers: rows.map { Double($0.lead) }, unit: .count)),
        ("corr", numbers(\.correlation)), ("slope", numbers(\.slope)), ("t", numbers(\.tStatistic)),
        ("n", numbers({ Double($0.count) }, .count)),
      ])
  }
}
