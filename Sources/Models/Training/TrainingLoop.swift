// The only training loop: models supply batches, a loss with gradients, and a validation loss.

import FactorRuntime

/// What the loop needs of a model in training.
protocol Trainable: AnyObject {
  /// Prepares an epoch (numbered from 1): order of batches, weights of terms.
  func begin(epoch: Int, _ stream: inout RandomStream)
  /// The number of batches of this epoch.
  var batchCount: Int { get }
  /// Computes the batch's loss and applies one optimiser step.
  func step(batch: Int) -> Double
  /// The loss on the validation months with frozen weights.
  func validationLoss() -> Double
  /// Keeps the current parameters as the best, or puts the best ones back.
  func keepBest()
  func restoreBest()
}

/// How long to train.
struct TrainingSchedule: Sendable {
  var epochs: Int
  var patience: Int
}

/// What happened in a fit, epoch by epoch.
public struct TrainingReport: Sendable, Equatable {
  public var trainingLoss: [Double] = []
  public var validationLoss: [Double] = []
  public var bestEpoch = 0
  public var bestLoss = Double.infinity
  /// The number of epochs run.
  public var epochs: Int { trainingLoss.count }
}

enum TrainingLoop {
  /// Trains with early stopping and leaves the best parameters in the model.
  static func run(
    _ model: some Trainable, _ schedule: TrainingSchedule, seed: UInt64, member: Int,
    of members: Int,
    _ context: FitContext
  ) throws -> TrainingReport {
    var stream = RandomStream(seed: seed, purpose: .shuffle)
    var watch = EarlyStopping(patience: schedule.patience)
    var report = TrainingReport()
    for epoch in 1...max(1, schedule.epochs) {
      model.begin(epoch: epoch, &stream)
      var total = 0.0
      for batch in 0..<model.batchCount {
        try context.budget.check()
        total += model.step(batch: batch)
      }
      let (train, valid) = (total / Double(max(1, model.batchCount)), model.validationLoss())
      guard train.isFinite, valid.isFinite else { throw ModelError.notFinite(epoch: epoch) }
      report.trainingLoss.append(train)
      report.validationLoss.append(valid)
      if watch.note(valid, epoch: epoch) { model.keepBest() }
      context.progress(
        FitProgress(
          member: member, members: members, epoch: epoch, epochs: schedule.epochs,
          trainingLoss: train, validationLoss: valid, bestEpoch: watch.bestEpoch,
          bestLoss: watch.bestLoss))
      if watch.shouldStop(after: epoch) { break }
    }
    model.restoreBest()
    (report.bestEpoch, report.bestLoss) = (watch.bestEpoch, watch.bestLoss)
    return report
  }
}
