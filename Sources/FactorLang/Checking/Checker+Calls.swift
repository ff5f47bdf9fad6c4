// Calls: arity, labels, types, ranges and choices of arguments, all through `Signature.bind`.

extension Checker {
  /// A call of a verb or function, from a stage or from an expression.
  struct Call {
    let signature: Signature
    let verb: String
    let nameSpan: Span
    let arguments: [Argument]
    var inflow: Inflow?
    var span: Span?
  }

  mutating func check(_ call: Call, _ context: Context) -> Type {
    let signature = call.signature
    if let wanted = signature.receiver, let inflow = call.inflow,
      !inflow.type.isAssignable(to: wanted)
    {
      reportInflow(call, wanted, inflow)
      return .error
    }
    do {
      let shapes = call.arguments.map(ArgumentShape.init)
      let bound = try signature.bind(shapes, flows: call.inflow != nil)
      return check(call, bound, context)
    } catch {
      let options = signature.parameters.filter { !$0.takesDefinitions }.map(\.name)
      found.append(
        error.diagnostic(
          verb: call.verb, nameSpan: call.nameSpan, arguments: call.arguments,
          parameters: options, in: source))
      return signature.result.with(nil)
    }
  }

  private mutating func reportInflow(_ call: Call, _ wanted: Type, _ inflow: Inflow) {
    var keep: Help?
    if let base = inflow.base, let span = call.span, infer(base, .plain).isAssignable(to: wanted) {
      let text = source.text(base.span)
      keep = Help(
        "keep the \(infer(base, .plain).plainName):  \(text) | \(source.text(span))",
        fix: Fix("keep it whole", [Edit(source, inflow.location.span, text)]))
    }
    report(
      .wrongInflow(
        verb: call.verb, accepts: wanted, found: inflow.type, from: inflow.location, keep: keep),
      at: call.nameSpan)
  }

  private mutating func check(_ call: Call, _ bound: BoundCall, _ context: Context) -> Type {
    var receiver = call.inflow?.type
    if case .argument(let index) = bound.receiver {
      let value = call.arguments[index].value
      let type = infer(value, context)
      receiver = type
      if let wanted = call.signature.receiver, !context.isColumns, !type.isAssignable(to: wanted) {
        let from = Location(source, value.span)
        report(
          .wrongInflow(verb: call.verb, accepts: wanted, found: type, from: from, keep: nil),
          at: call.nameSpan)
        return .error
      }
    }
    var inner = context
    if call.signature.receiver != nil, let receiver, !context.isColumns {
      inner = .columns(receiver, verb: call.verb)
    }
    var effects = EffectFacts(schema: receiver?.schema)
    for (parameter, indices) in zip(bound.parameters, bound.arguments) {
      for index in indices {
        let argument = call.arguments[index]
        check(argument, parameter, isSwept: bound.isSwept, context, inner, &effects)
      }
    }
    return result(of: call, bound, receiver, effects)
  }

  /// What the arguments say about the columns of the result.
  struct EffectFacts {
    /// The columns flowing in, with those defined so far.
    var schema: Schema?
    var defined: [ColumnInfo] = []
    /// The names given to each parameter of names; nil if not all are known.
    var names: [String: [String]?] = [:]
    var fields: [ColumnInfo] = []
  }

  private mutating func check(
    _ argument: Argument, _ parameter: ParameterInfo, isSwept: Bool, _ context: Context,
    _ inner: Context, _ facts: inout EffectFacts
  ) {
    let value = argument.value
    switch parameter.role {
    case .columnExpression: checkColumnExpression(value, parameter, inner)
    case .columnNames:
      let names = columnNames(value, inner)
      let before = facts.names[parameter.name] ?? []
      facts.names[parameter.name] = .some(before.flatMap { known in names.map { known + $0 } })
    case .definitions:
      let current = facts.schema
      var place = inner
      if case .columns(let receiver, let verb) = inner {
        place = .columns(receiver.with(current), verb: verb)
      }
      let type = infer(value, place).element
      guard let name = argument.label else { return }
      let column = ColumnInfo(name.text, type, definedAt: Location(source, name.span))
      facts.defined.append(column)
      facts.schema?.add(column)
    case .fields:
      var type = infer(value, .plain).element
      if case .list(let members) = type { type = members }
      if let name = argument.label {
        let place = Location(source, name.span)
        facts.fields.append(ColumnInfo(name.text, type, definedAt: place))
      }
    case .choice: checkChoice(value, parameter, isSwept: isSwept)
    case .value: checkValue(value, parameter, isSwept: isSwept, context)
    }
  }

  private mutating func checkColumnExpression(
    _ value: Expression, _ parameter: ParameterInfo, _ context: Context
  ) {
    let type = infer(value, context).element
    let wanted = parameter.type.element
    if fits(value, type, wanted) || !type.isScalar { return }
    let fault: CheckFault =
      wanted == .bool
      ? .notACondition(type)
      : .wrongType(parameter: parameter.name, wanted: wanted, found: type)
    report(fault, at: value.span)
  }

  // MARK: Values and choices

  private mutating func checkValue(
    _ value: Expression, _ parameter: ParameterInfo, isSwept: Bool, _ context: Context
  ) {
    let type = infer(value, context)
    if isSwept, checkSwept(value, type, parameter) { return }
    if !fits(value, type, parameter.type), !(context.isColumns && type.isScalar == false) {
      report(
        .wrongType(parameter: parameter.name, wanted: parameter.type, found: type), at: value.span)
      return
    }
    checkRange(value, parameter)
  }

  /// Checks the members of a range or list of settings to go through.
  private mutating func checkSwept(
    _ value: Expression, _ type: Type, _ parameter: ParameterInfo
  ) -> Bool {
    switch value.kind {
    case .range(let range):
      for bound in [range.lower, range.upper] { if let bound { checkRange(bound, parameter) } }
      return true
    case .list(let items):
      for item in items { checkRange(item, parameter) }
      return true
    default:
      switch type {
      case .range, .list: return true
      default: return false
      }
    }
  }

  /// Tells whether a value may fit: a number known only by type may turn out whole.
  func fits(_ value: Expression, _ type: Type, _ wanted: Type) -> Bool {
    if type.isAssignable(to: wanted) { return true }
    if type == .number, value.number == nil, Type.integer.isAssignable(to: wanted) { return true }
    if type == .number, let number = value.number, number.asWhole != nil,
      Type.integer.isAssignable(to: wanted)
    {
      return true
    }
    return false
  }

  private mutating func checkRange(_ value: Expression, _ parameter: ParameterInfo) {
    guard let number = value.number else { return }
    let isLow = parameter.minimum.map { number < $0 } ?? false
    let isHigh = parameter.maximum.map { number > $0 } ?? false
    if isLow || isHigh {
      report(.outOfRange(parameter: parameter, shown: source.text(value.span)), at: value.span)
    }
  }

  private mutating func checkChoice(
    _ value: Expression, _ parameter: ParameterInfo, isSwept: Bool
  ) {
    if case .list(let items) = value.kind,
      isSwept || parameter.isVariadic || !parameter.type.isChoice
    {
      for item in items { checkChoice(item, parameter, isSwept: false) }
      return
    }
    let words = (parameter.choices ?? []).map(\.word)
    if let word = value.word ?? value.keywordWord {
      if words.contains(word) || scope[word] != nil || locals[word] != nil { return }
      let nearest = Suggestion.nearest(to: word, among: words)
      report(.unknownChoice(word, parameter: parameter, nearest: nearest), at: value.span)
      return
    }
    if case .literal = value.kind, parameter.type.isChoice {
      report(.unknownChoice(nil, parameter: parameter, nearest: nil), at: value.span)
      return
    }
    let type = infer(value, .plain)
    if !parameter.type.isChoice, !fits(value, type, parameter.type) {
      report(.unknownChoice(nil, parameter: parameter, nearest: nil), at: value.span)
    }
  }

  // MARK: Names of columns

  /// Reads names of columns; nil if they are known only at run time.
  private mutating func columnNames(_ value: Expression, _ context: Context) -> [String]? {
    switch value.kind {
    case .name(let name), .literal(.text(let name)):
      if let type = locals[name] { return type.isOpen ? nil : [name] }
      _ = column(name, at: value.span, context)
      return [name]
    case .list(let items):
      let names = items.map { columnNames($0, context) }
      return names.contains { $0 == nil } ? nil : names.flatMap { $0 ?? [] }
    case .variable(let name):
      _ = infer(value, context)
      guard let words = scope[name]?.words, scope[name]?.isParameter == false else { return nil }
      for word in words { _ = column(word, at: value.span, context) }
      return words
    case .literal:
      report(.notAColumnName, at: value.span)
      return nil
    default:
      _ = infer(value, .plain)
      return nil
    }
  }
}

extension Checker.Context {
  var isColumns: Bool { receiver != nil }
}

extension Type {
  /// Tells whether only a word fits.
  var isChoice: Bool { self == .choice || self == .any || self == .text }
}

extension Expression {
  /// Gives the number written out, with its sign.
  var number: Double? {
    switch kind {
    case .literal(.integer(let value)): return Double(value)
    case .literal(.number(let value)), .literal(.ratio(let value, _)): return value
    case .unary(.negate, let operand): return operand.number.map { -$0 }
    default: return nil
    }
  }

  /// Gives the word of a literal such as `true` that may also be a choice.
  var keywordWord: String? {
    switch kind {
    case .literal(.boolean(let value)): return value ? "true" : "false"
    case .literal(.missing): return "na"
    default: return nil
    }
  }
}
