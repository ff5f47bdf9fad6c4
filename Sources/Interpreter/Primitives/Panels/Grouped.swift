// Groups of rows, joins and stacks: the work behind the verbs on tables.

import FactorLang
import FactorRuntime

enum Grouped {
  /// Statistics of each group; groups come in their natural order.
  ///
  /// A statistic of groups by period is known when the latest of its columns is in the last of the group's rows; any
  /// other is known when the sample has ended.
  static func summary(
    _ table: Table, _ statistics: Definitions, by names: [String], budget: Budget
  ) throws -> Table {
    let table = table.timed(by: names)
    let groups = try groups(table, by: names, budget: budget)
    var columns = try names.map { name -> (name: String, column: Column) in
      (name, try table.required(name).gathered(groups.map { $0[0] }))
    }
    let rows = GroupedRows(table, groups: groups)
    let times = table.rowTimes?.latest(groups)
    let isTimed = times != nil && columns.contains { $0.column.holdsPeriods }
    let chosen = columns.map(\.column.known).max() ?? 0
    for pair in statistics.pairs {
      var column = try column(pair, rows, of: table, groups, isOne: names.isEmpty)
      column.known =
        isTimed ? max(0, chosen, pair.expression.latest(in: table)) : Availability.wholeSample
      columns.append((pair.name, column))
    }
    var result = Table(title: table.title, columns: columns)
    result.rowTimes = times
    return result
  }

  /// A statistic of each group: of all at once where its functions can, or else of one after the other.
  static func column(
    _ pair: (name: String, expression: ColumnExpression), _ rows: GroupedRows, of table: Table,
    _ groups: [[Int]], isOne: Bool
  ) throws -> Column {
    if let column = try pair.expression.grouped(rows) { return column }
    let cells = try groups.map { try single(pair, of: isOne ? table : table.gathered($0)) }
    guard let column = Column(cells: cells) else {
      throw Fault(
        .wrongType, "`\(pair.name)` is not one number, text or date a group",
        parameter: "statistics")
    }
    return column
  }

  /// The value of a statistic: one of all rows stands in each of them; anything else must be the same in each.
  static func single(
    _ pair: (name: String, expression: ColumnExpression), of part: Table
  ) throws -> Value {
    let value = try pair.expression.value(on: part).result
    guard case .column(let column) = value else { return value }
    guard column.column.count > 0 else { return .missing }
    if !Availability.isWholeSample(column.column.known) {
      let keys = Set((0..<column.column.count).map { column.column.key(at: $0) })
      guard keys.count == 1 else {
        throw Fault(
          .wrongType, "`\(pair.expression.text)` has a value for each row, not one a group",
          helps: ["take a statistic of it:  \(pair.name) = mean(\(pair.expression.text))"],
          parameter: "statistics")
      }
    }
    return column.column.value(at: 0)
  }

  /// The rows of each group.
  static func groups(
    _ table: Table, by names: [String], budget: Budget
  ) throws -> [[Int]] {
    guard !names.isEmpty else { return table.count > 0 ? [Array(0..<table.count)] : [] }
    var keys = RowKeys(names, budget)
    var groups: [[Int]] = []
    for (row, key) in try keys.numbers(of: table).enumerated() {
      if key == groups.count { groups.append([row]) } else { groups[key].append(row) }
    }
    let firsts = groups.map { $0[0] }
    let columns = try names.map { try table.required($0).gathered(firsts) }
    return try RowOrder(columns, budget).places().map { groups[$0] }
  }

  /// The first rows of an order, or the first of it in each group.
  static func first(_ count: Int, of order: [Int], in groups: [[Int]]?) -> [Int] {
    guard let groups else { return Array(order.prefix(count)) }
    var places = [Int](repeating: 0, count: order.count)
    for (place, row) in order.enumerated() { places[row] = place }
    return groups.flatMap { rows in rows.sorted { places[$0] < places[$1] }.prefix(count) }
  }
}

enum TableJoin {
  /// All rows of the first with the columns of the second, how many found no partner, and by how many periods at most
  /// the columns are known later than at their own rows.
  static func left(
    _ first: Table, _ second: Table, on names: [String], _ times: JoinTimes?, budget: Budget
  ) throws -> (table: Table, unmatched: Int, delay: Int) {
    if let name = names.first(where: { second.column($0) == nil }) {
      throw Fault(
        .unknownColumn,
        "the table to join has no column `\(name)`, only "
          + second.columnNames.map { "`\($0)`" }.joined(separator: ", "), parameter: "other")
    }
    var keys = RowKeys(names, budget)
    let known = try keys.numbers(of: second)
    for (row, key) in known.enumerated() where key != row {
      throw Fault(
        .duplicateKey,
        "the table to join has two rows for \(try second.keys(names, at: row).joined(separator: ", "))",
        helps: ["make them one first, for example with summarise"], parameter: "other")
    }
    // A missing key never matches.
    let columns = try names.map { try first.required($0) }
    let partners = try keys.numbers(of: first).enumerated().map { row, key in
      key < known.count && !columns.contains { $0.isMissing(at: row) } ? key : -1
    }
    var table = first.timed()
    if table.rowTimes == nil { table.rowTimes = second.times(by: names)?.gathered(partners) }
    var moved: [Int: Int] = [:]
    for (name, column) in second.columns where !names.contains(name) {
      if let own = first.column(name), isSameTime(own, column, partners) { continue }
      guard first.column(name) == nil else {
        throw Fault(
          .duplicateName, "both tables have a column `\(name)`",
          helps: ["drop it from one:  select except: \(name)"], parameter: "other")
      }
      var added = column.gathered(partners)
      if let times {
        added.known = moved[column.known] ?? times.known(column.known, partners)
        moved[column.known] = added.known
      }
      table.columns.append((name, added))
    }
    let delays = moved.map { Availability.isAlways($0) ? $1 : $1 - $0 }
    return (table, partners.count { $0 < 0 }, delays.max() ?? 0)
  }

  // The month of a day, or the day that stands for a month, is the same on both sides of most joins.
  private static func isSameTime(_ own: Column, _ other: Column, _ partners: [Int]) -> Bool {
    func agree<Time: Equatable>(_ a: [Time], _ b: [Time]) -> Bool {
      partners.enumerated().allSatisfy { row, partner in partner < 0 || a[row] == b[partner] }
    }
    switch (own.values, other.values) {
    case (.dates(let a), .dates(let b)): return agree(a, b)
    case (.months(let a), .months(let b)): return agree(a, b)
    default: return false
    }
  }
}

enum TableStack {
  static func stacked(_ tables: [Table]) throws -> Table {
    guard let first = tables.first else {
      throw Fault(.wrongType, "`stack` needs at least one table", parameter: "tables")
    }
    var result = Table(title: first.title, columns: [])
    result.rowTimes = RowTimes.stacked(tables.map { ($0.times(), $0.count) })
    for name in first.columnNames {
      var cells: [Value] = []
      var known = Availability.always
      for table in tables {
        guard table.columnNames == first.columnNames, let column = table.column(name) else {
          throw Fault(
            .unknownColumn,
            "the tables differ: \(first.columnNames.joined(separator: ", ")) and "
              + table.columnNames.joined(separator: ", "), parameter: "tables")
        }
        cells += (0..<column.count).map { column.value(at: $0) }
        known = max(known, column.known)
      }
      guard var column = Column(cells: cells) else {
        throw Fault(.wrongType, "`\(name)` is of several types", parameter: "tables")
      }
      column.known = known
      result.columns.append((name, column))
    }
    return result
  }
}
