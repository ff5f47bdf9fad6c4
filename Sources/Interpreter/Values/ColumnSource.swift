// Anything with named columns that a column expression can be computed over.

import FactorLang
import FactorRuntime

/// When a value is known, in months after its row.
enum Availability {
  /// Keys and constants: long before any row.
  static let always = ColumnInfo.always
  /// A statistic of all rows: known when the last of them is.
  static let wholeSample = ColumnInfo.wholeSample

  /// Tells whether the value is known long before its row.
  static func isAlways(_ known: Int) -> Bool { known < always / 2 }

  /// Tells whether the value is known only when the sample has ended.
  static func isWholeSample(_ known: Int) -> Bool { ColumnInfo.isWholeSample(known) }
}

/// Rows with named columns.
protocol ColumnSource: Sendable {
  var rowCount: Int { get }
  var columnNames: [String] { get }
  func columnOrKey(_ name: String) -> Column?
}

extension Panel: ColumnSource {
  var rowCount: Int { count }
  var columnNames: [String] { names }

  /// A column by name; the keys count as columns, and `month` always means the calendar month.
  func columnOrKey(_ name: String) -> Column? {
    if hasColumn(name) { return try? column(name) }
    if name == dateKey, let dates { return Column(.dates(dates), known: Availability.always) }
    if name == dateKey { return Column(periods: index.rowMonths) }
    if name == "month" {
      let months = index.clock == .months ? index.rowMonths : index.rowMonths.map(\.calendarMonth)
      return Column(.months(months), known: Availability.always)
    }
    if name == assetKey {
      let keys = Column.Values.text(codes: index.assets, dictionary: index.assetNames)
      return Column(keys, known: Availability.always)
    }
    return nil
  }
}

extension Table: ColumnSource {
  var rowCount: Int { count }
  var columnNames: [String] { columns.map(\.name) }
  func columnOrKey(_ name: String) -> Column? { column(name) }

  /// The periods of the rows: those of the first column, of `date` or `month`, or else of any that holds some.
  ///
  /// Days have a column of their months beside them, which says less.
  var periods: [Period]? {
    let first = columns.prefix(1).map(\.column)
    let named = first + ["date", "month"].compactMap { column($0) } + columns.map(\.column)
    return named.lazy.compactMap(\.periods).first
  }
}

extension Table {
  /// The same, of figures of a whole sample.
  var ofWholeSample: Table { chosen(knowing: Availability.wholeSample) }

  /// The same, for rows chosen by what is known at some time: that a row is there tells as much.
  func chosen(knowing known: Int) -> Table {
    var table = self
    for place in table.columns.indices {
      table.columns[place].column.known = max(known, table.columns[place].column.known)
    }
    return table
  }
}

extension Column {
  /// The months or days that the column holds; nil for other columns.
  var periods: [Period]? {
    switch values {
    case .months(let periods): periods
    case .dates(let days): days.map { Period($0) }
    default: nil
    }
  }

  /// Whether the column holds months or days.
  var holdsPeriods: Bool {
    switch values {
    case .months, .dates: true
    default: false
    }
  }

  /// The column of a table that tells its rows' periods.
  static func time(_ periods: [Period]) -> (name: String, column: Column) {
    (periods.first?.kind ?? .month == .month ? "month" : "date", Column(periods: periods))
  }

  /// Periods as keys: days as dates, all others as they are.
  init(periods: [Period]) {
    self.init(
      periods.first?.kind == .day ? .dates(periods.map(\.firstDay)) : .months(periods),
      known: Availability.always)
  }
}

/// A panel, table or backtest as rows to plot or to name columns of.
public struct Frame: Bridged {
  let rows: any ColumnSource
  /// The months of the rows, where they have them.
  let months: [Period]?
  let title: String
  /// Where the rows are the cells of a sweep.
  var sweep: SweepValue?
  /// Whether the rows are those of a table in the order of time.
  var isOfTable = false

  init(rows: any ColumnSource, months: [Period]?, title: String) {
    (self.rows, self.months, self.title) = (rows, months, title)
  }

  public static var type: Type { .oneOf([.panel(nil), .table(nil), .backtest]) }

  public init?(_ value: Value) {
    switch value {
    case .panel(let panel):
      (rows, months, title) = (panel.panel, panel.panel.index.rowMonths, panel.origin)
    case .table(let table):
      rows = table
      title = table.title ?? ""
      months = table.periods
    case .backtest(let backtest):
      let table = backtest.monthly
      (rows, months, title) = (table, backtest.backtest.months, backtest.title)
    case .sweep(let sweep):
      (rows, months, title) = (sweep.table(), nil, sweep.origin)
      self.sweep = sweep
    default: return nil
    }
  }

  public var value: Value { .nothing }
}
