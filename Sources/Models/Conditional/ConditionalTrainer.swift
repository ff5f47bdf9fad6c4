// One member of a conditional factor model in training: beta network below, factor head above.

import FactorRuntime

final class ConditionalTrainer<Head: FactorHead>: Trainable {
  typealias Scalar = Head.Scalar

  let network: BetaNetwork<Scalar>
  let head: Head
  private let data: ConditionalData<Scalar>
  private let split: Split
  private let batches: ConditionalStep<BetaNetwork<Scalar>, Head>
  private var optimizer: Adam
  private var plan: [Range<Int>] = []
  private var best = ConditionalSnapshot<Scalar>()
  private let filter: ConditionalFilter<Head>

  init(
    network: BetaNetwork<Scalar>, head: Head, data: ConditionalData<Scalar>, split: Split,
    longestBatch: Int, optimizer: Adam, threads: Int = 1
  ) {
    (self.network, self.head, self.data, self.split) = (network, head, data, split)
    self.optimizer = optimizer
    batches = ConditionalStep(
      network: network, head: head, data: data, longestBatch: longestBatch, threads: threads)
    filter = ConditionalFilter(head: head, width: network.outputWidth, data: data)
  }

  var batchCount: Int { plan.count }

  func begin(epoch: Int, _ stream: inout RandomStream) {
    head.willStart(epoch: epoch) {
      filter.run(network.frozen(), months: split.train, from: split.train.lowerBound)
    }
    plan = head.batches(epoch: epoch, train: split.train, &stream)
    head.resetState()
  }

  func step(batch number: Int) -> Double {
    let loss = batches.gradient(plan[number])
    optimizer.addPenalty(to: network.parameters)
    optimizer.step(network.parameters, head.parameters)
    return loss
  }

  func takeMetrics() -> [Metric] { optimizer.takeMetrics() }

  func validationLoss() -> Double {
    let months = filter.run(network.frozen(), months: split.valid, from: split.train.lowerBound)
    return months.reduce(0) { $0 + $1.loss } / Double(max(1, months.count))
  }

  /// Estimates the prior again, on the training and validation months.
  func refinePrior(budget: Budget) throws {
    let months = split.train.lowerBound..<split.valid.upperBound
    try head.refinePrior(
      on: filter.run(network.frozen(), months: months, from: months.lowerBound), budget: budget)
  }

  /// Everything between two epochs, as values.
  struct State: Sendable {
    let network: ParameterState<Scalar>
    let running: [RunningMoments]
    let head: ParameterState<Double>
    let draws: RandomStream?
    let optimizer: Adam
    let best: ConditionalSnapshot<Scalar>
  }

  var state: State {
    get {
      State(
        network: network.parameters.state, running: network.running, head: head.parameters.state,
        draws: head.draws, optimizer: optimizer, best: best)
    }
    set {
      network.parameters.state = newValue.network
      network.running = newValue.running
      head.parameters.state = newValue.head
      head.draws = newValue.draws
      (optimizer, best) = (newValue.optimizer, newValue.best)
    }
  }

  func keepBest() { best.take(network, head.parameters) }
  func restoreBest() { best.putBack(network, head.parameters) }
}

/// The parameters and running statistics of the best epoch.
struct ConditionalSnapshot<Scalar: NetworkScalar>: Sendable {
  private var large: [Scalar] = []
  private var small: [Double] = []
  private var running: [RunningMoments] = []

  mutating func take(_ network: BetaNetwork<Scalar>, _ parameters: ParameterBlock<Double>) {
    network.parameters.snapshot(into: &large)
    parameters.snapshot(into: &small)
    running = network.running
  }

  func putBack(_ network: BetaNetwork<Scalar>, _ parameters: ParameterBlock<Double>) {
    guard !large.isEmpty else { return }
    network.parameters.restore(large)
    parameters.restore(small)
    network.running = running
  }
}
