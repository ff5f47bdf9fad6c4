// Expressions to nodes.

import FactorLang
import FactorRuntime

extension Compiler {
  func expression(_ expression: Expression, _ scope: FrameScope) -> Node {
    guard scope.isOverColumns else { return plain(expression, scope) }
    if let fused = fused(expression, scope) { return fused }
    let node = plain(expression, scope)
    return expression.isTakenFromOutside ? ForeignColumnNode(node) : node
  }

  /// The node of an expression, its operators one by one.
  func plain(_ expression: Expression, _ scope: FrameScope) -> Node {
    let span = expression.span
    switch expression.kind {
    case .literal(let literal): return ConstantNode(Value(literal), span, unit)
    case .interpolation(let pieces): return interpolation(pieces, span, scope)
    case .name(let name): return bare(name, span, scope)
    case .variable(let name): return variable(name, span, scope) ?? missing(name, span, scope)
    case .it: return lastResult(span)
    case .list(let items):
      return ListNode(items.map { self.expression($0, scope) }, span, unit)
    case .record(let entries): return record(entries, span, scope)
    case .group(let inner):
      // A parenthesised expression stays in the column expression; a whole pipeline does not.
      if let sole = inner.soleExpression { return self.expression(sole, scope) }
      return pipeline(inner, scope)
    case .block(let body): return block(body, scope)
    case .member(let base, let name): return member(base, name, expression, scope)
    case .call(let callee, let arguments): return call(callee, arguments, expression, scope)
    case .subscripted(let base, let slices): return subscripted(base, slices, span, scope)
    case .unary, .binary, .comparison, .missingTest, .conditional:
      return operation(expression, scope)
    case .range(let range):
      func node(_ part: Expression?) -> Node? { part.map { self.expression($0, scope) } }
      return RangeNode(
        node(range.lower), node(range.upper), node(range.step),
        includesUpper: range.includesUpper, span, unit)
    case .comprehension(let names, let source, let body):
      return comprehension(names, source, body, span, scope)
    case .lambda(let parameters, let body):
      return lambda(parameters, scope, span) { self.expression(body, $0) }
    case .caught(let body, let parameter, let fallback):
      return caught(body, parameter, fallback, span, scope)
    case .invalid: return ConstantNode(.missing, span, unit)
    }
  }

  private func operation(_ expression: Expression, _ scope: FrameScope) -> Node {
    let span = expression.span
    func node(_ part: Expression) -> Node { self.expression(part, scope) }
    switch expression.kind {
    case .unary(let operation, let operand):
      return UnaryNode(operation, node(operand), span, unit)
    case .binary(let operation, let left, let right, _):
      switch operation {
      case .and, .or, .coalesce: return LogicNode(operation, node(left), node(right), span, unit)
      default: return ArithmeticNode(operation, node(left), node(right), span, unit)
      }
    case .comparison(let first, let links):
      return ComparisonNode(
        node(first), links.map { ($0.comparison, node($0.operand), $0.operatorSpan) }, span, unit)
    case .missingTest(let operand, let isNegated):
      return MissingNode(node(operand), isNegated: isNegated, span, unit)
    case .conditional(let condition, let yes, let no):
      return ConditionalNode(node(condition), node(yes), node(no), span, unit)
    default: preconditionFailure("operation is asked for operators only")
    }
  }

  private func interpolation(
    _ pieces: [StringPiece], _ span: Span, _ scope: FrameScope
  ) -> Node {
    InterpolationNode(
      pieces.map { piece in
        switch piece {
        case .text(let text): .text(text)
        case .hole(let value, let format):
          .hole(expression(value, scope), format: format?.text)
        }
      }, span, unit)
  }

  private func record(_ entries: [RecordEntry], _ span: Span, _ scope: FrameScope) -> Node {
    RecordNode(
      entries.map { entry in
        switch entry {
        case .field(let name, let value): (name.text, expression(value, scope))
        case .spread(let value): (nil, expression(value, scope))
        }
      }, span, unit)
  }

  /// A bare name: in a column expression a column, otherwise a variable or a verb without arguments.
  private func bare(_ name: String, _ span: Span, _ scope: FrameScope) -> Node {
    if let slot = scope.bareSlot(of: name) { return SlotNode(slot, span, unit) }
    if scope.isOverColumns {
      let isVariable = scope.slot(of: name) != nil || environment[name] != nil
      return ColumnNode(name, isVariable: isVariable, span, unit)
    }
    return variable(name, span, scope) ?? missing(name, span, scope)
  }

  /// What stands for a name that no variable has.
  private func missing(_ name: String, _ span: Span, _ scope: FrameScope) -> Node {
    if let primitive = catalog.primitive(name), primitive.signature.isCallableBare {
      return call(primitive, [], flows: false, span, scope)
    }
    let near = Suggestion.nearest(to: name, among: environment.names)
    return FaultNode(
      Fault(
        .unknownName, "nothing is called `\(name)`", helps: near.map { ["use `\($0)`"] } ?? []),
      span, unit)
  }

  private func member(
    _ base: Expression, _ name: Name, _ whole: Expression, _ scope: FrameScope
  ) -> Node {
    // `ts.mean` is a name with a dot unless something is called `ts`.
    if let primitive = dotted(whole, scope) {
      return call(primitive, [], flows: false, whole.span, scope)
    }
    return MemberNode(expression(base, scope), name, whole.span, unit)
  }

  private func dotted(_ expression: Expression, _ scope: FrameScope) -> Primitive? {
    guard let name = expression.dottedName, let root = name.split(separator: ".").first,
      variable(String(root), expression.span, scope) == nil
    else { return nil }
    return catalog.primitive(name)
  }

  private func call(
    _ callee: Expression, _ arguments: [Argument], _ whole: Expression, _ scope: FrameScope
  ) -> Node {
    if let name = callee.word, callee.plainText == nil {
      let slot = scope.slot(of: name).map { SlotNode($0, callee.span, unit) as Node }
      if let user = slot ?? bound(name).map({ ConstantNode($0, callee.span, unit) }) {
        return CallNode.make(user, callArguments(arguments, scope), whole.span, unit)
      }
    }
    if let primitive = dotted(callee, scope) {
      return call(primitive, arguments, flows: false, callee.span, scope)
    }
    // What is called is never a column: `module.f(x)` means the module in a column expression too.
    let function = variablePath(callee, scope) ?? expression(callee, scope)
    return CallNode.make(function, callArguments(arguments, scope), whole.span, unit)
  }

  /// A variable and members of it, such as a module's function.
  private func variablePath(_ expression: Expression, _ scope: FrameScope) -> Node? {
    switch expression.kind {
    case .name(let name): return variable(name, expression.span, scope)
    case .member(let base, let name):
      return variablePath(base, scope).map { MemberNode($0, name, expression.span, unit) }
    default: return nil
    }
  }

  func callArguments(_ arguments: [Argument], _ scope: FrameScope) -> [CallArgument] {
    arguments.map { CallArgument(label: $0.label?.text, value: expression($0.value, scope)) }
  }

  private func subscripted(
    _ base: Expression, _ slices: [Argument], _ span: Span, _ scope: FrameScope
  ) -> Node {
    SliceNode(
      expression(base, scope),
      slices.map { slice in
        // `allow: empty` is a word, not a variable.
        let isWord = slice.label?.text == "allow"
        let value =
          isWord && slice.value.word != nil
          ? ConstantNode(.text(slice.value.word ?? ""), slice.value.span, unit)
          : expression(slice.value, scope)
        return .init(label: slice.label?.text, value: value, span: slice.span)
      }, span, unit)
  }

  private func comprehension(
    _ names: [Name], _ source: Expression, _ body: Block, _ span: Span, _ scope: FrameScope
  ) -> Node {
    let items = expression(source, scope)
    let mark = scope.mark
    defer { scope.forget(to: mark) }
    let slots = names.map { scope.add($0.text) }
    return ComprehensionNode(slots, items, statements(body, scope), span, unit)
  }

  private func caught(
    _ body: Expression, _ parameter: Name?, _ fallback: Expression, _ span: Span,
    _ scope: FrameScope
  ) -> Node {
    let value = expression(body, scope)
    let mark = scope.mark
    defer { scope.forget(to: mark) }
    let slot = parameter.map { scope.add($0.text) }
    return CatchNode(value, slot: slot, expression(fallback, scope), span, unit)
  }
}

extension Expression {
  /// Tells whether the value comes from outside the rows at hand: `$x`, `$p.ret`.
  fileprivate var isTakenFromOutside: Bool {
    switch kind {
    case .variable: true
    case .member(let base, _): base.isTakenFromOutside
    default: false
    }
  }
}
