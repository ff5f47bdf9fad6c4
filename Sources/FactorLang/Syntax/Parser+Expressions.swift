// Expressions by precedence climbing.

extension Parser {
  func canStartExpression(_ kind: TokenKind) -> Bool {
    switch kind {
    case .name, .quotedName, .variable, .string, .stringHead, .invalid: return true
    case .leftParenthesis, .leftBracket, .leftBrace, .minus, .dotDot, .dotDotLess: return true
    case .keywordNot, .keywordIf, .keywordFor, .keywordIt: return true
    case .keywordMissing, .keywordTrue, .keywordFalse: return true
    default: return kind.isNumeric
    }
  }

  mutating func parseExpression() throws(Stop) -> Expression {
    try nested { (parser) throws(Stop) in
      switch parser.kind {
      case .keywordIf: return try parser.parseConditional()
      case .keywordFor: return try parser.parseComprehension()
      case .name where parser.kind(ahead: 1) == .arrow: return try parser.parseLambda()
      case .quotedName where parser.kind(ahead: 1) == .arrow: return try parser.parseLambda()
      case .leftParenthesis where try parser.beginsLambda(): return try parser.parseLambda()
      default: return try parser.parseCatch()
      }
    }
  }

  /// Builds a node and refuses trees that are too high to walk safely.
  mutating func node(
    _ kind: consuming Expression.Kind, from start: Int, over heightBelow: Int = 0
  ) throws(Stop) -> Expression {
    let height = heightBelow + 1
    guard height <= Self.heightLimit else { throw stop(.tooLong) }
    return Expression(kind, span(from: start), height: height)
  }

  // MARK: The forms that begin with a word

  private mutating func parseConditional() throws(Stop) -> Expression {
    let start = token.start
    advance()
    let condition = try parseExpression()
    try expect(.keywordThen)
    let then = try parseExpression()
    try expect(.keywordElse)
    let otherwise = try parseExpression()
    let kind = Expression.Kind.conditional(condition: condition, then: then, otherwise: otherwise)
    return try node(kind, from: start, over: max(condition.height, then.height, otherwise.height))
  }

  private mutating func parseComprehension() throws(Stop) -> Expression {
    let start = token.start
    advance()
    let names = try parseNames("a name for each item")
    try expect(.keywordIn)
    let source = try parseBinary(.coalesce)
    guard kind == .leftBrace else { throw missing(.block) }
    let body = try parseBlock()
    let kind = Expression.Kind.comprehension(names: names, source: source, body: body)
    return try node(kind, from: start, over: max(source.height, height(of: body)))
  }

  func height(of block: Block) -> Int { block.statements.reduce(0) { max($0, $1.height) } }

  /// Tells whether `(a, b) ->` stands at the cursor.
  private mutating func beginsLambda() throws(Stop) -> Bool {
    guard kind(ahead: 1).isName || kind(ahead: 1) == .rightParenthesis else { return false }
    let distance = endOfNames(ahead: 1)
    let closes = kind(ahead: distance) == .rightParenthesis
    let next = kind(ahead: closes ? distance + 1 : distance)
    if closes, next == .arrow { return true }
    // Several names in parentheses can only become a lambda, so input that stops here is
    // incomplete.
    let isList = distance == 1 || kind(ahead: 2) == .comma
    guard next == .endOfInput, isList else { return false }
    index = min(limit, index + distance + (closes ? 1 : 0))
    throw missing(.token(closes ? .arrow : .rightParenthesis))
  }

  /// Finds the distance behind names separated by commas.
  func endOfNames(ahead first: Int) -> Int {
    var distance = first
    while kind(ahead: distance).isName {
      distance += 1
      guard kind(ahead: distance) == .comma else { break }
      distance += 1
    }
    return distance
  }

  /// Reads the names between two distances.
  mutating func names(ahead first: Int, upTo end: Int) -> [Name] {
    var result: [Name] = []
    for distance in first..<end where kind(ahead: distance).isName {
      let word = token(ahead: distance)
      result.append(Name(nameText(word), word.span))
    }
    return result
  }

  private mutating func parseLambda() throws(Stop) -> Expression {
    let parameters = takeLambdaHead()
    let start = parameters.first.map(\.span.start) ?? previousEnd
    let body = try parseExpression()
    return try node(.lambda(parameters: parameters, body: body), from: start, over: body.height)
  }

  private mutating func takeLambdaHead() -> [Name] {
    let isOne = kind.isName
    let end = isOne ? 1 : endOfNames(ahead: 1)
    let parameters = names(ahead: 0, upTo: end)
    index += end + (isOne ? 1 : 2)
    return parameters
  }

  private mutating func parseCatch() throws(Stop) -> Expression {
    let start = startOfNode
    let value = try parseBinary(.coalesce)
    guard kind == .keywordCatch, continuesLine() else { return value }
    return try parseFallback(value, start)
  }

  private mutating func parseFallback(_ value: Expression, _ start: Int) throws(Stop) -> Expression
  {
    advance()
    var parameter: Name?
    if kind.isName, kind(ahead: 1) == .arrow {
      parameter = takeName()
      advance()
    }
    let fallback = try parseExpression()
    let kind = Expression.Kind.caught(value, parameter: parameter, fallback: fallback)
    return try node(kind, from: start, over: max(value.height, fallback.height))
  }

  // MARK: Operators

  mutating func parseBinary(_ least: Precedence) throws(Stop) -> Expression {
    let start = startOfNode
    var left = try parsePrefix(least)
    while let precedence = Precedence(kind), precedence >= least, continuesLine() {
      if kind == .keywordNot, kind(ahead: 1) != .keywordIn, kind(ahead: 1) != .endOfInput { break }
      switch precedence {
      case .compare: left = try parseComparison(left, start)
      case .range: left = try parseRange(left, start)
      default: left = try parseOperation(left, start, precedence)
      }
    }
    return left
  }

  private mutating func parseOperation(
    _ left: Expression, _ start: Int, _ precedence: Precedence
  ) throws(Stop) -> Expression {
    let (operation, operatorSpan) = (binaryOperator(kind), token.span)
    advance()
    let right: Expression
    if precedence == .power {
      right = try nested { (parser) throws(Stop) in try parser.parseBinary(.unary) }
    } else {
      right = try parseBinary(Precedence(rawValue: precedence.rawValue + 1) ?? .power)
    }
    let kind = Expression.Kind.binary(operation, left, right, operatorSpan: operatorSpan)
    return try node(kind, from: start, over: max(left.height, right.height))
  }

  private func binaryOperator(_ kind: TokenKind) -> BinaryOperator {
    switch kind {
    case .plus: return .add
    case .minus: return .subtract
    case .star: return .multiply
    case .slash: return .divide
    case .caret: return .power
    case .keywordAnd: return .and
    case .keywordOr: return .or
    default: return .coalesce
    }
  }

  private mutating func parsePrefix(_ least: Precedence) throws(Stop) -> Expression {
    let start = startOfNode
    switch kind {
    case .keywordNot: return try parseUnary(.not, over: max(.compare, min(least, .range)), start)
    case .minus: return try parseUnary(.negate, over: .unary, start)
    case .dotDot, .dotDotLess: return try parseRange(nil, start)
    default: return try parsePostfix()
    }
  }

  private mutating func parseUnary(
    _ sign: UnaryOperator, over least: Precedence, _ start: Int
  ) throws(Stop) -> Expression {
    advance()
    let operand = try nested { (parser) throws(Stop) in try parser.parseBinary(least) }
    return try node(.unary(sign, operand), from: start, over: operand.height)
  }

  private mutating func parseComparison(_ first: Expression, _ start: Int) throws(Stop)
    -> Expression
  {
    if kind == .keywordIs { return try parseMissingTest(first, start) }
    var links: [ComparisonLink] = []
    var heights = first.height
    while let comparison = comparisonOperator, continuesLine() {
      let link = try parseLink(comparison)
      heights = max(heights, link.operand.height)
      links.append(link)
    }
    if links.isEmpty {
      // `not` without `in`, at the end of the input.
      advance()
      throw missing(.token(.keywordIn))
    }
    return try node(.comparison(first, links), from: start, over: heights)
  }

  private mutating func parseLink(_ comparison: ComparisonOperator) throws(Stop) -> ComparisonLink {
    let operatorStart = token.start
    index += comparison == .isNotIn ? 2 : 1
    let operatorSpan = span(from: operatorStart)
    let operand = try parseBinary(.range)
    return ComparisonLink(comparison: comparison, operatorSpan: operatorSpan, operand: operand)
  }

  private var comparisonOperator: ComparisonOperator? {
    switch kind {
    case .equal: return .equal
    case .notEqual: return .notEqual
    case .less: return .less
    case .lessEqual: return .lessEqual
    case .greater: return .greater
    case .greaterEqual: return .greaterEqual
    case .keywordIn: return .isIn
    case .keywordNot where kind(ahead: 1) == .keywordIn: return .isNotIn
    default: return nil
    }
  }

  private mutating func parseMissingTest(_ value: Expression, _ start: Int) throws(Stop)
    -> Expression
  {
    advance()
    let isNegated = take(.keywordNot)
    try expect(.keywordMissing)
    return try node(.missingTest(value, isNegated: isNegated), from: start, over: value.height)
  }

  /// Parses from `..` on; a range may stay open above, so its end must stand on the same line.
  private mutating func parseRange(_ lower: Expression?, _ start: Int) throws(Stop) -> Expression {
    let includesUpper = kind == .dotDot
    advance()
    let needsUpper = lower == nil || !includesUpper
    let upper = try needsUpper || (continuesLine() && canStartBound) ? parseBound() : nil
    let step = try parseStep()
    let range = RangeExpression(
      lower: lower, upper: upper, step: step, includesUpper: includesUpper)
    let height = max(lower?.height ?? 0, upper?.height ?? 0, step?.height ?? 0)
    return try node(.range(range), from: start, over: height)
  }

  private mutating func parseBound() throws(Stop) -> Expression {
    try nested { (parser) throws(Stop) in try parser.parseBinary(.sum) }
  }

  private mutating func parseStep() throws(Stop) -> Expression? {
    guard isWord("by"), continuesLine(), kind(ahead: 1) != .colon else { return nil }
    advance()
    return try parseBound()
  }

  private var canStartBound: Bool {
    switch kind {
    case .keywordNot, .keywordIf, .keywordFor, .leftBrace, .dotDot, .dotDotLess: return false
    case .name where isWord("by"): return false
    default: return canStartExpression(kind)
    }
  }
}
