// Operators as nodes: whole numbers and plain numbers at once, everything else by the rules of Operators.

import FactorLang
import FactorRuntime

/// `-x` and `not x`.
final class UnaryNode: Node, @unchecked Sendable {
  let operation: UnaryOperator
  let operand: Node

  init(_ operation: UnaryOperator, _ operand: Node, _ span: Span, _ unit: Unit) {
    (self.operation, self.operand) = (operation, operand)
    super.init(span, unit)
  }

  override func evaluate(_ machine: Machine) throws -> Value {
    let value = try operand.evaluate(machine)
    do { return try operation == .negate ? Operators.negate(value) : Operators.not(value) } catch {
      throw located(error)
    }
  }
}

/// `+ - * / ^`.
final class ArithmeticNode: Node, @unchecked Sendable {
  let operation: BinaryOperator
  let left: Node
  let right: Node

  init(_ operation: BinaryOperator, _ left: Node, _ right: Node, _ span: Span, _ unit: Unit) {
    (self.operation, self.left, self.right) = (operation, left, right)
    super.init(span, unit)
  }

  override func evaluate(_ machine: Machine) throws -> Value {
    let a = try left.evaluate(machine)
    let b = try right.evaluate(machine)
    if case .integer(let x) = a, case .integer(let y) = b, let exact = exact(x, y) { return exact }
    if case .number(let x) = a, case .number(let y) = b, let fast = fast(x, y) { return fast }
    do { return try Operators.arithmetic(operation, a, b) } catch { throw located(error) }
  }

  @inline(__always)
  private func exact(_ x: Int, _ y: Int) -> Value? {
    let result: (partialValue: Int, overflow: Bool)
    switch operation {
    case .add: result = x.addingReportingOverflow(y)
    case .subtract: result = x.subtractingReportingOverflow(y)
    case .multiply: result = x.multipliedReportingOverflow(by: y)
    default: return nil
    }
    return result.overflow ? nil : .integer(result.partialValue)
  }

  @inline(__always)
  private func fast(_ x: Double, _ y: Double) -> Value? {
    let result: Double
    switch operation {
    case .add: result = x + y
    case .subtract: result = x - y
    case .multiply: result = x * y
    case .divide: result = x / y
    default: return nil
    }
    return result.isFinite ? .number(result) : .missing
  }
}

/// `and`, `or` and `??`: the right side is computed only if the left does not settle the matter.
final class LogicNode: Node, @unchecked Sendable {
  let operation: BinaryOperator
  let left: Node
  let right: Node

  init(_ operation: BinaryOperator, _ left: Node, _ right: Node, _ span: Span, _ unit: Unit) {
    (self.operation, self.left, self.right) = (operation, left, right)
    super.init(span, unit)
  }

  override func evaluate(_ machine: Machine) throws -> Value {
    let a = try left.evaluate(machine)
    if operation == .coalesce {
      if case .missing = a { return try right.evaluate(machine) }
      guard case .column = a else { return a }
    }
    if case .bool(let flag) = a, operation == .and && !flag || operation == .or && flag { return a }
    let b = try right.evaluate(machine)
    do {
      if operation == .coalesce { return try ColumnOperators.coalesce(a, b) }
      return try Operators.logic(operation, a, b)
    } catch { throw located(error) }
  }
}

/// A chain `a < b <= c`.
final class ComparisonNode: Node, @unchecked Sendable {
  let first: Node
  let links: [(comparison: ComparisonOperator, operand: Node, span: Span)]

  init(
    _ first: Node, _ links: [(comparison: ComparisonOperator, operand: Node, span: Span)],
    _ span: Span, _ unit: Unit
  ) {
    (self.first, self.links) = (first, links)
    super.init(span, unit)
  }

  override func evaluate(_ machine: Machine) throws -> Value {
    var left = try first.evaluate(machine)
    var answer: Value?
    for link in links {
      let right = try link.operand.evaluate(machine)
      let step: Value
      if case .integer(let x) = left, case .integer(let y) = right,
        link.comparison != .isIn, link.comparison != .isNotIn
      {
        step = .bool(Operators.holds(link.comparison, x < y ? -1 : x > y ? 1 : 0))
      } else {
        do { step = try Operators.compare(link.comparison, left, right) } catch {
          throw Fault(error).at(link.span, in: unit.source)
        }
      }
      answer = try answer.map { try Operators.logic(.and, $0, step) } ?? step
      left = right
    }
    return answer ?? left
  }
}

/// `x is na`.
final class MissingNode: Node, @unchecked Sendable {
  let operand: Node
  let isNegated: Bool

  init(_ operand: Node, isNegated: Bool, _ span: Span, _ unit: Unit) {
    (self.operand, self.isNegated) = (operand, isNegated)
    super.init(span, unit)
  }

  override func evaluate(_ machine: Machine) throws -> Value {
    switch try operand.evaluate(machine) {
    case .column(let column):
      return .column(
        ColumnValue(name: "", column: ColumnOperators.missing(column.column, negated: isNegated)))
    case .missing: return .bool(!isNegated)
    default: return .bool(isNegated)
    }
  }
}
