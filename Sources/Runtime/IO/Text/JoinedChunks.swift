// The stretches of a table put together in the order of the file.

/// All stretches as one.
struct JoinedChunks {
  var rows = 0
  var blankLines = 0
  var lines = LineTable()
  var columns: [ColumnBuffer] = []

  /// A value that does not fit its column's type.
  struct Misfit {
    let line: Int
    let value: String
    /// The share of values that do fit.
    let conforming: Double
  }

  init(_ chunks: [CSVChunk], firstLine: Int) {
    var line = firstLine
    for (number, chunk) in chunks.enumerated() {
      for item in chunk.lines.breaks { lines.note(row: rows + item.row, line: line + item.line) }
      if number == 0 {
        // Moved, not copied: with one stretch nothing is copied at all.
        swap(&columns, &chunk.columns)
        for c in columns.indices { columns[c].move(byLines: line, of: chunk.layout.kinds[c]) }
      } else {
        for c in columns.indices {
          columns[c].append(chunk.columns[c], firstLine: line)
          chunk.columns[c] = ColumnBuffer()
        }
      }
      rows += chunk.rows
      blankLines += chunk.blankLines
      line += chunk.line
    }
  }

  /// What speaks against a column's type; nil if nothing does.
  func misfit(_ c: Int, _ kind: FieldKind, isDeclared: Bool) -> Misfit? {
    let column = columns[c]
    if kind == .text { return isDeclared ? nil : strayText(column) }
    guard let first = column.firstMisfit else { return nil }
    let missing =
      kind == .number
      ? column.numbers.reduce(0) { $0 + ($1.isNaN ? 1 : 0) } - column.misfits
      : column.missing
    let present = rows - missing
    return Misfit(
      line: first.line, value: first.value,
      conforming: Double(present - column.misfits) / Double(present))
  }

  /// A guessed text column that turns out to be numbers but for a few values.
  private func strayText(_ column: ColumnBuffer) -> Misfit? {
    var (numbers, others) = (0, 0)
    var stray: Int?
    for code in 0..<column.interner.count {
      let isNumber = column.interner.bytes(code).withUnsafeBufferPointer {
        NumberParser.shared.parse($0) != nil
      }
      let times = column.interner.occurrences[code]
      if isNumber { numbers += times } else { others += times }
      if !isNumber, stray == nil { stray = code }
    }
    guard let stray, numbers > 0 else { return nil }
    return Misfit(
      line: column.interner.firstLines[stray],
      value: String(decoding: column.interner.bytes(stray), as: UTF8.self),
      conforming: Double(numbers) / Double(numbers + others))
  }

  /// The finished column.
  func column(_ c: Int, _ kind: FieldKind) throws(CSVError) -> Column {
    let buffer = columns[c]
    switch kind {
    case .number: return Column(numbers: buffer.numbers)
    case .text:
      return Column(.text(codes: buffer.codes, dictionary: try buffer.interner.texts()))
    case .date(let style):
      let days = buffer.days.map { CalendarDate(days: $0) }
      return Column(style.isMonthly ? .months(days.map(\.month)) : .dates(days))
    }
  }
}

extension ColumnBuffer {
  fileprivate mutating func move(byLines lines: Int, of kind: FieldKind) {
    firstMisfit?.line += lines
    interner.moveLines(by: lines)
  }

  fileprivate mutating func append(_ other: ColumnBuffer, firstLine: Int) {
    numbers.append(contentsOf: other.numbers)
    days.append(contentsOf: other.days)
    let translation = interner.merge(other.interner, firstLine: firstLine)
    codes.append(contentsOf: other.codes.map { $0 < 0 ? -1 : translation[Int($0)] })
    nonFinite += other.nonFinite
    missing += other.missing
    misfits += other.misfits
    reasons.add(other.reasons)
    if firstMisfit == nil, let first = other.firstMisfit {
      firstMisfit = (first.line + firstLine, first.value)
    }
  }
}

extension TextInterner {
  /// Adds another's texts; gives the new number of each.
  fileprivate mutating func merge(_ other: TextInterner, firstLine: Int) -> [Int32] {
    (0..<other.count).map { code in
      other.bytes(code).withUnsafeBufferPointer {
        self.code(
          $0, line: other.firstLines[code] + firstLine, times: other.occurrences[code])
      }
    }
  }

  /// The texts in order of their numbers.
  func texts() throws(CSVError) -> [String] {
    var result: [String] = []
    result.reserveCapacity(count)
    for code in 0..<count {
      guard let text = String(validating: bytes(code), as: UTF8.self) else {
        throw .encoding(line: firstLines[code], found: "another encoding (invalid bytes)")
      }
      result.append(text)
    }
    return result
  }
}
