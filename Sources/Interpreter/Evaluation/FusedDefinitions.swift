// The definitions of one `derive`, computed in as few passes over the rows as can be.
//
// Elementwise definitions wait until something needs a whole column of theirs, such as a lag; what waits is then
// computed together, each block of rows once, a later definition reading an earlier one from the cache.

import FactorLang
import FactorRuntime

/// Columns being added to a panel.
struct FusedDefinitions {
  /// A column that was added.
  struct Added {
    let name: String
    let missing: Int
    let undefined: Int
  }

  private(set) var panel: Panel
  private(set) var added: [Added] = []
  private var waiting: [Waiting] = []
  private var program = ColumnProgram()
  private var inputs: [ColumnProgram.Input] = []
  private let budget: Budget

  private struct Waiting {
    let name: String
    let output: ColumnProgram.Output
    let unit: ColumnUnit
    let known: Int
  }

  init(_ panel: Panel, budget: Budget) { (self.panel, self.budget) = (panel, budget) }

  /// Adds a definition.
  mutating func add(_ name: String, _ expression: ColumnExpression) throws {
    if let fused = expression.code.body as? FusedNode, wait(name, fused, expression) { return }
    try flush()
    let (column, undefined) = try expression.counted(on: panel)
    try add(name, column, undefined)
  }

  /// Computes what waits.
  mutating func flush() throws {
    guard !waiting.isEmpty else { return }
    try budget.check()
    let results = program.run(
      inputs, outputs: waiting.map(\.output), rows: panel.count, threads: budget.threads)
    for (item, result) in zip(waiting, results) {
      try add(
        item.name, Column(finite: result.values, unit: item.unit, known: item.known),
        result.undefined)
    }
    (waiting, program, inputs) = ([], ColumnProgram(), [])
  }

  private mutating func add(_ name: String, _ column: Column, _ undefined: Int) throws {
    panel = try panel.with(name, column)
    added.append(Added(name: name, missing: column.missingCount, undefined: undefined))
  }

  // Joins the program if all its inputs are numbers at hand or definitions that wait.
  private mutating func wait(
    _ name: String, _ fused: FusedNode, _ expression: ColumnExpression
  ) -> Bool {
    var operands: [ColumnProgram.Operand] = []
    var (units, known): ([ColumnUnit], Int) = ([], Availability.always)
    var own: [Int] = []
    var more: [ColumnProgram.Input] = []
    for (_, node) in fused.inputs {
      if let column = node as? ColumnNode,
        let earlier = waiting.last(where: { $0.name == column.name })
      {
        operands.append(.step(earlier.output.step))
        own += earlier.output.inputs
        units.append(earlier.unit)
        known = max(known, earlier.known)
        continue
      }
      guard let (input, unit, offset) = input(node, expression) else { return false }
      operands.append(.input(inputs.count + more.count))
      own.append(inputs.count + more.count)
      more.append(input)
      units.append(unit)
      known = max(known, offset)
    }
    inputs += more
    let step = program.append(fused.shape.program, inputs: operands)
    waiting.append(
      Waiting(
        name: name, output: ColumnProgram.Output(step: step, inputs: own),
        unit: fused.shape.unit(units), known: known))
    return true
  }

  private func input(
    _ node: Node, _ expression: ColumnExpression
  ) -> (ColumnProgram.Input, ColumnUnit, Int)? {
    switch node {
    case let node as ColumnNode:
      guard let column = panel.columnOrKey(node.name), let numbers = column.numbers else {
        return nil
      }
      return (.column(numbers), column.unit, column.known)
    case let node as ForeignColumnNode: return input(node.inner, expression)
    case let node as ConstantNode: return scalar(node.value)
    case let node as SlotNode:
      guard let place = expression.code.captureSlots.firstIndex(of: node.slot) else { return nil }
      return scalar(expression.captures[place])
    default: return nil
    }
  }

  private func scalar(_ value: Value) -> (ColumnProgram.Input, ColumnUnit, Int)? {
    ColumnOperators.scalar(value).map {
      (.scalar($0), value.isRatio ? .ratio : .plain, Availability.always)
    }
  }
}
