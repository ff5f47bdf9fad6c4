// The inverse of the reader: what is written reads back as the same bits.
//
// Numbers are the shortest decimals that round-trip, dates are spelled as they were read, missing
// values are empty fields. Text that could be mistaken for something else is quoted.

/// Writes tables of text.
public enum CSVWriter {
  /// Writes a panel, replacing the file all at once.
  public static func write(_ panel: Panel, to path: String, budget: Budget = Budget()) throws {
    try FileSystem.write(
      bytes(of: panel) { try budget.check() }, to: path, heeding: budget)
  }

  /// Writes named columns of equal length, replacing the file all at once.
  public static func write(
    _ columns: [(name: String, column: Column)], to path: String, budget: Budget = Budget()
  ) throws {
    try FileSystem.write(
      bytes(of: columns, dateStyle: nil) { try budget.check() }, to: path, heeding: budget)
  }

  /// The text of a panel: both keys, then the columns.
  public static func bytes(of panel: Panel) -> [UInt8] { bytes(of: panel) {} }

  /// The text of named columns; `dateStyle` spells the first column.
  public static func bytes(
    of columns: [(name: String, column: Column)], dateStyle: DateStyle? = nil
  ) -> [UInt8] {
    bytes(of: columns, dateStyle: dateStyle) {}
  }

  // `look` is called every thousand rows and may give up.
  private static func bytes(
    of panel: Panel, look: () throws -> Void
  ) rethrows -> [UInt8] {
    let dates: Column.Values =
      panel.dates.map { .dates($0) }
      ?? .months(panel.index.rowMonths)
    let assets = Column(.text(codes: panel.index.assets, dictionary: panel.index.assetNames))
    let keys = [(name: panel.dateKey, column: Column(dates)), (panel.assetKey, assets)]
    return try bytes(of: keys + panel.named, dateStyle: panel.dateStyle, look: look)
  }

  private static func bytes(
    of columns: [(name: String, column: Column)], dateStyle: DateStyle?,
    look: () throws -> Void
  ) rethrows -> [UInt8] {
    var out: [UInt8] = []
    append(columns.map(\.name).map { quoted($0, isName: true) }, to: &out)
    let texts = columns.map { item -> [String] in
      guard case .text(_, let dictionary) = item.column.values else { return [] }
      return dictionary.map { quoted($0) }
    }
    for row in 0..<(columns.first?.column.count ?? 0) {
      if row & 1023 == 0 { try look() }
      for (c, item) in columns.enumerated() {
        if c > 0 { out.append(44) }
        let style = c == 0 ? dateStyle : nil
        out.append(contentsOf: field(item.column, row, texts[c], style).utf8)
      }
      out.append(10)
    }
    return out
  }

  /// The shortest decimal that reads back as the same number; empty if missing.
  public static func text(_ number: Double) -> String {
    if !number.isFinite { return "" }
    let text = number.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// A value without quotes: numbers as the shortest decimals, nothing where it is missing.
  public static func plain(_ column: Column, _ row: Int) -> String {
    switch column.values {
    case .numbers(let numbers): text(numbers[row])
    case .text(let codes, let dictionary): codes[row] < 0 ? "" : dictionary[Int(codes[row])]
    case .months(let months): months[row].isMissing ? "" : months[row].description
    case .dates(let dates): DateStyle.day.text(dates[row])
    }
  }

  private static func field(
    _ column: Column, _ row: Int, _ texts: [String], _ style: DateStyle?
  ) -> String {
    switch column.values {
    case .numbers(let numbers): text(numbers[row])
    case .text(let codes, _): codes[row] < 0 ? "" : texts[Int(codes[row])]
    case .months(let months): (style ?? .month).text(months[row])
    case .dates(let dates): (style ?? .day).text(dates[row])
    }
  }

  private static func append(_ fields: [String], to out: inout [UInt8]) {
    out.append(contentsOf: fields.joined(separator: ",").utf8)
    out.append(10)
  }

  private static func quoted(_ text: String, isName: Bool = false) -> String {
    var copy = text
    let needsQuotes = copy.withUTF8 { bytes in
      let isSpecial = bytes.contains { $0 == 44 || $0 == 34 || $0 == 10 || $0 == 13 }
      let isPadded = bytes.first == 32 || bytes.last == 32
      return isSpecial || isPadded || !isName && CSVToken.classify(bytes) == .missing
    }
    if !needsQuotes { return text }
    var result = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" { result.unicodeScalars.append(scalar) }
      result.unicodeScalars.append(scalar)
    }
    return result + "\""
  }
}
