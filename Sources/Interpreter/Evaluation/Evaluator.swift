// Runs checked statements: each is compiled with the values of the session in place, then run at once.

import FactorLang
import FactorRuntime

/// What evaluation may use; immutable, so that closures may keep it.
public final class Evaluator: Sendable {
  let catalog: StandardCatalog
  let budget: Budget
  let events: EventSink
  let folder: String
  let deepestCall: Int
  private let modules: ModuleLoader
  /// Values of parameters given from outside, such as on the command line.
  private let parameters: ParameterValues
  let log: RunLog?
  /// Where fits are kept.
  let shelf: FitShelf?
  /// What verbs do where a program does not say it; the session's, so that one statement can switch it.
  let conventions: Guarded<ConventionSet>
  /// The names of the session that statements read.
  let reads = Guarded<Set<String>>([])

  init(
    catalog: StandardCatalog, budget: Budget, events: EventSink, folder: String,
    modules: ModuleLoader, parameters: ParameterValues = ParameterValues(), log: RunLog? = nil,
    shelf: FitShelf? = nil, deepestCall: Int = 1000,
    conventions: Guarded<ConventionSet> = Guarded(ConventionSet())
  ) {
    self.conventions = conventions
    (self.log, self.shelf) = (log, shelf)
    (self.catalog, self.budget, self.events, self.folder) = (catalog, budget, events, folder)
    (self.modules, self.parameters, self.deepestCall) = (modules, parameters, deepestCall)
  }

  /// What a statement gave: its value, and the names it bound.
  struct Outcome {
    var value: Value
    var names: [String] = []
  }

  /// Runs one statement, adding to the environment only if it succeeds.
  func run(
    _ statement: Statement, _ environment: inout Environment, _ source: Source
  ) throws -> Outcome {
    do {
      try budget.check()
      switch statement.kind {
      case .binding(let name, let pipeline):
        let value = try value(of: pipeline, keptAs: name.text, environment, source)
        environment[name.text] = value
        environment.last = value
        return Outcome(value: value, names: [name.text])
      case .pipeline(let pipeline):
        let value = try value(of: pipeline, keptAs: Lineage.Hidden.last, environment, source)
        if case .nothing = value { return Outcome(value: value) }
        environment.last = value
        // What was shown last need not be shown again.
        let isShown = pipeline.lastVerb == "show" && environment["show"] == nil
        return Outcome(value: isShown ? .nothing : value)
      case .parameter(let declaration):
        environment[declaration.name.text] = try parameter(declaration, environment, source)
        return Outcome(value: .nothing, names: [declaration.name.text])
      case .function(let declaration):
        let compiler = Compiler(self, environment, source)
        let scope = FrameScope(inside: nil)
        let function = compiler.function(declaration, scope)
        environment[declaration.name.text] = try run(function, scope, environment)
        return Outcome(value: .nothing, names: [declaration.name.text])
      case .seed(let expression):
        guard let seed = Int(try value(of: expression, environment, source)), seed >= 0 else {
          throw Fault(.wrongType, "a seed is a whole number, zero or more").at(
            expression.span, in: source)
        }
        environment.seed = UInt64(seed)
        return Outcome(value: .nothing)
      case .assertion(let condition, let message):
        let compiler = Compiler(self, environment, source)
        let scope = FrameScope(inside: nil)
        let node = compiler.assertion(condition, message, statement.span, scope)
        return Outcome(value: try run(node, scope, environment))
      case .use(let clause):
        return try use(clause, &environment, source)
      case .invalid: return Outcome(value: .nothing)
      }
    } catch {
      throw Fault(error).at(statement.span, in: source)
    }
  }

  /// The value of a statement's pipeline; what is left of a fit that stopped there is kept under a name.
  private func value(
    of pipeline: Pipeline, keptAs name: String, _ environment: Environment, _ source: Source
  ) throws -> Value {
    do { return try value(of: pipeline, environment, source) } catch let fault as Fault
      where fault.partial != nil && pipeline.endsAt(fault.span)
    { throw fault.kept(as: name) }
  }

  private func use(
    _ clause: UseClause, _ environment: inout Environment, _ source: Source
  ) throws -> Outcome {
    let module: ModuleValue
    do { module = try modules.module(clause.path, beside: folder, events: events) } catch {
      throw Fault(error).at(clause.pathSpan, in: source)
    }
    guard !clause.names.isEmpty else {
      let name = clause.alias?.text ?? ModuleName.stem(clause.path)
      environment[name] = .module(module)
      return Outcome(value: .nothing, names: [name])
    }
    for name in clause.names {
      guard let value = module[name.text] else {
        let near = Suggestion.nearest(to: name.text, among: module.exports.map(\.name))
        throw Fault(
          .notExported, "`\(ModuleName.file(module.path))` defines no `\(name.text)`",
          helps: near.map { ["use `\($0)`"] } ?? []
        ).at(name.span, in: source)
      }
      environment[name.text] = value
    }
    return Outcome(value: .nothing, names: clause.names.map(\.text))
  }

  // What is given from outside takes the place of the default.
  private func parameter(
    _ declaration: ParameterDeclaration, _ environment: Environment, _ source: Source
  ) throws -> Value {
    let fallback = try value(of: declaration.value, environment, source)
    let allowed = try declaration.allowed.map { try value(of: $0, environment, source) }
    guard let given = parameters[declaration.name.text] else {
      try ParameterValues.check(fallback, declaration, allowed, source.text)
        .map { throw $0.at(declaration.value.span, in: source) }
      return fallback
    }
    return try parameters.value(given, declaration, fallback, allowed, source, self)
  }

  /// Computes a pipeline.
  func value(
    of pipeline: Pipeline, _ environment: Environment, _ source: Source
  ) throws -> Value {
    let scope = FrameScope(inside: nil)
    let node = Compiler(self, environment, source).pipeline(pipeline, scope)
    return try run(node, scope, environment)
  }

  /// Computes an expression outside column expressions.
  func value(
    of expression: Expression, _ environment: Environment, _ source: Source
  ) throws -> Value {
    let scope = FrameScope(inside: nil)
    let node = Compiler(self, environment, source).expression(expression, scope)
    return try run(node, scope, environment)
  }

  private func run(_ node: Node, _ scope: FrameScope, _ environment: Environment) throws -> Value {
    // The frame of a statement is no call: it does not count toward the depth.
    let machine = Machine(self, seed: environment.seed, depth: -1)
    return try machine.run(Routine(node, scope), from: 0, captures: [])
  }

  /// Calls a function of the user from inside a primitive.
  func apply(
    _ function: FunctionValue, _ arguments: [Value], seed: UInt64, depth: Int
  ) throws -> Value {
    let machine = Machine(self, seed: seed, depth: depth)
    for value in try function.matched(arguments.map { (nil, $0) }) { machine.push(value) }
    return try machine.run(function.code, from: 0, captures: function.captures)
  }
}

extension Pipeline {
  /// The verb or function that gives the pipeline's result, if one does.
  fileprivate var lastVerb: String? {
    if let last = stages.last { return last.verb }
    switch head {
    case .command(let stage): return stage.verb
    case .expression(let value):
      guard case .call(let callee, _) = value.kind, case .name(let name) = callee.kind else {
        return nil
      }
      return name
    case .lastResult: return nil
    }
  }

  /// Tells whether the last thing the pipeline does has this place: only its result is the pipeline's.
  fileprivate func endsAt(_ place: Span?) -> Bool {
    if let last = stages.last { return last.nameSpan == place }
    switch head {
    case .command(let stage): return stage.nameSpan == place
    case .expression, .lastResult: return false
    }
  }
}
