// Walks an expression tree to a value. Inside a column expression bare names are columns; the rest of
// the walk is the same.

import FactorLang
import FactorRuntime

struct Walker {
  let evaluator: Evaluator
  var environment: Environment
  let source: Source
  /// The rows whose columns bare names mean; nil outside column expressions.
  let rows: (any ColumnSource)?
  /// Parameters of lambdas around the expression, nearest last.
  var locals: [(name: String, value: Value)] = []

  /// Computes an expression; a fault gets the innermost place that is known.
  func value(_ expression: Expression) throws -> Value {
    do { return try compute(expression) } catch {
      throw Fault(error).at(expression.span, in: source)
    }
  }

  private func compute(_ expression: Expression) throws -> Value {
    switch expression.kind {
    case .literal(let literal): return Value(literal)
    case .interpolation(let pieces): return try interpolate(pieces)
    case .name(let name): return try lookup(name, expression.span)
    case .variable(let name): return try variable(name)
    case .it:
      guard let last = environment.last else {
        throw Fault(.unknownName, "there is no last result yet")
      }
      return last
    case .list(let items): return .list(try items.map(value))
    case .record(let entries): return try record(entries)
    case .group(let pipeline): return try nested(pipeline)
    case .block(let block): return try run(block)
    case .member(let base, let name): return try member(base, name, expression)
    case .call(let callee, let arguments): return try call(callee, arguments, expression)
    case .subscripted(let base, let slices): return try subscripted(base, slices)
    case .unary(let operation, let operand):
      let inner = try value(operand)
      return operation == .negate ? try Operators.negate(inner) : Operators.not(inner)
    case .binary(let operation, let left, let right, let span):
      return try binary(operation, left, right, span)
    case .comparison(let first, let links): return try compare(first, links)
    case .missingTest(let operand, let isNegated): return try missingTest(operand, isNegated)
    case .range(let range): return try rangeValue(range)
    case .conditional(let condition, let yes, let no): return try choose(condition, yes, no)
    case .comprehension(let names, let list, let body):
      return try comprehension(names, list, body)
    case .lambda(let parameters, let body): return closure(parameters, body)
    case .caught(let body, let parameter, let fallback):
      return try caught(body, parameter, fallback)
    case .invalid: return .missing
    }
  }

  // A parenthesised expression stays in the column expression; a whole pipeline does not.
  private func nested(_ pipeline: Pipeline) throws -> Value {
    if let expression = pipeline.soleExpression { return try value(expression) }
    return try evaluator.value(of: pipeline, scope, source)
  }

  /// The environment with the locals in force.
  var scope: Environment {
    var inner = environment
    for local in locals { inner[local.name] = local.value }
    return inner
  }

  private func lookup(_ name: String, _ span: Span) throws -> Value {
    if let local = locals.last(where: { $0.name == name }) { return local.value }
    if let rows {
      if let column = rows.columnOrKey(name) {
        return .column(ColumnValue(name: name, column: column))
      }
      if environment[name] != nil {
        throw Fault(
          .variableAsColumn, "`\(name)` is not a column; it is a variable",
          helps: ["use `$\(name)`"])
      }
      throw Fault(PanelError.noSuchColumn(name: name, available: rows.columnNames))
    }
    return try variable(name)
  }

  private func variable(_ name: String) throws -> Value {
    if let local = locals.last(where: { $0.name == name }) { return local.value }
    if let value = environment[name] { return value }
    if let primitive = evaluator.catalog.primitive(name), primitive.signature.receiver == nil,
      !primitive.signature.parameters.contains(where: \.isRequired)
    {
      return try evaluator.call(primitive, [], nil, scope, source, Span(at: 0), rows: rows)
    }
    let near = Suggestion.nearest(to: name, among: environment.names)
    throw Fault(
      .unknownName, "nothing is called `\(name)`", helps: near.map { ["use `\($0)`"] } ?? [])
  }

  private func record(_ entries: [RecordEntry]) throws -> Value {
    var record = Record(fields: [])
    for entry in entries {
      switch entry {
      case .field(let name, let expression): record = record.with(name.text, try value(expression))
      case .spread(let expression):
        guard case .record(let other) = try value(expression) else {
          throw Fault(.wrongType, "`..` copies the fields of a record").at(
            expression.span, in: source)
        }
        for field in other.fields { record = record.with(field.name, field.value) }
      }
    }
    return .record(record)
  }

  private func run(_ block: Block) throws -> Value {
    var inner = scope
    var last = Value.nothing
    for statement in block.statements { last = try evaluator.run(statement, &inner, source).value }
    return last
  }

  private func binary(
    _ operation: BinaryOperator, _ left: Expression, _ right: Expression, _ span: Span
  ) throws -> Value {
    let a = try value(left)
    if operation == .coalesce {
      if case .missing = a { return try value(right) }
      guard case .column = a else { return a }
      return try ColumnOperators.coalesce(a, try value(right))
    }
    // A settled answer needs no second operand.
    if case .bool(let flag) = a, operation == .and && !flag || operation == .or && flag { return a }
    let b = try value(right)
    do {
      switch operation {
      case .and, .or: return try Operators.logic(operation, a, b)
      default: return try Operators.arithmetic(operation, a, b)
      }
    } catch { throw Fault(error).at(span, in: source) }
  }

  private func compare(_ first: Expression, _ links: [ComparisonLink]) throws -> Value {
    var left = try value(first)
    var answer: Value?
    for link in links {
      let right = try value(link.operand)
      let step: Value
      do { step = try Operators.compare(link.comparison, left, right) } catch {
        throw Fault(error).at(link.operatorSpan, in: source)
      }
      answer = try answer.map { try Operators.logic(.and, $0, step) } ?? step
      left = right
    }
    return answer ?? left
  }

  private func missingTest(_ operand: Expression, _ isNegated: Bool) throws -> Value {
    switch try value(operand) {
    case .column(let column):
      return .column(
        ColumnValue(name: "", column: ColumnOperators.missing(column.column, negated: isNegated)))
    case .missing: return .bool(!isNegated)
    default: return .bool(isNegated)
    }
  }

  private func rangeValue(_ range: RangeExpression) throws -> Value {
    .range(
      RangeValue(
        lower: try range.lower.map(value), upper: try range.upper.map(value),
        step: try range.step.map(value), includesUpper: range.includesUpper))
  }

  private func choose(_ condition: Expression, _ yes: Expression, _ no: Expression) throws -> Value
  {
    let test = try value(condition)
    if case .column(let column) = test {
      return try ColumnOperators.choose(column.column, try value(yes), try value(no))
    }
    guard let answer = try Operators.truth(test) else { return .missing }
    return try value(answer ? yes : no)
  }

  private func closure(_ parameters: [Name], _ body: Expression) -> Value {
    .function(
      FunctionValue(
        name: nil, parameters: parameters.map { .init(name: $0.text) },
        body: .expression(body), source: source, captured: scope))
  }

  private func comprehension(_ names: [Name], _ list: Expression, _ body: Block) throws -> Value {
    let container = try value(list)
    var results: [Value] = []
    for item in try Sequences.items(of: container) {
      try evaluator.budget.check()
      var inner = self
      let parts = names.count > 1 ? try Sequences.items(of: item) : [item]
      for (name, part) in zip(names, parts) { inner.locals.append((name.text, part)) }
      results.append(try inner.run(body))
    }
    return .list(results)
  }

  private func caught(_ body: Expression, _ parameter: Name?, _ fallback: Expression) throws
    -> Value
  {
    do { return try value(body) } catch {
      let fault = Fault(error)
      if fault.code == .interrupted { throw fault }
      var inner = self
      if let parameter { inner.locals.append((parameter.text, .failure(fault))) }
      return try inner.value(fallback)
    }
  }

  private func interpolate(_ pieces: [StringPiece]) throws -> Value {
    var text = ""
    for piece in pieces {
      switch piece {
      case .text(let part): text += part
      case .hole(let expression, let format):
        text += try ValueText.formatted(try value(expression), format?.text)
      }
    }
    return .text(text)
  }

  /// A scalar as a column with that value in every row.
  func broadcast(_ value: Value, _ span: Span) throws -> Column {
    let count = rows?.rowCount ?? 0
    let always = Availability.always
    switch value {
    case .missing: return Column(numbers: [Double](repeating: .nan, count: count), known: always)
    case .text(let text):
      return Column(text: [String?](repeating: text, count: count), known: always)
    case .month(let month):
      return Column(.months([Month](repeating: month, count: count)), known: always)
    case .bool(let flag):
      return Column(
        numbers: [Double](repeating: flag ? 1 : 0, count: count), unit: .boolean, known: always)
    default:
      guard let number = Double(value) else {
        throw Fault(.wrongType, "a column is needed, not \(value.type.phrase)").at(span, in: source)
      }
      return Column(
        numbers: [Double](repeating: number, count: count), unit: value.isRatio ? .ratio : .plain,
        known: always)
    }
  }
}
