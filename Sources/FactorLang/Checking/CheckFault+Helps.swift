// The advice that goes with each complaint of the checker.

extension CheckFault {
  func helps(_ span: Span, _ source: Source) -> [Help] {
    func use(_ name: String?, prefix: String = "") -> [Help] {
      guard let name else { return [] }
      return [Help("use `\(prefix)\(name)`", replace: span, in: source, with: prefix + name)]
    }
    switch self {
    case .unknownColumn(let name, _, _, let nearest):
      return ForeignWords.column(name).map { [Help($0)] } ?? use(nearest?.name)
    case .variableAsColumn(let name, _, let entry):
      let currently = entry.shown.map { "  (currently \($0))" } ?? ""
      let fix = Fix("use `$\(name)`", [Edit(source, span, "$\(name)")])
      return [Help("use `$\(name)`\(currently)", fix: fix)]
    case .columnAsVariable(let name): return use(name)
    case .unknownVerb(let name, let nearest), .unknownName(let name, let nearest):
      if let advice = ForeignWords.meaning(of: name) { return [Help(advice)] }
      if nearest == nil, let advice = ForeignWords.methods(name) { return [Help(advice)] }
      return use(ForeignWords.verbs[name] ?? nearest)
    case .unknownMember(let name, let type, let nearest, let owner):
      return Self.elsewhere(name, type, nearest, owner).map { [$0] } ?? use(nearest)
    case .unknownType(let name, let nearest): return use(ForeignWords.types[name] ?? nearest)
    case .unknownVariable(_, let nearest): return use(nearest, prefix: "$")
    case .wrongInflow(_, let accepts, let found, _, let keep):
      return (keep ?? Self.maker(of: accepts, from: found).map { Help("first:  \($0)") }).map {
        [$0]
      }
        ?? []
    case .notACondition(let type) where type.isNumeric:
      return [Help("compare it with something:  \(source.text(span)) > 0")]
    case .notCallable(let type):
      if case .panel = type { return [Help("months and firms stand in brackets:  p[2000-01]")] }
      if case .list = type { return [Help("positions stand in brackets:  xs[1]")] }
      return []
    case .wrongType(_, .month, .text):
      let text = source.text(span)
      let bare = String(text.dropFirst().dropLast())
      guard bare.utf8.count == 7, bare.utf8.allSatisfy({ $0 == 0x2D || 0x30...0x39 ~= $0 }) else {
        return [
          Help("months stand without quotes:  2000-01"),
          Help(
            "a column stands behind a dot, p.ret, and rows of one firm are:  p | where id == \(text)"
          ),
        ]
      }
      return [Help("write `\(bare)`, without quotes", replace: span, in: source, with: bare)]
    case .outsidePanel(let name):
      return [Help("inside a verb, as in:  p | derive x = \(name)(…)")]
    case .wrongType(_, .range, let found) where found.isNumeric:
      return [Help("from one to another, such as 2000-01..2009-12 or 1..6")]
    case .missingInflow(let verb, let accepts):
      return [Help("let \(accepts.phrase) flow in:  p | \(verb) …")]
    case .unknownChoice(_, let parameter, let nearest):
      let words = (parameter.choices ?? []).map(\.word)
      let shown = words.prefix(24).joined(separator: ", ") + (words.count > 24 ? ", …" : "")
      let other = parameter.otherThanWords.map { ", or \($0)" } ?? ""
      return use(nearest) + [Help("choose: \(shown)\(other)")]
    case .comparisonWithMissing(let isNegated, let subject, let whole):
      let text = "\(subject) is \(isNegated ? "not " : "")na"
      return [Help("write `\(text)`", replace: whole, in: source, with: text)]
    default: return programHelps(span, source)
    }
  }

  /// Where a member is that is not here; nil where a slip is more likely.
  private static func elsewhere(
    _ name: String, _ type: Type, _ nearest: String?, _ owner: Type?
  ) -> Help? {
    if type.hasColumns, nearest == nil, let advice = ForeignWords.member(name) {
      return Help(advice)
    }
    guard let owner, let stages = maker(of: owner, from: type) else { return nil }
    return Help("\(owner.phrase) has it:  (… \(stages)).\(name)")
  }

  /// The stages that make what a verb needs from what flows in.
  private static func maker(of wanted: Type, from found: Type) -> String? {
    switch (wanted, found) {
    case (.task, .panel): return "| setup target: …, features: … | split thirds"
    case (.model, .panel):
      return "| setup target: …, features: … | split thirds | fit cvra, k: 5"
    case (.model, .task): return "| fit cvra, k: 5"
    case (.evaluation, .model): return "| evaluate on: test"
    case (.backtest, .panel): return "| deciles … | portfolio returns: …"
    case (.backtest, .model): return "| predict | deciles predicted | portfolio"
    case (.panel, .model): return "| predict"
    default: return nil
    }
  }
}

extension Type {
  /// Writes the kind of thing in a sentence, without details.
  var plainPhrase: String {
    switch self {
    case .range: return "a range"
    // A column out of its panel is a list to whoever reads the message.
    case .list, .column: return "a list"
    default: return phrase
    }
  }
}

extension Double {
  /// Gives the number as an integer if it is one; needs no mathematics library.
  var asWhole: Int? {
    guard abs(self) < 9e15 else { return nil }
    let whole = Int(self)
    return Double(whole) == self ? whole : nil
  }
}

extension ParameterInfo {
  /// Writes the closed range of numbers accepted.
  var rangeWords: String {
    if let rangeText { return rangeText }
    func show(_ bound: Double?) -> String {
      guard let bound else { return "" }
      return bound.asWhole.map(String.init) ?? "\(bound)"
    }
    return "\(show(minimum))..\(show(maximum))"
  }
}
