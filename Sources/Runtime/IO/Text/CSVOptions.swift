// What a reader of tables may be told, and what it gives back.

/// How to read a table of text.
public struct CSVOptions: Sendable {
  /// The separator; nil looks for it among comma, semicolon, tab and bar.
  public var separator: Character?
  /// Whether the first line names the columns.
  public var hasHeader = true
  /// Columns that stay text whatever they look like, beside those named like identifiers.
  public var textColumns: [String] = []
  /// Columns that must be dates, beside those named like dates.
  public var dateColumns: [String] = []
  /// Whether every column stays text, missing spellings included.
  public var allText = false
  /// Whether a compressed file may unpack to more than the usual limit.
  public var allowLarge = false
  /// The member of an archive to read; nil if it has only one.
  public var member: String?
  /// Who made the file.
  public var source = FileSource.auto
  /// Codes that stand for missing values in columns of numbers, beside those of the source.
  public var missingCodes: [String] = []
  /// Columns in percent, and columns that are not whatever they look like.
  public var percent: [String] = []
  public var decimal: [String] = []
  /// Whether columns of returns that are clearly in percent become decimals.
  public var detectsUnits = true
  /// A question to a database, in its own language.
  public var query: String?

  /// Creates the usual options.
  public init() {}

  /// The maker of a file with columns of these names.
  func source(of names: [String]) -> FileSource {
    source == .auto ? FileSource.proved(by: names) ?? .plain : source
  }

  /// The codes of a column.
  func codes(of name: String, _ source: FileSource) -> ColumnCodes {
    ColumnCodes(source.codes(name) + missingCodes)
  }
}

/// The usual names of keys.
public enum KeyAliases {
  /// Names of asset keys, most telling first; case does not matter.
  public static let asset = [
    "permno", "id", "secid", "asset", "instrument", "ticker", "symbol", "stock_id", "gvkey",
    "firm", "stock", "security", "permco", "cusip", "isin", "sedol", "ric",
  ]
  /// Names of time keys, most telling first; case does not matter.
  public static let date = [
    "date", "yyyymm", "eom", "month", "datetime", "trade_date", "time", "caldt", "mthcaldt",
    "ym", "yearmonth", "dates", "datadate",
  ]
  /// Further names of identifiers, which stay text so that leading zeros survive.
  public static let identifier = ["ncusip", "figi", "cik", "name", "hsiccd", "siccd", "sic"]

  static func isIdentifier(_ name: String) -> Bool {
    let lower = name.lowercased()
    return asset.contains(lower) || identifier.contains(lower)
  }

  static func isDate(_ name: String) -> Bool { date.contains(name.lowercased()) }
}

/// A table as read: named columns of equal length.
public struct CSVTable: Sendable {
  /// The columns' names.
  public let names: [String]
  /// The columns.
  public let columns: [Column]
  /// How each date column is spelled; nil for other columns.
  public let dateStyles: [DateStyle?]
  /// The number of rows.
  public let rowCount: Int
  /// Codes that stood for missing values of each column, fields without text not counted.
  public let missing: [[MissingReason]]
  /// Remarks: blank lines skipped, infinite values turned into missing ones.
  public let notes: [String]
  let lines: LineTable
  /// Whether rows were made of columns by tickers.
  var isOfTickers: Bool { names.count > 1 && names[1] == YahooHeader.assetName }

  /// The same rows with other values and remarks.
  func with(_ columns: [Column], missing: [[MissingReason]], notes: [String]) -> CSVTable {
    CSVTable(
      names: names, columns: columns, dateStyles: dateStyles, rowCount: rowCount,
      missing: missing, notes: notes, lines: lines)
  }

  /// The line on which a row begins, counted from 1.
  public func line(ofRow row: Int) -> Int { lines.line(ofRow: row) }

  /// The position of a column; nil if there is none of that name.
  public func position(_ name: String) -> Int? { names.firstIndex(of: name) }
}

/// The lines of rows, stored only where the regular spacing breaks.
struct LineTable: Sendable {
  private(set) var breaks: [(row: Int, line: Int)] = []

  /// Records the line of the next row.
  @inline(__always)
  mutating func note(row: Int, line: Int) {
    if let last = breaks.last, line - row == last.line - last.row { return }
    breaks.append((row, line))
  }

  func line(ofRow row: Int) -> Int {
    var (low, high) = (0, breaks.count)
    while low < high {
      let middle = (low + high) / 2
      if breaks[middle].row <= row { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return row + 1 }
    return breaks[low - 1].line + row - breaks[low - 1].row
  }
}
