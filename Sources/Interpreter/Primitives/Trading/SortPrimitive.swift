// Univariate and double sorts as one table: means, t-statistics and spreads of every portfolio.

import FactorLang
import FactorRuntime

/// How the break points of the second signal are made.
enum SortOrder: String, ChoiceWord {
  case independent, dependent
  var sentence: String {
    switch self {
    case .independent: "break points of both signals from all firms"
    case .dependent: "break points of the second within each group of the first"
    }
  }
}

let sortPrimitive = Primitive(
  "sorts", topic: .portfolios,
  "Sorts each period's firms into portfolios by one column or two, and tests the spreads.",
  Parameter<PanelValue>.flow("panel", "the panel"),
  Parameter<ColumnNames>.columns("signals", "one column or two, known before the return")
    .timed(.beforeTarget).numeric,
  Parameter<ColumnExpression>.expression("returns", "the return that is earned").labelled
    .timed(.target),
  Parameter<Value>.value(
    "groups", default: .missing, shown: "as in `conventions`",
    "how many groups, or shares such as [30%, 70%]; for two signals a list of two"
  ).labelled,
  Parameter<SortOrder>.choice("order", default: .independent, "how two signals go together")
    .labelled,
  Parameter<ColumnNames>.columns(
    "weight", required: false, "the column that weights firms; market equity if left out"
  ).labelled.timed(.beforeTarget).numeric,
  Parameter<SortWeights?>.conventional("weighting", "how firms of a portfolio are weighted")
    .labelled,
  Parameter<Breakpoints?>.conventional("breakpoints", "whose values set the break points").labelled,
  Parameter<Int?>.optional(
    "least", "firms a portfolio must have, or its period is na; as in `conventions` if left out"
  ).labelled.within(1...1000),
  Parameter<Int?>.optional(
    "lags", "lags of the Newey-West t; 4 (T / 100)^(2/9), rounded down, if left out"
  ).labelled,
  returns:
    "a table with a row a portfolio and a spread: groups, mean, t, periods, firms; `.returns` has them "
    + "by period, for `alphas`",
  effect: .gives(
    Schema(
      [ColumnInfo("mean", .ratio), ColumnInfo("t", .number), ColumnInfo("firms", .number)],
      isComplete: false)),
  examples: [
    "toy | sorts size, returns: ret, groups: 3",
    "d = toy | sorts size, mom, returns: ret, groups: [2, [30%, 70%]], order: dependent\nd | table mean, rows: size, cols: mom",
  ]
) {
  context, value, signals, returns, groups, order, weight, weighting, breakpoints, least, lags in
  let rules = context.conventions
  let word = weighting ?? (weight.names.isEmpty ? rules.weights : .value)
  let weights = try SortWeighting(
    value.panel, weight.names.first, word, isChosen: weighting != nil)
  let task = try SortTask(
    value, signals.names, returns, weights, breakpoints ?? rules.breakpoints,
    least: least ?? rules.least)
  var wanted = groups
  if case .missing = groups { wanted = .integer(rules.groups) }
  return try task.table(
    try SortTask.cuts(wanted, signals: signals.names.count), order, lags: lags ?? rules.lags,
    context)
}.costing(.perRow(150))

/// What a sort reads of a panel.
private struct SortTask {
  private let panel: Panel
  private let names: [String]
  private let target: String
  private let weight: String?
  private let weighting: SortWeighting
  private let least: Int
  private let breakpoints: Breakpoints
  private let known: Int
  private let data: PortfolioGrid.Panel

  init(
    _ value: PanelValue, _ names: [String], _ target: ColumnExpression, _ weighting: SortWeighting,
    _ breakpoints: Breakpoints, least: Int
  ) throws {
    let weight = weighting.column
    (self.weighting, self.least) = (weighting, least)
    guard (1...2).contains(names.count) else {
      throw Fault(
        .outOfRange, "firms are sorted by one column or two, not \(names.count)",
        parameter: "signals")
    }
    let panel = value.panel
    let column = try target.evaluate(on: panel)
    guard let returns = column.numbers, column.unit != .boolean else {
      throw Fault(.wrongType, "returns are numbers, not \(column.kind)", parameter: "returns")
    }
    try Timing.checkFeatures(
      panel, target, known: column.known,
      names + weighting.columns + breakpoints.columns(of: panel))
    try Timing.checkSelection(value, before: column.known, of: target)
    (self.panel, self.names, self.target) = (panel, names, target.text)
    (self.weight, self.breakpoints, known) = (weight, breakpoints, column.known)
    data = PortfolioGrid.Panel(
      signals: try names.map { try panel.numbers($0) }, returns: returns,
      weights: weighting.numbers,
      reference: try breakpoints.reference(of: panel),
      rows: panel.index.months.indices.map { panel.index.rows(ofMonthAt: $0) })
  }

  /// Groups as they are written: 5, [5, 3], [30%, 70%] or [2, [30%, 70%]].
  static func cuts(_ groups: Value, signals: Int) throws -> [GroupCuts] {
    func one(_ value: Value) throws -> GroupCuts {
      if let count = Int(value) {
        guard (2...100).contains(count) else {
          throw Fault(.outOfRange, "there are 2 to 100 groups, not \(count)", parameter: "groups")
        }
        return GroupCuts(groups: count)
      }
      let shares = [Double](value) ?? []
      let isAscending = zip(shares, shares.dropFirst()).allSatisfy { $0 < $1 }
      guard !shares.isEmpty, isAscending, shares.allSatisfy({ $0 > 0 && $0 < 1 }) else {
        throw Fault(
          .badValue, "groups are a number, or shares that rise between 0 and 1",
          helps: ["groups: 5", "groups: [30%, 70%]", "groups: [2, [30%, 70%]]"],
          parameter: "groups")
      }
      return GroupCuts(at: shares)
    }
    if case .list(let items) = groups, items.count == signals, signals == 2 {
      let isList = items.contains { if case .list = $0 { true } else { false } }
      if isList || items.allSatisfy({ Int($0) != nil }) { return try items.map(one) }
    }
    return try [GroupCuts](repeating: one(groups), count: signals)
  }

  func table(
    _ cuts: [GroupCuts], _ order: SortOrder, lags: Int?, _ context: Context
  ) throws -> Table {
    let grid = PortfolioGrid(data, cuts, isDependent: order == .dependent, least: least)
    let series = grid.series
    let noun = panel.index.clock.noun
    report(grid, order, context)
    guard grid.used > 0 else {
      throw Fault(.groupsCannotForm, "no \(noun) can be sorted", parameter: "signals")
    }
    let sorted = panel.monthCount - grid.skipped.count
    let used = lags ?? min(Regression.usualLags(sorted), max(0, sorted - 1))
    guard (0..<max(1, sorted)).contains(used) else {
      throw Fault(
        .outOfRange, "`lags` is \(used); of \(sorted) \(noun)s at most \(sorted - 1) can be used",
        parameter: "lags")
    }
    let tests = series.map { NeweyWest($0.returns, lags: used) }
    func column(_ numbers: [Double], _ unit: ColumnUnit = .plain) -> Column {
      Column(numbers: numbers, unit: unit, known: Availability.wholeSample)
    }
    var table = Table(
      title: "\(target) by \(names.joined(separator: " and "))",
      columns: names.enumerated().map { k, name in
        (name, Column(text: series.map { Self.word($0.parts[k], grid.groups[k]) }))
      } + [
        ("mean", column(tests.map(\.mean), .ratio)), ("t", column(tests.map(\.tStatistic))),
        ("periods", column(tests.map { Double($0.count) }, .count)),
        ("firms", column(series.map(Self.firms))),
      ])
    table.notes = [
      "  mean \(noun)ly return, \(weighting.words) · "
        + "\(breakpoints.words), ties share a group"
        + (least > 1 ? ", \(least) firms or more" : "")
        + (names.count == 2 ? ", \(order.rawValue)" : ""),
      "  t: Newey-West, \(Counted.text(used, "lag")) · firms: mean number a \(noun)",
    ]
    table.parts = [.init(name: "returns", table: returnsTable(series))]
    table.statistics = ["mean": .bucketMean, "t": .neweyWest]
    return table
  }

  private static func word(_ part: PortfolioGrid.Series.Part, _ groups: Int) -> String {
    switch part {
    case .group(let number): String(number + 1)
    case .spread: "\(groups)-1"
    case .mean: "mean"
    }
  }

  private static func firms(_ series: PortfolioGrid.Series) -> Double {
    guard let counts = series.counts else { return .nan }
    let seen = counts.filter { $0 > 0 }
    return seen.isEmpty ? 0 : Double(seen.reduce(0, +)) / Double(seen.count)
  }

  // Names such as size_1_bm_5 and size_spread_bm_2, which are names of columns.
  private func returnsTable(_ series: [PortfolioGrid.Series]) -> Table {
    Table(
      title: "returns by \(names.joined(separator: " and "))",
      columns: [Column.time(panel.index.months)]
        + series.map { one in
          let words = names.enumerated().map { k, name in
            switch one.parts[k] {
            case .group(let number): "\(name)_\(number + 1)"
            case .spread: "\(name)_spread"
            case .mean: "\(name)_mean"
            }
          }
          return (
            words.joined(separator: "_"),
            Column(numbers: one.returns, unit: .ratio, known: max(0, known))
          )
        })
  }

  private func report(_ grid: PortfolioGrid, _ order: SortOrder, _ context: Context) {
    let noun = panel.index.clock.noun
    context.ledger(
      LedgerLine(
        stage: "sorts", rowsIn: panel.count, rowsOut: grid.used,
        reasons: [
          .init(
            "rows without \((names + [weight].compactMap { $0 }).joined(separator: ", ")) or \(target)",
            panel.count - grid.used)
        ]),
      detail: "\(grid.groups.map(String.init).joined(separator: " × ")) portfolios")
    let empty =
      grid.counts.reduce(0) { $0 + $1.count { $0 == 0 } }
      - grid.skipped.count * grid.counts.count
    if empty > 0 {
      context.note("\(NumberFormat.count(empty)) of the portfolios and \(noun)s hold no firm")
    }
    for place in grid.skipped.prefix(3) {
      context.note("\(panel.index.months[place]) is left out: no firm sets its break points")
    }
  }
}
