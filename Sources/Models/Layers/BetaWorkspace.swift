// The memory of one beta network's passes, taken once for the largest batch.

import FactorRuntime

final class BetaWorkspace<Scalar: NetworkScalar> {
  typealias Buffer = UnsafeMutablePointer<Scalar>

  /// What one normalisation keeps: statistics, its affine map, the coefficients of its gradient.
  struct Normalizer {
    let width: Int
    let mean: Buffer
    let inverse: Buffer
    let scale: Buffer
    let shift: Buffer
    let slopes: (a: Buffer, b: Buffer, c: Buffer)

    static var epsilon: Double { 1e-5 }
    static var momentum: Double { 0.1 }

    var operands: Normalization<Scalar> {
      Normalization(mean: mean, inverse: inverse, scale: scale, shift: shift)
    }

    /// Makes the affine map of a column that takes its moments away.
    func prepare(
      _ j: Int, mean m: Double, variance: Double, gain: Scalar, offset: Scalar
    ) {
      mean[j] = Scalar(m)
      inverse[j] = Scalar(1 / (variance + Self.epsilon).squareRoot())
      scale[j] = gain * inverse[j]
      shift[j] = offset - mean[j] * scale[j]
    }

    /// Makes the coefficients of a column's gradient from the sums of dy and dy xn over the rows:
    /// scale (dy - mean dy - xn mean(dy xn)) with xn = (x - mean) inverse, as one map of dy and x.
    func prepareGradient(_ j: Int, sum: Double, sumNormalized: Double, rows: Double) {
      let slope = scale[j] * inverse[j] * Scalar(sumNormalized / rows)
      slopes.a[j] = scale[j]
      slopes.b[j] = -slope
      slopes.c[j] = mean[j] * slope - scale[j] * Scalar(sum / rows)
    }
  }

  let rows: Int
  /// Per hidden layer: the linear map's output, and the gradient on its way down.
  let linear: [Buffer]
  let gradient: [Buffer]
  let normalizers: [Normalizer]
  /// Per layer, the head included: the weights transposed, once a step.
  let transposed: [Buffer]
  let output: Buffer
  let outputGradient: Buffer
  /// Per group: the parameters' gradients, and three Float64 sums for each column.
  let partial: Buffer
  let sums: UnsafeMutablePointer<Double>
  let widest: Int
  private let scratch: [Buffer]
  private let all: [Buffer]

  init(layers: [BetaNetwork<Scalar>.Layer], outputWidth: Int, rows: Int, parameters: Int) {
    var taken: [Buffer] = []
    func room(_ count: Int) -> Buffer {
      taken.append(AlignedMemory.zeros(count))
      return taken[taken.count - 1]
    }
    self.rows = rows
    let widest = (layers.map(\.width) + [outputWidth]).max() ?? outputWidth
    self.widest = widest
    linear = layers.map { room(rows * $0.width) }
    gradient = layers.map { room(rows * $0.width) }
    normalizers = layers.map { layer in
      Normalizer(
        width: layer.width, mean: room(layer.width), inverse: room(layer.width),
        scale: room(layer.width), shift: room(layer.width),
        slopes: (room(layer.width), room(layer.width), room(layer.width)))
    }
    transposed = layers.map { _ in room(widest * widest) } + [room(widest * widest)]
    output = room(rows * outputWidth)
    outputGradient = room(rows * outputWidth)
    partial = room(RowGroups.most * parameters)
    sums = AlignedMemory.zeros(RowGroups.most * 3 * widest)
    scratch = (0..<RowGroups.most).map { _ in room(RowGroups.tile * widest) }
    all = taken
  }

  deinit {
    for buffer in all { AlignedMemory.free(buffer) }
    AlignedMemory.free(sums)
  }

  /// A tile of activations; each group has its own.
  func activated(_ group: Int) -> Buffer { scratch[group] }

  /// The sums of a group: means and squares, or gradients and their products with the activations.
  func sums(_ group: Int) -> (UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>) {
    let start = sums + group * 3 * widest
    return (start, start + widest)
  }

  /// The sums of a group that are for the head's bias.
  func headSums(_ group: Int) -> UnsafeMutablePointer<Double> { sums + (group * 3 + 2) * widest }

  func clearSums(_ group: Int) { sums(group).0.update(repeating: 0, count: 3 * widest) }
}
