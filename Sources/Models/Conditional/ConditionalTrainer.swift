// One member of a conditional factor model in training: beta network below, factor head above.

import FactorRuntime

final class ConditionalTrainer<Head: FactorHead>: Trainable {
  typealias Scalar = Head.Scalar

  let network: BetaNetwork<Scalar>
  let head: Head
  private let data: ConditionalData<Scalar>
  private let split: Split
  private let tape = Tape()
  private let statistics: LoadingStatistics<Scalar>
  private var optimizer: Adam
  private var plan: [Range<Int>] = []
  private var best = ConditionalSnapshot<Scalar>()
  private let filter: ConditionalFilter<Head>
  private let budget: Budget
  /// The calendar months of the data, to name one that makes trouble.
  private let months: [Month]
  private(set) var troubled: Month?

  init(
    network: BetaNetwork<Scalar>, head: Head, data: ConditionalData<Scalar>, split: Split,
    longestBatch: Int, optimizer: Adam, months: [Month] = [], budget: Budget = Budget()
  ) {
    (self.network, self.head, self.data, self.split) = (network, head, data, split)
    (self.optimizer, self.months, self.budget) = (optimizer, months, budget)
    statistics = LoadingStatistics(
      factors: head.factors, width: network.outputWidth, slots: longestBatch)
    filter = ConditionalFilter(head: head, width: network.outputWidth, data: data)
  }

  var batchCount: Int { plan.count }

  func begin(epoch: Int, _ stream: inout RandomStream) {
    head.willStart(epoch: epoch) {
      filter.run(
        network.frozen(), months: split.train, from: split.train.lowerBound, budget: budget)
    }
    plan = head.batches(epoch: epoch, train: split.train, &stream)
    head.resetState()
  }

  func step(batch: Int) -> Double {
    let months = plan[batch]
    let rows = data.rows(months)
    network.parameters.clearGradients()
    head.parameters.clearGradients()
    statistics.clearGradients()
    let loss = data.withRows(rows) { x, y in
      network.forward(rows: rows.count, x)
      computeStatistics(months, y)
      let loss = recordLoss(months)
      tape.backward(from: loss)
      spreadGradients(months)
      network.backward(rows: rows.count, x)
      return loss.scalar
    }
    Scalar.addL1(
      count: network.parameters.count, weight: network.parameters.weights,
      strength: network.parameters.strengths, gradient: network.parameters.gradients)
    optimizer.step(network.parameters, head.parameters)
    return loss
  }

  private func eachMonth(
    _ months: Range<Int>, _ body: (_ slot: Int, _ firms: Int, _ firstRow: Int) -> Void
  ) {
    let base = data.rows(months).lowerBound
    for (slot, month) in months.enumerated() {
      let rows = data.rows(month..<(month + 1))
      body(slot, rows.count, rows.lowerBound - base)
    }
  }

  private func computeStatistics(_ months: Range<Int>, _ y: UnsafePointer<Scalar>) {
    eachMonth(months) { slot, firms, first in
      statistics.compute(
        slot: slot, rows: firms, loadings: network.loadings + first * network.outputWidth,
        returns: y + first)
    }
  }

  private func recordLoss(_ months: Range<Int>) -> Variable {
    tape.reset()
    head.loadParameters(on: tape)
    var total = tape.constant(0)
    eachMonth(months) { slot, firms, first in
      let view = MonthView<Scalar>(
        month: months.lowerBound + slot, firms: firms, statistics: statistics[slot],
        loadings: network.loadings + first * network.outputWidth, width: network.outputWidth)
      total = total + head.loss(view, on: tape)
      suspect(total.scalar, months.lowerBound + slot)
    }
    return head.closeBatch(total, months: months.count, on: tape)
  }

  // The first month after which a sum is not finite is the one to look at.
  private func suspect(_ loss: Double, _ month: Int) {
    guard troubled == nil, !loss.isFinite, months.indices.contains(month) else { return }
    troubled = months[month]
  }

  private func spreadGradients(_ months: Range<Int>) {
    eachMonth(months) { slot, firms, first in
      let at = first * network.outputWidth
      statistics.spread(
        slot: slot, rows: firms, loadings: network.loadings + at,
        into: network.loadingsGradient + at)
    }
  }

  func validationLoss() -> Double {
    let months = filter.run(
      network.frozen(), months: split.valid, from: split.train.lowerBound, budget: budget)
    for (month, seen) in zip(split.valid, months) { suspect(seen.loss, month) }
    return months.reduce(0) { $0 + $1.loss } / Double(max(1, months.count))
  }

  /// Estimates the prior again, on the training and validation months.
  func refinePrior(budget: Budget) throws {
    let months = split.train.lowerBound..<split.valid.upperBound
    let seen = filter.run(
      network.frozen(), months: months, from: months.lowerBound, budget: budget)
    try budget.check()
    try head.refinePrior(on: seen, budget: budget)
  }

  typealias State = ConditionalState<Scalar>

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
