// The verb that makes a wide table of a long one: a column for each value of a column.

import FactorLang
import FactorRuntime

let pivotPrimitive = Primitive(
  "pivot", topic: .tables,
  "Makes a wide table: a column of values for each value of another column.",
  Parameter<TableFlow>.flow("rows", "a table or panel"),
  Parameter<ColumnNames>.columns("values", "the column whose values fill the table"),
  Parameter<ColumnNames>.columns("rows", "columns whose values go down").labelled,
  Parameter<ColumnNames>.columns("cols", "the column whose values go across").labelled,
  returns: "a table with a row for each value of `rows`; na where no row has both",
  examples: ["toy[2000-01..2000-03] | pivot ret, rows: month, cols: id | top 2, by: month"]
) { context, flow, values, rows, across in
  guard values.names.count == 1, across.names.count == 1 else {
    throw Fault(
      .tooManyArguments, "one column fills the table, and one goes across",
      parameter: values.names.count == 1 ? "cols" : "values")
  }
  return try WideTable.made(
    flow.table, values: values.names[0], rows: rows.names, across: across.names[0], context)
}

private enum WideTable {
  static func made(
    _ all: Table, values: String, rows: [String], across: String, _ context: Context
  ) throws -> Table {
    let named = try all.required(across)
    let table = all.gathered((0..<all.count).filter { !named.isMissing(at: $0) })
    let filling = try table.required(values)
    let heads = try table.required(across)
    let lines = try Grouped.groups(table, by: rows, budget: context.budget)
    let columns = try Grouped.groups(table, by: [across], budget: context.budget)
    var place = [Int](repeating: -1, count: table.count)
    for (k, members) in columns.enumerated() { for row in members { place[row] = k } }
    var cells = columns.map { _ in [Int](repeating: -1, count: lines.count) }
    for (line, members) in lines.enumerated() {
      for row in members {
        guard cells[place[row]][line] < 0 else { throw twice(table, rows, across, row) }
        cells[place[row]][line] = row
      }
    }
    var items = try rows.map { name in
      (name: name, column: try table.required(name).gathered(lines.map { $0[0] }))
    }
    for (members, picked) in zip(columns, cells) {
      let head = ValueText.short(heads.value(at: members[0]))
      let name = items.contains { $0.name == head } ? "\(across) \(head)" : head
      items.append((name, filling.gathered(picked)))
    }
    context.ledger(
      LedgerLine(
        stage: "pivot", rowsIn: all.count, rowsOut: lines.count,
        reasons: [
          .init("rows without a value of \(across)", all.count - table.count),
          .init("rows put side by side", table.count - lines.count),
        ]),
      detail:
        "\(values) by \(rows.joined(separator: ", ")), \(Counted.text(columns.count, "column"))")
    var result = Table(title: table.title, columns: items)
    result.rowTimes = table.times(by: rows)?.latest(lines)
    return result
  }

  private static func twice(
    _ table: Table, _ rows: [String], _ across: String, _ row: Int
  ) -> Fault {
    let key = (rows + [across]).compactMap {
      table.column($0).map { ValueText.short($0.value(at: row)) }
    }
    return Fault(
      .duplicateKey, "two rows have \(key.joined(separator: ", "))",
      helps: ["make them one first, for example with summarise"], parameter: "values")
  }
}
