// A built-in, declared once: facts, parameters, example and body in one value.
//
// The parameter pack ties the body's arguments to the parameters: the compiler refuses a body whose
// arity or types disagree. Types are erased here and nowhere else.

import FactorLang

/// A callable of the language.
public struct Primitive: Sendable {
  public let signature: Signature
  let run: @Sendable (Context, BoundArguments) throws -> Value
  /// The same on one plain number, where that is all there is to it: called without ceremony in loops and
  /// fused over columns.
  private(set) var scalar: (@Sendable (Double) -> Double)?

  /// What a call takes, for plans.
  private(set) var cost = StageCost.perRow(20)

  /// Says what a call takes.
  func costing(_ cost: StageCost) -> Primitive {
    var copy = self
    copy.cost = cost
    return copy
  }

  /// Tells whether comparisons reach the body with both their sides.
  private(set) var keepsSides = false

  /// Asks for both sides of comparisons.
  func keepingSides() -> Primitive {
    var copy = self
    copy.keepsSides = true
    return copy
  }

  /// Tells whether members reach the body with what they are members of.
  private(set) var keepsOwner = false

  /// Asks for owners of members.
  func keepingOwner() -> Primitive {
    var copy = self
    copy.keepsOwner = true
    return copy
  }

  /// Says that the primitive is nothing but a function of one number.
  func asScalar(_ function: @escaping @Sendable (Double) -> Double) -> Primitive {
    var copy = self
    copy.scalar = function
    return copy
  }

  /// Declares a primitive; the parameter that flows in, if there is one, stands first.
  init<each Input: Sendable, Output: Bridged>(
    _ name: String, topic: Topic, _ summary: String, _ parameter: repeat Parameter<each Input>,
    returns result: String, effect: SchemaEffect = .none, isColumnFunction: Bool = false,
    variants: Variants? = nil, timing: FunctionTiming = .latest, isEffect: Bool = false,
    needsPanel: Bool = false, alternatives: [[String]] = [], needsColumns: [String] = [],
    examples: [String],
    body: @escaping @Sendable (Context, repeat each Input) throws -> Output
  ) {
    var receiver: Type?
    var infos: [ParameterInfo] = []
    for parameter in repeat each parameter {
      if parameter.isReceiver {
        receiver = parameter.info.type
      } else {
        infos.append(parameter.info)
      }
    }
    signature = Signature(
      name, topic: topic.rawValue, summary: summary, parameters: infos, receiver: receiver,
      result: Output.type, resultSentence: result, examples: examples.map { Example($0) },
      effect: effect, variants: variants, isColumnFunction: isColumnFunction, timing: timing,
      isEffect: isEffect, needsPanel: needsPanel, alternatives: alternatives,
      needsColumns: needsColumns)
    run = { context, bound in
      var cursor = ArgumentCursor(bound)
      return try body(context, repeat try cursor.next(each parameter)).value
    }
  }
}

/// The headings under which help lists primitives.
enum Topic: String, Sendable, CaseIterable {
  case data = "Data in and out"
  case columns = "Columns"
  case panels = "Panels"
  case tables = "Tables"
  case models = "Models"
  case evaluation = "Evaluation"
  case portfolios = "Portfolios"
  case plots = "Plots"
  case math = "Numbers"
  case lists = "Lists and texts"
  case lessons = "Lessons"
  case session = "Session"
}

/// Hands bound arguments to parameters in order, and blames the right one.
private struct ArgumentCursor {
  private let bound: BoundArguments
  private var position = 0

  init(_ bound: BoundArguments) { self.bound = bound }

  mutating func next<Input>(_ parameter: Parameter<Input>) throws -> Input {
    if parameter.isReceiver {
      if let receiver = bound.receiver, let input = parameter.convert([.value(receiver)]) {
        return input
      }
      let found = bound.receiver?.type.phrase ?? "nothing"
      throw Fault(
        .wrongInflow, "this takes \(parameter.info.type.phrase), but \(found) flows in")
    }
    defer { position += 1 }
    let given = bound.arguments[position]
    guard let input = parameter.convert(given) else {
      var found = "something else"
      if case .value(let value)? = given.first { found = value.type.phrase }
      throw Fault(
        .wrongType, "`\(parameter.info.name)` takes \(Self.wanted(parameter.info)), not \(found)",
        parameter: parameter.info.name)
    }
    try checkRange(parameter.info, given)
    return input
  }

  private static func wanted(_ info: ParameterInfo) -> String {
    if let choices = info.choices { return "one of " + choices.map(\.word).joined(separator: ", ") }
    if info.unit == "months" { return "calendar months such as 3m, 1q or 2y" }
    if info.unit == "periods" { return "periods such as 3m, 1q, 2y or, on daily panels, 21d" }
    return info.type.phrase
  }

  private func checkRange(_ info: ParameterInfo, _ given: [BoundArgument]) throws {
    guard case .value(let value)? = given.first, let number = Double(value) else { return }
    let low = info.minimum ?? -.infinity
    let high = info.maximum ?? .infinity
    guard number < low || number > high else { return }
    throw Fault(
      .outOfRange,
      "`\(info.name)` must lie in \(info.rangeText ?? ""), not \(ValueText.short(value))",
      parameter: info.name)
  }
}
