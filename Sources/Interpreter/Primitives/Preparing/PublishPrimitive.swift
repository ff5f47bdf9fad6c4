// The verb that moves columns to the period in which they were public, by how often they are updated.

import FactorLang
import FactorRuntime

/// The lags of a source for values that are updated every month, quarter or year.
enum PublicationRule: String, ChoiceWord {
  case gkx, openap, jkp, ff
  var sentence: String {
    switch self {
    case .gkx: "1 month, 4 months and 6 months, as in Gu, Kelly and Xiu (2020)"
    case .openap: "1 month, 3 months and 6 months, as usual in Open Source Asset Pricing"
    case .jkp: "1 month, 4 months and 4 months, as in Jensen, Kelly and Pedersen (2023)"
    case .ff: "1 month, 6 months and 6 months, as in Fama and French (1992)"
    }
  }

  /// The lags in a few words.
  var words: String { "\(lags.monthly)m, \(lags.quarterly)m, \(lags.annual)m" }

  /// Months of monthly, quarterly and annual values.
  var lags: (monthly: Int, quarterly: Int, annual: Int) {
    switch self {
    case .gkx: (1, 4, 6)
    case .openap: (1, 3, 6)
    case .jkp: (1, 4, 4)
    case .ff: (1, 6, 6)
    }
  }
}

let publishPrimitive = Primitive(
  "publish", topic: .panels,
  "Moves columns to the month in which they were public, by how often they are updated.",
  Parameter<PanelValue>.flow(
    "panel", "a monthly panel whose values stand at the end of what they report on"),
  Parameter<ColumnNames>.columns("monthly", required: false, "columns updated every month")
    .labelled.named { $0.columnType = .any },
  Parameter<ColumnNames>.columns("quarterly", required: false, "columns updated every quarter")
    .labelled,
  Parameter<ColumnNames>.columns("annual", required: false, "columns updated every year").labelled,
  Parameter<PublicationRule?>.conventional("rule", "how long each kind takes").labelled,
  returns:
    "the panel with those columns as they were known, each a lag within its firm; do not move what a file has moved "
    + "already: the known datasets of characteristics have",
  effect: .keeps,
  examples: ["toy | publish monthly: size, annual: mom, rule: ff"]
) { context, value, monthly, quarterly, annual, chosen in
  let rule = chosen ?? context.conventions.publication
  let panel = value.panel
  guard panel.index.clock == .months else {
    throw Fault(
      .wrongInflow,
      "lags of publication are months, and the panel is \(panel.index.clock.description)",
      helps: ["make months of days first:  resample …"])
  }
  let lags = rule.lags
  let groups = [
    (monthly.names, lags.monthly, "monthly"), (quarterly.names, lags.quarterly, "quarterly"),
    (annual.names, lags.annual, "annual"),
  ].filter { !$0.0.isEmpty }
  guard !groups.isEmpty else {
    throw Fault(
      .missingArgument, "say which columns: monthly: …, quarterly: …, annual: …")
  }
  let all = groups.flatMap(\.0)
  if let twice = all.first(where: { name in all.count { $0 == name } > 1 }) {
    throw Fault(.duplicateName, "`\(twice)` is in two lists, and can be moved once")
  }
  var result = panel
  for (names, lag, _) in groups {
    for name in names {
      let moved = try panel.lagged(try panel.column(name), by: lag)
      result = try result.with(name, moved)
      if moved.missingCount == moved.count, panel.count > 0 {
        context.note(
          "`\(name)` has no value left: a row takes that of its firm \(Counted.text(lag, "month")) before, and no "
            + "such row is in the panel")
      }
    }
  }
  context.ledger(
    LedgerLine(stage: "publish", rowsIn: panel.count, rowsOut: panel.count),
    detail: "rule \(rule.rawValue)  "
      + groups.map {
        "\($2) \(Counted.text($1, "month")): " + $0.prefix(4).joined(separator: ", ")
          + ($0.count > 4 ? ", …" : "")
      }
      .joined(separator: " · "))
  return value.with(result)
}.costing(.perCell(10))
