// The gradient of the beta network: two products a layer, the normalisation's gradient in between.

import FactorRuntime

extension BetaNetwork {
  /// Prepares the backward pass of the batch of the last forward pass.
  func beginBackward() {
    for layer in 1..<max(1, hidden.count + 1) { transpose(layer) }
  }

  /// Runs one phase of the backward pass, from the head down, on one group; before the first one
  /// `loadingsGradient` must hold the gradient of the group's loadings, with zeros in the padding columns.
  func backward(phase: Int, block group: Int, _ panel: UnsafePointer<Scalar>) {
    let x = panel + firstRow * inputs
    let layer = hidden.count - phase
    let isHead = phase == 0
    let width = isHead ? outputWidth : hidden[layer].width
    let gradient = isHead ? workspace.outputGradient : workspace.gradient[layer]
    workspace.clearSums(group)
    groups.tiles(group) { rows, isFirst in
      let slope = gradient + rows.lowerBound * width
      if isHead {
        prepareHead(rows, group, slope)
      } else {
        let n = workspace.normalizers[layer]
        Scalar.normalizeBackward(
          RowTile(
            rows: rows.count, width: width, workspace.linear[layer] + rows.lowerBound * width),
          a: n.slopes.a, b: n.slopes.b, c: n.slopes.c, slope)
      }
      addWeightGradient(layer, rows, group, slope, isFirst: isFirst, x)
      if layer > 0 { sendDown(layer, rows, group, slope) }
    }
  }

  private func prepareHead(_ rows: Range<Int>, _ group: Int, _ slope: UnsafeMutablePointer<Scalar>)
  {
    if cutsLoadings {
      Scalar.reluBackward(
        count: rows.count * outputWidth, slope,
        output: workspace.output + rows.lowerBound * outputWidth)
    }
    Scalar.columnSums(
      RowTile(rows: rows.count, width: outputWidth, slope), adding: workspace.headSums(group))
  }

  // dW += X' dY, into the group's share.
  private func addWeightGradient(
    _ layer: Int, _ rows: Range<Int>, _ group: Int, _ slope: UnsafePointer<Scalar>, isFirst: Bool,
    _ x: UnsafePointer<Scalar>
  ) {
    let isHead = layer == hidden.count
    let (weight, width) =
      isHead ? (head.weight, outputWidth) : (hidden[layer].weight, hidden[layer].width)
    let (input, stride) = input(of: layer, rows, group, x)
    let target = workspace.partial + group * parameters.count + parameters.tensors[weight].offset
    Scalar.product(
      ProductShape(
        m: inputSize(layer), n: isHead ? Padding.halfPadded(outputs) : width, k: rows.count,
        a: input, rowStride: 1, columnStride: stride, b: slope, ldb: width, c: target, ldc: width),
      bias: nil, relu: false, accumulate: !isFirst)
  }

  // dX = dY W', through the activation of the layer below, whose sums it adds up.
  private func sendDown(
    _ layer: Int, _ rows: Range<Int>, _ group: Int, _ slope: UnsafePointer<Scalar>
  ) {
    let (width, depth) =
      layer == hidden.count ? (outputWidth, outputs) : (hidden[layer].width, hidden[layer].outputs)
    let below = hidden[layer - 1]
    let at = rows.lowerBound * below.width
    let target = workspace.gradient[layer - 1] + at
    Scalar.product(
      ProductShape(
        m: rows.count, n: below.width, k: depth, a: slope, rowStride: width, columnStride: 1,
        b: workspace.transposed[layer], ldb: below.width, c: target, ldc: below.width),
      bias: nil, relu: false, accumulate: false)
    let (sum, sumNormalized) = workspace.sums(group)
    Scalar.affineReLUBackward(
      RowTile(rows: rows.count, width: below.width, workspace.linear[layer - 1] + at),
      workspace.normalizers[layer - 1].operands, target, sum: sum, sumNormalized: sumNormalized)
  }

  /// Combines what the groups of a phase found: gradients of the layer below's normalisation.
  func finishBackward(phase: Int) {
    if phase == 0 { addHeadBias() }
    let below = hidden.count - phase - 1
    guard below >= 0 else { return addShares() }
    let (layer, n) = (hidden[below], workspace.normalizers[below])
    let (sum, sumNormalized) = workspace.sums(0)
    for group in 1..<max(1, groups.count) {
      let (other, otherNormalized) = workspace.sums(group)
      for j in 0..<layer.width {
        sum[j] += other[j]
        sumNormalized[j] += otherNormalized[j]
      }
    }
    let (gain, offset) = (parameters.gradients(layer.gain), parameters.gradients(layer.offset))
    let rows = Double(groups.rows)
    for j in 0..<layer.width {
      gain[j] += Scalar(sumNormalized[j])
      offset[j] += Scalar(sum[j])
      n.prepareGradient(j, sum: sum[j], sumNormalized: sumNormalized[j], rows: rows)
    }
  }

  private func addHeadBias() {
    let target = parameters.gradients(head.bias)
    for group in 0..<groups.count {
      let sums = workspace.headSums(group)
      for j in 0..<outputs { target[j] += Scalar(sums[j]) }
    }
  }

  // Adds the groups' shares of the weights in order; everything else is complete already.
  private func addShares() {
    for layer in hidden { addShares(of: layer.weight) }
    addShares(of: head.weight)
  }

  private func addShares(of number: Int) {
    let tensor = parameters.tensors[number]
    for group in 0..<groups.count {
      Scalar.add(
        count: tensor.extent, workspace.partial + group * parameters.count + tensor.offset,
        to: parameters.gradients + tensor.offset)
    }
  }

  /// Adds the parameters' gradients for the batch of the last `forward`, on this thread.
  public func backward(rows: Int, _ x: UnsafePointer<Scalar>) {
    precondition(rows == groups.rows)
    beginBackward()
    for phase in 0..<backwardPhases {
      for group in 0..<groups.count { backward(phase: phase, block: group, x) }
      finishBackward(phase: phase)
    }
  }

  // W' of a layer above the first, written once a step.
  private func transpose(_ phase: Int) {
    let isHead = phase == hidden.count
    let (width, depth) =
      isHead ? (outputWidth, outputs) : (hidden[phase].width, hidden[phase].outputs)
    let below = hidden[phase - 1]
    let source = parameters.weights(isHead ? head.weight : hidden[phase].weight)
    let target = workspace.transposed[phase]
    for k in 0..<depth {
      for j in 0..<below.outputs { target[k * below.width + j] = source[j * width + k] }
    }
  }
}
