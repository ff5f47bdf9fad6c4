// One traversal of the tree, in the order of the text; checker-like tools choose what to look at.

/// A node of the tree.
public enum Node: Sendable {
  case statement(Statement)
  case pipeline(Pipeline)
  case stage(Stage)
  case argument(Argument)
  case expression(Expression)

  /// The bytes of the node.
  public var span: Span {
    switch self {
    case .statement(let node): return node.span
    case .pipeline(let node): return node.span
    case .stage(let node): return node.span
    case .argument(let node): return node.span
    case .expression(let node): return node.span
    }
  }

  /// The nodes directly below, in the order of the text.
  public var children: [Node] {
    switch self {
    case .statement(let statement): return statement.children
    case .pipeline(let pipeline):
      switch pipeline.head {
      case .lastResult: return pipeline.stages.map(Node.stage)
      case .command(let stage): return ([stage] + pipeline.stages).map(Node.stage)
      case .expression(let head): return [.expression(head)] + pipeline.stages.map(Node.stage)
      }
    case .stage(let stage): return stage.arguments.map(Node.argument)
    case .argument(let argument): return [.expression(argument.value)]
    case .expression(let expression): return expression.children
    }
  }

  /// Visits this node and all below; the visitor answers whether to go below a node.
  public func walk(_ visit: (Node) -> Bool) {
    guard visit(self) else { return }
    for child in children { child.walk(visit) }
  }
}

extension Program {
  /// Visits all nodes in the order of the text; the visitor answers whether to go below a node.
  public func walk(_ visit: (Node) -> Bool) {
    for statement in statements { Node.statement(statement).walk(visit) }
  }
}

extension Statement {
  fileprivate var children: [Node] {
    switch kind {
    case .use, .invalid: return []
    case .parameter(let parameter):
      return [parameter.value, parameter.allowed].compactMap { $0 }.map(Node.expression)
    case .function(let function):
      return function.parameters.compactMap(\.value).map(Node.expression) + [
        .pipeline(function.body)
      ]
    case .seed(let value): return [.expression(value)]
    case .assertion(let condition, let message):
      return [condition, message].compactMap { $0 }.map(Node.expression)
    case .binding(_, let pipeline), .pipeline(let pipeline): return [.pipeline(pipeline)]
    }
  }
}

extension Expression {
  fileprivate var children: [Node] {
    switch kind {
    case .literal, .name, .variable, .it, .invalid: return []
    case .group(let pipeline): return [.pipeline(pipeline)]
    case .block(let block): return block.statements.map(Node.statement)
    case .call(let base, let arguments), .subscripted(let base, let arguments):
      return [.expression(base)] + arguments.map(Node.argument)
    case .comprehension(_, let source, let body):
      return [.expression(source)] + body.statements.map(Node.statement)
    default: return operands.map(Node.expression)
    }
  }

  private var operands: [Expression] {
    switch kind {
    case .interpolation(let pieces):
      return pieces.compactMap { piece in
        if case .hole(let value, _) = piece { return value }
        return nil
      }
    case .list(let items): return items
    case .record(let entries):
      return entries.map { entry in
        switch entry {
        case .field(_, let value), .spread(let value): return value
        }
      }
    case .member(let base, _): return [base]
    case .unary(_, let operand), .missingTest(let operand, _): return [operand]
    case .binary(_, let left, let right, _): return [left, right]
    case .comparison(let first, let links): return [first] + links.map(\.operand)
    case .range(let range): return [range.lower, range.upper, range.step].compactMap { $0 }
    case .conditional(let condition, let then, let otherwise): return [condition, then, otherwise]
    case .lambda(_, let body): return [body]
    case .caught(let value, _, let fallback): return [value, fallback]
    default: return []
    }
  }
}
