// Parquet files and databases as tables.
//
// A column becomes numbers, days or text inside the engine, so that only three kinds of values are copied; nested
// values and bytes are left out with a remark. Rows come in chunks, each of which is reserved before it is kept.

/// Which of the formats a file has.
enum EngineFormat: String {
  case parquet = "Parquet"
  case database = "DuckDB"

  init?(_ path: String, _ start: [UInt8]) {
    let name = path.lowercased()
    if start.starts(with: Array("PAR1".utf8)) || name.hasSuffix(".parquet") {
      self = .parquet
    } else if start.count >= 12 && Array(start[8..<12]) == Array("DUCK".utf8)
      || name.hasSuffix(".duckdb")
    {
      self = .database
    } else {
      return nil
    }
  }
}

/// Reads such files.
enum EngineFile {
  /// Whether the engine that reads them is at hand.
  static var isAvailable: Bool { DuckDB.isLoaded }

  static func layout(
    _ path: String, _ format: EngineFormat, _ options: CSVOptions
  ) throws -> TableFile.Layout {
    let (columns, _) = try Question(path, format, options, Budget()).columns()
    return TableFile.Layout(names: columns.map(\.name), kinds: columns.map(\.kind))
  }

  static func read(
    _ path: String, _ format: EngineFormat, _ options: CSVOptions, _ budget: Budget
  ) throws -> CSVTable {
    let question = try Question(path, format, options, budget)
    let (columns, notes) = try question.columns()
    guard !columns.isEmpty else {
      throw FileError.malformed(format: format.rawValue, reason: "it has no columns fq can hold")
    }
    var collected = columns.map { column in
      switch column.kind {
      case .number: CollectedColumn(.numbers([]))
      case .text: CollectedColumn(.text(TextInterner(), codes: []))
      case .date: CollectedColumn(.days([]))
      }
    }
    var reserved = 0
    defer { budget.release(reserved) }
    try question.ask(columns) { chunk in
      let needed = chunk.rows * columns.count * 8
      try budget.reserve(needed, for: "reading a table")
      reserved += needed
      for place in collected.indices { collected[place].append(chunk, place) }
    }
    return try ColumnCollector(
      format: format.rawValue, names: columns.map(\.name), options: options
    ).table(collected, notes: notes)
  }
}

/// What `fq bench` asks of the engine, to know what of a reading is its own time.
public enum EngineBenchmark {
  /// What is missing, in words; nil where the engine is at hand.
  public static var obstacle: String? {
    EngineFile.isAvailable ? nil : "the engine for Parquet is not here; FQ_DUCKDB names it"
  }

  /// Makes a Parquet file of a CSV file.
  public static func convert(_ text: String, to path: String) throws {
    let engine = try DuckDB(nil, format: EngineFormat.parquet.rawValue, budget: Budget())
    try engine.run(
      "COPY (SELECT * FROM read_csv('\(text.doubling("'"))')) TO '\(path.doubling("'"))' (FORMAT parquet)"
    )
  }

  /// Reads a file and keeps its table.
  public static func read(_ path: String, budget: Budget) throws -> CSVTable {
    try EngineFile.read(path, .parquet, CSVOptions(), budget)
  }

  /// Asks what `read` asks, and keeps nothing; gives the number of rows.
  public static func ask(_ path: String, budget: Budget) throws -> Int {
    let question = try Question(path, .parquet, CSVOptions(), budget)
    var rows = 0
    try question.ask(try question.columns().0) { rows += $0.rows }
    return rows
  }
}

extension CollectedColumn {
  fileprivate mutating func append(_ chunk: DuckDB.Chunk, _ place: Int) {
    switch values {
    case .numbers(var numbers):
      values = .numbers([])
      chunk.append(numbers: place, to: &numbers)
      values = .numbers(numbers)
    case .days(var days):
      values = .days([])
      days.append(contentsOf: chunk.days(place))
      values = .days(days)
    case .text(var interner, var codes):
      values = .numbers([])
      chunk.texts(place) { text in
        codes.append(text.isEmpty ? -1 : interner.code(text, line: codes.count + 1))
      }
      values = .text(interner, codes: codes)
    case .months: return
    }
  }
}

/// What is asked of a file.
private struct Question {
  struct Column {
    let name: String
    let kind: FieldKind
  }

  private let engine: DuckDB
  private let text: String
  private let options: CSVOptions
  private let budget: Budget

  init(
    _ path: String, _ format: EngineFormat, _ options: CSVOptions, _ budget: Budget
  ) throws {
    (self.options, self.budget) = (options, budget)
    engine = try DuckDB(
      format == .database ? path : nil, format: format.rawValue + " files", budget: budget)
    if format == .parquet {
      try engine.run(
        "CREATE TEMP VIEW data AS SELECT * FROM read_parquet('\(path.doubling("'"))')")
    }
    if let query = options.query {
      text = query.withoutEnd
      if format == .parquet { engine.confine(to: path) }
      try engine.checkOnlyReads(text)
    } else {
      text = "SELECT * FROM \(format == .parquet ? "data" : try Self.onlyTable(engine, budget))"
    }
  }

  private static func onlyTable(_ engine: DuckDB, _ budget: Budget) throws -> String {
    var names: [String] = []
    try engine.ask(
      "SELECT table_name FROM information_schema.tables WHERE table_schema = 'main' "
        + "ORDER BY table_name", budget
    ) { chunk in chunk.texts(0) { names.append(String(decoding: $0, as: UTF8.self)) } }
    guard names.count == 1 else { throw FileError.severalTables(names: names) }
    return names[0].quoted
  }

  /// The columns of the answer, and a remark about those left out.
  func columns() throws -> ([Column], notes: [String]) {
    var (names, types) = ([String](), [String]())
    try engine.ask("SELECT column_name, column_type FROM (DESCRIBE \(text))", budget) { chunk in
      chunk.texts(0) { names.append(String(decoding: $0, as: UTF8.self)) }
      chunk.texts(1) { types.append(String(decoding: $0, as: UTF8.self)) }
    }
    var (columns, left) = ([Column](), [String]())
    for (name, type) in zip(names, types) {
      if let kind = kind(type, name) {
        columns.append(Column(name: name, kind: kind))
      } else {
        left.append("\(name) (\(type.lowercased()))")
      }
    }
    return (columns, left.isEmpty ? [] : ["left out: \(left.joined(separator: ", "))"])
  }

  private func kind(_ type: String, _ name: String) -> FieldKind? {
    let word = type.prefix { $0 != "(" && $0 != " " }
    if type.hasSuffix("]") || ["STRUCT", "MAP", "UNION", "BLOB", "BIT"].contains(word) {
      return nil
    }
    switch word {
    case "DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS": return .date(.day)
    case "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
      "UBIGINT", "UHUGEINT", "FLOAT", "DOUBLE", "DECIMAL", "BOOLEAN":
      let isText = options.textColumns.contains(name) || KeyAliases.isIdentifier(name)
      return isText ? .text : .number
    default: return .text
    }
  }

  /// Asks for these columns as numbers, days and texts.
  func ask(_ columns: [Column], _ take: (DuckDB.Chunk) throws -> Void) throws {
    let list = columns.map { column in
      switch column.kind {
      case .number: "CAST(\(column.name.quoted) AS DOUBLE)"
      case .text: "CAST(\(column.name.quoted) AS VARCHAR)"
      case .date: "CAST(\(column.name.quoted) AS DATE)"
      }
    }
    try engine.ask("SELECT \(list.joined(separator: ", ")) FROM (\(text))", budget, take)
  }
}

extension String {
  fileprivate func doubling(_ mark: Character) -> String {
    reduce(into: "") { $0 += $1 == mark ? "\(mark)\(mark)" : String($1) }
  }

  fileprivate var quoted: String { "\"" + doubling("\"") + "\"" }

  /// A statement without the semicolon that ends it.
  fileprivate var withoutEnd: String {
    var text = Substring(self)
    while let last = text.last, last.isWhitespace || last == ";" { text.removeLast() }
    return String(text)
  }
}
