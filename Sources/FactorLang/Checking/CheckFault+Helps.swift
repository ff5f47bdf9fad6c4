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
    case .operands(.month, _, .date), .operands(.date, _, .month):
      return [Help("convert one of them: month(date) gives the date's month")]
    case .operands(.month, "+", .integer), .operands(.month, "-", .integer):
      return [Help("give the number a unit: 3m, 1y")]
    default: return []
    }
  }
}

extension Type {
  /// Writes the kind of thing in a sentence, without details.
  var plainPhrase: String {
    switch self {
    case .range: return "a range"
    case .list: return "a list"
    case .column: return "a column"
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

extension BindFault {
  /// Words the fault for a call of `verb`.
  func diagnostic(
    verb: String, nameSpan: Span, arguments: [Argument], parameters: [String], in source: Source
  ) -> Diagnostic {
    func label(_ index: Int) -> Span {
      guard arguments.indices.contains(index) else { return nameSpan }
      return arguments[index].label?.span ?? arguments[index].span
    }
    let options = parameters.isEmpty ? [] : [Help("options: \(parameters.joined(separator: ", "))")]
    switch self {
    case .unknownOption(let index, let name, let nearest):
      let use = nearest.map { [Help("use `\($0)`", replace: label(index), in: source, with: $0)] }
      return Diagnostic(
        .unknownOption, "`\(verb)` has no option `\(name)`",
        at: Label(source, label(index), "not an option"), helps: use ?? options)
    case .missing(let name):
      return Diagnostic(
        .missingArgument, "`\(verb)` needs `\(name)`",
        at: Label(source, nameSpan, "`\(name)` is missing"))
    case .tooMany(let index, let accepted):
      let count = accepted == 1 ? "one argument" : "\(accepted) arguments"
      let words = accepted == 0 ? "no arguments by position" : count
      return Diagnostic(
        .tooManyArguments, "`\(verb)` takes \(words)",
        at: Label(source, label(index), "one too many"),
        helps: options)
    case .repeated(let index, let name):
      return Diagnostic(
        .repeatedArgument, "`\(name)` is given twice",
        at: Label(source, label(index), "given again"))
    case .missingReceiver(let type):
      return CheckFault.missingInflow(verb: verb, accepts: type).diagnostic(
        at: nameSpan, in: source)
    case .nothingAccepted:
      return Diagnostic(
        .wrongInflow, "`\(verb)` takes nothing, but something flows in",
        at: Label(source, nameSpan, "accepts: nothing"))
    case .definitionForOption, .definitionForComparison, .definitionNotAccepted:
      return definitionDiagnostic(verb, arguments, nameSpan, source)
    }
  }

  private func definitionDiagnostic(
    _ verb: String, _ arguments: [Argument], _ nameSpan: Span, _ source: Source
  ) -> Diagnostic {
    func sign(_ index: Int) -> Span {
      guard arguments.indices.contains(index), let label = arguments[index].label else {
        return nameSpan
      }
      return Span(label.span.end, arguments[index].value.span.start)
    }
    switch self {
    case .definitionForOption(let index, let name):
      return Diagnostic(
        .definitionForOption, "`=` defines; `:` configures `\(name)`",
        at: Label(source, sign(index), "an option needs `:`"),
        helps: [Help("write `\(name):`", replace: sign(index), in: source, with: ": ")])
    case .definitionForComparison(let index, _):
      return Diagnostic(
        .definitionForComparison, "`=` defines; `==` compares",
        at: Label(source, sign(index), "a comparison needs `==`"),
        helps: [Help("write `==`", replace: sign(index), in: source, with: " == ")])
    case .definitionNotAccepted(let index, let name):
      return Diagnostic(
        .definitionForOption, "`\(verb)` defines nothing, and has no option `\(name)`",
        at: Label(source, sign(index), "neither a definition nor an option"))
    default:
      return Diagnostic(
        .definitionForOption, "`\(verb)` defines nothing", at: Label(source, nameSpan))
    }
  }
}
