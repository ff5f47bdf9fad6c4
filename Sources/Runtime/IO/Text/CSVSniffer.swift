// The look before the leap: separator, header and the likely type of every column.

/// The type a column is read as.
enum FieldKind: Equatable, Sendable {
  case number, text
  case date(DateStyle)

  var expected: String {
    switch self {
    case .number: "a number"
    case .text: "text"
    case .date(let style): "a date like \(style.text(Period(index: 2004 * 12 + 11)))"
    }
  }
}

/// What the first lines of a file tell.
struct CSVLayout: Sendable {
  var separator: UInt8
  var names: [String]
  var kinds: [FieldKind]
  /// The first byte and line of the data.
  var dataStart: Int
  var dataLine: Int
  /// The mean length of a sampled row in bytes.
  var rowLength: Double
  /// Columns whose type was demanded rather than guessed.
  var isDeclared: [Bool]
  /// Codes of missing values of every column.
  var codes: [ColumnCodes] = []
  /// Whether the first column has no name.
  var isFirstUnnamed = false
  /// Three header lines instead of one.
  var wide: YahooHeader?
}

enum CSVSniffer {
  static let sampleLines = 1000
  /// More than anyone means: beyond this a file has lost its line ends or its separator.
  static let mostColumns = 100_000
  static let longestField = 1 << 24

  /// Studies the first lines of a file.
  static func layout(
    _ bytes: UnsafeBufferPointer<UInt8>, _ options: CSVOptions
  ) throws(CSVError) -> CSVLayout {
    var start = 0
    if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { start = 3 }
    try checkEncoding(bytes)
    var line = 1
    // A table of nameless texts may begin with an empty one.
    let mayBeEmpty = options.allText && !options.hasHeader
    while !mayBeEmpty, start < bytes.count, bytes[start] == 10 || bytes[start] == 13 {
      let isPair = bytes[start] == 13 && start + 1 < bytes.count && bytes[start + 1] == 10
      start += isPair ? 2 : 1
      line += 1
    }
    guard start < bytes.count else { throw .emptyFile }
    let separator = options.separator?.asciiValue ?? separator(bytes, from: start)
    var layout = CSVLayout(
      separator: separator, names: [], kinds: [], dataStart: start, dataLine: line,
      rowLength: 1, isDeclared: [])
    try readHeader(&layout, bytes, options)
    let source = options.source(of: layout.names)
    layout.codes = layout.names.map { options.codes(of: $0, source) }
    guessKinds(&layout, bytes, options)
    if layout.isFirstUnnamed, case .date = layout.kinds[0], !layout.names.contains("date") {
      layout.names[0] = "date"
    }
    let names = layout.wide?.names ?? layout.names
    for name in options.textColumns + options.dateColumns where !names.contains(name) {
      throw .noSuchColumn(name: name, available: names)
    }
    return layout
  }

  private static func readHeader(
    _ layout: inout CSVLayout, _ bytes: UnsafeBufferPointer<UInt8>, _ options: CSVOptions
  ) throws(CSVError) {
    let line = layout.dataLine
    let first = try fields(bytes, layout.dataStart, layout.separator, line)
    guard options.hasHeader else {
      layout.names = first.texts.indices.map(defaultName)
      return
    }
    if let head = first.texts.first?.lowercased(), head == "price" || head == "ticker",
      let (wide, next) = wideHeader(bytes, first, layout.separator, line)
    {
      (layout.wide, layout.names) = (wide, wide.fileNames)
      (layout.dataStart, layout.dataLine) = (next, line + 3)
      return
    }
    layout.names = try names(first.texts)
    layout.isFirstUnnamed = first.texts[0].trimmingBlanks.isEmpty
    layout.dataStart = first.next
    layout.dataLine = line + first.lines
  }

  private static func wideHeader(
    _ bytes: UnsafeBufferPointer<UInt8>, _ first: (texts: [String], next: Int, lines: Int),
    _ separator: UInt8, _ line: Int
  ) -> (YahooHeader, next: Int)? {
    guard first.next < bytes.count,
      let second = try? fields(bytes, first.next, separator, line + 1), second.next < bytes.count,
      let third = try? fields(bytes, second.next, separator, line + 2),
      let wide = YahooHeader(
        [first.texts, second.texts, third.texts].map { $0.map(\.trimmingBlanks) })
    else { return nil }
    return (wide, third.next)
  }

  private static func defaultName(_ position: Int) -> String { "column\(position + 1)" }

  private static func checkEncoding(_ bytes: UnsafeBufferPointer<UInt8>) throws(CSVError) {
    guard bytes.count >= 2 else { return }
    if bytes[0] == 0xFF && bytes[1] == 0xFE || bytes[0] == 0xFE && bytes[1] == 0xFF {
      throw .encoding(line: 1, found: "UTF-16")
    }
    var line = 1
    for byte in bytes.prefix(4096) {
      if byte == 10 { line += 1 }
      if byte == 0 { throw .encoding(line: line, found: "binary data or UTF-16 (a zero byte)") }
    }
  }

  /// The candidate that splits the first lines most often and most evenly.
  private static func separator(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> UInt8 {
    var best = (byte: UInt8(44), score: 0)
    for candidate: UInt8 in [44, 59, 9, 124] {
      var counts: [Int] = []
      var p = start
      while p < bytes.count, counts.count < 20 {
        var splits = 0
        while true {
          let field = CSVField(bytes, at: p, separator: candidate)
          p = field.next
          guard field.end == .separator, field.fault == nil else { break }
          splits += 1
        }
        counts.append(splits)
        if p >= bytes.count { break }
        if bytes[p - 1] != 10, bytes[p - 1] != 13 { break }
      }
      let header = counts.first ?? 0
      let score = header * counts.count { $0 == header }
      if score > best.score { best = (candidate, score) }
    }
    return best.byte
  }

  private static func fields(
    _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ separator: UInt8, _ line: Int
  ) throws(CSVError) -> (texts: [String], next: Int, lines: Int) {
    var texts: [String] = []
    var p = start
    var lines = 1
    while true {
      let field = CSVField(bytes, at: p, separator: separator)
      let column = texts.count + 1
      let name = field.shown(bytes)
      if field.count > longestField {
        throw .fieldTooLong(
          line: line, column: column, field: name, bytes: field.count, limit: longestField)
      }
      if field.fault == .unclosed {
        throw .unclosedQuote(line: line, column: column, field: name)
      }
      if field.fault == .textAfterQuote {
        throw .textAfterQuote(line: line, column: column, field: name)
      }
      guard let text = String(validating: field.unescaped(bytes), as: UTF8.self) else {
        throw .encoding(line: line, found: "another encoding (in the header)")
      }
      texts.append(text)
      lines += field.innerLines
      p = field.next
      if field.end != .separator {
        guard texts.count <= mostColumns else {
          throw .tooManyColumns(count: texts.count, limit: mostColumns)
        }
        return (texts, p, lines)
      }
    }
  }

  private static func names(_ texts: [String]) throws(CSVError) -> [String] {
    var names: [String] = []
    var seen: [String: Int] = [:]
    for (position, text) in texts.enumerated() {
      let trimmed = text.trimmingBlanks
      let name = trimmed.isEmpty ? defaultName(position) : trimmed
      if let other = seen[name] {
        throw .duplicateColumn(name: name, columns: [other + 1, position + 1])
      }
      seen[name] = position
      names.append(name)
    }
    return names
  }
}

extension CSVSniffer {
  private struct Tally {
    var numbers = 0
    var texts = 0
    var styles: [DateStyle] = []
    var slashes = SlashedDays()
    var present: Int { numbers + texts }
  }

  /// Guesses types from a sample; the full reading confirms or overturns them.
  private static func guessKinds(
    _ layout: inout CSVLayout, _ bytes: UnsafeBufferPointer<UInt8>, _ options: CSVOptions
  ) {
    var tallies = [Tally](repeating: Tally(), count: layout.names.count)
    var p = layout.dataStart
    var rows = 0
    while p < bytes.count, rows < sampleLines {
      var column = 0
      while true {
        let field = CSVField(bytes, at: p, separator: layout.separator)
        if column < tallies.count {
          tally(&tallies[column], field, bytes, layout.codes[column])
        }
        column += 1
        p = field.next
        if field.end != .separator || field.fault != nil { break }
      }
      rows += 1
    }
    layout.rowLength = Double(p - layout.dataStart) / Double(max(1, rows))
    for (position, name) in layout.names.enumerated() {
      let isText = options.allText || options.textColumns.contains(name)
      let isDate =
        options.dateColumns.contains(name)
        || (position == 0 && layout.wide.map { options.dateColumns.contains($0.dateName) } ?? false)
      layout.isDeclared.append(
        isText || isDate || KeyAliases.isIdentifier(name)
          || (ReturnAliases.isReturn(name)
            && tallies[position].texts * 2 <= tallies[position].present)
      )
      let isUnnamed = position == 0 && (layout.isFirstUnnamed || layout.wide != nil)
      let guess = kind(tallies[position], name: name, isDate: isDate, isUnnamed: isUnnamed)
      layout.kinds.append(isText ? .text : guess)
    }
  }

  private static func tally(
    _ tally: inout Tally, _ field: CSVField, _ bytes: UnsafeBufferPointer<UInt8>,
    _ codes: ColumnCodes
  ) {
    let text = field.trimmed(bytes)
    guard CSVToken.classify(text) == .other, !codes.has(text) else { return }
    if NumberParser.shared.parse(text) != nil { tally.numbers += 1 } else { tally.texts += 1 }
    if let style = DateParser.style(text) { tally.styles.append(style) }
    tally.slashes.note(text)
  }

  private static func kind(
    _ tally: Tally, name: String, isDate: Bool, isUnnamed: Bool
  ) -> FieldKind {
    let mayBeCompact = isDate || isUnnamed || KeyAliases.isDate(name)
    if !isDate, KeyAliases.isIdentifier(name) { return .text }
    if var style = tally.styles.first, tally.styles.count == tally.present || isDate {
      let isCompact = style == .compactDay || style == .compactMonth
      if !isCompact || mayBeCompact {
        if tally.styles.contains(.slashDay) { style = .slashDay }
        if style == .monthDayYear || style == .dayMonthYear { style = tally.slashes.style }
        return .date(style)
      }
    }
    if isDate { return .date(.day) }
    return tally.texts * 2 > tally.present ? .text : .number
  }
}

extension String {
  /// The text without leading and trailing blanks.
  var trimmingBlanks: String {
    let scalars = unicodeScalars
    let isBlank = { (scalar: Unicode.Scalar) in scalar == " " || scalar == "\t" }
    guard let first = scalars.firstIndex(where: { !isBlank($0) }),
      let last = scalars.lastIndex(where: { !isBlank($0) })
    else { return "" }
    return String(scalars[first...last])
  }
}
