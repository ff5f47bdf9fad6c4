// Layer normalisation of tokens, with what its gradient needs. Reference: Ba, Kiros and Hinton (2016).

import FactorRuntime

final class TokenNorm<Scalar: NetworkScalar> {
  typealias Buffer = UnsafeMutablePointer<Scalar>

  static var epsilon: Double { 1e-5 }

  private unowned let builder: LayerBuilder<Scalar>
  private let size: Int
  private let width: Int
  let gain: Int
  private let offset: Int
  private let normalized: Buffer
  private let inverse: Buffer
  private let sums: UnsafeMutablePointer<Double>
  let output: Buffer

  init(_ name: String, size: Int, rows: Int, _ builder: LayerBuilder<Scalar>) {
    (self.builder, self.size, width) = (builder, size, Padding.padded(size))
    gain = builder.tensor("\(name).gain", rows: 1, columns: size)
    offset = builder.tensor("\(name).offset", rows: 1, columns: size)
    (normalized, inverse) = (builder.room(rows * width), builder.room(rows))
    output = builder.room(rows * width)
    sums = builder.doubles(2 * width)
  }

  func initialize() { builder.parameters.fill(gain) { _, _ in 1 } }

  @discardableResult
  func forward(rows: Int, _ x: UnsafePointer<Scalar>) -> Buffer {
    let parameters = builder.parameters
    Scalar.layerNorm(
      RowTile(rows: rows, width: width, x), size: size, gain: parameters.weights(gain),
      offset: parameters.weights(offset), epsilon: Self.epsilon, normalized: normalized,
      inverse: inverse, into: output)
    return output
  }

  /// Turns the gradient of the output into that of the input, and adds those of gain and offset.
  func backward(rows: Int, _ slopes: Buffer, into target: Buffer) {
    sums.update(repeating: 0, count: 2 * width)
    Scalar.layerNormBackward(
      RowTile(rows: rows, width: width, normalized), size: size, inverse: inverse,
      gain: builder.parameters.weights(gain), slopes, gainGradient: sums,
      offsetGradient: sums + width)
    let gains = builder.gradient(gain, in: target)
    let offsets = builder.gradient(offset, in: target)
    for j in 0..<size {
      gains[j] += Scalar(sums[j])
      offsets[j] += Scalar(sums[width + j])
    }
  }
}
