// What the fitter of ensembles needs of a kind of model: data made ready once, members that train on their
// own, and a model made of them.

import FactorRuntime

/// What makes a fit, apart from data.
protocol EnsembleDesign: Sendable {
  var model: String { get }
  /// Settings to show, in order.
  var settings: [(name: String, value: String)] { get }
  var members: Int { get }
  var schedule: TrainingSchedule { get }
  var notes: [String] { get }
  /// Whether factors are a function of managed portfolios.
  var readsManagedPortfolios: Bool { get }
  /// Parameters of one member.
  func parameterCount(characteristics: Int) -> Int
  /// What the fit takes.
  func memory(_ task: FactorTask) -> FitMemory
}

extension EnsembleDesign {
  var readsManagedPortfolios: Bool { false }

  func summary(seed: UInt64, _ task: FactorTask, reports: [TrainingReport]) -> FitSummary {
    FitSummary(
      model: model, settings: settings, seed: seed,
      parameterCount: parameterCount(characteristics: task.width),
      characteristicNames: task.characteristicNames, members: reports, notes: notes)
  }
}

/// A member after its training, as values.
protocol TrainedMember: Sendable {
  var report: TrainingReport { get }
}

/// One fit: its data made ready, shared by the members.
protocol EnsembleFit: Sendable {
  associatedtype Design: EnsembleDesign
  associatedtype Trainer: Trainable
  associatedtype Member: TrainedMember
  associatedtype Fitted: FittedModel

  /// Checks the data and makes them ready.
  init(_ design: Design, _ task: FactorTask, _ context: FitContext) throws
  /// A member before its first epoch; all its random numbers come from `seed`.
  func trainer(_ number: Int, seed: UInt64) -> Trainer
  /// The member as its trainer stands.
  func frozen(_ trainer: Trainer, _ report: TrainingReport, _ budget: Budget) throws -> Member
  /// The model of some members.
  func settled(_ members: [Member], _ summary: FitSummary) throws -> Fitted
  /// Whether a state is one of such a trainer.
  func accepts(_ state: Trainer.State) -> Bool
  static func encode(_ member: Member, _ name: String, into container: inout Container)
  func member(_ name: String, of container: Container) throws -> Member
}

enum EnsembleFitter {
  /// Fits, or goes on with an earlier state. A fit that is asked to stop gives a partial model, one
  /// whose loss fails too; nothing is given where no member has finished an epoch.
  static func fit<Fit: EnsembleFit>(
    _ kind: Fit.Type, _ design: Fit.Design, _ task: FactorTask, _ context: FitContext
  ) throws -> any FittedModel {
    let needed = design.memory(task)
    let bytes = try needed.reserve(context.budget)
    defer { context.budget.release(bytes) }
    let run = EnsembleRun(try Fit(design, task, context), design, task, context)
    let board = FitBoard<Fit>(try run.earlierMembers())
    let stop = try run.train(board)
    do {
      if let stop { throw stop }
      return try run.settled(board.all)
    } catch {
      return try stopped(by: error, board.all, design, task, context)
    }
  }

  /// What is left of a fit that ended early; throws the reason where that is nothing.
  private static func stopped<Fit: EnsembleFit>(
    by reason: any Error, _ members: [MemberProgress<Fit>], _ design: Fit.Design,
    _ task: FactorTask, _ context: FitContext
  ) throws -> any FittedModel {
    guard members.contains(where: { $0.report != nil }) else { throw reason }
    func partial(_ cause: ModelError?) -> PartialFit<Fit> {
      PartialFit(
        design, task, context, members: members, cause: cause)
    }
    if let cause = reason as? ModelError { return partial(cause) }
    guard let stop = reason as? BudgetError, stop == .cancelled || stop == .timeout else {
      throw reason
    }
    context.checkpoints?.save { FitCheckpoint.container(of: members, design.schedule.epochs) }
    if stop == .timeout { throw stop }
    return partial(nil)
  }
}

/// A fit on its way: its members trained side by side.
struct EnsembleRun<Fit: EnsembleFit>: Sendable {
  private let fit: Fit
  private let design: Fit.Design
  private let task: FactorTask
  private let context: FitContext

  init(_ fit: Fit, _ design: Fit.Design, _ task: FactorTask, _ context: FitContext) {
    (self.fit, self.design, self.task, self.context) = (fit, design, task, context)
  }

  /// Where the members stood when the fit was interrupted; all wait if it begins.
  func earlierMembers() throws -> [MemberProgress<Fit>] {
    guard let earlier = context.earlier else {
      return (0..<design.members).map { _ in .waiting }
    }
    return try FitCheckpoint.members(in: earlier, fit, count: design.members)
  }

  /// Trains what is not finished; gives what stopped it, the failure of a model first.
  func train(_ board: FitBoard<Fit>) throws -> (any Error)? {
    let stops = try Ensemble.map(members: design.members, budget: context.budget) {
      number -> (any Error)? in
      do {
        board[number] = .finished(try finish(number, board))
        offer(board)
        return nil
      } catch { return error }
    }.compactMap { $0 }
    return stops.first { !($0 is BudgetError) } ?? stops.first { $0 as? BudgetError == .timeout }
      ?? stops.first
  }

  private func seed(_ number: Int) -> UInt64 { Ensemble.seed(context.seed, member: number) }

  private func finish(_ number: Int, _ board: FitBoard<Fit>) throws -> Fit.Member {
    let known = board[number]
    if case .finished(let member) = known { return member }
    var earlier: PausedTraining<Fit.Trainer.State>?
    if case .training(let paused) = known { earlier = paused }
    let trainer = fit.trainer(number, seed: seed(number))
    let report = try TrainingLoop.run(
      trainer, design.schedule.fixed(by: context.tuned, member: number), seed: seed(number),
      member: number, of: design.members,
      from: earlier, context
    ) { paused in
      board[number] = .training(paused)
      offer(board)
    }
    return try fit.frozen(trainer, report, context.budget)
  }

  private func offer(_ board: FitBoard<Fit>) {
    context.checkpoints?.offer {
      FitCheckpoint.container(of: board.all, design.schedule.epochs)
    }
  }

  /// The model of the members, those in training at their best epoch; who waits is left out.
  func settled(_ progress: [MemberProgress<Fit>]) throws -> Fit.Fitted {
    let members = try Ensemble.map(members: progress.count, budget: context.budget) {
      number -> Fit.Member? in
      switch progress[number] {
      case .waiting: return nil
      case .finished(let member): return member
      case .training(let paused):
        let trainer = fit.trainer(number, seed: seed(number))
        trainer.state = paused.model
        trainer.restoreBest()
        return try fit.frozen(trainer, paused.report, context.budget)
      }
    }.compactMap { $0 }
    var summary = design.summary(seed: context.seed, task, reports: members.map(\.report))
    if context.tuned != nil {
      let months = try task.requireSplit().train.count
      summary.notes.append(
        "trained anew on all \(months) months up to the last validation month, as many epochs as "
          + "that had chosen")
    }
    return try fit.settled(members, summary)
  }
}
