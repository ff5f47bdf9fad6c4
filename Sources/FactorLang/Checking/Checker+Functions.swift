// Functions of the user: checked where they are written for any argument, and once more for the
// arguments of a call, since the columns of what they give depend on what they are given.

/// What checking bodies for particular arguments has cost and found so far.
struct CheckedBodies {
  /// A body and what its parameters stand for.
  struct Key: Hashable {
    let body: ObjectIdentifier
    let types: [Type]
    let words: [[String]?]
  }
  var results: [Key: Type] = [:]
  var depth = 0

  /// Bodies checked at most; beyond it nothing is known of the results.
  static let limit = 200
  /// Calls of functions inside functions looked through.
  static let deepest = 8
}

extension Checker {
  mutating func check(_ declaration: FunctionDeclaration) {
    lintShadowing(declaration.name)
    reportRepeated(declaration.parameters.map(\.name), of: "parameter")
    let outer = (scope, locals)
    let place = Location(source, declaration.name.span)
    var parameters: [ParameterInfo] = []
    for parameter in declaration.parameters {
      let declared = declaredType(parameter.type)
      if let value = parameter.value {
        let found = infer(value, .plain)
        if let declared, !fits(value, found, declared) {
          report(
            .wrongType(parameter: parameter.name.text, wanted: declared, found: found),
            at: value.span)
        }
      }
      parameters.append(
        ParameterInfo(parameter.name.text, declared ?? .any, isRequired: parameter.value == nil))
    }
    let result = declaredType(declaration.result)
    var signature = Signature(
      declaration.name.text, topic: "yours", parameters: parameters, result: result ?? .any)
    scope[signature.name] = Scope.Entry(.function, signature: signature, definedAt: place)
    for parameter in parameters {
      locals[parameter.name] = nil
      scope[parameter.name] = Scope.Entry(parameter.type)
    }
    let before = self.found.count
    openFunctions.insert(place)
    functionDepth += 1
    let found = check(declaration.body)
    functionDepth -= 1
    openFunctions.remove(place)
    (scope, locals) = outer
    if let result, !found.isAssignable(to: result), found != .nothing {
      report(
        .wrongResult(signature.name, wanted: result, found: found),
        at: declaration.result?.span ?? declaration.name.span)
    }
    signature.result = result ?? found
    var entry = Scope.Entry(.function, signature: signature, definedAt: place)
    // What is wrong for any argument need not be said again for each.
    if !self.found[before...].contains(where: \.isError) {
      entry.body = FunctionBody(declaration, program, scope)
    }
    scope[signature.name] = entry
  }

  /// Gives what a call of a user's function gives for these arguments.
  mutating func result(
    ofCalling body: FunctionBody, _ call: Call, _ bound: BoundCall, _ facts: EffectFacts
  ) -> Type {
    let declaration = body.declaration
    let declared = call.signature.result
    guard declaration.result == nil, bodies.depth < CheckedBodies.deepest,
      bodies.results.count < CheckedBodies.limit
    else { return declared }
    var inner = Checker(body.program, catalog, files, modules, body.scope, isModule: isModule)
    var (types, words): ([Type], [[String]?]) = ([], [])
    for (place, parameter) in declaration.parameters.enumerated() {
      let (entry, type) = argument(place, parameter, call, bound, facts, in: inner)
      inner.scope[parameter.name.text] = entry
      // An argument that was refused already would only be refused again inside.
      if !type.isAssignable(to: call.signature.parameters[place].type) { return declared }
      types.append(type)
      words.append(entry.words)
    }
    // Nothing new is known: the body was checked for any argument where it is written.
    let isNews = types.contains { !$0.isOpen } || words.contains { $0 != nil }
    guard isNews || (isModule && functionDepth == 0) else { return declared }
    let key = CheckedBodies.Key(body: ObjectIdentifier(body), types: types, words: words)
    if let known = bodies.results[key] { return known }
    (inner.functionDepth, inner.caughtDepth) = (functionDepth, caughtDepth)
    (inner.bodies, inner.savedPaths) = (bodies, savedPaths)
    inner.bodies.depth += 1
    let result = inner.check(declaration.body)
    bodies.results = inner.bodies.results
    bodies.results[key] = result
    blame(call, inner.found)
    return result
  }

  private func argument(
    _ place: Int, _ parameter: FunctionDeclaration.Parameter, _ call: Call, _ bound: BoundCall,
    _ facts: EffectFacts, in inner: Checker
  ) -> (Scope.Entry, Type) {
    let declared = call.signature.parameters[place].type
    var entry = Scope.Entry(declared)
    if bound.flowParameter == place, let inflow = call.inflow {
      entry.type = inflow.type
    } else if let index = bound.arguments[place].first {
      entry.type = facts.types[index] ?? declared
      entry.words = words(of: call.arguments[index].value)
    } else if let value = parameter.value {
      entry.words = inner.words(of: value)
      if declared == .any, case .literal(let literal) = value.kind { entry.type = literal.type }
    }
    // What the arguments leave open the declaration may say.
    if entry.type.isOpen { entry.type = declared }
    return (entry, entry.type)
  }

  /// Passes on what is wrong inside a body for the arguments of a call, saying which call.
  private mutating func blame(_ call: Call, _ inside: [Diagnostic]) {
    for var diagnostic in inside where diagnostic.isError {
      let isKnown = found.contains {
        $0.code == diagnostic.code && $0.primary.location == diagnostic.primary.location
      }
      guard !isKnown else { continue }
      if diagnostic.secondary.count < 2 {
        diagnostic.secondary.append(Label(source, call.nameSpan, "called here"))
      }
      found.append(diagnostic)
    }
  }

  /// Complains of names that stand twice in one list.
  mutating func reportRepeated(_ names: [Name], of kind: String) {
    var first: [String: Span] = [:]
    for name in names {
      if let before = first[name.text] {
        reportDuplicate(name.text, kind, at: name.span, before: before)
      } else {
        first[name.text] = name.span
      }
    }
  }

  mutating func reportDuplicate(_ name: String, _ kind: String, at span: Span, before: Span?) {
    var diagnostic = CheckFault.duplicate(name, kind: kind).diagnostic(at: span, in: source)
    if let before, before != span {
      diagnostic.secondary = [Label(source, before, "given here first")]
    }
    found.append(diagnostic)
  }
}
