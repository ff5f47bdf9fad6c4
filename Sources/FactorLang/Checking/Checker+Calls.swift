// Calls: arity and labels through `Signature.bind`, then each argument by its role.

extension Checker {
  /// A call of a verb or function, from a stage or from an expression.
  struct Call {
    let signature: Signature
    let verb: String
    let nameSpan: Span
    let arguments: [Argument]
    var inflow: Inflow?
    var span: Span?
    /// The body, if it is a function of the user.
    var body: FunctionBody?
  }

  /// What the arguments say about the columns of the result.
  struct EffectFacts {
    /// The columns flowing in, with those defined so far.
    var schema: Schema?
    var defined: [ColumnInfo] = []
    /// The names given to each parameter of names; nil if not all are known.
    var names: [String: [NamedColumn]?] = [:]
    var fields: [ColumnInfo] = []
    /// The types of values, by argument.
    var types: [Int: Type] = [:]
    /// When the column expressions given are known.
    var availability: Availability?
    var target: (value: Expression, availability: Availability)?
    /// When the conditions by which rows are chosen are known.
    var choice: RowChoice?
  }

  /// A column's name and where it is given.
  struct NamedColumn {
    let name: String
    let span: Span
    /// Where the column stands in what flows in.
    var place: Int?
  }

  mutating func check(_ call: Call, _ context: Context) -> Type {
    let signature = call.signature
    if isModule, signature.isEffect, functionDepth == 0 {
      report(.effectInModule(call.verb), at: call.nameSpan)
    }
    if signature.needsPanel, !context.isColumns, functionDepth == 0 {
      report(.outsidePanel(call.verb), at: call.nameSpan)
      return .error
    }
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
      let options = options(of: call, error)
      found.append(
        error.diagnostic(
          verb: call.verb, nameSpan: call.nameSpan, arguments: call.arguments,
          options: options, of: call.signature, in: source))
      return signature.result.with(nil)
    }
  }

  /// The names that the call could have given: of a model chosen by its word, the model's own.
  private func options(of call: Call, _ fault: BindFault) -> [String] {
    let signature = call.signature
    var options = signature.parameters.filter { !$0.takesDefinitions }
    if case .tooMany = fault { options = options.filter { !$0.isRequired } }
    if case .unknownOption = fault, let variants = signature.variants {
      let words = call.arguments.compactMap(\.value.word)
      options = variants.variants.first { words.contains($0.name) }?.parameters ?? options
    }
    return options.map(\.name)
  }

  private mutating func reportInflow(_ call: Call, _ wanted: Type, _ inflow: Inflow) {
    var keep: Help?
    if let base = inflow.base, let span = call.span {
      let type = infer(base, .plain)
      if type.isAssignable(to: wanted) {
        let text = source.text(base.span)
        keep = Help(
          "keep the \(type.plainName):  \(text) | \(source.text(span))",
          fix: Fix("keep it whole", [Edit(source, inflow.location.span, text)]))
      }
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
    var facts = EffectFacts(schema: receiver?.schema)
    if let place = bound.flowParameter, let inflow = call.inflow {
      checkFlow(inflow, into: bound.parameters[place], call)
    }
    for (parameter, indices) in zip(bound.parameters, bound.arguments) {
      for index in indices {
        let site = Site(
          call: call, parameter: parameter, isSwept: bound.isSwept, outer: context, inner: inner)
        check(call.arguments[index], site, index, &facts)
      }
    }
    checkAlternatives(call, bound)
    if !checkNeededColumns(call, bound, facts) { return call.signature.result.with(nil) }
    checkTimes(call, bound, facts)
    checkChoices(call, bound)
    checkMonths(call, bound, facts)
    if let body = call.body { return result(ofCalling: body, call, bound, facts) }
    return result(of: call, bound, receiver, facts)
  }

  /// Columns that the verb needs without being told their names.
  private mutating func checkNeededColumns(
    _ call: Call, _ bound: BoundCall, _ facts: EffectFacts
  ) -> Bool {
    guard let schema = facts.schema, schema.isComplete else { return true }
    for name in call.signature.needsColumns where schema.place(of: name) == nil {
      let maker = catalog.names.first {
        guard case .addsNamed(let columns)? = catalog.signature(named: $0)?.effect else {
          return false
        }
        return catalog.constant(named: $0) == nil && columns.contains { $0.name == name }
      }
      report(.neededColumn(name, verb: call.verb, maker: maker, schema), at: call.nameSpan)
      return false
    }
    for (parameter, indices) in zip(bound.parameters, bound.arguments) where indices.isEmpty {
      guard case .columnNames = parameter.role, let name = parameter.defaultText,
        schema.place(of: name) == nil
      else { continue }
      report(.missingDefault(parameter.name, column: name, verb: call.verb), at: call.nameSpan)
      return false
    }
    return true
  }

  /// Exactly one group of options that exclude each other must be given, and that one whole.
  private mutating func checkAlternatives(_ call: Call, _ bound: BoundCall) {
    let groups = call.signature.alternatives
    guard !groups.isEmpty else { return }
    func given(_ name: String) -> Int? {
      bound.index(of: name).flatMap { bound.arguments[$0].first }
    }
    let begun = groups.filter { $0.contains { given($0) != nil } }
    guard let first = begun.first else {
      report(.missingGroup(call.verb, groups), at: call.nameSpan)
      return
    }
    if begun.count > 1, let extra = begun[1].compactMap(given).first {
      let argument = call.arguments[extra]
      report(.excludedOption(call.verb, groups), at: argument.label?.span ?? argument.span)
    } else if let missing = first.first(where: { given($0) == nil }) {
      report(.missingOption(call.verb, missing), at: call.nameSpan)
    }
  }

  /// What flows into a function of the user fills its first parameter.
  private mutating func checkFlow(
    _ inflow: Inflow, into parameter: ParameterInfo, _ call: Call
  ) {
    guard !inflow.type.isAssignable(to: parameter.type) else { return }
    report(
      .wrongInflow(
        verb: call.verb, accepts: parameter.type, found: inflow.type, from: inflow.location,
        keep: nil), at: call.nameSpan)
  }

  /// Judges words by which something is chosen or fitted: lints only.
  private mutating func checkChoices(_ call: Call, _ bound: BoundCall) {
    for (parameter, indices) in zip(bound.parameters, bound.arguments) {
      for index in indices {
        let value = call.arguments[index].value
        if parameter.selects, value.word == "test" {
          report(.selectedOnTest(call.verb), at: value.span)
        }
        let isDeep = bound.variants.contains(where: \.isStochastic)
        if parameter.name == "seeds", isDeep, number(of: value) == 1 {
          report(.singleSeed(call.verb), at: value.span)
        }
      }
    }
  }
}

extension Checker.Context {
  var isColumns: Bool { receiver != nil }
}
