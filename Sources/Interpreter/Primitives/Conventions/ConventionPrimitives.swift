// Verbs that show and switch conventions, and run one specification under several.

import FactorLang
import FactorRuntime

let conventionPrimitives: [Primitive] = [
  Primitive(
    "conventions", topic: .session,
    "Shows what verbs do where a program does not say it, or switches all of it at once.",
    Parameter<ConventionName?>.optionalWord(
      "name", "whose conventions; those in force if left out"),
    returns:
      "a table of choices; in force until the next `conventions` or the end of the script, in this script only",
    effect: .gives(
      Schema(["choice", "convention", "where"].map { ColumnInfo($0, .text) })), isEffect: true,
    examples: ["conventions", "conventions ff\ntoy | fama_macbeth ret, on: mom\nconventions plain"]
  ) { context, name in
    if let name { context.setConventions(ConventionSet(name)) }
    return context.conventions.table
  },
  Primitive(
    "under", topic: .evaluation,
    "Runs one specification under several conventions, side by side.",
    Parameter<PanelValue>.flow("panel", "the panel"),
    Parameter<FunctionArgument>.required(
      "specification",
      "a function of the panel that gives a table, such as p -> (p | sorts bm, returns: ret)"),
    Parameter<[String]>.words("names", among: ConventionName.choices, "whose conventions")
      .named { $0.type = .oneOf([.text, .list(of: .text)]) },
    returns: "a table with the rows of each, and whose they are in the column `conventions`",
    examples: [
      "toy | under p -> (p | fama_macbeth ret, on: mom), [plain, openap]",
      "fn spec(p) = p | sorts mom, returns: ret, weighting: equal, breakpoints: all\ntoy | under spec, [plain, openap, gkx]",
    ]
  ) { context, value, function, names in
    try UnderConventions.table(
      value, function.function, names.compactMap(ConventionName.init(rawValue:)), context)
  }.costing(.perRow(600)),
]

extension Parameter {
  /// One of a list of words; that of the conventions in force if left out.
  static func conventional<Word: ChoiceWord>(_ name: String, _ sentence: String) -> Parameter
  where Input == Word? {
    Parameter.optionalWord(name, sentence).named { $0.defaultText = "as in `conventions`" }
  }
}

private enum UnderConventions {
  static func table(
    _ value: PanelValue, _ function: FunctionValue, _ names: [ConventionName], _ context: Context
  ) throws -> Table {
    guard Set(names).count == names.count, !names.isEmpty else {
      throw Fault(.duplicateName, "name each of the conventions once", parameter: "names")
    }
    let before = context.conventions
    defer { context.setConventions(before) }
    var parts: [Table] = []
    for name in names {
      context.setConventions(ConventionSet(name))
      let result = try context.call(function, .panel(value))
      guard let flow = TableFlow(result) else {
        throw Fault(
          .wrongType, "the specification gives \(result.type.phrase), and a table is needed",
          parameter: "specification")
      }
      parts.append(flow.table)
    }
    return try joined(names, parts)
  }

  // Rows of all, with the columns that all have.
  private static func joined(_ names: [ConventionName], _ parts: [Table]) throws -> Table {
    let shared = parts[0].columnNames.filter { name in
      parts.allSatisfy { $0.columnNames.contains(name) }
    }
    var columns: [(name: String, column: Column)] = [
      (
        "conventions",
        Column(
          text: zip(names, parts).flatMap { name, part in
            [String](repeating: name.rawValue, count: part.count)
          })
      )
    ]
    for name in shared {
      let all = parts.compactMap { $0.column(name) }
      let cells = all.flatMap { column in (0..<column.count).map { column.value(at: $0) } }
      guard var column = Column(cells: cells) else {
        throw Fault(
          .wrongType, "`\(name)` is of another type under each", parameter: "specification")
      }
      column.known = all.map(\.known).max() ?? Availability.wholeSample
      columns.append((name, column))
    }
    var table = Table(title: parts[0].title.map { "\($0), by conventions" }, columns: columns)
    table.rowTimes = RowTimes.stacked(parts.map { ($0.times(), $0.count) })
    table.notes = zip(names, parts).flatMap { name, part in
      part.notes.map { "  \(name.rawValue): " + $0.drop { $0 == " " } }
    }
    return table
  }
}
