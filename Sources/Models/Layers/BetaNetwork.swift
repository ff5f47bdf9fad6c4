// The beta network: characteristics in, factor loadings out, for all rows of a batch at once.
//
// Definition: hidden layers are linear, batch norm, ReLU; the output layer is linear with a bias.
// A hidden layer's own bias would be cancelled by its batch norm, so it is not stored: its exact
// gradient is zero. Normalisation uses the batch's statistics in training and running ones
// (momentum 0.1, unbiased variance) afterwards. Goals, in order: exact gradients (checked in
// Float64), no allocation per step, few passes over memory.
// Reference: Gu, Kelly and Xiu (2021), section 2; Ioffe and Szegedy (2015).

import FactorRuntime

/// A multilayer perceptron with batch norm whose output rows leave room for one more column.
public final class BetaNetwork<Scalar: NetworkScalar> {
  struct Layer {
    var inputs: Int
    var outputs: Int
    var weight: Int
    var gain: Int
    var offset: Int
    var width: Int { Padding.padded(outputs) }
  }

  public let inputs: Int
  public let outputs: Int
  /// The row length of the output: at least one column beyond the loadings.
  public let outputWidth: Int
  /// Whether loadings are cut off below zero, as the paper prints them.
  public let cutsLoadings: Bool
  public let parameters = ParameterBlock<Scalar>(padded: true)
  let hidden: [Layer]
  let head: (weight: Int, bias: Int)
  var running: [RunningMoments]
  let workspace: BetaWorkspace<Scalar>
  static var epsilon: Double { 1e-5 }
  static var momentum: Double { 0.1 }

  /// Creates a network with room for batches of at most `maximumRows` rows.
  public init(
    inputs: Int, hidden widths: [Int], outputs: Int, maximumRows: Int, cutsLoadings: Bool = false
  ) {
    self.inputs = inputs
    self.cutsLoadings = cutsLoadings
    self.outputs = outputs
    outputWidth = Padding.padded(outputs + 1)
    var layers: [Layer] = []
    var size = inputs
    for (i, width) in widths.enumerated() {
      layers.append(
        Layer(
          inputs: size, outputs: width,
          weight: parameters.add("hidden\(i).weight", rows: size, columns: width, penalised: true),
          gain: parameters.add("hidden\(i).gain", rows: 1, columns: width),
          offset: parameters.add("hidden\(i).offset", rows: 1, columns: width)))
      size = width
    }
    hidden = layers
    // The head's tensors are as wide as the output rows, so the kernel writes whole rows.
    head = (
      parameters.add("head.weight", rows: size, columns: outputWidth, penalised: true),
      parameters.add("head.bias", rows: 1, columns: outputWidth)
    )
    running = layers.map { RunningMoments(width: $0.width) }
    workspace = BetaWorkspace(layers: layers, outputWidth: outputWidth, rows: maximumRows)
  }

  /// Draws starting weights: He before ReLU, Glorot for the linear head.
  public func initialize(_ stream: inout RandomStream) {
    for layer in hidden {
      parameters.fillHe(layer.weight, inputs: layer.inputs, &stream)
      parameters.fill(layer.gain) { _, _ in 1 }
    }
    let size = hidden.last?.outputs ?? inputs
    let bound = (6 / Double(size + outputs)).squareRoot()
    let loadings = outputs
    parameters.fill(head.weight) { _, column in
      column < loadings ? bound * (2 * stream.uniform() - 1) : 0
    }
  }

  /// The number of parameters a user would count.
  public var parameterCount: Int {
    let size = hidden.last?.outputs ?? inputs
    return hidden.reduce(0) { $0 + $1.inputs * $1.outputs + 2 * $1.outputs }
      + size * outputs + outputs
  }

  /// The loadings of the last `forward`, `outputWidth` entries a row.
  public var loadings: UnsafeMutablePointer<Scalar> { workspace.output }
  /// Where the caller puts the gradient of the loadings before `backward`.
  public var loadingsGradient: UnsafeMutablePointer<Scalar> { workspace.outputGradient }

  /// Computes the loadings of a batch with the batch's own normalisation.
  public func forward(rows: Int, _ x: UnsafePointer<Scalar>) {
    precondition(rows <= workspace.rows)
    var (input, stride) = (x, inputs)
    for (i, layer) in hidden.enumerated() {
      let (pre, post) = (workspace.normalized[i], workspace.activated[i])
      Scalar.product(
        ProductShape(
          m: rows, n: layer.width, k: layer.inputs, a: input, rowStride: stride, columnStride: 1,
          b: parameters.weights(layer.weight), ldb: layer.width, c: pre, ldc: layer.width),
        bias: nil, relu: false, accumulate: false)
      standardize(i, rows: rows, pre, into: post)
      (input, stride) = (UnsafePointer(post), layer.width)
    }
    Scalar.product(
      ProductShape(
        m: rows, n: outputWidth, k: hidden.last?.outputs ?? inputs, a: input, rowStride: stride,
        columnStride: 1, b: parameters.weights(head.weight), ldb: outputWidth,
        c: workspace.output, ldc: outputWidth),
      bias: parameters.weights(head.bias), relu: cutsLoadings, accumulate: false)
  }

  private func standardize(
    _ i: Int, rows: Int, _ pre: UnsafeMutablePointer<Scalar>,
    into post: UnsafeMutablePointer<Scalar>
  ) {
    let (layer, w) = (hidden[i], workspace)
    let (mean, variance) = (w.sums, w.sums + layer.width)
    Scalar.columnMoments(rows: rows, width: layer.width, pre, mean: mean, variance: variance)
    running[i].update(
      mean: mean, variance: variance, rows: rows, momentum: Self.momentum)
    for j in 0..<layer.width {
      w.mean[j] = Scalar(mean[j])
      w.inverse[i][j] = Scalar(1 / (variance[j] + Self.epsilon).squareRoot())
    }
    Scalar.normalizeReLU(
      rows: rows, width: layer.width, pre,
      Normalization(
        mean: w.mean, inverse: w.inverse[i], gain: parameters.weights(layer.gain),
        offset: parameters.weights(layer.offset)), into: post)
  }
}

/// Exponential averages of a normalisation's batch statistics.
public struct RunningMoments: Sendable {
  public var mean: [Double]
  public var variance: [Double]

  init(width: Int) {
    mean = [Double](repeating: 0, count: width)
    variance = [Double](repeating: 1, count: width)
  }

  mutating func update(
    mean batch: UnsafePointer<Double>, variance spread: UnsafePointer<Double>, rows: Int,
    momentum: Double
  ) {
    let unbiased = rows > 1 ? Double(rows) / Double(rows - 1) : 1
    for j in mean.indices {
      mean[j] += momentum * (batch[j] - mean[j])
      variance[j] += momentum * (spread[j] * unbiased - variance[j])
    }
  }
}
