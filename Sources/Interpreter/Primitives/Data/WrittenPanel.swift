// Panels written out in a program, and writing values to files.

import FactorLang
import FactorRuntime

enum WrittenPanel {
  /// Makes a panel of `name: list` pairs; a single value stands for a whole column.
  static func panel(_ fields: [(name: String, value: Value)]) throws -> Panel {
    // A range is the list of what lies in it.
    let fields = try fields.map { name, value -> (name: String, value: Value) in
      guard case .range = value else { return (name, value) }
      return (name, .list(try Sequences.items(of: value)))
    }
    let rows = fields.map { length($0.value) }.max() ?? 0
    guard rows > 0 else { throw Fault(.wrongType, "a panel needs at least one row") }
    let lists = try fields.map { (name: $0.name, values: try list($0.name, $0.value, rows)) }
    guard let date = lists.first(where: { field in field.values.allSatisfy(isPeriod) }),
      let asset = lists.first(where: { field in field.values.allSatisfy(isText) })
    else {
      throw Fault(
        .wrongType, "a panel needs a column of months or days and a column of firms",
        helps: ["panel(firm: [\"A\", \"B\"], month: 2020-01, bm: [0.2, 0.9])"])
    }
    guard date.name == "month" || !lists.contains(where: { $0.name == "month" }) else {
      throw Fault(
        .notDefinable, "`month` is the calendar month of a row, and `\(date.name)` says which",
        helps: ["give the column another name"])
    }
    let names = asset.values.map(ValueText.short)
    let distinct = Array(Set(names)).sorted()
    let codes = names.map { name in Int32(distinct.firstIndex(of: name) ?? -1) }
    let months = date.values.map { value -> Period in
      switch value {
      case .month(let month): month
      case .date(let day): Period(day)
      default: .missing
      }
    }
    guard Set(months.map(\.kind)).count == 1 else {
      throw Fault(.wrongType, "`\(date.name)` mixes months and days")
    }
    let (index, order) = try PanelIndex.sorting(months: months, assets: codes, names: distinct)
    let columns = try lists.filter { $0.name != date.name && $0.name != asset.name }.map { field in
      let column = try column(field.name, field.values)
      return (name: field.name, column: order.map { column.gathered($0) } ?? column)
    }
    return try Panel(index: index, columns: columns, assetKey: asset.name, dateKey: date.name)
  }

  private static func length(_ value: Value) -> Int {
    if case .list(let items) = value { return items.count }
    return 1
  }

  private static func list(_ name: String, _ value: Value, _ rows: Int) throws -> [Value] {
    guard case .list(let items) = value else { return [Value](repeating: value, count: rows) }
    guard items.count == rows else {
      throw Fault(
        .wrongType, "`\(name)` has \(items.count) values where other columns have \(rows)")
    }
    return items
  }

  private static func isPeriod(_ value: Value) -> Bool {
    switch value {
    case .month, .date: true
    default: false
    }
  }

  private static func isText(_ value: Value) -> Bool {
    if case .text = value { return true }
    return false
  }

  private static func column(_ name: String, _ values: [Value]) throws -> Column {
    let numbers = values.map { value -> Double? in
      if case .missing = value { return .nan }
      return Double(value)
    }
    if !numbers.contains(nil) {
      // Shares stay shares where nothing else stands among them.
      let isShare = values.contains(where: \.isRatio)
      let isPure = values.allSatisfy { $0.isRatio || $0.type == .missing }
      return Column(
        numbers: numbers.map { $0 ?? .nan }, unit: isShare && isPure ? .ratio : .plain)
    }
    guard values.allSatisfy({ isText($0) || $0.type == .missing }) else {
      throw Fault(.wrongType, "`\(name)` mixes numbers and text")
    }
    return Column(text: values.map { $0.type == .missing ? nil : ValueText.short($0) })
  }
}

enum Saver {
  /// Writes a value in the format its file's ending asks for.
  static func save(_ value: Value, to path: String, _ budget: Budget) throws {
    do { try write(value, to: path, budget) } catch let error as FileError {
      throw Fault(.cannotWrite, error.message(writing: path), parameter: "path")
    }
  }

  private static func write(_ value: Value, to path: String, _ budget: Budget) throws {
    if let bytes = try DocumentFiles.bytes(value, path: path) {
      return try FileSystem.write(bytes, to: path, heeding: budget)
    }
    if path.hasSuffix(".csv") { return try saveTable(value, path, budget) }
    if path.hasSuffix(ModelFiles.ending) {
      guard case .model(let model) = value else {
        throw Fault(.wrongType, "only models are written as .fqm, not \(value.type.phrase)")
      }
      return try FileSystem.write(
        try ModelFiles.bytes(model, budget), to: path, heeding: budget)
    }
    if path.hasSuffix(".svg") {
      guard case .plot(let plot) = value else {
        throw Fault(.wrongType, "only plots are written as SVG, not \(value.type.phrase)")
      }
      return try FileSystem.write(
        Array(SVGWriter.text(plot.scene).utf8), to: path, heeding: budget)
    }
    if let format = DocumentFormat(ending: path) {
      guard let table = TableFlow(value)?.table else {
        throw Fault(.wrongType, "\(value.type.phrase) is not a table")
      }
      return try write(lines: table.document.lines(format), path, budget)
    }
    guard path.hasSuffix(".txt") else {
      throw Fault(
        .cannotWrite, "the ending of `\(path)` says no format",
        helps: [
          "end it in .html, .md, .tex, .csv or .json for a sheet or table, .svg or .csv for a plot, .fqm for a model, "
            + ".txt for text"
        ],
        parameter: "path")
    }
    try write(lines: value.display(DisplayOptions()), path, budget)
  }

  private static func write(lines: [String], _ path: String, _ budget: Budget) throws {
    try FileSystem.write(
      Array((lines.joined(separator: "\n") + "\n").utf8), to: path, heeding: budget)
  }

  private static func saveTable(_ value: Value, _ path: String, _ budget: Budget) throws {
    switch value {
    case .panel(let panel): try CSVWriter.write(panel.panel, to: path, budget: budget)
    case .table(let table): try CSVWriter.write(table.columns, to: path, budget: budget)
    case .backtest(let backtest): try CSVWriter.write(backtest.monthly.columns, to: path)
    case .sweep(let sweep): try CSVWriter.write(sweep.table().columns, to: path, budget: budget)
    default:
      throw Fault(
        .wrongType, "\(value.type.phrase) has no rows to write as CSV", parameter: "value")
    }
  }
}
