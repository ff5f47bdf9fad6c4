// Choice, repetition, recovery and blocks as nodes.

import FactorLang
import FactorRuntime

/// `if a then b else c`; over a column it chooses row by row.
final class ConditionalNode: Node, @unchecked Sendable {
  let condition: Node
  let yes: Node
  let no: Node

  init(_ condition: Node, _ yes: Node, _ no: Node, _ span: Span, _ unit: Unit) {
    (self.condition, self.yes, self.no) = (condition, yes, no)
    super.init(span, unit)
  }

  override func evaluate(_ machine: Machine) throws -> Value {
    let test = try condition.evaluate(machine)
    switch test {
    case .bool(let flag): return try (flag ? yes : no).evaluate(machine)
    case .missing: return .missing
    case .column(let column):
      do {
        return try ColumnOperators.choose(
          column.column, try yes.evaluate(machine), try no.evaluate(machine))
      } catch { throw located(error) }
    default:
      throw condition.located(
        Fault(.notACondition, "a yes or no is needed, not \(test.type.phrase)"))
    }
  }
}

/// `for x in list { … }`: a list of what the body gives for each item.
final class ComprehensionNode: Node, @unchecked Sendable {
  private let slots: [Int]
  private let source: Node
  private let body: Node

  init(_ slots: [Int], _ source: Node, _ body: Node, _ span: Span, _ unit: Unit) {
    (self.slots, self.source, self.body) = (slots, source, body)
    super.init(span, unit)
  }

  override func evaluate(_ machine: Machine) throws -> Value {
    let container = try source.evaluate(machine)
    if slots.count == 1, case .range(let range) = container, let whole = range.wholeNumbers {
      return try overIntegers(whole, machine)
    }
    let items: [Value]
    do { items = try Sequences.items(of: container) } catch { throw source.located(error) }
    var results: [Value] = []
    results.reserveCapacity(items.count)
    for item in items {
      try machine.tick()
      if slots.count == 1 {
        machine[slots[0]] = item
      } else {
        try spread(item, machine)
      }
      results.append(try body.evaluate(machine))
    }
    return .list(results)
  }

  private func overIntegers(_ range: ClosedRange<Int>, _ machine: Machine) throws -> Value {
    guard range.count <= Sequences.longest else {
      throw source.located(
        Fault(
          .memoryCap, "the range has more than \(NumberFormat.count(Sequences.longest)) elements"))
    }
    let slot = slots[0]
    var results: [Value] = []
    results.reserveCapacity(range.count)
    for number in range {
      try machine.tick()
      machine[slot] = .integer(number)
      results.append(try body.evaluate(machine))
    }
    return .list(results)
  }

  // `for name, value in pairs`: an item is a list with one element for each name.
  private func spread(_ item: Value, _ machine: Machine) throws {
    let parts: [Value]
    switch item {
    case .record(let record): parts = record.fields.map(\.value)
    case .list(let items): parts = items
    default:
      throw source.located(
        Fault(
          .wrongType,
          "\(slots.count) names need items of \(slots.count) parts; this one is \(item.type.phrase)",
          helps: ["pair two lists:  zip([1, 2], [\"a\", \"b\"])"]))
    }
    guard parts.count == slots.count else {
      throw source.located(
        Fault(
          .wrongType,
          "\(slots.count) names need items of \(slots.count) parts; this one has \(parts.count)"))
    }
    for (slot, part) in zip(slots, parts) { machine[slot] = part }
  }
}

/// `value catch fallback`.
final class CatchNode: Node, @unchecked Sendable {
  private let body: Node
  private let slot: Int?
  private let fallback: Node

  init(_ body: Node, slot: Int?, _ fallback: Node, _ span: Span, _ unit: Unit) {
    (self.body, self.slot, self.fallback) = (body, slot, fallback)
    super.init(span, unit)
  }

  override func evaluate(_ machine: Machine) throws -> Value {
    let top = machine.top
    do { return try body.evaluate(machine) } catch {
      let fault = Fault(error)
      // What the user or the machine demands cannot be caught.
      if fault.code == .interrupted || fault.code == .timeout { throw fault }
      machine.pop(to: top)
      if let slot { machine[slot] = .failure(fault) }
      return try fallback.evaluate(machine)
    }
  }
}

/// Statements in braces; the value is that of the last one.
final class BlockNode: Node, @unchecked Sendable {
  private let statements: [Node]

  init(_ statements: [Node], _ span: Span, _ unit: Unit) {
    self.statements = statements
    super.init(span, unit)
  }

  override func evaluate(_ machine: Machine) throws -> Value {
    let seed = machine.seed
    defer { machine.seed = seed }
    var last = Value.nothing
    for statement in statements { last = try statement.evaluate(machine) }
    return last
  }
}

/// `name = value` inside a block or function.
final class BindingNode: Node, @unchecked Sendable {
  private let slot: Int
  private let value: Node

  init(_ slot: Int, _ value: Node, _ span: Span, _ unit: Unit) {
    (self.slot, self.value) = (slot, value)
    super.init(span, unit)
  }

  override func evaluate(_ machine: Machine) throws -> Value {
    let result = try value.evaluate(machine)
    machine[slot] = result
    return result
  }
}

/// `seed n` inside a block.
final class SeedNode: Node, @unchecked Sendable {
  private let value: Node

  init(_ value: Node, _ span: Span, _ unit: Unit) {
    self.value = value
    super.init(span, unit)
  }

  override func evaluate(_ machine: Machine) throws -> Value {
    guard let seed = Int(try value.evaluate(machine)), seed >= 0 else {
      throw value.located(Fault(.wrongType, "a seed is a whole number, zero or more"))
    }
    machine.seed = UInt64(seed)
    return .nothing
  }
}

/// `assert condition, message`.
final class AssertionNode: Node, @unchecked Sendable {
  private let condition: Node
  private let message: Node?
  /// The condition as written; a call's own node may stand at its name only.
  private let written: Span

  init(_ condition: Node, _ message: Node?, written: Span, _ span: Span, _ unit: Unit) {
    (self.condition, self.message, self.written) = (condition, message, written)
    super.init(span, unit)
  }

  override func evaluate(_ machine: Machine) throws -> Value {
    let value = try condition.evaluate(machine)
    let holds: Bool?
    do { holds = try Operators.truth(value) } catch { throw condition.located(error) }
    if holds == true { return .nothing }
    var words = "`\(unit.source.text(written))` does not hold"
    if let message, case .text(let text) = try message.evaluate(machine) { words += ": \(text)" }
    var fault = Fault(.assertionFailed, words)
    if holds == nil { fault.reason = "the condition is `na`" }
    throw fault.at(written, in: unit.source)
  }
}
