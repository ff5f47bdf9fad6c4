// Statements that define names: bindings, modules, parameters of the script, functions.

extension Checker {
  mutating func define(_ name: Name, _ type: Type, _ value: Expression?) {
    lintShadowing(name)
    var entry = Scope.Entry(type, definedAt: Location(source, name.span))
    if let value {
      if case .literal(let literal) = value.kind, value.span.length <= 24 {
        entry.shown = source.text(value.span)
        entry.literal = literal
      } else {
        entry.literal = literal(of: value)
      }
      entry.words = words(of: value)
      // Another name for a function or module is called and read like the first.
      if let other = entryNamed(by: value) {
        (entry.signature, entry.exports, entry.body) = (other.signature, other.exports, other.body)
      }
    }
    scope[name.text] = entry
  }

  private func entryNamed(by value: Expression) -> Scope.Entry? {
    switch value.kind {
    case .name(let name), .variable(let name): return locals[name] == nil ? scope[name] : nil
    case .member: return value.dottedName.flatMap { exported($0) }
    default: return nil
    }
  }

  mutating func lintShadowing(_ name: Name) {
    guard let signature = catalog.signature(named: name.text), !signature.isColumnFunction,
      signature.receiver != nil || !signature.parameters.isEmpty
    else { return }
    report(.shadowedVerb(name.text), at: name.span)
  }

  /// The texts of a string, of a list of strings, or of a name that stands for such.
  func words(of value: Expression) -> [String]? {
    switch value.kind {
    case .literal(.text(let text)): return [text]
    case .list(let items):
      var words: [String] = []
      for item in items {
        guard let text = item.plainText else { return nil }
        words.append(text)
      }
      return words
    case .name(let name), .variable(let name):
      return locals[name] == nil ? scope[name]?.fixedWords : nil
    case .group(let pipeline): return pipeline.soleExpression.flatMap { words(of: $0) }
    case .binary(.add, let left, let right, _):
      guard let own = words(of: left), let its = words(of: right) else { return nil }
      return left.isList || right.isList ? own + its : nil
    case .member(let base, let name): return words(ofMember: name.text, base)
    default: return nil
    }
  }

  private func words(ofMember name: String, _ base: Expression) -> [String]? {
    let owner: Scope.Entry?
    switch base.kind {
    case .name(let text), .variable(let text): owner = locals[text] == nil ? scope[text] : nil
    case .member: owner = base.dottedName.flatMap { exported($0) }
    default: owner = nil
    }
    if let exports = owner?.exports { return exports[name]?.fixedWords }
    guard let schema = owner?.type.schema, schema[name] == nil else { return nil }
    return schema.sets[name]
  }

  // MARK: Modules

  /// Finds `v.name` where `v` is a module that could be read.
  func exported(_ dotted: String) -> Scope.Entry? {
    let parts = dotted.split(separator: ".").map(String.init)
    guard parts.count > 1, locals[parts[0]] == nil, var entry = scope[parts[0]] else { return nil }
    for part in parts.dropFirst() {
      guard let next = entry.exports?[part] else { return nil }
      entry = next
    }
    return entry
  }

  mutating func define(_ clause: UseClause) {
    let exports = exports(of: clause)
    for name in clause.names {
      lintShadowing(name)
      var entry = Scope.Entry(.any, definedAt: Location(source, name.span))
      if let exports {
        if let export = exports[name.text] {
          entry = export
        } else {
          entry.type = .error
          let nearest = Suggestion.nearest(to: name.text, among: exports.names)
          report(.notExported(name.text, module: clause.path, nearest: nearest), at: name.span)
        }
      }
      scope[name.text] = entry
    }
    guard clause.names.isEmpty else { return }
    let file = clause.path.split(separator: "/").last.map(String.init) ?? clause.path
    let stem = file.split(separator: ".").first.map(String.init) ?? file
    let name = clause.alias ?? Name(stem, clause.pathSpan)
    lintShadowing(name)
    var entry = Scope.Entry(.module, definedAt: Location(source, name.span))
    entry.exports = exports
    scope[name.text] = entry
  }

  private mutating func exports(of clause: UseClause) -> Scope? {
    switch modules.module(at: clause.path, from: source) {
    case .exports(let scope): return scope
    case .unknown: break
    case .missing: report(.missingModule(clause.path), at: clause.pathSpan)
    case .refused(let first): report(.refusedModule(clause.path, first), at: clause.pathSpan)
    case .cycle(let paths): report(.moduleCycle(clause.path, paths), at: clause.pathSpan)
    }
    return nil
  }

  // MARK: Parameters of the script

  mutating func check(_ declaration: ParameterDeclaration) {
    let found = infer(declaration.value, .plain)
    let wanted = declaredType(declaration.type) ?? found
    if !fits(declaration.value, found, wanted) {
      report(
        .wrongType(parameter: declaration.name.text, wanted: wanted, found: found),
        at: declaration.value.span)
    } else if let allowed = declaration.allowed {
      check(declaration, allowed, wanted)
    }
    define(declaration.name, wanted, declaration.value)
    scope[declaration.name.text]?.isParameter = true
    bindings[declaration.name.text] = wanted
  }

  private mutating func check(
    _ declaration: ParameterDeclaration, _ allowed: Expression, _ wanted: Type
  ) {
    let type = infer(allowed, .plain)
    let name = declaration.name.text
    switch type {
    case .any, .error: return
    case .list(let inner), .range(let inner):
      guard inner.isAssignable(to: wanted) || (inner.isNumeric && wanted.isNumeric) else {
        report(.wrongType(parameter: name, wanted: wanted, found: inner), at: allowed.span)
        return
      }
    default:
      let wide = Type.oneOf([.range(of: wanted), .list(of: wanted)])
      report(.wrongType(parameter: "in", wanted: wide, found: type), at: allowed.span)
      return
    }
    guard let value = literal(of: declaration.value), isOutside(value, allowed) else { return }
    let shown = (source.text(declaration.value.span), source.text(allowed.span))
    var fault = CheckFault.defaultOutside(name, shown: shown.0, allowed: shown.1).diagnostic(
      at: declaration.value.span, in: source)
    fault.secondary = [Label(source, allowed.span, "what is allowed")]
    self.found.append(fault)
  }

  /// Tells whether a value surely lies outside a range or list written out.
  private func isOutside(_ value: Literal, _ allowed: Expression) -> Bool {
    switch allowed.kind {
    case .range(let range):
      if let lower = range.lower.flatMap({ literal(of: $0) }), let order = value.order(to: lower),
        order < 0
      {
        return true
      }
      guard let upper = range.upper.flatMap({ literal(of: $0) }),
        let order = value.order(to: upper)
      else { return false }
      return order > 0 || (order == 0 && !range.includesUpper)
    case .list(let items):
      let orders = items.map { literal(of: $0).flatMap { value.order(to: $0) } }
      return !orders.isEmpty && orders.allSatisfy { $0.map { $0 != 0 } ?? false }
    default: return false
    }
  }

  /// Reads a written type; nil if there is none, `error` if it is unknown.
  mutating func declaredType(_ name: Name?) -> Type? {
    guard let name else { return nil }
    if let type = Type(named: name.text) { return type }
    let nearest = Suggestion.nearest(to: name.text, among: Type.names.keys)
    report(.unknownType(name.text, nearest: nearest), at: name.span)
    return .error
  }
}

extension Expression {
  fileprivate var isList: Bool {
    if case .list = kind { return true }
    return false
  }
}

extension Literal {
  /// Gives -1, 0 or 1 as the value stands before, at or behind another; nil if they have no order.
  func order(to other: Literal) -> Int? {
    func sign<Part: Comparable>(_ own: Part, _ its: Part) -> Int {
      own < its ? -1 : own > its ? 1 : 0
    }
    if let own = number, let its = other.number { return sign(own, its) }
    switch (self, other) {
    case (.text(let own), .text(let its)): return sign(own, its)
    case (.boolean(let own), .boolean(let its)): return own == its ? 0 : 1
    case (.duration(let own, let unit), .duration(let its, let other)):
      if unit == other { return sign(own, its) }
      guard let own = unit.months(own), let its = other.months(its) else { return nil }
      return sign(own, its)
    default:
      guard let own = calendarOrder, let its = other.calendarOrder, own.count == its.count else {
        return nil
      }
      for (own, its) in zip(own, its) where own != its { return sign(own, its) }
      return 0
    }
  }

  /// The number, if the value is one.
  var number: Double? {
    switch self {
    case .integer(let value): return Double(value)
    case .number(let value), .ratio(let value, _): return value
    default: return nil
    }
  }

  // Kinds differ in length, so that they have no order among each other.
  private var calendarOrder: [Int]? {
    switch self {
    case .month(let year, let month): return [year, month]
    case .quarter(let year, let quarter): return [0, year, quarter]
    case .date(let year, let month, let day): return [0, year, month, day]
    default: return nil
    }
  }
}
