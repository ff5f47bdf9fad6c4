// The page of a verb, function or model, written from its declaration.

import FactorLang
import FactorRuntime
import Models

public enum HelpPage {
  private static let width = 80

  /// The page of a name; nil if there is no such verb, function, model or word of the language.
  public static func page(for name: String, catalog: StandardCatalog) -> [String]? {
    // Names are small letters, whatever those who ask write: `?Sharpe` means `?sharpe`.
    exactPage(for: name, catalog) ?? exactPage(for: name.lowercased(), catalog)
  }

  private static func exactPage(for name: String, _ catalog: StandardCatalog) -> [String]? {
    if let signature = catalog.signature(named: name) { return page(signature) }
    if let card = Registry.card(name) { return page(card) }
    return Statistic.named(name).map(page) ?? LanguageWord.named(name)?.page
  }

  /// Code that shows what a name does and runs anywhere; nil where there is none.
  public static func example(for name: String, catalog: StandardCatalog) -> String? {
    let isExact = exactPage(for: name, catalog) != nil
    let name = isExact ? name : name.lowercased()
    if let signature = catalog.signature(named: name) { return signature.examples.first?.code }
    return Registry.card(name).map(ModelPage.example) ?? LanguageWord.named(name)?.example
  }

  private static func page(_ signature: Signature) -> [String] {
    var lines = [usage(signature), "", signature.summary]
    if let receiver = signature.receiver { lines.append("Works on \(receiver.phrase).") }
    lines.append("Gives \(signature.resultSentence).")
    lines += parameters(signature.parameters)
    if let variants = signature.variants {
      let pages = variants.variants.map { "?\($0.name)" }.joined(separator: " ")
      lines += ["", "Each \(variants.selector) has a page with its options: \(pages)"]
    }
    lines +=
      ["", "Example"]
      + signature.examples.flatMap { $0.code.split(separator: "\n").map { "  " + $0 } }
    return lines
  }

  private static func page(_ card: ModelCard) -> [String] {
    let variant = CardOptions.variant(card)
    return ["fit \(card.name)", "", card.summary, "Reference: \(card.reference)"]
      + parameters(variant.parameters)
      + ["", "Example"] + ModelPage.example(card).split(separator: "\n").map { "  " + $0 }
  }

  private static func page(_ statistic: Statistic) -> [String] {
    [
      "\(statistic.name), a figure", "", "\(statistic.title): \(statistic.sentence)", "",
      "  formula     \(statistic.formula)", "  convention  \(statistic.convention)",
    ] + (statistic.reference.isEmpty ? [] : ["  source      \(statistic.reference)"])
      + ["", "`explain` a number for its inputs, such as  explain sheet.\(statistic.name)"]
  }

  private static func usage(_ signature: Signature) -> String {
    let own = signature.parameters.map { parameter -> String in
      let name =
        parameter.isLabelOnly
        ? "\(parameter.name): …" : parameter.name + (parameter.isVariadic ? ", …" : "")
      return parameter.isRequired ? name : "[\(name)]"
    }
    let arguments = own.joined(separator: ", ")
    if signature.isColumnFunction { return "\(signature.name)(\(arguments))" }
    return (signature.receiver == nil ? "" : "… | ") + signature.name
      + (own.isEmpty ? "" : " " + arguments)
  }

  private static func parameters(_ parameters: [ParameterInfo]) -> [String] {
    guard !parameters.isEmpty else { return [] }
    return [""]
      + parameters.flatMap { parameter -> [String] in
        var facts: [String] = []
        if let range = parameter.rangeText { facts.append(range) }
        if let text = parameter.defaultText, !text.isEmpty, text != "na" {
          facts.append("default \(text)")
        }
        if case .columnExpression = parameter.role { facts.append("column expression") }
        let tail = facts.isEmpty ? "" : " (" + facts.joined(separator: "; ") + ")"
        let head = "  " + TextWidth.padded(parameter.name + " ", to: 18) + parameter.sentence + tail
        let choices = (parameter.choices ?? []).map {
          "      " + TextWidth.padded($0.word + " ", to: 14) + $0.sentence
        }
        return [head] + choices
      }
  }
}
