// Postfix chains, and the atoms they hang on: literals, names, lists, records, blocks, strings.

extension Parser {
  mutating func parsePostfix() throws(Stop) -> Expression {
    let start = startOfNode
    var base = try parseAtom()
    while continuesLine() {
      switch kind {
      case .dot: try extend(member: &base, start)
      case .leftParenthesis where token.touchesPrevious: try extend(call: &base, start)
      case .leftBracket where token.touchesPrevious: try extend(subscript: &base, start)
      default: return base
      }
    }
    return base
  }

  private mutating func extend(member base: inout Expression, _ start: Int) throws(Stop) {
    advance()
    let name = try parseMemberName()
    base = try node(.member(base, name), from: start, over: base.height)
  }

  private mutating func extend(call base: inout Expression, _ start: Int) throws(Stop) {
    let arguments = try parseCallArguments()
    let height = max(base.height, tallest(arguments))
    base = try node(.call(base, arguments), from: start, over: height)
  }

  private mutating func extend(subscript base: inout Expression, _ start: Int) throws(Stop) {
    let slices =
      try bracketed(.leftBracket, .rightBracket) { (parser) throws(Stop) in
        try parser.parseArguments(until: .rightBracket)
      } ?? []
    let height = max(base.height, tallest(slices))
    base = try node(.subscripted(base, slices), from: start, over: height)
  }

  func tallest(_ arguments: [Argument]) -> Int {
    var height = 0
    for index in arguments.indices { height = max(height, arguments[index].value.height) }
    return height
  }

  /// Takes a name after a dot; reserved words are allowed there.
  mutating func parseMemberName() throws(Stop) -> Name {
    guard kind.isKeyword else { return try expectName("a name after `.`") }
    let name = Name(nameText(token), token.span)
    advance()
    return name
  }

  private mutating func parseAtom() throws(Stop) -> Expression {
    switch kind {
    case .leftParenthesis: return try parseGroup()
    case .leftBracket: return try parseList()
    case .leftBrace: return try beginsRecord ? parseRecord() : parseBlockExpression()
    case .stringHead: return try parseInterpolation()
    default: return try parseLeaf()
    }
  }

  private mutating func parseLeaf() throws(Stop) -> Expression {
    let (leaf, kind) = (token, kind)
    let content: Expression.Kind
    switch kind {
    case .name, .quotedName: content = .name(nameText(leaf))
    case .variable: content = .variable(nameText(leaf))
    case .keywordIt: content = .it
    case .string: content = .literal(.text(stringText(leaf)))
    case .invalid:
      // The lexer has complained; what follows in this statement would only echo it.
      findingsInStatement = Self.findingsPerStatement
      content = .invalid
    case .keywordTrue, .keywordFalse, .keywordMissing: content = literal(leaf)
    default:
      guard kind.isNumeric else { throw missing(.value) }
      content = literal(leaf)
    }
    advance()
    return Expression(content, leaf.span)
  }

  private mutating func literal(_ leaf: Token) -> Expression.Kind {
    let text = UnsafeBufferPointer(rebasing: bytes[leaf.start..<leaf.end])
    if let value = LiteralReader.read(leaf.kind, text) { return .literal(value) }
    // Impossible months and dates were reported by the lexer.
    switch leaf.kind {
    case .integer, .decimal, .ratio, .duration: report(.numberTooLarge)
    default: break
    }
    return .invalid
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
      try parser.parseItems()
    }
    var height = 0
    for item in items ?? [] { height = max(height, item.height) }
    return try node(items.map(Expression.Kind.list) ?? .invalid, from: start, over: height)
  }

  private mutating func parseItems() throws(Stop) -> [Expression] {
    let first = waitingExpressions.count
    do throws(Stop) {
      while kind != .rightBracket {
        waitingExpressions.append(try parseExpression())
        if !take(.comma) { break }
      }
      return waitingExpressions.take(from: first)
    } catch {
      waitingExpressions.drop(from: first)
      throw error
    }
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
    var parameters: [Name] = []
    let statements =
      try bracketed(.leftBrace, .rightBrace, newlines: true) { parser throws(Stop) -> [Statement] in
        parameters = parser.takeBlockParameters()
        return try parser.parseBlockStatements()
      } ?? []
    requireValue(statements.last, from: start)
    return Block(parameters: parameters, statements: statements, span: span(from: start))
  }

  private mutating func parseBlockStatements() throws(Stop) -> [Statement] {
    var statements: [Statement] = []
    repeat {
      statements.append(try parseStatement(isInBlock: true))
    } while kind != .rightBrace && kind != .endOfInput
    return statements
  }

  private mutating func requireValue(_ last: Statement?, from start: Int) {
    switch last?.kind {
    case nil, .pipeline, .invalid: break
    default: report(.blockWithoutValue, at: Span(max(start, previousEnd - 1), previousEnd))
    }
  }

  private mutating func takeBlockParameters() -> [Name] {
    let distance = endOfNames(ahead: 0)
    guard distance > 0, kind(ahead: distance) == .arrow else { return [] }
    let names = names(ahead: 0, upTo: distance)
    index += distance + 1
    return names
  }
}
