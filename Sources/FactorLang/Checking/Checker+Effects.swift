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
    case .keeps: return kind.with(kept(facts))
    case .keepsAsTable: return Type.table(nil).with(asTable(facts.schema, receiver))
    case .addsDefinitions, .renames: return kind.with(facts.schema)
    case .selects: return kind.with(selected(facts))
    case .loadsFile: return result.with(loaded(call, bound))
    case .addsNamed(let columns):
      var schema = facts.schema
      for column in columns { schema?.add(placed(column, call, facts)) }
      return kind.with(schema)
    case .addsNamedBy(let parameter, let column):
      return kind.with(named(parameter, placed(column, call, facts), call, bound, facts.schema))
    case .forecasts(let parameter, let column, let others, let otherwise):
      guard case .panel? = receiver else {
        return result.with(receiver == .model ? otherwise : nil)
      }
      var schema = named(parameter, placed(column, call, facts), call, bound, facts.schema)
      for other in others where schema?[other.name] == nil { schema?.add(other) }
      return result.with(schema)
    case .joins(let parameter): return joined(parameter, bound, receiver, facts)
    case .summarises: return result.with(summary(facts))
    case .givesMonths(let columns, let chooser):
      return result.with(months(columns, chosenBy: chooser, call, bound, facts))
    case .resamples: return result.with(resampled(facts))
    case .definesFields: return result.with(written(facts.fields))
    case .gives(let schema): return result.with(schema)
    case .givesNumbered(let numbered, let schema):
      return result.with(self.numbered(numbered, schema, call, bound))
    }
  }

  /// The columns of a panel as a table's: its months are a column too.
  private func asTable(_ schema: Schema?, _ receiver: Type?) -> Schema? {
    guard case .panel? = receiver, var schema, !schema.keys.isEmpty, schema["month"] == nil else {
      return schema
    }
    schema.add(ColumnInfo("month", .month, known: ColumnInfo.always))
    return schema
  }

  /// What flows in with the columns of another table beside its own.
  private func joined(
    _ parameter: String, _ bound: BoundCall, _ receiver: Type?, _ facts: EffectFacts
  ) -> Type {
    let index = bound.index(of: parameter).flatMap { bound.arguments[$0].first }
    let type = index.flatMap { facts.types[$0] }
    let other = type?.schema
    var schema = other == nil ? nil : facts.schema
    // Rows of a table whose months were computed anew may have come earlier or later than these say.
    var isMoved =
      other?.columns.contains { $0.type.isCalendarPoint && $0.definedAt != nil } ?? false
    if case .panel? = type { isMoved = false }
    for var column in other?.columns ?? [] where schema?[column.name] == nil {
      if isMoved, let known = column.known, !ColumnInfo.isWholeSample(known) { column.known = nil }
      schema?.add(column)
    }
    if other?.isComplete == false { schema?.isComplete = false }
    if case .panel? = receiver { return Type.panel(nil).with(schema) }
    return Type.table(nil).with(schema)
  }

  /// The columns of a verb that keeps them, remembering by what rows were chosen.
  private func kept(_ facts: EffectFacts) -> Schema? {
    guard var schema = facts.schema else { return nil }
    if let choice = facts.choice, choice.known > schema.choice?.known ?? Int.min {
      schema.choice = choice
    }
    // A task stands in the months in which its target is earned.
    if let shift = facts.target?.availability.known, shift > ColumnInfo.always,
      !ColumnInfo.isWholeSample(shift),
      let months = schema.months
    {
      schema.months = MonthSpan(first: months.first + shift, last: months.last + shift)
    }
    return schema
  }

  /// A column that a verb adds is known when the expressions are that it is made of.
  private func placed(_ column: ColumnInfo, _ call: Call, _ facts: EffectFacts) -> ColumnInfo {
    var column = column
    if column.known == nil { column.known = facts.availability?.known }
    if column.definedAt == nil { column.definedAt = Location(source, call.nameSpan) }
    return column
  }

  private func selected(_ facts: EffectFacts) -> Schema? {
    guard var schema = facts.schema else { return nil }
    // The columns of a grid are values of one that goes across.
    if facts.names["rows"] != nil { return nil }
    for (name, list) in facts.names {
      guard let names = list else { return nil }
      if name == "except" { schema = schema.dropping(names.map(\.name)) }
    }
    let kept = facts.names.filter { $0.key != "except" }.flatMap { $0.value ?? [] }
    guard !kept.isEmpty else { return schema }
    // A name already complained about stays, so that nothing follows from it.
    if let before = facts.schema, before.isComplete {
      for item in kept where before.place(of: item.name) == nil {
        schema.add(ColumnInfo(item.name, .error))
      }
    }
    return schema.selecting(kept.map(\.name))
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

  /// The keys and months of a panel whose days become months, and some of its other columns.
  private func monthly(_ schema: Schema, _ kept: (ColumnInfo) -> Bool) -> [ColumnInfo] {
    schema.columns.filter { schema.keys.contains($0.name) || $0.name != "month" && kept($0) }
      + [ColumnInfo("month", .month, known: ColumnInfo.always)]
  }

  private func months(
    _ columns: [ColumnInfo], chosenBy chooser: String, _ call: Call, _ bound: BoundCall,
    _ facts: EffectFacts
  ) -> Schema? {
    guard let schema = facts.schema else { return nil }
    var columns = columns
    if let place = bound.index(of: chooser), let index = bound.arguments[place].first {
      let words = call.arguments[index].value.words
      guard !words.isEmpty else { return nil }
      columns = columns.filter { $0.known == 0 || words.contains($0.name) }
    }
    var result = Schema(
      monthly(schema) { $0.type == .text } + columns, keys: schema.keys,
      isComplete: schema.isComplete)
    result.sets["chars"] = columns.filter { $0.known != 0 }.map(\.name)
    return result
  }

  private func resampled(_ facts: EffectFacts) -> Schema? {
    guard let schema = facts.schema else { return nil }
    let defined = facts.defined.map { column in
      var column = column
      column.known = nil
      return column
    }
    return Schema(
      monthly(schema) { _ in defined.isEmpty } + defined, keys: schema.keys,
      isComplete: schema.isComplete)
  }

  private func summary(_ facts: EffectFacts) -> Schema? {
    var columns: [ColumnInfo] = []
    for list in facts.names.values {
      guard let names = list else { return nil }
      columns += names.map { facts.schema?[$0.name] ?? ColumnInfo($0.name) }
    }
    // A statistic of one period is known with it; whether a group is one, the clock tells at run time.
    let isTimed = columns.contains { $0.type.isCalendarPoint || $0.name == "date" }
    let defined = facts.defined.map { column in
      var column = column
      if isTimed { column.known = nil }
      return column
    }
    return Schema(columns + defined)
  }

  /// A panel written out: its first column of months and its first of text are the keys, and the
  /// months have their own column.
  private func written(_ fields: [ColumnInfo]) -> Schema {
    let month = fields.first { $0.type == .month }
    let asset = fields.first { $0.type == .text }
    let isCertain = !fields.contains { $0.type.isOpen }
    var columns = fields.map { field in
      var column = field
      if isCertain { column.known = 0 }
      if field.name == month?.name || field.name == asset?.name { column.known = ColumnInfo.always }
      return column
    }
    if !fields.contains(where: { $0.name == "month" }) {
      columns.append(ColumnInfo("month", .month, known: ColumnInfo.always))
    }
    let keys = isCertain ? [month, asset].compactMap { $0?.name } : []
    var schema = Schema(columns, keys: keys)
    if month == nil, fields.contains(where: { $0.type == .date }) { schema.pace = .days }
    return schema
  }

  private func numbered(
    _ numbered: NumberedColumns, _ schema: Schema, _ call: Call, _ bound: BoundCall
  ) -> Schema? {
    if let chooser = numbered.chooser, let place = bound.index(of: chooser),
      let index = bound.arguments[place].first, !numbered.others.isEmpty
    {
      // A word known only at run time may give any columns.
      guard let word = call.arguments[index].value.word else { return nil }
      if let others = numbered.others[word] {
        var result = Schema(
          schema.columns + others, keys: schema.keys, isComplete: schema.isComplete)
        result.pace = numbered.paces[word]
        return result
      }
    }
    // Columns with other names prove nothing missing.
    if let naming = numbered.naming, let place = bound.index(of: naming),
      let index = bound.arguments[place].first,
      call.arguments[index].value.word != numbered.plainWord
    {
      return nil
    }
    var count = numbered.fallback
    if let place = bound.index(of: numbered.count), let index = bound.arguments[place].first {
      guard let given = number(of: call.arguments[index].value)?.asWhole, 1...10_000 ~= given else {
        return nil
      }
      count = given
    }
    let names = (1...max(1, count)).map { numbered.prefix + String($0) }
    var columns = schema.columns.filter { schema.keys.contains($0.name) }
    columns += names.map { ColumnInfo($0, .number, known: numbered.known) }
    columns += schema.columns.filter { !schema.keys.contains($0.name) }
    var result = Schema(columns, keys: schema.keys, isComplete: schema.isComplete)
    result.sets[numbered.set] = names
    return result
  }
}
