// Tables of text: RFC 4180 quoting, any line end, types decided by the whole file.
//
// A sample guesses every column's type, one pass over the mapped bytes reads everything, and the
// full count confirms the guess: a column that is at least 99 % numbers (or dates) with a stray
// text is an error that names line, column and value; below that it is text and is read again
// as text. Stretches of lines may be read side by side; they are joined in order, so the result
// does not depend on the number of threads. Goals, in order: no silent loss, located errors, speed.

/// Reads tables of text.
public enum CSVReader {
  /// The share of conforming values at which a stray one is an error rather than a hint.
  static let strictShare = 0.99

  /// Reads a file, compressed or not.
  public static func read(
    path: String, options: CSVOptions = CSVOptions(), budget: Budget = Budget()
  ) throws -> CSVTable {
    let text = try TextFile(path, options, budget: budget)
    defer { text.release(budget) }
    return try text.withBytes { try read($0, options: options, budget: budget) }
  }

  /// Reads text.
  public static func read(
    text: String, options: CSVOptions = CSVOptions(), budget: Budget = Budget()
  ) throws -> CSVTable {
    try Array(text.utf8).withUnsafeBufferPointer {
      try read($0, options: options, budget: budget)
    }
  }

  /// Reads bytes.
  public static func read(
    _ bytes: UnsafeBufferPointer<UInt8>, options: CSVOptions = CSVOptions(),
    budget: Budget = Budget()
  ) throws -> CSVTable {
    do { return try readTyped(bytes, options, budget) } catch CSVError.encoding(let line, _) {
      throw CSVError.encoding(line: line, found: TextEncoding.description(of: bytes))
    }
  }

  private static func readTyped(
    _ bytes: UnsafeBufferPointer<UInt8>, _ options: CSVOptions, _ budget: Budget
  ) throws -> CSVTable {
    var layout = try CSVSniffer.layout(bytes, options)
    while true {
      let chunks = try readChunks(bytes, layout, options, budget)
      let joined = JoinedChunks(chunks, firstLine: layout.dataLine)
      if joined.rows == 0 { throw CSVError.headerOnly(columns: layout.names.count) }
      if try !overturnGuesses(&layout, joined, options) {
        return try table(layout, joined, options)
      }
    }
  }

  private static func readChunks(
    _ bytes: UnsafeBufferPointer<UInt8>, _ layout: CSVLayout, _ options: CSVOptions,
    _ budget: Budget
  ) throws -> [CSVChunk] {
    let rows = Double(bytes.count - layout.dataStart) / max(1, layout.rowLength)
    let needed = Int(rows * 1.03) * layout.names.count * 8
    try budget.reserve(needed, for: "reading a table")
    defer { budget.release(needed) }
    let chunks = stretches(bytes, from: layout.dataStart, threads: budget.threads).map {
      CSVChunk(bytes, $0, layout, allText: options.allText, budget: budget)
    }
    Parallel.blocks(chunks.count, threads: budget.threads) { chunks[$0].read() }
    var line = layout.dataLine
    for chunk in chunks {
      if chunk.wasCancelled { throw BudgetError.cancelled }
      if let fault = chunk.fault { throw fault.moved(byLines: line) }
      line += chunk.line
    }
    return chunks
  }

  /// Cuts at line ends; one stretch if any quote could hide a line end.
  private static func stretches(
    _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, threads: Int
  ) -> [Range<Int>] {
    let size = bytes.count - start
    let count = threads > 1 && size > 1 << 20 && !bytes.contains(34) ? threads * 4 : 1
    var cuts = [start]
    for k in 1..<max(1, count) {
      var cut = max(start + size / count * k, cuts[k - 1])
      while cut < bytes.count, cut == start || bytes[cut - 1] != 10 { cut += 1 }
      cuts.append(cut)
    }
    cuts.append(bytes.count)
    return zip(cuts, cuts.dropFirst()).map { $0..<$1 }
  }

  /// Corrects types the full file disproves; true if the file must be read again.
  private static func overturnGuesses(
    _ layout: inout CSVLayout, _ joined: JoinedChunks, _ options: CSVOptions
  ) throws(CSVError) -> Bool {
    var isChanged = false
    for (c, kind) in layout.kinds.enumerated() {
      guard let misfit = joined.misfit(c, kind, isDeclared: layout.isDeclared[c]) else { continue }
      let isStrict = kind != .text && layout.isDeclared[c]
      if isStrict || misfit.conforming >= strictShare {
        let expected = kind == .text ? FieldKind.number : kind
        throw .badValue(
          line: misfit.line, column: c + 1, field: layout.names[c], value: misfit.value,
          expected: expected.expected)
      }
      guard kind != .text else { continue }
      layout.kinds[c] = .text
      isChanged = true
    }
    return isChanged
  }

  private static func table(
    _ layout: CSVLayout, _ joined: JoinedChunks, _ options: CSVOptions
  ) throws(CSVError) -> CSVTable {
    var columns: [Column] = []
    var notes: [String] = []
    if joined.blankLines > 0 { notes.append("\(joined.blankLines) blank lines skipped") }
    for (c, kind) in layout.kinds.enumerated() {
      columns.append(try joined.column(c, kind))
      let nonFinite = joined.columns[c].nonFinite
      if nonFinite > 0 {
        notes.append("\(layout.names[c]): \(nonFinite) infinite or undefined values made missing")
      }
    }
    let styles = layout.kinds.map { kind -> DateStyle? in
      if case .date(let style) = kind { return style }
      return nil
    }
    let table = CSVTable(
      names: layout.names, columns: columns, dateStyles: styles, rowCount: joined.rows,
      missing: joined.columns.map(\.reasons.reasons), notes: notes, lines: joined.lines)
    return layout.wide?.long(table) ?? table
  }
}

extension CSVError {
  /// The same fact with its line counted from further up.
  func moved(byLines lines: Int) -> CSVError {
    switch self {
    case .raggedRow(let line, let expected, let found):
      .raggedRow(line: line + lines, expected: expected, found: found)
    case .unclosedQuote(let line, let column, let field):
      .unclosedQuote(line: line + lines, column: column, field: field)
    case .textAfterQuote(let line, let column, let field):
      .textAfterQuote(line: line + lines, column: column, field: field)
    case .fieldTooLong(let line, let column, let field, let bytes, let limit):
      .fieldTooLong(line: line + lines, column: column, field: field, bytes: bytes, limit: limit)
    default: self
    }
  }
}
