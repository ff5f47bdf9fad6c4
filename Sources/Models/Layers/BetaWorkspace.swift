// The memory of one beta network's passes, taken once for the largest batch.

import FactorRuntime

final class BetaWorkspace<Scalar: NetworkScalar> {
  let rows: Int
  /// Per hidden layer: standardised pre-activations, activations, 1 / standard deviation.
  let normalized: [UnsafeMutablePointer<Scalar>]
  let activated: [UnsafeMutablePointer<Scalar>]
  let inverse: [UnsafeMutablePointer<Scalar>]
  /// Per hidden layer: the gradient on its way down, and the transposed weights above it.
  let gradient: [UnsafeMutablePointer<Scalar>]
  let transposed: [UnsafeMutablePointer<Scalar>]
  let output: UnsafeMutablePointer<Scalar>
  let outputGradient: UnsafeMutablePointer<Scalar>
  /// Column scratch: two rows of Float64 sums, three of scalars.
  let sums: UnsafeMutablePointer<Double>
  let mean: UnsafeMutablePointer<Scalar>
  let scale: UnsafeMutablePointer<Scalar>
  let meanNormalized: UnsafeMutablePointer<Scalar>

  init(layers: [BetaNetwork<Scalar>.Layer], outputWidth: Int, rows: Int) {
    func room(_ count: Int) -> UnsafeMutablePointer<Scalar> { AlignedMemory.zeros(count) }
    self.rows = rows
    let widest = (layers.map(\.width) + [outputWidth]).max() ?? outputWidth
    normalized = layers.map { room(rows * $0.width) }
    activated = layers.map { room(rows * $0.width) }
    inverse = layers.map { room($0.width) }
    gradient = layers.map { room(rows * $0.width) }
    transposed = layers.map { _ in room(widest * widest) }
    output = room(rows * outputWidth)
    outputGradient = room(rows * outputWidth)
    sums = AlignedMemory.zeros(2 * widest)
    mean = room(widest)
    scale = room(widest)
    meanNormalized = room(widest)
  }

  deinit {
    for list in [normalized, activated, inverse, gradient, transposed] {
      for pointer in list { AlignedMemory.free(pointer) }
    }
    for pointer in [output, outputGradient, mean, scale, meanNormalized] {
      AlignedMemory.free(pointer)
    }
    AlignedMemory.free(sums)
  }
}
