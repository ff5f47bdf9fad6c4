// What a party leaves of its way through a gated body, where other parties run before its gradient is asked for.

import FactorRuntime

final class GatedTrace<Scalar: NetworkScalar> {
  typealias Buffer = UnsafeMutablePointer<Scalar>

  /// The inputs of its windows, what the entry layer makes of them, and what the recurrent layers leave.
  let x: Buffer
  let entered: Buffer
  let passes: [RecurrentTrace<Scalar>]
  /// Targets of the party that left it.
  var count = 0

  init(_ design: SequenceDesign, _ passes: [RecurrentTrace<Scalar>]) {
    let rows = WindowParty.targets * design.months
    x = AlignedMemory.zeros(rows * Padding.padded(design.inputs))
    entered = AlignedMemory.zeros(rows * Padding.padded(design.hidden))
    self.passes = passes
  }

  convenience init(_ body: GatedBody<Scalar>) {
    let rows = WindowParty.targets * body.design.months
    self.init(body.design, body.layers.map { RecurrentTrace($0, rows: rows, carried: 0) })
  }

  deinit {
    AlignedMemory.free(x)
    AlignedMemory.free(entered)
  }

  /// Numbers that all traces of a network hold at most: 64 MB in float32.
  static var most: Int { 16 << 20 }

  /// How many of a month's parties leave a trace; the others run twice.
  static func count(_ design: SequenceDesign, rows: Int) -> Int {
    min((rows + WindowParty.targets - 1) / WindowParty.targets, most / design.roomOfTrace)
  }
}

extension SequenceDesign {
  /// Numbers of a trace.
  var roomOfTrace: Int {
    let perRow = Padding.padded(inputs) + Padding.padded(hidden) * (1 + layers * (cell.kept + 2))
    return WindowParty.targets * months * perRow
  }
}
