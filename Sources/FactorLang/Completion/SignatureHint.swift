// What the verb or function around the cursor takes, and which of it is being typed.

/// The parameters of the stage at a cursor.
public struct SignatureHint: Sendable, Equatable {
  /// A parameter as it is written.
  public struct Part: Sendable, Equatable {
    /// Its name, with a colon where it must be said.
    public let text: String
    /// Tells whether it is the one at the cursor.
    public let isCurrent: Bool
  }

  /// The verb.
  public let verb: String
  /// Its parameters in order.
  public let parts: [Part]
  /// What the current parameter is, or the verb where none is.
  public let sentence: String
}

extension Completer {
  /// Tells what may stand where the cursor is; nil outside of the arguments of known verbs.
  public func hint(_ text: String, at cursor: Int) -> SignatureHint? {
    let bytes = Array(text.utf8.prefix(max(0, cursor)))
    let place = CursorContext(Source(name: "hint", bytes: bytes))
    switch place.position {
    case .argument(let verb, let rank, let words, _):
      return hint(verb, words) { Self.slot(rank, of: $0)?.name }
    case .option(let verb, let option, let words): return hint(verb, words) { _ in option }
    case .nowhere, .head, .verb, .expression, .member, .slice: return nil
    }
  }

  private func hint(
    _ verb: String, _ words: [String], current: ([ParameterInfo]) -> String?
  ) -> SignatureHint? {
    guard let signature = signature(verb) else { return nil }
    let named = (signature.variants?.variants ?? []).filter { words.contains($0.name) }
    let all = signature.parameters + named.flatMap(\.parameters)
    guard !all.isEmpty else { return nil }
    let name = current(all)
    let parts = all.map {
      SignatureHint.Part(text: Self.spelled($0), isCurrent: $0.name == name)
    }
    let sentence = all.first { $0.name == name }.map(Self.sentence) ?? signature.summary
    return SignatureHint(verb: verb, parts: parts, sentence: sentence)
  }

  private static func spelled(_ parameter: ParameterInfo) -> String {
    let name = parameter.name + (parameter.isVariadic ? "…" : "")
    let written = parameter.isLabelOnly ? name + ":" : name
    return parameter.isRequired ? written : "[\(written)]"
  }

  private static func sentence(_ parameter: ParameterInfo) -> String {
    var text = "\(parameter.name): \(parameter.sentence)"
    if let choices = parameter.choices {
      text += " (" + choices.map(\.word).joined(separator: ", ") + ")"
    } else if let value = parameter.defaultText, !value.isEmpty, value != "na" {
      text += " (\(value))"
    }
    return text
  }
}
