// A hidden layer over the rows of one small batch: linear, batch norm, ReLU.
//
// Definition: y = max(0, gain (x W - mean) / sd + offset), with the batch's own moments in training and running
// ones (momentum 0.1, unbiased variance) afterwards. The linear map has no bias, which the normalisation would
// cancel. A batch is one tile, on one thread: there are few rows, and what trains side by side are members.
// Reference: Ioffe and Szegedy (2015).

import FactorRuntime

final class NormalizedLayer<Scalar: NetworkScalar> {
  typealias Buffer = UnsafeMutablePointer<Scalar>

  let linear: LinearMap<Scalar>
  let gain: Int
  let offset: Int
  var running: RunningMoments
  private unowned let parameters: ParameterBlock<Scalar>
  /// Outputs of the linear map, activations, and the gradient on its way down.
  private let drawn: Buffer
  let active: Buffer
  let slopes: Buffer
  private typealias Normalizer = BetaWorkspace<Scalar>.Normalizer
  private let norm: Normalizer
  private let sums: UnsafeMutablePointer<Double>

  var width: Int { linear.width }

  init(
    _ name: String, inputs: Int, outputs: Int, rows: Int, in block: ParameterBlock<Scalar>
  ) {
    linear = LinearMap(
      LinearTensors(name, inputs: inputs, outputs: outputs, hasBias: false, in: block), in: block)
    gain = block.add("\(name).gain", rows: 1, columns: outputs)
    offset = block.add("\(name).offset", rows: 1, columns: outputs)
    running = RunningMoments(width: outputs)
    parameters = block
    let width = Padding.padded(outputs)
    func room(_ count: Int) -> Buffer { AlignedMemory.zeros(count) }
    (drawn, active, slopes) = (room(rows * width), room(rows * width), room(rows * width))
    norm = .init(
      width: width, mean: room(width), inverse: room(width), scale: room(width),
      shift: room(width), slopes: (room(width), room(width), room(width)))
    sums = AlignedMemory.zeros(2 * width)
  }

  deinit {
    for buffer in [drawn, active, slopes, norm.mean, norm.inverse, norm.scale, norm.shift] {
      AlignedMemory.free(buffer)
    }
    for buffer in [norm.slopes.a, norm.slopes.b, norm.slopes.c] { AlignedMemory.free(buffer) }
    AlignedMemory.free(sums)
  }

  func initialize(_ stream: inout RandomStream) {
    parameters.fillHe(linear.weight, inputs: linear.inputs, &stream)
    parameters.fill(gain) { _, _ in 1 }
  }

  /// Computes the activations; in training with the batch's moments, which the running ones follow.
  func forward(rows: Int, _ x: UnsafePointer<Scalar>, stride: Int, isTraining: Bool) {
    linear.forward(rows: rows, x, stride: stride, into: drawn)
    let tile = RowTile(rows: rows, width: width, UnsafePointer(drawn))
    if isTraining {
      let (mean, square) = (sums, sums + width)
      Scalar.moments(tile, seen: 0, mean: mean, square: square)
      for j in 0..<width { square[j] /= Double(rows) }
      running.update(mean: mean, variance: square, rows: rows, momentum: Normalizer.momentum)
      prepare { (mean[$0], square[$0]) }
    } else {
      prepare { (running.mean[$0], running.variance[$0]) }
    }
    Scalar.affineReLU(tile, norm.operands, into: active)
  }

  // Padding columns keep a scale of zero.
  private func prepare(_ moments: (Int) -> (mean: Double, variance: Double)) {
    let (gain, offset) = (parameters.weights(gain), parameters.weights(offset))
    for j in 0..<linear.outputs {
      let (mean, variance) = moments(j)
      norm.prepare(j, mean: mean, variance: variance, gain: gain[j], offset: offset[j])
    }
  }

  /// Takes the gradient of the activations from `slopes` through the layer, adds the parameters' gradients and
  /// leaves that of the linear map's output in `slopes`. The last forward pass was one of training.
  func backward(rows: Int, _ x: UnsafePointer<Scalar>, stride: Int) {
    let tile = RowTile(rows: rows, width: width, UnsafePointer(drawn))
    let (sum, sumNormalized) = (sums, sums + width)
    sums.update(repeating: 0, count: 2 * width)
    Scalar.affineReLUBackward(
      tile, norm.operands, slopes, sum: sum, sumNormalized: sumNormalized)
    let (gain, offset) = (parameters.gradients(gain), parameters.gradients(offset))
    for j in 0..<linear.outputs {
      gain[j] += Scalar(sumNormalized[j])
      offset[j] += Scalar(sum[j])
      norm.prepareGradient(
        j, sum: sum[j], sumNormalized: sumNormalized[j], rows: Double(rows))
    }
    Scalar.normalizeBackward(
      tile, a: norm.slopes.a, b: norm.slopes.b, c: norm.slopes.c, slopes)
    linear.addGradient(rows: rows, x, stride: stride, slopes, into: parameters.gradients)
  }

  /// The layer with running moments as a map x W + b before the ReLU: rows are inputs.
  func folded() -> (weight: Matrix, bias: [Double]) {
    let (gain, offset) = (parameters.weights(gain), parameters.weights(offset))
    let weights = parameters.weights(linear.weight)
    var matrix = Matrix(rows: linear.inputs, columns: linear.outputs)
    var bias: [Double] = []
    for j in 0..<linear.outputs {
      let scale = Double(gain[j]) / (running.variance[j] + Normalizer.epsilon).squareRoot()
      bias.append(Double(offset[j]) - running.mean[j] * scale)
      for i in 0..<linear.inputs { matrix[i, j] = Double(weights[i * width + j]) * scale }
    }
    return (matrix, bias)
  }
}
