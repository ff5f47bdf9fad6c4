// What the formatter must know of the tree: the tokens alone do not tell a block from a record, or
// a sign from a subtraction.

/// Facts about places of the text, found in one walk over the tree.
struct LayoutPlan {
  /// Offsets of minus signs with one operand.
  private(set) var signs: Set<Int> = []
  /// Offsets of the braces that open blocks.
  private(set) var blocks: Set<Int> = []
  /// Starts of statements, with their ends.
  private(set) var statements: [Int: Int] = [:]
  /// Starts of arguments without brackets, with the ends of the last ones.
  private(set) var lists: [Int: Int] = [:]
  /// Offsets of pipes that begin a line.
  private(set) var broken: Set<Int> = []
  /// Offsets of tokens that follow their pipe on its line.
  private(set) var joined: Set<Int> = []
  /// Extra spaces before the `=`, or after the `:`, at an offset.
  private(set) var padding: [Int: Int] = [:]
  /// New names for the tokens at an offset.
  private(set) var renamed: [Int: String] = [:]
  /// Offsets of names after a dot; reserved words may be among them.
  private(set) var members: Set<Int> = []
  /// Offsets of the names that functions are declared with.
  private(set) var functions: Set<Int> = []

  private let source: Source
  private let tokens: [Token]

  init(_ program: Program, aliases: [String: String]) {
    source = program.source
    tokens = program.tokens
    let defined = aliases.isEmpty ? [] : DefinedNames.all(in: program)
    let open = aliases.filter { !defined.contains($0.key) }
    for statement in program.statements {
      Node.statement(statement).walk { node in
        visit(node, open)
        return true
      }
    }
  }

  private mutating func visit(_ node: Node, _ aliases: [String: String]) {
    switch node {
    case .statement(let statement):
      statements[statement.span.start] = statement.span.end
      if case .function(let function) = statement.kind {
        functions.insert(function.name.span.start)
      }
    case .pipeline(let pipeline): visit(pipeline)
    case .stage(let stage):
      if !stage.hasParentheses, let first = stage.arguments.first {
        lists[first.span.start] = stage.span.end
      }
      members.formUnion(stage.parts.map(\.span.start))
      align(stage.arguments.map(Part.init))
    case .argument: break
    case .expression(let expression): visit(expression, aliases)
    }
  }

  private mutating func visit(_ expression: Expression, _ aliases: [String: String]) {
    switch expression.kind {
    case .member(_, let name): members.insert(name.span.start)
    case .unary(.negate, _): signs.insert(expression.span.start)
    case .block(let block), .comprehension(_, _, let block): blocks.insert(block.span.start)
    case .call(let base, let arguments):
      if case .name(let name) = base.kind, let full = aliases[name] {
        renamed[base.span.start] = full
      }
      align(arguments.map(Part.init))
    case .subscripted(_, let arguments): align(arguments.map(Part.init))
    case .record(let entries): align(entries.map(Part.init))
    default: break
    }
  }

  // MARK: Pipes

  /// Once the author broke a pipeline, each stage stands on a line of its own; the first may stay
  /// with the head.
  private mutating func visit(_ pipeline: Pipeline) {
    var pipes = pipeline.stages.map { max(0, tokenIndex(at: $0.span.start) - 1) }
    for pipe in pipes where breaksAfter(pipe) { joined.insert(tokens[pipe + 1].start) }
    if case .lastResult = pipeline.head { pipes.removeFirst(min(1, pipes.count)) }
    func isBroken(_ pipe: Int) -> Bool { tokens[pipe].isFirstOnLine || breaksAfter(pipe) }
    guard let first = pipes.first, pipes.contains(where: isBroken) else { return }
    if isBroken(first) { broken.insert(tokens[first].start) }
    for pipe in pipes.dropFirst() { broken.insert(tokens[pipe].start) }
  }

  private func breaksAfter(_ pipe: Int) -> Bool {
    tokens[pipe + 1].isFirstOnLine && !tokens[pipe + 1].followsComment
  }

  /// Finds the token that begins at an offset, or the one before.
  private func tokenIndex(at offset: Int) -> Int {
    var (low, high) = (0, tokens.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if tokens[middle].start <= offset { low = middle } else { high = middle }
    }
    return low
  }

  // MARK: Signs below each other

  /// A part of a list that may have a name and a sign.
  private struct Part {
    let span: Span
    let name: Span?
    let isDefinition: Bool

    init(_ argument: Argument) {
      (span, name, isDefinition) = (argument.span, argument.label?.span, argument.isDefinition)
    }

    init(_ entry: RecordEntry) {
      switch entry {
      case .field(let name, let value): (span, self.name) = (name.span.union(value.span), name.span)
      case .spread(let value): (span, name) = (value.span, nil)
      }
      isDefinition = false
    }
  }

  /// Keeps the signs of parts below each other in one column where the author began to do so.
  private mutating func align(_ parts: [Part]) {
    var run: [Part] = []
    for (position, part) in parts.enumerated() {
      let startsLine = tokens[tokenIndex(at: part.span.start)].isFirstOnLine
      let continues =
        startsLine && part.name != nil && run.last?.isDefinition == part.isDefinition
      if !continues {
        alignRun(run)
        run = []
      }
      if part.name != nil, startsLine || position == 0 { run.append(part) }
    }
    alignRun(run)
  }

  private mutating func alignRun(_ run: [Part]) {
    guard run.count > 1, run.contains(where: hasPadding) else { return }
    let widths = run.map { part in
      part.name.map { LayoutText.width(source.bytes[$0.start..<$0.end]) } ?? 0
    }
    let widest = widths.max() ?? 0
    for (part, width) in zip(run, widths) {
      let sign = tokens[tokenIndex(at: part.span.start) + 1]
      padding[sign.start] = widest - width
    }
  }

  private func hasPadding(_ part: Part) -> Bool {
    let sign = tokenIndex(at: part.span.start) + 1
    let spaced = tokens[part.isDefinition ? sign : sign + 1]
    return !spaced.isFirstOnLine && spaced.triviaSpan.length > 1
  }
}

/// The names that a program defines in any way.
private enum DefinedNames {
  static func all(in program: Program) -> Set<String> {
    var names: Set<String> = []
    program.walk { node in
      switch node {
      case .statement(let statement): names.formUnion(defined(by: statement))
      case .expression(let expression): names.formUnion(defined(by: expression))
      case .argument(let argument):
        if argument.isDefinition, let label = argument.label { names.insert(label.text) }
      case .pipeline, .stage: break
      }
      return true
    }
    return names
  }

  private static func defined(by statement: Statement) -> [String] {
    switch statement.kind {
    case .binding(let name, _): return [name.text]
    case .parameter(let parameter): return [parameter.name.text]
    case .function(let function):
      return [function.name.text] + function.parameters.map(\.name.text)
    case .use(let use): return use.names.map(\.text) + [use.alias?.text].compactMap { $0 }
    case .seed, .assertion, .pipeline, .invalid: return []
    }
  }

  private static func defined(by expression: Expression) -> [String] {
    switch expression.kind {
    case .lambda(let parameters, _): return parameters.map(\.text)
    case .comprehension(let names, _, let body): return (names + body.parameters).map(\.text)
    case .block(let block): return block.parameters.map(\.text)
    case .caught(_, let parameter, _): return parameter.map { [$0.text] } ?? []
    default: return []
    }
  }
}
