// From forecasts to portfolios: deciles, the long-short portfolio, costs.

import FactorLang
import FactorRuntime

extension Legs {
  fileprivate var sentence: String {
    switch self {
    case .longShort: "top bucket long, bottom bucket short"
    case .longOnly: "top bucket only"
    }
  }
}

extension SmallMonths: ChoiceWord {
  public var sentence: String {
    switch self {
    case .refuse: "stop and name the months"
    case .skip: "leave the months out and say so"
    }
  }
}

let portfolioPrimitives: [Primitive] = [
  Primitive(
    "deciles", topic: .portfolios, "Sorts each month's firms into ten groups by a column.",
    Parameter<PanelValue>.flow("panel", "the panel"),
    Parameter<ColumnExpression>.expression("signal", "what to sort by, known before the month")
      .timed(.presentOnly).named { $0.type = .oneOf([.number, .bool]) },
    Parameter<SmallMonths>.choice(
      "small", default: .refuse, "what to do with months of fewer than ten firms"
    ).labelled,
    returns: "the panel with the column decile, 1 the lowest",
    effect: .addsNamed([
      ColumnInfo("decile", .integer), ColumnInfo("signal", .number),
    ]),
    examples: ["toy | deciles size | describe"]
  ) { context, value, signal, small in
    let panel = value.panel
    let column = try signal.evaluate(on: panel)
    try Timing.checkPresent(
      column.known, of: signal.text, "this ranking is made", parameter: "signal")
    guard let numbers = column.numbers else {
      throw Fault(.wrongType, "deciles sort numbers, not \(column.kind)", parameter: "signal")
    }
    let sort = try sorted(panel, numbers, small)
    let sizes = (1...10).map { bucket in sort.buckets.count { $0 == Int32(bucket) } }
    context.ledger(
      LedgerLine(stage: "deciles", rowsIn: panel.count, rowsOut: panel.count),
      detail: "by \(signal.text), \(Counted.text(sort.sortedMonths.count, "month")), "
        + "\(sizes.min() ?? 0) to \(sizes.max() ?? 0) rows a decile; ties by firm")
    for month in sort.skipped.prefix(3) {
      context.note("\(month) has fewer than ten firms: no deciles")
    }
    let deciles = sort.buckets.map { $0 == 0 ? Double.nan : Double($0) }
    let added = try panel.with(
      "decile", Column(numbers: deciles, unit: .count, known: column.known))
    return value.with(try added.with("signal", Column(numbers: numbers, known: column.known)))
  },
  Primitive(
    "portfolio", topic: .portfolios,
    "Holds the top decile against the bottom one, equally weighted.",
    Parameter<PanelValue>.flow("panel", "a panel with deciles"),
    Parameter<String>.word(
      "legs",
      among: [
        Choice("long_short", Legs.longShort.sentence), Choice("long_only", Legs.longOnly.sentence),
      ], default: "long_short", "which legs are held"
    ).labelled,
    Parameter<ColumnNames>.columns(
      "returns", required: false, "the return earned in the month; realised if left out"
    ).labelled.timed(.earned(by: "signal")).numeric,
    returns: "the backtest, gross and net of 30 bps",
    examples: ["toy | deciles size | portfolio returns: ret"]
  ) { context, value, legs, returns in
    let panel = value.panel
    guard panel.hasColumn("decile"), panel.hasColumn("signal") else {
      throw Fault(
        .unknownColumn, "`portfolio` needs deciles", helps: ["sort first:  | deciles predicted"])
    }
    let name = returns.names.first ?? "realised"
    guard panel.hasColumn(name) else {
      throw Fault(
        .unknownColumn, "this panel has no column `\(name)`",
        helps: ["say which return is earned:  portfolio returns: ret"], parameter: "returns")
    }
    try Timing.checkSignal(
      try panel.column("signal").known, before: try panel.column(name), named: name)
    var options = BacktestOptions()
    options.legs = legs == "long_only" ? .longOnly : .longShort
    options.small = .skip
    let backtest = try BacktestValue(
      title: value.origin, forecast: try panel.numbers("signal"), returns: try panel.numbers(name),
      index: panel.index, options: options)
    let result = backtest.backtest
    context.ledger(
      LedgerLine(stage: "portfolio", rowsIn: panel.count, rowsOut: panel.count),
      detail: "\(Counted.text(result.months.count, "month")), equal weights, gross exposure "
        + (options.legs == .longShort ? "2" : "1"))
    return backtest
  },
  Primitive(
    "costs", topic: .portfolios, "Charges a cost on every unit bought or sold.",
    Parameter<BacktestValue>.flow("backtest", "the backtest"),
    Parameter<Double>.value(
      "rate", default: 0.003, in: 0...1, shown: "30bps",
      "cost of a unit traded, both sides, both legs"
    ).share,
    returns: "the backtest at these costs",
    examples: ["toy | deciles size | portfolio returns: ret | costs 10bps"]
  ) { context, backtest, rate in
    var costs = Costs()
    costs.rate = rate
    let charged = try backtest.charging(costs)
    let months = charged.backtest.months.count
    context.ledger(
      LedgerLine(stage: "costs", rowsIn: months, rowsOut: months),
      detail: "\(NumberFormat.basisPoints(rate)) × turnover "
        + "\(NumberFormat.percent(charged.backtest.meanTurnover, decimals: 0)) a month")
    return charged
  },
]

// The months that cannot be sorted are named with their sizes.
private func sorted(
  _ panel: Panel, _ numbers: [Double], _ small: SmallMonths
) throws -> PortfolioSort {
  do {
    return try PortfolioSort(numbers, index: panel.index, buckets: 10, small: small)
  } catch {
    guard let fact = error as PanelError?, case .tooFewAssets(_, let months, let smallest) = fact
    else { throw error }
    throw tooFew(panel, months, smallest)
  }
}

private func tooFew(_ panel: Panel, _ months: [Month], _ smallest: Int) -> Fault {
  var fault = Fault(
    .groupsCannotForm,
    "ten groups cannot be formed in \(months.count) of \(Counted.text(panel.monthCount, "month"))",
    helps: ["drop these months:  small: skip"], parameter: "signal")
  fault.data = months.prefix(5).map { month in
    "\(month)  " + Counted.text(panel.index.range(of: month)?.count ?? 0, "firm")
  }
  fault.notes = ["the smallest has \(Counted.text(smallest, "firm")) with a signal"]
  return fault
}
