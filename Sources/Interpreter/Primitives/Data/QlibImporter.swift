// Expressions of Qlib in fq's words, with the direction in time of every `Ref` said aloud.
//
// Qlib writes `$close` for a column, counts windows in rows and points into the future with a negative `Ref`. Its
// grammar is a part of fq's, so fq's parser reads it.

import FactorLang
import FactorRuntime

struct QlibImporter {
  /// What was found on the way, for the user to read.
  private(set) var notes: [String] = []
  private let source: Source

  private init(_ source: Source) { self.source = source }

  /// Gives the expression in fq, and notes on time.
  static func translated(_ text: String) throws -> (text: String, notes: [String]) {
    let source = Source(name: "qlib", text: text)
    let program = Parser.parse(source)
    guard program.diagnostics.isEmpty, program.statements.count == 1,
      case .pipeline(let pipeline) = program.statements[0].kind,
      let expression = pipeline.soleExpression
    else {
      throw Fault(.wrongType, "`\(text)` is not an expression of Qlib", parameter: "text")
    }
    var importer = QlibImporter(source)
    let result = try importer.write(expression, inside: 0)
    return (result, importer.notes)
  }

  private mutating func write(_ expression: Expression, inside precedence: Int) throws -> String {
    switch expression.kind {
    case .variable(let name): return Self.isPlain(name) ? name : "`\(name)`"
    case .literal: return source.text(expression.span)
    case .group(let inner):
      guard let sole = inner.soleExpression else { throw unknown(expression) }
      return try write(sole, inside: precedence)
    case .unary(let operation, let operand):
      let word = operation == .negate ? "-" : "not "
      return word + (try write(operand, inside: 9))
    case .binary(let operation, let left, let right, _):
      let own = Self.precedence(operation)
      let text =
        "\(try write(left, inside: own)) \(operation.rawValue) \(try write(right, inside: own + 1))"
      return own < precedence ? "(\(text))" : text
    case .comparison(let first, let links):
      var text = try write(first, inside: 5)
      for link in links {
        text += " \(link.comparison.rawValue) \(try write(link.operand, inside: 5))"
      }
      return precedence > 4 ? "(\(text))" : text
    case .call(let callee, let arguments):
      return try call(callee, arguments.map(\.value), expression, inside: precedence)
    default: throw unknown(expression)
    }
  }

  private static func isPlain(_ name: String) -> Bool {
    name.utf8.allSatisfy { $0 == 0x5F || ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A || $0 < 0x3A }
  }

  private static func precedence(_ operation: BinaryOperator) -> Int {
    switch operation {
    case .coalesce, .or: 2
    case .and: 3
    case .add, .subtract: 6
    case .multiply, .divide: 7
    case .power: 8
    }
  }

  private func unknown(_ expression: Expression) -> Fault {
    Fault(
      .unknownName, "`\(source.text(expression.span))` has no counterpart in fq",
      helps: ["the functions known are \(Self.known.sorted().joined(separator: ", "))"],
      parameter: "text")
  }

  // MARK: Functions

  private static let windows = [
    "Mean": "ts.mean", "Sum": "ts.sum", "Std": "ts.std", "Max": "ts.max", "Min": "ts.min",
    "Med": "ts.median", "Rank": "ts.rank", "Delta": "ts.delta", "WMA": "ts.decay",
    "Skew": "ts.skew", "IdxMax": "ts.argmax", "IdxMin": "ts.argmin", "Corr": "ts.corr",
    "Cov": "ts.cov",
  ]
  private static let functions = ["Abs": "abs", "Log": "log", "Sign": "sign"]
  private static let comparisons = [
    "Gt": ">", "Ge": ">=", "Lt": "<", "Le": "<=", "Eq": "==", "Ne": "!=", "And": "and",
    "Or": "or", "Add": "+", "Sub": "-", "Mul": "*", "Div": "/", "Power": "^",
  ]
  private static var known: [String] {
    Array(windows.keys) + Array(functions.keys) + Array(comparisons.keys)
      + ["Ref", "If", "Not", "Greater", "Less"]
  }

  private mutating func call(
    _ callee: Expression, _ arguments: [Expression], _ whole: Expression, inside precedence: Int
  ) throws -> String {
    guard let name = callee.word else { throw unknown(whole) }
    if name == "Ref", arguments.count == 2 { return try reference(arguments, whole) }
    if let window = Self.windows[name], let last = arguments.last, arguments.count >= 2 {
      let inputs = try arguments.dropLast().map { try write($0, inside: 0) }
      return "\(window)(\((inputs + [try months(last)]).joined(separator: ", ")))"
    }
    let parts = try arguments.map { try write($0, inside: 9) }
    switch (name, parts.count) {
    case (_, 1) where Self.functions[name] != nil:
      return "\(Self.functions[name] ?? name)(\(try write(arguments[0], inside: 0)))"
    case (_, 2) where Self.comparisons[name] != nil:
      return "(\(parts[0]) \(Self.comparisons[name] ?? "") \(parts[1]))"
    case ("Not", 1): return "(not \(parts[0]))"
    case ("If", 3): return "(if \(parts[0]) then \(parts[1]) else \(parts[2]))"
    case ("Greater", 2): return "(if \(parts[0]) > \(parts[1]) then \(parts[0]) else \(parts[1]))"
    case ("Less", 2): return "(if \(parts[0]) < \(parts[1]) then \(parts[0]) else \(parts[1]))"
    default: throw unknown(whole)
    }
  }

  private mutating func reference(_ arguments: [Expression], _ whole: Expression) throws -> String {
    guard let periods = wholeNumber(arguments[1]) else { throw unknown(whole) }
    let inner = try write(arguments[0], inside: 0)
    let written = source.text(whole.span)
    guard periods != 0 else {
      throw Fault(
        .wrongType, "`\(written)` is the first value of the series in Qlib",
        helps: ["for the value itself write \(inner)"], parameter: "text")
    }
    if periods > 0 {
      notes.append("\(written) looks \(periods) back: lag, known in time")
      return "lag(\(inner), \(periods)m)"
    }
    notes.append("\(written) looks \(-periods) ahead: lead, a target and nothing else")
    return "lead(\(inner), \(-periods)m)"
  }

  private func months(_ window: Expression) throws -> String {
    guard let count = wholeNumber(window), count > 0 else { throw unknown(window) }
    return "\(count)m"
  }

  private func wholeNumber(_ expression: Expression) -> Int? {
    switch expression.kind {
    case .literal(.integer(let number)): number
    case .unary(.negate, let operand): wholeNumber(operand).map { -$0 }
    default: nil
    }
  }
}

let importPrimitives: [Primitive] = [
  Primitive(
    "qlib", topic: .columns,
    "Writes an expression of Qlib in fq and says which way each Ref points.",
    Parameter<String>.required("text", "the expression, such as Ref($close, 1) / $close"),
    returns: "the expression as text; windows count rows there and months here",
    examples: ["qlib(r\"Ref($close, -2) / Ref($close, -1) - 1\")"]
  ) { context, text in
    let result = try QlibImporter.translated(text)
    for note in result.notes { context.note(note) }
    return result.text
  }
]
