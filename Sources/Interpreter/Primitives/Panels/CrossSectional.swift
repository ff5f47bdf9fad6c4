// Cross-sectional transforms of panels with their ledger lines, and the table of `describe`.

import FactorLang
import FactorRuntime

enum RankRange {
  /// The interval asked for; only -1..1 and 0..1 exist.
  static func target(_ range: RangeValue) throws -> RankOptions.Target {
    let bounds = (range.lower.flatMap { Double($0) }, range.upper.flatMap { Double($0) })
    switch bounds {
    case (.some(-1), .some(1)): return .symmetric
    case (.some(0), .some(1)): return .unit
    default: throw Fault(.outOfRange, "ranks are mapped to -1..1 or 0..1", parameter: "to")
    }
  }
}

enum CrossSectional {
  static func rank(
    _ value: PanelValue, _ names: [String], _ options: RankOptions, _ context: Context
  ) throws -> PanelValue {
    let panel = value.panel
    for name in names {
      try Timing.checkPresent(
        try panel.column(name).known, of: name, "this ranking is made", on: panel.index.clock,
        parameter: "columns")
    }
    let columns = try names.map { try panel.numbers($0) }
    try context.budget.reserve(columns.count * panel.count * 8, for: "the ranks")
    defer { context.budget.release(columns.count * panel.count * 8) }
    let ranked = CrossSection.rankNormalized(
      columns: columns, offsets: panel.index.offsets, options: options,
      threads: context.budget.threads)
    let missing = zip(names, columns).map { ($0, $1.count { $0.isNaN }) }
    let middle = options.target == .unit ? "0.5" : "0"
    report(
      "rank_normalize", panel, missing, middle: options.missing == .keep ? nil : middle, context)
    return value.with(try replace(panel, names, ranked, unit: .plain))
  }

  private static func report(
    _ stage: String, _ panel: Panel, _ missing: [(String, Int)], middle: String?, _ context: Context
  ) {
    let some = missing.filter { $0.1 > 0 }
    let total = some.reduce(0) { $0 + $1.1 }
    var detail = Counted.text(missing.count, "column") + ", within \(panel.index.clock.noun)"
    if total > 0, let middle {
      let shown = some.prefix(3).map { "\($0.0) \(NumberFormat.count($0.1))" }
      let more = some.count > 3 ? " and \(Counted.text(some.count - 3, "more column"))" : ""
      detail += "; na → \(middle): " + shown.joined(separator: " · ") + more
    }
    for (name, count) in some where count == panel.count {
      context.note(
        "`\(name)` has no value in any \(panel.index.clock.noun); it is \(middle ?? "na") everywhere"
      )
    }
    context.ledger(
      LedgerLine(stage: stage, rowsIn: panel.count, rowsOut: panel.count), detail: detail)
  }

  static func winsorize(
    _ value: PanelValue, _ names: [String], tails: Double, _ context: Context
  ) throws -> PanelValue {
    let panel = value.panel
    for name in names {
      try Timing.checkPresent(
        try panel.column(name).known, of: name, "its extremes are moved", on: panel.index.clock,
        parameter: "columns")
    }
    let old = try names.map { try panel.numbers($0) }
    try context.budget.reserve(old.count * panel.count * 8, for: "the winsorised columns")
    defer { context.budget.release(old.count * panel.count * 8) }
    let columns = CrossSection.winsorized(
      columns: old, offsets: panel.index.offsets, lower: tails, upper: 1 - tails,
      threads: context.budget.threads)
    let moved = zip(old, columns).reduce(0) { sum, pair in
      sum + zip(pair.0, pair.1).count { $0 != $1 && !$0.isNaN }
    }
    context.ledger(
      LedgerLine(stage: "winsorize", rowsIn: panel.count, rowsOut: panel.count),
      detail: "\(NumberFormat.count(moved)) values moved, "
        + "\(NumberFormat.percent(tails, decimals: 1)) a tail, within \(panel.index.clock.noun)")
    return value.with(try replace(panel, names, columns, unit: nil))
  }

  // A unit of nil keeps each column's own.
  private static func replace(
    _ panel: Panel, _ names: [String], _ values: [[Double]], unit: ColumnUnit?
  ) throws -> Panel {
    var items = panel.named
    for (name, numbers) in zip(names, values) {
      guard let place = items.firstIndex(where: { $0.name == name }) else { continue }
      let old = items[place].column
      items[place].column = Column(
        numbers: numbers, unit: unit ?? old.unit, known: old.known)
    }
    return try panel.with(items)
  }
}

enum Describe {
  /// One row a column: how many, how many missing, and the moments of numbers.
  static func table(_ panel: Panel, _ budget: Budget) throws -> Table {
    let summary = try panel.summary(budget: budget)
    let items = summary.items
    func numbers(_ part: (PanelSummary.Item) -> Double) -> Column {
      Column(numbers: items.map(part))
    }
    // What is left of a sum of ranks that cancel is rounding, not a mean.
    func mean(_ item: PanelSummary.Item) -> Double {
      abs(item.mean) < 1e-14 * item.standardDeviation ? 0 : item.mean
    }
    let firms = summary.assetsPerMonth
    let span = summary.months.map { "\($0.first)..\($0.last)" } ?? "no months"
    return Table(
      title:
        Counted.text(panel.count, "row") + " · " + Counted.text(panel.assetCount, "firm") + " · "
        + "\(span) · firms \(panel.index.clock.each) \(firms.fewest) to \(firms.most), median \(ValueText.number(firms.median))",
      columns: [
        ("column", Column(text: items.map(\.name))),
        ("kind", Column(text: items.map(\.kind))),
        ("na", Column(numbers: items.map { Double($0.missing) }, unit: .count)),
        ("mean", numbers(mean)), ("sd", numbers(\.standardDeviation)),
        ("min", numbers { $0.quartiles.first ?? .nan }),
        ("p25", numbers { $0.quartiles.count > 1 ? $0.quartiles[1] : .nan }),
        ("median", numbers { $0.quartiles.count > 2 ? $0.quartiles[2] : .nan }),
        ("p75", numbers { $0.quartiles.count > 3 ? $0.quartiles[3] : .nan }),
        ("max", numbers { $0.quartiles.last ?? .nan }),
      ])
  }
}
