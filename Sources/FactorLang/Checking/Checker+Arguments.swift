// Arguments by the roles of their parameters: types, units, ranges, words, names of columns.

extension Checker {
  /// Where an argument is given, and to what.
  struct Site {
    let call: Call
    let parameter: ParameterInfo
    let isSwept: Bool
    /// What bare names mean around the call, and inside its column expressions.
    let outer: Context
    let inner: Context
  }

  mutating func check(
    _ argument: Argument, _ site: Site, _ index: Int, _ facts: inout EffectFacts
  ) {
    let value = argument.value
    let parameter = site.parameter
    switch parameter.role {
    case .columnExpression: checkColumnExpression(value, site, &facts)
    case .columnNames:
      let names = columnNames(value, site.inner, site)
      let before = facts.names[parameter.name] ?? []
      facts.names[parameter.name] = .some(before.flatMap { known in names.map { known + $0 } })
    case .definitions: checkDefinition(argument, site, &facts)
    case .fields: checkField(argument, &facts)
    case .choice: checkChoice(value, parameter, isSwept: site.isSwept)
    case .value: facts.types[index] = checkValue(value, site)
    }
  }

  private mutating func checkColumnExpression(
    _ value: Expression, _ site: Site, _ facts: inout EffectFacts
  ) {
    let parameter = site.parameter
    let type = infer(value, site.inner).element
    let wanted = parameter.type.element
    if !fits(value, type, wanted), type.isScalar {
      let fault: CheckFault =
        wanted == .bool
        ? .notACondition(type)
        : .wrongType(parameter: parameter.name, wanted: wanted, found: type)
      report(fault, at: value.span)
    }
    guard site.call.signature.receiver != nil, !site.outer.isColumns else { return }
    let availability = availability(of: value, in: facts.schema)
    facts.availability = (facts.availability ?? .always).joined(availability)
    if parameter.timing == .target { facts.target = (value, availability) }
    // Rows of a table are looked at and not traded on, so they may be chosen by anything.
    if case .table? = site.inner.receiver { return }
    if parameter.timing == .presentOnly {
      checkPresent(availability, of: value, site)
      let isLatest = availability.offset > facts.choice?.known ?? Int.min
      if wanted == .bool, availability.isExact, isLatest {
        facts.choice = RowChoice(
          known: availability.offset, chosenAt: Location(source, value.span))
      }
    }
  }

  private mutating func checkDefinition(
    _ argument: Argument, _ site: Site, _ facts: inout EffectFacts
  ) {
    let value = argument.value
    var place = site.inner
    if case .columns(let receiver, let verb) = site.inner {
      place = .columns(receiver.with(facts.schema), verb: verb)
    }
    let type = infer(value, place).element
    guard let name = argument.label else { return }
    if case .renames = site.call.signature.effect {
      checkRename(name, value, &facts)
      return
    }
    if case .addsDefinitions = site.call.signature.effect, case .panel = site.inner.receiver,
      name.text == "month" || facts.schema?.keys.contains(name.text) == true
    {
      report(.definedKey(name.text), at: name.span)
    }
    if let before = facts.defined.first(where: { $0.name == name.text }) {
      reportDuplicate(name.text, "column", at: name.span, before: before.definedAt?.span)
    }
    let availability = availability(of: value, in: facts.schema)
    var column = ColumnInfo(
      name.text, type, known: availability.known, definedAt: Location(source, name.span),
      formula: value.span.length <= 60 ? source.text(value.span) : nil)
    column.leadOf = leadText(value)
    facts.defined.append(column)
    facts.schema?.add(column)
  }

  private mutating func checkRename(
    _ new: Name, _ value: Expression, _ facts: inout EffectFacts
  ) {
    var old = value.word
    if case .variable = value.kind, let words = words(of: value), words.count == 1 {
      old = words[0]
    }
    guard let old else {
      if case .variable = value.kind {
        facts.schema = nil
      } else {
        var diagnostic = CheckFault.notAColumnName.diagnostic(at: value.span, in: source)
        diagnostic.helps = [
          Help("compute a column with derive:  derive \(new.text) = \(source.text(value.span))")
        ]
        found.append(diagnostic)
      }
      return
    }
    if let schema = facts.schema, new.text != old,
      new.text == "month" || schema[new.text] != nil || schema.keys.contains(new.text)
    {
      report(.nameTaken(new.text), at: new.span)
    }
    facts.schema = facts.schema?.renaming(old, to: new.text)
  }

  private mutating func checkField(_ argument: Argument, _ facts: inout EffectFacts) {
    var type = infer(argument.value, .plain).element
    if case .list(let members) = type { type = members }
    guard let name = argument.label else { return }
    if let before = facts.fields.first(where: { $0.name == name.text }) {
      reportDuplicate(name.text, "column", at: name.span, before: before.definedAt?.span)
    }
    facts.fields.append(
      ColumnInfo(name.text, type, definedAt: Location(source, name.span)))
  }

  // MARK: Values and choices

  private mutating func checkValue(_ value: Expression, _ site: Site) -> Type {
    let parameter = site.parameter
    let type = infer(value, site.outer)
    if site.isSwept, checkSwept(value, type, parameter) { return type }
    if checkUnit(value, type, parameter.counting(in: site.outer.receiver)) { return type }
    if !fits(value, type, parameter.type), !(site.outer.isColumns && !type.isScalar) {
      // The first thing a function takes is known by the function, not by a name of its own.
      let signature = site.call.signature
      let isFirst =
        signature.receiver == nil && signature.parameters.first?.name == parameter.name
        && site.call.body == nil
        && site.call.arguments.contains { $0.label == nil && $0.value.span == value.span }
      let name = isFirst ? site.call.verb : parameter.name
      report(.wrongType(parameter: name, wanted: parameter.type, found: type), at: value.span)
      return type
    }
    if !checkDirection(value, site) { checkRange(value, parameter) }
    return type
  }

  /// Complains of a lag or lead by a negative duration, naming the one that goes the other way.
  private mutating func checkDirection(_ value: Expression, _ site: Site) -> Bool {
    let (parameter, timing) = (site.parameter, site.call.signature.timing)
    guard timing != .latest, parameter.minimum == 1, let months = periods(of: value), months < 0,
      case .unary(.negate, let amount) = value.kind
    else { return false }
    let other = catalog.names.first { name in
      switch (timing, catalog.signature(named: name)?.timing) {
      case (.shiftsEarlier, .shiftsLater?), (.shiftsLater, .shiftsEarlier?): return true
      default: return false
      }
    }
    var diagnostic = CheckFault.notPositive(parameter.name).diagnostic(at: value.span, in: source)
    if let other {
      let edits = [
        Edit(source, site.call.nameSpan, other),
        Edit(source, value.span, source.text(amount.span)),
      ]
      let text = "for the other direction use `\(other)`"
      diagnostic.helps = [Help(text, fix: Fix(text, edits))]
    }
    found.append(diagnostic)
    return true
  }

  /// Checks the members of a range or list of settings to go through.
  private mutating func checkSwept(
    _ value: Expression, _ type: Type, _ parameter: ParameterInfo
  ) -> Bool {
    switch value.kind {
    case .range(let range):
      for bound in [range.lower, range.upper] { if let bound { checkRange(bound, parameter) } }
      if range.lower == nil || range.upper == nil {
        report(.notWholeRange(type, isOpen: true), at: value.span)
      }
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
    guard type == .number, Type.integer.isAssignable(to: wanted) else { return false }
    return number(of: value).map { $0.asWhole != nil } ?? true
  }

  /// The number that an expression surely is: written out, or bound to one that is.
  func number(of value: Expression) -> Double? { literal(of: value)?.number }

  mutating func checkRange(_ value: Expression, _ parameter: ParameterInfo) {
    if case .range(let range) = value.kind {
      for bound in [range.lower, range.upper] { if let bound { checkRange(bound, parameter) } }
      return
    }
    var number = number(of: value)
    if parameter.unit == "months" || parameter.unit == "periods", let count = periods(of: value) {
      number = Double(count)
    }
    guard let number else { return }
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
    if case .literal(let literal) = value.kind, parameter.type.isChoice {
      if case .integer(let number) = literal, words.contains(String(number)) { return }
      report(.unknownChoice(nil, parameter: parameter, nearest: nil), at: value.span)
      return
    }
    let type = infer(value, .plain)
    // Words may come as text; some words are numbers.
    let isText = parameter.type == .choice && !words.contains { Int($0) != nil }
    let wanted = isText ? Type.text : parameter.type
    if isText || !wanted.isChoice, !fits(value, type, wanted) {
      report(.unknownChoice(nil, parameter: parameter, nearest: nil), at: value.span)
    }
  }

  // MARK: Names of columns

  /// Reads names of columns; nil if they are known only at run time.
  private mutating func columnNames(
    _ value: Expression, _ context: Context, _ site: Site
  ) -> [NamedColumn]? {
    switch value.kind {
    case .name(let name), .literal(.text(let name)):
      if let type = locals[name] {
        return type.isOpen ? nil : [NamedColumn(name: name, span: value.span)]
      }
      _ = column(name, at: value.span, context)
      return [NamedColumn(name: name, span: value.span)]
    case .list(let items):
      let names = items.map { columnNames($0, context, site) }
      return names.contains { $0 == nil } ? nil : names.flatMap { $0 ?? [] }
    case .variable, .member:
      let type = infer(value, .plain)
      if !type.isAssignable(to: .list(of: .text)), type != .text, !type.isOpen {
        report(.notAColumnName, at: value.span)
        return nil
      }
      guard let words = words(of: value) else { return nil }
      let schema = context.receiver?.schema
      var names: [NamedColumn] = []
      names.reserveCapacity(words.count)
      var isBlamed = false
      for word in words {
        let place = schema?.place(of: word)
        // One list is blamed once.
        if place == nil, !isBlamed { isBlamed = column(word, at: value.span, context) == .error }
        names.append(NamedColumn(name: word, span: value.span, place: place))
      }
      return names
    case .call, .binary, .unary, .comparison:
      reportExpressionForName(value, site)
      return nil
    case .literal:
      report(.notAColumnName, at: value.span)
      return nil
    default:
      _ = infer(value, .plain)
      return nil
    }
  }

  /// An expression where a name belongs: it must be given a name first.
  private mutating func reportExpressionForName(_ value: Expression, _ site: Site) {
    if case .binary(.add, _, _, _) = value.kind, infer(value, .plain).isListLike { return }
    if case .call(let callee, _) = value.kind, let name = callee.dottedName,
      isDefined(name) || catalog.signature(named: name)?.isColumnFunction != true
    {
      _ = infer(value, .plain)
      return
    }
    let text = source.text(value.span)
    var diagnostic = CheckFault.notAColumnName.diagnostic(at: value.span, in: source)
    let step = "derive x = \(text)"
    // `-ret` is how others leave a column out.
    if case .unary(_, let operand) = value.kind, operand.word != nil,
      site.call.signature.parameters.contains(where: { $0.name == "except" })
    {
      let words = "except: \(source.text(operand.span))"
      diagnostic.helps = [
        Help("leave it out:  \(words)", replace: value.span, in: source, with: words)
      ]
    } else if let stage = site.call.span {
      let edits = [
        Edit(source, stage.lowerEdge, step + " | "), Edit(source, value.span, "x"),
      ]
      diagnostic.helps = [
        Help("give it a name first:  \(step)", fix: Fix("derive it first", edits, isCertain: false))
      ]
    }
    found.append(diagnostic)
  }
}

extension Type {
  /// Tells whether only a word fits.
  var isChoice: Bool { self == .choice || self == .any || self == .text }

  fileprivate var isListLike: Bool {
    if case .list = self { return true }
    return isOpen
  }
}

extension Expression {
  /// Gives the word of a literal such as `true` that may also be a choice.
  var keywordWord: String? {
    switch kind {
    case .literal(.boolean(let value)): return value ? "true" : "false"
    case .literal(.missing): return "na"
    default: return nil
    }
  }
}
