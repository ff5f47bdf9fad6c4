// How the parts of a large network get their tensors and their memory.
//
// A network that runs on several threads has one block of tensors and a copy of its buffers for each thread. The
// first copy that is built adds the tensors; every later one is built in the same order and finds them there.

import FactorRuntime

final class LayerBuilder<Scalar: NetworkScalar> {
  typealias Buffer = UnsafeMutablePointer<Scalar>

  let parameters: ParameterBlock<Scalar>
  private let isFirst: Bool
  private var next = 0
  private var buffers: [Buffer] = []
  private var sums: [UnsafeMutablePointer<Double>] = []
  /// Numbers taken so far, for what a fit says that it takes.
  private(set) var taken = 0

  init(_ parameters: ParameterBlock<Scalar>) {
    self.parameters = parameters
    isFirst = parameters.tensors.isEmpty
  }

  deinit {
    for buffer in buffers { AlignedMemory.free(buffer) }
    for sum in sums { AlignedMemory.free(sum) }
  }

  /// The number of a tensor of that name, which is added or found; one that decays is shrunk by the optimiser.
  func tensor(_ name: String, rows: Int, columns: Int, decays: Bool = false) -> Int {
    defer { next += 1 }
    if isFirst {
      return parameters.add(name, rows: rows, columns: columns, penalised: decays)
    }
    precondition(parameters.tensors[next].name == name, "copies are built in one order")
    return next
  }

  func linear(_ name: String, _ inputs: Int, _ outputs: Int) -> LinearMap<Scalar> {
    let weight = tensor("\(name).weight", rows: inputs, columns: outputs, decays: true)
    let bias = tensor("\(name).bias", rows: 1, columns: outputs)
    return LinearMap(LinearTensors(weight: weight, bias: bias), in: parameters)
  }

  /// Zeros that live as long as the builder.
  func room(_ count: Int) -> Buffer {
    let buffer: Buffer = AlignedMemory.zeros(count)
    taken += count
    buffers.append(buffer)
    return buffer
  }

  func doubles(_ count: Int) -> UnsafeMutablePointer<Double> {
    let buffer: UnsafeMutablePointer<Double> = AlignedMemory.zeros(count)
    sums.append(buffer)
    return buffer
  }

  /// The gradients of a tensor within a copy of all gradients.
  func gradient(_ tensor: Int, in target: Buffer) -> Buffer {
    target + parameters.tensors[tensor].offset
  }
}

/// Rows that belong together, set after set: the tokens of each window of a batch.
struct TokenSets: Sendable, Equatable {
  /// The first row of each set, then the number of all rows.
  private(set) var starts = [0]

  init() {}

  /// Sets of these sizes.
  init(sizes: [Int]) { for size in sizes { append(size) } }

  mutating func append(_ size: Int) { starts.append(rows + size) }

  var count: Int { starts.count - 1 }
  var rows: Int { starts[starts.count - 1] }
  func size(_ set: Int) -> Int { starts[set + 1] - starts[set] }
  subscript(set: Int) -> Range<Int> { starts[set]..<starts[set + 1] }
}
