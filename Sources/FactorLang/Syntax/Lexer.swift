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

  let bytes: UnsafeBufferPointer<UInt8>
  let end: Int
  var position = 0
  var tokens: [Token] = []
  var findings: [LexicalFinding] = []
  var interpolations: [Interpolation] = []

  /// Gives all tokens of a source, the last being `.endOfInput`.
  static func tokenize(_ source: Source) -> LexedSource {
    source.bytes.withUnsafeBufferPointer { bytes in
      var lexer = Lexer(bytes)
      lexer.run()
      return LexedSource(tokens: lexer.tokens, findings: lexer.findings)
    }
  }

  private init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
    end = bytes.count
    tokens.reserveCapacity(bytes.count / 4 + 2)
  }

  private mutating func run() {
    if end > Source.byteLimit {
      note(.sourceTooLarge, Span(0, 1))
      let last = min(end, Int(UInt32.max))
      tokens.append(Token(.invalid, [], from: 0, 0, last))
      tokens.append(Token(.endOfInput, [], from: last, last, last))
      return
    }
    while true {
      let triviaStart = position
      let trivia = skipTrivia()
      let start = position
      guard position < end else {
        tokens.append(Token(.endOfInput, trivia, from: triviaStart, end, end))
        break
      }
      let kind = scanToken()
      if position <= start { position = start + 1 }
      tokens.append(Token(kind, trivia, from: triviaStart, start, position))
    }
    if let open = interpolations.last {
      note(.unterminatedString(atEnd: true, inHole: true), Span(open.quote.start, end))
    }
  }

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

  // Plain bits rather than set operations, which cost a debug build half of its time.
  private static let space = Token.Trivia.space.rawValue
  private static let newline = Token.Trivia.newline.rawValue
  private static let comment = Token.Trivia.comment.rawValue
  private static let cell = Token.Trivia.cell.rawValue

  private mutating func skipTrivia() -> Token.Trivia {
    var flags: UInt8 = 0
    if position == 0, end >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
      position = 3
      flags = Self.space
    }
    while position < end {
      switch bytes[position] {
      case 0x20, 0x09, 0x0D: flags |= Self.space
      case 0x0A:
        if !interpolations.isEmpty { closeSingleLineStrings() }
        flags |= Self.space | Self.newline
      case 0x23 where interpolations.isEmpty:
        skipComment(&flags)
        continue
      default: return Token.Trivia(rawValue: flags)
      }
      position += 1
    }
    return Token.Trivia(rawValue: flags)
  }

  private mutating func skipComment(_ flags: inout UInt8) {
    let startsLine = flags & Self.newline != 0 || tokens.isEmpty
    flags |= Self.space | Self.comment
    if startsLine, peek(1) == 0x25, peek(2) == 0x25 { flags |= Self.cell }
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
