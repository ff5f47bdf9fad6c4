// Calls of primitives: arguments are matched when the code is made and read by their roles when it runs.

import FactorLang
import FactorRuntime
import Models

/// How one argument of a primitive is read.
enum ArgumentPlan {
  case value(Node)
  case word(String)
  case sides(Node, ComparisonOperator, Node)
  /// The owner of a member, its name, and the member as an expression.
  case member(Node, String, Node)
  /// Several words.
  case words([ArgumentPlan])
  /// A word that is computed, such as `$side`.
  case computedWord(Node, [Choice], parameter: String)
  case expression(ColumnPlan)
  case names([NamePiece])
  case definition(String, ColumnPlan)
  case field(String, Node)
}

/// Column names as written, or spliced from a value.
enum NamePiece {
  case name(String)
  case spliced(Node)
}

/// A column expression and the slots whose values it keeps.
struct ColumnPlan {
  let code: Routine
  let captured: [Int]
  let expression: Expression
  let unit: Unit

  func made(_ machine: Machine) -> ColumnExpression {
    ColumnExpression(
      code: code, captures: captured.map { machine[$0] }, expression: expression,
      source: unit.source, evaluator: machine.evaluator, seed: machine.seed, depth: machine.depth)
  }
}

/// Calls a primitive.
final class PrimitiveNode: Node, @unchecked Sendable {
  let primitive: Primitive
  private let bound: BoundCall
  /// One list for each parameter, the signature's own first.
  private let plans: [[ArgumentPlan]]
  private let spans: [Span?]
  private let receiver: Node?

  init(
    _ primitive: Primitive, _ bound: BoundCall, _ plans: [[ArgumentPlan]], _ spans: [Span?],
    receiver: Node?, _ span: Span, _ unit: Unit
  ) {
    (self.primitive, self.bound, self.plans, self.spans) = (primitive, bound, plans, spans)
    self.receiver = receiver
    super.init(span, unit)
  }

  override func evaluate(_ machine: Machine) throws -> Value { try call(machine, flow: nil) }

  func call(_ machine: Machine, flow: Value?) throws -> Value {
    if let fast = primitive.scalar, plans.count == 1, case .value(let node)? = plans[0].first {
      let value = try node.evaluate(machine)
      if case .number(let x) = value { return .finite(fast(x)) }
      return try run([[.value(value)]], nil, [], machine)
    }
    var own: [[BoundArgument]] = []
    own.reserveCapacity(plans.count)
    var options: [(name: String, value: Value)] = []
    let count = primitive.signature.parameters.count
    for (place, plan) in plans.enumerated() {
      var values = try plan.map { try read($0, machine) }
      if bound.flowParameter == place, let flow { values = [.value(flow)] }
      if place < count {
        own.append(values)
      } else if case .value(let value)? = values.first {
        options.append((bound.parameters[place].name, value))
      }
    }
    let inflow = bound.receiver == .flow ? flow : try receiver?.evaluate(machine)
    return try run(own, inflow, options, machine)
  }

  private func run(
    _ arguments: [[BoundArgument]], _ inflow: Value?, _ options: [(name: String, value: Value)],
    _ machine: Machine
  ) throws -> Value {
    let context = machine.context(options: options)
    do {
      return try primitive.run(
        context, BoundArguments(receiver: inflow, arguments: arguments, options: options))
    } catch {
      var fault = Fault(error)
      if let name = fault.parameter, let place = bound.index(of: name),
        let argument = spans[place]
      {
        fault = fault.at(argument, in: unit.source)
      }
      for (place, remedy) in fault.remedies.enumerated() {
        fault.remedies[place].span = bound.index(of: remedy.option).flatMap { spans[$0] }
      }
      throw fault.at(span, in: unit.source)
    }
  }

  private func read(_ plan: ArgumentPlan, _ machine: Machine) throws -> BoundArgument {
    switch plan {
    case .value(let node): return .value(try node.evaluate(machine))
    case .word(let word): return .value(.text(word))
    case .computedWord(let node, let choices, let parameter):
      return .value(try words(node, choices, parameter, machine))
    case .words(let plans):
      return .value(
        .list(
          try plans.map { plan in
            if case .value(let value) = try read(plan, machine) { return value }
            return .missing
          }))
    case .expression(let plan): return .expression(plan.made(machine))
    case .names(let pieces): return .names(try pieces.flatMap { try names($0, machine) })
    case .definition(let name, let plan): return .definition(name, plan.made(machine))
    case .sides(let left, let comparison, let right):
      return .sides(try left.evaluate(machine), comparison, try right.evaluate(machine))
    case .member(let base, let name, let whole):
      let owner = try base.evaluate(machine)
      let value = try Members.find(name, of: owner) ?? whole.evaluate(machine)
      return .member(owner: owner, name: name, value: value)
    case .field(let name, let node): return .field(name, try node.evaluate(machine))
    }
  }

  // A word, or a list of words where a variable holds one.
  private func words(
    _ node: Node, _ choices: [Choice], _ parameter: String, _ machine: Machine
  ) throws -> Value {
    let known = choices.map(\.word)
    if case .list(let items)? = try? node.evaluate(machine), !items.isEmpty,
      items.allSatisfy({ item in String(item).map(known.contains) ?? false })
    {
      return .list(items)
    }
    return .text(try word(node, choices, parameter, machine))
  }

  private func word(
    _ node: Node, _ choices: [Choice], _ parameter: String, _ machine: Machine
  ) throws -> String {
    let known = choices.map(\.word)
    if case .text(let word)? = try? node.evaluate(machine), known.contains(word) { return word }
    let written = unit.source.text(node.span)
    let near = Suggestion.nearest(to: written, among: known)
    throw node.located(
      Fault(
        .unknownChoice,
        "`\(parameter)` is one of \(known.joined(separator: ", ")); not `\(written)`",
        helps: near.map { ["use `\($0)`"] } ?? []))
  }

  private func names(_ piece: NamePiece, _ machine: Machine) throws -> [String] {
    switch piece {
    case .name(let name): return [name]
    case .spliced(let node):
      let value = try node.evaluate(machine)
      if let list = [String](value) { return list }
      if let name = String(value) { return [name] }
      throw node.located(
        Fault(.wrongType, "column names are needed, not \(value.type.phrase)"))
    }
  }
}

extension Machine {
  /// What a primitive's body may use.
  func context(options: [(name: String, value: Value)] = []) -> Context {
    Context(
      budget: evaluator.budget, seed: seed, rows: rows, options: options,
      events: evaluator.events, folder: evaluator.folder, evaluator: evaluator, depth: depth)
  }
}
