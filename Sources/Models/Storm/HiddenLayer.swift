// A linear map and a GELU behind it: the first half of every small perceptron over tokens.

import FactorRuntime

final class HiddenLayer<Scalar: NetworkScalar> {
  typealias Buffer = UnsafeMutablePointer<Scalar>

  let map: LinearMap<Scalar>
  /// What the map gives, then the slope of the GELU there.
  private let drawn: Buffer
  let active: Buffer
  /// Where the gradient of the activations goes before `backward`.
  let slopes: Buffer

  var width: Int { map.width }

  init(
    _ name: String, inputs: Int, outputs: Int, rows: Int, _ builder: LayerBuilder<Scalar>
  ) {
    map = builder.linear(name, inputs, outputs)
    drawn = builder.room(rows * map.width)
    active = builder.room(rows * map.width)
    slopes = builder.room(rows * map.width)
  }

  func initialize(_ block: ParameterBlock<Scalar>, _ stream: inout RandomStream) {
    block.fillHe(map.weight, inputs: map.inputs, &stream)
  }

  func prepare() { map.prepare() }

  @discardableResult
  func forward(rows: Int, _ x: UnsafePointer<Scalar>, stride: Int) -> Buffer {
    map.forward(rows: rows, x, stride: stride, into: drawn)
    Scalar.gelu(count: rows * width, drawn, into: active)
    return active
  }

  /// Adds the parameters' gradients, and writes or adds that of the input where a place is given.
  func backward(
    rows: Int, _ x: UnsafePointer<Scalar>, stride: Int, into target: Buffer,
    inputs: Buffer?, accumulate: Bool
  ) {
    Scalar.multiply(count: rows * width, drawn, into: slopes)
    map.addGradient(rows: rows, x, stride: stride, slopes, into: target)
    if let inputs { map.sendDown(rows: rows, slopes, into: inputs, accumulate: accumulate) }
  }
}
