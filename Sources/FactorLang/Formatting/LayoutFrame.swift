// What surrounds a token: statements, brackets, and lists of arguments without brackets. They decide
// at which column a line begins that the author broke.

/// Something whose parts may stand on lines of their own.
struct LayoutFrame {
  enum Kind {
    case statement, bracket, block, list
  }

  /// How the lines after the first are placed.
  enum Mode {
    /// Below the first part.
    case aligned
    /// Two columns deeper than the line that opened the frame.
    case hanging
  }

  let kind: Kind
  /// Offset at which the frame ends; that of a bracket ends with its partner.
  let end: Int
  /// Indentation of the line on which the frame was opened.
  let lineIndent: Int
  /// The same in the author's text.
  let authorIndent: Int
  /// Column of the opening token.
  let openColumn: Int
  /// Column of the first part if it stands on the line of the opener.
  var contentColumn: Int?
  /// The same in the author's text.
  var authorColumn = 0
  /// Tells whether the first part is still to come.
  var awaitsContent: Bool
  var mode: Mode?
}

extension LayoutWriter {
  // MARK: Opening and closing

  func bracketFrame(_ token: Token) -> LayoutFrame {
    LayoutFrame(
      kind: plan.blocks.contains(token.start) ? .block : .bracket, end: Int.max,
      lineIndent: text.indentation, authorIndent: authorIndent(token),
      openColumn: text.column - 1, awaitsContent: true)
  }

  /// Opens the statements and lists that begin with the token.
  mutating func pushFrames(at token: Token) {
    if let end = plan.statements[token.start] { push(.statement, end, token) }
    if let end = plan.lists[token.start] { push(.list, end, token) }
  }

  private mutating func push(_ kind: LayoutFrame.Kind, _ end: Int, _ token: Token) {
    let isFirst = text.column == text.indentation
    frames.append(
      LayoutFrame(
        kind: kind, end: end, lineIndent: text.indentation, authorIndent: authorIndent(token),
        openColumn: text.column,
        contentColumn: kind == .list || isFirst ? text.column : nil,
        authorColumn: authorColumn(token), awaitsContent: false))
  }

  /// Closes the statements and lists that ended before the token.
  mutating func popFrames(before token: Token) {
    while let last = frames.last, last.end <= token.start { frames.removeLast() }
  }

  /// Remembers where the first part of a bracket stands.
  mutating func noteContent(_ token: Token) {
    guard let last = frames.indices.last, frames[last].awaitsContent else { return }
    frames[last].awaitsContent = false
    guard text.column > text.indentation else { return }
    frames[last].contentColumn = text.column
    frames[last].authorColumn = authorColumn(token)
  }

  // MARK: Columns

  /// Gives the column of a token that begins a line, and that of the comments above it.
  mutating func column(
    of token: Token, after previous: Token?
  ) -> (token: Int, comments: Int) {
    guard let last = frames.indices.last else { return (0, 0) }
    let isItem = beginsPart(token, after: previous)
    if token.kind.isCloser {
      let frame = frames[last]
      guard frame.mode == .aligned, let content = frame.contentColumn else {
        return (frame.lineIndent, frame.lineIndent + 2)
      }
      return (frame.openColumn, content)
    }
    let place = partColumn(last, token, deeper: isItem ? 0 : 2)
    return (place, place)
  }

  private func beginsPart(_ token: Token, after previous: Token?) -> Bool {
    guard let previous else { return true }
    if token.kind == .pipe { return false }
    return previous.kind == .comma || previous.kind.isOpener || previous.kind == .arrow
      || previous.kind == .semicolon || plan.statements[token.start] != nil
  }

  /// Gives the column of the parts of a frame, some columns deeper.
  private mutating func partColumn(_ index: Int, _ token: Token, deeper: Int) -> Int {
    let frame = frames[index]
    switch frame.kind {
    case .statement:
      if let column = frame.contentColumn { return column + 2 }
      return index > 0 ? partColumn(index - 1, token, deeper: 2) : 2
    case .list, .bracket, .block:
      guard let content = frame.contentColumn else { return frame.lineIndent + 2 + deeper }
      let mode = frame.mode ?? nearest(frame, token, deeper)
      frames[index].mode = mode
      return (mode == .aligned ? content : frame.lineIndent + 2) + deeper
    }
  }

  /// Chooses the placement that is nearer to the author's.
  private mutating func nearest(_ frame: LayoutFrame, _ token: Token, _ deeper: Int)
    -> LayoutFrame.Mode
  {
    let place = authorColumn(token) - deeper
    let toAligned = (place - frame.authorColumn).magnitude
    let toHanging = (place - frame.authorIndent - 2).magnitude
    return toAligned < toHanging ? .aligned : .hanging
  }

  // MARK: The author's columns

  /// Gives the author's column of a token. Tokens are asked about in order, so each byte is looked
  /// at once, however long the line.
  private mutating func authorColumn(_ token: Token) -> Int {
    let line = source.lineStarts[source.lineIndex(at: token.start)]
    if authorPlace.offset < line { authorPlace = (line, 0) }
    authorPlace.column += LayoutText.width(source.bytes[authorPlace.offset..<token.start])
    authorPlace.offset = token.start
    return authorPlace.column
  }

  private func authorIndent(_ token: Token) -> Int {
    let line = source.lineStarts[source.lineIndex(at: token.start)]
    return source.bytes[line...].prefix { Source.isBlank($0) }.count
  }
}
