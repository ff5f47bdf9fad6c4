// Calls of primitives: the one matcher decides which argument goes where, the roles how each is read.

import FactorLang
import FactorRuntime

extension Compiler {
  func call(
    _ primitive: Primitive, _ arguments: [Argument], flows: Bool, _ span: Span,
    _ scope: FrameScope
  ) -> Node {
    let bound: BoundCall
    do {
      bound = try primitive.signature.bind(arguments.map(ArgumentShape.init), flows: flows)
    } catch {
      let place = error.argument.flatMap { arguments.indices.contains($0) ? arguments[$0] : nil }
      return FaultNode(Fault(bind: error, primitive.signature), place?.span ?? span, unit)
    }
    var receiver: Node?
    if case .argument(let index) = bound.receiver {
      receiver = expression(arguments[index].value, scope)
    }
    let plans = zip(bound.parameters, bound.arguments).map { parameter, indices in
      indices.map { index in
        if primitive.keepsSides,
          case .comparison(let first, let links) = arguments[index].value.kind,
          let link = links.first, links.count == 1
        {
          return ArgumentPlan.sides(
            expression(first, scope), link.comparison, expression(link.operand, scope))
        }
        if primitive.keepsOwner, case .member(let base, let name) = arguments[index].value.kind {
          return ArgumentPlan.member(
            expression(base, scope), name.text, expression(arguments[index].value, scope))
        }
        return plan(arguments[index], parameter, scope)
      }
    }
    let spans = bound.arguments.map { $0.first.map { arguments[$0].value.span } }
    return PrimitiveNode(primitive, bound, plans, spans, receiver: receiver, span, unit)
  }

  private func plan(
    _ argument: Argument, _ parameter: ParameterInfo, _ scope: FrameScope
  ) -> ArgumentPlan {
    let value = argument.value
    switch parameter.role {
    case .value: return .value(plainValue(value, parameter, scope))
    case .choice(let choices): return word(value, choices, parameter, scope)
    case .columnExpression:
      // Inside a column function the columns are already at hand.
      if scope.isOverColumns { return .value(expression(value, scope)) }
      return .expression(columns(value, scope))
    case .columnNames: return .names(names(value, scope))
    case .definitions: return .definition(argument.label?.text ?? "", columns(value, scope))
    case .fields: return .field(argument.label?.text ?? "", expression(value, scope))
    }
  }

  private func plainValue(
    _ value: Expression, _ parameter: ParameterInfo, _ scope: FrameScope
  ) -> Node {
    if case .text = parameter.type, case .name(let word) = value.kind, !scope.isOverColumns,
      variable(word, value.span, scope) == nil, catalog.primitive(word) == nil
    {
      return FaultNode(
        Fault(
          .unknownName, "nothing is called `\(word)`",
          helps: ["write the text in quotes: \"\(word)\""]), value.span, unit)
    }
    return expression(value, scope)
  }

  private func word(
    _ value: Expression, _ choices: [Choice], _ parameter: ParameterInfo, _ scope: FrameScope
  ) -> ArgumentPlan {
    let known = choices.map(\.word)
    if let word = value.word, known.contains(word) { return .word(word) }
    if case .literal(.integer(let number)) = value.kind, known.contains(String(number)) {
      return .word(String(number))
    }
    if case .list(let items) = value.kind {
      return .words(items.map { word($0, choices, parameter, scope) })
    }
    // Where a value of another kind will do as well, such as a number of rows or `all`.
    if case .oneOf = parameter.type { return .value(expression(value, scope)) }
    return .computedWord(expression(value, scope), choices, parameter: parameter.name)
  }

  // Bare names and strings are columns; `$list` splices a list of names.
  private func names(_ value: Expression, _ scope: FrameScope) -> [NamePiece] {
    switch value.kind {
    case .name(let name): [.name(name)]
    case .literal(.text(let name)): [.name(name)]
    case .list(let items): items.flatMap { names($0, scope) }
    default: [.spliced(expression(value, scope))]
    }
  }
}

extension BindFault {
  /// The argument to blame, where one is.
  var argument: Int? {
    switch self {
    case .unknownOption(let index, _, _), .tooMany(let index, _), .repeated(let index, _),
      .definitionForOption(let index, _), .definitionForComparison(let index, _),
      .definitionNotAccepted(let index, _):
      index
    case .missing, .missingReceiver, .nothingAccepted: nil
    }
  }
}
