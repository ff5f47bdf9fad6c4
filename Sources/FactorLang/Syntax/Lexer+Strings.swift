// Strings: plain, raw and triple, with holes `{expression:format}`. A string with holes becomes
// a head, the tokens of each hole, middles, and a tail, so that nothing is lexed twice.

extension Lexer {
  mutating func scanString(isRaw: Bool) -> TokenKind {
    let start = position
    position += isRaw ? 2 : 1
    let isTriple = peek() == 0x22 && peek(1) == 0x22
    if isTriple { position += 2 }
    return scanBody(Quote(isTriple: isTriple, isRaw: isRaw, start: start), isHead: true)
  }

  mutating func resumeString(_ open: Interpolation) -> TokenKind {
    interpolations.removeLast()
    position += 1
    return scanBody(open.quote, isHead: false)
  }

  private mutating func scanBody(_ quote: Quote, isHead: Bool) -> TokenKind {
    while position < end {
      switch bytes[position] {
      case 0x22:
        if closes(quote) { return isHead ? .string : .stringTail }
        position += 1
      case 0x0A where !quote.isTriple:
        return abandon(quote, isHead, atEnd: false)
      case 0x5C where !quote.isRaw: scanEscape()
      case 0x7B where !quote.isRaw:
        position += 1
        interpolations.append(Interpolation(quote: quote))
        return isHead ? .stringHead : .stringMiddle
      default: position += 1
      }
    }
    return abandon(quote, isHead, atEnd: true)
  }

  private mutating func closes(_ quote: Quote) -> Bool {
    if !quote.isTriple {
      position += 1
      return true
    }
    guard peek(1) == 0x22, peek(2) == 0x22 else { return false }
    position += 3
    return true
  }

  private mutating func abandon(_ quote: Quote, _ isHead: Bool, atEnd: Bool) -> TokenKind {
    note(.unterminatedString(atEnd: atEnd, inHole: false), Span(quote.start, position))
    return isHead ? .string : .stringTail
  }

  private mutating func scanEscape() {
    let start = position
    position += 1
    switch peek() {
    case 0x6E, 0x74, 0x72, 0x30, 0x5C, 0x22, 0x27, 0x7B, 0x7D: position += 1
    case 0x75 where peek(1) == 0x7B:
      position += 2
      while position < end, bytes[position] != 0x7D, Self.isNameByte(bytes[position]) {
        position += 1
      }
      if peek() == 0x7D { position += 1 }
      if StringDecoder.scalar(ArraySlice(bytes[start..<position])) == nil {
        note(.unknownEscape, Span(start, position))
      }
    case 0x0A: break
    default:
      if position < end { position += decodeScalar()?.1 ?? 1 }
      if position < end || position > start + 1 { note(.unknownEscape, Span(start, position)) }
    }
  }

  /// Takes the format after a hole's colon, up to the closing brace.
  mutating func scanFormat() -> TokenKind {
    while position < end, bytes[position] != 0x7D, bytes[position] != 0x0A, bytes[position] != 0x22
    {
      position += 1
    }
    return .format
  }
}

/// Turns the inside of a string token into text.
enum StringDecoder {
  /// Decodes escapes; raw text passes unchanged. Bytes that are not UTF-8 become U+FFFD.
  static func decode(_ bytes: ArraySlice<UInt8>, isRaw: Bool) -> String {
    if isRaw || !bytes.contains(0x5C) { return String(decoding: bytes, as: UTF8.self) }
    var result: [UInt8] = []
    var position = bytes.startIndex
    while position < bytes.endIndex {
      guard bytes[position] == 0x5C, position + 1 < bytes.endIndex else {
        result.append(bytes[position])
        position += 1
        continue
      }
      let length = escapeLength(bytes[position...])
      let escape = bytes[position..<(position + length)]
      if let scalar = scalar(escape) {
        result.append(contentsOf: String(Character(scalar)).utf8)
      } else {
        result.append(contentsOf: escape)
      }
      position += length
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func escapeLength(_ bytes: ArraySlice<UInt8>) -> Int {
    let start = bytes.startIndex
    guard bytes.count > 3, bytes[start + 1] == 0x75, bytes[start + 2] == 0x7B else { return 2 }
    let close = bytes.firstIndex(of: 0x7D) ?? start + 1
    return close - start + 1
  }

  /// Reads one escape such as `\n` or `\u{3b1}`.
  static func scalar(_ escape: ArraySlice<UInt8>) -> Unicode.Scalar? {
    let start = escape.startIndex
    guard escape.count >= 2 else { return nil }
    switch escape[start + 1] {
    case 0x6E: return "\n"
    case 0x74: return "\t"
    case 0x72: return "\r"
    case 0x30: return "\0"
    case 0x5C, 0x22, 0x27, 0x7B, 0x7D: return Unicode.Scalar(escape[start + 1])
    case 0x75:
      guard escape.count > 4, escape.last == 0x7D else { return nil }
      let digits = String(decoding: escape[(start + 3)..<(escape.endIndex - 1)], as: UTF8.self)
      return UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init)
    default: return nil
    }
  }
}
