// Fits a dual codebook model: batches of windows, early stopping on the prior's own likelihood.

import FactorRuntime

/// What makes one fit.
struct StormPlan: EnsembleDesign {
  var model: String
  var settings: [(name: String, value: String)]
  /// The network without what the task decides: characteristics, firms, prices.
  var shape: StormDesign
  /// Firms of a fixed universe at most.
  var firms: Int
  var newcomers: NewcomerRule
  var members: Int
  var schedule: TrainingSchedule
  var batch: Int
  var rate: Double
  var decay: Double
  var warmUp: Int
  var notes: [String] = []

  func parameterCount(characteristics: Int) -> Int { shape.parameterCount }

  func memory(_ task: FactorTask) -> FitMemory {
    let workers = StormNetwork<Float>.mostWorkers
    let windows = (batch + workers - 1) / workers * workers
    let weights = Int(1.3 * Double(shape.parameterCount))
    let rows = task.returns.count
    // Gradients of the workers; weights, gradients, two moments, strengths, the best and a kept state.
    return FitMemory(
      model: model, members: members,
      shared: rows * (4 * task.width + 48) + 4 * task.monthCount * task.index.assetNames.count,
      perMember: 4 * (shape.room(windows: windows) + weights * 16) + 8 * 5 * rows)
  }

  func fit(_ task: FactorTask, _ context: FitContext) throws -> any FittedModel {
    var plan = self
    plan.shape = try shape.sized(for: task, firms: firms)
    return try EnsembleFitter.fit(StormFit.self, plan, task, context)
  }
}

/// One member after training.
struct StormMember: TrainedMember {
  let weights: NetworkWeights<Float>
  let use: StormUse
  let report: TrainingReport
}

struct StormFit: EnsembleFit {
  private let plan: StormPlan
  private let context: FitContext
  private let split: Split
  private let scale: Double
  private let universe: [String]?
  private let data: StormWindows
  private let train: [Int]
  private let months: [Period]
  private let notes: [String]
  private let start: [StormMember]

  init(_ plan: StormPlan, _ task: FactorTask, _ context: FitContext) throws {
    (self.plan, self.context, months) = (plan, context, task.index.months)
    let (split, shape) = (try task.requireSplit(), plan.shape)
    self.split = split
    try task.requireCharacteristics(for: plan.model)
    try TrainingChecks.check(task, split)
    let first = (task.index.places.first ?? 0) + shape.months - 1
    train = split.train.filter { task.index.places[$0] >= first }
    guard train.count > 1 else {
      throw ModelError.shortWindows(
        months: shape.months, patch: shape.patch, found: split.train.upperBound)
    }
    scale = NetworkScales(task, train: split.train, inputs: []).returns
    let universe =
      shape.isDynamic
      ? nil : StormWindows.mostComplete(task, split.train, count: shape.assets)
    self.universe = universe
    data = StormWindows(task, scale: scale, universe: universe)
    notes = Self.notes(plan, task, split, universe)
    start =
      try context.start.map {
        try StartingFit.checked($0, as: FittedStorm.self, for: plan.model, task) {
          $0.design.hasShape(of: shape) && $0.universe == (universe ?? [])
        }.members
      } ?? []
  }

  private static func notes(
    _ plan: StormPlan, _ task: FactorTask, _ split: Split, _ universe: [String]?
  ) -> [String] {
    guard let universe else { return [] }
    let inside = Set(universe.compactMap { task.index.code(ofAsset: $0) })
    let rows = task.rows(split.train.lowerBound..<split.valid.upperBound)
    let others = rows.count { !inside.contains(task.index.assets[$0]) }
    guard others > 0 else { return [] }
    return [
      "the universe is the \(universe.count) firms with the most training months; \(others) of "
        + "\(rows.count) training and validation rows are of others: \(plan.newcomers.stormConsequence)"
    ]
  }

  func trainer(_ number: Int, seed: UInt64) -> StormTrainer {
    var stream = RandomStream(seed: seed, purpose: .initialise)
    let network = StormNetwork<Float>(
      plan.shape, windows: plan.batch, threads: max(1, context.budget.threads / plan.members))
    network.initialize(&stream)
    if !start.isEmpty { start[number % start.count].weights.restore(to: network) }
    var optimizer = Adam(rate: plan.rate, clip: nil)
    optimizer.rule = .adamW(decay: plan.decay)
    optimizer.betas = (0.9, 0.95)
    let steps = plan.schedule.epochs * StormTrainer.batches(train.count, of: plan.batch)
    optimizer.schedule = .cosine(
      warmUp: plan.warmUp, steps: max(steps, plan.warmUp + 1), floor: 0)
    return StormTrainer(
      network, data, train: train, valid: split.valid, months: months, batch: plan.batch,
      optimizer: optimizer, draws: RandomStream(seed: seed, purpose: .posterior),
      drawsCodes: start.isEmpty, budget: context.budget)
  }

  func frozen(
    _ trainer: StormTrainer, _ report: TrainingReport, _ budget: Budget
  ) throws -> StormMember {
    try budget.check()
    let use = trainer.network.use(train.map { data[$0] }, data)
    return StormMember(
      weights: NetworkWeights(trainer.network), use: StormUse(use), report: report)
  }

  func settled(_ members: [StormMember], _ summary: FitSummary) -> FittedStorm {
    var summary = summary
    summary.notes += notes + StormUse.notes(members.map(\.use))
    return FittedStorm(
      summary: summary, scale: scale, design: plan.shape, universe: universe ?? [],
      newcomers: plan.newcomers, members: members)
  }

  // MARK: Checkpoints

  private var blank: StormNetwork<Float> { plan.shape.blank }

  func accepts(_ state: NetworkState<Float>) -> Bool {
    state.isOf(blank, ParameterBlock<Double>(padded: false), draws: true)
  }

  static func encode(_ member: StormMember, _ name: String, into container: inout Container) {
    container.add("\(name).network", member.weights.values)
    container.add("\(name).use", member.use.values)
    member.report.encode("\(name).report", into: &container)
  }

  func member(_ name: String, of container: Container) throws -> StormMember {
    let values = try container.floats("\(name).network")
    guard values.count == blank.parameters.count else { throw FitCheckpoint.misfit(name) }
    return StormMember(
      weights: NetworkWeights(values: values, running: []),
      use: try StormUse(container.doubles("\(name).use")),
      report: try TrainingReport("\(name).report", of: container))
  }
}
