// All of a model's facts, said once: name, sentence, settings, reference, and how to build it.
//
// Help, completion, checking, dispatch and the manual derive from the card. The settings' types reach
// the builder through a parameter pack, so the compiler refuses a builder that does not fit them.

import FactorRuntime

/// A model as a user meets it.
public struct ModelCard: Sendable {
  public let name: String
  public let summary: String
  public let reference: String
  public let settings: [HyperparameterFacts]
  /// Float operations of one pass over one row, forward and backward, for planning; nil where unknown.
  public private(set) var operations:
    (@Sendable (_ characteristics: Int, _ settings: [String: HyperparameterValue]) -> Double)?
  private let build: @Sendable ([String: HyperparameterValue]) throws -> any FactorModel
  private let resolve: @Sendable ([String: HyperparameterValue]) throws -> [String]
  /// Reads what `encode` of the fitted model wrote.
  let restore: @Sendable (Container, FitSummary) throws -> any FittedModel

  /// Declares a model: its settings in order, then a builder that takes their values.
  public init<each Value: HyperparameterType>(
    _ name: String, _ summary: String, _ setting: repeat Hyperparameter<each Value>,
    reference: String,
    restore: @escaping @Sendable (Container, FitSummary) throws -> any FittedModel,
    make: @escaping @Sendable (repeat each Value) -> any FactorModel
  ) {
    self.name = name
    self.summary = summary
    self.reference = reference
    self.restore = restore
    var facts: [HyperparameterFacts] = []
    repeat facts.append((each setting).facts)
    settings = facts
    build = { given in make(repeat try (each setting).resolve(given)) }
    resolve = { given in
      var texts: [String] = []
      repeat texts.append(try (each setting).resolve(given).text)
      return texts
    }
  }

  /// Says what one pass over one row takes, forward and backward.
  func withOperations(
    _ operations: @escaping @Sendable (Int, [String: HyperparameterValue]) -> Double
  ) -> ModelCard {
    var card = self
    card.operations = operations
    return card
  }

  /// Says what one pass over one row takes: the products of a network of these widths, three times.
  func withNetwork(
    _ widths: @escaping @Sendable ([String: HyperparameterValue]) -> [Int]
  ) -> ModelCard {
    withOperations { characteristics, settings in
      let sizes = [characteristics] + widths(settings) + [settings.integer("k", 5)]
      return 6 * Double(zip(sizes, sizes.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 })
    }
  }

  /// Whether it asks for characteristics; models that are solved say so themselves.
  public private(set) var readsCharacteristics = true

  /// Says that the model reads returns alone.
  func ofReturnsAlone() -> ModelCard {
    var card = self
    card.readsCharacteristics = false
    return card
  }

  /// Whether it is trained in epochs, as networks are; the others are solved.
  public var isTrained: Bool { settings.contains { $0.name == "epochs" } }

  /// All settings as texts in the order of the card, those not given at their defaults.
  public func resolved(
    _ given: [String: HyperparameterValue]
  ) throws -> [(name: String, text: String)] {
    zip(settings.map(\.name), try resolve(given)).map { ($0, $1) }
  }

  /// Builds the model with the given settings; the others take their defaults.
  public func model(_ given: [String: HyperparameterValue] = [:]) throws -> any FactorModel {
    try build(given)
  }
}

extension [String: HyperparameterValue] {
  /// A whole number that was given, or the usual one.
  func integer(_ name: String, _ usual: Int) -> Int {
    if case .integer(let given)? = self[name] { given } else { usual }
  }
}
