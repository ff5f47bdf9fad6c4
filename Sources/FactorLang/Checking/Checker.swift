// Checks a program before it runs: names, verbs, options, words, literal types, what flows into
// each stage, and columns along pipelines. It must never be wrong: what is not known for sure (an
// unknown schema, a value computed at run time) has the type `any`, which fits everything. After
// the first complaint about a thing its type is `error`, which fits everything too, so that
// nothing follows from it.

/// Checks programs.
public struct Checker {
  /// Says what a bare name means.
  enum Context {
    /// A variable.
    case plain
    /// A column of what flows into the verb.
    case columns(Type, verb: String)

    var receiver: Type? {
      if case .columns(let receiver, _) = self { return receiver }
      return nil
    }
  }

  /// What flows into a stage, and where it comes from.
  struct Inflow {
    let type: Type
    let location: Location
    /// The receiver of `p.ret`, to advise keeping the panel.
    var base: Expression?
  }

  let program: Program
  let catalog: any Catalog
  let files: any FileSchemas
  var scope: Scope
  /// Parameters of lambdas and blocks: the nearest scope of all.
  var locals: [String: Type] = [:]
  var found: [Diagnostic] = []
  var inflows: [Span: Type] = [:]
  var bindings: [String: Type] = [:]
  var savedPaths: Set<String> = []

  var source: Source { program.source }

  /// Checks a program in a scope; a program that does not parse gives its grammar's complaints
  /// only.
  public static func check(
    _ program: Program, catalog: any Catalog, scope: Scope = Scope(),
    files: any FileSchemas = NoFiles()
  ) -> CheckedProgram {
    var checker = Checker(program: program, catalog: catalog, files: files, scope: scope)
    var result = Type.nothing
    for statement in program.statements {
      result = checker.check(statement)
      checker.keep(result, of: statement)
    }
    let isWellFormed = program.diagnostics.isEmpty
    return CheckedProgram(
      program: program, diagnostics: isWellFormed ? checker.sorted : program.diagnostics,
      scope: checker.scope, bindings: checker.bindings, inflows: checker.inflows, result: result)
  }

  private var sorted: [Diagnostic] {
    Array(found.sorted { $0.span.start < $1.span.start }.prefix(Parser.diagnosticLimit))
  }

  private mutating func keep(_ result: Type, of statement: Statement) {
    if case .pipeline = statement.kind, result != .nothing { scope.lastResult = result }
  }

  mutating func report(_ fault: CheckFault, at span: Span) {
    found.append(fault.diagnostic(at: span, in: source))
  }

  // MARK: Statements

  mutating func check(_ statement: Statement) -> Type {
    switch statement.kind {
    case .use(let clause): define(clause)
    case .parameter(let declaration): check(declaration)
    case .function(let declaration): check(declaration)
    case .seed(let value):
      let type = infer(value, .plain)
      if !type.isAssignable(to: .integer), type != .number {
        report(.wrongType(parameter: "seed", wanted: .integer, found: type), at: value.span)
      }
    case .assertion(let condition, let message):
      checkCondition(condition, .plain)
      if let message { _ = infer(message, .plain) }
    case .binding(let name, let pipeline):
      let type = check(pipeline)
      define(name, type, pipeline.soleExpression)
      bindings[name.text] = type
      return type
    case .pipeline(let pipeline): return check(pipeline)
    case .invalid: return .error
    }
    return .nothing
  }

  private mutating func define(_ name: Name, _ type: Type, _ value: Expression?) {
    var entry = Scope.Entry(type, definedAt: Location(source, name.span))
    if let value {
      if case .literal = value.kind, value.span.length <= 24 {
        entry.shown = source.text(value.span)
      }
      entry.words = textWords(value)
    }
    scope[name.text] = entry
  }

  /// The texts of a string or of a list of strings.
  private func textWords(_ value: Expression) -> [String]? {
    if let text = value.plainText { return [text] }
    guard case .list(let items) = value.kind else { return nil }
    let words = items.compactMap(\.plainText)
    return words.count == items.count ? words : nil
  }

  private mutating func define(_ clause: UseClause) {
    for name in clause.names {
      scope[name.text] = Scope.Entry(.any, definedAt: Location(source, name.span))
    }
    guard clause.names.isEmpty else { return }
    let file = clause.path.split(separator: "/").last.map(String.init) ?? clause.path
    let stem = file.split(separator: ".").first.map(String.init) ?? file
    let name = clause.alias ?? Name(stem, clause.pathSpan)
    scope[name.text] = Scope.Entry(.module, definedAt: Location(source, name.span))
  }

  private mutating func check(_ declaration: ParameterDeclaration) {
    let found = infer(declaration.value, .plain)
    let wanted = declaredType(declaration.type) ?? found
    if !fits(declaration.value, found, wanted) {
      report(
        .wrongType(parameter: declaration.name.text, wanted: wanted, found: found),
        at: declaration.value.span)
    }
    if let allowed = declaration.allowed { _ = infer(allowed, .plain) }
    define(declaration.name, wanted, declaration.value)
    scope[declaration.name.text]?.isParameter = true
    bindings[declaration.name.text] = wanted
  }

  /// Reads a written type; nil if there is none, `error` if it is unknown.
  private mutating func declaredType(_ name: Name?) -> Type? {
    guard let name else { return nil }
    if let type = Type(named: name.text) { return type }
    let nearest = Suggestion.nearest(to: name.text, among: Type.names.keys)
    report(.unknownType(name.text, nearest: nearest), at: name.span)
    return .error
  }

  private mutating func check(_ declaration: FunctionDeclaration) {
    let outer = (scope, locals)
    var parameters: [ParameterInfo] = []
    for parameter in declaration.parameters {
      let type = declaredType(parameter.type) ?? .any
      if let value = parameter.value { _ = infer(value, .plain) }
      parameters.append(
        ParameterInfo(parameter.name.text, type, isRequired: parameter.value == nil))
      locals[parameter.name.text] = type
    }
    let declared = declaredType(declaration.result)
    var signature = Signature(
      declaration.name.text, topic: "yours", parameters: parameters, result: declared ?? .any)
    let place = Location(source, declaration.name.span)
    scope[declaration.name.text] = Scope.Entry(.function, signature: signature, definedAt: place)
    let result = check(declaration.body)
    (scope, locals) = outer
    signature.result = declared ?? result
    scope[declaration.name.text] = Scope.Entry(.function, signature: signature, definedAt: place)
  }

  mutating func checkCondition(_ condition: Expression, _ context: Context) {
    let type = infer(condition, context).element
    let isDefinite = type.isScalar && type != .bool
    if isDefinite { report(.notACondition(type), at: condition.span) }
  }
}
