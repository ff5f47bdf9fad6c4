// The inner loop of the table reader: one stretch of lines into typed column buffers.
//
// Rows are parsed into a block that fits the second-level cache and moved to the columns a block at
// a time, so that the wide stride of a table never reaches main memory. A number followed by its
// separator is read without looking at the field twice; anything else takes the careful road.

/// One column while it is read.
struct ColumnBuffer: Sendable {
  var numbers: [Double] = []
  var days: [Int32] = []
  var codes: [Int32] = []
  var interner = TextInterner()
  var nonFinite = 0
  var missing = 0
  var misfits = 0
  var reasons = ReasonTally()
  var firstMisfit: (line: Int, value: String)?
}

/// One stretch of lines being read; used by one thread at a time.
final class CSVChunk: @unchecked Sendable {
  let bytes: UnsafeBufferPointer<UInt8>
  let range: Range<Int>
  let layout: CSVLayout
  let allText: Bool
  let budget: Budget
  var columns: [ColumnBuffer]
  var rows = 0
  /// Lines used, relative to the chunk's start.
  var line = 0
  var lines = LineTable()
  var blankLines = 0
  var fault: CSVError?
  var wasCancelled = false

  // An odd multiple of a cache line, so that the columns of a block fall into different sets.
  static let blockRows = 520
  private var block: UnsafeMutablePointer<Double>
  private var blockCount = 0

  init(
    _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ layout: CSVLayout,
    allText: Bool, budget: Budget
  ) {
    self.bytes = bytes
    self.range = range
    self.layout = layout
    self.allText = allText
    self.budget = budget
    columns = [ColumnBuffer](repeating: ColumnBuffer(), count: layout.kinds.count)
    block = .allocate(capacity: Self.blockRows * layout.kinds.count)
    let expected = Int(Double(range.count) / max(1, layout.rowLength) * 1.03) + 16
    for (c, kind) in layout.kinds.enumerated() {
      switch kind {
      case .number: columns[c].numbers.reserveCapacity(expected)
      case .text: columns[c].codes.reserveCapacity(expected)
      case .date: columns[c].days.reserveCapacity(expected)
      }
    }
  }

  deinit { block.deallocate() }

  /// Reads all lines of the stretch, or stops at the first fault.
  func read() {
    guard let base = bytes.baseAddress else { return }
    var p = range.lowerBound
    let width = layout.kinds.count
    while p < range.upperBound {
      if width > 1 || !allText, bytes[p] == 10 || bytes[p] == 13 {
        p += bytes[p] == 13 && p + 1 < bytes.count && bytes[p + 1] == 10 ? 2 : 1
        line += 1
        blankLines += 1
        continue
      }
      lines.note(row: rows, line: line)
      guard let next = readRow(base, p, width) else { return }
      p = next
      line += 1
      rows += 1
      blockCount += 1
      if blockCount == Self.blockRows {
        flush()
        if budget.isCancelled {
          wasCancelled = true
          return
        }
      }
    }
    flush()
  }

  /// Reads one row; gives the start of the next, or nil after a fault.
  @inline(__always)
  private func readRow(_ base: UnsafePointer<UInt8>, _ start: Int, _ width: Int) -> Int? {
    let separator = layout.separator
    let parser = NumberParser.shared
    let safeEnd = bytes.count - 64
    let slots = block
    let slot = blockCount
    var p = start
    return layout.kinds.withUnsafeBufferPointer { kinds -> Int? in
      for c in 0..<width {
        if case .number = kinds[c], p < safeEnd {
          let byte = base[p]
          if byte == separator, c + 1 < width {
            slots[c * Self.blockRows + slot] = .nan
            p += 1
            continue
          }
          let used = parser.read(base + p, &slots[c * Self.blockRows + slot])
          let stop = base[p + used]
          if used > 0 {
            if c + 1 < width ? stop == separator : stop == 10 {
              p += used + 1
              continue
            }
          }
        }
        guard let next = readCarefully(p, c, width) else { return nil }
        p = next
      }
      return p
    }
  }

  private func flush() {
    for c in columns.indices where layout.kinds[c] == .number {
      columns[c].numbers.append(
        contentsOf: UnsafeBufferPointer(start: block + c * Self.blockRows, count: blockCount))
    }
    blockCount = 0
  }
}

extension CSVChunk {
  /// Reads one field of any kind; gives the start of the next, or nil after a fault.
  @inline(never)
  private func readCarefully(_ position: Int, _ c: Int, _ width: Int) -> Int? {
    let field = CSVField(bytes, at: position, separator: layout.separator)
    if let problem = field.fault {
      let (column, name) = (c + 1, layout.names[c])
      fault =
        problem == .unclosed
        ? .unclosedQuote(line: line, column: column, field: name)
        : .textAfterQuote(line: line, column: column, field: name)
      return nil
    }
    if field.count > CSVSniffer.longestField {
      fault = .fieldTooLong(
        line: line, column: c + 1, field: layout.names[c], bytes: field.count,
        limit: CSVSniffer.longestField)
      return nil
    }
    let isLast = c + 1 == width
    if isLast == (field.end == .separator) {
      fault = .raggedRow(line: line, expected: width, found: fieldCount(c + 1, field))
      return nil
    }
    store(field, c)
    line += field.innerLines
    return field.next
  }

  private func fieldCount(_ seen: Int, _ last: CSVField) -> Int {
    var (count, field) = (seen, last)
    while field.end == .separator, field.fault == nil {
      field = CSVField(bytes, at: field.next, separator: layout.separator)
      count += 1
    }
    return count
  }

  private func store(_ field: CSVField, _ c: Int) {
    switch layout.kinds[c] {
    case .number: block[c * Self.blockRows + blockCount] = number(field, c)
    case .date(let style): columns[c].days.append(day(field, c, style))
    case .text: columns[c].codes.append(code(field, c))
    }
  }

  private func number(_ field: CSVField, _ c: Int) -> Double {
    let text = field.trimmed(bytes)
    switch CSVToken.classify(text) {
    case .missing:
      if !text.isEmpty { columns[c].reasons.note(text) }
      return .nan
    case .nonFinite: columns[c].nonFinite += 1
    case .other:
      guard let value = NumberParser.shared.parse(text) else {
        if layout.codes[c].has(text) {
          columns[c].reasons.note(text)
          return .nan
        }
        noteMisfit(field, c)
        return .nan
      }
      if value.isFinite { return value }
      columns[c].nonFinite += 1
    }
    return .nan
  }

  private func day(_ field: CSVField, _ c: Int, _ style: DateStyle) -> Int32 {
    let text = field.trimmed(bytes)
    if let date = DateParser.read(text, as: style) { return date.days }
    if CSVToken.classify(text) == .other { noteMisfit(field, c) } else { columns[c].missing += 1 }
    return CalendarDate.missing.days
  }

  private func code(_ field: CSVField, _ c: Int) -> Int32 {
    if !allText, !field.isQuoted, CSVToken.classify(field.raw(bytes)) == .missing {
      columns[c].missing += 1
      return -1
    }
    if field.hasEscapes {
      return field.unescaped(bytes).withUnsafeBufferPointer {
        columns[c].interner.code($0, line: line)
      }
    }
    return columns[c].interner.code(field.raw(bytes), line: line)
  }

  private func noteMisfit(_ field: CSVField, _ c: Int) {
    columns[c].misfits += 1
    if columns[c].firstMisfit == nil { columns[c].firstMisfit = (line, field.shown(bytes)) }
  }
}
