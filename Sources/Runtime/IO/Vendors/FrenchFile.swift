// Files of Kenneth French's data library: prose, then tables with titles, keyed by month, day or year.
//
// A table begins with a line whose first field is empty and goes on while lines begin with a key of 4, 6 or 8 digits;
// a table of breakpoints has no such line and begins with its first row.
// Its title is the text between the blank line above and its header. Missing values: -99.99 and -999, as the files
// say, counted by code. Lines end with LF, CR LF or CR; bytes that are not UTF-8 are read as Latin 1.
// Reference: the files themselves, which say how they were made.

public struct FrenchFile: Sendable {
  public enum Keys: Sendable, Equatable {
    case periods([Period])
    case years([Int])
  }

  public struct Section: Sendable {
    /// The title, or how often rows come where there is none.
    public let title: String
    public let names: [String]
    public let keys: Keys
    /// Column after column; NaN where missing.
    public let columns: [[Double]]
    /// How often each missing code stands.
    public let missing: [(code: String, count: Int)]
    /// The line of its header, from 1.
    public let line: Int

    /// Whether numbers are returns in percent: those of factors, and tables that call themselves returns.
    public var isPercent: Bool {
      hasNames && (hasNoTitle || title.contains("Return") || title.contains("Factors"))
    }
    let hasNoTitle: Bool
    /// Whether the file names its columns; tables of breakpoints have numbers only.
    let hasNames: Bool
    public var rows: Int { columns.first?.count ?? 0 }
  }

  public let sections: [Section]
  /// Whether the file ends within a row of numbers, without a line end: its last number may be cut.
  public let endsWithinRow: Bool

  /// Reads all tables.
  public init(_ bytes: [UInt8]) throws(CSVError) {
    var reader = FrenchReader(Self.lines(bytes))
    sections = try reader.sections()
    guard !sections.isEmpty else { throw .emptyFile }
    let last = bytes.reversed().prefix { $0 != 10 && $0 != 13 }
    endsWithinRow = last.last.map { (48...57).contains($0) } ?? false
  }

  static func lines(_ bytes: [UInt8]) -> [String] {
    let text =
      String(validating: bytes, as: UTF8.self)
      ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    var lines: [String] = []
    var line = String.UnicodeScalarView()
    var before: Unicode.Scalar?
    for scalar in text.unicodeScalars {
      defer { before = scalar }
      if scalar == "\n", before == "\r" { continue }
      if scalar == "\n" || scalar == "\r" {
        lines.append(String(line))
        line = .init()
      } else {
        line.append(scalar)
      }
    }
    if !line.isEmpty { lines.append(String(line)) }
    return lines
  }
}

private struct FrenchReader {
  private let lines: [String]
  private var place = 0
  /// Lines of text since the last blank line.
  private var title: [String] = []

  init(_ lines: [String]) { self.lines = lines }

  private static let codes = ["-99.99": "-99.99", "-999": "-999", "-999.00": "-999"]

  mutating func sections() throws(CSVError) -> [FrenchFile.Section] {
    var found: [FrenchFile.Section] = []
    while place < lines.count {
      let fields = Self.fields(lines[place])
      if fields.allSatisfy(\.isEmpty) {
        title = []
      } else if fields.count > 1, fields[0].isEmpty {
        found.append(try section(Array(fields.dropFirst())))
        title = []
        continue
      } else if fields.count > 2, Self.isKey(fields[0]),
        fields.dropFirst().allSatisfy(Self.isNumber)
      {
        // Breakpoints stand without a line of names: the row above the first is no header.
        place -= 1
        found.append(
          try section(fields.indices.dropFirst().map { "column\($0 + 1)" }, hasNames: false))
        title = []
        continue
      } else {
        title.append(Self.trimmed(lines[place]))
      }
      place += 1
    }
    return found
  }

  // The place is that of the header, and then of the first line behind the table.
  private mutating func section(
    _ names: [String], hasNames: Bool = true
  ) throws(CSVError) -> FrenchFile.Section {
    let header = place + 1
    if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
      throw .duplicateColumn(
        name: twice, columns: names.indices.filter { names[$0] == twice }.map { $0 + 2 })
    }
    var columns = [[Double]](repeating: [], count: names.count)
    var (keys, missing) = ([String](), [String: Int]())
    place += 1
    while place < lines.count {
      let fields = Self.fields(lines[place])
      guard Self.isKey(fields[0]), keys.first.map({ $0.count == fields[0].count }) ?? true else {
        break
      }
      guard fields.count == names.count + 1 else {
        throw .raggedRow(line: place + 1, expected: names.count + 1, found: fields.count)
      }
      keys.append(fields[0])
      for (j, field) in fields.dropFirst().enumerated() {
        columns[j].append(try number(field, names[j], j + 2, &missing))
      }
      place += 1
    }
    guard !keys.isEmpty else { throw .headerOnly(columns: names.count + 1) }
    let time = try Self.keys(keys, first: header + 1)
    return FrenchFile.Section(
      title: title.isEmpty ? Self.often(time) : title.joined(separator: " "), names: names,
      keys: time, columns: columns, missing: missing.sorted { $0.key < $1.key }.map { ($0, $1) },
      line: hasNames ? header : header + 1, hasNoTitle: title.isEmpty, hasNames: hasNames)
  }

  private func number(
    _ field: String, _ name: String, _ column: Int, _ missing: inout [String: Int]
  ) throws(CSVError) -> Double {
    if let code = Self.codes[field] {
      missing[code, default: 0] += 1
      return .nan
    }
    guard let value = NumberParser.shared.parse(field) else {
      throw .badValue(
        line: place + 1, column: column, field: name, value: field, expected: "a number")
    }
    return value
  }

  private static func often(_ keys: FrenchFile.Keys) -> String {
    switch keys {
    case .years: "annual"
    case .periods(let periods): periods.first?.kind == .day ? "daily" : "monthly"
    }
  }

  private static func keys(_ texts: [String], first line: Int) throws(CSVError) -> FrenchFile.Keys {
    if texts[0].count == 4 { return .years(texts.map { Int($0) ?? 0 }) }
    var periods: [Period] = []
    for (number, text) in texts.enumerated() {
      let value = Int(text) ?? 0
      let found: Period? =
        text.count == 6
        ? Period(year: value / 100, month: value % 100)
        : CalendarDate(year: value / 10_000, month: value / 100 % 100, day: value % 100)
          .map { Period($0) }
      guard let found else {
        throw .badValue(
          line: line + number, column: 1, field: "", value: text, expected: "a month or day")
      }
      periods.append(found)
    }
    return .periods(periods)
  }

  private static func isKey(_ text: String) -> Bool {
    [4, 6, 8].contains(text.utf8.count) && text.utf8.allSatisfy { (48...57).contains($0) }
  }

  private static func isNumber(_ text: String) -> Bool {
    Array(text.utf8).withUnsafeBufferPointer { NumberParser.shared.parse($0) != nil }
  }

  private static func fields(_ line: String) -> [String] {
    line.split(separator: ",", omittingEmptySubsequences: false).map { trimmed(String($0)) }
  }

  private static func trimmed(_ text: String) -> String {
    let isSpace = { (c: Character) in c == " " || c == "\t" }
    guard let first = text.firstIndex(where: { !isSpace($0) }),
      let last = text.lastIndex(where: { !isSpace($0) })
    else { return "" }
    return String(text[first...last])
  }
}
