// Functions of lists and texts: what scripts need around the numbers.

import FactorLang
import FactorRuntime

private func textFunction(
  _ name: String, _ summary: String, example: String,
  _ function: @escaping @Sendable (String) -> String
) -> Primitive {
  Primitive(
    name, topic: .lists, summary, Parameter<String>.required("text", "a text"),
    returns: "a text", examples: [example]
  ) { _, text in function(text) }
}

private func textTest(
  _ name: String, _ summary: String, example: String,
  _ function: @escaping @Sendable (String, String) -> Bool
) -> Primitive {
  Primitive(
    name, topic: .lists, summary, Parameter<String>.required("text", "a text"),
    Parameter<String>.required("part", "what is looked for"),
    returns: "true or false", examples: [example]
  ) { _, text, part in function(text, part) }
}

let listPrimitives: [Primitive] = [
  Primitive(
    "length", topic: .lists, "Counts the items of a list or range, missing ones included.",
    Parameter<Value>.required("x", "a list, range, column or text"),
    returns: "a whole number", examples: ["length([1, na, 3])"]
  ) { _, value in
    if case .text(let text) = value { return text.count }
    return try Sequences.items(of: value).count
  },
  Primitive(
    "list", topic: .lists, "Writes out the items of a range or column.",
    Parameter<Value>.required("x", "a range, column or list"), returns: "a list",
    examples: ["list(1..4)"]
  ) { _, value in try Sequences.items(of: value) },
  Primitive(
    "sort", topic: .lists, "Puts a list in order; missing items go last.",
    Parameter<[Value]>.required("list", "numbers, texts, months or dates"),
    Parameter<Bool>.value("descending", default: false, "the largest first").labelled,
    returns: "the list in order; equal items keep theirs", examples: ["sort([3, 1, 2])"]
  ) { _, items, descending in try Lists.sorted(items, descending: descending) },
  Primitive(
    "reverse", topic: .lists, "Turns a list around.",
    Parameter<[Value]>.required("list", "a list"), returns: "the list from its end",
    examples: ["reverse([1, 2, 3])"]
  ) { _, items in Array(items.reversed()) },
  Primitive(
    "distinct", topic: .lists, "Keeps the first of equal items.",
    Parameter<[Value]>.required("list", "a list"), returns: "the list without repetitions",
    examples: ["distinct([1, 2, 1])"]
  ) { _, items in Lists.distinct(items) },
  Primitive(
    "flatten", topic: .lists, "Makes one list of the items of several.",
    Parameter<[Value]>.required("lists", "a list of lists"), returns: "one list",
    examples: ["flatten(for i in 1..3 { [i, i * i] })"]
  ) { _, lists in
    lists.flatMap { item in
      if case .list(let items) = item { return items }
      return [item]
    }
  },
  Primitive(
    "zip", topic: .lists, "Pairs the items of two lists of one length.",
    Parameter<[Value]>.required("a", "a list"), Parameter<[Value]>.required("b", "a list"),
    returns: "a list of pairs",
    examples: ["for name, k in zip([\"a\", \"b\"], [1, 2]) { \"{name}{k}\" }"]
  ) { _, a, b in
    guard a.count == b.count else {
      throw Fault(
        .operandsDoNotFit, "the lists have \(a.count) and \(b.count) items", parameter: "b")
    }
    return zip(a, b).map { Value.list([$0, $1]) }
  },
  Primitive(
    "concat", topic: .lists, "Joins texts with something between.",
    Parameter<[Value]>.required("list", "a list of texts or numbers"),
    Parameter<String>.value("between", default: "", shown: "\"\"", "what goes between"),
    returns: "a text", examples: ["concat([\"a\", \"b\"], \", \")"]
  ) { _, items, between in items.map(ValueText.short).joined(separator: between) },
  Primitive(
    "text", topic: .lists, "Writes a value as text, as it is shown.",
    Parameter<Value>.required("x", "anything"), returns: "a text", examples: ["text(30bps)"]
  ) { _, value in ValueText.short(value) },
  textFunction("upper", "Writes a text in capitals.", example: "upper(\"cvra\")") {
    $0.uppercased()
  },
  textFunction("lower", "Writes a text in small letters.", example: "lower(\"CVRA\")") {
    $0.lowercased()
  },
  textTest(
    "starts_with", "Tells whether a text begins with another.",
    example: "starts_with(\"mom12m\", \"mom\")"
  ) { $0.hasPrefix($1) },
  textTest(
    "ends_with", "Tells whether a text ends with another.",
    example: "ends_with(\"mom12m\", \"12m\")"
  ) { $0.hasSuffix($1) },
  textTest(
    "contains", "Tells whether a text holds another.", example: "contains(\"mom12m\", \"12\")"
  ) { Lists.contains($0, $1) },
]

enum Lists {
  static func sorted(_ items: [Value], descending: Bool) throws -> [Value] {
    let present = items.filter { if case .missing = $0 { false } else { true } }
    if let first = present.first {
      for other in present.dropFirst() where Operators.order(first, other) == nil {
        throw Fault(
          .operandsDoNotFit,
          "\(first.type.phrase) and \(other.type.phrase) have no common order", parameter: "list")
      }
    }
    // Stable: equal items keep their order.
    let order = present.indices.sorted { a, b in
      let sign = Operators.order(present[a], present[b]) ?? 0
      return sign == 0 ? a < b : (sign < 0) != descending
    }
    return order.map { present[$0] }
      + [Value](repeating: .missing, count: items.count - present.count)
  }

  static func distinct(_ items: [Value]) -> [Value] {
    var kept: [Value] = []
    var seen: Set<String> = []
    for item in items where seen.insert("\(item.type) \(exact(item))").inserted {
      kept.append(item)
    }
    return kept
  }

  // Numbers that print alike may differ.
  private static func exact(_ value: Value) -> String {
    Double(value).map { "\($0)" } ?? ValueText.short(value)
  }

  static func contains(_ text: String, _ part: String) -> Bool {
    if part.isEmpty { return true }
    let (whole, wanted) = (Array(text.utf8), Array(part.utf8))
    guard wanted.count <= whole.count else { return false }
    return (0...(whole.count - wanted.count)).contains { start in
      whole[start..<(start + wanted.count)].elementsEqual(wanted)
    }
  }
}
