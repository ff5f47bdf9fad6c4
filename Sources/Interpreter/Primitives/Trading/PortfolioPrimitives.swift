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

extension SortTies: ChoiceWord {
  public var sentence: String {
    switch self {
    case .firm: "the order of the firms decides; groups differ by at most one firm"
    case .together: "equal values share a group; groups may differ"
    case .random: "a draw decides, from the seed"
    case .apart: "equal values at a break point stop the sort"
    }
  }
}

/// What the rate of a cost is charged on.
enum CostUnit: String, ChoiceWord {
  case side, round_trip
  var sentence: String {
    switch self {
    case .side: "each unit bought and each unit sold"
    case .round_trip: "a unit bought and sold again"
    }
  }
}

/// Which trades are counted.
enum TradeBase: String, ChoiceWord {
  case traded, undrifted
  var sentence: String {
    switch self {
    case .traded: "trades against the weights that returns have moved"
    case .undrifted: "trades against last month's weights as they were set"
    }
  }
}

let portfolioPrimitives: [Primitive] = [
  Primitive(
    "deciles", topic: .portfolios, "Sorts each month's firms into ten groups by a column.",
    Parameter<PanelValue>.flow("panel", "the panel"),
    Parameter<ColumnExpression>.expression("signal", "what to sort by, known before the month")
      .timed(.presentOnly).named { $0.type = .oneOf([.number, .bool]) },
    Parameter<String>.word(
      "within", among: [Choice("month", "the firms of one month")], default: "month",
      "among which rows"
    ).labelled,
    Parameter<Breakpoints?>.conventional("breakpoints", "whose values set the break points")
      .labelled,
    Parameter<SortTies>.choice("ties", default: .firm, "how equal values are treated").labelled,
    Parameter<SmallMonths>.choice(
      "small", default: .refuse, "what to do with months that cannot be sorted"
    ).labelled,
    returns: "the panel with the column decile, 1 the lowest",
    effect: .addsNamed([
      ColumnInfo("decile", .integer), ColumnInfo("signal", .number),
    ]),
    examples: ["toy | deciles size, ties: together | describe"]
  ) { context, value, signal, _, chosen, ties, small in
    let breakpoints = chosen ?? context.conventions.breakpoints
    let panel = value.panel
    let column = try signal.evaluate(on: panel)
    try Timing.checkPresent(
      column.known, of: signal.text, "this ranking is made", on: panel.index.clock,
      parameter: "signal")
    guard let numbers = column.numbers else {
      throw Fault(.wrongType, "deciles sort numbers, not \(column.kind)", parameter: "signal")
    }
    var known = column.known
    for name in breakpoints.columns(of: panel) {
      let own = try panel.column(name).known
      try Timing.checkPresent(
        own, of: name, "break points are set", on: panel.index.clock, parameter: "breakpoints")
      known = max(known, own)
    }
    let sort = try DecileSort(panel, numbers, signal.text, breakpoints, ties).sort(
      small, seed: context.seed)
    let sizes = (1...10).map { bucket in sort.buckets.count { $0 == Int32(bucket) } }
    let without = numbers.count(where: \.isNaN)
    context.ledger(
      LedgerLine(stage: "deciles", rowsIn: panel.count, rowsOut: panel.count),
      detail:
        "by \(signal.text), \(Counted.text(sort.sortedMonths.count, panel.index.clock.noun)), "
        + "\(sizes.min() ?? 0) to \(sizes.max() ?? 0) rows a decile; "
        + (without > 0 ? "\(Counted.text(without, "row")) without it in none; " : "")
        + "\(breakpoints == .all ? "" : breakpoints.words + ", ")ties \(ties.words(breakpoints))")
    DecileSort.note(sort.parted, signal.text, panel.index.clock.noun, context)
    for month in sort.skipped.prefix(3) { context.note("\(month) cannot be sorted: no deciles") }
    let deciles = sort.buckets.map { $0 == 0 ? Double.nan : Double($0) }
    let added = try panel.with("decile", Column(numbers: deciles, unit: .count, known: known))
    var result = value.with(
      try added.with(
        "signal",
        Column(
          numbers: numbers, unit: column.unit == .ratio ? .ratio : .plain, known: column.known)))
    result.sorting = ties.sorting(breakpoints)
    return result
  }.costing(.perRow(120)),
  Primitive(
    "portfolio", topic: .portfolios,
    "Holds one decile against another, equally weighted or by a column.",
    Parameter<PanelValue>.flow("panel", "a panel with deciles"),
    Parameter<String>.word(
      "legs",
      among: [
        Choice("long_short", Legs.longShort.sentence), Choice("long_only", Legs.longOnly.sentence),
      ], default: "long_short", "which legs are held"
    ).labelled,
    Parameter<Int>.value("long", default: 10, in: 1...10, "the decile that is bought").labelled,
    Parameter<Int>.value("short", default: 1, in: 1...10, "the decile that is sold").labelled,
    Parameter<ColumnNames>.columns(
      "weight", required: false, "the column that weights each leg; equal weights if left out"
    ).labelled.timed(.presentOnly).numeric,
    Parameter<Periods?>.optional(
      "rebalance", "how often weights are set; every period if left out"
    ).labelled,
    Parameter<ColumnNames>.columns(
      "returns", required: false, "the return earned in the month"
    ).labelled.timed(.earned(by: "signal")).numeric.named { $0.defaultText = "realised" },
    returns: "the backtest, gross and net of 30 bps", needsColumns: ["decile", "signal"],
    examples: ["toy | deciles size | portfolio long: 10, short: 1, returns: ret"]
  ) { context, value, legs, long, short, weight, rebalance, returns in
    let clock = value.panel.index.clock
    guard try rebalance?.count(on: clock, parameter: "rebalance") ?? 1 == 1 else {
      throw Fault(
        .outOfRange, "weights are set every \(clock.noun); leave `rebalance` out",
        parameter: "rebalance")
    }
    var options = BacktestOptions()
    options.legs = legs == "long_only" ? .longOnly : .longShort
    (options.long, options.short) = (long, short)
    guard long != short || options.legs == .longOnly else {
      throw Fault(.outOfRange, "decile \(long) cannot be bought and sold", parameter: "short")
    }
    return try Trading.backtest(value, weight.names.first, returns.names.first, options, context)
  }.costing(.perRow(60)),
  Primitive(
    "costs", topic: .portfolios, "Charges a cost on what is bought and sold.",
    Parameter<BacktestValue>.flow("backtest", "the backtest"),
    Parameter<Double>.value(
      "rate", default: 0.003, in: 0...1, shown: "30bps", "cost of a unit traded, both legs"
    ).share,
    Parameter<CostUnit>.choice("per", default: .side, "what a unit is").labelled,
    Parameter<TradeBase>.choice("on", default: .traded, "which trades are counted").labelled,
    returns: "the backtest at these costs",
    examples: ["toy | deciles size | portfolio returns: ret | costs 10bps, per: side"]
  ) { context, backtest, rate, unit, base in
    var costs = Costs()
    costs.rate = unit == .round_trip ? rate / 2 : rate
    costs.base = base == .undrifted ? .noDrift : .twoSided
    if costs.rate > unusualCost {
      context.note(
        "\(NumberFormat.percent(costs.rate, decimals: 0)) of all that is traded is very much; \(NumberFormat.basisPoints(0.003)) "
          + "are written `30bps` or `0.3%`")
    }
    let charged = try backtest.charging(costs)
    let months = charged.backtest.months.count
    context.ledger(
      LedgerLine(stage: "costs", rowsIn: months, rowsOut: months),
      detail: "\(NumberFormat.basisPoints(costs.rate)) × turnover "
        + "\(NumberFormat.percent(charged.backtest.meanTurnover, decimals: 0)) \(charged.backtest.clock.each)"
    )
    return charged
  },
  tearsheetPrimitive,
]

/// Beyond this a cost is asked about: percent where basis points were meant are a hundredfold.
private let unusualCost = 0.05
