// A model whose fit stopped on the way: its best epoch, and the state to go on from.
//
// Stopping must be quick, so the best epoch is settled (priors refined, blend chosen) only when
// somebody asks for it.

import FactorRuntime
import Synchronization

final class PartialFit<Fit: EnsembleFit>: FittedModel {
  private let design: Fit.Design
  private let task: FactorTask
  private let seed: UInt64
  private let start: (any FittedModel)?
  private let tuned: (any FittedModel)?
  private let members: [MemberProgress<Fit>]
  private let cause: ModelError?
  private let best = Mutex<Fit.Fitted?>(nil)

  init(
    _ design: Fit.Design, _ task: FactorTask, _ context: FitContext,
    members: [MemberProgress<Fit>], cause: ModelError?
  ) {
    (self.design, self.task, seed) = (design, task, context.seed)
    (start, tuned) = (context.start, context.tuned)
    (self.members, self.cause) = (members, cause)
  }

  var summary: FitSummary {
    design.summary(seed: seed, task, reports: members.compactMap(\.report))
  }

  var pause: FitPause? {
    // The member that is furthest behind: what is said of epochs is all about one training.
    let shown =
      members.filter { !$0.isFinished }.compactMap(\.report).min { $0.epochs < $1.epochs }
      ?? members.compactMap(\.report).first
    let (members, epochs) = (members, design.schedule.epochs)
    return FitPause(
      epoch: shown?.epochs ?? 0, epochs: epochs, bestEpoch: shown?.bestEpoch ?? 0,
      bestLoss: shown?.bestLoss ?? .nan, cause: cause,
      checkpoint: { FitCheckpoint.container(of: members, epochs) }, best: { try self.taken($0) })
  }

  func settled(_ budget: Budget) throws -> any FittedModel { try taken(budget) }

  private func taken(_ budget: Budget) throws -> Fit.Fitted {
    if let known = best.withLock({ $0 }) { return known }
    var context = FitContext(seed: seed, budget: budget)
    (context.start, context.tuned) = (start, tuned)
    let run = EnsembleRun(try Fit(design, task, context), design, task, context)
    let fitted = try run.settled(members)
    best.withLock { $0 = fitted }
    return fitted
  }

  func predict(_ task: FactorTask, budget: Budget) throws -> Predictions {
    try taken(budget).predict(task, budget: budget)
  }

  func forecast(_ task: FactorTask, waiting: [Bool], budget: Budget) throws -> [Double] {
    try taken(budget).forecast(task, waiting: waiting, budget: budget)
  }

  func loadings(_ task: FactorTask, budget: Budget) throws -> Matrix? {
    try taken(budget).loadings(task, budget: budget)
  }

  func latentPath(_ task: FactorTask, budget: Budget) throws -> LatentPath? {
    try taken(budget).latentPath(task, budget: budget)
  }

  var readsManagedPortfolios: Bool { design.readsManagedPortfolios }

  /// Only the settled model is written.
  func encode(into container: inout Container) throws {
    preconditionFailure("a stopped fit is settled before it is written")
  }
}
