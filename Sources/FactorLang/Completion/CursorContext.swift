// Where the cursor stands, read from the tokens before it: after a pipe, in the arguments of a
// verb, behind an option's colon, behind a dot, at the head of a line.

/// What may be typed at the cursor.
struct CursorContext {
  enum Position: Equatable {
    /// Inside a comment or the text of a string.
    case nowhere
    case head, verb, expression
    case member(of: String)
    /// Between the brackets behind a name.
    case slice(of: String)
    case option(verb: String, option: String, words: [String])
    case argument(verb: String, rank: Int, words: [String], used: Set<String>)
  }

  /// The word being typed.
  private(set) var typed = ""
  /// Its bytes.
  private(set) var range: Span
  /// What may be typed.
  private(set) var position = Position.head
  /// The dotted beginning of a verb, such as `plot.`.
  private(set) var path = ""
  /// The statements before the one at the cursor.
  private(set) var before = ""
  /// The pipeline that flows into the stage at the cursor.
  private(set) var upstream = ""
  /// Tells whether the line begins with `|`.
  private(set) var continuesLastResult = false

  private let source: Source
  private var tokens: [Token]

  init(_ source: Source) {
    self.source = source
    let lexed = Lexer.tokenize(source)
    tokens = lexed.tokens
    let end = source.bytes.count
    range = Span(at: end)
    let last = tokens.removeLast()
    let inString = lexed.findings.contains { $0.fault.code == .unterminatedString && !isInHole($0) }
    if inString
      || source.pieces(before: last).last.map({ $0.kind != .space && $0.kind != .newline }) ?? false
    {
      position = .nowhere
      return
    }
    takeTypedWord(end)
    locate()
  }

  private func isInHole(_ finding: LexicalFinding) -> Bool {
    if case .unterminatedString(_, let inHole) = finding.fault { return inHole }
    return false
  }

  private mutating func takeTypedWord(_ end: Int) {
    guard let last = tokens.last, last.end == end else { return }
    if last.kind.isNumeric || last.kind == .minus { return takeTypedNumber(end) }
    let isWord = last.kind == .name || last.kind == .variable || last.kind.isKeyword
    guard isWord || (last.kind == .invalid && source.text(last.span) == "$") else { return }
    typed = source.text(last.span)
    range = last.span
    tokens.removeLast()
  }

  // A month that is not whole yet is a number, or numbers and a minus.
  private mutating func takeTypedNumber(_ end: Int) {
    var start = end
    while start > 0, source.bytes[start - 1] == 0x2D || 0x30...0x39 ~= source.bytes[start - 1] {
      start -= 1
    }
    guard start < end, source.bytes[start] != 0x2D,
      let first = tokens.firstIndex(where: { $0.start == start })
    else { return }
    range = Span(start, end)
    typed = source.text(range)
    tokens.removeSubrange(first...)
  }

  private mutating func locate() {
    let statement = statementStart()
    let stageStart = segmentStart(statement)
    if let first = tokens[safe: statement] { before = source.text(Span(0, first.start)) }
    if statement >= tokens.count { before = source.text(Span(0, range.start)) }
    let segment = Array(tokens[min(stageStart, tokens.count)...])
    let follows = stageStart > 0 ? tokens[stageStart - 1].kind : nil
    if follows == .pipe { findUpstream(stageStart - 1, statement) }
    if let base = slicedBase() {
      position = .slice(of: base)
    } else if tokens.last?.kind == .dot, let base = dottedBase() {
      let isVerb = segment.count == base.count * 2 && follows == .pipe
      if isVerb { path = base.joined(separator: ".") + "." }
      position = isVerb ? .verb : .member(of: base.joined(separator: "."))
    } else if segment.isEmpty {
      position = follows == .pipe ? .verb : .head
    } else {
      position = inside(segment, isStage: follows == .pipe)
    }
  }

  /// The index of the first token of the statement at the cursor.
  private func statementStart() -> Int {
    var index = tokens.count
    var depth = 0
    let isNewLine =
      tokens.last.map { source.text(Span($0.end, range.start)).contains("\n") } ?? true
    if isNewLine, let last = tokens.last?.kind, last != .pipe, last != .comma, !last.isOpener {
      return index
    }
    while index > 0 {
      let token = tokens[index - 1]
      if token.kind.isCloser { depth += 1 }
      if token.kind.isOpener { depth -= 1 }
      if depth <= 0, token.isFirstOnLine || index == 1, token.kind != .pipe,
        index < 2 || tokens[index - 2].kind != .comma
      {
        return index - 1
      }
      index -= 1
    }
    return 0
  }

  /// The index behind the last `|`, open bracket or `=` of a binding before the cursor.
  private func segmentStart(_ statement: Int) -> Int {
    var index = tokens.count
    var depth = 0
    while index > statement {
      let kind = tokens[index - 1].kind
      if kind.isCloser { depth += 1 }
      if kind.isOpener {
        let isCall = kind == .leftParenthesis && tokens[index - 1].touchesPrevious
        if depth == 0, kind != .leftBracket, !isCall { return index }
        depth = max(0, depth - 1)
      }
      if depth == 0, kind == .pipe || kind == .semicolon || kind == .arrow { return index }
      if depth == 0, kind == .assign, index - 2 == statement { return index }
      index -= 1
    }
    return statement
  }

  /// Reads the pipeline before a pipe, from the bracket or statement that it began in.
  private mutating func findUpstream(_ pipe: Int, _ statement: Int) {
    var start = pipe
    var depth = 0
    while start > statement {
      let kind = tokens[start - 1].kind
      if kind.isCloser { depth += 1 }
      if kind.isOpener { depth -= 1 }
      if depth < 0 || (depth == 0 && (kind == .arrow || kind == .semicolon)) { break }
      if depth == 0, kind == .assign, start - 2 == statement { break }
      start -= 1
    }
    if start == pipe {
      continuesLastResult = true
    } else {
      upstream = source.text(Span(tokens[start].start, tokens[pipe].start))
    }
  }

  /// The name whose rows are chosen: `p[` or `p[1990-01..`.
  private func slicedBase() -> String? {
    var index = tokens.count - 1
    if index >= 2, tokens[index].kind == .dotDot { index -= 2 }
    guard index >= 1, tokens[index].kind == .leftBracket, tokens[index].touchesPrevious else {
      return nil
    }
    let base = tokens[index - 1]
    return base.kind == .name || base.kind == .keywordIt ? source.text(base.span) : nil
  }

  private func dottedBase() -> [String]? {
    var words: [String] = []
    var index = tokens.count - 1
    while index >= 1, tokens[index].kind == .dot {
      let kind = tokens[index - 1].kind
      guard kind == .name || kind == .variable || kind == .keywordIt else { return nil }
      words.insert(source.text(tokens[index - 1].span), at: 0)
      index -= 2
    }
    return words.isEmpty ? nil : words
  }

  /// Reads verb and arguments of a segment that has begun.
  private func inside(_ segment: [Token], isStage: Bool) -> Position {
    guard segment[0].kind == .name else { return .expression }
    var verb = source.text(segment[0].span)
    var index = 1
    while index + 1 < segment.count, segment[index].kind == .dot, segment[index + 1].kind == .name {
      verb += "." + source.text(segment[index + 1].span)
      index += 2
    }
    let isCommand =
      index < segment.count ? beginsArgument(segment[index]) : !range.isEmpty || endsInSpace
    guard isStage || isCommand else { return .expression }
    var rank = 0
    var words: [String] = []
    var used: Set<String> = []
    var depth = 0
    var option: String?
    for position in index..<max(index, segment.count) {
      let token = segment[position]
      if token.kind.isOpener { depth += 1 }
      if token.kind.isCloser { depth -= 1 }
      if token.kind == .name { words.append(source.text(token.span)) }
      if depth <= 0, token.kind == .colon, position > index {
        let name = source.text(segment[position - 1].span)
        used.insert(name)
        option = name
      }
      if depth <= 0, token.kind == .comma {
        if option == nil { rank += 1 }
        option = nil
      }
    }
    if let option { return .option(verb: verb, option: option, words: words) }
    return .argument(verb: verb, rank: rank, words: words, used: used)
  }

  private var endsInSpace: Bool { source.bytes.last == 0x20 }

  private func beginsArgument(_ token: Token) -> Bool {
    [.name, .quotedName, .variable, .string].contains(token.kind) || token.kind.isNumeric
  }
}

extension Array {
  fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
