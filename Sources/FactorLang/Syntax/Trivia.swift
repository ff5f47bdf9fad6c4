// The pieces of what stands between tokens: spaces, line breaks, and the lines and line ends that
// begin with `#`.

/// One piece of trivia.
public struct TriviaPiece: Sendable, Equatable {
  /// Names what the piece is.
  public enum Kind: Sendable, Equatable {
    case space, newline, comment, prose, cell
    /// `#>` at the head of a line: output that was recorded.
    case output
    /// `#!` at the head of a line: a diagnostic that was recorded.
    case diagnostic
    /// `#!` at the head of the source: the program that runs it.
    case shebang
  }
  /// What the piece is.
  public let kind: Kind
  /// Its bytes; comment pieces exclude their line break.
  public let span: Span
}

extension Source {
  /// Splits the trivia before a token into its pieces, in order.
  public func pieces(before token: Token) -> [TriviaPiece] {
    var pieces: [TriviaPiece] = []
    var position = token.triviaSpan.start
    let end = token.triviaSpan.end
    while position < end {
      let start = position
      let kind = triviaKind(at: position)
      switch kind {
      case .newline: position += 1
      case .space:
        while position < end, triviaKind(at: position) == .space { position += 1 }
      default:
        while position < end, bytes[position] != 0x0A { position += 1 }
      }
      pieces.append(TriviaPiece(kind: kind, span: Span(start, position)))
    }
    return pieces
  }

  private func triviaKind(at offset: Int) -> TriviaPiece.Kind {
    guard bytes[offset] == 0x23 else { return bytes[offset] == 0x0A ? .newline : .space }
    switch offset + 1 < bytes.count ? bytes[offset + 1] : 0 {
    case 0x23: return .prose
    case 0x21 where offset == textStart: return .shebang
    case 0x21 where isFirstOnItsLine(offset): return .diagnostic
    case 0x3E where isFirstOnItsLine(offset): return .output
    case 0x25 where hasBytes("#%%", at: offset) && isFirstOnItsLine(offset): return .cell
    default: return .comment
    }
  }

  /// Offset of the first byte that is not a byte order mark.
  var textStart: Int { hasBytes("\u{FEFF}", at: 0) ? 3 : 0 }

  /// Tells whether the ASCII text stands at the offset.
  func hasBytes(_ text: StaticString, at offset: Int) -> Bool {
    let count = text.utf8CodeUnitCount
    guard offset >= 0, offset + count <= bytes.count else { return false }
    for index in 0..<count where bytes[offset + index] != text.utf8Start[index] { return false }
    return true
  }

  private func isFirstOnItsLine(_ offset: Int) -> Bool {
    var position = offset
    while position > 0, Self.isBlank(bytes[position - 1]) { position -= 1 }
    return position <= textStart || bytes[position - 1] == 0x0A
  }

  /// Tells whether the byte is a space that does not end a line.
  static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0D
  }

  /// Gives the words of a comment-like piece: without its marks and the spaces around.
  func words(of piece: TriviaPiece) -> String {
    let marks = piece.kind == .cell ? 3 : piece.kind == .comment ? 1 : 2
    var start = min(piece.span.start + marks, piece.span.end)
    var end = piece.span.end
    while start < end, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
    while end > start, bytes[end - 1] <= 0x20 { end -= 1 }
    return text(Span(start, end))
  }
}
