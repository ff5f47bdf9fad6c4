// Strings: text pieces decoded, holes parsed in place, and the indentation of triple strings
// removed.

extension Parser {
  /// The text of a string token without holes.
  func stringText(_ token: Token) -> String {
    let isTriple = isTriple(token)
    let body = StringDecoder.decode(
      source.bytes[range(of: token, isTriple: isTriple)], isRaw: source.bytes[token.start] == 0x72)
    guard isTriple else { return body }
    return Self.stripIndentation([.text(body)]).reduce(into: "") { text, piece in
      if case .text(let part) = piece { text += part }
    }
  }

  private func isTriple(_ token: Token) -> Bool {
    source.hasBytes("\"\"\"", at: token.start) || source.hasBytes("r\"\"\"", at: token.start)
  }

  /// The bytes between the marks of a token that is a string or a piece of one.
  private func range(of token: Token, isTriple: Bool) -> Range<Int> {
    let quote = isTriple ? 3 : 1
    var (start, end) = (token.start, token.end)
    switch token.kind {
    case .string, .stringHead:
      start += quote + (source.bytes[start] == 0x72 ? 1 : 0)
    default: start += 1
    }
    switch token.kind {
    case .string, .stringTail:
      let closing = end - quote
      // An unterminated string has no closing quote to take away.
      if closing >= start, source.bytes[closing] == 0x22, source.bytes[end - 1] == 0x22 {
        end = closing
      }
    default: end -= 1
    }
    return min(start, token.end)..<max(min(start, token.end), end)
  }

  mutating func parseInterpolation() throws(Stop) -> Expression {
    let start = token.start
    let isTriple = isTriple(token)
    let savedNewline = newlineEnds
    newlineEnds = false
    defer { newlineEnds = savedNewline }
    var pieces = [piece(token, isTriple)]
    var height = 0
    while kind == .stringHead || kind == .stringMiddle {
      try parseHole(&pieces, &height)
      pieces.append(piece(token, isTriple))
    }
    advance()
    if isTriple { pieces = Self.stripIndentation(pieces) }
    return try node(.interpolation(pieces), from: start, over: height)
  }

  private mutating func parseHole(
    _ pieces: inout [StringPiece], _ height: inout Int
  ) throws(Stop) {
    advance()
    let value = try parseExpression()
    height = max(height, value.height)
    pieces.append(.hole(value, format: takeFormat()))
    guard kind == .stringMiddle || kind == .stringTail else { throw missing(.token(.rightBrace)) }
  }

  private func piece(_ token: Token, _ isTriple: Bool) -> StringPiece {
    .text(StringDecoder.decode(source.bytes[range(of: token, isTriple: isTriple)], isRaw: false))
  }

  /// Takes `:format`; the name holds the words after the colon.
  private mutating func takeFormat() -> Name? {
    guard kind == .format else { return nil }
    let span = Span(token.start + 1, token.end)
    advance()
    return Name(source.text(span), span)
  }

  /// Removes the line break after the opening quotes and, if the closing quotes stand on their own
  /// line, their indentation from every line.
  static func stripIndentation(_ pieces: [StringPiece]) -> [StringPiece] {
    guard case .text(let last)? = pieces.last, case .text(let first)? = pieces.first,
      first.hasPrefix("\n")
    else { return pieces }
    let tail = last.split(separator: "\n", omittingEmptySubsequences: false).last ?? ""
    let isOwnLine = last.contains("\n") && tail.allSatisfy { $0 == " " || $0 == "\t" }
    let indentation = isOwnLine ? "\n" + String(tail) : "\n"
    var result: [StringPiece] = []
    for (position, piece) in pieces.enumerated() {
      guard case .text(var text) = piece else {
        result.append(piece)
        continue
      }
      text = removing(indentation, from: text)
      if position == 0, text.hasPrefix("\n") { text.removeFirst() }
      if position == pieces.count - 1, isOwnLine, text.hasSuffix("\n") { text.removeLast() }
      result.append(.text(text))
    }
    return result
  }

  private static func removing(_ indentation: String, from text: String) -> String {
    let width = indentation.count - 1
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard width > 0, let first = lines.first else { return text }
    let rest = lines.dropFirst().map { line in
      let blank = line.prefix(width).prefix { $0 == " " || $0 == "\t" }
      return line.dropFirst(blank.count)
    }
    return ([first] + rest).joined(separator: "\n")
  }
}
