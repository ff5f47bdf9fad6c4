// A recurrent layer over a plan of steps: states forward, gradients backward, for any cell.
//
// The inputs are projected once, W x + b for all of them in one product, and shared by every row that reads
// them. Then each step is one product with the states before, in blocks of rows that fit the cache, and one
// pass over the gates. Backward: gates, two products, and the states' gradients added where they came from.
// The memory of a pass is taken once for its largest plan.

import FactorRuntime

final class RecurrentPass<Scalar: NetworkScalar> {
  typealias Buffer = UnsafeMutablePointer<Scalar>

  /// Rows of one product: their gates stay in the first caches.
  static var block: Int { 128 }

  let layer: RecurrentLayer
  let parameters: ParameterBlock<Scalar>
  private let capacity: (rows: Int, inputs: Int, carried: Int)
  /// Inputs times their weights, and the gradient of it; both unused where rows read inputs in order.
  let projected: Buffer
  let projectedGradient: Buffer
  /// What a forward pass writes and its gradient reads; others of the same size may take its place.
  var trace: RecurrentTrace<Scalar>
  /// Gradients of the state tables.
  let dh: Buffer
  let dc: Buffer
  let before: Buffer
  let scratch: Buffer
  let bias: UnsafeMutablePointer<Double>
  /// The transposed weights: recurrent, and input.
  let recurrentTransposed: Buffer
  let inputTransposed: Buffer

  init(
    _ layer: RecurrentLayer, _ parameters: ParameterBlock<Scalar>, rows: Int, inputs: Int,
    carried: Int = 0, projects: Bool = true
  ) {
    (self.layer, self.parameters) = (layer, parameters)
    capacity = (rows, projects ? inputs : 0, carried)
    let w = layer.width
    let states = (1 + carried + rows) * w
    let gated = layer.cell.inputGates * w
    func room(_ count: Int) -> Buffer { AlignedMemory.zeros(count) }
    projected = room(projects ? inputs * gated : 0)
    projectedGradient = room(projects ? inputs * gated : 0)
    trace = RecurrentTrace(layer, rows: rows, carried: carried)
    dh = room(states)
    dc = room(layer.cell == .lstm ? states : 0)
    before = room(Self.block * w)
    scratch = room(2 * Self.block * w)
    bias = AlignedMemory.zeros(4 * w)
    recurrentTransposed = room(4 * w * w)
    inputTransposed = room(gated * Padding.padded(layer.inputs))
  }

  deinit {
    for buffer in [
      projected, projectedGradient, dh, dc, before, scratch, recurrentTransposed, inputTransposed,
    ] { AlignedMemory.free(buffer) }
    AlignedMemory.free(bias)
  }

  var gates: Buffer { trace.gates }
  /// The table of states; `c` is that of the LSTM's memories.
  var h: Buffer { trace.h }
  var c: Buffer { trace.c }

  /// A row's own state of the last forward pass.
  func state(_ plan: SequencePlan, _ row: Int) -> Buffer {
    h + Int(plan.state(of: row)) * layer.width
  }

  /// The gradient of a row's own state; the caller adds to it before `backward`.
  func stateGradient(_ plan: SequencePlan, _ row: Int) -> Buffer {
    dh + Int(plan.state(of: row)) * layer.width
  }

  /// Forgets all carried states.
  func clearCarried() {
    h.update(repeating: 0, count: (1 + capacity.carried) * layer.width)
    if layer.cell == .lstm { c.update(repeating: 0, count: (1 + capacity.carried) * layer.width) }
  }

  /// Copies a row of the state table into a carried slot, for the next pass.
  func carry(state source: Int, to slot: Int) {
    let w = layer.width
    (h + (1 + slot) * w).update(from: h + source * w, count: w)
    if layer.cell == .lstm { (c + (1 + slot) * w).update(from: c + source * w, count: w) }
  }

  /// Sets the gradients of all states to zero.
  func clearStateGradients(_ plan: SequencePlan) {
    let count = (1 + plan.carried + plan.rows) * layer.width
    dh.update(repeating: 0, count: count)
    if layer.cell == .lstm { dc.update(repeating: 0, count: count) }
  }

  /// Runs all steps; `x` holds `inputRows` rows, `stride` apart.
  func forward(_ plan: SequencePlan, _ x: UnsafePointer<Scalar>, stride: Int, inputRows: Int) {
    precondition(plan.rows <= capacity.rows && plan.carried <= capacity.carried)
    precondition(inputRows <= capacity.inputs || plan.readsInOrder)
    project(plan, x, stride: stride, inputRows: inputRows)
    plan.from.withUnsafeBufferPointer { from in
      plan.input.withUnsafeBufferPointer { input in
        guard let from = from.baseAddress, let input = input.baseAddress else { return }
        for step in 0..<plan.stepCount {
          var start = plan.steps[step]
          while start < plan.steps[step + 1] {
            let count = min(Self.block, plan.steps[step + 1] - start)
            let block = Block(start: start, count: count, from: from + start, input: input + start)
            forward(block, plan)
            start += count
          }
        }
      }
    }
  }

  /// Some rows of one step.
  struct Block {
    let start: Int
    let count: Int
    let from: UnsafePointer<Int32>
    let input: UnsafePointer<Int32>

    /// Whether every row begins at the zero state, whose products need not be taken.
    var begins: Bool {
      for i in 0..<count where from[i] != 0 { return false }
      return true
    }

    /// Whether the rows continue states that lie side by side.
    var isRun: Bool {
      for i in 1..<max(1, count) where from[i] != from[i - 1] + 1 { return false }
      return true
    }
  }

  /// The states that rows continue, side by side.
  func statesBefore(_ b: Block) -> UnsafePointer<Scalar> {
    let w = layer.width
    if b.isRun { return UnsafePointer(h + Int(b.from[0]) * w) }
    Scalar.gather(rows: b.count, width: w, table: h, from: b.from, into: before, stride: w)
    return UnsafePointer(before)
  }

  private func project(
    _ plan: SequencePlan, _ x: UnsafePointer<Scalar>, stride: Int, inputRows: Int
  ) {
    let width = layer.cell.inputGates * layer.width
    let (target, apart) =
      plan.readsInOrder ? (gates, layer.cell.kept * layer.width) : (projected, width)
    Scalar.product(
      ProductShape(
        m: plan.readsInOrder ? plan.rows : inputRows, n: width, k: layer.inputs, a: x,
        rowStride: stride, columnStride: 1, b: parameters.weights(layer.input), ldb: width,
        c: target, ldc: apart),
      bias: UnsafePointer(parameters.weights(layer.bias)), relu: false, accumulate: false)
  }

  private func forward(_ b: Block, _ plan: SequencePlan) {
    let (w, kept) = (layer.width, layer.cell.kept)
    let g = GateRows(rows: b.count, width: w, gates + b.start * kept * w)
    if !plan.readsInOrder {
      Scalar.gather(
        rows: b.count, width: layer.cell.inputGates * w, table: projected, from: b.input,
        into: g.gates, stride: kept * w)
    }
    let (before, begins) = (statesBefore(b), b.begins)
    let own = Int(plan.state(of: b.start)) * w
    switch layer.cell {
    case .tanh:
      if !begins { times(before, w, recurrent(0), gates: 1, into: g.gates, b.count, adding: true) }
      Scalar.tanhForward(count: b.count * w, g.gates, h: h + own)
    case .lstm:
      if !begins { times(before, w, recurrent(0), gates: 4, into: g.gates, b.count, adding: true) }
      Scalar.lstmForward(g, memory: c, from: b.from, c: c + own, h: h + own)
    case .gruAfter:
      let inner = parameters.weights(layer.innerBias)
      if begins {
        for i in 0..<b.count { (g.gates + (i * kept + 3) * w).update(from: inner, count: w) }
      } else {
        times(before, w, recurrent(1), gates: 2, into: g.gates + w, b.count, adding: true)
        times(
          before, w, recurrent(0), gates: 1, into: g.gates + 3 * w, b.count, adding: false,
          bias: inner)
      }
      Scalar.gruAfterForward(g, before: before, h: h + own)
    case .gruBefore:
      times(before, w, recurrent(1), gates: 2, into: g.gates + w, b.count, adding: true)
      Scalar.gruBeforeGates(g, before: before)
      times(
        g.gates + 3 * w, kept * w, recurrent(0), gates: 1, into: g.gates, b.count, adding: true)
      Scalar.gruBeforeForward(g, before: before, h: h + own)
    }
  }

  /// The recurrent weights from a gate on.
  private func recurrent(_ gate: Int) -> Buffer {
    parameters.weights(layer.recurrent) + gate * layer.width
  }

  /// Rows of states times recurrent weights.
  private func times(
    _ a: UnsafePointer<Scalar>, _ stride: Int, _ weights: Buffer, gates count: Int,
    into target: Buffer, _ rows: Int, adding: Bool, bias: UnsafePointer<Scalar>? = nil
  ) {
    Scalar.product(
      ProductShape(
        m: rows, n: count * layer.width, k: layer.hidden, a: a, rowStride: stride, columnStride: 1,
        b: weights, ldb: layer.cell.inputGates * layer.width, c: target,
        ldc: layer.cell.kept * layer.width),
      bias: bias, relu: false, accumulate: adding)
  }
}
