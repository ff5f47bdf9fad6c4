// The verb that puts delisting returns into returns, by a rule that it names.

import FactorLang
import FactorRuntime

extension DelistingRule: ChoiceWord {}

let delistPrimitive = Primitive(
  "delist", topic: .panels,
  "Puts delisting returns into the returns of the month, by one of the rules of the literature.",
  Parameter<PanelValue>.flow("panel", "a panel with returns, delisting returns and codes"),
  Parameter<DelistingRule?>.conventional("rule", "what is done").labelled,
  .role(.returns, "returns"), .role(.delistingReturn, "delisting"), .role(.delistingCode, "code"),
  .role(.exchange, "exchange", otherwise: "refused by rules that need it"),
  Parameter<ColumnNames>.columns(
    "signal", required: false, "a signal whose decile spread is shown before and after"
  ).labelled.numeric,
  returns:
    "the panel with its returns replaced; the ledger names the rule, the returns it changed and what it assumed",
  effect: .keeps,
  examples: [
    "p = panel(id: [\"1\", \"2\"], month: 2000-03, ret: [1%, na], dlret: [na, -40%], dlstcd: [574, 580], exchcd: [1, 3])\np | delist rule: openap"
  ]
) { context, value, chosen, returns, delisting, code, exchange, signal in
  let rule = chosen ?? context.conventions.delisting
  let columns = try DelistColumns(
    value.panel, rule, returns: returns, delisting: delisting, code: code, exchange: exchange)
  return try Delisting(value, rule, columns).made(signal: signal.names.first, context)
}.costing(.perRow(20))

/// The columns that a delisting rule reads.
private struct DelistColumns {
  let returns: (name: String, column: Column)
  let delisting: Column
  let code: Column
  let exchange: Column?

  init(
    _ panel: Panel, _ rule: DelistingRule, returns: ColumnNames, delisting: ColumnNames,
    code: ColumnNames, exchange: ColumnNames
  ) throws {
    func column(_ role: ColumnRole, _ given: ColumnNames, _ option: String) throws -> (
      String, Column
    ) {
      let name = try role.require(given, in: panel, "delist", option: option)
      _ = try panel.numbers(name)
      return (name, try panel.column(name))
    }
    self.returns = try column(.returns, returns, "returns")
    self.delisting = try column(.delistingReturn, delisting, "delisting").1
    self.code = try column(.delistingCode, code, "code").1
    self.exchange = rule.needsExchange ? try column(.exchange, exchange, "exchange").1 : nil
  }

  var known: Int {
    [returns.column, delisting, code].map(\.known).max() ?? 0
  }
}

/// Returns of a panel with those of delistings in them.
private struct Delisting {
  let value: PanelValue
  let rule: DelistingRule
  let columns: DelistColumns
  private let outcomes: [DelistingRule.Outcome]
  private let old: [Double]

  init(_ value: PanelValue, _ rule: DelistingRule, _ columns: DelistColumns) throws {
    (self.value, self.rule, self.columns) = (value, rule, columns)
    let old = columns.returns.column.numbers ?? []
    let (delisting, code) = (columns.delisting.numbers ?? [], columns.code.numbers ?? [])
    let exchange = columns.exchange?.numbers
    self.old = old
    outcomes = old.indices.map { row in
      // A total loss is the most that can be lost.
      rule.applied(
        to: old[row],
        delisting: rule == .openap && delisting[row] < -1 ? -1 : delisting[row], code: code[row],
        exchange: exchange?[row] ?? .nan)
    }
    if let row = outcomes.indices.first(where: { outcomes[$0].value < -1 - 1e-12 }) {
      throw Self.tooLow(value.panel, row, outcomes[row].value, delisting[row])
    }
  }

  func made(signal: String?, _ context: Context) throws -> PanelValue {
    let panel = value.panel
    let new = outcomes.map(\.value)
    var column = columns.returns.column
    column = Column(numbers: new, unit: column.unit, known: columns.known)
    let result = try panel.with(columns.returns.name, column)
    context.ledger(
      LedgerLine(stage: "delist", rowsIn: panel.count, rowsOut: panel.count),
      detail: "rule \(rule.rawValue)  " + said(new))
    if outcomes.contains(where: \.isAffected), let signal {
      try compare(new, by: signal, context)
    }
    var adjusted = value.with(result)
    adjusted.delisting = rule
    return adjusted
  }

  private func said(_ new: [Double]) -> String {
    let affected = outcomes.count { $0.isAffected }
    guard affected > 0 else { return "no return changed" }
    var parts = [
      "\(NumberFormat.count(affected)) of \(Counted.text(outcomes.count, "return")) changed"
    ]
    var counts: [Double: Int] = [:]
    for outcome in outcomes {
      if let assumed = outcome.assumed { counts[assumed, default: 0] += 1 }
    }
    let assumed = counts.sorted { $0.key > $1.key }.map {
      "\(NumberFormat.count($0.value)) × \(NumberFormat.percent($0.key, decimals: 0))"
    }
    if !assumed.isEmpty { parts.append("assumed " + assumed.joined(separator: ", ")) }
    func mean(_ numbers: [Double]) -> String {
      NumberFormat.percent(Moments(numbers).mean, decimals: 3)
    }
    parts.append("mean return \(mean(old)) → \(mean(new))")
    return parts.joined(separator: " · ")
  }

  private func compare(_ new: [Double], by signal: String, _ context: Context) throws {
    let panel = value.panel
    let numbers = try panel.numbers(signal)
    func spread(_ returns: [Double]) -> String {
      let grid = PortfolioGrid(
        PortfolioGrid.Panel(
          signals: [numbers], returns: returns, weights: nil, reference: nil,
          rows: panel.index.months.indices.map { panel.index.rows(ofMonthAt: $0) }),
        [GroupCuts(groups: 10)], isDependent: false)
      let series = grid.series.first { $0.parts == [.spread] }?.returns ?? []
      return NumberFormat.percent(Moments(series).mean, decimals: 3)
    }
    context.note(
      "decile spread of `\(signal)`, equal weights: \(spread(old)) before, \(spread(new)) after")
  }

  private static func tooLow(_ panel: Panel, _ row: Int, _ value: Double, _ extra: Double) -> Fault
  {
    let firm = panel.index.assetNames[Int(panel.index.assets[row])]
    var fault = Fault(
      .badValue,
      "\(firm) would lose \(NumberFormat.percent(-value, decimals: 1)) in \(panel.index.rowMonths[row])",
      helps: [
        "bring percent to decimals:  derive ret = ret * 0.01, dlret = dlret * 0.01",
        "or blank what cannot be:    derive dlret = if dlret < -1 then na else dlret",
      ], parameter: "delisting")
    fault.reason =
      "its delisting return is \(NumberFormat.percent(extra, decimals: 1)); no return lies below -100%"
    return fault
  }
}
