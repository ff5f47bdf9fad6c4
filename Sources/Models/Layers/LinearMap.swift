// A linear map y = x W + b over rows, forward and backward, for networks whose gradients go into a copy of the
// parameters.

import FactorRuntime

/// The numbers of a linear map's tensors.
struct LinearTensors {
  let weight: Int
  let bias: Int?

  /// Tensors that are in a block already.
  init(weight: Int, bias: Int?) { (self.weight, self.bias) = (weight, bias) }

  /// Adds tensors to a padded block; `inputs` rows by `outputs` columns.
  init<Scalar>(
    _ name: String, inputs: Int, outputs: Int, hasBias: Bool = true,
    in block: ParameterBlock<Scalar>
  ) {
    weight = block.add("\(name).weight", rows: inputs, columns: outputs, penalised: true)
    bias = hasBias ? block.add("\(name).bias", rows: 1, columns: outputs) : nil
  }
}

/// One linear map: its tensors in a block, and memory for what its gradient needs.
final class LinearMap<Scalar: NetworkScalar> {
  typealias Buffer = UnsafeMutablePointer<Scalar>

  let inputs: Int
  let outputs: Int
  /// The row length of outputs; inputs may be longer than `inputs`, with zeros behind.
  let width: Int
  let weight: Int
  let bias: Int?
  private unowned let parameters: ParameterBlock<Scalar>
  private let inputWidth: Int
  private let transposed: Buffer
  private let sums: UnsafeMutablePointer<Double>
  /// Gradients of a few rows across, of outputs and of inputs; made when they are first wanted.
  private var across: (rows: Int, outputs: Buffer, inputs: Buffer)?

  init(_ tensors: LinearTensors, in parameters: ParameterBlock<Scalar>) {
    let tensor = parameters.tensors[tensors.weight]
    (inputs, outputs, width) = (tensor.rows, tensor.columns, tensor.stride)
    (weight, bias) = (tensors.weight, tensors.bias)
    self.parameters = parameters
    inputWidth = Padding.padded(inputs)
    transposed = AlignedMemory.zeros(width * inputWidth)
    sums = AlignedMemory.zeros(width)
  }

  deinit {
    AlignedMemory.free(transposed)
    AlignedMemory.free(sums)
    freeAcross()
  }

  private func freeAcross() {
    guard let across else { return }
    AlignedMemory.free(across.outputs)
    AlignedMemory.free(across.inputs)
  }

  /// Writes y; `stride` is the row length of x.
  func forward(rows: Int, _ x: UnsafePointer<Scalar>, stride: Int, into y: Buffer) {
    Scalar.product(
      ProductShape(
        m: rows, n: width, k: inputs, a: x, rowStride: stride, columnStride: 1,
        b: parameters.weights(weight), ldb: width, c: y, ldc: width),
      bias: bias.map { UnsafePointer(parameters.weights($0)) }, relu: false, accumulate: false)
  }

  /// Transposes the weights, once they have changed and before `sendDown`.
  func prepare() {
    let weights = parameters.weights(weight)
    for k in 0..<outputs {
      for j in 0..<inputs { transposed[k * inputWidth + j] = weights[j * width + k] }
    }
  }

  /// Adds the gradients of weights and bias to a copy of the parameters.
  func addGradient(
    rows: Int, _ x: UnsafePointer<Scalar>, stride: Int, _ slopes: UnsafePointer<Scalar>,
    into target: Buffer
  ) {
    Scalar.product(
      ProductShape(
        m: inputs, n: width, k: rows, a: x, rowStride: 1, columnStride: stride, b: slopes,
        ldb: width, c: target + parameters.tensors[weight].offset, ldc: width),
      bias: nil, relu: false, accumulate: true)
    guard let bias else { return }
    sums.update(repeating: 0, count: width)
    Scalar.columnSums(RowTile(rows: rows, width: width, slopes), adding: sums)
    let biases = target + parameters.tensors[bias].offset
    for j in 0..<width { biases[j] += Scalar(sums[j]) }
  }

  /// Writes the gradient of x of rows whose weights are new: what is smaller is transposed, the weights or the rows.
  func sendDownOnce(rows: Int, _ slopes: UnsafePointer<Scalar>, into dx: Buffer) {
    guard rows * (inputs + outputs) < inputs * outputs else {
      prepare()
      sendDown(rows: rows, slopes, into: dx, accumulate: false)
      return
    }
    let room = roomAcross(Padding.padded(rows))
    Scalar.transpose(
      rows: rows, width: outputs, slopes, stride: width, into: room.outputs, length: room.rows)
    Scalar.product(
      m: inputs, n: room.rows, k: outputs, parameters.weights(weight), (width, 1), room.outputs,
      room.rows, room.inputs, room.rows)
    Scalar.transpose(
      rows: inputs, width: rows, room.inputs, stride: room.rows, into: dx, length: inputWidth)
  }

  private func roomAcross(_ rows: Int) -> (rows: Int, outputs: Buffer, inputs: Buffer) {
    if let across, across.rows == rows { return across }
    freeAcross()
    let made: (rows: Int, outputs: Buffer, inputs: Buffer) = (
      rows, AlignedMemory.zeros(rows * outputs), AlignedMemory.zeros(rows * inputs)
    )
    across = made
    return made
  }

  /// Writes, or adds, the gradient of x, whose rows are `Padding.padded(inputs)` long.
  func sendDown(
    rows: Int, _ slopes: UnsafePointer<Scalar>, into dx: Buffer, accumulate: Bool
  ) {
    Scalar.product(
      ProductShape(
        m: rows, n: inputWidth, k: outputs, a: slopes, rowStride: width, columnStride: 1,
        b: transposed, ldb: inputWidth, c: dx, ldc: inputWidth),
      bias: nil, relu: false, accumulate: accumulate)
  }
}
