// What a call gives: its type, and the columns of that type.

extension Checker {
  mutating func result(
    of call: Call, _ bound: BoundCall, _ receiver: Type?, _ facts: EffectFacts
  ) -> Type {
    let result = call.signature.result
    // With the result left open, a verb that works on columns gives the kind of thing it received.
    let kind = result == .any ? receiver.map { $0.hasColumns ? $0 : .any } ?? .any : result
    switch call.signature.effect {
    case .none: return result.with(result.schema)
    case .keeps: return kind.with(facts.schema)
    case .addsDefinitions: return kind.with(facts.schema)
    case .selects: return kind.with(selected(facts, bound))
    case .loadsFile: return result.with(loaded(call, bound))
    case .addsNamed(let columns):
      var schema = facts.schema
      for column in columns { schema?.add(column) }
      return kind.with(schema)
    case .addsNamedBy(let parameter, let column):
      return kind.with(named(parameter, column, call, bound, facts.schema))
    case .summarises: return result.with(summary(facts))
    case .definesFields: return result.with(Schema(facts.fields))
    }
  }

  private func selected(_ facts: EffectFacts, _ bound: BoundCall) -> Schema? {
    guard var schema = facts.schema else { return nil }
    for (name, list) in facts.names {
      guard let names = list else { return nil }
      if name == "except" { schema = schema.dropping(names) }
    }
    let kept = facts.names.filter { $0.key != "except" }.flatMap { $0.value ?? [] }
    return kept.isEmpty ? schema : schema.selecting(kept)
  }

  private func named(
    _ parameter: String, _ column: ColumnInfo, _ call: Call, _ bound: BoundCall, _ schema: Schema?
  ) -> Schema? {
    guard var schema else { return nil }
    var column = column
    if let place = bound.index(of: parameter), let index = bound.arguments[place].first {
      let value = call.arguments[index].value
      guard let text = value.plainText else { return nil }
      column.name = text
      column.definedAt = Location(source, value.span)
    }
    schema.add(column)
    return schema
  }

  private func summary(_ facts: EffectFacts) -> Schema? {
    var columns: [ColumnInfo] = []
    for list in facts.names.values {
      guard let names = list else { return nil }
      columns += names.map { facts.schema?[$0] ?? ColumnInfo($0) }
    }
    return Schema(columns + facts.defined)
  }

  // MARK: Files

  private mutating func loaded(_ call: Call, _ bound: BoundCall) -> Schema? {
    guard let index = bound.arguments.first?.first else { return nil }
    let value = call.arguments[index].value
    guard let (path, isFixed) = path(value) else { return nil }
    let keyPlace = bound.index(of: "keys").flatMap { bound.arguments[$0].first }
    let keys = keyPlace.map { call.arguments[$0].value.words } ?? []
    var options: [String: String] = [:]
    for argument in call.arguments {
      if let label = argument.label { options[label.text] = source.text(argument.value.span) }
    }
    switch files.schema(of: FileRequest(path: path, keys: keys, options: options)) {
    case .found(var schema):
      if let keyPlace { checkKeys(call.arguments[keyPlace].value, schema) }
      if !keys.isEmpty { schema.keys = keys }
      return schema
    case .missing:
      if isFixed, !savedPaths.contains(path) { report(.missingFile(path), at: value.span) }
    case .unreadable(let why):
      if isFixed { report(.unreadableFile(path, why: why), at: value.span) }
    case .unknown: break
    }
    return nil
  }

  /// Reads the path; a parameter's may be replaced by the caller, so nothing is certain about it.
  private func path(_ value: Expression) -> (text: String, isFixed: Bool)? {
    if let text = value.plainText { return (text, true) }
    guard case .name(let name) = value.kind, let entry = scope[name], let words = entry.words,
      words.count == 1, entry.type == .text
    else { return nil }
    return (words[0], !entry.isParameter)
  }

  private mutating func checkKeys(_ value: Expression, _ schema: Schema) {
    var items = [value]
    if case .list(let members) = value.kind { items = members }
    for item in items {
      guard let word = item.word else { continue }
      _ = column(word, at: item.span, .columns(.table(schema), verb: "load"))
    }
  }
}
