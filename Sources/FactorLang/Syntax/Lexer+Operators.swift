// Operators, names and characters that belong to no token.

extension Lexer {
  mutating func scanOperator(_ byte: UInt8) -> TokenKind {
    switch byte {
    case 0x2C: return take(.comma, 1)
    case 0x2B: return take(.plus, 1)
    case 0x2F: return take(.slash, 1)
    case 0x5E: return take(.caret, 1)
    case 0x3B: return take(.semicolon, 1)
    default: return scanPaired(byte, peek(1))
    }
  }

  private mutating func take(_ kind: TokenKind, _ length: Int) -> TokenKind {
    position += length
    return kind
  }

  /// Scans an operator whose meaning depends on the byte that follows.
  private mutating func scanPaired(_ byte: UInt8, _ next: UInt8) -> TokenKind {
    switch byte {
    case 0x7C where next != 0x7C: return take(.pipe, next == 0x3E ? 2 : 1)
    case 0x2E where next != 0x2E: return take(.dot, 1)
    case 0x2E: return peek(2) == 0x3C ? take(.dotDotLess, 3) : take(.dotDot, 2)
    case 0x3F where next == 0x3F: return take(.coalesce, 2)
    case 0x2D: return next == 0x3E ? take(.arrow, 2) : take(.minus, 1)
    case 0x3D: return next == 0x3D ? take(.equal, 2) : take(.assign, 1)
    case 0x21 where next == 0x3D: return take(.notEqual, 2)
    case 0x3C: return next == 0x3D ? take(.lessEqual, 2) : take(.less, 1)
    case 0x3E: return next == 0x3D ? take(.greaterEqual, 2) : take(.greater, 1)
    case 0x2A where next != 0x2A: return take(.star, 1)
    default: return scanStranger()
    }
  }

  // MARK: Names

  mutating func scanName() -> TokenKind {
    let start = position
    skipNameTail()
    return keyword(start)
  }

  /// Moves past letters, digits and underscores, ASCII or not.
  mutating func skipNameTail() {
    while true {
      var place = position
      while place < end, Self.isNameByte(bytes[place]) { place += 1 }
      position = place
      guard place < end, bytes[place] >= 0x80, let (scalar, length) = decodeScalar(),
        scalar.properties.isXIDContinue
      else { return }
      position += length
    }
  }

  /// Tells whether the byte is an ASCII letter, digit or underscore; one bit for each of 128.
  static func isNameByte(_ byte: UInt8) -> Bool {
    let bits: UInt64 = byte < 0x40 ? 0x03FF_0000_0000_0000 : 0x07FF_FFFE_87FF_FFFE
    return byte < 0x80 && bits >> UInt64(byte & 0x3F) & 1 == 1
  }

  /// Recognises reserved words by their letters, written together as one number.
  private func keyword(_ start: Int) -> TokenKind {
    let count = position - start
    guard count >= 2, count <= 5 else { return .name }
    var letters: UInt64 = 0
    var place = start
    while place < position {
      letters = letters << 8 | UInt64(bytes[place])
      place += 1
    }
    switch letters {
    case 0x6966: return .keywordIf
    case 0x696E: return .keywordIn
    case 0x6F72: return .keywordOr
    case 0x6973: return .keywordIs
    case 0x6E61: return .keywordMissing
    case 0x6974: return .keywordIt
    case 0x66_6F72: return .keywordFor
    case 0x6E_6F74: return .keywordNot
    case 0x61_6E64: return .keywordAnd
    case 0x7468_656E: return .keywordThen
    case 0x656C_7365: return .keywordElse
    case 0x7472_7565: return .keywordTrue
    case 0x66_616C_7365: return .keywordFalse
    case 0x63_6174_6368: return .keywordCatch
    default: return .name
    }
  }

  mutating func scanVariable() -> TokenKind {
    let start = position
    position += 1
    let byte = peek()
    let startsName = Self.isNameByte(byte) && !(0x30...0x39).contains(byte)
    if startsName || (byte >= 0x80 && decodeScalar()?.0.properties.isXIDStart == true) {
      skipNameTail()
      return .variable
    }
    note(.bareDollar, Span(start, position))
    return .invalid
  }

  mutating func scanQuotedName() -> TokenKind {
    let start = position
    position += 1
    while position < end, bytes[position] != 0x60, bytes[position] != 0x0A { position += 1 }
    guard position < end, bytes[position] == 0x60 else {
      note(.unterminatedName(atEnd: position == end), Span(start, position))
      return .invalid
    }
    position += 1
    if position - start == 2 {
      note(.emptyName, Span(start, position))
      return .invalid
    }
    return .quotedName
  }

  // MARK: Characters outside ASCII and strangers

  mutating func scanForeign() -> TokenKind {
    if let (scalar, length) = decodeScalar(), scalar.properties.isXIDStart {
      position += length
      skipNameTail()
      return .name
    }
    return scanStranger()
  }

  /// Takes a run of characters that begin no token as one invalid token with one complaint.
  private mutating func scanStranger() -> TokenKind {
    let start = position
    let first = decodeScalar()
    for pair in ["&&", "||", "**"] where startsWith(pair) {
      position += 2
      note(.unexpected(pair), Span(start, position))
      return .invalid
    }
    if peek() == 0x27 { return scanSingleQuoted() }
    if first?.0 == "“" || first?.0 == "„", let span = curlyQuoted() {
      position = span.end
      note(.curlyQuotes, span)
      return .invalid
    }
    position += first?.1 ?? 1
    while position < end, isStranger() { position += decodeScalar()?.1 ?? 1 }
    let text = first.map { String(Character($0.0)) }
    note(.unexpected(text), Span(start, position))
    return .invalid
  }

  private mutating func scanSingleQuoted() -> TokenKind {
    let start = position
    position += 1
    while position < end, bytes[position] != 0x27, bytes[position] != 0x0A { position += 1 }
    if peek() == 0x27 { position += 1 }
    note(.singleQuotes, Span(start, position))
    return .invalid
  }

  /// Finds a text between curly quotes that ends on its line.
  private func curlyQuoted() -> Span? {
    var place = position + 3
    while place + 2 < end, bytes[place] != 0x0A {
      // The closing quote, U+201D, or the opening one in its place, U+201C.
      if bytes[place] == 0xE2, bytes[place + 1] == 0x80, bytes[place + 2] & 0xFE == 0x9C {
        return Span(position, place + 3)
      }
      place += 1
    }
    return nil
  }

  private func startsWith(_ text: String) -> Bool {
    var distance = 0
    for byte in text.utf8 {
      if peek(distance) != byte { return false }
      distance += 1
    }
    return true
  }

  private func isStranger() -> Bool {
    let byte = bytes[position]
    if byte >= 0x80 {
      guard let (scalar, _) = decodeScalar() else { return true }
      return !scalar.properties.isXIDStart
    }
    return byte < 0x20 && byte != 0x0A && byte != 0x09 && byte != 0x0D
  }

  /// Decodes the scalar at the position; nil where the bytes are not UTF-8.
  func decodeScalar() -> (Unicode.Scalar, Int)? {
    let byte = peek()
    if byte < 0x80 { return (Unicode.Scalar(byte), 1) }
    let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
    guard byte >= 0xC2, byte < 0xF5, position + length <= end else { return nil }
    var value = UInt32(byte) & (0xFF >> UInt32(length + 1))
    for distance in 1..<length {
      let next = peek(distance)
      guard next & 0xC0 == 0x80 else { return nil }
      value = value << 6 | UInt32(next & 0x3F)
    }
    let least: UInt32 = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000
    guard value >= least, let scalar = Unicode.Scalar(value) else { return nil }
    return (scalar, length)
  }
}
