// Calls of verbs: arguments matched, read by their roles, and blame put on the right place.

import FactorLang
import FactorRuntime
import Models

extension Evaluator {
  /// Runs a stage of a pipeline; what flows in is nil at the head.
  func call(
    _ stage: Stage, _ flow: Value?, _ environment: Environment, _ source: Source
  ) throws -> Value {
    do {
      if case .function(let function)? = environment[stage.verb] {
        let walker = Walker(evaluator: self, environment: environment, source: source, rows: nil)
        var arguments = try stage.arguments.map { ($0.label?.text, try walker.value($0.value)) }
        if let flow { arguments.insert((nil, flow), at: 0) }
        return try apply(function, arguments, depth: environment.depth)
      }
      guard let primitive = catalog.primitive(stage.verb) else {
        let near = Suggestion.nearest(to: stage.verb, among: catalog.names)
        throw Fault(
          .unknownVerb, "there is no verb `\(stage.verb)`",
          helps: near.map { ["use `\($0)`"] } ?? [])
      }
      return try call(primitive, stage.arguments, flow, environment, source, stage.nameSpan)
    } catch {
      throw Fault(error).at(stage.nameSpan, in: source)
    }
  }

  /// Calls a primitive.
  func call(
    _ primitive: Primitive, _ arguments: [Argument], _ flow: Value?, _ environment: Environment,
    _ source: Source, _ span: Span, rows: (any ColumnSource)? = nil, walker: Walker? = nil
  ) throws -> Value {
    let bound: BoundCall
    do {
      bound = try primitive.signature.bind(arguments.map(ArgumentShape.init), flows: flow != nil)
    } catch {
      throw Fault(bind: error, primitive.signature).at(blame(error, arguments) ?? span, in: source)
    }
    let reader = ArgumentReader(
      walker: walker
        ?? Walker(
          evaluator: self, environment: environment, source: source, rows: rows),
      arguments: arguments, flow: flow)
    let values = try reader.read(primitive.signature, bound)
    let context = context(environment, rows: rows, options: values.options)
    do {
      return try primitive.run(context, values)
    } catch {
      var fault = Fault(error)
      if let name = fault.parameter, let place = bound.index(of: name),
        let first = bound.arguments[place].first
      {
        fault = fault.at(arguments[first].value.span, in: source)
      }
      throw fault.at(span, in: source)
    }
  }

  private func blame(_ fault: BindFault, _ arguments: [Argument]) -> Span? {
    switch fault {
    case .unknownOption(let index, _, _), .tooMany(let index, _), .repeated(let index, _),
      .definitionForOption(let index, _), .definitionForComparison(let index, _),
      .definitionNotAccepted(let index, _):
      arguments.indices.contains(index) ? arguments[index].span : nil
    case .missing, .missingReceiver, .nothingAccepted: nil
    }
  }
}

/// Reads the arguments of one call by the roles of their parameters.
private struct ArgumentReader {
  let walker: Walker
  let arguments: [Argument]
  let flow: Value?

  func read(_ signature: Signature, _ bound: BoundCall) throws -> BoundArguments {
    var result = BoundArguments(receiver: nil, arguments: [], spans: [], options: [])
    switch bound.receiver {
    case .flow: result.receiver = flow
    case .argument(let index): result.receiver = try walker.value(arguments[index].value)
    case .none: break
    }
    let own = signature.parameters.count
    for (place, parameter) in bound.parameters.enumerated() {
      let indices = bound.arguments[place]
      var values = try indices.map { try read(arguments[$0], parameter) }
      if bound.flowParameter == place, let flow { values = [.value(flow)] }
      if place < own {
        result.arguments.append(values)
        result.spans.append(indices.first.map { arguments[$0].span })
      } else if case .value(let value)? = values.first {
        result.options.append((parameter.name, value))
      }
    }
    return result
  }

  private func read(_ argument: Argument, _ parameter: ParameterInfo) throws -> BoundArgument {
    switch parameter.role {
    case .value:
      if case .text = parameter.type, case .name(let word) = argument.value.kind,
        walker.rows == nil,
        walker.environment[word] == nil
      {
        throw Fault(
          .unknownName, "nothing is called `\(word)`",
          helps: ["write the text in quotes: \"\(word)\""]
        ).at(argument.value.span, in: walker.source)
      }
      return .value(try walker.value(argument.value))
    case .choice(let choices): return .value(.text(try word(argument, choices, parameter)))
    case .columnExpression:
      // Inside a column function the columns are already at hand.
      if walker.rows != nil { return .value(try walker.value(argument.value)) }
      return .expression(expression(argument.value))
    case .columnNames: return .names(try names(argument.value))
    case .definitions: return .definition(argument.label?.text ?? "", expression(argument.value))
    case .fields: return .field(argument.label?.text ?? "", try walker.value(argument.value))
    }
  }

  private func expression(_ expression: Expression) -> ColumnExpression {
    ColumnExpression(
      expression: expression, source: walker.source, environment: walker.scope,
      evaluator: walker.evaluator)
  }

  private func word(
    _ argument: Argument, _ choices: [Choice], _ parameter: ParameterInfo
  ) throws -> String {
    let known = choices.map(\.word)
    if let word = argument.value.word, known.contains(word) { return word }
    if case .literal(.integer(let number)) = argument.value.kind, known.contains(String(number)) {
      return String(number)
    }
    if case .text(let word)? = try? walker.value(argument.value), known.contains(word) {
      return word
    }
    let written = walker.source.text(argument.value.span)
    let near = Suggestion.nearest(to: written, among: known)
    throw Fault(
      .unknownChoice,
      "`\(parameter.name)` is one of \(known.joined(separator: ", ")); not `\(written)`",
      helps: near.map { ["use `\($0)`"] } ?? []
    ).at(argument.value.span, in: walker.source)
  }

  // Bare names and strings are columns; `$list` splices a list of names.
  private func names(_ expression: Expression) throws -> [String] {
    switch expression.kind {
    case .name(let name): return [name]
    case .literal(.text(let name)): return [name]
    case .list(let items): return try items.flatMap(names)
    default:
      let value = try walker.value(expression)
      if let list = [String](value) { return list }
      if let name = String(value) { return [name] }
      throw Fault(.wrongType, "column names are needed, not \(value.type.phrase)").at(
        expression.span, in: walker.source)
    }
  }
}

extension Fault {
  /// The words for arguments that do not fit, met only where checking could not see them.
  init(bind fault: BindFault, _ signature: Signature) {
    let name = signature.name
    switch fault {
    case .unknownOption(_, let option, let nearest):
      self.init(
        .unknownOption, "`\(name)` has no option `\(option)`",
        helps: nearest.map { ["use `\($0)`"] } ?? [])
    case .missing(let parameter):
      self.init(.missingArgument, "`\(name)` needs `\(parameter)`")
    case .tooMany(_, let accepted):
      self.init(.tooManyArguments, "`\(name)` takes \(accepted) arguments")
    case .repeated(_, let option): self.init(.repeatedArgument, "`\(option)` is given twice")
    case .definitionForOption(_, let option):
      self.init(.definitionForOption, "write `\(option):`; `=` defines, `:` configures")
    case .definitionForComparison(_, let column):
      self.init(.definitionForComparison, "write `\(column) ==`; `=` defines, `==` compares")
    case .definitionNotAccepted(_, let column):
      self.init(.tooManyArguments, "`\(name)` defines no columns; `\(column) =` is not wanted here")
    case .missingReceiver(let type):
      self.init(.missingInflow, "`\(name)` works on \(type.phrase), but nothing flows in")
    case .nothingAccepted: self.init(.tooManyArguments, "`\(name)` takes nothing from a pipe")
    }
  }
}
