// Verbs of lessons. A batch run prints what is said and the answers, and checks what is expected;
// it neither waits nor gives hints. What `fq teach` and `fq demo` make of them is in Classroom.

import FactorLang
import FactorRuntime

let lessonPrimitives: [Primitive] = [
  Primitive(
    "lesson", topic: .lessons,
    "Names the lesson that a script is and says how it is taught; a script that runs goes on.",
    Parameter<String>.required("title", "what the list of lessons shows"),
    Parameter<Int>.value("minutes", default: 5, in: 1...600, "how long it takes").labelled,
    Parameter<Bool>.value("reveal", default: true, "whether `reveal` shows the solutions")
      .labelled,
    Parameter<Bool>.value(
      "guided", default: false, "whether the learner types the statements that others are shown"
    ).labelled,
    returns: "nothing", isEffect: true, examples: ["lesson \"Ranks and sorts\", minutes: 8"]
  ) { _, _, _, _, _ in Done() },
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
    "try", topic: .lessons,
    "Invites the learner to type a line that no script can hold, such as a mistake; a script that runs goes on.",
    Parameter<String>.required("line", "the line, such as ?deciles or one that is refused"),
    returns: "nothing", isEffect: true, examples: ["try \"?rank_normalize\""]
  ) { _, _ in Done() },
  Primitive(
    "ask", topic: .lessons, "Asks a question; a script that runs prints the answer below it.",
    Parameter<String>.required("question", "the question"),
    Parameter<Value>.required("answer", "the value that answers it").labelled,
    Parameter<[String]>.value(
      "choices", default: [], "texts to choose from; the answer is one of them"
    )
    .labelled,
    Parameter<Double>.value(
      "near", default: 0, in: 0...1e300,
      "how far off a number may be; one that is rounded to two digits or more always counts"
    ).labelled,
    returns: "nothing", isEffect: true,
    examples: [
      "ask \"How many firms are there?\", answer: toy.entities",
      "ask \"Which is known first?\", answer: \"mom\", choices: [\"mom\", \"ret\"]",
    ]
  ) { context, question, answer, choices, _ in
    if !choices.isEmpty, !choices.contains(where: { String(answer) == $0 }) {
      throw Fault(
        .unknownChoice, "the answer `\(Answer.text(answer))` is none of the choices",
        parameter: "answer")
    }
    for line in [question] + Answer.numbered(choices) + ["  answer: " + Answer.text(answer)] {
      context.events.send(.value(.text(line), name: nil))
    }
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
