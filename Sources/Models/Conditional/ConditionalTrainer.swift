// One member of a conditional factor model in training: beta network below, factor head above.

import FactorRuntime

final class ConditionalTrainer<Network: ConditionalNetwork, Head: FactorHead>: Trainable
where Network.Scalar == Head.Scalar {
  typealias Scalar = Head.Scalar

  let network: Network
  let head: Head
  private let data: ConditionalData<Scalar>
  private let split: Split
  private let batches: ConditionalStep<Network, Head>
  private var optimizer: Adam
  private var plan: [Range<Int>] = []
  private var best = NetworkSnapshot<Scalar>()
  private let filter: ConditionalFilter<Network.Run, Head>
  private let budget: Budget
  /// The calendar months of the data, to name one that makes trouble.
  private let months: [Period]
  private(set) var troubled: Period?

  init(
    _ design: Network.Design, network: Network, head: Head, data: ConditionalData<Scalar>,
    split: Split,
    longestBatch: Int, optimizer: Adam, months: [Period] = [], budget: Budget = Budget(),
    threads: Int = 1
  ) {
    (self.network, self.head, self.data, self.split) = (network, head, data, split)
    (self.optimizer, self.months, self.budget) = (optimizer, months, budget)
    batches = ConditionalStep(
      network: network, head: head, data: data, longestBatch: longestBatch, threads: threads)
    filter = ConditionalFilter(design, head: head, data: data)
  }

  var batchCount: Int { plan.count }

  func begin(epoch: Int, _ stream: inout RandomStream) {
    head.willStart(epoch: epoch) {
      filter.run(
        network.frozen(), months: split.train, from: split.train.lowerBound, budget: budget)
    }
    plan = head.batches(epoch: epoch, train: split.train, &stream)
    head.resetState()
    network.resetStates()
  }

  func step(batch number: Int) -> Double {
    let loss = batches.gradient(plan[number])
    if let month = batches.troubled { suspect(.nan, month) }
    optimizer.addPenalty(to: network.parameters)
    optimizer.addPenalty(to: head.parameters)
    optimizer.step(network.parameters, head.parameters)
    return loss
  }

  func takeMetrics() -> [Metric] { optimizer.takeMetrics() }

  // The first month after which a sum is not finite is the one to look at.
  private func suspect(_ loss: Double, _ month: Int) {
    guard troubled == nil, !loss.isFinite, months.indices.contains(month) else { return }
    troubled = months[month]
  }

  func validationLoss() -> Double {
    let months = filter.run(
      network.frozen(), months: split.valid, from: split.train.lowerBound, budget: budget)
    for (month, seen) in zip(split.valid, months) { suspect(seen.loss, month) }
    return months.reduce(0) { $0 + $1.loss } / Double(max(1, months.count))
  }

  var idleLoss: Double {
    var total = 0.0
    for month in split.valid {
      let rows = data.rows(month..<(month + 1))
      let square = data.withRows(rows) { _, returns in
        (0..<rows.count).reduce(0.0) { $0 + Double(returns[$1]) * Double(returns[$1]) }
      }
      guard let loss = head.idleLoss(square: square) else { return .infinity }
      total += loss
    }
    return total / Double(max(1, split.valid.count))
  }

  /// Estimates the prior again, on the training and validation months.
  func refinePrior(budget: Budget) throws {
    let months = split.train.lowerBound..<split.valid.upperBound
    let seen = filter.run(
      network.frozen(), months: months, from: months.lowerBound, budget: budget)
    try budget.check()
    try head.refinePrior(on: seen, budget: budget)
  }

  typealias State = NetworkState<Scalar>

  var state: State {
    get {
      State(
        network: network.parameters.state, running: network.running, head: head.parameters.state,
        draws: head.draws, optimizer: optimizer.clock, best: best)
    }
    set {
      network.parameters.state = newValue.network
      network.running = newValue.running
      head.parameters.state = newValue.head
      head.draws = newValue.draws
      (optimizer.clock, best) = (newValue.optimizer, newValue.best)
    }
  }

  func keepBest() { best.take(network, head.parameters) }
  func restoreBest() { best.putBack(network, head.parameters) }
}
