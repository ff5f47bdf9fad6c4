// The recurrent beta network: loadings from a firm's history of characteristics.
//
// Definition: an LSTM (or another cell) reads c of the months up to t-1; loadings are linear in its state.
// Scan runs once along each firm's life and carries states from batch to batch; window starts every target
// from zero and reads its last L months, at L times the cost. Firms are dealt into small parties whose states
// and gates fit the second cache, parties into a few blocks that may run side by side; a firm is in one party
// only, so nothing is added from two sides. Where a batch is one month the gates are kept for the gradient,
// where it is many (window) they are computed again: that costs a third more work and a tenth of the memory.
// Reference: the RVRAE paper's loadings; Hochreiter and Schmidhuber (1997).

import FactorRuntime

/// How a recurrent network runs over firm histories.
public enum HistoryMode: Sendable, Equatable {
  case scan
  case window(months: Int)
}

final class RecurrentBetaNetwork<Scalar: NetworkScalar>: LoadingNetwork {
  typealias Buffer = UnsafeMutablePointer<Scalar>

  /// Rows of one step of a party at most: with twelve steps its gates and states fill the second cache.
  static var partyRows: Int { 64 }
  static var mostBlocks: Int { 8 }

  /// What a party's memory must hold.
  struct PartyRows {
    /// Targets of a batch, and rows of the panel that they read.
    let targets: Int
    let inputs: Int
    /// Months that these rows span.
    let months: Int
    /// Whether a batch is one month, whose windows share nothing.
    let areAlone: Bool

    init(_ mode: HistoryMode, monthly: Int, longestBatch: Int) {
      let length = if case .window(let months) = mode { months } else { 1 }
      targets = monthly * longestBatch
      // Every target may read one row more from before its window, where months are missing.
      inputs = longestBatch == 1 ? targets * length : monthly * (longestBatch + length) + targets
      months = longestBatch + length
      areAlone = longestBatch == 1 && mode != .scan
    }
  }

  let mode: HistoryMode
  let outputs: Int
  let outputWidth: Int
  let inputs: Int
  let parameters = ParameterBlock<Scalar>(padded: true)
  let layer: RecurrentLayer
  let head: (weight: Int, bias: Int)
  let reading: StateReading
  let loadings: Buffer
  let loadingsGradient: Buffer
  private(set) var groups = RowGroups(rows: 0)
  private let parties: [RecurrentParty<Scalar>]
  private let passes: [RecurrentPass<Scalar>]
  private var batch = (months: 0..<0, firstRow: 0)
  private let mostRows: Int
  /// The parties of each block, and its share of the gradients.
  private let blocks: [Range<Int>]
  private let partial: Buffer
  private let headTransposed: Buffer

  init(
    inputs: Int, hidden: Int, outputs: Int, cell: RecurrentCell = .lstm, mode: HistoryMode,
    reading: StateReading = .layer, histories: FirmHistories, longestBatch: Int
  ) {
    precondition(reading == .layer || hidden == outputs)
    (self.mode, self.outputs, self.inputs) = (mode, outputs, inputs)
    self.reading = reading
    outputWidth = Padding.padded(outputs + 1)
    layer = RecurrentLayer("cell", cell, inputs: inputs, hidden: hidden, in: parameters)
    head = (
      parameters.add(
        "head.weight", rows: hidden, columns: outputWidth, penalised: reading == .layer),
      parameters.add("head.bias", rows: 1, columns: outputWidth)
    )
    let length = if case .window(let months) = mode { months } else { 1 }
    let keeps = mode == .scan || longestBatch == 1
    let monthly = max(1, mode == .scan ? Self.partyRows : Self.partyRows / longestBatch)
    let ranges = histories.parties(of: monthly)
    let room = PartyRows(mode, monthly: monthly, longestBatch: longestBatch)
    let count = min(Self.mostBlocks, ranges.count)
    let blocks = (0..<count).map { ($0 * ranges.count / count)..<(($0 + 1) * ranges.count / count) }
    self.blocks = blocks
    let (layer, parameters) = (layer, parameters)
    var passes: [RecurrentPass<Scalar>] = []
    func pass(_ firms: Int) -> RecurrentPass<Scalar> {
      passes.append(
        RecurrentPass(
          layer, parameters, rows: room.targets * length, inputs: room.inputs,
          carried: mode == .scan ? firms : 0, projects: mode != .scan && longestBatch > 1))
      return passes[passes.count - 1]
    }
    // Passes that are run again for the gradient may share their memory within a block.
    parties = blocks.flatMap { block in
      let shared = keeps ? nil : pass(0)
      return block.map { party in
        RecurrentParty(
          firms: ranges[party], histories, mode, shared ?? pass(ranges[party].count),
          keeps: keeps, rows: room, outputWidth: Padding.padded(outputs + 1))
      }
    }
    self.passes = passes
    let rows =
      (0..<max(1, histories.offsets.count - 1)).map { month in
        histories.offsets[min(month + longestBatch, histories.offsets.count - 1)]
          - histories.offsets[month]
      }.max() ?? 0
    mostRows = rows
    loadings = AlignedMemory.zeros(rows * outputWidth)
    loadingsGradient = AlignedMemory.zeros(rows * outputWidth)
    partial = AlignedMemory.zeros(blocks.count * parameters.count)
    headTransposed = AlignedMemory.zeros(outputWidth * layer.width)
  }

  deinit {
    for buffer in [loadings, loadingsGradient, partial, headTransposed] {
      AlignedMemory.free(buffer)
    }
  }

  /// Draws starting weights.
  func initialize(_ stream: inout RandomStream) {
    layer.initialize(parameters, &stream)
    if reading == .state {
      parameters.fill(head.weight) { $0 == $1 ? 1 : 0 }
      return
    }
    let bound = (6 / Double(layer.hidden + outputs)).squareRoot()
    let loadings = outputs
    parameters.fill(head.weight) { _, column in
      column < loadings ? bound * (2 * stream.uniform() - 1) : 0
    }
  }

  /// Forgets the states carried from earlier batches; an epoch begins so.
  func resetStates() { for party in parties { party.reset() } }

  var forwardPhases: Int { 2 }
  var backwardPhases: Int { 2 }
  func blocks(forward phase: Int) -> Int { phase == 0 ? blocks.count : groups.count }
  func blocks(backward phase: Int) -> Int { phase == 0 ? groups.count : blocks.count }

  func begin(months: Range<Int>, rows: Range<Int>) {
    precondition(rows.count <= mostRows, "a batch is no longer than was said")
    groups = RowGroups(rows: rows.count)
    batch = (months, rows.lowerBound)
  }

  func forward(phase: Int, block: Int, _ panel: UnsafePointer<Scalar>) {
    guard phase == 0 else { return }
    for party in blocks[block] {
      parties[party].begin(batch.months, firstRow: batch.firstRow)
      parties[party].forward(panel, isAgain: false)
      parties[party].readOut(self, into: loadings)
    }
  }

  func finishForward(phase: Int) {}

  func beginBackward() {
    let (w, source) = (layer.width, parameters.weights(head.weight))
    for k in 0..<outputs {
      for j in 0..<layer.hidden { headTransposed[k * w + j] = source[j * outputWidth + k] }
    }
    for pass in passes { pass.prepareBackward(wantsInputs: false) }
  }

  func backward(phase: Int, block: Int, _ panel: UnsafePointer<Scalar>) {
    guard phase == 1 else { return }
    let target = partial + block * parameters.count
    target.update(repeating: 0, count: parameters.count)
    for party in blocks[block] {
      parties[party].backward(
        self, panel, loadingsGradient, headTransposed: headTransposed, into: target)
    }
  }

  func finishBackward(phase: Int) {
    guard phase == 1 else { return }
    for block in blocks.indices {
      Scalar.add(
        count: parameters.count, partial + block * parameters.count, to: parameters.gradients)
    }
  }
}
