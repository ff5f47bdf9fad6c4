// The statements of the grammar.

extension Parser {
  mutating func parseStatement(isInBlock: Bool) throws(Stop) -> Statement {
    let start = token.start
    var isBackground = false
    if isWord("bg"), continuesLine(ahead: 1), canStartExpression(kind(ahead: 1)),
      !kind(ahead: 1).isOpener
    {
      advance()
      isBackground = true
    }
    let kind = try parseKind()
    let span = span(from: start)
    let documentation = documentation(for: kind)
    let isHidden = try parseEnd(kind, isInBlock: isInBlock)
    return Statement(
      kind: kind, span: span, isHidden: isHidden, isBackground: isBackground,
      documentation: documentation)
  }

  private mutating func parseKind() throws(Stop) -> Statement.Kind {
    let next = continuesLine(ahead: 1) ? kind(ahead: 1) : .endOfInput
    if kind == .name {
      if isWord("use"), next == .string || next == .leftBrace { return .use(try parseUse()) }
      if isWord("param"), next == .name || next == .quotedName {
        return .parameter(try parseParameter())
      }
      if isWord("fn"), next == .name || next == .quotedName {
        return .function(try parseFunction())
      }
      if isWord("seed"), next == .integer || next == .name || next == .variable {
        advance()
        return .seed(try parseExpression())
      }
      if isWord("assert"), canStartExpression(next), next != .leftBrace {
        return try parseAssertion()
      }
    }
    return try parseBindingOrPipeline()
  }

  private mutating func parseBindingOrPipeline() throws(Stop) -> Statement.Kind {
    if kind == .name || kind == .quotedName, continuesLine(ahead: 1) {
      if kind(ahead: 1) == .assign, let name = takeName() {
        advance()
        return .binding(name, try parsePipeline())
      }
      if kind(ahead: 1) == .colon {
        let name = nameText(token)
        advance()
        let isWalrus = kind(ahead: 1) == .assign
        let sign = isWalrus ? token.span.union(token(ahead: 1).span) : token.span
        throw stop(.colonForDefinition(name: name), at: sign)
      }
    }
    return .pipeline(try parsePipeline())
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

  private mutating func parseUse() throws(Stop) -> UseClause {
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
    return UseClause(path: path, pathSpan: pathSpan, alias: alias, names: names)
  }

  /// Parses names separated by commas; one at least.
  mutating func parseNames(_ role: String) throws(Stop) -> [Name] {
    var names = [try expectName(role)]
    while take(.comma) { names.append(try expectName(role)) }
    return names
  }

  private mutating func parseParameter() throws(Stop) -> ParameterDeclaration {
    advance()
    let name = try expectName("a name for the parameter")
    let type = try parseTypeAnnotation()
    try expect(.assign)
    // The range comes after `in`, so the default must not swallow it as a comparison.
    let value = try parseBinary(.range)
    var allowed: Expression?
    if kind == .keywordIn, continuesLine() {
      advance()
      allowed = try parseExpression()
    }
    return ParameterDeclaration(name: name, type: type, value: value, allowed: allowed)
  }

  private mutating func parseTypeAnnotation() throws(Stop) -> Name? {
    guard take(.colon) else { return nil }
    guard let type = takeName() else { throw missing(.type) }
    return type
  }

  private mutating func parseFunction() throws(Stop) -> FunctionDeclaration {
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
    let body = try nested { (parser) throws(Stop) in try parser.parsePipeline() }
    return FunctionDeclaration(name: name, parameters: parameters ?? [], result: result, body: body)
  }

  private mutating func parseFunctionParameters() throws(Stop) -> [FunctionDeclaration.Parameter] {
    var parameters: [FunctionDeclaration.Parameter] = []
    while kind != .rightParenthesis {
      let name = try expectName("a parameter name")
      let type = try parseTypeAnnotation()
      let value = take(.assign) ? try parseBinary(.range) : nil
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
