// `explain`: what a number or table is, by what formula, from which inputs, under which convention.
//
// A number by itself does not know where it came from; `explain sheet.sharpe` is given the sheet and the name. The
// words are those of `Statistic`, which stand beside the code that computes.

import FactorLang
import FactorRuntime
import Models

/// A value as it was named: itself, or a member of something.
enum Explained: Sendable {
  case value(Value)
  case member(owner: Value, name: String, value: Value)
}

extension Parameter where Input == Explained {
  /// A value together with what it is a member of.
  static func explained(_ name: String, _ sentence: String) -> Parameter {
    Parameter(
      info: ParameterInfo(name, .any, isRequired: true, sentence), isReceiver: false,
      convert: {
        switch $0.first {
        case .member(let owner, let name, let value):
          .member(owner: owner, name: name, value: value)
        case .value(let value): .value(value)
        default: nil
        }
      })
  }
}

let explainPrimitive = Primitive(
  "explain", topic: .evaluation,
  "Explains a number or table: its formula, what it was computed from, and the convention used.",
  Parameter<Explained>.explained("what", "a member such as sheet.sharpe, or a whole result"),
  returns: "a table of what there is to say",
  examples: [
    "s = toy | deciles size | portfolio returns: ret | tearsheet\nexplain s.sharpe",
    "p = toy | summarise equal = mean(ret), by: month | performance\nexplain p\nexplain p.sortino",
  ]
) { _, what -> Table in
  switch what {
  case .value(let value): try Explanation.whole(value)
  case .member(let owner, let name, let value): try Explanation.member(name, of: owner, value)
  }
}.keepingOwner()

/// Facts in the making.
private struct Explanation {
  private var rows: [(name: String, text: String)] = []

  private mutating func add(_ name: String, _ text: String) {
    if !text.isEmpty { rows.append((name, text)) }
  }

  private mutating func add(_ facts: [ReportDocument.Fact]) {
    for fact in facts { add(fact.name, fact.text) }
  }

  // What a figure says of itself stands before what its owner says of most of its figures.
  private mutating func add(_ own: [ReportDocument.Fact], before others: [ReportDocument.Fact]) {
    add(own)
    add(others.filter { other in !own.contains { $0.name == other.name } })
  }

  private mutating func add(_ statistic: Statistic, _ clock: Clock?) {
    add("formula", statistic.formula)
    add("convention", statistic.convention)
    if let clock, statistic.formula.contains("A") || statistic.convention.contains("A ") {
      add("A", "\(clock.periodsPerYear) \(clock.noun)s in a year")
    }
    add("source", statistic.reference)
  }

  private func table(_ title: String) -> Table {
    var table = Table(
      title: title,
      columns: [
        ("about", Column(text: rows.map(\.name))), ("text", Column(text: rows.map(\.text))),
      ])
    table.isFactList = true
    return table
  }

  // MARK: Members

  static func member(_ name: String, of owner: Value, _ value: Value) throws -> Table {
    switch owner {
    case .sheet(let sheet): return try member(name, of: sheet)
    case .table(let table) where table.column(name) != nil: return column(name, of: table)
    case .panel(let panel): return column(name, of: panel)
    default: break
    }
    guard let member = Members.list(of: owner.type)?.first(where: { $0.name == name }) else {
      return try whole(value)
    }
    var found = Explanation()
    found.add("value", exact(value))
    found.add("is", member.sentence)
    if let statistic = member.statistic { found.add(statistic, clock(of: owner)) }
    found.add(sample(of: member, in: owner), before: facts(of: owner))
    return found.table("\(name) · \(member.statistic?.title ?? member.sentence)")
  }

  private static func member(_ name: String, of sheet: SheetValue) throws -> Table {
    var found = Explanation()
    guard let (figure, place) = sheet.figure(name) else {
      if let part = sheet.part(name) {
        guard case .table(let table) = part.content else {
          found.add("is", "\(part.title), a plot; save it as .csv for its numbers")
          found.add(sheet.facts)
          return found.table(name)
        }
        return explained(table, part.title, sheet.facts)
      }
      throw Fault(
        .unknownMember, "the sheet has no `\(name)`",
        helps: Suggestion.nearest(to: name, among: sheet.memberNames).map { ["use `\($0)`"] } ?? [])
    }
    found.add("value", exact(.number(figure.values[place])))
    found.add("is", figure.statistic.sentence)
    if sheet.columns.count > 1, figure.values.count > 1 { found.add("of", sheet.columns[place]) }
    let noun = sheet.facts.first { $0.name.hasPrefix("firm-") }?.name ?? ""
    found.add("formula", figure.statistic.formula)
    found.add("convention", figure.statistic.convention)
    if figure.statistic.formula.contains("A"), let year = sheet.periodsPerYear {
      found.add(
        "A", "\(year) \(noun.dropFirst(5).split(separator: " ").first ?? "periods") in a year")
    }
    found.add("source", figure.statistic.reference)
    found.add(figure.inputs, before: sheet.facts)
    return found.table("\(name) · \(sheet.label(figure, place))")
  }

  private static func column(_ name: String, of table: Table) -> Table {
    var found = Explanation()
    if let statistic = table.statistics[name] {
      found.add("is", statistic.sentence)
      found.add(statistic, table.periods.map { Clock($0) })
    } else {
      found.add("is", "a column of the table")
    }
    if let column = table.column(name) { found.add(facts(of: column)) }
    found.add("table", table.title ?? "")
    for note in table.notes { found.add("note", String(note.drop { $0 == " " })) }
    return found.table("\(name) · \(table.statistics[name]?.title ?? "column")")
  }

  private static func column(_ name: String, of panel: PanelValue) -> Table {
    var found = Explanation()
    found.add("is", "a column of \(panel.origin)")
    if let column = panel.panel.columnOrKey(name) {
      found.add(facts(of: column))
      found.add("known at", Timing.period(max(-120, column.known), on: panel.panel.index.clock))
    } else if let member = Members.list(of: .panel(nil))?.first(where: { $0.name == name }) {
      found.rows = []
      found.add("is", member.sentence)
    }
    found.add(facts(of: .panel(panel)))
    return found.table("\(name) · \(panel.origin)")
  }

  private static func facts(of column: Column) -> [ReportDocument.Fact] {
    [
      .init("holds", column.kind + (column.unit == .ratio ? ", a share shown in percent" : "")),
      .init(
        "values",
        "\(NumberFormat.count(column.count)), \(NumberFormat.count(column.missingCount)) missing"),
    ]
  }

  // MARK: Whole values

  static func whole(_ value: Value) throws -> Table {
    var found = Explanation()
    switch value {
    case .sheet(let sheet):
      found.add(sheet.facts)
      for figure in sheet.figures {
        found.add(figure.name, "\(figure.title) = \(figure.statistic.formula)")
      }
      return found.table("\(sheet.kind.rawValue) sheet · \(sheet.title)")
    case .table(let table): return explained(table, table.title ?? "table", [])
    case .sweep(let sweep): return explained(sweep.table(), sweep.origin, [])
    case .evaluation, .backtest, .model, .panel, .task:
      found.add(facts(of: value))
      for member in Members.list(of: value.type) ?? [] {
        found.add(
          member.name, member.sentence + (member.statistic.map { " = \($0.formula)" } ?? ""))
      }
      return found.table(ValueText.short(value))
    case .plot(let plot):
      found.add(
        "draws", plot.scene.series.map(\.name).filter { !$0.isEmpty }.joined(separator: ", "))
      found.add("points", NumberFormat.count(plot.scene.series.reduce(0) { $0 + $1.xs.count }))
      found.add("numbers", "save it as .csv for what it was drawn from")
      return found.table(plot.scene.title.isEmpty ? "plot" : plot.scene.title)
    case .column(let column):
      found.add(facts(of: column.column))
      return found.table(column.name.isEmpty ? "column" : column.name)
    case .number, .integer, .ratio:
      throw Fault(
        .wrongType, "a number by itself does not say where it is from",
        helps: ["explain it where it stands:  explain sheet.sharpe"], parameter: "what")
    default:
      throw Fault(
        .wrongType, "\(value.type.phrase) has no formula: numbers and tables of results have",
        parameter: "what")
    }
  }

  private static func explained(
    _ table: Table, _ title: String, _ facts: [ReportDocument.Fact]
  ) -> Table {
    var found = Explanation()
    found.add("rows", NumberFormat.count(table.count))
    for (name, column) in table.columns {
      let unit = column.unit == .ratio ? ", a share" : ""
      if let statistic = table.statistics[name] {
        found.add(name, "\(statistic.sentence) = \(statistic.formula); \(statistic.convention)")
      } else {
        found.add(name, column.kind + unit)
      }
    }
    for note in table.notes { found.add("note", String(note.drop { $0 == " " })) }
    found.add(facts)
    return found.table(title)
  }

  // MARK: Owners

  private static func clock(of owner: Value) -> Clock? {
    switch owner {
    case .evaluation(let value): value.clock
    case .backtest(let value): value.backtest.clock
    case .panel(let value): value.panel.index.clock
    default: nil
    }
  }

  private static func sample(of member: Member, in owner: Value) -> [ReportDocument.Fact] {
    guard case .evaluation(let value) = owner, let block = member.block else { return [] }
    return value.sample(of: block)
  }

  private static func facts(of owner: Value) -> [ReportDocument.Fact] {
    switch owner {
    case .evaluation(let value): value.facts
    case .backtest(let value):
      [.init("portfolio", value.heading)]
        + value.backtest.terms.map { .init("terms", $0) }
    case .panel(let value):
      [
        .init("panel", value.origin), .init("rows", NumberFormat.count(value.panel.count)),
        .init("firms", NumberFormat.count(value.panel.assetCount)),
        .init("\(value.panel.index.clock.noun)s", NumberFormat.count(value.panel.monthCount)),
      ]
    case .model(let value):
      [.init("model", value.model.summary.model)]
        + value.model.summary.settings.map { .init($0.name, $0.value) }
    case .task(let value): [.init("target", value.task.targetName), .init("panel", value.origin)]
    default: []
    }
  }

  private static func exact(_ value: Value) -> String {
    switch value {
    case .number(let number), .ratio(let number, _): NumberFormat.exact(number)
    case .integer(let number): "\(number)"
    case .missing: NumberFormat.missing
    default: ValueText.short(value)
    }
  }
}
