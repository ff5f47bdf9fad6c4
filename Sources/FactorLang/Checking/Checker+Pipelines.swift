// Types along pipelines: which verb a stage names, what flows in, what flows out.

extension Checker {
  mutating func check(_ pipeline: Pipeline) -> Type {
    var inflow = head(of: pipeline)
    for stage in pipeline.stages {
      inflows[stage.nameSpan] = inflow.type
      let type = check(stage, inflow)
      inflow = Inflow(type: type, location: Location(source, stage.span))
    }
    return inflow.type
  }

  private mutating func head(of pipeline: Pipeline) -> Inflow {
    switch pipeline.head {
    case .lastResult:
      return Inflow(
        type: scope.lastResult ?? .any, location: Location(source, pipeline.span.lowerEdge))
    case .command(let stage):
      return Inflow(type: check(stage, nil), location: Location(source, stage.span))
    case .expression(let expression):
      var base: Expression?
      if case .member(let inner, _) = expression.kind { base = inner }
      let type = bareCall(expression) ?? infer(expression, .plain)
      return Inflow(type: type, location: Location(source, expression.span), base: base)
    }
  }

  /// A bare verb as a whole head calls it.
  private mutating func bareCall(_ expression: Expression) -> Type? {
    guard let name = expression.dottedName, !isDefined(name), catalog.constant(named: name) == nil,
      let signature = catalog.signature(named: name)
    else { return nil }
    return check(
      Call(signature: signature, verb: name, nameSpan: expression.span, arguments: []), .plain)
  }

  /// Tells whether the user defines the first word of a dotted name.
  func isDefined(_ dotted: String) -> Bool {
    guard let dot = dotted.utf8.firstIndex(of: 0x2E) else {
      return scope[dotted] != nil || locals[dotted] != nil
    }
    let first = String(dotted[..<dot])
    return scope[first] != nil || locals[first] != nil
  }

  private mutating func check(_ stage: Stage, _ inflow: Inflow?) -> Type {
    guard let signature = signature(of: stage.verb) else {
      return checkUnknown(stage)
    }
    let entry = entry(of: stage.verb)
    if reportSelfCall(entry, stage.verb, at: stage.nameSpan) { return .error }
    if entry == nil, stage.verb == "save" {
      savedPaths.formUnion(stage.arguments.compactMap(\.value.plainText))
    }
    let call = Call(
      signature: signature, verb: stage.verb, nameSpan: stage.nameSpan,
      arguments: stage.arguments, inflow: inflow, span: stage.span, body: entry?.body)
    return check(call, .plain)
  }

  private mutating func checkUnknown(_ stage: Stage) -> Type {
    for argument in stage.arguments where argument.label == nil && isDefined(stage.verb) {
      if case .block = argument.value.kind { _ = infer(argument.value, .plain) }
    }
    if reportMissingExport(stage.path) { return .error }
    if isDefined(stage.verb) { return .any }
    let verbs = catalog.names.filter { catalog.signature(named: $0)?.isColumnFunction != true }
    let nearest = Suggestion.nearest(to: stage.verb, among: verbs + scope.functionNames)
    report(.unknownVerb(stage.verb, nearest: nearest), at: stage.nameSpan)
    return .error
  }

  /// Complains of `v.name` where the module `v` defines no such name; tells whether it did.
  mutating func reportMissingExport(_ path: [Name]) -> Bool {
    guard path.count == 2, locals[path[0].text] == nil,
      let exports = scope[path[0].text]?.exports, exports[path[1].text] == nil
    else { return false }
    let nearest = Suggestion.nearest(to: path[1].text, among: exports.names)
    report(.notExported(path[1].text, module: path[0].text, nearest: nearest), at: path[1].span)
    return true
  }

  /// Finds what the user defines under a name, possibly that of a module.
  func entry(of name: String) -> Scope.Entry? {
    if locals[name] != nil { return nil }
    return scope[name] ?? (name.utf8.contains(0x2E) ? exported(name) : nil)
  }

  /// Finds a callable; the user's functions win, and a value does not hide a verb.
  func signature(of name: String) -> Signature? {
    if locals[name] != nil { return nil }
    if let entry = entry(of: name) {
      if let signature = entry.signature { return signature }
      return entry.type.isNeverCalled ? catalog.signature(named: name) : nil
    }
    return isDefined(name) ? nil : catalog.signature(named: name)
  }

  /// Complains of a function that calls itself: every script must have a bounded plan.
  mutating func reportSelfCall(_ entry: Scope.Entry?, _ name: String, at span: Span) -> Bool {
    guard let entry, let place = entry.definedAt, openFunctions.contains(place) else {
      return false
    }
    var diagnostic = CheckFault.selfCall(name).diagnostic(at: span, in: source)
    diagnostic.secondary = [Label(place.source, place.span, "being defined here")]
    found.append(diagnostic)
    return true
  }
}

extension Type {
  /// Tells whether values are certainly no functions.
  var isNeverCalled: Bool {
    switch self {
    case .any, .error, .missing, .function, .oneOf, .nothing: return false
    default: return true
    }
  }
}
