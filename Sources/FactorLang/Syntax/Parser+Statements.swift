// The statements of the grammar.

extension Parser {
  mutating func parseStatement(isInBlock: Bool) throws(Stop) -> Statement {
    let start = token.start
    let isBackground = takeBackground()
    let kind = try parseKind()
    let span = span(from: start)
    let documentation = documentation(for: kind)
    let isHidden = try parseEnd(kind, isInBlock: isInBlock)
    return Statement(
      kind: kind, span: span, isHidden: isHidden, isBackground: isBackground,
      documentation: documentation)
  }

  private mutating func takeBackground() -> Bool {
    guard isWord("bg"), continuesLine(ahead: 1), canStartExpression(kind(ahead: 1)),
      !kind(ahead: 1).isOpener
    else { return false }
    advance()
    return true
  }

  /// The words that begin statements of their own.
  private enum Opening {
    case use, parameter, function, seed, assertion, binding, pipeline
  }

  private mutating func parseKind() throws(Stop) -> Statement.Kind {
    switch opening {
    case .use: return try parseUse()
    case .parameter: return try parseParameter()
    case .function: return try parseFunction()
    case .seed: return try parseSeed()
    case .assertion: return try parseAssertion()
    case .binding: return try parseBinding()
    case .pipeline: return .pipeline(try parsePipeline())
    }
  }

  private var opening: Opening {
    guard kind == .name || kind == .quotedName, continuesLine(ahead: 1) else { return .pipeline }
    let next = kind(ahead: 1)
    if next == .assign || next == .colon { return .binding }
    guard kind == .name, next != .pipe, next != .endOfInput else { return .pipeline }
    let namesNext = next == .name || next == .quotedName
    if namesNext, isWord("param") { return .parameter }
    if namesNext, isWord("fn") { return .function }
    if next == .string || next == .leftBrace, isWord("use") { return .use }
    if next == .integer || next == .name || next == .variable, isWord("seed") { return .seed }
    if next != .leftBrace, isWord("assert"), canStartExpression(next) { return .assertion }
    return .pipeline
  }

  private mutating func parseBinding() throws(Stop) -> Statement.Kind {
    let name = try expectName("a name")
    guard take(.assign) else { throw colonForDefinition(of: name.text) }
    return .binding(name, try parsePipeline())
  }

  private mutating func colonForDefinition(of name: String) -> Stop {
    let isWalrus = kind(ahead: 1) == .assign
    let sign = isWalrus ? token.span.union(token(ahead: 1).span) : token.span
    return stop(.colonForDefinition(name: name), at: sign)
  }

  private mutating func parseSeed() throws(Stop) -> Statement.Kind {
    advance()
    return .seed(try parseExpression())
  }

  /// Takes the end of a statement; gives whether a `;` hides its value.
  private mutating func parseEnd(_ statement: Statement.Kind, isInBlock: Bool) throws(Stop) -> Bool
  {
    if take(.semicolon) { return true }
    if kind == .endOfInput || token.isFirstOnLine { return false }
    if isInBlock, kind == .rightBrace { return false }
    if kind == .invalid { throw .recoverable }
    guard kind == .assign else { throw stop(.extraAfterStatement) }
    if case .pipeline(let pipeline) = statement, let left = pipeline.soleExpression {
      switch left.kind {
      case .member, .subscripted, .variable, .it: throw stop(.notDefinable, at: left.span)
      default: break
      }
    }
    throw stop(.equalsForComparison)
  }

  /// Reads `##` words that end the line of a declaration.
  private func documentation(for statement: Statement.Kind) -> String? {
    switch statement {
    case .parameter, .function: break
    default: return nil
    }
    let next = token
    guard next.trivia.contains(.comment) else { return nil }
    for piece in source.pieces(before: next) {
      if piece.kind == .newline { return nil }
      if piece.kind == .prose { return source.words(of: piece) }
    }
    return nil
  }

  // MARK: Declarations

  private mutating func parseUse() throws(Stop) -> Statement.Kind {
    advance()
    var names: [Name] = []
    if kind == .leftBrace {
      names =
        try bracketed(.leftBrace, .rightBrace) { (parser) throws(Stop) in
          try parser.parseNames("a name to use")
        } ?? []
      guard isWord("from") else { throw missing(.name("`from`")) }
      advance()
    }
    guard kind == .string else { throw missing(.string) }
    let pathSpan = token.span
    let path = stringText(token)
    advance()
    var alias: Name?
    if names.isEmpty, isWord("as"), continuesLine() {
      advance()
      alias = try expectName("a name for the module")
    }
    return .use(UseClause(path: path, pathSpan: pathSpan, alias: alias, names: names))
  }

  /// Parses names separated by commas; one at least.
  mutating func parseNames(_ role: String) throws(Stop) -> [Name] {
    var names = [try expectName(role)]
    while take(.comma) { names.append(try expectName(role)) }
    return names
  }

  private mutating func parseParameter() throws(Stop) -> Statement.Kind {
    advance()
    let name = try expectName("a name for the parameter")
    let type = try parseTypeAnnotation()
    try expect(.assign)
    // The range comes after `in`, so the default must not swallow it as a comparison.
    let value = try nested { (parser) throws(Stop) in try parser.parseBinary(.range) }
    var allowed: Expression?
    if kind == .keywordIn, continuesLine() {
      advance()
      allowed = try parseExpression()
    }
    return .parameter(
      ParameterDeclaration(name: name, type: type, value: value, allowed: allowed))
  }

  private mutating func parseTypeAnnotation() throws(Stop) -> Name? {
    guard take(.colon) else { return nil }
    guard let type = takeName() else { throw missing(.type) }
    return type
  }

  private mutating func parseFunction() throws(Stop) -> Statement.Kind {
    advance()
    let name = try expectName("a name for the function")
    guard kind == .leftParenthesis else { throw missing(.token(.leftParenthesis)) }
    let parameters = try bracketed(.leftParenthesis, .rightParenthesis) { (parser) throws(Stop) in
      try parser.parseFunctionParameters()
    }
    var result: Name?
    if take(.arrow) {
      guard let type = takeName() else { throw missing(.type) }
      result = type
    }
    if kind != .leftBrace { try expect(.assign) }
    let body = try parsePipeline()
    return .function(
      FunctionDeclaration(name: name, parameters: parameters ?? [], result: result, body: body))
  }

  private mutating func parseFunctionParameters() throws(Stop) -> [FunctionDeclaration.Parameter] {
    var parameters: [FunctionDeclaration.Parameter] = []
    while kind != .rightParenthesis {
      let name = try expectName("a parameter name")
      let type = try parseTypeAnnotation()
      var value: Expression?
      if take(.assign) {
        value = try nested { (parser) throws(Stop) in try parser.parseBinary(.range) }
      }
      parameters.append(.init(name: name, type: type, value: value))
      if !take(.comma) { break }
    }
    return parameters
  }

  private mutating func parseAssertion() throws(Stop) -> Statement.Kind {
    advance()
    let condition = try parseExpression()
    var message: Expression?
    if continuesLine(), take(.comma) { message = try parseExpression() }
    return .assertion(condition, message: message)
  }
}
