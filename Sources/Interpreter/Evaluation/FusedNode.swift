// Elementwise parts of a column expression, computed in one pass over the columns they name.
//
// The operators of such a part become one straight-line program; what is not elementwise (lags, ranks,
// texts, months) is computed first and enters as an input. Should an input turn out not to be numbers, the
// operators run one by one on the inputs already computed.

import FactorLang
import FactorRuntime

/// The operators of a fused part, by number of the input or step.
struct FusedShape {
  var program = ColumnProgram()
  /// For each step how its unit follows from its operands.
  var units: [(rule: UnitRule, operands: [ColumnProgram.Operand])] = []

  enum UnitRule {
    case arithmetic(BinaryOperator)
    case condition
    case first
    case chosen
    case plain
  }

  mutating func append(
    _ operation: ColumnProgram.Operation, _ rule: UnitRule, _ operands: [ColumnProgram.Operand]
  ) -> ColumnProgram.Operand {
    units.append((rule, operands))
    return .step(program.append(operation, operands))
  }

  /// The unit of the last step.
  func unit(_ inputs: [ColumnUnit]) -> ColumnUnit {
    var found: [ColumnUnit] = []
    for (rule, operands) in units {
      let own = operands.map { operand -> ColumnUnit in
        switch operand {
        case .input(let index): inputs[index]
        case .step(let index): found[index]
        }
      }
      switch rule {
      case .condition: found.append(.boolean)
      case .first: found.append(own[0])
      case .plain: found.append(.plain)
      case .chosen: found.append(own[1] == own[2] ? own[1] : .plain)
      case .arithmetic(let operation):
        found.append(ColumnOperators.unit(operation, own[0] == .ratio, own[1] == .ratio))
      }
    }
    return found.last ?? .plain
  }
}

final class FusedNode: Node, @unchecked Sendable {
  let shape: FusedShape
  let inputs: [(slot: Int, node: Node)]
  private let fallback: Node

  init(
    _ shape: FusedShape, _ inputs: [(slot: Int, node: Node)], fallback: Node, _ span: Span,
    _ unit: Unit
  ) {
    (self.shape, self.inputs, self.fallback) = (shape, inputs, fallback)
    super.init(span, unit)
  }

  override func evaluate(_ machine: Machine) throws -> Value {
    var arguments: [ColumnProgram.Input] = []
    var units: [ColumnUnit] = []
    var known = Availability.always
    var rows: Int?
    var isNumeric = true
    for (slot, node) in inputs {
      let value = try node.evaluate(machine)
      machine[slot] = value
      if case .column(let column) = value {
        guard let numbers = column.column.numbers, rows == nil || rows == numbers.count else {
          isNumeric = false
          continue
        }
        rows = numbers.count
        known = max(known, column.column.known)
        units.append(column.column.unit)
        arguments.append(.column(numbers))
      } else if let number = ColumnOperators.scalar(value) {
        units.append(value.isRatio ? .ratio : .plain)
        arguments.append(.scalar(number))
      } else {
        isNumeric = false
      }
    }
    guard isNumeric, let rows else { return try fallback.evaluate(machine) }
    try machine.evaluator.budget.check()
    let result = shape.program.run(
      arguments, rows: rows, threads: machine.evaluator.budget.threads)
    machine.undefined += result.undefined
    let column = Column(finite: result.values, unit: shape.unit(units), known: known)
    return .column(ColumnValue(name: "", column: column))
  }
}

extension Compiler {
  /// The fused node of an operator expression over columns; nil if there is nothing to fuse.
  func fused(_ expression: Expression, _ scope: FrameScope) -> Node? {
    guard isElementwise(expression, scope) else { return nil }
    var builder = FusedBuilder(compiler: self, scope: scope)
    let (_, fallback) = builder.build(expression)
    return FusedNode(
      builder.shape, builder.inputs, fallback: fallback, expression.span, unit)
  }

  /// Tells whether the expression is an operator on numbers, as far as its text shows.
  fileprivate func isElementwise(_ expression: Expression, _ scope: FrameScope) -> Bool {
    switch expression.kind {
    case .group(let inner):
      return inner.soleExpression.map { isElementwise($0, scope) } ?? false
    case .unary, .missingTest, .conditional: return true
    case .binary(_, let left, let right, _): return left.mayBeNumber && right.mayBeNumber
    case .comparison(let first, let links):
      return links.count == 1 && first.mayBeNumber
        && links.allSatisfy { $0.operand.mayBeNumber && $0.comparison.operation != nil }
    case .call(let callee, let arguments):
      return scalarFunction(callee, arguments, scope) != nil
    default: return false
    }
  }

  fileprivate func scalarFunction(
    _ callee: Expression, _ arguments: [Argument], _ scope: FrameScope
  ) -> (@Sendable (Double) -> Double)? {
    guard arguments.count == 1, arguments[0].label == nil, case .name(let name) = callee.kind,
      variable(name, callee.span, scope) == nil
    else { return nil }
    return catalog.primitive(name)?.scalar
  }
}

/// Collects the steps and inputs of a fused part, and the nodes that stand in for it.
private struct FusedBuilder {
  let compiler: Compiler
  let scope: FrameScope
  var shape = FusedShape()
  var inputs: [(slot: Int, node: Node)] = []

  mutating func build(_ expression: Expression) -> (ColumnProgram.Operand, Node) {
    guard compiler.isElementwise(expression, scope) else { return input(expression) }
    let (span, unit) = (expression.span, compiler.unit)
    switch expression.kind {
    case .group(let inner):
      return inner.soleExpression.map { build($0) } ?? input(expression)
    case .unary(let operation, let operand):
      let (a, node) = build(operand)
      let step = shape.append(
        operation == .negate ? .negate : .not, operation == .negate ? .first : .condition, [a])
      return (step, UnaryNode(operation, node, span, unit))
    case .missingTest(let operand, let isNegated):
      let (a, node) = build(operand)
      let step = shape.append(isNegated ? .isPresent : .isMissing, .condition, [a])
      return (step, MissingNode(node, isNegated: isNegated, span, unit))
    case .binary(let operation, let left, let right, _):
      return binary(operation, build(left), build(right), span)
    case .comparison(let first, let links):
      let (a, left) = build(first)
      let (b, right) = build(links[0].operand)
      let step = shape.append(links[0].comparison.operation ?? .equal, .condition, [a, b])
      let link = (links[0].comparison, right, links[0].operatorSpan)
      return (step, ComparisonNode(left, [link], span, unit))
    case .conditional(let condition, let yes, let no):
      let (a, test) = build(condition)
      let (b, first) = build(yes)
      let (c, second) = build(no)
      return (
        shape.append(.choose, .chosen, [a, b, c]),
        ConditionalNode(test, first, second, span, unit)
      )
    case .call(let callee, let arguments): return call(callee, arguments, expression)
    default: return input(expression)
    }
  }

  private mutating func binary(
    _ operation: BinaryOperator, _ left: (ColumnProgram.Operand, Node),
    _ right: (ColumnProgram.Operand, Node), _ span: Span
  ) -> (ColumnProgram.Operand, Node) {
    let operands = [left.0, right.0]
    switch operation {
    case .and, .or, .coalesce:
      let step = shape.append(
        operation.program, operation == .coalesce ? .first : .condition, operands)
      return (step, LogicNode(operation, left.1, right.1, span, compiler.unit))
    default:
      let step = shape.append(operation.program, .arithmetic(operation), operands)
      return (step, ArithmeticNode(operation, left.1, right.1, span, compiler.unit))
    }
  }

  private mutating func call(
    _ callee: Expression, _ arguments: [Argument], _ whole: Expression
  ) -> (ColumnProgram.Operand, Node) {
    guard let function = compiler.scalarFunction(callee, arguments, scope),
      let name = callee.word, let primitive = compiler.catalog.primitive(name)
    else { return input(whole) }
    let (a, node) = build(arguments[0].value)
    let step = shape.append(.map(function), name == "abs" ? .first : .plain, [a])
    let bound = try? primitive.signature.bind([ArgumentShape()], flows: false)
    guard let bound else { return input(whole) }
    return (
      step,
      PrimitiveNode(
        primitive, bound, [[.value(node)]], [arguments[0].value.span], receiver: nil,
        callee.span, compiler.unit)
    )
  }

  // What is not elementwise is computed first, into a slot that the stand-in reads too.
  private mutating func input(_ expression: Expression) -> (ColumnProgram.Operand, Node) {
    let slot = scope.add("")
    inputs.append((slot, compiler.expression(expression, scope)))
    return (.input(inputs.count - 1), SlotNode(slot, expression.span, compiler.unit))
  }
}

extension Expression {
  /// Tells whether the text rules a number out.
  fileprivate var mayBeNumber: Bool {
    switch kind {
    case .literal(let literal):
      switch literal {
      case .integer, .number, .ratio, .boolean, .missing: true
      default: false
      }
    case .interpolation, .list, .record, .range, .lambda, .comprehension: false
    default: true
    }
  }
}

extension BinaryOperator {
  fileprivate var program: ColumnProgram.Operation {
    switch self {
    case .add: .add
    case .subtract: .subtract
    case .multiply: .multiply
    case .divide: .divide
    case .power: .power
    case .and: .and
    case .or: .or
    case .coalesce: .coalesce
    }
  }
}

extension ComparisonOperator {
  fileprivate var operation: ColumnProgram.Operation? {
    switch self {
    case .equal: .equal
    case .notEqual: .notEqual
    case .less: .less
    case .lessEqual: .lessEqual
    case .greater: .greater
    case .greaterEqual: .greaterEqual
    case .isIn, .isNotIn: nil
    }
  }
}
