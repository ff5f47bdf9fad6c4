// Fits a forecasting model: standardised returns, shuffled batches, an ensemble averaged at r-hat.

import FactorRuntime

/// What distinguishes one forecasting model from another.
struct PredictorPlan<Network: PredictorNetwork>: EnsembleDesign where Network.Scalar == Float {
  var model: String
  var settings: [(name: String, value: String)]
  /// The network, given the number of characteristics.
  var network: @Sendable (_ characteristics: Int) -> Network.Design
  var members: Int
  var schedule: TrainingSchedule
  var optimizer: Optimizer
  var l1: Double
  /// The largest batch; smaller where the training months have few rows.
  var batchRows: Int
  var notes: [String] = []

  /// Batches at least in an epoch, so that a small panel is not fitted in a few steps.
  static var fewestBatches: Int { 20 }

  func parameterCount(characteristics: Int) -> Int { network(characteristics).parameterCount }

  /// Rows of a batch on a number of training rows.
  func batch(of rows: Int) -> Int { max(2, min(batchRows, rows / Self.fewestBatches)) }

  func memory(_ task: FactorTask) -> FitMemory {
    let rows = task.returns.count
    let batch = batch(of: task.split.map { task.rows($0.train).count } ?? rows)
    let shape = network(task.width)
    let room = shape.room(rowsOfBatch: max(2 * batch, Stretches.length))
    return FitMemory(
      model: model, members: members,
      shared: rows * (4 * task.width + 16) + (Network.readsHistories ? 20 * rows : 0) + 24 * rows,
      perMember: 4 * room + 12 * rows + 8 * rows * (1 + shape.factors))
  }

  func fit(_ task: FactorTask, _ context: FitContext) throws -> any FittedModel {
    try EnsembleFitter.fit(PredictorFit<Network>.self, self, task, context)
  }
}

/// One member after training.
struct PredictorMember: TrainedMember {
  let weights: NetworkWeights<Float>
  let report: TrainingReport
}

/// One fit: its data made ready once.
struct PredictorFit<Network: PredictorNetwork>: EnsembleFit where Network.Scalar == Float {
  private let plan: PredictorPlan<Network>
  private let context: FitContext
  private let split: Split
  private let scale: Double
  private let data: ConditionalData<Float>
  private let shape: Network.Design
  private let start: [PredictorMember]

  init(_ plan: PredictorPlan<Network>, _ task: FactorTask, _ context: FitContext) throws {
    (self.plan, self.context) = (plan, context)
    split = try task.requireSplit()
    let factors = plan.network(task.width).factors
    guard factors <= task.width else {
      throw ModelError.tooManyFactors(factors: factors, characteristics: task.width)
    }
    try TrainingChecks.check(task, split)
    shape = plan.network(task.width)
    start =
      try context.start.map {
        try FittedPredictor<Network>.members(of: $0, for: plan, task)
      } ?? []
    let scales = NetworkScales(task, train: split.train, inputs: [])
    scale = scales.returns
    data = ConditionalData<Float>(
      scales.data(task, inputs: []), readsHistories: Network.readsHistories)
  }

  func trainer(_ number: Int, seed: UInt64) -> PredictorTrainer<Network> {
    var stream = RandomStream(seed: seed, purpose: .initialise)
    let batch = plan.batch(of: data.rows(split.train).count)
    let network = Network(
      shape, data, rows: max(2 * batch, Stretches.length),
      threads: max(1, context.budget.threads / plan.members))
    network.initialize(&stream)
    network.parameters.penalise(plan.l1)
    if !start.isEmpty { start[number % start.count].weights.restore(to: network) }
    return PredictorTrainer(
      network: network, data: data, split: split, batchRows: batch, optimizer: plan.optimizer,
      budget: context.budget)
  }

  func frozen(
    _ trainer: PredictorTrainer<Network>, _ report: TrainingReport, _ budget: Budget
  ) -> PredictorMember {
    PredictorMember(weights: NetworkWeights(trainer.network), report: report)
  }

  func settled(_ members: [PredictorMember], _ summary: FitSummary) -> FittedPredictor<Network> {
    FittedPredictor(summary: summary, scale: scale, design: shape, members: members)
  }

  // MARK: Checkpoints

  func accepts(_ state: NetworkState<Float>) -> Bool {
    state.isOf(Network(blank: shape), ParameterBlock<Double>(padded: false), draws: false)
  }

  static func encode(_ member: PredictorMember, _ name: String, into container: inout Container) {
    container.add("\(name).network", member.weights.values)
    member.weights.running.encode("\(name).running", into: &container)
    member.report.encode("\(name).report", into: &container)
  }

  func member(_ name: String, of container: Container) throws -> PredictorMember {
    let network = Network(blank: shape)
    let weights = NetworkWeights<Float>(
      values: try container.floats("\(name).network"),
      running: try [RunningMoments]("\(name).running", of: container))
    guard weights.values.count == network.parameters.count,
      weights.running.map(\.mean.count) == network.running.map(\.mean.count)
    else { throw FitCheckpoint.misfit(name) }
    return PredictorMember(
      weights: weights, report: try TrainingReport("\(name).report", of: container))
  }
}
