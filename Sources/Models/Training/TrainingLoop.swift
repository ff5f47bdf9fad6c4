// The only training loop: models supply batches, a loss with gradients, and a validation loss.

import FactorRuntime

/// What the loop needs of a model in training.
protocol Trainable: AnyObject {
  /// Everything that the next epoch depends on.
  associatedtype State: KeptState
  /// Prepares an epoch (numbered from 1): order of batches, weights of terms.
  func begin(epoch: Int, _ stream: inout RandomStream)
  /// The number of batches of this epoch.
  var batchCount: Int { get }
  /// Computes the batch's loss and applies one optimiser step; once the work is to stop, it may leave both undone
  /// and give what is no loss.
  func step(batch: Int) -> Double
  /// The loss on the validation months with frozen weights; worthless once the work is to stop.
  func validationLoss() -> Double
  /// The validation loss of saying zero, above which patience does not count; infinite where it always counts.
  var idleLoss: Double { get }
  /// The month in which the last loss that was not finite arose.
  var troubled: Period? { get }
  /// Keeps the current parameters as the best, or puts the best ones back.
  func keepBest()
  func restoreBest()
  /// Figures of the epoch that has ended, besides its losses.
  func takeMetrics() -> [Metric]
  /// The state between epochs; putting it back continues bit by bit as if nothing had happened.
  var state: State { get set }
}

extension Trainable {
  func takeMetrics() -> [Metric] { [] }
  var idleLoss: Double { .infinity }
  var troubled: Period? { nil }
}

/// A training between two epochs.
struct PausedTraining<State: KeptState>: Sendable {
  let model: State
  let stream: RandomStream
  let watch: EarlyStopping
  let report: TrainingReport
}

/// How long to train.
struct TrainingSchedule: Sendable {
  var epochs: Int
  var patience: Int
  /// Whether exactly these epochs are run, whatever the validation months say.
  var isFixed = false

  /// As many epochs as validation chose for a member of a fit.
  func fixed(by tuned: (any FittedModel)?, member: Int) -> TrainingSchedule {
    guard let tuned, tuned.summary.members.indices.contains(member) else { return self }
    return TrainingSchedule(
      epochs: max(1, tuned.summary.members[member].bestEpoch), patience: patience, isFixed: true)
  }
}

/// What happened in a fit, epoch by epoch.
public struct TrainingReport: Sendable, Equatable {
  public var trainingLoss: [Double] = []
  public var validationLoss: [Double] = []
  public var bestEpoch = 0
  public var bestLoss = Double.infinity
  /// Figures of each epoch besides its losses.
  public var metrics = TrainingMetrics()
  /// The number of epochs run.
  public var epochs: Int { trainingLoss.count }
}

enum TrainingLoop {
  /// Trains with early stopping and leaves the best parameters in the model.
  ///
  /// With a fixed schedule nothing is chosen: the parameters are those of the last epoch.
  /// `earlier` continues a training that was stopped; `keep` gets the state after each epoch.
  static func run<Model: Trainable>(
    _ model: Model, _ schedule: TrainingSchedule, seed: UInt64, member: Int, of members: Int,
    from earlier: PausedTraining<Model.State>? = nil, _ context: FitContext,
    keep: (PausedTraining<Model.State>) -> Void = { _ in }
  ) throws -> TrainingReport {
    var stream = earlier?.stream ?? RandomStream(seed: seed, purpose: .shuffle)
    var watch = earlier?.watch ?? EarlyStopping(patience: schedule.patience)
    var report = earlier?.report ?? TrainingReport()
    if let earlier { model.state = earlier.model }
    var epoch = report.epochs + 1
    let idle = model.idleLoss
    while epoch <= max(1, schedule.epochs),
      !(epoch > 1 && watch.shouldStop(after: epoch - 1, idle: idle))
    {
      let began = ContinuousClock.now
      let (train, valid) = try pass(model, epoch, &stream, context)
      report.trainingLoss.append(train)
      report.validationLoss.append(valid)
      report.metrics.append(
        model.takeMetrics(), seconds: (ContinuousClock.now - began) / .seconds(1))
      if watch.note(valid, epoch: epoch, always: schedule.isFixed) { model.keepBest() }
      (report.bestEpoch, report.bestLoss) = (watch.bestEpoch, watch.bestLoss)
      keep(PausedTraining(model: model.state, stream: stream, watch: watch, report: report))
      context.progress(
        FitProgress(
          member: member, members: members, epoch: epoch, epochs: schedule.epochs,
          trainingLoss: train, validationLoss: valid, bestEpoch: watch.bestEpoch,
          bestLoss: watch.bestLoss))
      epoch += 1
    }
    model.restoreBest()
    return report
  }

  // One epoch: its mean training loss and its validation loss.
  private static func pass(
    _ model: some Trainable, _ epoch: Int, _ stream: inout RandomStream, _ context: FitContext
  ) throws -> (Double, Double) {
    model.begin(epoch: epoch, &stream)
    var total = 0.0
    for batch in 0..<model.batchCount {
      try context.budget.check()
      let loss = model.step(batch: batch)
      // A step that heard of the stop on its way is worth nothing, and nobody's failure.
      if !loss.isFinite { try context.budget.check() }
      guard loss.isFinite else { throw ModelError.notFinite(epoch: epoch, month: model.troubled) }
      total += loss
    }
    let (train, valid) = (total / Double(max(1, model.batchCount)), model.validationLoss())
    try context.budget.check()
    guard valid.isFinite else { throw ModelError.notFinite(epoch: epoch, month: model.troubled) }
    return (train, valid)
  }
}
