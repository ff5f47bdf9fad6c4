// Text, cursor, scope and catalog to candidates with one line of help each. Reads tokens, not
// trees, because half-typed text has no tree; the columns flowing in come from checking what
// stands before.

/// Something that may be typed at the cursor.
public struct Candidate: Sendable, Hashable {
  /// Names what a candidate is.
  public enum Kind: String, Sendable {
    case verb, function, option, choice, column, variable, keyword, member
  }
  /// The text that replaces what was typed.
  public let text: String
  /// What it is.
  public let kind: Kind
  /// One line of help; may be empty.
  public let detail: String
}

/// The candidates at a cursor and the text they replace.
public struct Completion: Sendable {
  /// The bytes to replace; empty at the cursor if nothing was typed.
  public let range: Span
  /// The candidates, best first.
  public let candidates: [Candidate]
}

/// Completes program text.
public struct Completer: Sendable {
  let catalog: any Catalog
  let scope: Scope
  let files: any FileSchemas
  let modules: any Modules

  /// Creates a completer for the names in force.
  public init(
    catalog: any Catalog, scope: Scope = Scope(), files: any FileSchemas = NoFiles(),
    modules: any Modules = NoModules()
  ) {
    self.catalog = catalog
    self.scope = scope
    self.files = files
    self.modules = modules
  }

  /// Gives the candidates at a byte offset of a text.
  public func complete(_ text: String, at cursor: Int) -> Completion {
    let bytes = Array(text.utf8.prefix(max(0, cursor)))
    let source = Source(name: "completion", bytes: bytes)
    let place = CursorContext(source)
    var found = candidates(place)
    if !place.typed.isEmpty {
      let typed = place.typed.lowercased()
      found = found.filter { $0.text.lowercased().hasPrefix(typed) }
    }
    var seen: Set<String> = []
    return Completion(
      range: place.range, candidates: found.filter { seen.insert($0.text).inserted })
  }

  private func candidates(_ place: CursorContext) -> [Candidate] {
    switch place.position {
    case .nowhere: return []
    case .verb:
      let module = String(place.path.dropLast())
      return exported(by: module, place, functionsOnly: true)
        ?? verbs(accepting: inflow(place), prefix: place.path)
    case .member(let base): return members(of: base, place)
    case .slice(let base):
      return months(check(place.before + "\n" + base).result) + variables(place, isColumns: false)
    case .option(let verb, let option, let words):
      let parameter = parameter(option, verb, words, place)
      let values = parameter.map { self.values(of: $0, place) } ?? []
      return values + variables(place, isColumns: parameter?.takesColumns ?? true)
    case .argument(let verb, let rank, let words, let used):
      return arguments(verb, rank, words, used, place)
    case .expression: return variables(place, isColumns: false) + functions() + keywords()
    case .head:
      return verbs(accepting: nil, prefix: place.path) + variables(place, isColumns: false)
        + functions() + keywords()
    }
  }

  // MARK: Kinds of candidates

  private func verbs(accepting inflow: Type?, prefix: String) -> [Candidate] {
    let own = scope.functionNames.map { Candidate(text: $0, kind: .function, detail: "yours") }
    let names = catalog.names.sorted().compactMap { name -> Candidate? in
      guard let signature = catalog.signature(named: name) else { return nil }
      if let inflow {
        guard let receiver = signature.receiver, inflow.isAssignable(to: receiver) else {
          return nil
        }
      } else if signature.isColumnFunction {
        return nil
      }
      return Candidate(text: name, kind: .verb, detail: signature.summary)
    }
    let all = names + own
    guard !prefix.isEmpty else { return all }
    return all.filter { $0.text.hasPrefix(prefix) }.map {
      Candidate(text: String($0.text.dropFirst(prefix.count)), kind: $0.kind, detail: $0.detail)
    }
  }

  private func members(of base: String, _ place: CursorContext) -> [Candidate] {
    let prefix = base + "."
    var found = verbs(accepting: nil, prefix: prefix) + functions(prefix: prefix)
    let word = base.hasPrefix("$") ? String(base.dropFirst()) : base
    if let exports = exported(by: word, place, functionsOnly: false) { return exports }
    let checked = check(place.before + "\n" + base)
    guard !checked.diagnostics.contains(where: \.isError) else { return found }
    let schema = checked.result.schema
    found += (schema?.columns ?? []).map {
      Candidate(text: $0.name, kind: .column, detail: detail($0, schema?.pace ?? .months))
    }
    found += (catalog.members(of: checked.result) ?? []).map {
      Candidate(text: $0.name, kind: .member, detail: $0.sentence)
    }
    return found
  }

  /// What a module defines; nil if the name is not that of a module.
  private func exported(
    by module: String, _ place: CursorContext, functionsOnly: Bool
  ) -> [Candidate]? {
    guard !module.isEmpty, let exports = check(place.before).scope[module]?.exports else {
      return nil
    }
    return exports.names.compactMap { name in
      guard let entry = exports[name], entry.signature != nil || !functionsOnly else { return nil }
      let kind: Candidate.Kind = entry.signature == nil ? .variable : .function
      return Candidate(text: name, kind: kind, detail: entry.type.description)
    }
  }

  private func functions(prefix: String = "") -> [Candidate] {
    catalog.names.sorted().compactMap { name in
      guard name.hasPrefix(prefix), let signature = catalog.signature(named: name),
        signature.isColumnFunction
      else { return nil }
      let text = String(name.dropFirst(prefix.count))
      return Candidate(text: text, kind: .function, detail: signature.summary)
    }
  }

  private func variables(_ place: CursorContext, isColumns: Bool) -> [Candidate] {
    let entries = check(place.before).scope
    let sign = place.typed.hasPrefix("$") || isColumns ? "$" : ""
    return entries.names.map { name in
      Candidate(text: sign + name, kind: .variable, detail: entries[name]?.type.description ?? "")
    }
  }

  private func keywords() -> [Candidate] {
    ["if", "for", "not", "na", "true", "false", "it"].map {
      Candidate(text: $0, kind: .keyword, detail: "")
    }
  }

  // MARK: Inside a stage

  /// The parameter that an argument without a label is for.
  static func slot(_ rank: Int, of parameters: [ParameterInfo]) -> ParameterInfo? {
    let slots = parameters.filter { !$0.isLabelOnly && !$0.takesFields }
    return rank < slots.count ? slots[rank] : slots.last { $0.isVariadic }
  }

  func signature(_ verb: String) -> Signature? {
    scope[verb]?.signature ?? catalog.signature(named: verb)
  }

  private func parameters(_ signature: Signature, _ words: [String]) -> [ParameterInfo] {
    let variants = signature.variants?.variants ?? []
    let named = variants.filter { words.contains($0.name) }
    return signature.parameters + (named.isEmpty ? variants : named).flatMap(\.parameters)
  }

  private func parameter(
    _ option: String, _ verb: String, _ words: [String], _ place: CursorContext
  ) -> ParameterInfo? {
    guard let signature = signature(verb) else { return nil }
    return parameters(signature, words).first { $0.name == option }
  }

  private func values(of parameter: ParameterInfo, _ place: CursorContext) -> [Candidate] {
    switch parameter.role {
    case .choice(let choices):
      return choices.map { Candidate(text: $0.word, kind: .choice, detail: $0.sentence) }
    case .columnExpression: return columns(place) + functions()
    case .columnNames, .definitions: return columns(place)
    case .value where parameter.type == .bool:
      return ["true", "false"].map { Candidate(text: $0, kind: .choice, detail: "") }
    case .value where parameter.type.isOfMonths: return months(of: place)
    case .value:
      // What is taken where nothing is said shows what may be said.
      guard let text = parameter.defaultText, !text.isEmpty, text != "na" else { return [] }
      let detail = "what is taken otherwise" + (parameter.rangeText.map { "; in \($0)" } ?? "")
      return [Candidate(text: text, kind: .choice, detail: detail)]
    case .fields: return []
    }
  }

  /// The months of what flows in, or of the first panel upstream that has them.
  private func months(of place: CursorContext) -> [Candidate] {
    let found = months(inflow(place))
    if !found.isEmpty { return found }
    let source = Source(name: "upstream", text: place.upstream)
    return Lexer.tokenize(source).tokens.lazy
      .filter { $0.kind == .name }
      .compactMap { self.scope[source.text($0.span)]?.type }
      .map(self.months).first { !$0.isEmpty } ?? []
  }

  /// The first and the last month that there are.
  private func months(_ type: Type) -> [Candidate] {
    guard let span = type.schema?.months else { return [] }
    let (first, last) = (span.first.asMonth, span.last.asMonth)
    return [
      Candidate(
        text: "\(first)..\(last)", kind: .choice, detail: "all \(span.last - span.first + 1) months"
      ),
      Candidate(text: first, kind: .choice, detail: "the first month"),
      Candidate(text: last, kind: .choice, detail: "the last month"),
    ]
  }

  private func arguments(
    _ verb: String, _ rank: Int, _ words: [String], _ used: Set<String>, _ place: CursorContext
  ) -> [Candidate] {
    guard let signature = signature(verb) else { return variables(place, isColumns: false) }
    if place.typed.hasPrefix("$") { return variables(place, isColumns: true) }
    let all = parameters(signature, words)
    let values = Self.slot(rank, of: all).map { self.values(of: $0, place) } ?? []
    // Before a model is chosen its options are of no use yet; a letter brings them.
    let isOpen = rank == 0 && used.isEmpty && place.typed.isEmpty && signature.variants != nil
    let options = (isOpen && !values.isEmpty ? [] : all).filter {
      !used.contains($0.name) && !$0.takesDefinitions && !$0.takesFields
    }
    let labels = options.map {
      Candidate(text: $0.name + ":", kind: .option, detail: $0.sentence)
    }
    let isHead = place.upstream.isEmpty && signature.receiver != nil
    return values + labels + (isHead ? variables(place, isColumns: false) : [])
  }

  private func columns(_ place: CursorContext) -> [Candidate] {
    let schema = inflow(place).schema
    return (schema?.columns ?? []).map {
      Candidate(text: $0.name, kind: .column, detail: detail($0, schema?.pace ?? .months))
    }
  }

  /// A column's type, and a word of warning if it lies in the future.
  private func detail(_ column: ColumnInfo, _ pace: Pace) -> String {
    guard let known = column.known, known > 0 else { return column.type.description }
    return "\(column.type), known at \(pace.moment(known))"
  }

  /// The type of what flows into the stage at the cursor.
  private func inflow(_ place: CursorContext) -> Type {
    if place.continuesLastResult { return scope.lastResult ?? .any }
    guard !place.upstream.isEmpty else { return .any }
    return check(place.before + "\n" + place.upstream).result
  }

  private func check(_ text: String) -> CheckedProgram {
    let program = Parser.parse(text, name: "completion")
    return Checker.check(
      program, catalog: catalog, scope: scope, files: files, modules: modules)
  }
}

extension Type {
  /// Tells whether months, or a range of them, are wanted.
  fileprivate var isOfMonths: Bool {
    switch self {
    case .month: true
    case .range(let bound): bound == .any || bound.isOfMonths
    default: false
    }
  }
}

extension ParameterInfo {
  /// Tells whether bare names are columns here.
  fileprivate var takesColumns: Bool {
    switch role {
    case .columnExpression, .columnNames, .definitions: true
    case .choice, .value, .fields: false
    }
  }
}
