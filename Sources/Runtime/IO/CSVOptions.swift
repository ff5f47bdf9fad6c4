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

  /// Creates the usual options.
  public init() {}
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
    "ym", "yearmonth",
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
  /// Remarks: blank lines skipped, infinite values turned into missing ones.
  public let notes: [String]
  let lines: LineTable

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
