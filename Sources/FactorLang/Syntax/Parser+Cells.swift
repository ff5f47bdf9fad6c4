// Cells, the pragma, statements in sequence, and the way back after a fault.

extension Parser {
  /// Parses every cell on its own, so that an open bracket in one cannot swallow the next.
  mutating func parseCells() -> [Cell] {
    let last = tokens.count - 1
    var bounds = [0]
    var place = 1
    while place <= last {
      if tokens[place].followsCell { bounds.append(place) }
      place += 1
    }
    bounds.append(last)
    var cells: [Cell] = []
    for (lower, upper) in zip(bounds, bounds.dropFirst())
    where lower < upper || lower == 0 || lower == last {
      if lower == upper, lower == 0, !cells.isEmpty { continue }
      (index, limit, depth, newlineEnds) = (lower, upper, 0, true)
      (closerSearch, pipeSearch) = (KeptSearch(), KeptSearch())
      let statements = parseStatements()
      cells += cellsBefore(lower, statements, upTo: upper)
    }
    return cells
  }

  /// Builds the cells that begin in the trivia of one token; all but the last hold only prose.
  private func cellsBefore(_ first: Int, _ statements: [Statement], upTo upper: Int) -> [Cell] {
    var cells: [Cell] = []
    var (title, prose): (TriviaPiece?, [Prose]) = (nil, [])
    var start = first == 0 ? 0 : tokens[first].triviaSpan.start
    func close(_ end: Int, _ statements: [Statement]) {
      guard title != nil || !statements.isEmpty || !prose.isEmpty || first == 0 else { return }
      cells.append(
        Cell(
          title: title.map(source.words), titleSpan: title?.span, prose: prose,
          statements: statements, span: Span(start, end)))
    }
    for piece in source.pieces(before: tokens[first]) {
      if piece.kind == .cell {
        if title != nil || !prose.isEmpty { close(piece.span.start, []) }
        (title, prose, start) = (piece, [], piece.span.start)
      } else if piece.kind == .prose {
        // Prose before the first `#%%` of this trivia belongs to the cell before and is read there.
        if first == 0 || title != nil {
          prose.append(Prose(text: source.words(of: piece), span: piece.span))
        }
      }
    }
    prose += proseInside(first + 1, upper)
    close(upper < tokens.count ? tokens[upper].triviaSpan.start : source.bytes.count, statements)
    return cells
  }

  private func proseInside(_ first: Int, _ upper: Int) -> [Prose] {
    var prose: [Prose] = []
    var position = first - 1
    while position < upper {
      position += 1
      guard tokens[position].followsComment else { continue }
      for piece in source.pieces(before: tokens[position]) {
        if piece.kind == .cell { break }
        guard piece.kind == .prose else { continue }
        prose.append(Prose(text: source.words(of: piece), span: piece.span))
      }
    }
    return prose
  }

  // MARK: Statements in sequence

  private mutating func parseStatements() -> [Statement] {
    var statements: [Statement] = []
    if index == 0 { parsePragma() }
    // What follows so many complaints would only add to them.
    while kind != .endOfInput, findings.count < Self.diagnosticLimit {
      let before = index
      findingsInStatement = 0
      do {
        statements.append(try parseStatement(isInBlock: false))
      } catch {
        // After a limit of size the rest is more of the same.
        if error == .fatal { index = limit } else { recover(from: before) }
        statements.append(invalidStatement(span(from: tokens[before].start)))
      }
      if index == before { advance() }
    }
    return statements
  }

  func invalidStatement(_ span: Span) -> Statement {
    Statement(kind: .invalid, span: span, isHidden: false, isBackground: false, documentation: nil)
  }

  private mutating func parsePragma() {
    guard isWord("fq"), kind(ahead: 1) == .integer, continuesLine(ahead: 1) else { return }
    advance()
    let value = Int(source.text(token.span))
    edition = value
    if value != Program.currentEdition { report(.unknownEdition) }
    advance()
  }

  /// Skips to the next statement: a first token of a line that is not indented, or that stands
  /// outside the brackets opened since the fault and can begin a statement.
  private mutating func recover(from start: Int) {
    (depth, newlineEnds) = (0, true)
    var open = 0
    for position in start..<min(index, tokens.count) {
      if tokens[position].kind.isOpener { open += 1 }
      if tokens[position].kind.isCloser { open = max(0, open - 1) }
    }
    while kind != .endOfInput {
      if kind.isOpener { open += 1 }
      if kind.isCloser { open = max(0, open - 1) }
      let isOutside = open == 0 || isAtMargin
      if index > start, token.isFirstOnLine, isOutside, canBeginStatement { return }
      if kind == .semicolon, open == 0 {
        advance()
        return
      }
      advance()
    }
  }

  /// Tells whether the token stands at the very left, where only statements begin.
  var isAtMargin: Bool {
    token.isFirstOnLine && bytes[token.start - 1] == 0x0A
  }

  private var canBeginStatement: Bool {
    switch kind {
    case .name, .quotedName, .variable, .keywordIf, .keywordFor, .keywordIt, .string, .stringHead:
      return true
    default: return kind.isNumeric || (isAtMargin && kind.isOpener)
    }
  }
}
