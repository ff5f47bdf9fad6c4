// Verbs on the columns of panels and tables: adding, choosing and renaming them.

import FactorLang
import FactorRuntime

let columnVerbPrimitives: [Primitive] = [
  Primitive(
    "derive", topic: .panels, "Adds columns computed row by row; later ones see earlier ones.",
    Parameter<RowsFlow>.flow("rows", "a panel or a table"),
    Parameter<Definitions>.definitions("definitions", "`name = expression` pairs"),
    returns: "the panel or table with the columns added", effect: .addsDefinitions,
    examples: [
      "toy | derive gain = log(1 + ret), late = lag(gain, 1m)",
      "toy | summarise average = mean(ret), by: month | derive above = average - mean(average), before = lag(average, 1m) | top 3, by: above",
    ]
  ) { context, rows, definitions in
    switch rows {
    case .panel(let panel):
      return SameKind(.panel(try ColumnVerbs.derived(panel, definitions, context)))
    case .table(let table):
      return SameKind(.table(try ColumnVerbs.derived(table, definitions, context)))
    }
  }.costing(.perCell(30)),
  Primitive(
    "select", topic: .panels, "Keeps some columns; the keys of a panel always stay.",
    Parameter<RowsFlow>.flow("rows", "a panel or a table"),
    Parameter<ColumnNames>.columns(
      "columns", required: false, "the columns to keep; all if left out"),
    Parameter<ColumnNames>.columns("except", required: false, "columns to drop").labelled,
    returns: "the panel or table with fewer columns", effect: .selects,
    examples: [
      "toy | select ret, size", "toy | select except: size",
      "toy | summarise average = mean(ret), n = count(), by: month | select except: n | top 3, by: average",
    ]
  ) { context, rows, wanted, unwanted in
    let before = rows.table.columns.count
    let chosen = try ColumnVerbs.selected(rows, wanted.names, except: unwanted.names)
    let count = chosen.table.count
    var (old, new) = (before, chosen.table.columns.count)
    if case .panel(let panel) = rows { old = panel.panel.names.count }
    if case .panel(let panel) = chosen { new = panel.panel.names.count }
    context.ledger(
      LedgerLine(stage: "select", rowsIn: count, rowsOut: count),
      detail: "\(old) → \(new) columns")
    return SameKind(chosen.value)
  },
  Primitive(
    "rename", topic: .panels, "Gives columns other names.",
    Parameter<RowsFlow>.flow("rows", "a panel or a table"),
    Parameter<Definitions>.definitions(
      "names", "`new = old` pairs; the keys of a panel too, and a name in a variable as `$x`"),
    returns: "the same panel or table, its columns where they were", effect: .renames,
    examples: [
      "toy | rename momentum = mom | select momentum",
      "toy | summarise n = count(), by: id | rename firm = id | top 2, by: n",
    ]
  ) { context, rows, names in
    let pairs = try names.pairs.map { new, old in
      (new: new, old: try ColumnVerbs.name(old, rows.table))
    }
    let renamed = try ColumnVerbs.renamed(rows, pairs)
    let count = renamed.table.count
    context.ledger(
      LedgerLine(stage: "rename", rowsIn: count, rowsOut: count),
      detail: pairs.map { "\($0.old) → \($0.new)" }.joined(separator: " · "))
    return SameKind(renamed.value)
  },
]

private enum ColumnVerbs {
  static func derived(
    _ value: PanelValue, _ definitions: Definitions, _ context: Context
  ) throws -> PanelValue {
    let keys = [value.panel.assetKey, value.panel.dateKey, "month"]
    var columns = FusedDefinitions(value.panel, budget: context.budget)
    for (name, expression) in definitions.pairs {
      guard !keys.contains(name) else {
        throw Fault(
          .notDefinable, "`\(name)` is a key of the panel and cannot be redefined",
          helps: ["give the column another name"])
      }
      try columns.add(name, expression)
    }
    try columns.flush()
    report(columns.added, rows: columns.panel.count, context)
    return try definitions.pairs.reduce(value.with(columns.panel)) { value, pair in
      value.taking(pair.expression, known: try value.panel.column(pair.name).known)
    }
  }

  static func derived(
    _ table: Table, _ definitions: Definitions, _ context: Context
  ) throws -> Table {
    var (table, added) = (table.timed(), [FusedDefinitions.Added]())
    // That a row is there may be a choice, of which a constant tells as much as any column.
    let chosen = table.columns.map(\.column.known).min() ?? Availability.always
    for (name, expression) in definitions.pairs {
      var (column, undefined) = try expression.counted(on: table)
      column.known = max(column.known, chosen)
      table.put(name, column)
      added.append(.init(name: name, missing: column.missingCount, undefined: undefined))
    }
    report(added, rows: table.count, context)
    return table
  }

  private static func report(
    _ added: [FusedDefinitions.Added], rows: Int, _ context: Context
  ) {
    let details = added.map { column in
      let why =
        column.undefined == 0 ? "" : " (\(NumberFormat.count(column.undefined)) undefined)"
      return "\(column.name) \(NumberFormat.count(column.missing)) na\(why)"
    }
    context.ledger(
      LedgerLine(stage: "derive", rowsIn: rows, rowsOut: rows),
      detail: details.joined(separator: " · "))
  }

  static func selected(
    _ rows: RowsFlow, _ wanted: [String], except unwanted: [String]
  ) throws -> RowsFlow {
    switch rows {
    case .panel(let value):
      var panel = value.panel
      let keys = [panel.assetKey, panel.dateKey]
      if !wanted.isEmpty {
        panel = try panel.keeping(wanted.filter { !keys.contains($0) || panel.hasColumn($0) })
      }
      return .panel(value.with(try panel.dropping(unwanted)))
    case .table(let table):
      var kept = try table.timed().choosing(wanted)
      for name in unwanted { _ = try kept.required(name) }
      kept.columns.removeAll { unwanted.contains($0.name) }
      return .table(kept)
    }
  }

  /// The column that one of the pairs of `rename` names.
  static func name(_ old: ColumnExpression, _ rows: Table) throws -> String {
    if let name = old.expression.word { return name }
    guard case .variable = old.expression.kind, let name = String(try old.value(on: rows).result)
    else {
      throw Fault(
        .wrongType, "`\(old.text)` is no name of a column",
        helps: ["compute a column with derive, and give it its name there"], parameter: "names")
    }
    return name
  }

  static func renamed(_ rows: RowsFlow, _ pairs: [(new: String, old: String)]) throws -> RowsFlow {
    switch rows {
    case .panel(let value):
      var (value, panel) = (value, value.panel)
      for (new, old) in pairs {
        let taken = panel.names + [panel.assetKey, panel.dateKey, "month"]
        guard old == new || !taken.contains(new) else { throw duplicate(new) }
        panel = try panel.renaming(old, to: new)
        for k in value.sets.indices {
          value.sets[k].columns = value.sets[k].columns.map { $0 == old ? new : $0 }
        }
      }
      return .panel(value.with(panel))
    case .table(let named):
      var table = named.timed()
      for (new, old) in pairs {
        guard let place = table.columns.firstIndex(where: { $0.name == old }) else {
          throw PanelError.noSuchColumn(name: old, available: table.columnNames)
        }
        guard old == new || table.column(new) == nil else { throw duplicate(new) }
        table.columns[place].name = new
      }
      return .table(table)
    }
  }

  private static func duplicate(_ name: String) -> Fault {
    Fault(
      .duplicateName, "there is a column `\(name)` already",
      helps: ["drop it first:  select except: \(name)"], parameter: "names")
  }
}

extension Table {
  /// Replaces a column, or adds it at the end.
  fileprivate mutating func put(_ name: String, _ column: Column) {
    if let place = columns.firstIndex(where: { $0.name == name }) {
      columns[place].column = column
    } else {
      columns.append((name, column))
    }
  }
}
