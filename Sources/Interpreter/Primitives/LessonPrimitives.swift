// Verbs of lessons. A batch run prints what is said and the answers, and checks what is expected;
// it neither waits nor gives hints.

import FactorLang
import FactorRuntime

let lessonPrimitives: [Primitive] = [
  Primitive(
    "say", topic: .lessons, "Prints a text.",
    Parameter<String>.required("text", "what is said; `{x}` puts a value in"),
    returns: "nothing", isEffect: true, examples: ["say \"two and two make {2 + 2}\""]
  ) { context, text in
    context.events.send(.value(.text(text), name: nil))
    return Done()
  },
  Primitive(
    "pause", topic: .lessons, "Waits for the reader of a lesson; a script that runs goes on.",
    returns: "nothing", isEffect: true, examples: ["pause"]
  ) { _ in Done() },
  Primitive(
    "ask", topic: .lessons, "Asks a question; a script that runs prints the answer below it.",
    Parameter<String>.required("question", "the question"),
    Parameter<Value>.required("answer", "the value that answers it").labelled,
    returns: "nothing", isEffect: true,
    examples: ["ask \"How many firms are there?\", answer: toy.entities"]
  ) { context, question, answer in
    context.events.send(.value(.text(question), name: nil))
    context.events.send(.value(.text("  answer: " + Lesson.text(answer)), name: nil))
    return Done()
  },
  Primitive(
    "hint", topic: .lessons,
    "Helps with the question before it; a script that runs prints nothing.",
    Parameter<String>.required("text", "the hint"), returns: "nothing", isEffect: true,
    examples: ["hint \"Look at the largest value.\""]
  ) { _, _ in Done() },
  Primitive(
    "expect", topic: .lessons,
    "Checks that a comparison holds, value by value, and stops with both sides if not.",
    Parameter<Claim>.claim("claim", "a comparison such as x == 2, or a yes or no"),
    Parameter<Double>.value(
      "near", default: 0, in: 0...1e300, "how far apart equal numbers may be"
    ).labelled,
    returns: "nothing",
    examples: ["x = [1/3, 2/3]\nexpect x == [0.333, 0.667], near: 0.001"]
  ) { _, claim, near in
    try claim.check(near: near)
    return Done()
  }.keepingSides(),
]

enum Lesson {
  /// An answer as a reader would write it: of a column with one value, the value.
  static func text(_ value: Value) -> String {
    if case .column(let column) = value, column.column.count == 1 {
      return ValueText.short(column.column.value(at: 0))
    }
    return ValueText.short(value)
  }
}

/// What `expect` checks: a comparison with both its sides, or a truth.
enum Claim: Sendable {
  case truth(Value)
  case comparison(Value, ComparisonOperator, Value)

  private static let shownPairs = 5

  func check(near: Double) throws {
    switch self {
    case .truth(let value):
      for item in Self.items(value) ?? [value] where !Operators.isTrue(item) {
        throw Fault(
          .assertionFailed, "the claim is \(ValueText.short(value)), not true", parameter: "claim")
      }
    case .comparison(let left, let sign, let right):
      try compare(left, sign, right, near)
    }
  }

  private func compare(
    _ left: Value, _ sign: ComparisonOperator, _ right: Value, _ near: Double
  ) throws {
    let (found, wanted) = (Self.items(left), Self.items(right))
    let isMember = sign == .isIn || sign == .isNotIn
    let count = found?.count ?? (isMember ? 1 : wanted?.count ?? 1)
    let pairs = (0..<count).map { place in
      (
        found.map { $0[place] } ?? left,
        isMember ? right : wanted.flatMap { $0.count == count ? $0[place] : nil } ?? right
      )
    }
    if !isMember, let found, let wanted, found.count != wanted.count {
      throw Fault(
        .assertionFailed,
        "\(Counted.text(found.count, "value")) on the left, \(wanted.count) on the right",
        parameter: "claim")
    }
    let wrong = try pairs.indices.filter { place in
      try !Self.holds(pairs[place].0, sign, pairs[place].1, near)
    }
    guard !wrong.isEmpty else { return }
    var fault = Fault(
      .assertionFailed,
      count == 1
        ? "the claim does not hold"
        : "the claim does not hold for \(wrong.count) of \(Counted.text(count, "value"))",
      parameter: "claim")
    fault.data = TableLayout([
      .init("value", wrong.prefix(Self.shownPairs).map { "\($0 + 1)" }, .right),
      .init("left", wrong.prefix(Self.shownPairs).map { Self.exact(pairs[$0].0) }, .right),
      .init("right", wrong.prefix(Self.shownPairs).map { Self.exact(pairs[$0].1) }, .right),
    ]).lines(width: 79)
    throw fault
  }

  private static func holds(
    _ left: Value, _ sign: ComparisonOperator, _ right: Value, _ near: Double
  ) throws -> Bool {
    if sign == .equal {
      // What is missing on both sides agrees.
      if left.isMissing || right.isMissing { return left.isMissing && right.isMissing }
      if let a = Double(left), let b = Double(right) { return abs(a - b) <= near }
    }
    return Operators.isTrue(try Operators.compare(sign, left, right))
  }

  private static func items(_ value: Value) -> [Value]? {
    switch value {
    case .list(let items): items
    case .column(let column): (0..<column.column.count).map { column.column.value(at: $0) }
    default: nil
    }
  }

  // Numbers that print alike may differ.
  private static func exact(_ value: Value) -> String {
    switch value {
    case .number(let number): NumberFormat.significant(number, digits: 10)
    default: ValueText.short(value)
    }
  }
}

extension Parameter where Input == Claim {
  /// A comparison whose sides are looked at one by one.
  static func claim(_ name: String, _ sentence: String) -> Parameter {
    Parameter(
      info: ParameterInfo(name, .any, isRequired: true, sentence), isReceiver: false,
      convert: {
        switch $0.first {
        case .sides(let left, let sign, let right): .comparison(left, sign, right)
        case .value(let value): .truth(value)
        default: nil
        }
      })
  }
}
