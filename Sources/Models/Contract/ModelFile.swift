// A fitted model as a container: its name, what to show of the fit, and its numbers; never code.
//
// What all models have in common is written here; the rest each family writes and reads itself. The
// registry finds who reads it by the model's name.

import FactorRuntime

/// Models to containers and back.
public enum ModelFile {
  /// What a container with a model says it holds.
  public static let kind = "model"

  /// The model with everything it needs to forecast, and to go on if its fit is not finished.
  public static func container(
    of model: any FittedModel, order: JSON? = nil, budget: Budget = Budget()
  ) throws -> Container {
    var container = Container(kind: kind)
    let summary = model.summary
    container.facts.append(.init("summary", json(summary)))
    for (number, report) in summary.members.enumerated() {
      container.add("fit\(number).train", report.trainingLoss)
      container.add("fit\(number).valid", report.validationLoss)
      container.add("fit\(number).best", [report.bestLoss])
      report.metrics.encode("fit\(number).metrics", into: &container)
    }
    try model.settled(budget).encode(into: &container)
    if let pause = model.pause, let order { UnfinishedModel.add(pause, order, to: &container) }
    return container
  }

  /// The model of a container; throws the fact that it holds none of this fq.
  public static func model(in container: Container) throws -> any FittedModel {
    guard container.kind == kind else {
      throw ContainerError.otherKind(found: container.kind, wanted: kind)
    }
    let summary = try summary(in: container)
    guard let card = Registry.card(summary.model) else {
      throw ContainerError.malformed(
        section: "header", reason: "this fq has no model `\(summary.model)`")
    }
    let whole = try card.restore(container, summary)
    return try UnfinishedModel.pause(in: container, whole).map {
      UnfinishedModel(whole: whole, pause: $0)
    } ?? whole
  }

  /// What fitting the model of a container was asked for; nil where the fit is finished.
  public static func order(in container: Container) throws -> FitOrder? {
    try UnfinishedModel.order(in: container)
  }

  private static func json(_ summary: FitSummary) -> JSON {
    .fields(
      ("model", .text(summary.model)),
      (
        "settings",
        .list(
          summary.settings.map {
            .fields(("name", .text($0.name)), ("value", .text($0.value)))
          })
      ),
      // A double does not hold every seed.
      ("seed", .text(String(summary.seed))),
      ("parameters", .number(Double(summary.parameterCount))),
      ("characteristics", .list(summary.characteristicNames.map(JSON.text))),
      ("best_epochs", .list(summary.members.map { .number(Double($0.bestEpoch)) })),
      ("notes", .list(summary.notes.map(JSON.text))))
  }

  private static func summary(in container: Container) throws -> FitSummary {
    let facts = StoredFacts(container.facts.first { $0.name == "summary" }?.value)
    guard let seed = UInt64(try facts.text("seed")) else { throw facts.fault("seed") }
    let epochs = try facts.integers("best_epochs")
    return FitSummary(
      model: try facts.text("model"),
      settings: try facts.items("settings").map { item in
        let setting = StoredFacts(item)
        return (try setting.text("name"), try setting.text("value"))
      },
      seed: seed, parameterCount: try facts.integer("parameters"),
      characteristicNames: try facts.texts("characteristics"),
      members: try epochs.enumerated().map { number, epoch in
        TrainingReport(
          trainingLoss: try container.doubles("fit\(number).train"),
          validationLoss: try container.doubles("fit\(number).valid"), bestEpoch: epoch,
          bestLoss: try container.doubles("fit\(number).best").first ?? .infinity,
          metrics: try TrainingMetrics("fit\(number).metrics", of: container))
      }, notes: try facts.texts("notes"))
  }
}

/// Facts of a header, read with a complaint where one is missing or of another kind.
public struct StoredFacts: Sendable {
  let value: JSON?

  /// Reads from a JSON object; nil complains of everything.
  public init(_ value: JSON?) { self.value = value }

  /// The complaint about a fact.
  public func fault(_ name: String) -> ContainerError {
    .malformed(section: "header", reason: "`\(name)` is not as it should be")
  }

  /// A text.
  public func text(_ name: String) throws -> String {
    guard let text = value?[name]?.text else { throw fault(name) }
    return text
  }

  /// A whole number.
  public func integer(_ name: String) throws -> Int {
    guard let number = value?[name]?.integer else { throw fault(name) }
    return number
  }

  /// A number.
  public func number(_ name: String) throws -> Double {
    guard case .number(let number)? = value?[name] else { throw fault(name) }
    return number
  }

  /// A yes or no.
  public func flag(_ name: String) throws -> Bool {
    guard case .bool(let flag)? = value?[name] else { throw fault(name) }
    return flag
  }

  /// One of a list of words.
  public func word<Word: RawRepresentable>(_ name: String) throws -> Word
  where Word.RawValue == String {
    guard let word = Word(rawValue: try text(name)) else { throw fault(name) }
    return word
  }

  /// The items of a list.
  public func items(_ name: String) throws -> [JSON] {
    guard case .list(let items)? = value?[name] else { throw fault(name) }
    return items
  }

  /// A list of texts.
  public func texts(_ name: String) throws -> [String] {
    let texts = try items(name).compactMap(\.text)
    guard texts.count == (try items(name)).count else { throw fault(name) }
    return texts
  }

  /// A list of whole numbers.
  public func integers(_ name: String) throws -> [Int] {
    let numbers = try items(name).compactMap(\.integer)
    guard numbers.count == (try items(name)).count else { throw fault(name) }
    return numbers
  }
}
