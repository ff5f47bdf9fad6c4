// The verb that makes months of days, or days of hours: one row a firm and longer period.

import FactorLang
import FactorRuntime

/// What rows are made for.
enum LongerPeriod: String, ChoiceWord {
  case monthly, daily
  var sentence: String {
    switch self {
    case .monthly: "a row a firm and calendar month"
    case .daily: "a row a firm and calendar day, of panels with hours"
    }
  }

  func period(_ period: Period) -> Period {
    switch self {
    case .monthly: period.calendarMonth
    case .daily: Period(period.firstDay)
    }
  }
}

let resamplePrimitive = Primitive(
  "resample", topic: .panels,
  "Makes one row a firm and month of the rows of its days, each column by a statistic.",
  Parameter<PanelValue>.flow("panel", "a panel of days or shorter periods"),
  Parameter<Definitions>.definitions(
    "statistics",
    "`name = statistic` pairs, such as ret = compound(ret), vol = std(ret), close = last(close); every column by "
      + "its nature if left out: returns are compounded, volumes added, the open is the first, high and low the extremes, "
      + "anything else the last"
  ).named { $0.isRequired = false },
  Parameter<LongerPeriod>.choice("to", default: .monthly, "how long the new periods are").labelled,
  Parameter<Int>.value(
    "min_rows", default: 1, in: 1...100_000, "rows that a firm must have in the longer period"
  ).labelled,
  returns:
    "a panel of the longer periods; what is known with its day is known at their end",
  effect: .resamples,
  examples: [
    "days = panel(firm: \"A\", date: 2020-01-01..2020-03-31, ret: 1%, volume: 5)\ndays | resample ret = compound(ret), n = count(), traded = sum(volume)",
    "days = panel(firm: \"A\", date: 2020-01-01..2020-03-31, ret: 1%, volume: 5)\ndays | resample",
  ]
) { context, value, statistics, to, least in
  try Resampling(value.panel, to: to, least: least).made(value, statistics, context)
}.costing(.perRow(60))

/// The rows of a panel by firm and longer period.
private struct Resampling {
  private let panel: Panel
  private let to: LongerPeriod
  private let least: Int
  private let rows: GroupedRows
  private let periods: [Period]
  private let assets: [Int32]
  private let fewer: Int

  init(_ panel: Panel, to: LongerPeriod, least: Int) throws {
    guard panel.index.months.first.map({ to.period($0) != $0 }) ?? true else {
      throw Fault(
        .wrongInflow,
        "the panel is \(panel.index.clock.description) already, so nothing can be \(to)",
        helps: ["read it by its days:  load …, freq: daily"])
    }
    (self.panel, self.to, self.least) = (panel, to, least)
    let rowPeriods = panel.index.rowMonths.map(to.period)
    let lives = Timelines(panel.index)
    var (order, groups): ([Int], [Range<Int>]) = ([], [])
    var (periods, assets): ([Period], [Int32]) = ([], [])
    var fewer = 0
    for firm in 0..<panel.assetCount {
      for stretch in lives.rows(of: firm).split(by: { rowPeriods[$0] != rowPeriods[$1] }) {
        guard let first = stretch.first else { continue }
        guard stretch.count >= least else {
          fewer += stretch.count
          continue
        }
        groups.append(order.count..<(order.count + stretch.count))
        order += stretch
        periods.append(rowPeriods[first])
        assets.append(Int32(firm))
      }
    }
    (self.periods, self.assets, self.fewer) = (periods, assets, fewer)
    rows = GroupedRows(panel, order: order, groups: groups)
  }

  func made(
    _ value: PanelValue, _ statistics: Definitions, _ context: Context
  ) throws -> PanelValue {
    guard !periods.isEmpty else {
      throw Fault(.allMissing, "no firm has \(least) rows in a period", parameter: "min_rows")
    }
    let columns = try statistics.pairs.isEmpty ? byNature() : defined(statistics)
    let (index, order) = try PanelIndex.sorting(
      months: periods, assets: assets, names: panel.index.assetNames)
    let items = columns.map { name, column, _ in
      (name: name, column: order.map { column.gathered($0) } ?? column)
    }
    context.ledger(
      LedgerLine(
        stage: "resample", rowsIn: panel.count, rowsOut: index.count,
        reasons: [
          .init("rows in periods with fewer than \(least)", fewer),
          .init("rows put together", panel.count - fewer - index.count),
        ]), detail: "\(panel.index.clock.description) → \(to)  " + Self.said(columns))
    var result = value.with(
      try Panel(
        index: index, columns: items, assetKey: panel.assetKey, dateKey: panel.dateKey))
    result.sets = []
    result.selection = Self.known(value.selection)
    return result
  }

  // A value of the days to come is one of the months to come; what is known before its day is known with its month.
  private static func known(_ offset: Int) -> Int {
    if offset == Availability.always || Availability.isWholeSample(offset) { return offset }
    return offset > 0 ? (offset + 20) / 21 : 0
  }

  private typealias Made = (name: String, column: Column, how: String)

  private func defined(_ statistics: Definitions) throws -> [Made] {
    try statistics.pairs.map { name, expression in
      guard var column = try expression.grouped(rows) else {
        throw Fault(
          .wrongType, "`\(expression.text)` has no single value a firm and period",
          helps: ["take a statistic of it:  \(name) = last(\(expression.text))"],
          parameter: "statistics")
      }
      column.known = Self.known(max(0, expression.latest(in: panel)))
      return (name, column, expression.text)
    }
  }

  private func byNature() throws -> [Made] {
    panel.named.map { name, column in
      let nature = Nature(name, column)
      var made = nature.statistic(of: column.gathered(rows.rows), rows.groups)
      made.known = Self.known(column.known)
      return (name, made, nature.rawValue)
    }
  }

  private static func said(_ columns: [Made]) -> String {
    let shown = columns.prefix(6).map { "\($0.name) = \($0.how)" }.joined(separator: " · ")
    return columns.count > 6 ? shown + " · \(columns.count - 6) more" : shown
  }
}

/// By which statistic a column becomes one of a longer period, told from its name and unit.
private enum Nature: String {
  case compound, sum, first, max, min, last

  init(_ name: String, _ column: Column) {
    guard column.numbers != nil else {
      self = .last
      return
    }
    let name = name.lowercased()
    let roles: [(ColumnRole, Nature)] = [
      (.open, .first), (.high, .max), (.low, .min), (.volume, .sum),
    ]
    if let known = roles.first(where: { $0.0.names.contains(name) }) {
      self = known.1
    } else if name == "turnover" {
      self = .sum
    } else {
      self = column.unit == .ratio || ReturnAliases.isReturn(name) ? .compound : .last
    }
  }

  func statistic(of column: Column, _ groups: [Range<Int>]) -> Column {
    guard let numbers = column.numbers, self != .last, self != .first else {
      let chosen = groups.map { group in
        (self == .first
          ? group.first { !column.isMissing(at: $0) }
          : group.last { !column.isMissing(at: $0) }) ?? -1
      }
      return column.gathered(chosen)
    }
    let values = groups.map { group -> Double in
      let present = numbers[group].filter { !$0.isNaN }
      guard !present.isEmpty else { return .nan }
      switch self {
      case .compound: return ColumnStatistics.compound(present)
      case .sum: return Summation.compensated(present)
      case .max: return present.max() ?? .nan
      default: return present.min() ?? .nan
      }
    }
    return Column(numbers: values, unit: column.unit)
  }
}

extension ArraySlice where Element == Int {
  /// Stretches of neighbours, divided where a test of two neighbours says so.
  fileprivate func split(by divides: (Int, Int) -> Bool) -> [ArraySlice<Int>] {
    var (result, start): ([ArraySlice<Int>], Int) = ([], startIndex)
    for place in indices.dropFirst() where divides(self[place - 1], self[place]) {
      result.append(self[start..<place])
      start = place
    }
    if start < endIndex { result.append(self[start...]) }
    return result
  }
}
