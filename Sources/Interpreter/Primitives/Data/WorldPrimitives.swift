// Simulated worlds in the language: `synth`, its panel and its truth.

import FactorLang
import FactorRuntime
import Models

extension WorldView.Lives: ChoiceWord {}
extension WorldView.Names: ChoiceWord {}
extension WorldView.Scale: ChoiceWord {}

let synthPrimitive = Primitive(
  "synth", topic: .data, "Simulates a panel whose truth is known.",
  Parameter<String>.word(
    "world", among: Worlds.cards.map { Choice($0.name, $0.sentence) }, "which world"
  ).labelled,
  Parameter<Int?>.optional(
    "firms", "firms a month; 200 if left out, or the two of two_asset_regime"
  ).labelled,
  Parameter<Int>.value(
    "months", default: 240, in: 20...5000, "months of returns, or days or hours of a world of them"
  ).labelled,
  Parameter<Int>.value(
    "chars", default: WorldPanel.usualCharacteristics, in: 3...500, "characteristics"
  ).labelled,
  Parameter<Int>.value("seed", default: 1, in: 0...9e15, "number of the draw").labelled,
  Parameter<Double>.value(
    "missing", default: 0, in: 0...0.9, shown: "0%", "share of characteristics that are missing"
  ).labelled.share,
  Parameter<WorldView.Lives>.choice("lives", default: .full, "how long firms are there").labelled,
  Parameter<WorldView.Names>.choice("names", default: .plain, "what characteristics are called")
    .labelled,
  Parameter<WorldView.Scale>.choice("scale", default: .rank, "how characteristics are measured")
    .labelled,
  returns:
    "a panel with columns c1, c2, … and ret, or with the factors of the world; `.chars` names the "
    + "characteristics, `.oracle` is the truth",
  effect: .givesNumbered(
    NumberedColumns(
      "c", count: "chars", fallback: 20, known: -1, set: "chars", unless: "names",
      is: WorldView.Names.plain.rawValue, chosenBy: "world",
      others: [
        "drifting_beta": ["mkt", "smb", "hml"].map { ColumnInfo($0, .ratio, known: 0) }
          + [
            ColumnInfo("sector", .text, known: ColumnInfo.always), ColumnInfo("date", .any),
          ],
        "two_asset_regime": [ColumnInfo("date", .any)],
      ], paces: ["drifting_beta": .days, "two_asset_regime": .minutes(60, noun: "hour")]),
    Schema(
      [
        ColumnInfo("month", .month), ColumnInfo("id", .text), ColumnInfo("ret", .ratio, known: 0),
      ],
      keys: ["month", "id"])),
  examples: [
    "w = synth world: r_dyn, firms: 20, months: 60, chars: 4\nw.oracle.o_tot > 0",
    "synth world: g21a, firms: 30, months: 60, chars: 5, names: real, lives: random, missing: 10%",
    "synth world: drifting_beta, firms: 20, months: 300 | setup target: ret, factors: [mkt, smb, hml]",
  ]
) { context, world, firms, months, chars, seed, missing, lives, names, scale in
  guard let card = Worlds.card(world) else {
    throw Fault(.unknownChoice, "there is no world `\(world)`", parameter: "world")
  }
  let firms = firms ?? card.usualFirms
  guard (card.fewestFirms...100_000).contains(firms) else {
    throw Fault(
      .outOfRange, "`\(world)` has \(card.fewestFirms) to 100,000 firms, not \(firms)",
      helps: ["use firms: \(card.usualFirms)"], parameter: "firms")
  }
  try WorldPanel.check(card, chars)
  let cells = firms * months
  try context.budget.reserve(cells * (chars + 8) * 8, for: "the world")
  defer { context.budget.release(cells * (chars + 8) * 8) }
  let simulated = try card.make(
    WorldSize(firms: firms, months: months, characteristics: chars, seed: UInt64(seed)),
    WorldView(missing: missing, lives: lives, names: names, scale: scale), context.budget)
  let panel = try WorldPanel.panel(simulated)
  context.ledger(
    LedgerLine(stage: "synth", rowsIn: panel.count, rowsOut: panel.count),
    detail: "\(world), \(firms) firms, \(Counted.text(months, panel.index.clock.noun)), "
      + (card.fewestCharacteristics == nil
        ? "factors \(simulated.observed.names.joined(separator: ", "))"
        : "\(chars) characteristics")
      + ", seed \(seed)")
  return PanelValue(
    panel: panel, origin: world, sets: [("chars", simulated.characteristicNames)],
    world: simulated)
}.costing(.perRow(2000))

extension WorldPace {
  /// Months, weekdays or hours from the beginning of a month on.
  fileprivate func periods(from start: Period, count: Int) -> [Period] {
    switch self {
    case .monthly: return (0..<count).map { start + $0 }
    case .hourly:
      let first = Clock.minutes(60).first(of: start)
      return (0..<count).map { first + 60 * $0 }
    case .daily:
      let first = Clock.days([]).first(of: start)
      // Two days of seven rest, so one and a half times as many days hold enough weekdays.
      let days = (0..<(count * 3 / 2 + 7)).map { first + $0 }
      return Array(days.filter { !$0.firstDay.isWeekend }.prefix(count))
    }
  }
}

enum WorldPanel {
  /// The rows of a world that are there, and their keys.
  private static func index(_ world: any SimulatedWorld) throws -> ([Int], PanelIndex) {
    let firms = world.firms
    let rows = world.present.indices.filter { world.present[$0] }
    let periods = try periods(of: world)
    let index = try PanelIndex.sorting(
      months: rows.map { periods[$0 / firms] }, assets: rows.map { Int32($0 % firms) },
      names: (0..<firms).map { String(10_001 + $0) }
    ).index
    return (rows, index)
  }

  /// The true loadings that earn each row's return, which nobody knows; nil where there are none.
  static func truth(_ world: any SimulatedWorld) throws -> PanelValue? {
    guard let (names, values) = world.trueLoadings else { return nil }
    let (rows, index) = try index(world)
    let columns = names.enumerated().map { k, name in
      let own = rows.map { values[$0 * names.count + k] }
      return (name: "true_" + name, column: Column(numbers: own, known: Availability.wholeSample))
    }
    return PanelValue(
      panel: try Panel(index: index, columns: columns, assetKey: "firm", dateKey: index.clock.key),
      origin: "truth of \(world.name)")
  }

  /// The series that the true factors are made of, period by period; nil where there are none.
  static func components(_ world: any SimulatedWorld) throws -> Table? {
    let series = world.components
    guard !series.names.isEmpty else { return nil }
    let periods = try periods(of: world)
    return Table(
      title: "components of \(world.name)",
      columns: [Column.time(periods)]
        + series.names.enumerated().map { k, name in
          (
            name,
            Column(
              numbers: periods.indices.map { series.row($0)[$0 * series.names.count + k] },
              unit: .ratio, known: 0)
          )
        })
  }

  private static func periods(of world: any SimulatedWorld) throws -> [Period] {
    guard let start = Period(year: 1980, month: 1) else {
      throw Fault(.internalFault, "the calendar has no January 1980")
    }
    return world.pace.periods(from: start, count: world.months)
  }

  /// Refuses a number of characteristics that the world does not have.
  static func check(_ card: WorldCard, _ chars: Int) throws {
    guard let fewest = card.fewestCharacteristics else {
      guard chars != usualCharacteristics else { return }
      throw Fault(
        .outOfRange, "`\(card.name)` has no characteristics", helps: ["leave chars out"],
        parameter: "chars")
    }
    guard chars < fewest else { return }
    throw Fault(
      .outOfRange, "`\(card.name)` has at least \(fewest) characteristics, not \(chars)",
      helps: ["use chars: \(fewest) or more"], parameter: "chars")
  }

  static let usualCharacteristics = 20

  /// The world in the alignment of models: returns known now, characteristics before.
  static func panel(_ world: any SimulatedWorld) throws -> Panel {
    let (rows, index) = try index(world)
    let (firms, count) = (world.firms, world.characteristicNames.count)
    var columns: [(name: String, column: Column)] = world.characteristicNames.enumerated().map {
      j, name in
      (name, Column(numbers: rows.map { Double(world.characteristics[$0 * count + j]) }, known: -1))
    }
    columns.append(
      ("ret", Column(numbers: rows.map { world.returns[$0] }, unit: .ratio, known: 0)))
    let (observed, sectors) = (world.observed, world.sectors)
    for (k, name) in observed.names.enumerated() {
      let values = rows.map { observed.values[$0 / firms * observed.names.count + k] }
      columns.append((name, Column(numbers: values, unit: .ratio, known: 0)))
    }
    if !sectors.isEmpty {
      let words = rows.map { sectors[$0 % firms] }
      columns.append(("sector", Column(text: words, known: Availability.always)))
    }
    return try Panel(index: index, columns: columns, assetKey: "id", dateKey: index.clock.key)
  }
}

extension WorldLimits {
  /// The figures under their names.
  var record: Value {
    .record(Record(fields: figures.map { ($0.name, Value.finite($0.value)) }))
  }
}
