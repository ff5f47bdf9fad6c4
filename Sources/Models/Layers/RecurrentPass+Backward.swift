// Gradients of a recurrent pass: from the states' gradients to the parameters', and to the inputs'.

import FactorRuntime

extension RecurrentPass {
  /// Where gradients go: the start of a copy of the parameters, and the inputs' gradient if it is wanted.
  struct Targets {
    let parameters: UnsafeMutablePointer<Scalar>
    let inputs: UnsafeMutablePointer<Scalar>?
    let inputStride: Int
  }

  /// Runs all steps backward; the gradients of the rows' own states must be in place. Parameters' gradients
  /// are added, those of the inputs too.
  func backward(
    _ plan: SequencePlan, _ x: UnsafePointer<Scalar>, stride: Int, inputRows: Int, _ to: Targets
  ) {
    let width = layer.cell.inputGates * layer.width
    if !plan.readsInOrder { projectedGradient.update(repeating: 0, count: inputRows * width) }
    plan.from.withUnsafeBufferPointer { from in
      plan.input.withUnsafeBufferPointer { input in
        guard let from = from.baseAddress, let input = input.baseAddress else { return }
        for step in (0..<plan.stepCount).reversed() {
          var start = plan.steps[step]
          while start < plan.steps[step + 1] {
            let count = min(Self.block, plan.steps[step + 1] - start)
            backward(
              Block(start: start, count: count, from: from + start, input: input + start), plan, to)
            start += count
          }
        }
      }
    }
    projectBackward(plan, x, stride: stride, inputRows: inputRows, to)
  }

  private func backward(_ b: Block, _ plan: SequencePlan, _ to: Targets) {
    let (w, kept) = (layer.width, layer.cell.kept)
    let g = GateRows(rows: b.count, width: w, gates + b.start * kept * w)
    let own = Int(plan.state(of: b.start)) * w
    let (before, begins) = (statesBefore(b), b.begins)
    switch layer.cell {
    case .tanh:
      g.gates.update(from: dh + own, count: b.count * w)
      Scalar.tanhBackward(count: b.count * w, h: h + own, g.gates)
      if begins { break }
      addWeights(before, w, g.gates, gates: 0..<1, b.count, to)
      sendBack(g.gates, gates: 0..<1, b.count, adding: false)
    case .lstm:
      Scalar.lstmBackward(
        g, memory: c, from: b.from, c: c + own, dh: dh + own, dc: dc + own, memoryGradient: dc)
      if begins { break }
      addWeights(before, w, g.gates, gates: 0..<4, b.count, to)
      sendBack(g.gates, gates: 0..<4, b.count, adding: false)
    case .gruAfter:
      Scalar.gruAfterBackward(g, before: before, dh: dh + own, into: scratch)
      if begins { break }
      addWeights(before, w, g.gates + w, gates: 1..<3, b.count, to)
      addWeights(before, w, g.gates + 3 * w, gates: 0..<1, b.count, to)
      sendBack(g.gates + w, gates: 1..<3, b.count, adding: true)
      sendBack(g.gates + 3 * w, gates: 0..<1, b.count, adding: true)
    case .gruBefore:
      let inner = scratch + Self.block * w
      Scalar.gruBeforeBackward(g, before: before, dh: dh + own, into: scratch)
      addWeights(g.gates + 3 * w, kept * w, g.gates, gates: 0..<1, b.count, to)
      sendBack(g.gates, gates: 0..<1, b.count, adding: false, into: inner)
      Scalar.gruBeforeReset(g, before: before, dq: inner, adding: scratch)
      addWeights(before, w, g.gates + w, gates: 1..<3, b.count, to)
      sendBack(g.gates + w, gates: 1..<3, b.count, adding: true)
    }
    // Nobody asks for the gradient of the zero state.
    if !begins {
      Scalar.scatterAdd(rows: b.count, width: w, scratch, stride: w, to: b.from, table: dh)
    }
    if !plan.readsInOrder {
      Scalar.scatterAdd(
        rows: b.count, width: layer.cell.inputGates * w, g.gates, stride: kept * w, to: b.input,
        table: projectedGradient)
    }
  }

  // dU += h' dA for some gates.
  private func addWeights(
    _ states: UnsafePointer<Scalar>, _ stride: Int, _ slopes: UnsafePointer<Scalar>,
    gates: Range<Int>, _ rows: Int, _ to: Targets
  ) {
    let w = layer.width
    let target = to.parameters + parameters.tensors[layer.recurrent].offset + gates.lowerBound * w
    Scalar.product(
      ProductShape(
        m: layer.hidden, n: gates.count * w, k: rows, a: states, rowStride: 1,
        columnStride: stride, b: slopes, ldb: layer.cell.kept * w, c: target,
        ldc: layer.cell.inputGates * w),
      bias: nil, relu: false, accumulate: true)
  }

  // dh = dA U' for some gates.
  private func sendBack(
    _ slopes: UnsafePointer<Scalar>, gates: Range<Int>, _ rows: Int, adding: Bool,
    into target: UnsafeMutablePointer<Scalar>? = nil
  ) {
    let w = layer.width
    Scalar.product(
      ProductShape(
        m: rows, n: w, k: gates.count * w, a: slopes, rowStride: layer.cell.kept * w,
        columnStride: 1, b: recurrentTransposed + gates.lowerBound * w * w, ldb: w,
        c: target ?? scratch, ldc: w),
      bias: nil, relu: false, accumulate: adding)
  }

  // dW += X' dP, db += dP by column, dX += dP W'.
  private func projectBackward(
    _ plan: SequencePlan, _ x: UnsafePointer<Scalar>, stride: Int, inputRows: Int, _ to: Targets
  ) {
    let width = layer.cell.inputGates * layer.width
    let (slopes, apart) =
      plan.readsInOrder ? (gates, layer.cell.kept * layer.width) : (projectedGradient, width)
    let rows = plan.readsInOrder ? plan.rows : inputRows
    Scalar.product(
      ProductShape(
        m: layer.inputs, n: width, k: rows, a: x, rowStride: 1, columnStride: stride, b: slopes,
        ldb: apart, c: to.parameters + parameters.tensors[layer.input].offset, ldc: width),
      bias: nil, relu: false, accumulate: true)
    addBias(plan, to)
    guard let inputs = to.inputs else { return }
    Scalar.product(
      ProductShape(
        m: rows, n: Padding.halfPadded(layer.inputs), k: width, a: slopes, rowStride: apart,
        columnStride: 1, b: inputTransposed, ldb: Padding.padded(layer.inputs), c: inputs,
        ldc: to.inputStride),
      bias: nil, relu: false, accumulate: true)
  }

  // What reaches the projected inputs has passed the gates, row by row.
  private func addBias(_ plan: SequencePlan, _ to: Targets) {
    let (w, kept) = (layer.width, layer.cell.kept)
    bias.update(repeating: 0, count: kept * w)
    Scalar.columnSums(RowTile(rows: plan.rows, width: kept * w, gates), adding: bias)
    let target = to.parameters + parameters.tensors[layer.bias].offset
    for j in 0..<(layer.cell.inputGates * w) { target[j] += Scalar(bias[j]) }
    guard layer.cell == .gruAfter else { return }
    let inner = to.parameters + parameters.tensors[layer.innerBias].offset
    for j in 0..<w { inner[j] += Scalar(bias[3 * w + j]) }
  }

  /// Writes the transposed weights that `backward` uses, once a step.
  func prepareBackward(wantsInputs: Bool) {
    let (w, width) = (layer.width, layer.cell.inputGates * layer.width)
    let recurrent = parameters.weights(layer.recurrent)
    for k in 0..<width {
      for j in 0..<layer.hidden { recurrentTransposed[k * w + j] = recurrent[j * width + k] }
    }
    guard wantsInputs else { return }
    let (input, padded) = (parameters.weights(layer.input), Padding.padded(layer.inputs))
    for k in 0..<width {
      for j in 0..<layer.inputs { inputTransposed[k * padded + j] = input[j * width + k] }
    }
  }
}
