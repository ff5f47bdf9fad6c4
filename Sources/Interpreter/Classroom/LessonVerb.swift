// Statements that are verbs of lessons, read from the tree: what they ask for is known before anything runs.

import FactorLang

/// A statement that only a lesson has.
struct LessonVerb {
  enum Kind: String {
    case lesson, say, pause, ask, hint, expect
    case attempt = "try"
  }
  let kind: Kind
  let statement: Statement
  private let arguments: [Argument]

  /// Reads a statement; nil if it is none of these verbs.
  init?(_ statement: Statement) {
    guard case .pipeline(let pipeline) = statement.kind, pipeline.stages.isEmpty else { return nil }
    let name: String?
    switch pipeline.head {
    case .command(let stage): (name, arguments) = (stage.verb, stage.arguments)
    case .expression(let value):
      switch value.kind {
      case .name(let word): (name, arguments) = (word, [])
      case .call(let callee, let list): (name, arguments) = (callee.dottedName, list)
      default: return nil
      }
    case .lastResult: return nil
    }
    guard let kind = name.flatMap(Kind.init) else { return nil }
    (self.kind, self.statement) = (kind, statement)
  }

  /// The argument without a label.
  var first: Expression? { arguments.first { $0.kind == .positional }?.value }

  /// The argument with a label.
  func option(_ name: String) -> Expression? { arguments.first { $0.label?.text == name }?.value }

  /// A yes or no that is written out.
  func flag(_ name: String) -> Bool? {
    guard case .literal(.boolean(let flag))? = option(name)?.kind else { return nil }
    return flag
  }

  /// A whole number that is written out.
  func count(_ name: String) -> Int? {
    guard case .literal(.integer(let number))? = option(name)?.kind else { return nil }
    return number
  }
}
