// The rule of time: what is chosen, sorted or fitted by must be known before what it is judged by.

extension Checker {
  /// Complains of a column expression that is not known at its row.
  mutating func checkPresent(_ availability: Availability, of value: Expression, _ site: Site) {
    guard availability.offset > 0, let latest = availability.latest else { return }
    let column = availability.column
    reportLookAhead(
      source.text(latest.span), at: latest.span, availability.offset, column,
      leadOf: column == nil ? leadText(latest) : column?.leadOf, site)
  }

  private mutating func reportLookAhead(
    _ subject: String, at span: Span, _ offset: Int, _ column: ColumnInfo?, leadOf: String?,
    _ site: Site
  ) {
    let led = leadOf.flatMap { site.inner.receiver?.schema?[$0] } ?? column
    let isReturn = led?.type == .ratio || (leadOf ?? "").lowercased().contains("ret")
    let fault = LookAheadFault(
      subject: subject, span: span, offset: offset, column: column, leadOf: leadOf,
      isReturn: isReturn, verb: site.call.verb, stage: site.call.span, parameter: site.parameter,
      pace: pace(site.inner.receiver?.schema, column?.formula ?? "", source.text(span)))
    found.append(fault.diagnostic(in: source))
  }

  /// How periods are called: by the panel's clock, else by the durations of what is complained of.
  private func pace(_ schema: Schema?, _ texts: String...) -> Pace {
    schema?.pace ?? texts.lazy.compactMap(Pace.hinted).first ?? .months
  }

  /// What a lone `lead(x, …)` leads, as written.
  func leadText(_ value: Expression) -> String? {
    guard case .call(let callee, let arguments) = value.kind, let name = callee.dottedName,
      !isDefined(name), let signature = catalog.signature(named: name),
      case .shiftsLater = signature.timing, let first = arguments.first, first.label == nil
    else { return nil }
    return source.text(first.value.span)
  }

  /// Judges what the call as a whole was given.
  mutating func checkTimes(_ call: Call, _ bound: BoundCall, _ facts: EffectFacts) {
    for case .some(let names) in facts.names.values { checkDistinct(names) }
    guard call.signature.receiver != nil, let schema = facts.schema else { return }
    for parameter in bound.parameters {
      let names = (facts.names[parameter.name] ?? []) ?? []
      checkKind(names, parameter, call, schema)
      switch parameter.timing {
      case .presentOnly: checkPresent(names, parameter, call, schema)
      case .beforeTarget: checkFeatures(names, facts, schema)
      case .withTarget: checkFactors(names, facts, schema)
      case .earned(let choice):
        let usual = parameter.defaultText.map { NamedColumn(name: $0, span: call.nameSpan) }
        let earned = names.first ?? usual
        checkEarned(earned, choice, call, schema)
        for other in bound.parameters where other.timing == .presentOnly {
          checkWeights((facts.names[other.name] ?? []) ?? [], earned, call, schema)
        }
      case .free, .target, .marked: break
      }
    }
    if let target = facts.target, ColumnInfo.isWholeSample(target.availability.offset) {
      var diagnostic = Diagnostic(
        .lookAhead, "`\(source.text(target.value.span))` is known only when the sample has ended",
        at: Label(source, target.value.span, "earned in no month"))
      diagnostic.reason = "a target is a return that is earned in a month of its own"
      diagnostic.helps = [Help("take out the month's mean instead:  xs.demean(…)")]
      found.append(diagnostic)
      return
    }
    if let target = facts.target, let known = target.availability.known,
      known > ColumnInfo.always, let choice = schema.choice, choice.known > known - 1
    {
      let fault = LateFeatureFault(
        feature: nil, chosenAt: choice.chosenAt, offset: choice.known,
        target: (source.text(target.value.span), target.value, known),
        pace: pace(schema, source.text(target.value.span)))
      found.append(fault.diagnostic(in: source))
    }
  }

  private mutating func checkKind(
    _ names: [NamedColumn], _ parameter: ParameterInfo, _ call: Call, _ schema: Schema
  ) {
    guard parameter.columnType != .any else { return }
    let columns = schema.columns
    for item in names {
      guard let place = schema.place(of: item), columns[place].type.isScalar else { continue }
      let column = columns[place]
      guard !column.isGuessed, !column.type.isAssignable(to: parameter.columnType) else { continue }
      let fault = CheckFault.wrongColumn(
        item.name, column.type, verb: call.verb, wanted: parameter.columnType)
      report(fault, at: item.span)
      return
    }
  }

  private mutating func checkDistinct(_ names: [NamedColumn]) {
    guard names.count > 1, !areSurelyDistinct(names) else { return }
    var first: [String: Span] = [:]
    for item in names {
      guard let before = first[item.name] else {
        first[item.name] = item.span
        continue
      }
      reportDuplicate(item.name, "column", at: item.span, before: before)
    }
  }

  /// Tells without comparing names whether columns differ, where their places are known.
  private func areSurelyDistinct(_ names: [NamedColumn]) -> Bool {
    var seen: [Bool] = []
    for item in names {
      guard let place = item.place else { return false }
      while seen.count <= place { seen.append(false) }
      if seen[place] { return false }
      seen[place] = true
    }
    return true
  }

  private mutating func checkPresent(
    _ names: [NamedColumn], _ parameter: ParameterInfo, _ call: Call, _ schema: Schema
  ) {
    let columns = schema.columns
    for item in names {
      guard let place = schema.place(of: item), let known = columns[place].known, known > 0 else {
        continue
      }
      let column = columns[place]
      let context = Context.columns(.panel(schema), verb: call.verb)
      let site = Site(
        call: call, parameter: parameter, isSwept: false, outer: .plain, inner: context)
      reportLookAhead(item.name, at: item.span, known, column, leadOf: column.leadOf, site)
    }
  }

  private mutating func checkFeatures(
    _ names: [NamedColumn], _ facts: EffectFacts, _ schema: Schema
  ) {
    guard let target = facts.target, let known = target.availability.known,
      known > ColumnInfo.always
    else { return }
    let columns = schema.columns
    for item in names {
      let own = schema.place(of: item).flatMap { columns[$0].known }
      guard let offset = own ?? schema.known(item.name), offset > known - 1 else { continue }
      let fault = LateFeatureFault(
        feature: (item.name, item.span, schema[item.name]), chosenAt: nil, offset: offset,
        target: (source.text(target.value.span), target.value, known),
        pace: pace(schema, source.text(target.value.span), schema[item.name]?.formula ?? ""))
      found.append(fault.diagnostic(in: source))
      // The same slip in every feature of a list is one slip.
      return
    }
  }

  private mutating func checkFactors(
    _ names: [NamedColumn], _ facts: EffectFacts, _ schema: Schema
  ) {
    guard let target = facts.target, let known = target.availability.known,
      known > ColumnInfo.always
    else { return }
    for item in names {
      guard let column = schema[item.name], let offset = column.known, offset != known else {
        continue
      }
      let fault = MisplacedFactorFault(
        factor: (item.name, item.span, column, offset),
        target: (source.text(target.value.span), target.value.span, known),
        pace: pace(schema, source.text(target.value.span), column.formula ?? ""))
      found.append(fault.diagnostic(in: source))
      return
    }
  }

  private mutating func checkEarned(
    _ returns: NamedColumn?, _ choice: String, _ call: Call, _ schema: Schema
  ) {
    guard let returns, let earned = schema.known(returns.name), let column = schema[choice],
      let chosen = column.known, chosen > earned - 1
    else { return }
    let fault = EarnedFault(
      returns: (returns.name, returns.span, earned), choice: (choice, column, chosen),
      pace: pace(schema, schema[returns.name]?.formula ?? "", column.formula ?? ""))
    found.append(fault.diagnostic(in: source))
  }

  /// Complains of weights that are known only with the return that they are to earn.
  private mutating func checkWeights(
    _ weights: [NamedColumn], _ returns: NamedColumn?, _ call: Call, _ schema: Schema
  ) {
    guard let returns, let earned = schema.known(returns.name) else { return }
    for weight in weights {
      guard let known = schema[weight.name]?.known, known <= 0, known > earned - 1 else { continue }
      let fault = EarnedWeightFault(
        returns: (returns.name, returns.span, earned), weight: (weight.name, weight.span, known),
        pace: pace(schema, schema[returns.name]?.formula ?? ""))
      found.append(fault.diagnostic(in: source))
    }
  }
}

extension Schema {
  /// Finds where a named column stands. A call's definitions and names never meet, so that places
  /// stay what they were when the names were read.
  fileprivate func place(of item: Checker.NamedColumn) -> Int? {
    item.place ?? place(of: item.name)
  }
}
