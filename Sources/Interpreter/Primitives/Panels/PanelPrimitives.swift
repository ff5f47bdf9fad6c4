// Verbs on panels: choosing rows, cross-sectional transforms, tasks.

import FactorLang
import FactorRuntime
import Models

/// What `where` does with rows whose condition is missing.
enum MissingCondition: String, ChoiceWord {
  case drop, keep, error
  var sentence: String {
    switch self {
    case .drop: "the row goes, and the ledger counts it"
    case .keep: "the row stays"
    case .error: "the statement stops"
    }
  }
}

extension RankTies: ChoiceWord {
  public var sentence: String {
    switch self {
    case .average: "equal values share the mean of their ranks"
    case .dense: "equal values share a rank and the next value takes the next one"
    case .ordinal: "equal values are ranked in the order of the firms"
    }
  }
}

let panelPrimitives: [Primitive] = [
  Primitive(
    "where", topic: .panels, "Keeps the rows for which every condition is true.",
    Parameter<RowsFlow>.flow("rows", "a panel or a table"),
    Parameter<[ColumnExpression]>.expressions("conditions", "conditions on the columns").named {
      ($0.type, $0.timing) = (.bool, .presentOnly)
    },
    Parameter<MissingCondition>.choice(
      "na", default: .drop, "what happens where a condition is missing"
    ).labelled,
    returns: "the panel or table with fewer rows", effect: .keeps,
    examples: [
      "toy | where size > 0, month in 2000-01..2000-06",
      "toy | summarise average = mean(ret), by: month | where average > 1%",
    ]
  ) { context, rows, conditions, missing in
    let value: PanelValue
    switch rows {
    case .table(let table):
      return SameKind(.table(try TableRows.kept(table, conditions, missing, context)))
    case .panel(let panel): value = panel
    }
    var panel = value.panel
    var selected = value
    for condition in conditions {
      let mask = try condition.evaluate(on: panel)
      try Timing.checkCondition(mask, condition, on: panel.index.clock)
      selected.selection = max(selected.selection, mask.known)
      try missing.check(mask, condition)
      let line: LedgerLine
      (panel, line) = try panel.filtered(by: mask, missing: missing == .keep ? .keep : .drop)
      context.ledger(line, detail: condition.text)
    }
    return SameKind(.panel(selected.with(panel)))
  }.costing(.perRow(12)),
  Primitive(
    "describe", topic: .panels, "Summarises every column: count, missing, mean, spread, quartiles.",
    Parameter<PanelValue>.flow("panel", "the panel"),
    returns: "a table with one row a column",
    effect: .gives(
      Schema(
        [ColumnInfo("column", .text), ColumnInfo("kind", .text)]
          + ["na", "mean", "sd", "min", "p25", "median", "p75", "max"].map {
            ColumnInfo($0, .number)
          })), examples: ["describe toy"]
  ) { context, value in
    let times = value.panel.named.map { (name: $0.name, known: $0.column.known) }
    if let note = Timing.futureNote(times, on: value.panel.index.clock) { context.note(note) }
    return try Describe.table(value.panel, context.budget)
  },
  Primitive(
    "rank_normalize", topic: .panels,
    "Replaces columns by their ranks within the month, mapped to the open interval -1..1.",
    Parameter<PanelValue>.flow("panel", "the panel"),
    Parameter<ColumnNames>.columns("columns", "the columns").timed(.presentOnly).numeric,
    Parameter<RangeValue?>.optional(
      "to", "the interval: -1..1 or 0..1; as in `conventions` if left out"
    ).labelled.within(-1...1),
    Parameter<Value>.value("na", default: .integer(0), "what missing values become: 0 or na")
      .labelled,
    Parameter<RankTies>.choice("ties", default: .average, "how equal values are ranked").labelled,
    returns: "the panel with the columns replaced", effect: .keeps,
    examples: ["toy | rank_normalize size, mom, to: -1..1, na: 0"]
  ) { context, value, columns, range, missing, ties in
    var options = RankOptions()
    options.ties = ties
    options.target = try range.map(RankRange.target) ?? context.conventions.ranks
    if case .missing = missing { options.missing = .keep }
    return try CrossSectional.rank(value, columns.names, options, context)
  }.costing(.perCell(9)),
  Primitive(
    "winsorize", topic: .panels, "Moves the extreme values of each month to its quantiles.",
    Parameter<PanelValue>.flow("panel", "the panel"),
    Parameter<ColumnNames>.columns("columns", "the columns").timed(.presentOnly).numeric,
    Parameter<Double>.value(
      "tails", default: 0.01, in: 0...0.49, shown: "1%", "the share of each tail that is moved"
    ).labelled.share,
    returns: "the panel with the columns replaced", effect: .keeps,
    examples: ["toy | winsorize ret, tails: 5%"]
  ) { context, value, columns, tails in
    try CrossSectional.winsorize(value, columns.names, tails: tails, context)
  }.costing(.perCell(60)),
  Primitive(
    "setup", topic: .models, "Makes a task: which return is to be explained by which columns.",
    Parameter<PanelValue>.flow("panel", "the panel"),
    Parameter<ColumnExpression>.expression(
      "target", "the excess return, such as RET or lead(ret, 1m)"
    ).labelled.timed(.target).named { $0.type = .number },
    Parameter<ColumnNames>.columns(
      "features", required: false,
      "the characteristics, known a period before; [] for models of series over time, which need none"
    ).labelled.timed(.beforeTarget).numeric.required(unless: "factors"),
    Parameter<ColumnNames>.columns(
      "factors", required: false,
      "observed factors of the period of the return, with one value for all assets; they explain the "
        + "returns of their period and never forecast them"
    ).labelled.timed(.withTarget).numeric,
    returns: "the task, aligned to the period in which the return is earned", effect: .keeps,
    examples: [
      "toy | setup target: ret, features: [size, mom]",
      "toy | derive market = xs.mean(ret) | setup target: ret, factors: [market]",
    ]
  ) { context, value, target, features, factors in
    try TaskBuilder.build(
      value, target: target, features: features.names, factors: factors.names, context)
  }.costing(.perRow(40)),
  Primitive(
    "split", topic: .models, "Divides a task's months into training, validation and test blocks.",
    Parameter<TaskValue>.flow("task", "the task"),
    Parameter<SplitDesign?>.optionalChoice("design", "a design of the literature"),
    Parameter<RangeValue?>.optional("train", "months that parameters are fitted on").labelled,
    Parameter<RangeValue?>.optional("valid", "months that choices are made on").labelled
      .following("train"),
    Parameter<RangeValue?>.optional("test", "months that only report").labelled
      .following("valid"),
    returns: "the task with its blocks", effect: .keeps,
    alternatives: [["design"], ["train", "valid", "test"]],
    examples: [
      "toy | setup target: ret, features: [size, mom] | split train: ..2000-12, valid: 2001-01..2001-06, test: 2001-07..",
      "toy | setup target: ret, features: [size, mom] | split thirds",
    ]
  ) { context, value, design, train, valid, test in
    let split = try TaskSplitter.split(value, design, train, valid, test)
    var task = value
    task.task.split = split
    let months = task.task.index.months
    let blocks = [("train", split.train), ("valid", split.valid), ("test", split.test)]
    let detail = blocks.map { name, block in
      "\(name) \(months[block.lowerBound])..\(months[block.upperBound - 1]) (\(Counted.text(block.count, task.task.index.clock.noun)))"
    }
    let rows = task.task.returns.count
    context.ledger(
      LedgerLine(stage: "split", rowsIn: rows, rowsOut: rows),
      detail: detail.joined(separator: " · "))
    return task
  }.costing(.none),
]

extension SplitDesign: ChoiceWord {}

extension Parameter where Input == SplitDesign? {
  /// A design word that may be left out.
  static func optionalChoice(_ name: String, _ sentence: String) -> Parameter {
    Parameter(
      info: ParameterInfo(name, .choice, role: .choice(SplitDesign.choices), sentence),
      isReceiver: false,
      convert: {
        guard case .value(let value)? = $0.first else { return .some(nil) }
        return SplitDesign(value).map { .some($0) }
      })
  }
}

/// What came in, a panel or a table, under the type that flowed in.
struct SameKind: Bridged {
  let value: Value
  static var type: Type { .any }
  init(_ value: Value) { self.value = value }
}

extension MissingCondition {
  /// Refuses a condition that is missing somewhere, where that is asked for.
  func check(_ mask: Column, _ condition: ColumnExpression) throws {
    guard self == .error, mask.missingCount > 0 else { return }
    throw Fault(
      .notACondition,
      "`\(condition.text)` is missing in \(Counted.text(mask.missingCount, "row"))",
      helps: ["drop them:   na: drop", "keep them:   na: keep"], parameter: "conditions")
  }
}

/// Rows of tables, which are looked at and not traded on: conditions may read anything.
private enum TableRows {
  static func kept(
    _ table: Table, _ conditions: [ColumnExpression], _ missing: MissingCondition,
    _ context: Context
  ) throws -> Table {
    var table = table
    for condition in conditions {
      let mask = try condition.evaluate(on: table)
      guard mask.unit == .boolean, let truth = mask.numbers else {
        throw Fault(
          .notACondition, "`\(condition.text)` is \(mask.kind), not a yes or no",
          helps: ["compare it with something:  \(condition.text) > 0"], parameter: "conditions")
      }
      try missing.check(mask, condition)
      let rows = truth.indices.filter { truth[$0].isNaN ? missing == .keep : truth[$0] != 0 }
      let unknown = missing == .keep ? 0 : truth.count { $0.isNaN }
      let before = table.count
      table = table.gathered(rows).chosen(knowing: mask.known)
      context.ledger(
        LedgerLine(
          stage: "where", rowsIn: before, rowsOut: rows.count,
          reasons: [
            .init("rows where the condition is false", before - rows.count - unknown),
            .init("rows where the condition is missing", unknown),
          ]), detail: condition.text)
    }
    return table
  }
}
