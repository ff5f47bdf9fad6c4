// The parameters of a recurrent layer: which tensors, how wide, how they start.
//
// A gate's columns are padded to whole lanes; columns beyond the hidden units hold zeros and stay zero.
// Gates of the LSTM: input, forget, output, candidate. Of the GRU: candidate, reset, update.

import FactorRuntime

/// Which cell a recurrent layer repeats.
public enum RecurrentCell: String, CaseIterable, Sendable {
  case tanh
  /// Reset gate after the recurrent product: n = tanh(W x + b + r (U h + b2)), h' = (1 - u) n + u h.
  case gruAfter
  /// Reset gate before it: n = tanh(W x + b + U (r h)), h' = (1 - u) h + u n.
  case gruBefore
  case lstm

  /// Gates that read the input.
  var inputGates: Int {
    switch self {
    case .tanh: 1
    case .gruAfter, .gruBefore: 3
    case .lstm: 4
    }
  }

  /// Numbers kept of a row for each unit: its gates, and the inner part of a GRU's candidate.
  var kept: Int { self == .tanh ? 1 : 4 }
}

/// A recurrent layer as part of a parameter block.
public struct RecurrentLayer: Sendable {
  public let cell: RecurrentCell
  public let inputs: Int
  public let hidden: Int
  let input: Int
  let recurrent: Int
  let bias: Int
  /// The bias inside the reset product; -1 for other cells.
  let innerBias: Int

  /// Units padded to whole lanes.
  var width: Int { Padding.padded(hidden) }

  /// Adds the layer's tensors to a block.
  init<Scalar>(
    _ name: String, _ cell: RecurrentCell, inputs: Int, hidden: Int,
    in block: ParameterBlock<Scalar>
  ) {
    (self.cell, self.inputs, self.hidden) = (cell, inputs, hidden)
    let width = Padding.padded(hidden)
    input = block.add(
      "\(name).input", rows: inputs, columns: cell.inputGates * width, penalised: true)
    recurrent = block.add(
      "\(name).recurrent", rows: hidden, columns: cell.inputGates * width, penalised: true)
    bias = block.add("\(name).bias", rows: 1, columns: cell.inputGates * width)
    innerBias =
      cell == .gruAfter ? block.add("\(name).bias.inner", rows: 1, columns: width) : -1
  }

  /// Glorot for what reads the input, orthogonal times 0.9 gate by gate for the recurrent part of the tanh
  /// cell and Glorot for the others; a forget gate starts open.
  func initialize<Scalar>(_ block: ParameterBlock<Scalar>, _ stream: inout RandomStream) {
    fill(block, input, rows: inputs, &stream)
    fill(block, recurrent, rows: hidden, &stream)
    guard cell == .lstm else { return }
    let (units, padded) = (hidden, width)
    block.fill(bias) { _, column in
      column / padded == 1 && column % padded < units ? 1 : 0
    }
  }

  private func fill<Scalar>(
    _ block: ParameterBlock<Scalar>, _ tensor: Int, rows: Int, _ stream: inout RandomStream
  ) {
    let bound = (6 / Double(rows + hidden)).squareRoot()
    let (units, padded) = (hidden, width)
    block.fill(tensor) { _, column in
      column % padded < units ? bound * (2 * stream.uniform() - 1) : 0
    }
  }
}
