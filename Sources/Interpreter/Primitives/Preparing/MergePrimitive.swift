// The verb that brings columns of other data to a panel's rows, and says where the two do not speak the same language.

import FactorLang
import FactorRuntime

/// Which row of the other data belongs to a row.
enum MergeRule: String, ChoiceWord {
  case auto, exact, asof
  var sentence: String {
    switch self {
    case .auto: "exact where both have periods of one kind, and asof where they differ"
    case .exact: "the row of the same firm and period"
    case .asof: "the latest row of the firm that is not later, or was known by then"
    }
  }
}

/// Rows that stay.
enum MergeKeep: String, ChoiceWord {
  case all, matched
  var sentence: String {
    switch self {
    case .all: "all rows, na where there is no partner"
    case .matched: "rows with a partner"
    }
  }
}

let mergePrimitive = Primitive(
  "merge", topic: .panels,
  "Adds columns of other data by firm and period: another panel, a table of periods, a table of firms.",
  Parameter<PanelValue>.flow("panel", "the panel whose rows stay"),
  Parameter<RowsFlow>.required(
    "other",
    "a panel; or a table with a column of periods, of firms under the panel's name for them, or of both"
  ),
  Parameter<[String]>.value(
    "columns", default: [], shown: "all", "the columns to add, such as [\"be\", \"sector\"]"
  ).labelled,
  Parameter<MergeRule>.choice("how", default: .auto, "which row belongs to a row").labelled,
  Parameter<Value>.value(
    "within", default: .missing, shown: "any age",
    "how old the latest row may be, such as 12m or 10d; for asof"
  ).labelled,
  Parameter<MergeKeep>.choice("keep", default: .all, "which rows stay").labelled,
  returns:
    "the panel with the columns; a ledger line counts rows without a partner, and notes say where frequency, the day "
    + "that stands for a month, or percent and decimals differ",
  effect: .joins(parameter: "other"),
  examples: [
    "books = panel(id: [\"1\", \"2\"], month: 2000-03, be: [5, 7])\ntoy | merge books, how: asof, within: 12m | where be > 0 | describe",
    "market = toy | summarise mkt = mean(ret), by: month\ntoy | merge market | describe",
  ]
) { context, value, other, columns, rule, within, keep in
  try Merging(value, other, rule, within).merged(columns, keep, context)
}.costing(.perRow(40))

/// Two sets of rows on their way to one.
private struct Merging {
  private let value: PanelValue
  private let other: MergeOther
  private let merge: PanelMerge
  private let rule: MergeRule
  private let within: MergeAge?

  /// Whether both have periods of one kind, or the other has none.
  private let sameClock: Bool

  private var panel: Panel { value.panel }

  init(_ value: PanelValue, _ flow: RowsFlow, _ rule: MergeRule, _ within: Value) throws {
    let other = try MergeOther(flow, of: value.panel)
    self.value = value
    self.other = other
    do { merge = try PanelMerge(value.panel.index, other.keys) } catch let fault as RepeatedKey {
      throw other.fault(fault)
    }
    sameClock =
      other.keys.periods?.first.map { $0.kind == value.panel.index.months.first?.kind } ?? true
    if rule == .exact, !sameClock {
      throw Fault(
        .wrongType,
        "one is \(value.panel.index.clock.description) and the other \(other.keys.clock.description), so no period is in both",
        helps: [
          "take what was known last:  merge …, how: asof",
          "or make months of days:    resample …",
        ], parameter: "how")
    }
    self.rule = rule == .auto ? (sameClock ? .exact : .asof) : rule
    self.within = try MergeAge(within)
    if self.rule == .exact, self.within != nil {
      throw Fault(
        .unknownOption, "`within` is for `how: asof`; exact rows have no age", parameter: "within")
    }
  }

  func merged(
    _ wanted: [String], _ keep: MergeKeep, _ context: Context
  ) throws -> PanelValue {
    guard other.keys.assets == nil || merge.sharedFirms > 0 else { throw other.stranger(to: panel) }
    let columns = try other.chosen(wanted, beside: panel)
    let bytes = panel.count * 8 * (columns.count + 2)
    try context.budget.reserve(bytes, for: "the merged columns")
    defer { context.budget.release(bytes) }
    var items = panel.named
    var isMatched = [Bool](repeating: false, count: panel.count)
    var partners: [Int: [Int]] = [:]
    for (name, column) in columns {
      let rows = try partners[column.known] ?? self.partners(column.known)
      partners[column.known] = rows
      for (row, partner) in rows.enumerated() where partner >= 0 { isMatched[row] = true }
      var added = column.gathered(rows)
      // A partner that is there was chosen, as one that is not was not.
      added.known = known(max(column.known, other.selection), rows)
      items.append((name, added))
    }
    let unmatched = isMatched.count { !$0 }
    var result = try panel.with(items)
    if keep == .matched, unmatched > 0 {
      result = try result.selecting(isMatched.indices.filter { isMatched[$0] })
    }
    context.ledger(
      LedgerLine(
        stage: "merge", rowsIn: panel.count, rowsOut: result.count,
        reasons: [.init("rows without a partner", panel.count - result.count)]),
      detail: said(columns.count, keep == .all ? unmatched : 0))
    for note in MergeNotes.of(panel, other, columns, sameClock: sameClock) { context.note(note) }
    if unmatched == panel.count { context.note("no row has a partner") }
    return value.with(result)
  }

  private func partners(_ known: Int) throws -> [Int] {
    if rule == .exact { return merge.exact() }
    if !sameClock {
      let offset = known == Availability.always ? 0 : known
      return merge.lastKnown(Availability.isWholeSample(known) ? 0 : offset, days: within?.days)
    }
    return merge.asOf(within: try within?.count(on: panel.index.clock))
  }

  // On one clock a value is known as long after its partner's row; between clocks it was known at the row. Where only
  // the partner's row tells its time, that counts.
  private func known(_ offset: Int, _ partners: [Int]) -> Int {
    if let times = other.times {
      return JoinTimes(RowTimes(panel.index), times).known(offset, partners)
    }
    if other.keys.periods == nil || sameClock || Availability.isWholeSample(offset) {
      return offset
    }
    return offset == Availability.always ? offset : 0
  }

  private func said(_ count: Int, _ unmatched: Int) -> String {
    var parts = [
      Counted.text(count, "column") + " by "
        + [
          other.keys.assets == nil ? nil : panel.assetKey,
          other.keys.periods == nil ? nil : panel.index.clock.noun,
        ].compactMap { $0 }.joined(separator: " and ") + (rule == .asof ? ", as of" : "")
    ]
    if !sameClock {
      parts.append(
        "\(panel.index.clock.description) from \(other.keys.clock.description): what was known last"
      )
    }
    if unmatched > 0 { parts.append(Counted.text(unmatched, "row") + " without a partner") }
    return parts.joined(separator: " · ")
  }
}

/// How old the latest row may be.
private struct MergeAge {
  private let periods: Periods
  private let value: Value

  init?(_ value: Value) throws {
    if case .missing = value { return nil }
    guard let periods = Periods(value) else {
      throw Fault(
        .wrongType, "`within` is a duration such as 12m or 10d, not \(value.type.phrase)",
        parameter: "within")
    }
    (self.periods, self.value) = (periods, value)
  }

  func count(on clock: Clock) throws -> Int { try periods.count(on: clock, parameter: "within") }

  /// Calendar days, a month counted as long as the longest.
  var days: Int {
    if let months = Months(value)?.count { return months * 31 }
    return max(1, (periods.unit.minutes(periods.amount) ?? 1440) / 1440)
  }
}
