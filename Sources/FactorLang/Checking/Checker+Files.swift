// The columns of files, and when their values are known.

extension Checker {
  mutating func loaded(_ call: Call, _ bound: BoundCall) -> Schema? {
    func given(_ name: String) -> Expression? {
      bound.index(of: name).flatMap { bound.arguments[$0].first }.map { call.arguments[$0].value }
    }
    // A query that is not plain text may ask for any columns.
    if let query = given("query"), query.plainText == nil { return nil }
    guard let value = given("path") ?? given("from"), let (path, isFixed) = path(value) else {
      return nil
    }
    let keys = given("keys")?.words ?? []
    var options: [String: String] = [:]
    for argument in call.arguments {
      if let label = argument.label { options[label.text] = source.text(argument.value.span) }
    }
    switch files.schema(of: FileRequest(path: path, keys: keys, options: options)) {
    case .found(var schema):
      for name in ["keys", "percent", "decimal"] {
        if let columns = given(name) { checkColumns(columns, schema) }
      }
      if !keys.isEmpty { schema.keys = keys }
      return dated(schema, by: given("known"))
    case .missing:
      if isFixed, !savedPaths.contains(path), caughtDepth == 0 {
        report(.missingFile(path), at: value.span)
      }
    case .unreadable(let why):
      if isFixed, caughtDepth == 0 { report(.unreadableFile(path, why: why), at: value.span) }
    case .refused(let code, let why, let helps, let notes):
      guard isFixed, caughtDepth == 0 else { break }
      // What is wrong with the keys is said where they are given.
      let isKeys = code == .unknownColumn || code == .wrongType
      let place = isKeys ? given("keys") ?? value : value
      let label = Label(source, place.span, isKeys && place.span != value.span ? "" : "read here")
      found.append(Diagnostic(code, why, at: label, helps: helps.map { Help($0) }, notes: notes))
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

  private mutating func checkColumns(_ value: Expression, _ schema: Schema) {
    var items = [value]
    if case .list(let members) = value.kind { items = members }
    for item in items {
      guard let word = item.word else { continue }
      _ = column(word, at: item.span, .columns(.panel(schema), verb: "load"))
    }
  }

  // MARK: When columns are known

  /// Applies `known: {RET: 0m, else: -1m}`; what it does not name is known at its row.
  private mutating func dated(_ schema: Schema, by value: Expression?) -> Schema {
    var offsets: [String: (months: Int?, place: Span)] = [:]
    var rest: Int? = 0
    if let value {
      guard case .record(let entries) = value.kind else { return schema }
      for entry in entries {
        guard case .field(let name, let amount) = entry else { return schema }
        let months = offset(amount)
        if name.text == "else" {
          rest = months
        } else {
          if !schema.keys.contains(name.text) {
            _ = column(name.text, at: name.span, .columns(.panel(schema), verb: "load"))
          }
          offsets[name.text] = (months, name.span)
        }
      }
    }
    var result = schema
    for var column in schema.columns where column.known == nil {
      let own = offsets[column.name]
      column.known = own.map(\.months) ?? rest
      let isKey = schema.keys.contains(column.name) || (column.name == "month" && own == nil)
      if isKey { column.known = ColumnInfo.always }
      if let own { column.definedAt = Location(source, own.place) }
      result.add(column)
    }
    return result
  }

  private mutating func offset(_ value: Expression) -> Int? {
    let type = infer(value, .plain)
    let parameter = ParameterInfo("known", .duration, unit: "periods")
    if checkUnit(value, type, parameter) { return nil }
    if !type.isAssignable(to: .duration) {
      report(.wrongType(parameter: "known", wanted: .duration, found: type), at: value.span)
      return nil
    }
    return periods(of: value)
  }
}
