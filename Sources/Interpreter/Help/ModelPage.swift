// What the manual says of a model beyond its settings: what it costs, and a script that fits it.

import FactorRuntime
import Models

enum ModelPage {
  /// The page of a model: sentence, reference, cost, settings, example.
  static func text(_ card: ModelCard, settings: String) -> String {
    """

    ## \(card.name)

    \(card.summary)

    Reference: \(card.reference). \(cost(card))

    \(settings)
    ```
    \(example(card))
    ```

    """
  }

  private static let characteristics = 46

  /// What training takes, from the operations that plans are priced by.
  private static func cost(_ card: ModelCard) -> String {
    guard card.isTrained else { return "Cost: solved, not trained; no epochs." }
    guard let operations = card.operations else { return "Cost: trained in epochs." }
    let row = operations(characteristics, [:])
    let size =
      row < 1e6
      ? "\(NumberFormat.significant(row / 1e3, digits: 2)) thousand"
      : "\(NumberFormat.significant(row / 1e6, digits: 2)) million"
    return "Cost: about \(size) operations a row and epoch at the defaults"
      + (card.readsCharacteristics ? ", with \(characteristics) characteristics" : "")
      + ", for each seed; `fq plan` prices a script."
  }

  /// A script that fits the model on a small simulated panel of the kind it reads.
  static func example(_ card: ModelCard) -> String {
    let names = Set(card.settings.map(\.name))
    var world = "synth world: r_dyn, firms: 30, months: 90, chars: 4"
    var setup = "setup target: ret, features: $w.chars"
    if names.contains("factors") {
      world = "synth world: drifting_beta, firms: 12, months: 600"
      setup = "setup target: ret, factors: [mkt, smb, hml]"
    } else if !card.readsCharacteristics {
      world = "synth world: drifting_beta, firms: 12, months: 300"
      setup = "setup target: ret, features: []"
    }
    let small = [
      ("k", "2"), ("seeds", "2"), ("epochs", "3"), ("firms", "10"), ("patch", "2"),
    ].filter { names.contains($0.0) }
    var options = small.map { "\($0.0): \($0.1)" }
    if names.contains("patch") { options.append("months: 4") }
    return """
      w = \(world)
      t = w | \(setup) | split shares
      m = t | fit \(([card.name] + options).joined(separator: ", "))
      m | evaluate on: test
      """
  }
}
