// When the value of a column expression is known: the latest of what it is made of, moved by lags
// and leads. What cannot be told has a lower bound only, so that nothing is refused by mistake.

/// What can be told of when a value is known.
struct Availability {
  /// Periods after the row, at least.
  var offset: Int
  /// Tells whether it is exactly so.
  var isExact: Bool
  /// The part of the expression that is known latest.
  var latest: Expression?
  /// The column that part names, if it is a name.
  var column: ColumnInfo?

  /// Constants and keys.
  static let always = Availability(offset: ColumnInfo.always, isExact: true)
  /// Nothing is known.
  static let unknown = Availability(offset: ColumnInfo.always, isExact: false)

  /// The offset, if it is certain.
  var known: Int? { isExact ? offset : nil }

  func joined(_ other: Availability) -> Availability {
    var later = offset >= other.offset ? self : other
    later.isExact = isExact && other.isExact
    return later
  }
}

extension Checker {
  func availability(of expression: Expression, in schema: Schema?) -> Availability {
    switch expression.kind {
    case .literal: return .always
    case .name(let name): return availability(ofColumn: name, expression, schema)
    case .variable(let name):
      if locals[name] != nil { return .unknown }
      return scope[name]?.type.isTimeless ?? false ? .always : .unknown
    case .call(let callee, let arguments):
      return availability(ofCall: callee, arguments, expression, schema)
    case .block, .member, .comprehension, .lambda, .subscripted, .it, .invalid: return .unknown
    case .group(let pipeline):
      guard let sole = pipeline.soleExpression else { return .unknown }
      return availability(of: sole, in: schema)
    default:
      return expression.parts.reduce(Availability.always) {
        $0.joined(availability(of: $1, in: schema))
      }
    }
  }

  private func availability(
    ofColumn name: String, _ expression: Expression, _ schema: Schema?
  ) -> Availability {
    guard locals[name] == nil, let schema else { return .unknown }
    guard let known = schema.known(name) else {
      let isConstant = schema[name] == nil && catalog.constant(named: name)?.isTimeless ?? false
      return isConstant ? .always : .unknown
    }
    return Availability(offset: known, isExact: true, latest: expression, column: schema[name])
  }

  private func availability(
    ofCall callee: Expression, _ arguments: [Argument], _ whole: Expression, _ schema: Schema?
  ) -> Availability {
    var latest = Availability.always
    for argument in arguments {
      latest = latest.joined(availability(of: argument.value, in: schema))
    }
    guard let name = callee.dottedName, !isDefined(name),
      let signature = catalog.signature(named: name)
    else {
      // A function of the user may shift what it is given either way.
      return .unknown
    }
    let (parameter, sign): (String, Int)
    switch signature.timing {
    case .latest: return latest
    case .wholeSample:
      guard latest.offset > ColumnInfo.always else { return latest }
      return Availability(offset: ColumnInfo.wholeSample, isExact: true, latest: whole)
    case .shiftsEarlier(let by): (parameter, sign) = (by, -1)
    case .shiftsLater(let by): (parameter, sign) = (by, 1)
    }
    guard latest.offset > ColumnInfo.always || !latest.isExact else { return latest }
    guard let months = shift(signature, parameter, arguments), months > 0 else {
      // Durations are positive: a lead is no sooner, a lag has no lower bound.
      return sign < 0
        ? .unknown
        : Availability(
          offset: latest.offset, isExact: false, latest: latest.latest, column: latest.column)
    }
    (latest.latest, latest.column) = (whole, nil)
    if latest.offset > ColumnInfo.always { latest.offset += sign * months }
    return latest
  }

  private func shift(
    _ signature: Signature, _ parameter: String, _ arguments: [Argument]
  ) -> Int? {
    guard let bound = try? signature.bind(arguments.map(ArgumentShape.init), flows: false),
      let place = bound.index(of: parameter), let index = bound.arguments[place].first
    else { return nil }
    return periods(of: arguments[index].value)
  }

  /// Reads a duration of whole months or days that is written out or bound to one that is: as many periods
  /// of a panel whose clock it fits.
  func periods(of expression: Expression) -> Int? {
    guard case .duration(let amount, let unit)? = literal(of: expression) else { return nil }
    return unit == .day && amount.magnitude <= 1_000_000 ? amount : unit.months(amount)
  }

  /// Reads a value that is written out, here or where its name was bound.
  func literal(of expression: Expression) -> Literal? {
    switch expression.kind {
    case .literal(let literal): return literal
    case .unary(.negate, let operand): return literal(of: operand)?.negated
    case .group(let pipeline): return pipeline.soleExpression.flatMap { literal(of: $0) }
    case .name(let name), .variable(let name):
      return locals[name] == nil ? scope[name]?.fixedLiteral : nil
    default: return nil
    }
  }
}

extension DurationUnit {
  /// Counts the calendar months of a duration; nil if it has no whole number of them.
  public func months(_ amount: Int) -> Int? {
    let factor: Int
    switch self {
    case .month: factor = 1
    case .quarter: factor = 3
    case .year: factor = 12
    default: return nil
    }
    // No calendar reaches further than some ten thousand years.
    guard amount.magnitude <= 120_000 else { return nil }
    return (amount * factor).magnitude <= 120_000 ? amount * factor : nil
  }
}

extension Literal {
  /// The value with the other sign; nil if it has none.
  var negated: Literal? {
    switch self {
    case .integer(let value): return .integer(0 &- value)
    case .number(let value): return .number(-value)
    case .ratio(let value, let unit): return .ratio(-value, unit)
    case .duration(let amount, let unit): return .duration(0 &- amount, unit)
    default: return nil
    }
  }
}

extension Type {
  /// Tells whether values carry no time of their own: single values and lists of them.
  var isTimeless: Bool {
    switch self {
    case .list(let inner), .range(let inner): return inner.isTimeless
    default: return isScalar
    }
  }
}

extension Expression {
  /// The operands directly below, of kinds that compute row by row.
  fileprivate var parts: [Expression] {
    switch kind {
    case .interpolation(let pieces):
      return pieces.compactMap {
        if case .hole(let value, _) = $0 { return value } else { return nil }
      }
    case .list(let items): return items
    case .record(let entries):
      return entries.map {
        switch $0 {
        case .field(_, let value), .spread(let value): return value
        }
      }
    case .unary(_, let operand), .missingTest(let operand, _): return [operand]
    case .binary(_, let left, let right, _): return [left, right]
    case .comparison(let first, let links): return [first] + links.map(\.operand)
    case .range(let range): return [range.lower, range.upper, range.step].compactMap { $0 }
    case .conditional(let condition, let then, let otherwise): return [condition, then, otherwise]
    case .caught(let value, _, let fallback): return [value, fallback]
    default: return []
    }
  }
}
