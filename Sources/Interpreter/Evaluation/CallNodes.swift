// Calls of the user's functions, and the functions themselves, as nodes.

import FactorLang
import FactorRuntime

/// Makes a function: its code is compiled once, its captured values are those of now.
final class FunctionNode: Node, @unchecked Sendable {
  struct Parameter {
    let name: String
    let fallback: Node?
  }
  private let name: String?
  private let parameters: [Parameter]
  private let code: Routine
  /// The slots of this frame whose values the function keeps.
  private let captured: [Int]

  init(
    _ name: String?, _ parameters: [Parameter], _ code: Routine, captured: [Int], _ span: Span,
    _ unit: Unit
  ) {
    (self.name, self.parameters, self.code) = (name, parameters, code)
    self.captured = captured
    super.init(span, unit)
  }

  override func evaluate(_ machine: Machine) throws -> Value {
    .function(
      FunctionValue(
        name: name,
        parameters: try parameters.map {
          .init(name: $0.name, defaultValue: try $0.fallback?.evaluate(machine))
        },
        code: code, captures: captured.map { machine[$0] }))
  }
}

/// One argument of a call of a user's function.
struct CallArgument {
  let label: String?
  let value: Node
}

/// Calls what an expression gives.
final class CallNode: Node, @unchecked Sendable {
  private let callee: Node
  private let arguments: [CallArgument]
  private let isPlain: Bool

  init(_ callee: Node, _ arguments: [CallArgument], _ span: Span, _ unit: Unit) {
    (self.callee, self.arguments) = (callee, arguments)
    isPlain = arguments.allSatisfy { $0.label == nil }
    super.init(span, unit)
  }

  /// The node of a call: shorter where the function is known and the arguments are just its parameters.
  static func make(
    _ callee: Node, _ arguments: [CallArgument], _ span: Span, _ unit: Unit
  ) -> Node {
    if case .function(let function)? = (callee as? ConstantNode)?.value,
      function.parameters.count == arguments.count, arguments.allSatisfy({ $0.label == nil })
    {
      return DirectCallNode(function, arguments.map(\.value), span, unit)
    }
    return CallNode(callee, arguments, span, unit)
  }

  override func evaluate(_ machine: Machine) throws -> Value {
    try call(machine, flow: nil)
  }

  /// Calls with what flows in, if anything does, as the first argument.
  func call(_ machine: Machine, flow: Value?) throws -> Value {
    guard case .function(let function) = try callee.evaluate(machine) else {
      throw callee.located(
        Fault(.notCallable, "\(try callee.evaluate(machine).type.phrase) cannot be called"))
    }
    let start = machine.top
    if isPlain, arguments.count + (flow == nil ? 0 : 1) == function.parameters.count {
      if let flow { machine.push(flow) }
      for argument in arguments { machine.push(try pushed(argument.value, machine, start)) }
    } else {
      var given: [(label: String?, value: Value)] = flow.map { [(nil, $0)] } ?? []
      for argument in arguments {
        given.append((argument.label, try argument.value.evaluate(machine)))
      }
      do {
        for value in try function.matched(given) { machine.push(value) }
      } catch { throw located(error) }
    }
    do { return try machine.run(function.code, from: start, captures: function.captures) } catch {
      throw Fault(error).passing(function.name, span, unit.source)
    }
  }

  @inline(__always)
  private func pushed(_ node: Node, _ machine: Machine, _ start: Int) throws -> Value {
    do { return try node.evaluate(machine) } catch {
      machine.pop(to: start)
      throw error
    }
  }
}

/// A call of a function that is known when the code is made. What a call needs is at hand here, so that
/// nothing is retained on the way.
final class DirectCallNode: Node, @unchecked Sendable {
  private let name: String?
  private let body: Node
  private let slotCount: Int
  private let captures: [(slot: Int, value: Value)]
  private let hasCaptures: Bool
  private let inputs: [Node]

  init(_ function: FunctionValue, _ inputs: [Node], _ span: Span, _ unit: Unit) {
    (name, body, slotCount) = (function.name, function.code.body, function.code.slotCount)
    captures = zip(function.code.captureSlots, function.captures).map { ($0, $1) }
    hasCaptures = !captures.isEmpty
    self.inputs = inputs
    super.init(span, unit)
  }

  override func evaluate(_ machine: Machine) throws -> Value {
    let start = machine.top
    do {
      for input in inputs { machine.push(try input.evaluate(machine)) }
    } catch {
      machine.pop(to: start)
      throw error
    }
    let caller = try machine.enter(start, slotCount)
    defer { machine.leave(start, caller) }
    if hasCaptures {
      for (slot, value) in captures { machine[slot] = value }
    }
    do { return try body.evaluate(machine) } catch {
      throw Fault(error).passing(name, span, unit.source)
    }
  }
}

extension FunctionValue {
  /// The values of the parameters in order: labelled, positional, default.
  func matched(_ arguments: [(label: String?, value: Value)]) throws -> [Value] {
    let title = name.map { "`\($0)`" } ?? "the function"
    for case (let label?, _) in arguments where !parameters.contains(where: { $0.name == label }) {
      let near = Suggestion.nearest(to: label, among: parameters.map(\.name))
      throw Fault(
        .unknownOption, "\(title) has no parameter `\(label)`",
        helps: near.map { ["use `\($0)`"] } ?? [])
    }
    var rest = arguments.filter { $0.label == nil }.map(\.value)[...]
    let values = try parameters.map { parameter in
      if let given = arguments.first(where: { $0.label == parameter.name }) { return given.value }
      if let next = rest.popFirst() { return next }
      if let fallback = parameter.defaultValue { return fallback }
      throw Fault(.missingArgument, "\(title) needs `\(parameter.name)`")
    }
    guard rest.isEmpty else {
      throw Fault(
        .tooManyArguments, "\(title) takes \(Counted.text(parameters.count, "argument"))")
    }
    return values
  }
}

extension Fault {
  static func callDepth(_ limit: Int) -> Fault {
    Fault(.callDepth, "more than \(NumberFormat.count(limit)) calls are open at once")
  }

  /// Remembers a call that the fault passes through; only calls nested too deep are told.
  func passing(_ name: String?, _ span: Span, _ source: Source) -> Fault {
    guard code == .callDepth else { return self }
    var fault = at(span, in: source)
    let line = source.lineColumn(at: span.start).line
    fault.frames.append("\(name ?? "a function"), called in line \(line)")
    return fault
  }
}

/// A head and the stages that it flows through.
final class PipelineNode: Node, @unchecked Sendable {
  private let head: Node
  private let stages: [any StageNode]

  init(_ head: Node, _ stages: [any StageNode], _ span: Span, _ unit: Unit) {
    (self.head, self.stages) = (head, stages)
    super.init(span, unit)
  }

  override func evaluate(_ machine: Machine) throws -> Value {
    var flow = try head.evaluate(machine)
    for stage in stages {
      try machine.evaluator.budget.check()
      flow = try stage.call(machine, flow: flow)
    }
    return flow
  }
}

/// What can stand after `|`.
protocol StageNode: Sendable {
  func call(_ machine: Machine, flow: Value?) throws -> Value
}

extension CallNode: StageNode {}
extension PrimitiveNode: StageNode {}
extension FaultNode: StageNode {
  func call(_ machine: Machine, flow: Value?) throws -> Value { try evaluate(machine) }
}
