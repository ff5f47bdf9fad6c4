// Cross-attention between the tokens of both modules: each list asks the other, and adds what it hears.

import FactorRuntime

final class TokenFusion<Scalar: NetworkScalar> {
  typealias Buffer = UnsafeMutablePointer<Scalar>

  private let firms: SetAttention<Scalar>
  private let dates: SetAttention<Scalar>
  private let width: Int
  private let firmRoom: (own: Buffer, heard: Buffer)
  private let dateRoom: (own: Buffer, heard: Buffer)
  /// The tokens of firms and of dates that come out.
  let output: (firms: Buffer, dates: Buffer)

  init(_ design: StormDesign, windows: Int, _ builder: LayerBuilder<Scalar>) {
    width = Padding.padded(design.width)
    let (s, t) = (design.assets, design.months)
    firms = SetAttention(
      "fusion.firms", width: design.width, heads: design.heads,
      AttentionRoom(
        queries: windows * s, keys: windows * t, sets: windows, longestQueries: s, longestKeys: t),
      builder)
    dates = SetAttention(
      "fusion.dates", width: design.width, heads: design.heads,
      AttentionRoom(
        queries: windows * t, keys: windows * s, sets: windows, longestQueries: t, longestKeys: s),
      builder)
    let width = width
    func rows(_ count: Int) -> Buffer { builder.room(windows * count * width) }
    (firmRoom, dateRoom) = ((rows(s), rows(s)), (rows(t), rows(t)))
    output = (rows(s), rows(t))
  }

  func initialize(_ block: ParameterBlock<Scalar>, _ stream: inout RandomStream) {
    firms.initialize(block, &stream)
    dates.initialize(block, &stream)
  }

  func prepare() {
    firms.prepare()
    dates.prepare()
  }

  func forward(
    firms x: UnsafePointer<Scalar>, _ xs: TokenSets, dates y: UnsafePointer<Scalar>,
    _ ys: TokenSets
  ) {
    output.firms.update(from: x, count: xs.rows * width)
    output.dates.update(from: y, count: ys.rows * width)
    Scalar.add(count: xs.rows * width, firms.forward(x, xs, y, ys), to: output.firms)
    Scalar.add(count: ys.rows * width, dates.forward(y, ys, x, xs), to: output.dates)
  }

  /// Turns the gradients of what came out into those of what went in.
  func backward(
    firms x: UnsafePointer<Scalar>, _ xs: TokenSets, dates y: UnsafePointer<Scalar>,
    _ ys: TokenSets, firmSlopes: Buffer, dateSlopes: Buffer, into target: Buffer
  ) {
    firmRoom.heard.update(repeating: 0, count: xs.rows * width)
    dateRoom.heard.update(repeating: 0, count: ys.rows * width)
    firms.backward(
      x, xs, y, ys, firmSlopes, into: target, dx: firmRoom.own, dy: dateRoom.heard)
    dates.backward(
      y, ys, x, xs, dateSlopes, into: target, dx: dateRoom.own, dy: firmRoom.heard)
    for part in [firmRoom.own, firmRoom.heard] {
      Scalar.add(count: xs.rows * width, part, to: firmSlopes)
    }
    for part in [dateRoom.own, dateRoom.heard] {
      Scalar.add(count: ys.rows * width, part, to: dateSlopes)
    }
  }
}
