// Fits a factor model of a few series: the whole training sequence is one step, validation follows it in time.
//
// The state runs on from the training periods into those of validation, with frozen weights and nothing drawn.
// What is chosen by is the mean loss of the validation periods with the divergence at its whole weight, so that
// epochs before and after annealing can be compared.

import FactorRuntime

/// What makes one fit.
struct SequenceFactorPlan: EnsembleDesign {
  var model: String
  var settings: [(name: String, value: String)]
  /// The network, given the number of series.
  var network: @Sendable (_ series: Int) -> SequenceFactorDesign
  /// The number of series of the task, once it is known.
  var series = 1
  var members: Int
  var schedule: TrainingSchedule
  var rate: Double
  var clip: Double
  var notes: [String] = []

  func parameterCount(characteristics: Int) -> Int { network(series).parameterCount }

  func memory(_ task: FactorTask) -> FitMemory {
    let shape = network(series)
    let (d, k) = (Padding.padded(shape.series), Padding.padded(shape.factors))
    let (h, periods) = (Padding.padded(shape.hidden), task.monthCount)
    // Three passes with gates, states, carried states and their gradients.
    let passes = 3 * (4 * h + 4 * h) + 2 * d + 11 * k
    let weights = 3 * h * (d + k + 2 * h) + 4 * h * k + h * d + 4 * h * h
    return FitMemory(
      model: model, members: members, shared: 8 * 3 * periods * shape.series,
      perMember: 4 * (periods * passes + 9 * weights)
        + 8 * periods * (4 * shape.series + 6 * shape.factors + 2 * shape.series * shape.factors))
  }

  func fit(_ task: FactorTask, _ context: FitContext) throws -> any FittedModel {
    var plan = self
    plan.series = SeriesScale.assetCount(task)
    return try EnsembleFitter.fit(SequenceFactorFit.self, plan, task, context)
  }
}

/// One member in training.
final class SequenceFactorTrainer: Trainable {
  let network: SequenceFactorNetwork<Float>
  private let train: SequenceFactorNetwork<Float>.Run
  private let whole: SequenceFactorNetwork<Float>.Run
  private let valid: Range<Int>
  private let months: [Period]
  private(set) var troubled: Period?
  private var optimizer: Optimizer
  private var draws: RandomStream
  private var weight = 1.0
  private var last = SequenceFactorNetwork<Float>.Loss()
  private var best = NetworkSnapshot<Float>()
  /// There is no factor head beside the network.
  private let none = ParameterBlock<Double>(padded: false)

  /// The network's periods are those of training and whatever follows up to the end of `valid`.
  init(
    _ network: SequenceFactorNetwork<Float>, train: Int, valid: Range<Int>, months: [Period],
    optimizer: Optimizer, draws: RandomStream
  ) {
    (self.network, self.valid, self.months) = (network, valid, months)
    (self.optimizer, self.draws) = (optimizer, draws)
    self.train = .init(periods: train)
    whole = .init(periods: valid.upperBound)
  }

  var batchCount: Int { 1 }

  func begin(epoch: Int, _ stream: inout RandomStream) {
    weight = network.design.divergenceWeight(epoch: epoch)
  }

  func step(batch: Int) -> Double {
    last = network.gradient(train, weight: weight) { draws.normal() }
    if let period = last.troubled { troubled = months[period] }
    optimizer.step(network.parameters, none)
    return last.reconstruction + weight * last.divergence
  }

  func validationLoss() -> Double {
    let losses = network.losses(whole)
    if troubled == nil, let period = losses.firstIndex(where: { !$0.isFinite }) {
      troubled = months[period]
    }
    return losses[valid].reduce(0, +) / Double(valid.count)
  }

  func takeMetrics() -> [Metric] {
    optimizer.takeMetrics() + [
      Metric("reconstruction", last.reconstruction), Metric("divergence", last.divergence),
      Metric("divergence_weight", weight),
    ]
  }

  var state: NetworkState<Float> {
    get {
      NetworkState(
        network: network.parameters.state, running: [], head: none.state, draws: draws,
        optimizer: optimizer.clock, best: best)
    }
    set {
      network.parameters.state = newValue.network
      if let kept = newValue.draws { draws = kept }
      (optimizer.clock, best) = (newValue.optimizer, newValue.best)
    }
  }

  func keepBest() { best.take(network, none) }
  func restoreBest() { best.putBack(network, none) }
}

/// One member after training.
struct SequenceFactorMember: TrainedMember {
  let weights: NetworkWeights<Float>
  /// The mean squared error of each series' fit over the training periods, standardised.
  let residual: [Double]
  let report: TrainingReport
}

struct SequenceFactorFit: EnsembleFit {
  private let plan: SequenceFactorPlan
  private let split: Split
  private let scale: SeriesScale
  private let months: [Period]
  private let shape: SequenceFactorDesign
  /// The periods from the first of training to the last of validation.
  private let matrix: [[Double]]
  private let start: [SequenceFactorMember]

  init(_ plan: SequenceFactorPlan, _ task: FactorTask, _ context: FitContext) throws {
    self.plan = plan
    split = try task.requireSplit()
    scale = try SeriesScale(task, split)
    let shape = plan.network(scale.assets.count)
    self.shape = shape
    let periods = split.train.lowerBound..<split.valid.upperBound
    months = Array(task.index.months[periods])
    matrix = try scale.matrix(task, periods)
    start =
      try context.start.map {
        try StartingFit.checked($0, as: FittedSequence.self, for: plan.model, task) { other in
          other.design == shape
        }.members
      } ?? []
  }

  func trainer(_ number: Int, seed: UInt64) -> SequenceFactorTrainer {
    var stream = RandomStream(seed: seed, purpose: .initialise)
    let network = SequenceFactorNetwork<Float>(shape, matrix)
    network.initialize(&stream)
    if !start.isEmpty { start[number % start.count].weights.restore(to: network) }
    let first = split.train.lowerBound
    return SequenceFactorTrainer(
      network, train: split.train.count,
      valid: (split.valid.lowerBound - first)..<(split.valid.upperBound - first), months: months,
      optimizer: Adam(rate: plan.rate, clip: plan.clip),
      draws: RandomStream(seed: seed, purpose: .posterior))
  }

  func frozen(
    _ trainer: SequenceFactorTrainer, _ report: TrainingReport, _ budget: Budget
  ) -> SequenceFactorMember {
    let fits = trainer.network.path(.init(periods: split.train.count)).fits
    let residual = SeriesScale.residual(fits, of: matrix, over: fits.indices)
    return SequenceFactorMember(
      weights: NetworkWeights(trainer.network), residual: residual, report: report)
  }

  func settled(_ members: [SequenceFactorMember], _ summary: FitSummary) -> FittedSequence {
    FittedSequence(summary: summary, scale: scale, design: shape, members: members)
  }

  // MARK: Checkpoints

  func accepts(_ state: NetworkState<Float>) -> Bool {
    state.isOf(
      SequenceFactorNetwork<Float>(blank: shape), ParameterBlock<Double>(padded: false), draws: true
    )
  }

  static func encode(
    _ member: SequenceFactorMember, _ name: String, into container: inout Container
  ) {
    container.add("\(name).network", member.weights.values)
    container.add("\(name).residual", member.residual)
    member.report.encode("\(name).report", into: &container)
  }

  func member(_ name: String, of container: Container) throws -> SequenceFactorMember {
    let values = try container.floats("\(name).network")
    let residual = try container.doubles("\(name).residual")
    guard values.count == SequenceFactorNetwork<Float>(blank: shape).parameters.count,
      residual.count == shape.series
    else { throw FitCheckpoint.misfit(name) }
    return SequenceFactorMember(
      weights: NetworkWeights(values: values, running: []), residual: residual,
      report: try TrainingReport("\(name).report", of: container))
  }
}
