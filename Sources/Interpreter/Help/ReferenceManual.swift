// The reference manual, written from the declarations: docs/reference.md and docs/models.md.

import FactorLang
import Models

public enum ReferenceManual {
  /// Every verb and function under its topic.
  public static func reference(_ catalog: StandardCatalog) -> String {
    var text = """
      # Reference

      Written by `fq docs` from the declarations of the built-ins; do not edit. Every example runs as
      a test on `toy`, a small simulated panel with the columns ret, size and mom.

      """
    for topic in Topic.allCases {
      let members = catalog.primitives.filter { $0.signature.topic == topic.rawValue }
      text += "\n## \(topic.rawValue)\n"
      for primitive in members { text += entry(primitive.signature) }
    }
    return text
  }

  /// Every error code.
  static func errors() -> String {
    var text = """
      # Error codes

      Written by `fq docs`; do not edit. `fq explain CODE` shows one page. Every program here runs as a
      test: the first draws the message, the second does not.

      """
    for page in ErrorPage.all { text += page.markdown }
    return text
  }

  /// Every model with its options.
  public static func models() -> String {
    var text = """
      # Models

      Written by `fq docs` from the models' cards; do not edit. Fit any of them with
      `task | fit NAME, option: value`. Every example runs as a test.

      """
    for card in Registry.cards {
      text += ModelPage.text(card, settings: table(CardOptions.variant(card).parameters))
    }
    return text
  }

  private static func entry(_ signature: Signature) -> String {
    var text = "\n### \(signature.name)\n\n\(signature.summary)\n"
    if let receiver = signature.receiver { text += "Works on \(receiver.phrase). " }
    text += "Gives \(signature.resultSentence).\n\n"
    text += table(signature.parameters)
    let examples = signature.examples.map(\.code).joined(separator: "\n")
    return text + "\n```\n\(examples)\n```\n"
  }

  private static func table(_ parameters: [ParameterInfo]) -> String {
    guard !parameters.isEmpty else { return "" }
    let rows = parameters.map { parameter -> String in
      // Many words, such as the models, have a document of their own; a cell has no room for them.
      let choices = parameter.choices ?? []
      let words = choices.map {
        choices.count > 8 ? "`\($0.word)`" : "`\($0.word)`: \($0.sentence)"
      }
      let sentence = ([parameter.sentence] + words).joined(separator: "; ")
      let fallback = parameter.isRequired ? "must be given" : parameter.defaultText ?? ""
      return "| `\(parameter.name)` | \(sentence) | \(fallback) | \(parameter.rangeText ?? "") |"
    }
    return "| parameter | meaning | default | range |\n| --- | --- | --- | --- |\n"
      + rows.joined(separator: "\n") + "\n"
  }
}
