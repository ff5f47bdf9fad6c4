// Everything that decides the bits of a fit, and the key made of it.
//
// Key = SHA-256 of the engine, a fingerprint of the machine's arithmetic, the model, all its settings in
// the order of its card, the seed, the task's data and split, and the fit that was started from. The
// text of the script is no part of it: comments, layout and names of variables change nothing.

import FactorRuntime

/// What is to be fitted, apart from data.
public struct FitOrder: Sendable {
  public let card: ModelCard
  public let settings: [String: HyperparameterValue]
  public let seed: UInt64
  /// A fit whose weights this one starts from.
  public let start: (any FittedModel)?
  /// Whether validation only tunes: a second fit trains on its months too.
  public let refitsOnAll: Bool
  /// Of the second fit, the first one.
  public private(set) var tuned: (any FittedModel)?
  /// The digest of `start`, where only that is known.
  private let knownStart: String
  /// What it was begun with, where that is known from a file.
  private let begun: Surroundings?

  private struct Surroundings: Sendable {
    let engine: Int
    let arithmetic: String
    let data: String
    let split: String
  }

  /// Raise this when fits give other bits than before, or checkpoints hold other things.
  static let engine = 5

  /// Creates an order.
  public init(
    _ card: ModelCard, _ settings: [String: HyperparameterValue], seed: UInt64,
    start: (any FittedModel)? = nil, refitsOnAll: Bool = false
  ) {
    (self.card, self.settings, self.seed, self.start) = (card, settings, seed, start)
    (self.refitsOnAll, knownStart, begun) = (refitsOnAll, "", nil)
  }

  /// The order of the second fit, where there is to be one after `model`.
  public func refit(after model: any FittedModel) -> FitOrder? {
    guard refitsOnAll, tuned == nil else { return nil }
    var next = FitOrder(card, settings, seed: seed, start: start, refitsOnAll: true)
    next.tuned = model
    return next
  }

  /// The task and the context as the model gets them.
  func prepared(_ task: FactorTask, _ context: FitContext) -> (FactorTask, FitContext) {
    var (task, context) = (task, context)
    (context.start, context.tuned) = (start, tuned)
    if tuned != nil { task.split = task.split?.trainedOnAll }
    return (task, context)
  }

  // What the fit begins with: weights, and what an earlier fit has chosen for it.
  private func startDigest() throws -> String {
    func digest(_ model: any FittedModel) throws -> String {
      SHA256.digest(try ModelFile.container(of: model).encoded)
    }
    let first = try start.map(digest) ?? knownStart
    return try tuned.map { first + "+" + (try digest($0)) } ?? first
  }

  /// The key of the fit on a task.
  public func key(_ task: FactorTask, threads: Int) throws -> String {
    var hash = SHA256()
    for text in [
      "fit", String(Self.engine), NumericFingerprint.text, card.name, String(seed),
      try startDigest(),
      task.digest(threads: threads), Self.words(task.split),
    ] { hash.add(text) }
    for (name, text) in try card.resolved(settings) {
      hash.add(name)
      hash.add(text)
    }
    return hash.digest
  }

  /// Refuses a task without what the model reads, or that is not the one the fit was begun on.
  func check(_ task: FactorTask, threads: Int) throws {
    if card.isTrained, card.readsCharacteristics { try task.requireCharacteristics(for: card.name) }
    guard let begun else { return }
    guard begun.engine == Self.engine else {
      throw ModelError.otherFit(what: "the version of fq is")
    }
    guard begun.arithmetic == NumericFingerprint.text else {
      throw ModelError.otherFit(what: "the arithmetic of the machine is")
    }
    guard knownStart.isEmpty else {
      throw ModelError.otherFit(what: "the fit it started from is not in its file, so it is")
    }
    guard begun.split == Self.words(task.split) else {
      throw ModelError.otherFit(what: "the months of train, valid and test are")
    }
    guard begun.data == task.digest(threads: threads) else {
      throw ModelError.otherFit(what: "the data are")
    }
  }

  private static func words(_ split: Split?) -> String {
    guard let split else { return "" }
    return [split.train, split.valid, split.test].map { "\($0.lowerBound)..\($0.upperBound)" }
      .joined(separator: " ")
  }
}

// MARK: In a header

extension FitOrder {
  /// The order of a fit on a task, for the header of an unfinished model.
  public func json(for task: FactorTask, threads: Int) throws -> JSON {
    .fields(
      ("engine", .number(Double(Self.engine))), ("arithmetic", .text(NumericFingerprint.text)),
      ("model", .text(card.name)), ("seed", .text(String(seed))),
      ("start", .text(try startDigest())), ("refit", .bool(refitsOnAll)),
      ("data", .text(task.digest(threads: threads))), ("split", .text(Self.words(task.split))),
      (
        "settings",
        .object(try card.resolved(settings).map { JSON.Field($0.name, .text($0.text)) })
      ))
  }

  /// Reads what `json` gave.
  init(_ json: JSON?) throws {
    let facts = StoredFacts(json)
    guard let card = Registry.card(try facts.text("model")) else { throw facts.fault("model") }
    guard let seed = UInt64(try facts.text("seed")) else { throw facts.fault("seed") }
    let texts = StoredFacts(try facts.object("settings"))
    var settings: [String: HyperparameterValue] = [:]
    for setting in card.settings {
      guard let value = HyperparameterValue(try texts.text(setting.name), setting.kind) else {
        throw texts.fault(setting.name)
      }
      settings[setting.name] = value
    }
    (self.card, self.settings, self.seed, start) = (card, settings, seed, nil)
    refitsOnAll = facts.value?["refit"] == .bool(true)
    knownStart = try facts.text("start")
    begun = Surroundings(
      engine: try facts.integer("engine"), arithmetic: try facts.text("arithmetic"),
      data: try facts.text("data"), split: try facts.text("split"))
  }
}
