// The text that the formatter writes, with the column of its end.

/// Gathers bytes and knows the column at which the next one will stand.
struct LayoutText {
  private var bytes: [UInt8] = []
  /// Screen columns used on the last line.
  private(set) var column = 0
  /// Spaces at the head of the last line.
  private(set) var indentation = 0

  /// Tells whether nothing was written yet.
  var isEmpty: Bool { bytes.isEmpty }

  mutating func append(_ piece: some BidirectionalCollection<UInt8>) {
    bytes.append(contentsOf: piece)
    guard let newline = piece.lastIndex(of: 0x0A) else {
      column += Self.width(piece)
      return
    }
    let line = piece[piece.index(after: newline)...]
    column = Self.width(line)
    indentation = line.prefix { Source.isBlank($0) }.count
  }

  mutating func space(_ count: Int) {
    bytes.append(contentsOf: repeatElement(0x20, count: count))
    column += count
  }

  /// Ends the line, unless nothing was written; a blank line follows if asked.
  mutating func breakLine(blank: Bool) {
    guard let last = bytes.last else { return }
    if last != 0x0A || blank { bytes.append(0x0A) }
    if blank, last != 0x0A { bytes.append(0x0A) }
    (column, indentation) = (0, 0)
  }

  /// Begins a line.
  mutating func indent(to count: Int) {
    space(count)
    indentation = count
  }

  /// Gives the text; it ends with a line break unless it is empty.
  consuming func finished() -> String {
    if let last = bytes.last, last != 0x0A { bytes.append(0x0A) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Counts the screen columns of a text without line breaks.
  static func width(_ piece: some Collection<UInt8>) -> Int {
    if piece.allSatisfy({ $0 < 0x80 }) { return piece.count }
    return CharacterWidth.of(String(decoding: piece, as: UTF8.self))
  }
}
