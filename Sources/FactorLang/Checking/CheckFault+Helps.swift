// The advice that goes with each complaint of the checker.

extension CheckFault {
  func helps(_ span: Span, _ source: Source) -> [Help] {
    func use(_ name: String?, prefix: String = "") -> [Help] {
      guard let name else { return [] }
      return [Help("use `\(prefix)\(name)`", replace: span, in: source, with: prefix + name)]
    }
    switch self {
    case .unknownColumn(_, _, _, let nearest): return use(nearest?.name)
    case .variableAsColumn(let name, _, let entry):
      let currently = entry.shown.map { "  (currently \($0))" } ?? ""
      let fix = Fix("use `$\(name)`", [Edit(source, span, "$\(name)")])
      return [Help("use `$\(name)`\(currently)", fix: fix)]
    case .columnAsVariable(let name): return use(name)
    case .unknownName(_, let nearest), .unknownVerb(_, let nearest),
      .unknownMember(_, _, let nearest),
      .unknownType(_, let nearest):
      return use(nearest)
    case .unknownVariable(_, let nearest): return use(nearest, prefix: "$")
    case .wrongInflow(_, _, _, _, let keep): return keep.map { [$0] } ?? []
    case .missingInflow(let verb, let accepts):
      return [Help("let \(accepts.phrase) flow in:  p | \(verb) …")]
    case .unknownChoice(_, let parameter, let nearest):
      let words = (parameter.choices ?? []).map(\.word)
      let shown = words.prefix(24).joined(separator: ", ") + (words.count > 24 ? ", …" : "")
      return use(nearest) + [Help("choose: \(shown)")]
    case .comparisonWithMissing(let isNegated, let subject, let whole):
      let text = "\(subject) is \(isNegated ? "not " : "")na"
      return [Help("write `\(text)`", replace: whole, in: source, with: text)]
    default: return programHelps(span, source)
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
