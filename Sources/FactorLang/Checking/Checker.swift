// Checks a program before it runs: names, verbs, options, words, units, time, what flows into each
// stage, and columns along pipelines. It must never be wrong: what is not known for sure (an
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
  let modules: any Modules
  /// Tells whether the program is used by another, so that it may not act by itself.
  let isModule: Bool
  var scope: Scope
  /// Parameters of lambdas and blocks: the nearest scope of all.
  var locals: [String: Type] = [:]
  var found: [Diagnostic] = []
  var inflows: [Span: Type] = [:]
  var bindings: [String: Type] = [:]
  var savedPaths: Set<String> = []
  /// Functions whose bodies are being checked, by where they are named.
  var openFunctions: Set<Location> = []
  /// Levels of functions and lambdas around, whose bodies do not run by themselves.
  var functionDepth = 0
  /// Levels of `catch` around: what may be missing there is no mistake.
  var caughtDepth = 0
  /// Bodies already checked for the arguments of a call.
  var bodies = CheckedBodies()

  var source: Source { program.source }

  init(
    _ program: Program, _ catalog: any Catalog, _ files: any FileSchemas, _ modules: any Modules,
    _ scope: Scope, isModule: Bool = false
  ) {
    (self.program, self.catalog, self.files) = (program, catalog, files)
    (self.modules, self.scope, self.isModule) = (modules, scope, isModule)
  }

  /// Checks a program in a scope; a program that does not parse gives its grammar's complaints
  /// only. A module is checked as such: it may define, but neither show nor write.
  public static func check(
    _ program: Program, catalog: any Catalog, scope: Scope = Scope(),
    files: any FileSchemas = NoFiles(), modules: any Modules = NoModules(), asModule: Bool = false
  ) -> CheckedProgram {
    var checker = Checker(program, catalog, files, modules, scope, isModule: asModule)
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
    // Sorting must not change the order of what begins at one place; one place is blamed once for
    // one kind of slip.
    let ordered = found.enumerated().sorted {
      ($0.element.span.start, $0.offset) < ($1.element.span.start, $1.offset)
    }
    var blamed: Set<Blame> = []
    let distinct = ordered.map(\.element).filter {
      blamed.insert(Blame(place: $0.primary.location, code: $0.code)).inserted
    }
    return Array(distinct.prefix(Parser.diagnosticLimit))
  }

  private struct Blame: Hashable {
    let place: Location
    let code: Code
  }

  private mutating func keep(_ result: Type, of statement: Statement) {
    switch statement.kind {
    case .pipeline, .binding: if result != .nothing { scope.lastResult = result }
    default: break
    }
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
    case .seed(let value): checkSeed(value)
    case .assertion(let condition, let message): checkAssertion(condition, message)
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

  private mutating func checkSeed(_ value: Expression) {
    let type = infer(value, .plain)
    if !fits(value, type, .integer) {
      report(.wrongType(parameter: "seed", wanted: .integer, found: type), at: value.span)
    } else if let number = number(of: value), number < 0 {
      let seed = ParameterInfo("seed", .integer, rangeText: "0..", minimum: 0)
      report(.outOfRange(parameter: seed, shown: source.text(value.span)), at: value.span)
    }
  }

  private mutating func checkAssertion(_ condition: Expression, _ message: Expression?) {
    checkCondition(condition, .plain, acceptsColumns: false)
    guard let message else { return }
    let type = infer(message, .plain)
    if !type.isAssignable(to: .text) {
      report(.wrongType(parameter: "message", wanted: .text, found: type), at: message.span)
    }
  }

  mutating func checkCondition(
    _ condition: Expression, _ context: Context, acceptsColumns: Bool = true
  ) {
    let whole = infer(condition, context)
    let type = acceptsColumns ? whole.element : whole
    if type.isNeverTruth { report(.notACondition(type), at: condition.span) }
  }
}

extension Type {
  /// Tells whether no value of the type is a yes or no.
  var isNeverTruth: Bool {
    switch self {
    case .any, .error, .missing, .bool, .choice, .nothing, .failure: return false
    case .oneOf(let members): return members.allSatisfy(\.isNeverTruth)
    default: return true
    }
  }
}
