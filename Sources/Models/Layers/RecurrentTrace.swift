// What a recurrent pass leaves for its gradient: gates and states of every row.

import FactorRuntime

final class RecurrentTrace<Scalar: NetworkScalar> {
  typealias Buffer = UnsafeMutablePointer<Scalar>

  let gates: Buffer
  /// The table of states, and that of an LSTM's memories.
  let h: Buffer
  let c: Buffer

  init(_ layer: RecurrentLayer, rows: Int, carried: Int) {
    let states = (1 + carried + rows) * layer.width
    gates = AlignedMemory.zeros(rows * layer.cell.kept * layer.width)
    h = AlignedMemory.zeros(states)
    c = AlignedMemory.zeros(layer.cell == .lstm ? states : 0)
  }

  deinit { for buffer in [gates, h, c] { AlignedMemory.free(buffer) } }
}
