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
    let first = dotted.prefix { $0 != "." }
    return scope[String(first)] != nil || locals[String(first)] != nil
  }

  private mutating func check(_ stage: Stage, _ inflow: Inflow?) -> Type {
    guard let signature = signature(of: stage.verb) else {
      for argument in stage.arguments where argument.label == nil && isDefined(stage.verb) {
        if case .block = argument.value.kind { _ = infer(argument.value, .plain) }
      }
      if isDefined(stage.verb) { return .any }
      let names = catalog.names + scope.functionNames
      let nearest = Suggestion.nearest(to: stage.verb, among: names)
      report(.unknownVerb(stage.verb, nearest: nearest), at: stage.nameSpan)
      return .error
    }
    if stage.verb == "save" {
      savedPaths.formUnion(stage.arguments.compactMap(\.value.plainText))
    }
    let call = Call(
      signature: signature, verb: stage.verb, nameSpan: stage.nameSpan,
      arguments: stage.arguments, inflow: inflow, span: stage.span)
    return check(call, .plain)
  }

  /// Finds a callable; the user's names win.
  func signature(of name: String) -> Signature? {
    if let entry = scope[name] { return entry.signature }
    return isDefined(name) ? nil : catalog.signature(named: name)
  }
}
