// One cell or file: its bytes, its display name and its line table. Immutable, shared by reference.

/// A line and a column as people count them, both from one; columns count unicode scalars.
public struct LineColumn: Sendable, Hashable {
  /// Line number, from one (or from the source's first line).
  public let line: Int
  /// Column number, from one.
  public let column: Int
}

/// Holds the bytes of one cell or file and finds lines in them.
public final class Source: Sendable {
  /// Largest source that is read, in bytes; a longer one is refused with a message.
  public static let byteLimit = 1 << 30

  /// Name shown in messages, such as `prep.fq` or `fq>`.
  public let name: String
  /// The text, byte for byte; need not be valid UTF-8.
  public let bytes: [UInt8]
  /// Number of the first line, so that a cell can count in its file's lines.
  public let firstLine: Int
  /// Offsets at which lines begin; never empty.
  public let lineStarts: [Int]

  /// Creates a source from bytes.
  public init(name: String, bytes: [UInt8], firstLine: Int = 1) {
    self.name = name
    self.bytes = bytes
    self.firstLine = firstLine
    lineStarts = bytes.withUnsafeBufferPointer(Self.lineStarts)
  }

  private static func lineStarts(_ bytes: UnsafeBufferPointer<UInt8>) -> [Int] {
    var starts = [0]
    var offset = 0
    while offset < bytes.count {
      if bytes[offset] == 0x0A { starts.append(offset + 1) }
      offset += 1
    }
    return starts
  }

  /// Creates a source from text.
  public convenience init(name: String, text: String, firstLine: Int = 1) {
    self.init(name: name, bytes: Array(text.utf8), firstLine: firstLine)
  }

  /// Gives the text of a span, with the replacement character for bytes that are not UTF-8.
  public func text(_ span: Span) -> String {
    let end = min(span.end, bytes.count)
    guard span.start < end else { return "" }
    return String(decoding: bytes[span.start..<end], as: UTF8.self)
  }

  /// Finds the index of the line (from zero) that holds the offset.
  public func lineIndex(at offset: Int) -> Int {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low
  }

  /// Gives the bytes of a line without its line break.
  public func lineSpan(_ index: Int) -> Span {
    guard index >= 0, index < lineStarts.count else { return Span(at: bytes.count) }
    let start = lineStarts[index]
    var end = index + 1 < lineStarts.count ? lineStarts[index + 1] - 1 : bytes.count
    if end > start, bytes[end - 1] == 0x0D { end -= 1 }
    return Span(start, end)
  }

  /// Gives line and column of an offset; offsets past the end count as the end.
  public func lineColumn(at offset: Int) -> LineColumn {
    let place = min(max(0, offset), bytes.count)
    let line = lineIndex(at: place)
    let column = scalarCount(Span(lineStarts[line], place)) + 1
    return LineColumn(line: line + firstLine, column: column)
  }

  /// Writes `name:line:column` of an offset.
  public func describe(_ offset: Int) -> String {
    let place = lineColumn(at: offset)
    return "\(name):\(place.line):\(place.column)"
  }

  private func scalarCount(_ span: Span) -> Int {
    // Continuation bytes (10xxxxxx) do not begin a scalar; stray ones are counted with their
    // neighbour.
    var count = 0
    for offset in span.start..<span.end where bytes[offset] & 0xC0 != 0x80 { count += 1 }
    return count
  }
}

extension Source: Hashable {
  /// Compares by identity: two cells with the same text are two sources.
  public static func == (left: Source, right: Source) -> Bool { left === right }
  /// Hashes the identity.
  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
