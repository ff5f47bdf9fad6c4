// The gradient of the beta network: two products a layer, the normalisation's gradient in between.

import FactorRuntime

extension BetaNetwork {
  /// Adds the parameters' gradients for the batch of the last `forward`; `loadingsGradient` must
  /// hold the gradient of the loadings, with zeros in the padding columns.
  public func backward(rows: Int, _ x: UnsafePointer<Scalar>) {
    if cutsLoadings {
      Scalar.reluBackward(
        count: rows * outputWidth, workspace.outputGradient, output: workspace.output)
    }
    let top = hidden.count - 1
    let topInput = top >= 0 ? UnsafePointer(workspace.activated[top]) : x
    let topStride = top >= 0 ? hidden[top].width : inputs
    let topSize = hidden.last?.outputs ?? inputs
    addWeightGradient(
      rows: rows, input: topInput, stride: topStride, size: topSize, workspace.outputGradient,
      width: outputWidth, into: parameters.gradients(head.weight))
    addColumnSums(
      rows: rows, width: outputWidth, workspace.outputGradient,
      into: parameters.gradients(head.bias))
    if top < 0 { return }
    sendDown(
      rows: rows, from: workspace.outputGradient, depth: outputs, depthStride: outputWidth,
      weight: head.weight, to: top)
    for i in stride(from: top, through: 0, by: -1) {
      normalizeBackward(i, rows: rows)
      let layer = hidden[i]
      let input = i > 0 ? UnsafePointer(workspace.activated[i - 1]) : x
      addWeightGradient(
        rows: rows, input: input, stride: i > 0 ? hidden[i - 1].width : inputs,
        size: layer.inputs, workspace.gradient[i], width: layer.width,
        into: parameters.gradients(layer.weight))
      if i > 0 {
        sendDown(
          rows: rows, from: workspace.gradient[i], depth: layer.outputs, depthStride: layer.width,
          weight: layer.weight, to: i - 1)
      }
    }
  }

  // dW += X' dY.
  private func addWeightGradient(
    rows: Int, input: UnsafePointer<Scalar>, stride: Int, size: Int,
    _ gradient: UnsafePointer<Scalar>, width: Int, into target: UnsafeMutablePointer<Scalar>
  ) {
    Scalar.product(
      ProductShape(
        m: size, n: width, k: rows, a: input, rowStride: 1, columnStride: stride, b: gradient,
        ldb: width, c: target, ldc: width),
      bias: nil, relu: false, accumulate: true)
  }

  private func addColumnSums(
    rows: Int, width: Int, _ gradient: UnsafePointer<Scalar>,
    into target: UnsafeMutablePointer<Scalar>
  ) {
    Scalar.columnSums(rows: rows, width: width, gradient, into: workspace.sums)
    for j in 0..<width { target[j] += Scalar(workspace.sums[j]) }
  }

  // dX = dY W', with W' written once per step.
  private func sendDown(
    rows: Int, from gradient: UnsafePointer<Scalar>, depth: Int, depthStride: Int, weight: Int,
    to i: Int
  ) {
    let (width, transposed) = (hidden[i].width, workspace.transposed[i])
    let source = parameters.weights(weight)
    for k in 0..<depth {
      for j in 0..<hidden[i].outputs { transposed[k * width + j] = source[j * depthStride + k] }
      for j in hidden[i].outputs..<max(width, hidden[i].outputs) { transposed[k * width + j] = 0 }
    }
    Scalar.product(
      ProductShape(
        m: rows, n: width, k: depth, a: gradient, rowStride: depthStride, columnStride: 1,
        b: transposed, ldb: width, c: workspace.gradient[i], ldc: width),
      bias: nil, relu: false, accumulate: false)
  }

  private func normalizeBackward(_ i: Int, rows: Int) {
    let (layer, w) = (hidden[i], workspace)
    let (sum, sumNormalized) = (w.sums, w.sums + layer.width)
    Scalar.normalizeReLUSums(
      rows: rows, width: layer.width, w.gradient[i], output: w.activated[i],
      normalized: w.normalized[i], sum: sum, sumNormalized: sumNormalized)
    let gain = parameters.weights(layer.gain)
    let (gainGradient, offsetGradient) = (
      parameters.gradients(layer.gain), parameters.gradients(layer.offset)
    )
    for j in 0..<layer.width {
      gainGradient[j] += Scalar(sumNormalized[j])
      offsetGradient[j] += Scalar(sum[j])
      w.scale[j] = gain[j] * w.inverse[i][j]
      w.mean[j] = Scalar(sum[j] / Double(rows))
      w.meanNormalized[j] = Scalar(sumNormalized[j] / Double(rows))
    }
    Scalar.normalizeBackward(
      rows: rows, width: layer.width, w.gradient[i], normalized: w.normalized[i], scale: w.scale,
      mean: w.mean, meanNormalized: w.meanNormalized)
  }
}
