// Operators, names and characters that belong to no token.

extension Lexer {
  mutating func scanOperator(_ byte: UInt8) -> TokenKind {
    if let (kind, length) = operatorKind(byte) {
      position += length
      return kind
    }
    return scanStranger()
  }

  private func operatorKind(_ byte: UInt8) -> (TokenKind, Int)? {
    let next = peek(1)
    switch byte {
    case 0x7C: return next == 0x3E ? (.pipe, 2) : next == 0x7C ? nil : (.pipe, 1)
    case 0x2E:
      if next == 0x2E { return peek(2) == 0x3C ? (.dotDotLess, 3) : (.dotDot, 2) }
      return (.dot, 1)
    case 0x3F: return next == 0x3F ? (.coalesce, 2) : nil
    case 0x2D: return next == 0x3E ? (.arrow, 2) : (.minus, 1)
    case 0x3D: return next == 0x3D ? (.equal, 2) : (.assign, 1)
    case 0x21: return next == 0x3D ? (.notEqual, 2) : nil
    case 0x3C: return next == 0x3D ? (.lessEqual, 2) : (.less, 1)
    case 0x3E: return next == 0x3D ? (.greaterEqual, 2) : (.greater, 1)
    case 0x2B: return (.plus, 1)
    case 0x2A: return next == 0x2A ? nil : (.star, 1)
    case 0x2F: return (.slash, 1)
    case 0x5E: return (.caret, 1)
    case 0x2C: return (.comma, 1)
    case 0x3B: return (.semicolon, 1)
    default: return nil
    }
  }

  // MARK: Names

  mutating func scanName() -> TokenKind {
    let start = position
    skipNameTail()
    return Self.keyword(bytes, start, position)
  }

  /// Moves past letters, digits and underscores, ASCII or not.
  mutating func skipNameTail() {
    while position < end {
      let byte = bytes[position]
      if Self.isNameByte(byte) {
        position += 1
      } else if byte >= 0x80, let (scalar, length) = decodeScalar(), scalar.properties.isXIDContinue
      {
        position += length
      } else {
        return
      }
    }
  }

  static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: return true
    default: return false
    }
  }

  /// Recognises reserved words without making a string.
  private static func keyword(_ bytes: [UInt8], _ start: Int, _ end: Int) -> TokenKind {
    func matches(_ text: StaticString) -> Bool {
      for index in 0..<(end - start) where bytes[start + index] != text.utf8Start[index] {
        return false
      }
      return true
    }
    switch end - start {
    case 2:
      if matches("if") { return .keywordIf }
      if matches("in") { return .keywordIn }
      if matches("or") { return .keywordOr }
      if matches("is") { return .keywordIs }
      if matches("na") { return .keywordMissing }
      if matches("it") { return .keywordIt }
    case 3:
      if matches("for") { return .keywordFor }
      if matches("not") { return .keywordNot }
      if matches("and") { return .keywordAnd }
    case 4:
      if matches("then") { return .keywordThen }
      if matches("else") { return .keywordElse }
      if matches("true") { return .keywordTrue }
    case 5:
      if matches("false") { return .keywordFalse }
      if matches("catch") { return .keywordCatch }
    default: break
    }
    return .name
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
