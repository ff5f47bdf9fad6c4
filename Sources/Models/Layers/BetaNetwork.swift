// The beta network: characteristics in, factor loadings out, for all rows of a batch at once.
//
// Definition: hidden layers are linear, batch norm, ReLU; the output layer is linear with a bias.
// A hidden layer's own bias would be cancelled by its batch norm, so it is not stored: its exact
// gradient is zero. Normalisation uses the batch's statistics in training and running ones
// (momentum 0.1, unbiased variance) afterwards. A pass is a row of phases: within one, groups of rows run
// on their own, tile by tile; between two, their sums are combined in order. Only the linear maps' outputs
// are kept, activations are made again from them where they are needed. Goals, in order: exact gradients
// (checked in Float64), the same bits on any number of threads, no allocation per step, few passes over
// memory.
// Reference: Gu, Kelly and Xiu (2021), section 2; Ioffe and Szegedy (2015).

import FactorRuntime

/// A multilayer perceptron with batch norm whose output rows leave room for one more column.
public final class BetaNetwork<Scalar: NetworkScalar>: LoadingNetwork {
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
  private(set) var groups = RowGroups(rows: 0)
  private(set) var firstRow = 0

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
    workspace = BetaWorkspace(
      layers: layers, outputWidth: outputWidth, rows: maximumRows, parameters: parameters.count)
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

  var forwardPhases: Int { hidden.count + 1 }
  var backwardPhases: Int { hidden.count + 1 }
  func blocks(forward phase: Int) -> Int { groups.count }
  func blocks(backward phase: Int) -> Int { groups.count }

  func begin(months: Range<Int>, rows: Range<Int>) {
    precondition(rows.count <= workspace.rows)
    groups = RowGroups(rows: rows.count)
    firstRow = rows.lowerBound
  }

  /// Runs one phase of the forward pass on one group.
  func forward(phase: Int, block group: Int, _ panel: UnsafePointer<Scalar>) {
    let x = panel + firstRow * inputs
    let isHead = phase == hidden.count
    let (weight, width) =
      isHead ? (head.weight, outputWidth) : (hidden[phase].weight, hidden[phase].width)
    let target = isHead ? workspace.output : workspace.linear[phase]
    let (mean, square) = workspace.sums(group)
    var seen = 0
    groups.tiles(group) { rows, _ in
      let (input, stride) = input(of: phase, rows, group, x)
      let out = target + rows.lowerBound * width
      Scalar.product(
        ProductShape(
          m: rows.count, n: isHead ? Padding.halfPadded(outputs) : width,
          k: inputSize(phase), a: input, rowStride: stride, columnStride: 1,
          b: parameters.weights(weight), ldb: width, c: out, ldc: width),
        bias: isHead ? UnsafePointer(parameters.weights(head.bias)) : nil,
        relu: isHead && cutsLoadings, accumulate: false)
      if !isHead {
        Scalar.moments(
          RowTile(rows: rows.count, width: width, out), seen: seen, mean: mean, square: square)
      }
      seen += rows.count
    }
  }

  /// Combines what the groups of a phase found.
  func finishForward(phase: Int) {
    guard phase < hidden.count else { return }
    let (layer, n) = (hidden[phase], workspace.normalizers[phase])
    let (mean, square) = workspace.sums(0)
    var seen = groups[0].count
    for group in 1..<max(1, groups.count) {
      let (other, spread) = workspace.sums(group)
      let (m, k) = (Double(seen), Double(groups[group].count))
      for j in 0..<layer.width {
        let gap = other[j] - mean[j]
        mean[j] += gap * (k / (m + k))
        square[j] += spread[j] + gap * gap * (m * k / (m + k))
      }
      seen += groups[group].count
    }
    let (gain, offset) = (parameters.weights(layer.gain), parameters.weights(layer.offset))
    for j in 0..<layer.width {
      square[j] /= Double(seen)
      n.prepare(j, mean: mean[j], variance: square[j], gain: gain[j], offset: offset[j])
    }
    running[phase].update(
      mean: mean, variance: square, rows: seen, momentum: BetaWorkspace<Scalar>.Normalizer.momentum)
  }

  /// Computes the loadings of a batch with the batch's own normalisation, on this thread.
  public func forward(rows: Int, _ x: UnsafePointer<Scalar>) {
    begin(months: 0..<1, rows: 0..<rows)
    for phase in 0..<forwardPhases {
      for group in 0..<groups.count { forward(phase: phase, block: group, x) }
      finishForward(phase: phase)
    }
  }

  /// The columns that enter a layer.
  func inputSize(_ phase: Int) -> Int { phase == 0 ? inputs : hidden[phase - 1].outputs }

  /// The tile that enters a layer, and its row length: the data, or the activations below made again.
  func input(
    of phase: Int, _ rows: Range<Int>, _ group: Int, _ x: UnsafePointer<Scalar>
  ) -> (UnsafePointer<Scalar>, Int) {
    if phase == 0 { return (x + rows.lowerBound * inputs, inputs) }
    let (below, width) = (workspace.linear[phase - 1], hidden[phase - 1].width)
    let target = workspace.activated(group)
    Scalar.affineReLU(
      RowTile(rows: rows.count, width: width, below + rows.lowerBound * width),
      workspace.normalizers[phase - 1].operands, into: target)
    return (UnsafePointer(target), width)
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
