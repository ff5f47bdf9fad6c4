// Parameters of scripts from outside: `fq run fit.fq k=3 cost=10bps`.

import FactorLang
import FactorRuntime

/// Texts given for parameters, by name.
public struct ParameterValues: Sendable {
  private let given: [(name: String, text: String)]

  /// Creates a set; none by default.
  public init(_ given: [(name: String, text: String)] = []) { self.given = given }

  subscript(name: String) -> String? { given.last { $0.name == name }?.text }

  /// The names and texts, as given.
  var all: [(name: String, text: String)] { given }

  /// Complains of the first name that the script does not declare.
  func unknown(in program: Program) -> Diagnostic? {
    let declared = program.statements.compactMap { statement -> String? in
      if case .parameter(let declaration) = statement.kind { return declaration.name.text }
      return nil
    }
    for (name, text) in given where !declared.contains(name) {
      let source = Self.source(name, text)
      var diagnostic = Diagnostic(
        .unknownParameter, "the script has no parameter `\(name)`",
        at: Label(source, Span(0, name.utf8.count), ""))
      if let near = Suggestion.nearest(to: name, among: declared) {
        diagnostic.helps = [Help("use `\(near)`")]
      }
      diagnostic.notes = [
        declared.isEmpty
          ? "it declares none" : "it declares \(declared.joined(separator: ", "))"
      ]
      return diagnostic
    }
    return nil
  }

  private static func source(_ name: String, _ text: String) -> Source {
    Source(name: "command line", text: "\(name)=\(text)")
  }

  /// Reads a text as the parameter's type and checks it.
  func value(
    _ text: String, _ declaration: ParameterDeclaration, _ fallback: Value, _ allowed: Value?,
    _ script: Source, _ evaluator: Evaluator
  ) throws -> Value {
    let name = declaration.name.text
    let place = Self.source(name, text)
    let span = Span(name.utf8.count + 1, name.utf8.count + 1 + text.utf8.count)
    let wanted = declaration.type.flatMap { Type(named: $0.text) } ?? fallback.type
    if wanted == .text {
      let value = Value.text(text)
      try Self.check(value, declaration, allowed, script.text).map { throw $0.at(span, in: place) }
      return value
    }
    let program = Parser.parse(Source(name: "command line", text: text))
    guard program.diagnostics.isEmpty, program.statements.count == 1,
      case .pipeline(let pipeline) = program.statements[0].kind,
      let expression = pipeline.soleExpression, expression.isLiteral
    else {
      throw Fault(
        .wrongType, "`\(name)` takes \(wanted.phrase), and `\(text)` is none"
      ).at(span, in: place)
    }
    let value = try evaluator.value(of: expression, Environment(), program.source)
    try Self.check(value, declaration, allowed, script.text).map { throw $0.at(span, in: place) }
    return value
  }

  /// The fault of a value that its declaration does not admit.
  static func check(
    _ value: Value, _ declaration: ParameterDeclaration, _ allowed: Value?,
    _ words: (Span) -> String
  ) throws -> Fault? {
    let name = declaration.name.text
    if let type = declaration.type.flatMap({ Type(named: $0.text) }),
      !value.type.isAssignable(to: type)
    {
      return Fault(
        .wrongType, "`\(name)` takes \(type.phrase), not \(value.type.phrase)")
    }
    guard let allowed, let span = declaration.allowed?.span else { return nil }
    if Operators.isTrue(try Operators.membership(value, allowed)) { return nil }
    return Fault(
      .outOfRange, "`\(name)` must lie in \(words(span)), not \(ValueText.short(value))")
  }
}

extension Expression {
  /// Tells whether the expression is a value written out.
  fileprivate var isLiteral: Bool {
    switch kind {
    case .literal: true
    case .unary(.negate, let operand): operand.isLiteral
    case .list(let items): items.allSatisfy(\.isLiteral)
    case .range(let range):
      [range.lower, range.upper, range.step].allSatisfy { $0?.isLiteral ?? true }
    default: false
    }
  }
}
