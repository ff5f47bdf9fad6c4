// What a body gets for the arguments that are not plain values: column expressions, names, pairs.

import FactorLang
import FactorRuntime

/// An expression over the columns of a panel, with the values its variables had.
public struct ColumnExpression: Sendable {
  let code: Routine
  let captures: [Value]
  let expression: Expression
  let source: Source
  let evaluator: Evaluator
  let seed: UInt64
  let depth: Int

  /// The expression as it was written.
  var text: String { source.text(expression.span) }

  /// Computes the expression for every row.
  func evaluate(on rows: any ColumnSource) throws -> Column { try counted(on: rows).column }

  /// Computes the expression for every row, and counts the results that are undefined although nothing
  /// they were computed from was missing.
  func counted(on rows: any ColumnSource) throws -> (column: Column, undefined: Int) {
    let value = try value(on: rows)
    if case .column(let column) = value.result { return (column.column, value.undefined) }
    do { return (try Broadcast.column(value.result, rows: rows.rowCount), 0) } catch {
      throw Fault(error).at(expression.span, in: source)
    }
  }

  /// Computes the expression over rows as it is: a column, or a number such as a mean.
  func value(on rows: any ColumnSource) throws -> (result: Value, undefined: Int) {
    let machine = Machine(evaluator, rows: rows, seed: seed, depth: depth)
    let result = try machine.run(code, from: 0, captures: captures)
    return (result, machine.undefined)
  }

  /// When the latest of the columns it names is known; always where it names none.
  func latest(in rows: any ColumnSource) -> Int {
    var latest = Availability.always
    FactorLang.Node.expression(expression).walk { node in
      if case .expression(let part) = node, case .name(let name) = part.kind,
        let column = rows.columnOrKey(name)
      {
        latest = max(latest, column.known)
      }
      return true
    }
    return latest
  }

  /// The name to give the result: the column's own, or the expression's text.
  var name: String { expression.word ?? text }
}

/// A scalar as a column with that value in every row.
enum Broadcast {
  static func column(_ value: Value, rows: Int) throws -> Column {
    let always = Availability.always
    switch value {
    case .missing: return Column(numbers: [Double](repeating: .nan, count: rows), known: always)
    case .text(let text):
      return Column(text: [String?](repeating: text, count: rows), known: always)
    case .month(let month):
      return Column(.months([Period](repeating: month, count: rows)), known: always)
    case .date(let date):
      return Column(.dates([CalendarDate](repeating: date, count: rows)), known: always)
    case .bool(let flag):
      return Column(
        numbers: [Double](repeating: flag ? 1 : 0, count: rows), unit: .boolean, known: always)
    default:
      guard let number = Double(value) else {
        throw Fault(.wrongType, "a column is needed, not \(value.type.phrase)")
      }
      return Column(
        numbers: [Double](repeating: number, count: rows), unit: value.isRatio ? .ratio : .plain,
        known: always)
    }
  }
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
  /// Both sides of a comparison, not yet compared.
  case sides(Value, ComparisonOperator, Value)
  /// A member with what it is a member of.
  case member(owner: Value, name: String, value: Value)
}

/// The arguments of one call, by parameter.
struct BoundArguments: Sendable {
  /// What flows in, if the callable has a receiver.
  var receiver: Value?
  var arguments: [[BoundArgument]]
  /// Options that belong to variants, by name.
  var options: [(name: String, value: Value)]
}
