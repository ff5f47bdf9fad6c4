// Tokens to a program. Recursive descent with one cursor; a fault aborts to the nearest place where
// parsing can go on (the next `|`, a closing bracket, the next statement), so that one slip gives
// one message. The same parser answers whether more input could complete the program.

/// Parses sources.
public struct Parser: ~Copyable {
  /// Brackets, blocks and conditionals may nest this deep.
  public static let nestingLimit = 256
  /// Trees are at most this high, counting chains of operators.
  static let heightLimit = 512
  /// A pipeline has at most this many stages.
  static let stageLimit = 10_000
  /// More diagnostics than this help nobody.
  static let diagnosticLimit = 20
  /// More would follow from the first ones.
  static let findingsPerStatement = 2

  /// Aborts to the nearest place of recovery.
  enum Stop: Error {
    case recoverable, fatal
  }

  let source: Source
  // Plain pointers: the cursor is read several times for every token.
  let tokens: UnsafeBufferPointer<Token>
  let bytes: UnsafeBufferPointer<UInt8>
  var names: NameTable
  var waitingExpressions = NodeStack<Expression>()
  var waitingArguments = NodeStack<Argument>()
  var waitingStages = NodeStack<Stage>()
  var index = 0
  /// Tokens from here on belong to the next cell.
  var limit = 0
  var depth = 0
  /// Tells whether a line break ends a statement: not inside parentheses and brackets.
  var newlineEnds = true
  var closerSearch = KeptSearch()
  var pipeSearch = KeptSearch()
  var findings: [SyntaxFinding] = []
  var findingsInStatement = 0
  /// Tells whether the first complaint is that the input stopped too early.
  var stoppedAtEnd = false
  var edition: Int?

  private init(
    _ source: Source, _ tokens: UnsafeBufferPointer<Token>, _ bytes: UnsafeBufferPointer<UInt8>
  ) {
    self.source = source
    self.tokens = tokens
    self.bytes = bytes
    names = NameTable(bytes)
  }

  /// Parses a source; never fails, and never traps whatever the bytes.
  public static func parse(_ source: Source) -> Program {
    let lexed = Lexer.tokenize(source)
    return lexed.tokens.withUnsafeBufferPointer { tokens in
      source.bytes.withUnsafeBufferPointer { bytes in
        var parser = Parser(source, tokens, bytes)
        let cells = parser.parseCells()
        let diagnostics = parser.diagnostics(with: lexed.findings)
        return Program(
          source: source, tokens: lexed.tokens, edition: parser.edition, cells: cells,
          diagnostics: diagnostics, verdict: parser.verdict(lexed.findings))
      }
    }
  }

  /// Parses a text under a display name.
  public static func parse(_ text: String, name: String = "fq>") -> Program {
    parse(Source(name: name, text: text))
  }

  private func verdict(_ lexical: [LexicalFinding]) -> Verdict {
    if lexical.contains(where: { !$0.fault.isIncomplete }) { return .invalid }
    if findings.isEmpty { return lexical.isEmpty ? .complete : .incomplete }
    return stoppedAtEnd || (!lexical.isEmpty && firstFindingFollows(lexical))
      ? .incomplete : .invalid
  }

  /// An unterminated string swallows the rest, so what the parser misses after it is not a fault.
  private func firstFindingFollows(_ lexical: [LexicalFinding]) -> Bool {
    guard let string = lexical.first, let first = findings.first else { return false }
    return first.span.start >= string.span.start
  }

  /// Merges the complaints, without those that only echo an earlier one on the same line.
  private func diagnostics(with lexical: [LexicalFinding]) -> [Diagnostic] {
    // What the parser misses inside or after an unterminated string repeats the lexer's complaint.
    let open = lexical.first { $0.fault.code == .unterminatedString }?.span.start ?? Int.max
    let openLine = source.lineIndex(at: min(open, source.bytes.count))
    var faulty: [Int: Int] = [:]
    var kept: [Diagnostic] = []
    for finding in lexical {
      let line = source.lineIndex(at: finding.span.start)
      faulty[line, default: 0] += 1
      // A second open string on a line is the shadow of the first.
      let isShadow = finding.span.start > open && finding.fault.code == .unterminatedString
      if faulty[line, default: 0] <= Self.findingsPerStatement, !isShadow || line != openLine {
        kept.append(finding.diagnostic(in: source))
      }
    }
    for finding in findings where finding.span.start < open {
      let isEcho = faulty[source.lineIndex(at: finding.span.start)] != nil
      if !isEcho { kept.append(finding.diagnostic(in: source)) }
    }
    let sorted = kept.sorted { $0.span.start < $1.span.start }
    return Array(source.withoutEchoes(sorted).prefix(Self.diagnosticLimit))
  }

  // MARK: Cursor

  var kind: TokenKind { index < limit ? tokens[index].kind : .endOfInput }

  /// The token at the cursor, never past the last; at the end of a cell its position stands for
  /// the end.
  var token: Token { tokens[index] }

  func kind(ahead distance: Int) -> TokenKind {
    index + distance < limit ? tokens[index + distance].kind : .endOfInput
  }

  func token(ahead distance: Int) -> Token { tokens[min(index + distance, tokens.count - 1)] }

  /// Tells whether the token at the distance is on the same line, or line breaks do not matter
  /// here.
  func continuesLine(ahead distance: Int = 0) -> Bool {
    !newlineEnds || !token(ahead: distance).isFirstOnLine
  }

  var previousEnd: Int { index > 0 ? tokens[index - 1].end : 0 }

  /// Offset at which a node begins that is parsed now.
  var startOfNode: Int { kind == .endOfInput ? previousEnd : token.start }

  /// The span of what is found at the cursor; at the end of a cell an empty span after the last
  /// token.
  var currentSpan: Span { kind == .endOfInput ? Span(at: previousEnd) : token.span }

  func span(from start: Int) -> Span { Span(start, max(start, previousEnd)) }

  mutating func advance() { if index < limit { index += 1 } }

  mutating func take(_ wanted: TokenKind) -> Bool {
    guard kind == wanted else { return false }
    advance()
    return true
  }

  /// Tells whether the name at the distance is the given soft keyword.
  func isWord(_ text: StaticString, ahead distance: Int = 0) -> Bool {
    guard kind(ahead: distance) == .name else { return false }
    let word = token(ahead: distance)
    let count = text.utf8CodeUnitCount
    guard word.end - word.start == count else { return false }
    for place in 0..<count where bytes[word.start + place] != text.utf8Start[place] { return false }
    return true
  }

  // MARK: Faults

  /// Notes a fault and gives what to throw.
  mutating func stop(_ fault: SyntaxFault, at span: Span? = nil) -> Stop {
    report(fault, at: span)
    return fault == .tooDeep || fault == .tooLong ? .fatal : .recoverable
  }

  mutating func report(_ fault: SyntaxFault, at span: Span? = nil) {
    if findings.isEmpty, index >= tokens.count - 1 {
      switch fault {
      case .expected, .unclosed: stoppedAtEnd = true
      default: break
      }
    }
    guard findingsInStatement < Self.findingsPerStatement, findings.count < Self.diagnosticLimit
    else { return }
    findingsInStatement += 1
    let place = span ?? currentSpan
    findings.append(SyntaxFinding(fault: fault, span: place, found: kind))
  }

  /// Stops for a missing thing; silent where the lexer has complained already.
  mutating func missing(_ expectation: Expectation) -> Stop {
    switch kind {
    case .invalid: return .recoverable
    case .assign where expectation != .value: return stop(.equalsForComparison)
    default: return stop(.expected(expectation))
    }
  }

  mutating func expect(_ wanted: TokenKind) throws(Stop) {
    if !take(wanted) { throw missing(.token(wanted)) }
  }

  mutating func expectName(_ role: String) throws(Stop) -> Name {
    guard let name = takeName() else { throw missing(.name(role)) }
    return name
  }

  /// Takes a bare or backquoted name.
  mutating func takeName() -> Name? {
    switch kind {
    case .name, .quotedName:
      let name = Name(nameText(token), token.span)
      advance()
      return name
    default: return nil
    }
  }

  /// The text of a name, variable or keyword token without its marks.
  mutating func nameText(_ token: Token) -> String {
    switch token.kind {
    case .quotedName: return names.text(token.start + 1, token.end - 1)
    case .variable: return names.text(token.start + 1, token.end)
    default: return names.text(token.start, token.end)
    }
  }

  /// Runs a body one level deeper, or stops at the limit.
  mutating func nested<Result>(
    _ body: (inout Parser) throws(Stop) -> Result
  ) throws(Stop) -> Result {
    guard depth < Self.nestingLimit else { throw stop(.tooDeep) }
    depth += 1
    defer { depth -= 1 }
    return try body(&self)
  }
}

extension Source {
  // The indented lines below a faulty one belong to it: what is wrong there mostly follows from it.
  fileprivate func withoutEchoes(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
    var kept: [Diagnostic] = []
    for diagnostic in diagnostics where !isEcho(diagnostic, of: kept.last) {
      kept.append(diagnostic)
    }
    return kept
  }

  private func isEcho(_ diagnostic: Diagnostic, of last: Diagnostic?) -> Bool {
    guard let last else { return false }
    var line = lineIndex(at: diagnostic.span.start)
    let first = lineIndex(at: last.span.start)
    guard line > first else { return false }
    while line > first {
      let start = lineSpan(line).start
      guard start < bytes.count, bytes[start] == 0x20 || bytes[start] == 0x09 else { return false }
      line -= 1
    }
    return true
  }
}
