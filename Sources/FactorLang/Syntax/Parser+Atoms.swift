// Postfix chains, and the atoms they hang on: literals, names, lists, records, blocks, strings.

extension Parser {
  mutating func parsePostfix() throws(Stop) -> Expression {
    let start = kind == .endOfInput ? previousEnd : token.start
    var base = try parseAtom()
    while continuesLine() {
      switch kind {
      case .dot:
        advance()
        let name = try parseMemberName()
        base = try node(.member(base, name), from: start, over: base.height)
      case .leftParenthesis where token.touchesPrevious:
        let arguments = try parseCallArguments()
        base = try node(.call(base, arguments), from: start, over: base.height, tallest(arguments))
      case .leftBracket where token.touchesPrevious:
        let slices = try bracketed(.leftBracket, .rightBracket) { (parser) throws(Stop) in
          try parser.parseArguments(until: .rightBracket)
        }
        let kind = Expression.Kind.subscripted(base, slices ?? [])
        base = try node(kind, from: start, over: base.height, tallest(slices ?? []))
      default: return base
      }
    }
    return base
  }

  private func tallest(_ arguments: [Argument]) -> Int {
    arguments.reduce(0) { max($0, $1.value.height) }
  }

  /// Takes a name after a dot; reserved words are allowed there.
  mutating func parseMemberName() throws(Stop) -> Name {
    if kind.isKeyword {
      let name = Name(nameText(token), token.span)
      advance()
      return name
    }
    return try expectName("a name after `.`")
  }

  private mutating func parseAtom() throws(Stop) -> Expression {
    let start = kind == .endOfInput ? previousEnd : token.start
    switch kind {
    case .name, .quotedName:
      let name = nameText(token)
      advance()
      return try node(.name(name), from: start)
    case .variable:
      let name = nameText(token)
      advance()
      return try node(.variable(name), from: start)
    case .keywordIt:
      advance()
      return try node(.it, from: start)
    case .string: return try parsePlainString()
    case .stringHead: return try parseInterpolation()
    case .leftParenthesis: return try parseGroup()
    case .leftBracket: return try parseList()
    case .leftBrace: return try beginsRecord ? parseRecord() : parseBlockExpression()
    case .invalid:
      // The lexer has complained; what follows in this statement would only echo it.
      findingsInStatement = Self.findingsPerStatement
      advance()
      return try node(.invalid, from: start)
    default:
      if kind.isNumeric || kind == .keywordTrue || kind == .keywordFalse || kind == .keywordMissing
      {
        return try parseLiteral()
      }
      throw missing(.value)
    }
  }

  private mutating func parseLiteral() throws(Stop) -> Expression {
    let (literalToken, start) = (token, token.start)
    let value = LiteralReader.read(literalToken.kind, source.bytes[start..<literalToken.end])
    if value == nil {
      // Impossible months and dates were reported by the lexer.
      switch literalToken.kind {
      case .integer, .decimal, .ratio, .duration: report(.numberTooLarge)
      default: break
      }
    }
    advance()
    return try node(value.map(Expression.Kind.literal) ?? .invalid, from: start)
  }

  private mutating func parseGroup() throws(Stop) -> Expression {
    let start = token.start
    let pipeline = try bracketed(.leftParenthesis, .rightParenthesis) { (parser) throws(Stop) in
      try parser.parsePipeline()
    }
    return try node(
      pipeline.map(Expression.Kind.group) ?? .invalid, from: start, over: pipeline?.height ?? 0)
  }

  private mutating func parseList() throws(Stop) -> Expression {
    let start = token.start
    let items = try bracketed(.leftBracket, .rightBracket) { (parser) throws(Stop) in
      var items: [Expression] = []
      while parser.kind != .rightBracket {
        items.append(try parser.parseExpression())
        if !parser.take(.comma) { break }
      }
      return items
    }
    let height = (items ?? []).reduce(0) { max($0, $1.height) }
    return try node(items.map(Expression.Kind.list) ?? .invalid, from: start, over: height)
  }

  // MARK: Braces

  /// A brace opens a record if empty, before `name:` or before `..`; otherwise a block.
  private var beginsRecord: Bool {
    switch kind(ahead: 1) {
    case .rightBrace, .dotDot: return true
    case .name, .quotedName: return kind(ahead: 2) == .colon
    default: return kind(ahead: 1).isKeyword && kind(ahead: 2) == .colon
    }
  }

  private mutating func parseRecord() throws(Stop) -> Expression {
    let start = token.start
    let entries = try bracketed(.leftBrace, .rightBrace) { (parser) throws(Stop) in
      var entries: [RecordEntry] = []
      while parser.kind != .rightBrace {
        entries.append(try parser.parseEntry())
        if !parser.take(.comma) { break }
      }
      return entries
    }
    let height = (entries ?? []).reduce(0) { tallest, entry in
      switch entry {
      case .field(_, let value), .spread(let value): return max(tallest, value.height)
      }
    }
    return try node(entries.map(Expression.Kind.record) ?? .invalid, from: start, over: height)
  }

  private mutating func parseEntry() throws(Stop) -> RecordEntry {
    if take(.dotDot) { return .spread(try parseExpression()) }
    let name = try parseMemberName()
    try expect(.colon)
    return .field(name, try parseExpression())
  }

  private mutating func parseBlockExpression() throws(Stop) -> Expression {
    let start = token.start
    let block = try parseBlock()
    return try node(.block(block), from: start, over: height(of: block))
  }

  mutating func parseBlock() throws(Stop) -> Block {
    let start = token.start
    let content = try bracketed(.leftBrace, .rightBrace, newlines: true) { (parser) throws(Stop) in
      let parameters = parser.takeBlockParameters()
      var statements: [Statement] = []
      repeat {
        statements.append(
          try parser.nested { (parser) throws(Stop) in try parser.parseStatement(isInBlock: true) })
      } while parser.kind != .rightBrace && parser.kind != .endOfInput
      return (parameters, statements)
    }
    let block = Block(
      parameters: content?.0 ?? [], statements: content?.1 ?? [], span: span(from: start))
    switch block.statements.last?.kind {
    case nil, .pipeline, .invalid: break
    default: report(.blockWithoutValue, at: Span(max(start, previousEnd - 1), previousEnd))
    }
    return block
  }

  private mutating func takeBlockParameters() -> [Name] {
    var names: [Name] = []
    var distance = 0
    while kind(ahead: distance) == .name {
      let word = token(ahead: distance)
      names.append(Name(nameText(word), word.span))
      distance += 1
      guard kind(ahead: distance) == .comma else { break }
      distance += 1
    }
    guard !names.isEmpty, kind(ahead: distance) == .arrow else { return [] }
    index += distance + 1
    return names
  }
}
