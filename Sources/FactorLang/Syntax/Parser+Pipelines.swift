// Pipelines, stages, commands and their arguments.

extension Parser {
  mutating func parsePipeline() throws(Stop) -> Pipeline {
    let start = startOfNode
    var height = 1
    let head = try parseHead(&height)
    // A line that begins with `|` continues the pipeline.
    let stages = kind == .pipe ? try parseStages(&height) : []
    return Pipeline(head: head, stages: stages, span: span(from: start), height: height)
  }

  private mutating func parseHead(_ height: inout Int) throws(Stop) -> Pipeline.Head {
    if kind == .pipe { return .lastResult }
    if isCommandStart { return try parseCommand(&height) }
    let expression = try parseExpression()
    height = expression.height
    return .expression(expression)
  }

  private mutating func parseCommand(_ height: inout Int) throws(Stop) -> Pipeline.Head {
    let command = try parseStage()
    height = command.height
    return .command(command)
  }

  private mutating func parseStages(_ height: inout Int) throws(Stop) -> [Stage] {
    let first = waitingStages.count
    do throws(Stop) {
      while take(.pipe) {
        guard waitingStages.count - first < Self.stageLimit else { throw stop(.tooLong) }
        height = max(height, try parseStageOrRecover())
      }
      return waitingStages.take(from: first)
    } catch {
      waitingStages.drop(from: first)
      throw error
    }
  }

  /// Parses a stage and gives its height; after a fault goes on at the next `|`, if there is one.
  private mutating func parseStageOrRecover() throws(Stop) -> Int {
    let (savedDepth, savedNewline) = (depth, newlineEnds)
    do {
      let stage = try parseStage()
      waitingStages.append(stage)
      return stage.height
    } catch {
      guard error == .recoverable else { throw error }
      (depth, newlineEnds) = (savedDepth, savedNewline)
      guard skipToPipe() else { throw error }
      return 0
    }
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
    let start = startOfNode
    let (verb, parts) = try parseVerb()
    let hasParentheses = kind == .leftParenthesis && token.touchesPrevious
    let arguments =
      hasParentheses ? try parseTouchingArguments(verb.text) : try parseFreeArguments()
    return Stage(
      verb: verb, parts: parts, arguments: arguments, span: span(from: start),
      hasParentheses: hasParentheses, height: max(1, tallest(arguments)))
  }

  /// Parses a verb; a verb with dots comes with its parts.
  private mutating func parseVerb() throws(Stop) -> (verb: Name, parts: [Name]) {
    let start = startOfNode
    guard let first = takeName() else { throw missing(.verb) }
    guard kind == .dot, token.touchesPrevious else { return (first, []) }
    var parts = [first]
    while kind == .dot, token.touchesPrevious {
      advance()
      parts.append(try parseMemberName())
    }
    return (Name(joined(parts, from: start), span(from: start)), parts)
  }

  private mutating func parseFreeArguments() throws(Stop) -> [Argument] {
    guard continuesLine(), canStartArgument else { return [] }
    return try parseArguments(until: nil)
  }

  /// Takes `(…)` that touches the verb; after it nothing else may stand in the stage.
  private mutating func parseTouchingArguments(_ verb: String) throws(Stop) -> [Argument] {
    let parenthesis = token.span
    let arguments = try parseCallArguments()
    try expectEndOfStage(verb, parenthesis)
    return arguments
  }

  private mutating func expectEndOfStage(_ verb: String, _ parenthesis: Span) throws(Stop) {
    guard kind == .endOfInput || !continuesLine() || endsStage(kind) || kind == .invalid else {
      throw stop(.touchingParenthesis(verb: verb), at: parenthesis)
    }
  }

  private func endsStage(_ kind: TokenKind) -> Bool {
    kind == .pipe || kind == .semicolon || kind.isCloser || kind == .comma
      || (kind == .format || kind == .stringMiddle || kind == .stringTail)
  }

  private var canStartArgument: Bool {
    canStartExpression(kind) || (kind.isKeyword && kind(ahead: 1) == .colon)
  }

  /// The parts of a verb as one text: that of the source, where it has nothing but names and dots.
  private mutating func joined(_ parts: [Name], from start: Int) -> String {
    let length = parts.reduce(parts.count - 1) { $0 + $1.span.length }
    if length == previousEnd - start, !parts.contains(where: { bytes[$0.span.start] == 0x60 }) {
      return names.text(start, previousEnd)
    }
    return parts.map(\.text).joined(separator: ".")
  }

  // MARK: Arguments

  mutating func parseCallArguments() throws(Stop) -> [Argument] {
    try bracketed(.leftParenthesis, .rightParenthesis) { (parser) throws(Stop) in
      try parser.parseArguments(until: .rightParenthesis)
    } ?? []
  }

  /// Parses arguments up to a closing bracket, or without one up to the end of the stage.
  mutating func parseArguments(until closer: TokenKind?) throws(Stop) -> [Argument] {
    let first = waitingArguments.count
    do throws(Stop) {
      while closer == nil || kind != closer {
        waitingArguments.append(try parseArgument())
        guard try takeComma(isFree: closer == nil) else { break }
      }
      return waitingArguments.take(from: first)
    } catch {
      waitingArguments.drop(from: first)
      throw error
    }
  }

  /// Takes the comma between two arguments; without brackets it must stand on the same line.
  private mutating func takeComma(isFree: Bool) throws(Stop) -> Bool {
    if kind == .comma, !isFree || continuesLine() {
      advance()
      return true
    }
    if isFree, kind != .endOfInput, continuesLine(), !endsStage(kind) { throw missing(.commaOrEnd) }
    return false
  }

  mutating func parseArgument() throws(Stop) -> Argument {
    let start = startOfNode
    let sign = takeSign()
    let value = try parseExpression()
    return Argument(kind: sign, value: value, span: span(from: start))
  }

  /// Takes `name:` or `name =` if it stands at the cursor.
  private mutating func takeSign() -> Argument.Kind {
    let sign = kind(ahead: 1)
    guard sign == .colon || sign == .assign else { return .positional }
    guard kind == .name || kind == .quotedName || (kind.isKeyword && sign == .colon) else {
      return .positional
    }
    let name = Name(nameText(token), token.span)
    index += 2
    return sign == .colon ? .option(name) : .definition(name)
  }
}
