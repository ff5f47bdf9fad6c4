// What can be wrong with a table of text, as facts with line, column and value.

/// A fact that stopped a table from being read; lines and columns count from 1.
public enum CSVError: Error, Equatable, Sendable {
  /// The file has no bytes but perhaps blank lines.
  case emptyFile
  /// The file ends after its header.
  case headerOnly(columns: Int)
  /// A line has another number of fields than the header.
  case raggedRow(line: Int, expected: Int, found: Int)
  /// A value does not have the type of its column.
  case badValue(line: Int, column: Int, field: String, value: String, expected: String)
  /// A quoted field is still open at the end of the file; `line` is where it began.
  case unclosedQuote(line: Int, column: Int, field: String)
  /// Something other than a separator follows a closing quote.
  case textAfterQuote(line: Int, column: Int, field: String)
  /// Two columns have the same name.
  case duplicateColumn(name: String, columns: [Int])
  /// The header has numbers only.
  case noHeader(first: String)
  /// More columns, or more bytes in a field, than are read.
  case tooManyColumns(count: Int, limit: Int)
  case fieldTooLong(line: Int, column: Int, field: String, bytes: Int, limit: Int)
  /// The bytes are not UTF-8 text.
  case encoding(line: Int, found: String)
  /// A code of missing values stands in a column for which it was not declared.
  case strayCode(line: Int, field: String, code: String, count: Int)
  /// A column asked for is not there.
  case noSuchColumn(name: String, available: [String])
  /// No column has one of the usual names of a key.
  case noKey(key: String, tried: [String], available: [String])
  /// A key is missing on a line.
  case missingKey(line: Int, column: Int, field: String, count: Int)
  /// Several lines hold the same asset and month.
  case duplicateKeys(asset: String, month: Period, lines: [Int], count: Int)
}

extension CSVError {
  /// The fact as a plain sentence.
  public var message: String {
    switch self {
    case .emptyFile: "the file is empty"
    case .headerOnly(let columns):
      "the file has a header of \(columns) columns and no rows"
    case .raggedRow(let line, let expected, let found):
      "line \(line) has \(found) fields where the header has \(expected)"
    case .badValue(let line, let column, let field, let value, let expected):
      "line \(line), column \(column) ('\(field)'): '\(value)' is not \(expected)"
    case .unclosedQuote(let line, let column, let field):
      "line \(line), column \(column) ('\(field)'): the quoted field that begins here never ends"
    case .textAfterQuote(let line, let column, let field):
      "line \(line), column \(column) ('\(field)'): text follows the closing quote"
    case .duplicateColumn(let name, let columns):
      "line 1: columns \(columns.map(String.init).joined(separator: " and ")) "
        + "are both named '\(name)'"
    case .noHeader(let first):
      "line 1 begins with '\(first)' and has numbers only: the file has no line of column names"
    case .tooManyColumns(let count, let limit):
      "the header has \(count) columns; at most \(limit) are read"
    case .fieldTooLong(let line, let column, let field, let bytes, let limit):
      "line \(line), column \(column) ('\(field)'): a field of \(bytes) bytes; at most \(limit) are read"
    case .encoding(let line, let found): "line \(line): the text is not UTF-8 but \(found)"
    case .strayCode(let line, let field, let code, let count):
      "line \(line) ('\(field)'): \(code) stands for a missing value in files of some makers, here "
        + (count == 1 ? "once" : "\(count) times") + " without being declared"
    case .noSuchColumn(let name, let available):
      "no column '\(name)'; the columns are \(listed(available))"
    case .noKey(let key, let tried, let available):
      "no \(key) column: none of \(listed(tried, limit: 20)) is among \(listed(available))"
    case .missingKey(let line, let column, let field, let count):
      "line \(line), column \(column) ('\(field)'): the key is missing, as on \(count) lines in all"
    case .duplicateKeys(let asset, let month, let lines, let count):
      "asset '\(asset)' appears \(lines.count) times in \(month) (lines "
        + listed(lines.map(String.init)) + "); \(count) lines repeat a key"
    }
  }
}
