// Fits a prior-posterior factor model: one month a step, early stopping on the prior's own likelihood.

import FactorRuntime

/// What distinguishes one fit from another.
struct PriorPosteriorPlan: EnsembleDesign {
  var model: String
  var settings: [(name: String, value: String)]
  /// The network, given the number of characteristics.
  var network: @Sendable (_ characteristics: Int) -> PriorPosteriorDesign
  var members: Int
  var schedule: TrainingSchedule
  var rate: Double
  var notes: [String] = []

  func parameterCount(characteristics: Int) -> Int { network(characteristics).parameterCount }

  func memory(_ task: FactorTask) -> FitMemory {
    let (rows, shape) = (task.returns.count, network(task.width))
    let month = FitMemory.mostRows(task, months: 1)
    let (w, k) = (Padding.padded(shape.hidden), Padding.padded(shape.factors))
    let stocks = 4 * w + 2 * k + 32 + Padding.padded(shape.portfolios) + shape.factors * w + 4 * k
    let room =
      month * stocks + GatedTrace<Float>.count(shape.body, rows: month) * shape.body.roomOfTrace
      + WindowParty.mostBlocks * (shape.body.roomOfParty + 4 * shape.parameterCount)
    return FitMemory(
      model: model, members: members, shared: rows * (4 * task.width + 36) + 8 * rows * 9,
      perMember: 4 * room + 8 * 4 * rows)
  }

  func fit(_ task: FactorTask, _ context: FitContext) throws -> any FittedModel {
    try EnsembleFitter.fit(PriorPosteriorFit.self, self, task, context)
  }
}

/// One member in training.
final class PriorPosteriorTrainer: Trainable {
  let network: PriorPosteriorNetwork<Float>
  private let split: Split
  private let months: [Period]
  private let budget: Budget
  private var optimizer: Optimizer
  private var order: [Int] = []
  private var best = NetworkSnapshot<Float>()
  private(set) var troubled: Period?

  init(
    _ network: PriorPosteriorNetwork<Float>, split: Split, rate: Double, months: [Period],
    budget: Budget
  ) {
    (self.network, self.split, self.months, self.budget) = (network, split, months, budget)
    optimizer = Adam(rate: rate, clip: nil)
  }

  var batchCount: Int { split.train.count }

  func begin(epoch: Int, _ stream: inout RandomStream) {
    order = Array(split.train)
    stream.shuffle(&order)
  }

  func step(batch: Int) -> Double {
    let loss = network.gradient(order[batch])
    if !loss.isFinite { troubled = months[order[batch]] }
    optimizer.step(network.parameters, network.small)
    return loss
  }

  func validationLoss() -> Double {
    var sum = 0.0
    for month in split.valid where !budget.isCancelled {
      let loss = network.observe(month).loss
      if !loss.isFinite, troubled == nil { troubled = months[month] }
      sum += loss
    }
    return sum / Double(split.valid.count)
  }

  func takeMetrics() -> [Metric] { optimizer.takeMetrics() }

  var state: NetworkState<Float> {
    get {
      NetworkState(
        network: network.parameters.state, running: [], head: network.small.state, draws: nil,
        optimizer: optimizer.clock, best: best)
    }
    set {
      network.parameters.state = newValue.network
      network.small.state = newValue.head
      (optimizer.clock, best) = (newValue.optimizer, newValue.best)
    }
  }

  func keepBest() { best.take(network, network.small) }
  func restoreBest() { best.putBack(network, network.small) }
}

/// One member after training.
struct PriorPosteriorMember: TrainedMember {
  let weights: NetworkWeights<Float>
  let small: [Double]
  let report: TrainingReport

  /// Puts the weights into a network of the same shape.
  func restore(to network: PriorPosteriorNetwork<Float>) {
    weights.restore(to: network)
    network.small.restore(small)
  }
}

struct PriorPosteriorFit: EnsembleFit {
  private let plan: PriorPosteriorPlan
  private let context: FitContext
  private let split: Split
  private let scale: Double
  private let data: ConditionalData<Float>
  private let shape: PriorPosteriorDesign
  private let months: [Period]
  private let start: [PriorPosteriorMember]

  init(_ plan: PriorPosteriorPlan, _ task: FactorTask, _ context: FitContext) throws {
    (self.plan, self.context, months) = (plan, context, task.index.months)
    split = try task.requireSplit()
    let shape = plan.network(task.width)
    self.shape = shape
    guard shape.factors <= task.width else {
      throw ModelError.tooManyFactors(factors: shape.factors, characteristics: task.width)
    }
    try TrainingChecks.check(task, split)
    start =
      try context.start.map { try FittedPriorPosterior.members(of: $0, for: shape, task) } ?? []
    let scales = NetworkScales(task, train: split.train, inputs: [])
    scale = scales.returns
    data = ConditionalData<Float>(scales.data(task, inputs: []), readsHistories: true)
  }

  func trainer(_ number: Int, seed: UInt64) -> PriorPosteriorTrainer {
    var stream = RandomStream(seed: seed, purpose: .initialise)
    let network = PriorPosteriorNetwork<Float>(
      shape, data, threads: max(1, context.budget.threads / plan.members))
    network.initialize(&stream)
    if !start.isEmpty { start[number % start.count].restore(to: network) }
    return PriorPosteriorTrainer(
      network, split: split, rate: plan.rate, months: months, budget: context.budget)
  }

  func frozen(
    _ trainer: PriorPosteriorTrainer, _ report: TrainingReport, _ budget: Budget
  ) -> PriorPosteriorMember {
    var small: [Double] = []
    trainer.network.small.snapshot(into: &small)
    return PriorPosteriorMember(
      weights: NetworkWeights(trainer.network), small: small, report: report)
  }

  func settled(
    _ members: [PriorPosteriorMember], _ summary: FitSummary
  ) -> FittedPriorPosterior {
    FittedPriorPosterior(summary: summary, scale: scale, design: shape, members: members)
  }

  // MARK: Checkpoints

  func accepts(_ state: NetworkState<Float>) -> Bool {
    let blank = PriorPosteriorNetwork<Float>(blank: shape)
    return state.isOf(blank, blank.small, draws: false)
  }

  static func encode(
    _ member: PriorPosteriorMember, _ name: String, into container: inout Container
  ) {
    container.add("\(name).network", member.weights.values)
    container.add("\(name).small", member.small)
    member.report.encode("\(name).report", into: &container)
  }

  func member(_ name: String, of container: Container) throws -> PriorPosteriorMember {
    let blank = PriorPosteriorNetwork<Float>(blank: shape)
    let values = try container.floats("\(name).network")
    let small = try container.doubles("\(name).small")
    guard values.count == blank.parameters.count, small.count == blank.small.count else {
      throw FitCheckpoint.misfit(name)
    }
    return PriorPosteriorMember(
      weights: NetworkWeights(values: values, running: []), small: small,
      report: try TrainingReport("\(name).report", of: container))
  }
}
