// A network that gives loadings, as the training step drives it: in phases of blocks that may run side by
// side, with the loss between the two passes.

import FactorRuntime

/// Characteristics in, factor loadings out, gradients back.
protocol LoadingNetwork: AnyObject {
  associatedtype Scalar: NetworkScalar
  var outputs: Int { get }
  /// The row length of the loadings: at least one column beyond them.
  var outputWidth: Int { get }
  var parameters: ParameterBlock<Scalar> { get }
  /// The loadings of the batch, and where their gradient goes, row by row.
  var loadings: UnsafeMutablePointer<Scalar> { get }
  var loadingsGradient: UnsafeMutablePointer<Scalar> { get }
  /// The batch's rows in groups: the blocks of the last phase forward and of the first one backward.
  var groups: RowGroups { get }

  /// Starts a batch of whole months; `rows` are its rows in the panel.
  func begin(months: Range<Int>, rows: Range<Int>)
  var forwardPhases: Int { get }
  var backwardPhases: Int { get }
  func blocks(forward phase: Int) -> Int
  func blocks(backward phase: Int) -> Int
  /// Runs one block of a phase; `panel` holds the characteristics of all rows.
  func forward(phase: Int, block: Int, _ panel: UnsafePointer<Scalar>)
  func finishForward(phase: Int)
  func beginBackward()
  func backward(phase: Int, block: Int, _ panel: UnsafePointer<Scalar>)
  func finishBackward(phase: Int)
}

extension LoadingNetwork {
  /// Runs the forward pass; `work` is called with phases from 0 on and does their blocks.
  func runForward(_ pool: BlockPool, _ work: @escaping BlockWork) {
    for phase in 0..<forwardPhases {
      pool.run(work, phase: phase, blocks: blocks(forward: phase))
      finishForward(phase: phase)
    }
  }

  /// Runs the backward pass; `work` is called with phases that follow those of the forward pass.
  func runBackward(_ pool: BlockPool, _ work: @escaping BlockWork) {
    beginBackward()
    for phase in 0..<backwardPhases {
      pool.run(work, phase: forwardPhases + phase, blocks: blocks(backward: phase))
      finishBackward(phase: phase)
    }
  }
}
