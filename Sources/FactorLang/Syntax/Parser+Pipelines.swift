// Pipelines, stages, commands and their arguments.

extension Parser {
  mutating func parsePipeline() throws(Stop) -> Pipeline {
    let start = kind == .endOfInput ? previousEnd : token.start
    let head: Pipeline.Head
    var height: Int
    if kind == .pipe {
      (head, height) = (.lastResult, 1)
    } else if isCommandStart {
      let command = try parseStage()
      (head, height) = (.command(command), command.height)
    } else {
      let expression = try parseExpression()
      (head, height) = (.expression(expression), expression.height)
    }
    var stages: [Stage] = []
    // A line that begins with `|` continues the pipeline.
    while take(.pipe) {
      guard let stage = try parseStageOrRecover() else { continue }
      height = max(height, stage.height)
      stages.append(stage)
    }
    return Pipeline(head: head, stages: stages, span: span(from: start), height: height)
  }

  /// Parses a stage; after a fault goes on at the next `|`, if there is one.
  private mutating func parseStageOrRecover() throws(Stop) -> Stage? {
    let (savedDepth, savedNewline) = (depth, newlineEnds)
    do {
      return try parseStage()
    } catch {
      guard error == .recoverable else { throw error }
      (depth, newlineEnds) = (savedDepth, savedNewline)
      guard skipToPipe() else { throw error }
      return nil
    }
  }

  private mutating func skipToPipe() -> Bool {
    var open = 0
    var position = index
    while position < limit {
      let next = tokens[position].kind
      if next.isOpener { open += 1 }
      if next.isCloser { open -= 1 }
      if open < 0 || (open == 0 && next == .semicolon) { return false }
      if open == 0, next == .pipe {
        index = position
        return true
      }
      if position > index, newlineEnds, tokens[position].isFirstOnLine, open == 0 { return false }
      position += 1
    }
    return false
  }

  /// Tells whether a verb with arguments stands at the head: a path, then on the same line, after
  /// a space, a string, a name or a number. Never `-`, `(` or `[`, which continue an expression.
  private var isCommandStart: Bool {
    guard kind == .name else { return false }
    var distance = 1
    while kind(ahead: distance) == .dot, token(ahead: distance).touchesPrevious,
      kind(ahead: distance + 1) == .name, token(ahead: distance + 1).touchesPrevious
    {
      distance += 2
    }
    guard continuesLine(ahead: distance), !token(ahead: distance).touchesPrevious else {
      return false
    }
    let next = kind(ahead: distance)
    switch next {
    case .string, .stringHead, .name, .quotedName, .variable: return true
    case .keywordTrue, .keywordFalse, .keywordIt: return true
    default: return next.isNumeric || (next.isKeyword && kind(ahead: distance + 1) == .colon)
    }
  }

  mutating func parseStage() throws(Stop) -> Stage {
    let start = kind == .endOfInput ? previousEnd : token.start
    guard let first = takeName() else { throw missing(.verb) }
    var path = [first]
    while kind == .dot, token.touchesPrevious {
      advance()
      path.append(try parseMemberName())
    }
    let nameSpan = span(from: start)
    let verb = path.map(\.text).joined(separator: ".")
    var arguments: [Argument] = []
    let hasParentheses = kind == .leftParenthesis && token.touchesPrevious
    if hasParentheses {
      arguments = try parseTouchingArguments(verb)
    } else if continuesLine(), canStartArgument {
      arguments = try parseArguments(until: nil)
    }
    let height = arguments.reduce(1) { max($0, $1.value.height + 1) }
    return Stage(
      path: path, verb: verb, nameSpan: nameSpan, arguments: arguments, span: span(from: start),
      hasParentheses: hasParentheses, height: height)
  }

  /// Takes `(…)` that touches the verb; after it nothing else may stand in the stage.
  private mutating func parseTouchingArguments(_ verb: String) throws(Stop) -> [Argument] {
    let parenthesis = token.span
    let arguments = try parseCallArguments()
    guard kind == .endOfInput || !continuesLine() || endsStage(kind) || kind == .invalid else {
      throw stop(.touchingParenthesis(verb: verb), at: parenthesis)
    }
    return arguments
  }

  private func endsStage(_ kind: TokenKind) -> Bool {
    kind == .pipe || kind == .semicolon || kind.isCloser || kind == .comma
      || (kind == .format || kind == .stringMiddle || kind == .stringTail)
  }

  private var canStartArgument: Bool {
    canStartExpression(kind) || (kind.isKeyword && kind(ahead: 1) == .colon)
  }

  // MARK: Arguments

  mutating func parseCallArguments() throws(Stop) -> [Argument] {
    try bracketed(.leftParenthesis, .rightParenthesis) { (parser) throws(Stop) in
      try parser.parseArguments(until: .rightParenthesis)
    } ?? []
  }

  /// Parses arguments up to a closing bracket, or without one up to the end of the stage.
  mutating func parseArguments(until closer: TokenKind?) throws(Stop) -> [Argument] {
    var arguments: [Argument] = []
    while closer == nil || kind != closer {
      arguments.append(try parseArgument())
      if kind == .comma, closer != nil || continuesLine() {
        advance()
        continue
      }
      if closer == nil, kind != .endOfInput, continuesLine(), !endsStage(kind) {
        throw missing(.commaOrEnd)
      }
      break
    }
    return arguments
  }

  mutating func parseArgument() throws(Stop) -> Argument {
    let start = kind == .endOfInput ? previousEnd : token.start
    var sign = Argument.Kind.positional
    if kind(ahead: 1) == .colon, kind == .name || kind == .quotedName || kind.isKeyword {
      sign = .option(Name(nameText(token), token.span))
    } else if kind(ahead: 1) == .assign, kind == .name || kind == .quotedName {
      sign = .definition(Name(nameText(token), token.span))
    }
    if sign != .positional { index += 2 }
    let value = try parseExpression()
    return Argument(kind: sign, value: value, span: span(from: start))
  }

  // MARK: Brackets

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
    throw missing(closer == .rightBrace ? .token(closer) : .commaOrClose(closer))
  }

  /// Moves behind the partner of an open bracket unless a new statement begins first.
  private mutating func skip(to closer: TokenKind) -> Bool {
    var open = 0
    var position = index
    while position < limit {
      let next = tokens[position]
      if position > index, next.isFirstOnLine, source.bytes[next.start - 1] == 0x0A { return false }
      if next.kind.isOpener { open += 1 }
      if next.kind.isCloser {
        if open == 0 {
          guard next.kind == closer else { return false }
          index = position + 1
          return true
        }
        open -= 1
      }
      position += 1
    }
    return false
  }
}
