// Types of expressions, and what their names mean.

extension Checker {
  mutating func infer(_ expression: Expression, _ context: Context) -> Type {
    switch expression.kind {
    case .literal(let literal): return literal.type
    case .interpolation(let pieces):
      for case .hole(let hole, _) in pieces { _ = infer(hole, .plain) }
      return .text
    case .name(let name): return infer(name: name, at: expression.span, context)
    case .variable(let name): return infer(variable: name, at: expression.span, context)
    case .it: return scope.lastResult ?? .any
    case .list(let items):
      let types = items.map { infer($0, context) }
      return .list(of: types.dropFirst().reduce(types.first ?? .any) { $0.joined($1) })
    case .record(let entries): return infer(entries, context)
    case .group(let pipeline):
      if let sole = pipeline.soleExpression { return infer(sole, context) }
      return check(pipeline)
    case .block(let block): return infer(block)
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
    case .range(let range):
      let bounds = [range.lower, range.upper].compactMap { $0 }.map { infer($0, context) }
      if let step = range.step { _ = infer(step, context) }
      return .range(of: bounds.dropFirst().reduce(bounds.first ?? .any) { $0.joined($1) })
    case .conditional(let condition, let then, let otherwise):
      checkCondition(condition, context)
      return infer(then, context).joined(infer(otherwise, context))
    case .comprehension(let names, let source, let body):
      _ = infer(source, context)
      let saved = bind(names)
      defer { locals = saved }
      _ = infer(body)
      return .any
    case .lambda(let parameters, let body):
      let saved = bind(parameters)
      defer { locals = saved }
      _ = infer(body, context)
      return .function
    case .caught(let value, let parameter, let fallback):
      let type = infer(value, context)
      let saved = bind([parameter].compactMap { $0 })
      defer { locals = saved }
      return type.joined(infer(fallback, context))
    default: return .error
    }
  }

  private mutating func bind(_ names: [Name]) -> [String: Type] {
    let saved = locals
    for name in names { locals[name.text] = .any }
    return saved
  }

  private mutating func infer(_ block: Block) -> Type {
    let saved = (scope, bindings, bind(block.parameters))
    defer { (scope, bindings, locals) = saved }
    var result = Type.nothing
    for statement in block.statements { result = check(statement) }
    return block.parameters.isEmpty ? result : .function
  }

  private mutating func infer(_ entries: [RecordEntry], _ context: Context) -> Type {
    var fields: [RecordField] = []
    var isKnown = true
    for entry in entries {
      switch entry {
      case .field(let name, let value):
        let field = RecordField(name.text, infer(value, context))
        fields.removeAll { $0.name == field.name }
        fields.append(field)
      case .spread(let value):
        if case .record(.some(let inner)) = infer(value, context) {
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
    if let entry = scope[name] { return entry.type }
    if let type = catalog.constant(named: name) { return type }
    if catalog.signature(named: name) != nil { return .function }
    let nearest = Suggestion.nearest(
      to: name, among: scope.names + locals.keys.sorted() + catalog.names)
    report(.unknownName(name, nearest: nearest), at: span)
    return .error
  }

  /// Gives the type of a column of what flows in; unknown columns prove nothing missing.
  mutating func column(_ name: String, at span: Span, _ context: Context) -> Type {
    guard case .columns(let receiver, let verb) = context, let schema = receiver.schema else {
      return .any
    }
    if let column = schema[name] { return column.type }
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
    if let entry = scope[name] { return entry.type }
    if let type = locals[name] { return type }
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
    let type = infer(base, context)
    if let column = type.schema?[name.text] { return .column(of: column.type) }
    var known: [String] = type.schema?.names ?? []
    if type.hasColumns, type.schema?.isComplete != true { return .any }
    if case .record(let fields) = type {
      guard let fields else { return .any }
      if let field = fields.first(where: { $0.name == name.text }) { return field.type }
      known = fields.map(\.name)
    } else {
      guard !type.isOpen, type != .module, let members = catalog.members(of: type) else {
        return .any
      }
      if let member = members.first(where: { $0.name == name.text }) { return member.type }
      known += members.map(\.name)
    }
    let nearest = Suggestion.nearest(to: name.text, among: known)
    report(.unknownMember(name.text, type, nearest: nearest), at: name.span)
    return .error
  }

  // MARK: Calls and slices

  private mutating func infer(
    call callee: Expression, _ arguments: [Argument], _ context: Context
  ) -> Type {
    if let name = callee.dottedName, let signature = signature(of: name) {
      let call = Call(
        signature: signature, verb: name, nameSpan: callee.span, arguments: arguments)
      let result = check(call, signature.isColumnFunction || !catalogOwns(name) ? context : .plain)

      return result
    }
    let type: Type
    if let name = callee.dottedName, !isDefined(name) {
      let nearest = Suggestion.nearest(to: name, among: catalog.names + scope.functionNames)
      report(.unknownName(name, nearest: nearest), at: callee.span)
      type = .error
    } else {
      type = infer(callee, context)
    }
    if !type.isOpen, type != .function, type != .module, type.isScalar || type.hasColumns {
      report(.notCallable(type), at: callee.span)
    }
    if type != .error { for argument in arguments { _ = infer(argument.value, context) } }
    return type == .error ? .error : .any
  }

  private func catalogOwns(_ name: String) -> Bool { scope[name] == nil }

  private mutating func infer(
    slice base: Expression, _ slices: [Argument], _ context: Context
  ) -> Type {
    let type = infer(base, context)
    for slice in slices { _ = infer(slice.value, .plain) }
    switch type {
    case .panel, .table, .task, .column, .error: return type
    case .list(let element):
      if case .range? = slices.first?.value.kind { return type }
      return element
    default: return .any
    }
  }
}
