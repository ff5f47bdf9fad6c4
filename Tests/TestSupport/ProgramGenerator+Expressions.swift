// Expressions of each type, ever smaller with depth.

extension ProgramGenerator {
  mutating func expression(_ kind: Kind, _ depth: Int) -> String {
    switch kind {
    case .number: return number(depth)
    case .truth: return truth(depth)
    case .text: return text(depth)
    case .list: return list(depth)
    case .record: return record(depth)
    case .month: return month(depth)
    case .span: return numbers.pick(["3m", "1y", "2q", "12m"])
    case .function: return lambda(depth)
    }
  }

  private mutating func variable(_ kind: Kind) -> String? {
    let names = variables.filter { $0.kind == kind }.map(\.name)
    return names.isEmpty || numbers.once(in: 2) ? nil : numbers.pick(names)
  }

  // MARK: Numbers

  mutating func number(_ depth: Int) -> String {
    guard depth > 0 else { return variable(.number) ?? plainNumber() }
    let next = depth - 1
    switch numbers.below(14) {
    case 0: return plainNumber()
    case 1: return variable(.number) ?? plainNumber()
    case 2, 3: return operation(next)
    case 4: return "-\(Gap.may)\(atom(next))"
    case 5: return "(\(Gap.free)\(number(next))\(Gap.free))"
    case 6:
      return "(if\(Gap.must)\(truth(next))\(Gap.must)then\(Gap.must)\(number(next))"
        + "\(Gap.must)else\(Gap.must)\(number(next)))"
    case 7: return "abs(\(Gap.free)\(number(next))\(Gap.free))"
    case 8: return functions.isEmpty ? plainNumber() : "\(numbers.pick(functions))(\(number(next)))"
    case 9: return "(\(number(next))\(Gap.must)catch\(Gap.must)\(fallback(next)))"
    case 10: return "(\(atom(next))\(Gap.may)??\(Gap.may)\(atom(next)))"
    case 11: return variable(.record).map { "\($0).a" } ?? plainNumber()
    case 12: return block(.number, next)
    default: return variable(.function).map { "\($0)(\(number(next)))" } ?? plainNumber()
    }
  }

  private mutating func plainNumber() -> String {
    switch numbers.below(8) {
    case 0: return "\(numbers.below(1_000)).\(numbers.below(100))"
    case 1: return "1_\(100 + numbers.below(900))"
    case 2: return "\(numbers.below(9))k"
    case 3: return "2e-\(1 + numbers.below(9))"
    case 4: return "\(numbers.below(90))%"
    case 5: return "na"
    default: return "\(numbers.below(100))"
    }
  }

  private mutating func atom(_ depth: Int) -> String {
    variable(.number) ?? (numbers.once(in: 2) ? "\(numbers.below(50))" : "(\(number(depth)))")
  }

  private mutating func operation(_ depth: Int) -> String {
    let sign = numbers.pick(["+", "-", "*", "/", "+", "^"])
    let right = sign == "^" ? "\(numbers.below(3))" : atom(depth)
    return "\(atom(depth))\(Gap.may)\(sign)\(Gap.may)\(right)"
  }

  private mutating func fallback(_ depth: Int) -> String {
    numbers.once(in: 3) ? "e\(Gap.may)->\(Gap.may)\(number(depth))" : number(depth)
  }

  // MARK: Truth and text

  mutating func truth(_ depth: Int) -> String {
    guard depth > 0 else { return variable(.truth) ?? numbers.pick(["true", "false"]) }
    let next = depth - 1
    switch numbers.below(8) {
    case 0: return variable(.truth) ?? "true"
    case 1: return "not\(Gap.must)(\(truth(next)))"
    case 2: return "(\(truth(next)))\(Gap.must)and\(Gap.must)(\(truth(next)))"
    case 3: return "(\(truth(next)))\(Gap.must)or\(Gap.must)(\(truth(next)))"
    case 4: return "\(atom(next))\(Gap.must)is\(Gap.must)\(numbers.pick(["na", "not na"]))"
    case 5:
      return "\(atom(next))\(Gap.must)in\(Gap.must)\(numbers.pick(["1..9", "[1, 2]", "1..<5"]))"
    case 6: return "0\(Gap.may)<\(Gap.may)\(atom(next))\(Gap.may)<=\(Gap.may)\(atom(next))"
    default:
      return
        "\(atom(next))\(Gap.may)\(numbers.pick(["==", "!=", ">=", "<"]))\(Gap.may)\(atom(next))"
    }
  }

  mutating func text(_ depth: Int) -> String {
    switch depth > 0 ? numbers.below(7) : 0 {
    case 0:
      return numbers.pick(["\"plain\"", "\"\"", "\"a\\n\\{b\\}\"", "\"é # no\"", "r\"a\\b{c}\""])
    case 1: return "\"\"\"\n  one\n   two # no\n  \"\"\""
    case 2: return variable(.text) ?? "\"none\""
    case 3: return "\"sum { \(hole(depth)) }, \(numbers.below(9))\""
    case 4: return "\"\(numbers.below(9)) {\(hole(depth)):.2} {\(hole(depth)):%}\""
    case 5: return "\"month {2004-12:mmm yyyy} and {\"inner {\(hole(depth))}\"}\""
    default: return "\"{[\(hole(depth)), 2]}\""
    }
  }

  /// An expression that may stand in a string, where nothing is broken over lines.
  private mutating func hole(_ depth: Int) -> String {
    variable(.number) ?? "\(numbers.below(9)) + \(numbers.below(9))"
  }

  // MARK: Collections, months, functions

  mutating func list(_ depth: Int) -> String {
    switch depth > 0 ? numbers.below(5) : 0 {
    case 0: return "[1,\(Gap.free)2,\(Gap.may)3\(numbers.pick(["", ","]))\(Gap.free)]"
    case 1: return variable(.list) ?? "[0.5]"
    case 2:
      let name = newName()
      variables.append((name, .number))
      let body = block(.number, depth - 1)
      variables.removeLast()
      return
        "for\(Gap.must)\(name)\(Gap.must)in\(Gap.must)1..\(2 + numbers.below(4))\(Gap.must)\(body)"
    default:
      let items = (0...numbers.below(4)).map { _ in number(depth - 1) }
      return "[\(Gap.free)\(items.joined(separator: ",\(Gap.free)"))\(Gap.free)]"
    }
  }

  mutating func record(_ depth: Int) -> String {
    if numbers.once(in: 3), let other = variable(.record) {
      return "{..\(other),\(Gap.free)a\(Gap.may):\(Gap.may)\(number(max(0, depth - 1)))}"
    }
    return "{\(Gap.free)a:\(Gap.may)\(number(max(0, depth - 1))),\(Gap.free)name\(Gap.may):"
      + "\(Gap.may)\(text(0))\(Gap.free)}"
  }

  mutating func month(_ depth: Int) -> String {
    let plain = variable(.month) ?? "\(1990 + numbers.below(30))-0\(1 + numbers.below(9))"
    guard depth > 0, numbers.once(in: 2) else { return plain }
    return "\(plain)\(Gap.must)\(numbers.pick(["+", "-"]))\(Gap.must)\(1 + numbers.below(20))m"
  }

  mutating func lambda(_ depth: Int) -> String {
    let name = newName()
    variables.append((name, .number))
    let body = number(max(0, depth - 1))
    variables.removeLast()
    let head = numbers.once(in: 3) ? "(\(name))" : name
    return "\(head)\(Gap.may)->\(Gap.may)\(body)"
  }

  /// Statements in braces, the last one of the kind asked for.
  mutating func block(_ kind: Kind, _ depth: Int) -> String {
    let saved = variables
    var lines: [String] = []
    for _ in 0..<numbers.below(3) {
      let value = number(max(0, depth - 1))
      let name = newName()
      variables.append((name, .number))
      lines.append("\(name)\(Gap.may)=\(Gap.may)\(value)")
    }
    lines.append(expression(kind, max(0, depth - 1)))
    variables = saved
    return "{\(Gap.line)\(lines.joined(separator: Gap.end))\(Gap.line)}"
  }
}
