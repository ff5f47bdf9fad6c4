// Fits a conditional factor model: checks the data, trains the members, settles blend and residual.

import FactorRuntime

/// What distinguishes one conditional factor model from another.
struct ConditionalDesign<Head: FactorHead>: Sendable where Head.Scalar == Float {
  var model: String
  var settings: [(name: String, value: String)]
  var factors: Int
  var hidden: [Int]
  var members: Int
  var schedule: TrainingSchedule
  var rate: Double
  var clip: Double?
  var l1: Double
  /// The largest number of months in one batch.
  var longestBatch: Int
  var cutsLoadings = false
  var needsManaged: Bool
  var forecasts: [ForecastMode]
  var notes: [String]
  var head: Head.Design
}

enum ConditionalFitter {
  /// Fits, or goes on with an earlier state. A fit that is asked to stop gives a partial model, one
  /// whose loss fails too; nothing is given where no member has finished an epoch.
  static func fit<Head: FactorHead>(
    _ design: ConditionalDesign<Head>, _ task: FactorTask, _ context: FitContext
  ) throws -> any FittedModel {
    let needed = FitMemory(design, task)
    let bytes = try needed.reserve(context.budget)
    defer { context.budget.release(bytes) }
    let fit = try ConditionalFit(design, task, context)
    let members = try fit.earlierMembers()
    let board = FitBoard(members)
    let stop = try fit.train(board)
    do {
      if let stop { throw stop }
      return try fit.settled(board.all)
    } catch {
      return try stopped(by: error, board.all, design, task, context)
    }
  }

  /// What is left of a fit that ended early; throws the reason where that is nothing.
  private static func stopped<Head: FactorHead>(
    by reason: any Error, _ members: [MemberProgress<Head>], _ design: ConditionalDesign<Head>,
    _ task: FactorTask, _ context: FitContext
  ) throws -> any FittedModel {
    guard members.contains(where: { $0.report != nil }) else { throw reason }
    func partial(_ cause: ModelError?) -> PartialConditional<Head> {
      PartialConditional(design, task, seed: context.seed, members: members, cause: cause)
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

/// One fit: its data made ready once, its members trained side by side.
struct ConditionalFit<Head: FactorHead>: Sendable where Head.Scalar == Float {
  /// The fewest firms a training month may have: one firm has no cross-section.
  static var fewestFirms: Int { 2 }

  private let design: ConditionalDesign<Head>
  private let task: FactorTask
  private let context: FitContext
  private let split: Split
  private let scales: NetworkScales
  private let data: ConditionalData<Float>
  private let inputs: [[Double]]
  private let meanFirms: Double
  private let start: [ConditionalMember]

  init(
    _ design: ConditionalDesign<Head>, _ task: FactorTask, _ context: FitContext
  ) throws {
    (self.design, self.task, self.context) = (design, task, context)
    split = try task.requireSplit()
    try Self.check(design, task, split)
    start = try context.start.map { try WarmStart.members(of: $0, for: design, task) } ?? []
    let portfolios =
      design.needsManaged ? try ManagedInputs.returns(of: task, context.budget) : []
    scales = NetworkScales(task, train: split.train, managed: portfolios)
    let networkData = scales.data(task, managed: portfolios)
    data = ConditionalData<Float>(networkData)
    inputs = networkData.managed
    meanFirms = networkData.meanFirms(split.train)
  }

  private static func check(
    _ design: ConditionalDesign<Head>, _ task: FactorTask, _ split: Split
  ) throws {
    guard design.factors <= task.width else {
      throw ModelError.tooManyFactors(factors: design.factors, characteristics: task.width)
    }
    for month in split.train {
      let firms = task.rows(month).count
      guard firms >= fewestFirms else {
        throw ModelError.thinMonth(
          month: task.index.months[month], firms: firms, needed: fewestFirms)
      }
    }
    let rows = task.rows(split.train)
    let used = task.characteristics[(rows.lowerBound * task.width)..<(rows.upperBound * task.width)]
    guard used.contains(where: { $0 != 0 }) else { throw ModelError.noCharacteristicVaries }
  }

  // MARK: Training

  /// Where the members stood when the fit was interrupted; all wait if it begins.
  func earlierMembers() throws -> [MemberProgress<Head>] {
    guard let earlier = context.earlier else {
      return (0..<design.members).map { _ in .waiting }
    }
    return try FitCheckpoint.members(
      in: earlier, network(rows: 1), Head(design.head, inputs: inputs, meanFirms: meanFirms),
      count: design.members)
  }

  /// Trains what is not finished; gives what stopped it, the failure of a model first.
  func train(_ board: FitBoard<Head>) throws -> (any Error)? {
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

  private func finish(_ number: Int, _ board: FitBoard<Head>) throws -> ConditionalMember {
    let known = board[number]
    if case .finished(let member) = known { return member }
    var earlier: PausedTraining<ConditionalState<Float>>?
    if case .training(let paused) = known { earlier = paused }
    let trainer = trainer(number)
    let report = try TrainingLoop.run(
      trainer, design.schedule, seed: seed(number), member: number, of: design.members,
      from: earlier, context
    ) { paused in
      board[number] = .training(paused)
      offer(board)
    }
    return try frozen(trainer, report, context.budget)
  }

  private func offer(_ board: FitBoard<Head>) {
    context.checkpoints?.offer {
      FitCheckpoint.container(of: board.all, design.schedule.epochs)
    }
  }

  private func seed(_ number: Int) -> UInt64 { Ensemble.seed(context.seed, member: number) }

  private func network(rows: Int) -> BetaNetwork<Float> {
    BetaNetwork(
      inputs: task.width, hidden: design.hidden, outputs: design.factors, maximumRows: rows,
      cutsLoadings: design.cutsLoadings)
  }

  private func trainer(_ number: Int) -> ConditionalTrainer<Head> {
    var stream = RandomStream(seed: seed(number), purpose: .initialise)
    let network = network(rows: data.mostRows(months: design.longestBatch))
    network.initialize(&stream)
    network.parameters.penalise(design.l1)
    let head = Head(design.head, inputs: inputs, meanFirms: meanFirms)
    head.initialize(&stream)
    if !start.isEmpty {
      let start = start[number % start.count]
      start.weights.restore(to: network)
      head.parameters.restore(start.tuned)
    }
    return ConditionalTrainer(
      network: network, head: head, data: data, split: split, longestBatch: design.longestBatch,
      optimizer: Adam(rate: design.rate, clip: design.clip), months: task.index.months,
      budget: context.budget,
      // Members come first; what threads are left help with the rows of each.
      threads: max(1, context.budget.threads / design.members))
  }

  private func frozen(
    _ trainer: ConditionalTrainer<Head>, _ report: TrainingReport, _ budget: Budget
  ) throws -> ConditionalMember {
    let head = trainer.head
    var (core, tuned): ([Double], [Double]) = ([], [])
    head.parameters.snapshot(into: &tuned)
    try trainer.refinePrior(budget: budget)
    head.parameters.snapshot(into: &core)
    return ConditionalMember(
      network: trainer.network.frozen(), weights: BetaNetworkWeights(trainer.network), core: core,
      tuned: tuned, report: report)
  }

  // MARK: Settling

  /// The model of the members, those in training at their best epoch; who waits is left out.
  func settled(_ progress: [MemberProgress<Head>]) throws -> FittedConditional<Head> {
    let members = try Ensemble.map(members: progress.count, budget: context.budget) {
      number -> ConditionalMember? in
      switch progress[number] {
      case .waiting: return nil
      case .finished(let member): return member
      case .training(let paused):
        let trainer = trainer(number)
        trainer.state = paused.model
        trainer.restoreBest()
        return try frozen(trainer, paused.report, context.budget)
      }
    }.compactMap { $0 }
    return try settled(members)
  }

  private func settled(_ members: [ConditionalMember]) throws -> FittedConditional<Head> {
    let parameters = network(rows: 1).parameterCount + (members.first?.core.count ?? 0)
    var fitted = FittedConditional<Head>(
      summary: design.summary(
        seed: context.seed, parameters: parameters, task, reports: members.map(\.report)),
      scales: scales, members: members, forecasts: design.forecasts,
      needsManaged: design.needsManaged, hidden: design.hidden, cutsLoadings: design.cutsLoadings,
      head: design.head, meanFirms: meanFirms)
    if design.forecasts.contains(.blend) {
      // Validation chooses the weight; a prior that has seen those months would choose itself.
      fitted.members = members.map { member in
        var member = member
        member.core = member.tuned
        return member
      }
      let tuned = try fitted.predict(task, budget: context.budget)
      fitted.blendWeight = Blend.weight(tuned, task, on: split.valid)
      fitted.members = members
    }
    let predictions = try fitted.predict(task, budget: context.budget)
    if let total = predictions.total {
      let rows = task.rows(split.train)
      let sum = rows.reduce(0.0) {
        $0 + (task.returns[$1] - total[$1]) * (task.returns[$1] - total[$1])
      }
      fitted.residualVariance = sum / Double(rows.count) / (scales.returns * scales.returns)
    }
    return fitted
  }
}

extension ConditionalDesign {
  func summary(
    seed: UInt64, parameters: Int, _ task: FactorTask, reports: [TrainingReport]
  ) -> FitSummary {
    FitSummary(
      model: model, settings: settings, seed: seed, parameterCount: parameters,
      characteristicNames: task.characteristicNames, members: reports, notes: notes)
  }
}

/// The weight of the prior in the blend forecast, chosen on the validation months.
enum Blend {
  static let candidates = [0, 0.25, 0.5, 0.75, 1]

  static func weight(_ predictions: Predictions, _ task: FactorTask, on months: Range<Int>)
    -> Double
  {
    guard let prior = predictions.forecast(.prior), let mean = predictions.forecast(.mean) else {
      return 0
    }
    let rows = task.rows(months)
    let errors = candidates.map { weight in
      rows.reduce(0.0) { sum, i in
        let error = task.returns[i] - weight * prior[i] - (1 - weight) * mean[i]
        return sum + error * error
      }
    }
    let best = errors.indices.min { errors[$0] < errors[$1] } ?? 0
    return candidates[best]
  }
}
