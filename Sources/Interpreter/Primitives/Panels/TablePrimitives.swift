// Verbs on tables and panels as tables: summaries by group, order, the first rows, joining, stacking.

import FactorLang
import FactorRuntime

/// A panel or a table as rows with named columns.
struct TableFlow: Bridged {
  let table: Table
  /// Where the rows are the cells of a sweep.
  var sweep: SweepValue?

  static var type: Type {
    .oneOf([.table(nil), .panel(nil), .list(of: .record(nil)), .evaluation])
  }

  init?(_ value: Value) {
    switch value {
    case .table(let table): self.table = table
    case .panel(let panel):
      let rows = Table(panel.panel, title: panel.origin)
      // That a row is there tells what it was chosen by.
      table =
        Availability.isAlways(panel.selection) ? rows : rows.chosen(knowing: panel.selection)
    case .backtest(let backtest): table = backtest.monthly
    case .evaluation(let evaluation): table = evaluation.table
    case .sweep(let sweep):
      table = sweep.table()
      self.sweep = sweep
    case .list(let items):
      guard let table = Table(records: items) else { return nil }
      self.table = table
    default: return nil
    }
  }

  var value: Value { .table(table) }

  /// The rows with the scores of a block, which only a sweep has.
  func rows(on block: EvaluationValue.Block?) throws -> Table {
    guard let block else { return table }
    guard let sweep else { throw Fault.blockOfSweep }
    return sweep.table(on: block)
  }
}

/// A panel or a table, each of which stays what it is; records of one shape are a table.
enum RowsFlow: Bridged {
  case panel(PanelValue)
  case table(Table)

  static var type: Type {
    .oneOf([.panel(nil), .table(nil), .list(of: .record(nil)), .evaluation])
  }

  init?(_ value: Value) {
    if case .panel(let panel) = value {
      self = .panel(panel)
    } else if let flow = TableFlow(value) {
      self = .table(flow.table)
    } else {
      return nil
    }
  }

  var table: Table {
    switch self {
    case .panel(let value): Table(value.panel, title: value.origin)
    case .table(let table): table
    }
  }

  /// When the rows were; nil for a table without periods.
  var times: RowTimes? {
    switch self {
    case .panel(let value): RowTimes(value.panel.index)
    case .table(let table): table.times() ?? table.periods.map { RowTimes($0) }
    }
  }

  var value: Value {
    switch self {
    case .panel(let panel): .panel(panel)
    case .table(let table): .table(table)
    }
  }

  /// The same with the columns that a table of its rows has beyond its own.
  func with(_ joined: Table) throws -> RowsFlow {
    guard case .panel(let value) = self else { return .table(joined) }
    let own = Set(table.columnNames)
    let panel = value.panel
    let added = joined.columns.filter { !own.contains($0.name) }
    return .panel(value.with(try panel.with(panel.named + added)))
  }
}

/// A table, or of a sweep some of its cells.
enum TableResult: Bridged {
  case table(Table)
  case sweep(SweepValue)

  static var type: Type { .table(nil) }
  init?(_ value: Value) { nil }
  var value: Value {
    switch self {
    case .table(let table): .table(table)
    case .sweep(let sweep): .sweep(sweep)
    }
  }
}

/// Tables or panels put one below the other.
enum Stacked: Bridged {
  case table(Table)
  case panel(PanelValue)

  static var type: Type { .oneOf([.panel(nil), .table(nil)]) }
  init?(_ value: Value) { nil }

  init(_ items: [Value]) throws {
    let panels = items.compactMap(PanelValue.init)
    if panels.count == items.count, !panels.isEmpty {
      self = .panel(try PanelStack.stacked(panels))
      return
    }
    self = .table(
      try TableStack.stacked(
        items.map { item in
          guard let flow = TableFlow(item) else {
            throw Fault(
              .wrongType, "`stack` takes tables and panels, not \(item.type.phrase)",
              parameter: "tables")
          }
          return flow.table
        }))
  }

  var value: Value {
    switch self {
    case .table(let table): .table(table)
    case .panel(let panel): .panel(panel)
    }
  }
}

let tablePrimitives: [Primitive] = [
  Primitive(
    "summarise", topic: .tables, "Computes statistics, of all rows or of each group.",
    Parameter<TableFlow>.flow("rows", "a table or panel"),
    Parameter<Definitions>.definitions(
      "statistics", "`name = expression` pairs, such as mean(ret)"),
    Parameter<ColumnNames>.columns("by", required: false, "columns whose values make the groups")
      .labelled,
    returns: "a table with one row a group, in the order of the groups", effect: .summarises,
    examples: [
      "toy | derive small = size < 0 | summarise n = count(), average = mean(ret), by: small"
    ]
  ) { context, rows, statistics, by in
    try Grouped.summary(rows.table, statistics, by: by.names, budget: context.budget)
  },
  Primitive(
    "order_by", topic: .tables, "Puts rows in the order of a column; missing values go last.",
    Parameter<TableFlow>.flow("rows", "a table or panel"),
    Parameter<ColumnExpression>.expression("key", "what to order by"),
    Parameter<Bool>.value("descending", default: false, "the largest first").labelled,
    returns: "a table in that order; equal rows keep theirs", effect: .keepsAsTable,
    examples: ["toy | order_by ret, descending: true"]
  ) { context, rows, key, descending in
    let order = RowOrder([try key.evaluate(on: rows.table)], context.budget)
    return rows.table.gathered(try order.places(descending: descending))
  },
  Primitive(
    "top", topic: .tables, "Keeps the rows with the largest values of a column.",
    Parameter<TableFlow>.flow("rows", "a table or panel"),
    Parameter<Int>.value("count", default: 10, in: 1...1e9, "how many rows"),
    Parameter<ColumnExpression>.expression("by", "what to choose by").labelled,
    Parameter<Bool>.value("smallest", default: false, "keep the smallest instead").labelled,
    Parameter<EvaluationValue.Block?>.optionalWord(
      "on", "the block whose scores of a sweep count; choose on valid"
    ).labelled.named { $0.selects = true },
    Parameter<ColumnNames>.columns(
      "within", required: false, "columns whose values make groups; so many rows of each"
    ).labelled,
    returns: "a table, the best first and group after group; of a sweep the best cells",
    effect: .keepsAsTable,
    examples: ["toy | top 3, by: ret", "toy | top 1, by: abs(ret), within: month | top 3, by: ret"]
  ) { context, rows, count, key, smallest, block, within in
    let table = try rows.rows(on: block ?? (rows.sweep == nil ? nil : .valid))
    let column = try key.evaluate(on: table)
    let order = try RowOrder([column], context.budget).places(descending: !smallest)
    guard var sweep = rows.sweep else {
      let groups =
        try within.names.isEmpty
        ? nil : Grouped.groups(table, by: within.names, budget: context.budget)
      let best = Grouped.first(count, of: order, in: groups)
      return TableResult.table(table.gathered(best).chosen(knowing: column.known))
    }
    guard within.names.isEmpty else {
      throw Fault(.unknownOption, "cells of a sweep are chosen among all", parameter: "within")
    }
    // Cells without a score are no candidates.
    let scored = order.filter { !column.isMissing(at: $0) }
    guard !scored.isEmpty else {
      throw Fault(.allMissing, "no cell has a value of `\(key.text)`", parameter: "by")
    }
    sweep.block = block ?? .valid
    return .sweep(sweep.choosing(Array(scored.prefix(count))))
  },
  Primitive(
    "join", topic: .tables, "Adds the columns of another table to the rows with the same key.",
    Parameter<RowsFlow>.flow("rows", "a table or panel"),
    Parameter<TableFlow>.required("other", "the table whose columns are added"),
    Parameter<ColumnNames>.columns("on", "the columns that must agree").labelled,
    returns:
      "all rows, a panel where a panel flows in and else a table; na where nothing agrees, and a ledger line "
      + "that counts them; a month or day that both have stays one column if it is the same in all rows with a partner",
    effect: .joins(parameter: "other"),
    examples: [
      "a = toy | summarise n = count(), by: month\ntoy | join a, on: month | top 2, by: n"
    ]
  ) { context, rows, other, keys in
    let times = JoinTimes(rows, other.table, on: keys.names)
    let (table, unmatched, delay) = try TableJoin.left(
      rows.table, other.table, on: keys.names, times, budget: context.budget)
    context.ledger(
      LedgerLine(stage: "join", rowsIn: rows.table.count, rowsOut: table.count),
      detail: "on \(keys.names.joined(separator: ", ")); "
        + "\(Counted.text(unmatched, "row")) without a partner")
    if let times, delay > 0 {
      context.note(
        "what is joined is known up to \(Pace(times.clock).duration(delay)) after the rows it stands in: its own rows "
          + "end later" + (times.isOfOneKind ? "" : ";  merge  takes what was known last"))
    }
    return try rows.with(table)
  },
  Primitive(
    "stack", topic: .tables, "Puts tables or panels of the same columns one below the other.",
    Parameter<[Value]>.flow("tables", "a list of tables or panels; errors in it are left out"),
    returns: "one panel if all are panels, else one table",
    examples: ["[toy[2000-01], toy[2000-02]] | stack | summarise n = count()"]
  ) { context, items in
    let kept = items.filter { if case .failure = $0 { false } else { true } }
    if kept.count < items.count {
      context.note(
        "\(items.count - kept.count) of \(items.count) items are errors and are left out")
    }
    return try Stacked(kept)
  },
  Primitive(
    "table", topic: .tables, "Chooses columns of a table and how they are shown.",
    Parameter<TableFlow>.flow("rows", "a table or panel"),
    Parameter<ColumnNames>.columns("columns", required: false, "the columns; all if left out"),
    Parameter<Int?>.optional("digits", "significant digits of numbers").labelled.within(1...17),
    Parameter<ColumnNames>.columns(
      "rows", required: false, "columns whose values go down; makes a grid"
    ).labelled,
    Parameter<ColumnNames>.columns("cols", required: false, "the column whose values go across")
      .labelled,
    Parameter<EvaluationValue.Block?>.optionalWord("on", "the block whose scores of a sweep count")
      .labelled,
    Parameter<DocumentFormat>.choice("as", default: .text, "how it is written").labelled,
    returns: "the table; with `rows` a grid for each column", effect: .selects,
    examples: [
      "toy | summarise average = mean(ret), by: month | top 2, by: average | table as: latex",
      "toy | summarise average = mean(ret), by: month | table digits: 3",
      "toy | derive large = size > 0 | summarise average = mean(ret), n = count(), by: [month, large] | top 6, by: month, smallest: true | table average, n, rows: month, cols: large",
    ]
  ) { _, flow, columns, digits, rows, across, block, format in
    if let digits, !(1...17).contains(digits) {
      throw Fault(.outOfRange, "`digits` must lie in 1..17, not \(digits)", parameter: "digits")
    }
    var table = try flow.rows(on: block)
    guard !rows.names.isEmpty || !across.names.isEmpty else {
      table = try table.choosing(columns.names)
      table.digits = digits ?? table.digits
      table.format = format
      return table
    }
    guard !rows.names.isEmpty else {
      throw Fault(.missingArgument, "a grid needs `rows` beside `cols`", parameter: "cols")
    }
    if let sweep = flow.sweep {
      table = try SweepGrid.table(
        sweep, columns.names, rows: rows.names, across: across.names.first, on: block ?? .valid)
    } else {
      table = try Pivot.table(
        table, rows: rows.names, across: across.names.first,
        blocks: columns.names.map { ($0, try table.required($0).cells(digits: digits)) })
    }
    table.format = format
    return table
  },
  Primitive(
    "unique", topic: .tables, "Tells whether no two rows agree in the columns named.",
    Parameter<TableFlow>.flow("rows", "a table or panel"),
    Parameter<ColumnNames>.columns("columns", "the columns"),
    returns: "true or false", examples: ["unique(toy, id, month)"]
  ) { context, rows, columns in
    var keys = RowKeys(columns.names, context.budget)
    return try keys.numbers(of: rows.table).enumerated().allSatisfy { $0 == $1 }
  },
]
