// Bytes to tokens. Total: any bytes give tokens whose trivia and text together are the source
// again; what is wrong is noted beside them. Works on bytes and makes no strings on the way.

/// One complaint of the lexer and its place.
struct LexicalFinding: Sendable {
  let fault: LexicalFault
  let span: Span
}

/// Holds the tokens of a source and what was wrong with them.
struct LexedSource: Sendable {
  let tokens: [Token]
  let findings: [LexicalFinding]
}

struct Lexer {
  /// How a string was opened, and so how it must be closed.
  struct Quote: Equatable {
    let isTriple: Bool
    let isRaw: Bool
    let start: Int
  }

  /// An open `{` inside a string, with the brackets opened since.
  struct Interpolation {
    let quote: Quote
    var depth = 0
    var braces = 0
  }

  /// More complaints than this help nobody; the rest are dropped.
  static let findingLimit = 20

  let bytes: [UInt8]
  let end: Int
  var position = 0
  var tokens: [Token] = []
  var findings: [LexicalFinding] = []
  var interpolations: [Interpolation] = []

  /// Gives all tokens of a source, the last being `.endOfInput`.
  static func tokenize(_ source: Source) -> LexedSource {
    var lexer = Lexer(source.bytes)
    lexer.run()
    return LexedSource(tokens: lexer.tokens, findings: lexer.findings)
  }

  private init(_ bytes: [UInt8]) {
    self.bytes = bytes
    end = bytes.count
    tokens.reserveCapacity(bytes.count / 4 + 2)
  }

  private mutating func run() {
    if end > Source.byteLimit {
      note(.sourceTooLarge, Span(0, 1))
      tokens.append(Token(.invalid, [], from: 0, 0, end))
      tokens.append(Token(.endOfInput, [], from: end, end, end))
      return
    }
    while true {
      let triviaStart = position
      let trivia = skipTrivia()
      let start = position
      guard position < end else { break }
      let kind = scanToken()
      if position <= start { position = start + 1 }
      tokens.append(Token(kind, trivia, from: triviaStart, start, position))
    }
    finish()
  }

  private mutating func finish() {
    if let open = interpolations.last {
      note(.unterminatedString(atEnd: true, inHole: true), Span(open.quote.start, end))
    }
    // The trivia before the end was skipped by the last round of `run`; find where it began.
    let triviaStart = tokens.last?.end ?? 0
    var flags: Token.Trivia = triviaStart < end ? [.space] : []
    for offset in triviaStart..<end {
      if bytes[offset] == 0x0A { flags.insert(.newline) }
      if bytes[offset] == 0x23 { flags.insert(.comment) }
    }
    tokens.append(Token(.endOfInput, flags.union(lastCell), from: triviaStart, end, end))
  }

  private var lastCell: Token.Trivia { sawCell ? [.cell] : [] }
  private var sawCell = false

  /// Reads the byte at a distance from the position; zero past the end.
  func peek(_ distance: Int = 0) -> UInt8 {
    let place = position + distance
    return place < end ? bytes[place] : 0
  }

  mutating func note(_ fault: LexicalFault, _ span: Span) {
    if findings.count < Self.findingLimit {
      findings.append(LexicalFinding(fault: fault, span: span))
    }
  }

  // MARK: Trivia

  private mutating func skipTrivia() -> Token.Trivia {
    var trivia: Token.Trivia = []
    sawCell = false
    if position == 0, end >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
      position = 3
      trivia.insert(.space)
    }
    while position < end {
      switch bytes[position] {
      case 0x20, 0x09, 0x0D: break
      case 0x0A:
        closeSingleLineStrings()
        trivia.insert(.newline)
      case 0x23 where interpolations.isEmpty:
        skipComment(&trivia)
        continue
      default: return trivia
      }
      trivia.insert(.space)
      position += 1
    }
    return trivia
  }

  private mutating func skipComment(_ trivia: inout Token.Trivia) {
    trivia.formUnion([.space, .comment])
    let startsLine = trivia.contains(.newline) || tokens.isEmpty
    if startsLine, peek(1) == 0x25, peek(2) == 0x25 {
      trivia.insert(.cell)
      sawCell = true
    }
    while position < end, bytes[position] != 0x0A { position += 1 }
  }

  /// A line break ends every string that is not triple, with a complaint.
  private mutating func closeSingleLineStrings() {
    while let open = interpolations.last, !open.quote.isTriple {
      note(.unterminatedString(atEnd: false, inHole: true), Span(open.quote.start, position))
      interpolations.removeLast()
    }
  }

  // MARK: Tokens

  private mutating func scanToken() -> TokenKind {
    let byte = bytes[position]
    switch byte {
    case 0x30...0x39: return scanNumber()
    case 0x72 where peek(1) == 0x22: return scanString(isRaw: true)
    case 0x41...0x5A, 0x61...0x7A, 0x5F: return scanName()
    case 0x22: return scanString(isRaw: false)
    case 0x60: return scanQuotedName()
    case 0x24: return scanVariable()
    case 0x80...0xFF: return scanForeign()
    default: return scanBracket(byte) ?? scanOperator(byte)
    }
  }

  private mutating func scanBracket(_ byte: UInt8) -> TokenKind? {
    let kind: TokenKind
    switch byte {
    case 0x28: kind = .leftParenthesis
    case 0x29: kind = .rightParenthesis
    case 0x5B: kind = .leftBracket
    case 0x5D: kind = .rightBracket
    case 0x7B: kind = .leftBrace
    case 0x7D: kind = .rightBrace
    case 0x3A: kind = .colon
    default: return nil
    }
    guard let open = interpolations.last else {
      position += 1
      return kind
    }
    // A brace closes the hole even if a parenthesis in it is still open.
    if open.braces == 0, kind == .rightBrace { return resumeString(open) }
    if open.depth == 0, kind == .colon { return scanFormat() }
    count(kind, &interpolations[interpolations.count - 1])
    position += 1
    return kind
  }

  private func count(_ kind: TokenKind, _ open: inout Interpolation) {
    let step = kind.isOpener ? 1 : kind.isCloser ? -1 : 0
    open.depth = max(0, open.depth + step)
    if kind == .leftBrace || kind == .rightBrace { open.braces = max(0, open.braces + step) }
  }
}
