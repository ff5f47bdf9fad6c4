// The words for arguments that do not fit the parameters of a call.

extension BindFault {
  /// Words the fault for a call of `verb`.
  func diagnostic(
    verb: String, nameSpan: Span, arguments: [Argument], options names: [String],
    of signature: Signature, in source: Source
  ) -> Diagnostic {
    func label(_ index: Int) -> Span {
      guard arguments.indices.contains(index) else { return nameSpan }
      return arguments[index].label?.span ?? arguments[index].span
    }
    let shown = names.prefix(8).joined(separator: ", ")
    let more = names.count > 8 ? " and \(names.count - 8) more" : ""
    let options = names.isEmpty ? [] : [Help("options: \(shown)\(more)")]
    let takesDefinitions = signature.parameters.contains { $0.takesDefinitions }
    switch self {
    case .unknownOption(let index, let name, let nearest):
      var use = nearest.map { [Help("use `\($0)`", replace: label(index), in: source, with: $0)] }
      if use == nil, takesDefinitions {
        let sign = arguments[index].label.map {
          Span($0.span.end, arguments[index].value.span.start)
        }
        let advice = "a column is defined with `=`:  \(name) = …"
        use =
          [sign.map { Help(advice, replace: $0, in: source, with: " = ") } ?? Help(advice)]
          + options
      }
      return Diagnostic(
        .unknownOption, "`\(verb)` has no option `\(name)`",
        at: Label(source, label(index), "not an option"), helps: use ?? options)
    case .missing(let name):
      return Diagnostic(
        .missingArgument, "`\(verb)` needs `\(name)`",
        at: Label(source, nameSpan, "`\(name)` is missing"),
        helps: signature.exampleLine.map { [Help("for example:  \($0)")] } ?? [])
    case .tooMany(let index, let accepted):
      let count = accepted == 1 ? "one argument" : "\(accepted) arguments"
      let words = accepted == 0 ? "no arguments by position" : count
      return Diagnostic(
        .tooManyArguments, "`\(verb)` takes \(words)",
        at: Label(source, label(index), "one too many"),
        helps: surplusHelps(verb, index, arguments, signature, source) + options)
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

  /// What an argument too many was meant to be: a column without a name, one more of a list, rows in order.
  private func surplusHelps(
    _ verb: String, _ index: Int, _ arguments: [Argument], _ signature: Signature,
    _ source: Source
  ) -> [Help] {
    if let advice = ForeignWords.misuse(of: verb) { return [Help(advice)] }
    guard arguments.indices.contains(index) else { return [] }
    let text = source.text(arguments[index].span)
    if signature.parameters.contains(where: \.takesDefinitions) {
      // A column of the name that is there already would be lost, so that only a function lends its name.
      var name = "x"
      if case .call(let callee, _) = arguments[index].value.kind, let called = callee.dottedName {
        name = called.split(separator: ".").last.map(String.init) ?? name
      }
      let named = "\(name) = \(text)"
      return [
        Help("give it a name:  \(named)", replace: arguments[index].span, in: source, with: named)
      ]
    }
    if index > 0, arguments[...index].allSatisfy({ $0.label == nil }),
      signature.receiver?.mayBeList == true
    {
      let whole = Span(arguments[0].span.start, arguments[index].span.end)
      return [Help("several flow in as a list:  [\(source.text(whole))] | \(verb)")]
    }
    // What follows the value of an option is one more of it.
    guard let option = arguments[..<index].last(where: { $0.label != nil }),
      let name = option.label?.text, signature.takesSeveral(name)
    else { return [] }
    let rest = arguments[index...].prefix { $0.label == nil }
    let span = Span(option.value.span.start, rest.last?.span.end ?? arguments[index].span.end)
    let list = "[" + source.text(span) + "]"
    return [
      Help("several stand in brackets:  \(name): \(list)", replace: span, in: source, with: list)
    ]
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
