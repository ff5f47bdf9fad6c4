// Showing values.

import FactorLang
import FactorRuntime

let sessionPrimitives: [Primitive] = [
  Primitive(
    "show", topic: .session, "Shows a value and passes it on.",
    Parameter<Value>.flow("value", "anything"),
    Parameter<Int?>.optional("digits", "significant digits, where the value is a number").labelled
      .within(1...17),
    returns: "the value", effect: .keeps, isEffect: true, examples: ["show 1/3, digits: 10"]
  ) { context, value, digits in
    if let digits, let number = Double(value) {
      guard (1...17).contains(digits) else {
        throw Fault(.outOfRange, "`digits` must lie in 1..17, not \(digits)", parameter: "digits")
      }
      context.events.send(
        .value(.text(NumberFormat.significant(number, digits: digits)), name: nil))
    } else {
      context.events.send(.value(value, name: nil))
    }
    return value
  }
]
