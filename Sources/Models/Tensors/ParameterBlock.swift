// The weights of a network in one stretch of memory, with gradients and Adam moments beside them.

import FactorRuntime

/// One named matrix inside a block; `stride` is its padded row length.
public struct ParameterTensor: Sendable {
  public let name: String
  public let rows: Int
  public let columns: Int
  public let stride: Int
  public let offset: Int
  /// Whether the L1 penalty applies (weights, not biases or normalisations).
  public let isPenalised: Bool

  var extent: Int { rows * stride }
}

/// All parameters of one number type: weights, gradients, moments, L1 strengths.
public final class ParameterBlock<Scalar: NetworkScalar> {
  public private(set) var tensors: [ParameterTensor] = []
  public private(set) var count = 0
  /// The numbers that there is memory for; all behind `count` are zero.
  private var room = 0
  public let isPadded: Bool
  public private(set) var weights: UnsafeMutablePointer<Scalar>
  public private(set) var gradients: UnsafeMutablePointer<Scalar>
  private(set) var first: UnsafeMutablePointer<Scalar>
  private(set) var second: UnsafeMutablePointer<Scalar>
  private(set) var strengths: UnsafeMutablePointer<Scalar>
  /// Whether any strength is set.
  private(set) var hasStrength = false

  /// Creates an empty block; padded blocks round row lengths up for the kernels.
  public init(padded: Bool) {
    isPadded = padded
    weights = AlignedMemory.zeros(0)
    gradients = AlignedMemory.zeros(0)
    first = AlignedMemory.zeros(0)
    second = AlignedMemory.zeros(0)
    strengths = AlignedMemory.zeros(0)
  }

  deinit {
    for buffer in [weights, gradients, first, second, strengths] { AlignedMemory.free(buffer) }
  }

  /// Appends a matrix of zeros and gives its number.
  @discardableResult
  public func add(_ name: String, rows: Int, columns: Int, penalised: Bool = false) -> Int {
    let stride = isPadded ? Padding.padded(columns) : columns
    tensors.append(
      ParameterTensor(
        name: name, rows: rows, columns: columns, stride: stride, offset: count,
        isPenalised: penalised))
    resize(to: count + rows * stride)
    return tensors.count - 1
  }

  // A network has a hundred tensors: room is doubled, not made anew for each.
  private func resize(to size: Int) {
    defer { count = size }
    guard size > room else { return }
    room = max(size, 2 * room)
    func grown(_ old: UnsafeMutablePointer<Scalar>) -> UnsafeMutablePointer<Scalar> {
      let new: UnsafeMutablePointer<Scalar> = AlignedMemory.zeros(room)
      new.update(from: old, count: count)
      AlignedMemory.free(old)
      return new
    }
    weights = grown(weights)
    gradients = grown(gradients)
    first = grown(first)
    second = grown(second)
    strengths = grown(strengths)
  }

  /// The weights of a tensor.
  public func weights(_ tensor: Int) -> UnsafeMutablePointer<Scalar> {
    weights + tensors[tensor].offset
  }

  /// The gradients of a tensor.
  public func gradients(_ tensor: Int) -> UnsafeMutablePointer<Scalar> {
    gradients + tensors[tensor].offset
  }

  /// Sets the L1 strength of every penalised tensor.
  public func penalise(_ strength: Double) {
    hasStrength = strength != 0
    for tensor in tensors where tensor.isPenalised {
      (strengths + tensor.offset).update(repeating: Scalar(strength), count: tensor.extent)
    }
  }

  /// Sets all gradients to zero.
  public func clearGradients() { gradients.update(repeating: 0, count: count) }

  /// Forgets the Adam moments of a tensor, after its weights were set from outside.
  public func clearMoments(_ tensor: Int) {
    let t = tensors[tensor]
    (first + t.offset).update(repeating: 0, count: t.extent)
    (second + t.offset).update(repeating: 0, count: t.extent)
  }

  /// Fills a tensor's true columns, row by row.
  public func fill(_ tensor: Int, _ next: (_ row: Int, _ column: Int) -> Double) {
    let t = tensors[tensor]
    for i in 0..<t.rows {
      for j in 0..<t.columns { weights[t.offset + i * t.stride + j] = Scalar(next(i, j)) }
    }
  }

  /// The weights as values, for snapshots.
  public func snapshot(into copy: inout [Scalar]) {
    if copy.count != count { copy = [Scalar](repeating: 0, count: count) }
    copy.withUnsafeMutableBufferPointer { $0.baseAddress?.update(from: weights, count: count) }
  }

  /// Puts a snapshot back.
  public func restore(_ copy: [Scalar]) {
    precondition(copy.count == count)
    copy.withUnsafeBufferPointer { source in
      if let base = source.baseAddress { weights.update(from: base, count: count) }
    }
  }
}

/// Weights and Adam moments as values.
struct ParameterState<Scalar: NetworkScalar>: Sendable {
  let weights: [Scalar]
  let first: [Scalar]
  let second: [Scalar]
}

extension ParameterBlock {
  /// All that the next optimiser step depends on.
  var state: ParameterState<Scalar> {
    get {
      func copy(_ memory: UnsafeMutablePointer<Scalar>) -> [Scalar] {
        Array(UnsafeBufferPointer(start: memory, count: count))
      }
      return ParameterState(
        weights: copy(weights), first: copy(first), second: copy(second))
    }
    set {
      for (memory, values) in [
        (weights, newValue.weights), (first, newValue.first), (second, newValue.second),
      ] {
        precondition(values.count == count)
        values.withUnsafeBufferPointer { source in
          if let base = source.baseAddress { memory.update(from: base, count: count) }
        }
      }
    }
  }
}
