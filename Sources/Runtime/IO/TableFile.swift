// One file with a table in it, whatever its format: what it holds, and the table.

/// A file that is open for reading.
struct TableFile {
  /// What a file says about its columns before it is read.
  struct Layout {
    let names: [String]
    let kinds: [FieldKind]
  }

  private enum Content {
    case text(TextFile)
    case statistics(StatFormat)
    case engine(EngineFormat)
  }

  private let path: String
  private let content: Content

  /// Opens a file; of packed text at most so many bytes are unpacked.
  init(
    _ path: String, _ options: CSVOptions, atMost: Int = .max, budget: Budget = Budget()
  ) throws {
    self.path = path
    // A stream can be read only once; it is text.
    let start = FileSystem.isStream(path) ? [] : try Self.start(of: path)
    if let format = EngineFormat(path, start) {
      content = .engine(format)
    } else if options.query != nil {
      throw FileError.malformed(
        format: "text", reason: "`query` asks a database or a Parquet file, and this is neither")
    } else if let format = StatFormat(path, start) {
      content = .statistics(format)
    } else {
      content = .text(try TextFile(path, options, atMost: atMost, budget: budget))
    }
  }

  /// Hands over the text of a file of text; nil for another.
  func withText<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result? {
    if case .text(let file) = content { return try file.withBytes(body) }
    return nil
  }

  /// Gives back what opening reserved.
  func release(_ budget: Budget) {
    if case .text(let file) = content { file.release(budget) }
  }

  /// Names and likely kinds of the columns.
  func layout(_ options: CSVOptions) throws -> Layout {
    switch content {
    case .text(let file): return try file.withBytes { try Self.textLayout($0, options) }
    case .statistics(let format): return try StatFile.layout(path, format, options)
    case .engine(let format): return try EngineFile.layout(path, format, options)
    }
  }

  private static func textLayout(
    _ bytes: UnsafeBufferPointer<UInt8>, _ options: CSVOptions
  ) throws -> Layout {
    let layout: CSVLayout
    do { layout = try CSVSniffer.layout(bytes, options) } catch {
      guard case .encoding(let line, _) = error else { throw error }
      throw CSVError.encoding(line: line, found: TextEncoding.description(of: bytes))
    }
    // A number alone may be the name of a firm; several are a row.
    if layout.names.count > 1, options.hasHeader,
      layout.names.allSatisfy({ name in
        Array(name.utf8).withUnsafeBufferPointer { NumberParser.shared.parse($0) != nil }
      })
    {
      throw CSVError.noHeader(first: layout.names[0])
    }
    guard let wide = layout.wide else { return Layout(names: layout.names, kinds: layout.kinds) }
    let fields = wide.fields.indices.map { field in
      wide.places.firstIndex { $0.field == field }.map { layout.kinds[$0 + 1] } ?? .number
    }
    return Layout(names: wide.names, kinds: [layout.kinds[0], .text] + fields)
  }

  /// Reads the table.
  func read(_ options: CSVOptions, _ budget: Budget) throws -> CSVTable {
    switch content {
    case .text(let file):
      let table = try file.withBytes {
        try CSVReader.read($0, options: options, budget: budget)
      }
      guard let last = file.withBytes(\.last), last != 10, last != 13 else { return table }
      // A file cut within its last number looks like this; so do some whole files.
      return table.with(
        table.columns, missing: table.missing,
        notes: table.notes + ["no line end behind the last row: it may be cut short"])
    case .statistics(let format): return try StatFile.read(path, format, options, budget)
    case .engine(let format): return try EngineFile.read(path, format, options, budget)
    }
  }

  private static func start(of path: String) throws(FileError) -> [UInt8] {
    let file = try MappedFile(path)
    return Array(file.bytes.prefix(64))
  }
}
