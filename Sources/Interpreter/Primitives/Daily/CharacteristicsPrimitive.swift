// The verb that makes a monthly panel of characteristics from daily prices and volumes.

import FactorLang
import FactorRuntime

let characteristicsPrimitive = Primitive(
  "characteristics", topic: .panels,
  "Makes a monthly panel of returns and price and volume characteristics from daily prices.",
  Parameter<PanelValue>.flow("panel", "a daily panel of prices and volumes"),
  Parameter<[String]>.words(
    "of",
    among: PriceCharacteristic.allCases.map { Choice($0.rawValue, $0.definition) },
    required: false, "which characteristics; all if left out"
  ).labelled.named { $0.type = .oneOf([.text, .list(of: .text)]) },
  .role(.open, "open", otherwise: "na for what needs it"),
  .role(.high, "high", otherwise: "na for what needs it"),
  .role(.low, "low", otherwise: "na for what needs it"), .role(.close, "close"),
  .role(.adjusted, "adjusted", otherwise: "the close"), .role(.volume, "volume"),
  Parameter<ColumnNames>.columns(
    "market", required: false,
    "daily return of the market, for beta and its kin; the mean of all firms' if left out"
  ).labelled.numeric,
  Parameter<RangeValue?>.optional(
    "believed", "daily returns outside are blanked; -80%..200% if left out"
  ).labelled,
  Parameter<Int>.value(
    "month_days", default: 10, in: 1...31, "returns that the month before must have"
  ).labelled,
  Parameter<Int>.value(
    "year_days", default: 150, in: 0...366, "returns that the 12 months before must have"
  ).labelled,
  Parameter<Months>.value(
    "age", default: Months(0), "months since its first price that a firm must have"
  ).labelled,
  Parameter<Bool>.value(
    "ahead", default: false, "make the month after the last too, whose returns nobody knows yet"
  ).labelled,
  returns:
    "a panel of firm-months: ret, the return of the month (decimal), and characteristics known at the end of "
    + "the month before; `.chars` names them; columns of text are those of the last day before",
  effect: .givesMonths(
    [ColumnInfo("ret", .ratio, known: 0)]
      + PriceCharacteristic.allCases.map { ColumnInfo($0.rawValue, .number, known: -1) },
    chosenBy: "of"),
  examples: [
    "days = panel(firm: \"A\", date: 2020-01-01..2021-06-30, close: 10, volume: 100)\ndays | characteristics of: [mom1m, maxret, dolvol]"
  ]
) {
  context, value, wanted, open, high, low, close, adjusted, volume, market, believed, monthDays,
  yearDays, age, ahead in
  let given: [ColumnRole: ColumnNames] = [
    .open: open, .high: high, .low: low, .close: close, .adjusted: adjusted, .volume: volume,
  ]
  let columns = try PriceColumns(value.panel, given, market.names.first)
  var rules = CharacteristicRules()
  (rules.monthDays, rules.yearDays) = (monthDays, yearDays)
  (rules.age, rules.ahead) = (age.count, ahead)
  return try CharacteristicPanel(
    value, columns, wanted, believed: PriceColumns.bounds(believed)
  ).made(rules, context)
}.costing(.perRow(600))

/// The columns of prices and volumes of a panel.
private struct PriceColumns {
  let columns: DailyBars.Columns
  let market: [Double]?
  /// What stands for what, where names are not the plain ones.
  let said: [String]

  init(_ panel: Panel, _ given: [ColumnRole: ColumnNames], _ market: String?) throws {
    guard case .days = panel.index.clock else {
      throw Fault(
        .wrongInflow,
        "characteristics are made of daily prices, and this panel is \(panel.index.clock.description)",
        helps: ["read it day by day:  load …, freq: daily"])
    }
    var said: [String] = []
    func column(_ role: ColumnRole, must option: String? = nil) throws -> [Double]? {
      let named = given[role] ?? ColumnNames(names: [])
      let name =
        try option.map { try role.require(named, in: panel, "characteristics", option: $0) }
        ?? role.find(named, in: panel)
      guard let name else { return nil }
      if name != role.names[0] { said.append("\(role.words) = \(name)") }
      return try panel.numbers(name)
    }
    let none = [Double](repeating: .nan, count: panel.count)
    let adjusted = try column(.adjusted)
    // Adjusted closes alone are closes too.
    let close = try column(.close, must: adjusted == nil ? "close" : nil) ?? adjusted ?? none
    columns = DailyBars.Columns(
      open: try column(.open) ?? none, high: try column(.high) ?? none,
      low: try column(.low) ?? none, close: close, adjusted: adjusted ?? close,
      volume: try column(.volume, must: "volume") ?? none)
    self.market = try market.map { try panel.numbers($0) }
    if adjusted == nil { said.append("no adjusted close: splits and dividends stay in returns") }
    self.said = said
  }

  static func bounds(_ range: RangeValue?) throws -> ClosedRange<Double> {
    guard let range else { return -0.8...2 }
    guard let low = range.lower.flatMap({ Double($0) }),
      let high = range.upper.flatMap({ Double($0) }), low < 0, high > 0
    else {
      throw Fault(
        .outOfRange, "`believed` is a range of returns around zero, such as -80%..200%",
        parameter: "believed")
    }
    return low...high
  }
}

/// A monthly panel in the making.
private struct CharacteristicPanel {
  let value: PanelValue
  let columns: PriceColumns
  let wanted: [PriceCharacteristic]
  let believed: ClosedRange<Double>

  init(
    _ value: PanelValue, _ columns: PriceColumns, _ wanted: [String],
    believed: ClosedRange<Double>
  ) {
    (self.value, self.columns, self.believed) = (value, columns, believed)
    self.wanted =
      wanted.isEmpty ? PriceCharacteristic.allCases : wanted.compactMap { .init(rawValue: $0) }
  }

  func made(_ rules: CharacteristicRules, _ context: Context) throws -> PanelValue {
    let panel = value.panel
    // Six columns firm by firm, and the results of some twenty days to a row.
    let bytes = panel.count * 8 * (8 + wanted.count / 8)
    try context.budget.reserve(bytes, for: "the characteristics")
    defer { context.budget.release(bytes) }
    let bars = try DailyBars(
      panel.index, columns.columns, believed: believed, market: columns.market,
      budget: context.budget)
    let made = try PriceCharacteristics(bars, wanted, rules, budget: context.budget)
    report(bars, made, context)
    guard made.index.count > 0 else { throw Self.empty(made, rules) }
    var items: [(name: String, column: Column)] = panel.named.compactMap { name, column in
      guard case .text = column.values, name != panel.assetKey else { return nil }
      var carried = column.gathered(made.sources)
      carried.known = -1
      return (name, carried)
    }
    items.append(("ret", Column(numbers: made.returns, unit: .ratio)))
    items += zip(wanted, made.values).map {
      (name: $0.rawValue, column: Column(numbers: $1, known: -1))
    }
    var result = PanelValue(
      panel: try Panel(
        index: made.index, columns: items, assetKey: panel.assetKey, dateKey: panel.dateKey),
      origin: value.origin)
    result.sets = [("chars", wanted.map(\.rawValue))]
    result.selection = value.selection
    return result
  }

  private func report(_ bars: DailyBars, _ made: PriceCharacteristics, _ context: Context) {
    let span = made.index.months.first.map { "\($0)..\(made.index.months.last ?? $0)  " } ?? ""
    var parts = [
      "\(Counted.text(made.index.count, "firm-month")) of \(Counted.text(value.panel.count, "day"))"
    ]
    if bars.jumps > 0 {
      parts.append(
        Counted.text(bars.jumps, "return") + " outside "
          + "\(NumberFormat.percent(believed.lowerBound, decimals: 0))..\(NumberFormat.percent(believed.upperBound, decimals: 0)) blanked"
      )
    }
    if bars.unpriced > 0 { parts.append(Counted.text(bars.unpriced, "day") + " without a price") }
    context.ledger(
      LedgerLine(
        stage: "characteristics", rowsIn: made.considered, rowsOut: made.index.count,
        reasons: made.reasons),
      detail: span + (parts + columns.said).joined(separator: " · "))
  }

  private static func empty(_ made: PriceCharacteristics, _ rules: CharacteristicRules) -> Fault {
    var fault = Fault(
      .allMissing, "no firm-month has enough days",
      helps: ["ask for fewer:  month_days: …, year_days: …"])
    let reasons = made.reasons.filter { $0.count > 0 }
    fault.reason =
      reasons.isEmpty
      ? "no firm has prices in two months one after the other"
      : reasons.map { "\($0.count) \($0.text)" }.joined(separator: ", ")
    return fault
  }
}
