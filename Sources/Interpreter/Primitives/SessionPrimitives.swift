// Showing values.

import FactorLang
import FactorRuntime

let sessionPrimitives: [Primitive] = [
  Primitive(
    "show", topic: .session, "Shows a value, in the way that is asked for, and passes it on.",
    Parameter<Value>.flow("value", "anything"),
    Parameter<Int?>.optional("digits", "significant digits, where the value is a number").labelled
      .within(1...17),
    Parameter<RowCount?>.rowCount(
      "rows", "rows shown, or `all`; a third of them are the last ones"
    ).labelled,
    Parameter<Bool>.value(
      "sideways", default: false, "show each row as lines, a column a line, with what it holds"
    ).labelled,
    Parameter<Bool>.value(
      "full", default: false, "show everything known of it: of a panel each column over time"
    ).labelled,
    returns: "the value", effect: .keeps, isEffect: true,
    examples: [
      "show 1/3, digits: 10", "show toy, rows: 20", "toy[2000-01] | show sideways: true, rows: 1",
      "show toy, full: true",
    ]
  ) { context, value, digits, rows, sideways, full in
    if let digits, let number = Double(value) {
      guard (1...17).contains(digits) else {
        throw Fault(.outOfRange, "`digits` must lie in 1..17, not \(digits)", parameter: "digits")
      }
      context.events.send(
        .value(.text(NumberFormat.significant(number, digits: digits)), name: nil))
    } else {
      let view = ValueView(rows: rows?.count, isSideways: sideways, isFull: full)
      context.events.send(.value(try view.seen(value), name: nil))
    }
    return value
  }
]

/// A number of rows, or all of them.
struct RowCount: Bridged {
  let count: Int

  static let all = "all"
  static var type: Type { .oneOf([.integer, .choice]) }

  init?(_ value: Value) {
    if case .text(Self.all) = value {
      count = .max
    } else {
      guard let number = Int(value) else { return nil }
      count = number
    }
  }

  var value: Value { count == .max ? .text(Self.all) : .integer(count) }
}

extension Parameter where Input == RowCount? {
  static func rowCount(_ name: String, _ sentence: String) -> Parameter {
    Parameter.optional(name, sentence).named {
      $0.role = .choice([Choice(RowCount.all, "every row")])
    }
  }
}

extension ValueView {
  /// More rows than anybody reads, and lines than should be held in memory.
  private static let mostRows = 100_000

  /// The value as it is to be seen; a fault where it has no rows or no more to show.
  func seen(_ value: Value) throws -> Value {
    if rows == nil, !isSideways, !isFull { return value }
    if let rows, rows < 1 {
      throw Fault(.outOfRange, "`rows` is at least 1, not \(rows)", parameter: "rows")
    }
    if isFull { return try whole(value) }
    switch value {
    case .panel(var panel):
      panel.view = self
      try check(panel.panel.count)
      return .panel(panel)
    case .list, .column, .record: return .table(try seen(Self.rows(of: value)))
    default:
      guard let flow = TableFlow(value) else { throw Self.noRows(value, isSideways) }
      return .table(try seen(flow.table))
    }
  }

  private func seen(_ table: Table) throws -> Table {
    var table = table
    table.view = self
    try check(table.count)
    return table
  }

  private func whole(_ value: Value) throws -> Value {
    switch value {
    case .panel(var panel):
      panel.view = self
      return .panel(panel)
    case .sheet(var sheet):
      sheet.isFull = true
      return .sheet(sheet)
    default:
      throw Fault(
        .wrongType, "`full` shows more of panels and sheets, not of \(value.type.phrase)",
        helps: ["to see every row:  show …, rows: all"], parameter: "full")
    }
  }

  private func check(_ count: Int) throws {
    guard min(rows ?? 0, count) > Self.mostRows else { return }
    throw Fault(
      .outOfRange,
      "\(NumberFormat.count(min(rows ?? 0, count))) rows are more than are shown at once, "
        + "\(NumberFormat.count(Self.mostRows))",
      helps: ["write them to a file:  save …, \"rows.csv\""], parameter: "rows")
  }

  private static func noRows(_ value: Value, _ isSideways: Bool) -> Fault {
    Fault(
      .wrongType, "\(value.type.phrase) has no rows to show",
      parameter: isSideways ? "sideways" : "rows")
  }

  // A list or column as a table of one column, records as one of their fields.
  private static func rows(of value: Value) throws -> Table {
    switch value {
    case .column(let column):
      return Table(columns: [(column.name.isEmpty ? "value" : column.name, column.column)])
    case .record: if let table = Table(records: [value]) { return table }
    case .list(let items):
      if let table = Table(records: items) { return table }
      let column = Column(cells: items) ?? Column(text: items.map { ValueText.short($0) })
      return Table(columns: [("value", column)])
    default: break
    }
    throw noRows(value, false)
  }
}
