// Types of expressions, and what their names mean.

extension Checker {
  mutating func infer(_ expression: Expression, _ context: Context) -> Type {
    switch expression.kind {
    case .literal(let literal): return literal.type
    case .interpolation(let pieces):
      for case .hole(let hole, _) in pieces where !usesColumn(hole, "a text takes", context) {
        _ = infer(hole, context)
      }
      return .text
    case .name(let name): return infer(name: name, at: expression.span, context)
    case .variable(let name): return infer(variable: name, at: expression.span, context)
    case .it: return scope.lastResult ?? .any
    case .list(let items):
      if let names = undefined(items, context) {
        report(.undefinedItems(names), at: expression.span)
        return .list(of: .error)
      }
      let types = items.map { infer($0, context) }
      return .list(of: types.dropFirst().reduce(types.first ?? .any) { $0.joined($1) })
    case .record(let entries): return infer(entries, context)
    case .group(let pipeline):
      if let sole = pipeline.soleExpression { return infer(sole, context) }
      return check(pipeline)
    case .block(let block): return infer(block, context)
    case .member(let base, let name): return infer(expression, base, name, context)
    case .call(let callee, let arguments): return infer(call: callee, arguments, context)
    case .subscripted(let base, let slices): return infer(slice: base, slices, context)
    case .unary(let sign, let operand): return infer(sign, operand, context)
    case .binary(let sign, let left, let right, _): return infer(sign, left, right, context)
    case .comparison(let first, let links): return infer(first, links, expression.span, context)
    case .missingTest(let value, _):
      _ = infer(value, context)
      return .bool
    default: return inferCompound(expression, context)
    }
  }

  private mutating func inferCompound(_ expression: Expression, _ context: Context) -> Type {
    switch expression.kind {
    case .range(let range): return infer(range, context)
    case .conditional(let condition, let then, let otherwise):
      checkCondition(condition, context)
      return infer(then, context).joined(infer(otherwise, context))
    case .comprehension(let names, let source, let body):
      return infer(names, through: source, body, context)
    case .lambda(let parameters, let body):
      reportRepeated(parameters, of: "parameter")
      lintShadowedColumns(parameters, context)
      let saved = bind(parameters)
      functionDepth += 1
      defer {
        locals = saved
        functionDepth -= 1
      }
      _ = infer(body, context)
      return .function
    case .caught(let value, let parameter, let fallback):
      caughtDepth += 1
      let type = infer(value, context)
      caughtDepth -= 1
      let saved = bind([parameter].compactMap { $0 }, as: .failure)
      defer { locals = saved }
      return type.joined(infer(fallback, context))
    default: return .error
    }
  }

  private mutating func bind(_ names: [Name], as type: Type = .any) -> [String: Type] {
    let saved = locals
    for name in names { locals[name.text] = type }
    return saved
  }

  private mutating func infer(_ range: RangeExpression, _ context: Context) -> Type {
    let lower = range.lower.map { ($0, infer($0, context)) }
    let upper = range.upper.map { ($0, infer($0, context)) }
    let inner = lower.map { own in upper.map { own.1.joined($0.1) } ?? own.1 } ?? upper?.1 ?? .any
    if let lower, let upper, lower.1.isScalar, upper.1.isScalar, lower.1 != upper.1,
      !(lower.1.isNumeric && upper.1.isNumeric),
      !(lower.1.isCalendarPoint && upper.1.isCalendarPoint)
    {
      found.append(
        OperandFault(
          left: (lower.0.span, lower.1), sign: "..", right: (upper.0.span, upper.1), literal: nil
        ).diagnostic(in: source))
      return .range(of: .error)
    }
    guard let step = range.step else { return .range(of: inner) }
    let stepType = infer(step, context)
    if inner == .month || inner == .date, stepType.isScalar, stepType != .duration {
      found.append(
        OperandFault(
          left: (range.lower?.span ?? step.span, inner), sign: "by", right: (step.span, stepType),
          literal: nil
        ).diagnostic(in: source))
    }
    return .range(of: inner)
  }

  private mutating func infer(
    _ names: [Name], through list: Expression, _ body: Block, _ context: Context
  ) -> Type {
    let type = infer(list, context)
    let isOpenRange: Bool
    if case .range(let range) = list.kind {
      isOpenRange = range.lower == nil || range.upper == nil
    } else {
      isOpenRange = false
    }
    if isOpenRange || (type.isNeverWalked && !context.isColumns) {
      report(.notWholeRange(type, isOpen: isOpenRange), at: list.span)
    }
    reportRepeated(names, of: "name")
    lintShadowedColumns(names, context)
    let saved = bind(names, as: names.count == 1 ? type.members : .any)
    defer { locals = saved }
    let result = infer(body, context)
    return .list(of: result == .nothing ? .any : result)
  }

  private mutating func lintShadowedColumns(_ names: [Name], _ context: Context) {
    guard let schema = context.receiver?.schema else { return }
    for name in names where schema[name.text] != nil {
      report(.shadowedColumn(name.text), at: name.span)
    }
  }

  private mutating func infer(_ block: Block, _ context: Context) -> Type {
    let saved = (scope, bindings, bind(block.parameters))
    defer { (scope, bindings, locals) = saved }
    var result = Type.nothing
    for statement in block.statements { result = infer(statement, context) }
    return block.parameters.isEmpty ? result : .function
  }

  /// Inside a column expression the steps of a block are column expressions too, and what they define
  /// is nearer than any column.
  private mutating func infer(_ statement: Statement, _ context: Context) -> Type {
    guard context.isColumns else { return check(statement) }
    switch statement.kind {
    case .binding(let name, let pipeline):
      let type = pipeline.soleExpression.map { infer($0, context) } ?? check(pipeline)
      locals[name.text] = type
      return type
    case .pipeline(let pipeline):
      return pipeline.soleExpression.map { infer($0, context) } ?? check(pipeline)
    default: return check(statement)
    }
  }

  /// Complains of a column where only single values are of use.
  private mutating func usesColumn(
    _ value: Expression, _ subject: String, _ context: Context
  ) -> Bool {
    guard context.isColumns, let schema = context.receiver?.schema else { return false }
    var place: (name: String, span: Span)?
    Node.expression(value).walk { node in
      if case .expression(let part) = node, case .name(let name) = part.kind, place == nil,
        locals[name] == nil, scope[name] == nil, schema[name] != nil
      {
        place = (name, part.span)
      }
      return place == nil
    }
    guard let place else { return false }
    let message = "\(subject) no columns here; `\(place.name)` is one"
    found.append(Diagnostic(.wrongType, message, at: Label(source, place.span, "a column")))
    return true
  }

  private mutating func infer(_ entries: [RecordEntry], _ context: Context) -> Type {
    var fields: [RecordField] = []
    var written: [String: Span] = [:]
    var isKnown = true
    for entry in entries {
      switch entry {
      case .field(let name, let value):
        let field = RecordField(name.text, infer(value, context))
        if let before = written[field.name] {
          reportDuplicate(field.name, "field", at: name.span, before: before)
        }
        written[field.name] = name.span
        fields.removeAll { $0.name == field.name }
        fields.append(field)
      case .spread(let value):
        if case .record(.some(let inner)) = infer(value, context) {
          fields.removeAll { own in inner.contains { $0.name == own.name } }
          fields += inner
        } else {
          isKnown = false
        }
      }
    }
    return .record(isKnown ? fields : nil)
  }

  // MARK: Names

  private mutating func infer(name: String, at span: Span, _ context: Context) -> Type {
    if let type = locals[name] { return type }
    if context.isColumns { return column(name, at: span, context) }
    if let entry = scope[name] {
      return reportSelfCall(entry, name, at: span) ? .error : entry.type
    }
    if let type = catalog.constant(named: name) { return type }
    if catalog.signature(named: name) != nil { return .function }
    // What has to be called is no value: `sweep` is no slip for `sheet`.
    let values = catalog.names.filter { catalog.constant(named: $0) != nil }
    let nearest = Suggestion.nearest(
      to: name, among: scope.names + locals.keys.sorted() + values)
    report(.unknownName(name, nearest: nearest), at: span)
    return .error
  }

  /// The names in a list of nothing but names that hold nothing; nil for any other list.
  private func undefined(_ items: [Expression], _ context: Context) -> [String]? {
    guard !context.isColumns else { return nil }
    let known = scope.names + locals.keys
    let names = items.compactMap { item -> String? in
      guard case .name(let name) = item.kind, !isDefined(name),
        catalog.constant(named: name) == nil, Suggestion.nearest(to: name, among: known) == nil
      else { return nil }
      return name
    }
    // A list of verbs and functions alone is one of functions.
    guard names.count == items.count,
      names.contains(where: { catalog.signature(named: $0) == nil })
    else { return nil }
    return names
  }

  /// Gives the type of a column of what flows in; unknown columns prove nothing missing.
  mutating func column(_ name: String, at span: Span, _ context: Context) -> Type {
    guard case .columns(let receiver, let verb) = context, let schema = receiver.schema else {
      return .any
    }
    if let column = schema[name] { return column.type }
    if name == "month", case .panel = receiver { return .month }
    guard schema.isComplete else { return .any }
    if let entry = scope[name], entry.type != .module {
      report(.variableAsColumn(name, verb: verb, entry), at: span)
    } else if catalog.constant(named: name) == nil {
      let nearest = Suggestion.nearest(to: name, among: schema.names).flatMap { schema[$0] }
      report(.unknownColumn(name, schema, receiver: receiver, nearest: nearest), at: span)
    }
    return .error
  }

  private mutating func infer(variable name: String, at span: Span, _ context: Context) -> Type {
    if let type = locals[name] { return type }
    if let entry = scope[name] { return entry.type }
    if context.receiver?.schema?[name] != nil {
      report(.columnAsVariable(name), at: span)
    } else {
      let nearest = Suggestion.nearest(to: name, among: scope.names)
      report(.unknownVariable(name, nearest: nearest), at: span)
    }
    return .error
  }

  private mutating func infer(
    _ whole: Expression, _ base: Expression, _ name: Name, _ context: Context
  ) -> Type {
    if let dotted = whole.dottedName, !isDefined(dotted), catalog.signature(named: dotted) != nil {
      return .function
    }
    if let entry = whole.dottedName.flatMap({ exported($0) }) { return entry.type }
    let type = infer(base, context)
    if type == .module, let owner = base.nameOnly, reportMissingExport([owner, name]) {
      return .error
    }
    return infer(name, of: type)
  }

  /// Gives the type of what stands behind a dot: a column, a field or a member.
  private mutating func infer(_ name: Name, of type: Type) -> Type {
    var known: [String] = []
    switch type {
    case .panel(let schema), .table(let schema):
      if let column = schema?[name.text] { return .column(of: column.type) }
      if case .panel = type, name.text == "month" { return .column(of: .month) }
      if schema?.sets[name.text] != nil { return .list(of: .text) }
      guard let schema, schema.isComplete else {
        return catalog.members(of: type)?.first { $0.name == name.text }?.type ?? .any
      }
      known = schema.names
    case .record(let fields):
      guard let fields else { return .any }
      if let field = fields.first(where: { $0.name == name.text }) { return field.type }
      let nearest = Suggestion.nearest(to: name.text, among: fields.map(\.name))
      report(.unknownMember(name.text, type, nearest: nearest, owner: nil), at: name.span)
      return .error
    default: break
    }
    guard !type.isOpen, type != .module, let members = catalog.members(of: type) else {
      return .any
    }
    if let member = members.first(where: { $0.name == name.text }) { return member.type }
    known += members.map(\.name)
    let nearest = Suggestion.nearest(to: name.text, among: known)
    let owner = [Type.evaluation, .backtest, .model].first { other in
      other != type && catalog.members(of: other)?.contains { $0.name == name.text } == true
    }
    report(.unknownMember(name.text, type, nearest: nearest, owner: owner), at: name.span)
    return .error
  }

  // MARK: Calls and slices

  private mutating func infer(
    call callee: Expression, _ arguments: [Argument], _ context: Context
  ) -> Type {
    if let name = callee.dottedName, let signature = signature(of: name) {
      let entry = entry(of: name)
      if reportSelfCall(entry, name, at: callee.span) { return .error }
      let own = entry?.signature != nil
      let call = Call(
        signature: signature, verb: name, nameSpan: callee.span, arguments: arguments,
        body: context.isColumns ? nil : entry?.body)
      if signature.isColumnFunction || own { return check(call, context) }
      let subject = "`\(name)` takes"
      for argument in arguments where usesColumn(argument.value, subject, context) {
        return signature.result.with(nil)
      }
      return check(call, context)
    }
    if case .member(let base, let name) = callee.kind, let owner = base.nameOnly,
      reportMissingExport([owner, name])
    {
      return .error
    }
    let type: Type
    if let name = callee.dottedName, !isDefined(name) {
      let nearest = Suggestion.nearest(to: name, among: catalog.names + scope.functionNames)
      report(.unknownName(name, nearest: nearest), at: callee.span)
      type = .error
    } else {
      type = infer(callee, context)
    }
    if type.isNeverCalled { report(.notCallable(type), at: callee.span) }
    if type != .error { for argument in arguments { _ = infer(argument.value, context) } }
    return type == .error ? .error : .any
  }
}

extension Type {
  /// Tells whether nothing can go through it item by item.
  fileprivate var isNeverWalked: Bool {
    switch self {
    case .any, .error, .missing, .list, .range, .column, .nothing, .choice, .function, .module,
      .failure:
      return false
    case .oneOf(let members): return members.allSatisfy(\.isNeverWalked)
    default: return true
    }
  }
}

extension Expression {
  /// The name, if the expression is nothing else.
  var nameOnly: Name? {
    switch kind {
    case .name(let name), .variable(let name): return Name(name, span)
    default: return nil
    }
  }
}
