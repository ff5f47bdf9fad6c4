// Runs checked statements: bindings, functions, seeds, assertions, pipelines.

import FactorLang
import FactorRuntime

/// What evaluation may use; immutable, so that closures may keep it.
public final class Evaluator: Sendable {
  let catalog: StandardCatalog
  let budget: Budget
  let events: EventSink
  let folder: String
  static let deepestCall = 1000

  init(catalog: StandardCatalog, budget: Budget, events: EventSink, folder: String) {
    (self.catalog, self.budget, self.events, self.folder) = (catalog, budget, events, folder)
  }

  /// What a statement gave: its value, and the name it was bound to.
  struct Outcome {
    var value: Value
    var name: String?
  }

  /// Runs one statement, adding to the environment only if it succeeds.
  func run(
    _ statement: Statement, _ environment: inout Environment, _ source: Source
  ) throws -> Outcome {
    do {
      try budget.check()
      if statement.isBackground {
        throw Fault(
          .notCallable, "background jobs come with a later fq", helps: ["run it without `bg`"])
      }
      switch statement.kind {
      case .binding(let name, let pipeline):
        let value = try value(of: pipeline, environment, source)
        environment[name.text] = value
        environment.last = value
        return Outcome(value: value, name: name.text)
      case .pipeline(let pipeline):
        let value = try value(of: pipeline, environment, source)
        if case .nothing = value { return Outcome(value: value) }
        environment.last = value
        return Outcome(value: value)
      case .parameter(let declaration):
        let value = try value(of: declaration.value, environment, source)
        environment[declaration.name.text] = value
        return Outcome(value: .nothing, name: declaration.name.text)
      case .function(let declaration): return try define(declaration, &environment, source)
      case .seed(let expression):
        guard let seed = Int(try value(of: expression, environment, source)), seed >= 0 else {
          throw Fault(.wrongType, "a seed is a whole number, zero or more").at(
            expression.span, in: source)
        }
        environment.seed = UInt64(seed)
        return Outcome(value: .nothing)
      case .assertion(let condition, let message):
        return try assert(condition, message, environment, source)
      case .use(let clause):
        throw Fault(.cannotRead, "modules (`use`) come with a later fq").at(
          clause.pathSpan, in: source)
      case .invalid: return Outcome(value: .nothing)
      }
    } catch {
      throw Fault(error).at(statement.span, in: source)
    }
  }

  private func define(
    _ declaration: FunctionDeclaration, _ environment: inout Environment, _ source: Source
  ) throws -> Outcome {
    let parameters = try declaration.parameters.map { parameter in
      FunctionValue.Parameter(
        name: parameter.name.text,
        defaultValue: try parameter.value.map { try value(of: $0, environment, source) })
    }
    let function = FunctionValue(
      name: declaration.name.text, parameters: parameters, body: .pipeline(declaration.body),
      source: source,
      captured: environment)
    environment[declaration.name.text] = .function(function)
    return Outcome(value: .nothing, name: declaration.name.text)
  }

  private func assert(
    _ condition: Expression, _ message: Expression?, _ environment: Environment, _ source: Source
  ) throws -> Outcome {
    let holds = try Operators.truth(try value(of: condition, environment, source))
    if holds == true { return Outcome(value: .nothing) }
    var words = "`\(source.text(condition.span))` does not hold"
    if let message, case .text(let text) = try value(of: message, environment, source) {
      words += ": \(text)"
    }
    throw Fault(.assertionFailed, words).at(condition.span, in: source)
  }

  /// Computes a pipeline: the head, then stage by stage.
  func value(
    of pipeline: Pipeline, _ environment: Environment, _ source: Source
  ) throws -> Value {
    var flow: Value
    switch pipeline.head {
    case .command(let stage): flow = try call(stage, nil, environment, source)
    case .expression(let expression): flow = try value(of: expression, environment, source)
    case .lastResult:
      guard let last = environment.last else {
        throw Fault(.missingInflow, "there is no last result to continue from").at(
          pipeline.span, in: source)
      }
      flow = last
    }
    for stage in pipeline.stages {
      try budget.check()
      flow = try call(stage, flow, environment, source)
    }
    return flow
  }

  /// The value of an expression outside a column expression.
  func value(
    of expression: Expression, _ environment: Environment, _ source: Source
  ) throws -> Value {
    try Walker(evaluator: self, environment: environment, source: source, rows: nil)
      .value(expression)
  }

  /// The value of an expression over the rows of a panel or table, as a column.
  func column(
    _ expression: Expression, of rows: any ColumnSource, _ environment: Environment,
    _ source: Source
  ) throws -> Column {
    let walker = Walker(evaluator: self, environment: environment, source: source, rows: rows)
    let value = try walker.value(expression)
    if case .column(let column) = value { return column.column }
    return try walker.broadcast(value, expression.span)
  }

  func context(
    _ environment: Environment, rows: (any ColumnSource)? = nil,
    options: [(name: String, value: Value)] = []
  ) -> Context {
    Context(
      budget: budget, seed: environment.seed, panel: rows as? Panel, options: options,
      events: events,
      folder: folder)
  }
}
