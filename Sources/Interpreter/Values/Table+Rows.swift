// Rows of tables: made from panels and records, chosen, ordered, keyed.

import FactorLang
import FactorRuntime

extension Table {
  /// A panel with its keys as columns.
  init(_ panel: Panel, title: String) {
    var columns: [(name: String, column: Column)] = []
    for key in [panel.dateKey, panel.assetKey] {
      if let column = panel.columnOrKey(key) { columns.append((key, column)) }
    }
    if panel.dateKey != "month", !panel.hasColumn("month"),
      let month = panel.columnOrKey("month")
    {
      columns.append(("month", month))
    }
    self.init(title: title, columns: columns + panel.named)
    rowTimes = RowTimes(panel.index)
  }

  /// A table of records of one shape; nil for anything else.
  init?(records: [Value]) {
    guard case .record(let first)? = records.first else { return nil }
    var cells: [[Value]] = first.fields.map { _ in [] }
    for item in records {
      guard case .record(let record) = item,
        record.fields.map(\.name) == first.fields.map(\.name)
      else { return nil }
      for (place, field) in record.fields.enumerated() { cells[place].append(field.value) }
    }
    var columns: [(name: String, column: Column)] = []
    for (field, values) in zip(first.fields, cells) {
      guard let column = Column(cells: values) else { return nil }
      columns.append((field.name, column))
    }
    self.init(columns: columns)
  }

  /// The rows at the places given, in that order.
  func gathered(_ rows: [Int]) -> Table {
    var table = self
    table.rowTimes = times()?.gathered(rows)
    table.columns = columns.map { ($0.name, $0.column.gathered(rows)) }
    return table
  }

  /// The named columns, in that order; all if none is named.
  func choosing(_ names: [String]) throws -> Table {
    guard !names.isEmpty else { return self }
    var table = timed()
    table.columns = try names.map { ($0, try required($0)) }
    return table
  }

  func required(_ name: String) throws -> Column {
    guard let column = column(name) else {
      throw PanelError.noSuchColumn(name: name, available: columnNames)
    }
    return column
  }

  /// What the rows are in some columns, as keys to compare.
  func keys(_ names: [String]) throws -> [[String]] {
    let columns = try names.map { try required($0) }
    return (0..<count).map { row in columns.map { $0.key(at: row) } }
  }

  /// What one row is in some columns, as it is shown.
  func keys(_ names: [String], at row: Int) throws -> [String] {
    try names.map { ValueText.short(try required($0).value(at: row)) }
  }
}

extension Column {
  /// A value as a key: exact, and the missing one equal to itself.
  func key(at row: Int) -> String {
    if let numbers { return "\(numbers[row])" }
    return ValueText.short(value(at: row))
  }

  /// A column of single values of one kind; nil if they are of several, or of none that a column holds.
  init?(cells: [Value]) {
    let kinds = Set(cells.compactMap(\.columnKind))
    guard kinds.count <= 1, cells.allSatisfy({ $0.isMissing || $0.columnKind != nil }) else {
      return nil
    }
    switch kinds.first {
    case .text: self.init(text: cells.map { String($0) })
    case .month:
      self.init(.months(cells.map { if case .month(let month) = $0 { month } else { .missing } }))
    case .date:
      self.init(.dates(cells.map { if case .date(let date) = $0 { date } else { .missing } }))
    case .bool:
      self.init(
        numbers: cells.map { if case .bool(let flag) = $0 { flag ? 1 : 0 } else { .nan } },
        unit: .boolean)
    default:
      let isCount = cells.allSatisfy { if case .integer = $0 { true } else { $0.isMissing } }
      let isRatio = cells.allSatisfy { $0.isRatio || $0.isMissing }
      self.init(
        numbers: cells.map { Double($0) ?? .nan },
        unit: isCount ? .count : isRatio ? .ratio : .plain)
    }
  }
}

/// The kinds of columns.
private enum ColumnKind { case number, text, bool, month, date }

extension Value {
  var isMissing: Bool {
    if case .missing = self { return true }
    return false
  }

  fileprivate var columnKind: ColumnKind? {
    switch self {
    case .integer, .number, .ratio: .number
    case .text: .text
    case .bool: .bool
    case .month: .month
    case .date: .date
    default: nil
    }
  }
}
