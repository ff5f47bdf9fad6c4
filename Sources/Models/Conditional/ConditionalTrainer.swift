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
  private let pool: BlockPool
  private var optimizer: Adam
  private var plan: [Range<Int>] = []
  private var best = ConditionalSnapshot<Scalar>()
  private let filter: ConditionalFilter<Head>
  private var batch = Batch<Scalar>()
  private var work: BlockWork = { _, _ in }

  /// The batch at work: its months, where their rows begin, and the months as its groups cut them.
  private struct Batch<Value> {
    struct Piece {
      let slot: Int
      let rows: Range<Int>
    }
    var months = 0..<0
    var x: UnsafePointer<Value>?
    var y: UnsafePointer<Value>?
    var pieces: [Piece] = []
    /// The pieces of each group, and of each month.
    var ofGroup: [Range<Int>] = []
    var ofMonth: [Range<Int>] = []
  }

  init(
    network: BetaNetwork<Scalar>, head: Head, data: ConditionalData<Scalar>, split: Split,
    longestBatch: Int, optimizer: Adam, threads: Int = 1
  ) {
    (self.network, self.head, self.data, self.split) = (network, head, data, split)
    self.optimizer = optimizer
    pool = BlockPool(threads: threads)
    statistics = LoadingStatistics(
      factors: head.factors, width: network.outputWidth, slots: longestBatch,
      pieces: longestBatch + RowGroups.most)
    filter = ConditionalFilter(head: head, width: network.outputWidth, data: data)
    work = { [unowned self] phase, group in run(phase: phase, group: group) }
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
    let months = plan[number]
    let rows = data.rows(months)
    network.parameters.clearGradients()
    head.parameters.clearGradients()
    statistics.clearGradients()
    let loss = data.withRows(rows) { x, y in
      let groups = network.begin(rows: rows.count)
      cut(months, groups)
      (batch.x, batch.y) = (x, y)
      for phase in 0..<network.phases {
        pool.run(work, phase: phase, blocks: groups)
        network.finishForward(phase: phase)
      }
      for slot in 0..<months.count { statistics.combine(slot: slot, pieces: batch.ofMonth[slot]) }
      let loss = recordLoss(months)
      tape.backward(from: loss)
      for slot in 0..<months.count { statistics.prepareSpread(slot: slot) }
      network.beginBackward()
      for phase in 0..<network.phases {
        pool.run(work, phase: network.phases + phase, blocks: groups)
        network.finishBackward(phase: phase)
      }
      return loss.scalar
    }
    Scalar.addL1(
      count: network.parameters.count, weight: network.parameters.weights,
      strength: network.parameters.strengths, gradient: network.parameters.gradients)
    optimizer.step(network.parameters, head.parameters)
    return loss
  }

  /// One group's share of a phase of the network, and of the statistics where the two meet.
  private func run(phase: Int, group: Int) {
    guard let x = batch.x, let y = batch.y else { return }
    let width = network.outputWidth
    if phase < network.phases {
      network.forward(phase: phase, group: group, x)
      guard phase == network.phases - 1 else { return }
      for piece in batch.ofGroup[group] {
        let rows = batch.pieces[piece].rows
        statistics.sum(
          piece: piece, rows: rows.count, loadings: network.loadings + rows.lowerBound * width,
          returns: y + rows.lowerBound)
      }
    } else {
      for piece in batch.ofGroup[group] where phase == network.phases {
        let (slot, rows) = (batch.pieces[piece].slot, batch.pieces[piece].rows)
        let at = rows.lowerBound * width
        statistics.spread(
          slot: slot, rows: rows.count, loadings: network.loadings + at,
          into: network.loadingsGradient + at)
      }
      network.backward(phase: phase - network.phases, group: group, x)
    }
  }

  // Cuts the months at the borders of the groups.
  private func cut(_ months: Range<Int>, _ groups: Int) {
    batch.months = months
    batch.pieces.removeAll(keepingCapacity: true)
    batch.ofMonth.removeAll(keepingCapacity: true)
    batch.ofGroup.removeAll(keepingCapacity: true)
    var (group, opened) = (0, 0)
    eachMonth(months) { slot, firms, first in
      let before = batch.pieces.count
      var start = first
      while start < first + firms {
        let end = min(network.groups[group].upperBound, first + firms)
        batch.pieces.append(.init(slot: slot, rows: start..<end))
        start = end
        guard end == network.groups[group].upperBound else { continue }
        batch.ofGroup.append(opened..<batch.pieces.count)
        (group, opened) = (group + 1, batch.pieces.count)
      }
      batch.ofMonth.append(before..<batch.pieces.count)
    }
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

  private func recordLoss(_ months: Range<Int>) -> Variable {
    tape.reset()
    head.loadParameters(on: tape)
    var total = tape.constant(0)
    eachMonth(months) { slot, firms, first in
      let view = MonthView<Scalar>(
        month: months.lowerBound + slot, firms: firms, statistics: statistics[slot],
        loadings: network.loadings + first * network.outputWidth, width: network.outputWidth)
      total = total + head.loss(view, on: tape)
    }
    return head.closeBatch(total, months: months.count, on: tape)
  }

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
