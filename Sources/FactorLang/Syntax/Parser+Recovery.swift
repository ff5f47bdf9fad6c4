// Brackets, and the ways back to the nearest place where parsing can go on after a fault.

/// What a search for a place to go on found, kept because every bracket around a fault asks anew.
struct KeptSearch {
  private var origin = -1
  private var found: Int?

  /// Gives the place found from an origin, searching only if the last search began elsewhere.
  mutating func place(from origin: Int, _ search: () -> Int?) -> Int? {
    if self.origin != origin { (self.origin, found) = (origin, search()) }
    return found
  }
}

extension Parser {
  /// Parses what stands between two brackets, where line breaks do not count. After a fault inside,
  /// goes on behind the closing bracket and gives nil; without one, stops.
  mutating func bracketed<Result>(
    _ opener: TokenKind, _ closer: TokenKind, newlines: Bool = false,
    _ body: (inout Parser) throws(Stop) -> Result
  ) throws(Stop) -> Result? {
    let (openSpan, savedNewline, savedDepth) = (token.span, newlineEnds, depth)
    advance()
    newlineEnds = newlines
    defer { newlineEnds = savedNewline }
    do {
      let result = try body(&self)
      try close(opener, closer, openSpan)
      return result
    } catch {
      depth = savedDepth
      guard error == .recoverable, skip(to: closer) else { throw error }
      return nil
    }
  }

  private mutating func close(
    _ opener: TokenKind, _ closer: TokenKind, _ openSpan: Span
  ) throws(Stop) {
    if take(closer) { return }
    if kind == .invalid { throw .recoverable }
    if kind == .endOfInput || kind.isCloser || isAtMargin {
      throw stop(.unclosed(opener), at: openSpan)
    }
    if closer == .rightParenthesis, kind == .comma { throw stop(.severalInParentheses) }
    throw missing(closer == .rightBrace ? .token(closer) : .commaOrClose(closer))
  }

  /// Moves behind the partner of an open bracket unless a new statement begins first.
  private mutating func skip(to closer: TokenKind) -> Bool {
    var search = closerSearch
    let place = search.place(from: index) { strayCloser() }
    closerSearch = search
    guard let place, tokens[place].kind == closer else { return false }
    index = place + 1
    return true
  }

  /// Finds the first closing bracket ahead that has no partner, within the statement.
  private func strayCloser() -> Int? {
    var open = 0
    for position in index..<limit {
      let next = tokens[position]
      if position > index, next.isFirstOnLine, bytes[next.start - 1] == 0x0A { return nil }
      if next.kind.isOpener { open += 1 }
      if next.kind.isCloser {
        if open == 0 { return position }
        open -= 1
      }
    }
    return nil
  }

  /// Moves to the next `|` of the pipeline, if it has one more.
  mutating func skipToPipe() -> Bool {
    var search = pipeSearch
    let place = search.place(from: index * 2 + (newlineEnds ? 1 : 0)) { nextPipe() }
    pipeSearch = search
    guard let place else { return false }
    index = place
    return true
  }

  private func nextPipe() -> Int? {
    var open = 0
    for position in index..<limit {
      let next = tokens[position].kind
      if next.isOpener { open += 1 }
      if next.isCloser { open -= 1 }
      if open < 0 || (open == 0 && next == .semicolon) { return nil }
      if open == 0, next == .pipe { return position }
      if position > index, newlineEnds, tokens[position].isFirstOnLine, open == 0 { return nil }
    }
    return nil
  }
}
