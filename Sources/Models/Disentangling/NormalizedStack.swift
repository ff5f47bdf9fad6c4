// Hidden layers with batch norm and a linear head: an encoder or a decoder of whole cross-sections.

import FactorRuntime

final class NormalizedStack<Scalar: NetworkScalar> {
  typealias Buffer = UnsafeMutablePointer<Scalar>

  let layers: [NormalizedLayer<Scalar>]
  let head: LinearMap<Scalar>
  /// Rows of the head, and their gradient, which the caller sets.
  let output: Buffer
  let outputSlopes: Buffer
  private unowned let parameters: ParameterBlock<Scalar>

  init(
    _ name: String, inputs: Int, hidden: [Int], outputs: Int, rows: Int,
    in block: ParameterBlock<Scalar>
  ) {
    let sizes = [inputs] + hidden
    layers = hidden.indices.map {
      NormalizedLayer(
        "\(name)\($0)", inputs: sizes[$0], outputs: sizes[$0 + 1], rows: rows, in: block)
    }
    head = LinearMap(
      LinearTensors(
        "\(name).head", inputs: sizes[hidden.count], outputs: outputs, in: block), in: block)
    output = AlignedMemory.zeros(rows * Padding.padded(outputs))
    outputSlopes = AlignedMemory.zeros(rows * Padding.padded(outputs))
    parameters = block
  }

  deinit {
    AlignedMemory.free(output)
    AlignedMemory.free(outputSlopes)
  }

  func initialize(_ stream: inout RandomStream) {
    for layer in layers { layer.initialize(&stream) }
    parameters.fillGlorot(head.weight, inputs: head.inputs, outputs: head.outputs, &stream)
  }

  /// Computes the head's rows of a batch whose rows are `Padding.padded` long.
  func forward(rows: Int, _ x: UnsafePointer<Scalar>, isTraining: Bool) {
    for number in layers.indices {
      let (input, stride) = input(of: number, x)
      layers[number].forward(rows: rows, input, stride: stride, isTraining: isTraining)
    }
    let (input, stride) = input(of: layers.count, x)
    head.forward(rows: rows, input, stride: stride, into: output)
  }

  private func input(
    of layer: Int, _ x: UnsafePointer<Scalar>
  ) -> (UnsafePointer<Scalar>, Int) {
    guard layer > 0 else {
      let inputs = layers.first?.linear.inputs ?? head.inputs
      return (x, Padding.padded(inputs))
    }
    return (UnsafePointer(layers[layer - 1].active), layers[layer - 1].width)
  }

  /// Adds the gradients of all parameters, and writes that of the inputs where a place is given.
  func backward(rows: Int, _ x: UnsafePointer<Scalar>, inputs: Buffer?) {
    let (input, stride) = input(of: layers.count, x)
    head.addGradient(
      rows: rows, input, stride: stride, outputSlopes, into: parameters.gradients)
    send(head, rows, outputSlopes, to: layers.count - 1, inputs)
    for number in layers.indices.reversed() {
      let (input, stride) = self.input(of: number, x)
      layers[number].backward(rows: rows, input, stride: stride)
      send(layers[number].linear, rows, layers[number].slopes, to: number - 1, inputs)
    }
  }

  private func send(
    _ map: LinearMap<Scalar>, _ rows: Int, _ slopes: Buffer, to below: Int, _ inputs: Buffer?
  ) {
    guard let target = below < 0 ? inputs : layers[below].slopes else { return }
    map.sendDownOnce(rows: rows, slopes, into: target)
  }
}
