// A model from a file whose fit was not finished: its best epoch, and the state to go on from.

import FactorRuntime

struct UnfinishedModel: FittedModel {
  let whole: any FittedModel
  let pause: FitPause?

  init(whole: any FittedModel, pause: FitPause) { (self.whole, self.pause) = (whole, pause) }

  var summary: FitSummary { whole.summary }

  func predict(_ task: FactorTask, budget: Budget) throws -> Predictions {
    try whole.predict(task, budget: budget)
  }

  func forecast(_ task: FactorTask, waiting: [Bool], budget: Budget) throws -> [Double] {
    try whole.forecast(task, waiting: waiting, budget: budget)
  }

  func latentPath(_ task: FactorTask, budget: Budget) throws -> LatentPath? {
    try whole.latentPath(task, budget: budget)
  }

  func leaveOneOut(
    _ task: FactorTask, _ months: Range<Int>, budget: Budget
  ) throws -> [LeftOut]? { try whole.leaveOneOut(task, months, budget: budget) }

  func latentFigures(
    _ task: FactorTask, _ months: Range<Int>, budget: Budget
  ) throws -> LatentFigures? { try whole.latentFigures(task, months, budget: budget) }

  var priorShare: Double? { whole.priorShare }

  func member(_ number: Int) -> (any FittedModel)? { whole.member(number) }

  func encode(into container: inout Container) throws { try whole.encode(into: &container) }

  // MARK: In a container

  private static let fact = "unfinished"
  private static let prefix = "training."

  static func add(_ pause: FitPause, _ order: JSON, to container: inout Container) {
    let checkpoint = pause.checkpoint()
    container.facts.append(
      .init(
        fact,
        .fields(
          ("epoch", .number(Double(pause.epoch))), ("epochs", .number(Double(pause.epochs))),
          ("best_epoch", .number(Double(pause.bestEpoch))), ("order", order),
          ("checkpoint", .object(checkpoint.facts)))))
    container.add("unfinished.loss", [pause.bestLoss])
    container.add(prefix, sectionsOf: checkpoint)
  }

  /// The order of an unfinished model; nil for a whole one.
  static func order(in container: Container) throws -> FitOrder? {
    guard let stored = container.facts.first(where: { $0.name == fact })?.value else { return nil }
    return try FitOrder(stored["order"])
  }

  static func pause(in container: Container, _ whole: any FittedModel) throws -> FitPause? {
    guard let stored = container.facts.first(where: { $0.name == fact })?.value else { return nil }
    let facts = StoredFacts(stored)
    guard case .object(let heading) = try facts.object("checkpoint") else { return nil }
    var checkpoint = container.part(prefix, kind: FitCheckpoint.kind)
    checkpoint.facts = heading
    return FitPause(
      epoch: try facts.integer("epoch"), epochs: try facts.integer("epochs"),
      bestEpoch: try facts.integer("best_epoch"),
      bestLoss: try container.doubles("unfinished.loss").first ?? .nan,
      checkpoint: { [checkpoint] in checkpoint }, best: { _ in whole })
  }
}
