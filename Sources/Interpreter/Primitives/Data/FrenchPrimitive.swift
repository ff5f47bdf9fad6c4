// Tables of Kenneth French's data library, by title or number.

import FactorLang
import FactorRuntime

let frenchPrimitive = Primitive(
  "french", topic: .data, "Reads one table of a file of Kenneth French's data library.",
  Parameter<String>.required(
    "path", "the file as it was published, zipped or not, relative to the script"),
  Parameter<Value>.value(
    "table", default: .integer(1), shown: "1", "its number in the file, or a part of its title"
  ).labelled,
  LoadParameters.member,
  returns:
    "a table by month, day or year; returns in percent become decimals, -99.99 and -999 missing; "
    + "`.tables` lists what the file holds",
  effect: .gives(
    Schema([ColumnInfo("month", .month), ColumnInfo("date", .any)], isComplete: false)),
  examples: ["f = french \"french.csv\"\nf | top 2, by: SMB\nf.tables"]
) { context, path, table, member in
  let file = context.reading(path)
  return try LoadedFiles.blaming("path") {
    let bytes = try PackedText.read(file, member: member, budget: context.budget)
    return try FrenchTable(try FrenchFile(bytes), path, file).table(table, context)
  }
}.costing(.perByte(20))

/// A file of the library and how its tables are named.
private struct FrenchTable {
  private let sections: [FrenchFile.Section]
  private let endsWithinRow: Bool
  private let path: String
  private let file: String

  init(_ french: FrenchFile, _ path: String, _ file: String) {
    (sections, endsWithinRow) = (french.sections, french.endsWithinRow)
    (self.path, self.file) = (path, file)
  }

  func table(_ wanted: Value, _ context: Context) throws -> Table {
    let number = try number(wanted)
    let section = sections[number]
    let time = Self.time(section)
    let scale = section.isPercent ? 0.01 : 1
    let unit: ColumnUnit = section.isPercent ? .ratio : .plain
    try record(section, context)
    let missing = section.missing.map { "\($0.code) \(NumberFormat.count($0.count))" }
    context.ledger(
      LedgerLine(stage: "french", rowsIn: section.rows, rowsOut: section.rows),
      detail: "table \(number + 1) of \(sections.count): \(section.title)  "
        + "\(Self.span(section))  \(Counted.text(section.names.count, "column"))"
        + (section.isPercent ? "; percent → decimals" : "; numbers as they are")
        + (missing.isEmpty ? "" : "; missing \(missing.joined(separator: ", "))")
        + (endsWithinRow ? "; no line end behind the last row: it may be cut short" : ""))
    var table = Table(
      title: section.title,
      columns: [time]
        + zip(section.names, section.columns).map { name, values in
          (name, Column(numbers: values.map { $0 * scale }, unit: unit, known: 0))
        })
    table.parts = [.init(name: "tables", table: list)]
    return table
  }

  private func number(_ wanted: Value) throws -> Int {
    if let number = Int(wanted) {
      guard sections.indices.contains(number - 1) else { throw unknown("no table \(number)") }
      return number - 1
    }
    guard case .text(let words) = wanted else {
      throw Fault(
        .wrongType, "`table` is a number or a part of a title, not \(wanted.type.phrase)",
        parameter: "table")
    }
    let found = sections.indices.filter {
      sections[$0].title.lowercased().contains(words.lowercased())
    }
    guard let first = found.first else { throw unknown("no table with `\(words)` in its title") }
    guard found.count == 1 else {
      var fault = unknown("\(found.count) tables with `\(words)` in their titles")
      fault.data = found.map(line)
      throw fault
    }
    return first
  }

  private func unknown(_ what: String) -> Fault {
    var fault = Fault(
      .unknownChoice, "the file has \(what)", helps: ["by number:  table: 1"], parameter: "table")
    fault.data = sections.indices.prefix(12).map(line)
    return fault
  }

  private func line(_ number: Int) -> String {
    let title = sections[number].title
    return "\(number + 1)  \(title.count > 60 ? title.prefix(59) + "…" : title)"
  }

  private var list: Table {
    Table(
      title: path,
      columns: [
        (
          "table",
          Column(numbers: sections.indices.map { Double($0 + 1) }, unit: .count)
        ),
        ("title", Column(text: sections.map(\.title))),
        ("span", Column(text: sections.map(Self.span))),
        ("columns", Column(numbers: sections.map { Double($0.names.count) }, unit: .count)),
        ("line", Column(numbers: sections.map { Double($0.line) }, unit: .count)),
      ])
  }

  private static func time(_ section: FrenchFile.Section) -> (name: String, column: Column) {
    switch section.keys {
    case .periods(let periods): Column.time(periods)
    case .years(let years): ("year", Column(text: years.map(String.init)))
    }
  }

  private static func span(_ section: FrenchFile.Section) -> String {
    switch section.keys {
    case .periods(let periods):
      "\(periods.first?.description ?? "")..\(periods.last?.description ?? "")"
    case .years(let years): "\(years.first ?? 0)..\(years.last ?? 0)"
    }
  }

  // A table of years has no periods to keep with the run.
  private func record(_ section: FrenchFile.Section, _ context: Context) throws {
    guard case .periods(let periods) = section.keys else { return }
    let index = try PanelIndex.sorting(
      months: periods, assets: periods.map { _ in 0 }, names: [path]
    ).index
    try context.record(
      try Panel(
        index: index,
        columns: zip(section.names, section.columns).map { ($0, Column(numbers: $1, known: 0)) },
        assetKey: "asset", dateKey: index.clock.key), path: path, file: file)
  }
}
