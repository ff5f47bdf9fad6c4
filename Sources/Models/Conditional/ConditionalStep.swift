// One batch of a conditional factor model: loadings, the months' statistics, the head's loss on a tape, and
// all gradients. Blocks of rows run side by side; everything that is combined is combined in order.

import FactorRuntime

final class ConditionalStep<Network: LoadingNetwork, Head: FactorHead>
where Network.Scalar == Head.Scalar {
  typealias Scalar = Head.Scalar

  let network: Network
  let head: Head
  private let data: ConditionalData<Scalar>
  private let tape = Tape()
  private let statistics: LoadingStatistics<Scalar>
  /// Between network and statistics, where outputs are more than loadings.
  private let reader: LoadingRows<Scalar>?
  private let pool: BlockPool
  /// The first month of the last batch whose loss is not finite.
  private(set) var troubled: Int?
  private var batch = Batch<Scalar>()
  private var work: BlockWork = { _, _ in }

  /// The batch at work: where the panel begins, and its months as the groups of rows cut them.
  private struct Batch<Value> {
    struct Piece {
      let slot: Int
      let rows: Range<Int>
    }
    var panel: UnsafePointer<Value>?
    var returns: UnsafePointer<Value>?
    var pieces: [Piece] = []
    /// The pieces of each group, and of each month.
    var ofGroup: [Range<Int>] = []
    var ofMonth: [Range<Int>] = []
    /// The firms of each month.
    var firms: [Int] = []
  }

  init(
    network: Network, head: Head, data: ConditionalData<Scalar>, longestBatch: Int, threads: Int
  ) {
    (self.network, self.head, self.data) = (network, head, data)
    pool = BlockPool(threads: threads)
    reader = LoadingRows(
      head.columns, outputWidth: network.outputWidth, rows: data.mostRows(months: longestBatch),
      slots: longestBatch)
    statistics = LoadingStatistics(
      factors: head.factors, width: reader?.width ?? network.outputWidth, slots: longestBatch,
      pieces: longestBatch + RowGroups.most, movesReturns: head.columns.hasVariance)
    work = { [unowned self] phase, block in run(phase: phase, block: block) }
  }

  /// Computes the loss of some months and sets all gradients.
  func gradient(_ months: Range<Int>) -> Double {
    let rows = data.rows(months)
    network.parameters.clearGradients()
    head.parameters.clearGradients()
    statistics.clearGradients()
    return data.withRows(0..<rows.upperBound) { panel, returns in
      (batch.panel, batch.returns) = (panel, returns + rows.lowerBound)
      network.begin(months: months, rows: rows)
      cut(months)
      network.runForward(pool, work)
      for slot in 0..<months.count { statistics.combine(slot: slot, pieces: batch.ofMonth[slot]) }
      let loss = recordLoss(months)
      tape.backward(from: loss)
      for slot in 0..<months.count { statistics.prepareSpread(slot: slot) }
      network.runBackward(pool, work)
      return loss.scalar
    }
  }

  // One block of a phase, and its share of the statistics where network and head meet.
  private func run(phase: Int, block: Int) {
    guard let panel = batch.panel, let returns = batch.returns else { return }
    if phase < network.forwardPhases {
      network.forward(phase: phase, block: block, panel)
      guard phase == network.forwardPhases - 1 else { return }
      for piece in batch.ofGroup[block] { sum(piece, returns) }
    } else {
      if phase == network.forwardPhases {
        for piece in batch.ofGroup[block] { spread(batch.pieces[piece], returns) }
      }
      network.backward(phase: phase - network.forwardPhases, block: block, panel)
    }
  }

  // The sums of a piece of a month.
  private func sum(_ piece: Int, _ returns: UnsafePointer<Scalar>) {
    let rows = batch.pieces[piece].rows
    guard let reader else {
      return statistics.sum(
        piece: piece, rows: rows.count,
        loadings: network.loadings + rows.lowerBound * network.outputWidth,
        returns: returns + rows.lowerBound)
    }
    let logVariance = reader.read(rows, network.loadings, returns: returns)
    statistics.sum(
      piece: piece, rows: rows.count, reader.rows + rows.lowerBound * reader.width,
      logVariance: logVariance)
  }

  // The gradient of a piece's outputs.
  private func spread(_ piece: Batch<Scalar>.Piece, _ returns: UnsafePointer<Scalar>) {
    let (slot, rows) = (piece.slot, piece.rows)
    let at = rows.lowerBound * network.outputWidth
    guard let reader else {
      return statistics.spread(
        slot: slot, rows: rows.count, loadings: network.loadings + at,
        into: network.loadingsGradient + at)
    }
    let place = rows.lowerBound * reader.width
    statistics.spread(
      slot: slot, rows: rows.count, loadings: reader.rows + place, into: reader.slopes + place)
    reader.send(
      rows, network.loadings, logVariance: statistics[slot].logVarianceGradient[0],
      into: network.loadingsGradient)
    if let quantiles = reader.quantiles(slot: slot, network.loadings + at) {
      QuantileLoss.addGradient(
        rows: rows.count, ofMonth: batch.firms[slot], quantiles, factors: head.factors,
        returns: returns + rows.lowerBound, into: network.loadingsGradient + at)
    }
  }

  // Cuts the months at the borders of the groups.
  private func cut(_ months: Range<Int>) {
    batch.pieces.removeAll(keepingCapacity: true)
    batch.ofMonth.removeAll(keepingCapacity: true)
    batch.ofGroup.removeAll(keepingCapacity: true)
    batch.firms.removeAll(keepingCapacity: true)
    var (group, opened) = (0, 0)
    eachMonth(months) { slot, firms, first in
      let before = batch.pieces.count
      batch.firms.append(firms)
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
    troubled = nil
    eachMonth(months) { slot, firms, first in
      let outputs = network.loadings + first * network.outputWidth
      let view = MonthView<Scalar>(
        month: months.lowerBound + slot, firms: firms, statistics: statistics[slot],
        loadings: reader.map { $0.rows + first * $0.width } ?? outputs,
        width: statistics.width, quantiles: reader?.quantiles(slot: slot, outputs))
      total = total + head.loss(view, on: tape)
      if troubled == nil, !total.scalar.isFinite { troubled = months.lowerBound + slot }
    }
    return head.closeBatch(total, months: months.count, on: tape)
  }
}
