// A conditional factor model whose fit stopped on the way: its best epoch, and the state to go on from.
//
// Stopping must be quick, so the best epoch is settled (priors refined, blend chosen) only when
// somebody asks for it.

import FactorRuntime
import Synchronization

final class PartialConditional<Head: FactorHead>: FittedModel where Head.Scalar == Float {
  private let design: ConditionalDesign<Head>
  private let task: FactorTask
  private let seed: UInt64
  private let members: [MemberProgress<Head>]
  private let cause: ModelError?
  private let best = Mutex<FittedConditional<Head>?>(nil)

  init(
    _ design: ConditionalDesign<Head>, _ task: FactorTask, seed: UInt64,
    members: [MemberProgress<Head>], cause: ModelError?
  ) {
    (self.design, self.task, self.seed) = (design, task, seed)
    (self.members, self.cause) = (members, cause)
  }

  var summary: FitSummary {
    let inputs = design.needsManaged ? [[Double](repeating: 0, count: task.width + 1)] : []
    let parameters =
      BetaNetwork<Float>(
        inputs: task.width, hidden: design.hidden, outputs: design.factors, maximumRows: 1
      ).parameterCount + Head(design.head, inputs: inputs, meanFirms: 1).parameters.count
    return design.summary(
      seed: seed, parameters: parameters, task, reports: members.compactMap(\.report))
  }

  var pause: FitPause? {
    let begun = members.compactMap(\.report)
    let least = members.filter { !$0.isFinished }.compactMap(\.report).min {
      $0.epochs < $1.epochs
    }
    let (members, epochs) = (members, design.schedule.epochs)
    return FitPause(
      epoch: least?.epochs ?? begun.first?.epochs ?? 0, epochs: epochs,
      bestEpoch: begun.first?.bestEpoch ?? 0, bestLoss: begun.first?.bestLoss ?? .nan, cause: cause,
      checkpoint: { FitCheckpoint.container(of: members, epochs) }, best: { try self.settled($0) })
  }

  private func settled(_ budget: Budget) throws -> FittedConditional<Head> {
    if let known = best.withLock({ $0 }) { return known }
    let context = FitContext(seed: seed, budget: budget)
    let fitted = try ConditionalFit(design, task, context).settled(members)
    best.withLock { $0 = fitted }
    return fitted
  }

  func predict(_ task: FactorTask, budget: Budget) throws -> Predictions {
    try settled(budget).predict(task, budget: budget)
  }

  func forecast(_ task: FactorTask, waiting: [Bool], budget: Budget) throws -> [Double] {
    try settled(budget).forecast(task, waiting: waiting, budget: budget)
  }

  func loadings(_ task: FactorTask, budget: Budget) throws -> Matrix? {
    try settled(budget).loadings(task, budget: budget)
  }

  var readsManagedPortfolios: Bool { design.needsManaged && design.head.readsInputs }

  func member(_ number: Int) -> (any FittedModel)? {
    (try? settled(Budget()))?.member(number)
  }

  func encode(into container: inout Container) throws {
    try settled(Budget()).encode(into: &container)
  }
}
