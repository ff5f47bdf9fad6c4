// What a body gets for the arguments that are not plain values: column expressions, names, pairs.

import FactorLang
import FactorRuntime

/// An expression over the columns of a panel, with what its variables stood for.
public struct ColumnExpression: Sendable {
  let expression: Expression
  let source: Source
  let environment: Environment
  let evaluator: Evaluator

  /// The expression as it was written.
  var text: String { source.text(expression.span) }

  /// Computes the expression for every row.
  func evaluate(on rows: any ColumnSource) throws -> Column {
    try evaluator.column(expression, of: rows, environment, source)
  }

  /// The name to give the result: the column's own, or the expression's text.
  var name: String { expression.word ?? text }
}

/// Column names, written bare, as strings or spliced with `$`.
public struct ColumnNames: Sendable {
  public var names: [String]
}

/// `name = expression` pairs.
public struct Definitions: Sendable {
  public var pairs: [(name: String, expression: ColumnExpression)]
}

/// An argument after its role was applied.
enum BoundArgument: Sendable {
  case value(Value)
  case expression(ColumnExpression)
  case names([String])
  case definition(String, ColumnExpression)
  case field(String, Value)
}

/// The arguments of one call by parameter, with the places to blame.
struct BoundArguments: Sendable {
  /// What flows in, if the callable has a receiver.
  var receiver: Value?
  var arguments: [[BoundArgument]]
  var spans: [Span?]
  /// Options that belong to variants, by name.
  var options: [(name: String, value: Value)]
}
