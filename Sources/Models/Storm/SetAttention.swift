// Attention between two lists of tokens, set by set: softmax(q k' / sqrt(d)) v, several heads, one map behind.
//
// A set's scores are kept by key, key after key, so that the softmax runs along columns and every step is a matrix
// product: S' = K Q', A' = softmax over rows, out = A V. With the same list twice it is self-attention.
// Goals, in order: exact gradients, the same bits always, products large enough to be fast. Missing values: none.
// Reference: Vaswani et al. (2017), section 3.2.

import FactorRuntime

/// Bounds on what is attended to at a time.
struct AttentionRoom: Sendable {
  /// Rows of queries and of keys in a batch, and of one set.
  var queries: Int
  var keys: Int
  var sets: Int
  var longestQueries: Int
  var longestKeys: Int

  /// The numbers of all scores of a batch, for one head.
  var scores: Int { sets * longestKeys * Padding.padded(longestQueries) }
}

final class SetAttention<Scalar: NetworkScalar> {
  typealias Buffer = UnsafeMutablePointer<Scalar>

  private let maps: (query: LinearMap<Scalar>, key: LinearMap<Scalar>, value: LinearMap<Scalar>)
  private let out: LinearMap<Scalar>
  private let heads: Int
  private let size: Int
  private let width: Int
  private let (q, k, v): (Buffer, Buffer, Buffer)
  private let (dq, dk, dv): (Buffer, Buffer, Buffer)
  private let attended: Buffer
  private let attendedSlopes: Buffer
  private let scores: Buffer
  private let transposed: Buffer
  private let scoreSlopes: Buffer
  let output: Buffer

  init(
    _ name: String, width size: Int, heads: Int, _ room: AttentionRoom,
    _ builder: LayerBuilder<Scalar>
  ) {
    (self.heads, self.size, width) = (heads, size / heads, Padding.padded(size))
    precondition(size % (heads * Padding.half) == 0)
    func map(_ part: String) -> LinearMap<Scalar> { builder.linear("\(name).\(part)", size, size) }
    maps = (map("query"), map("key"), map("value"))
    out = map("out")
    let stride = width
    func rows(_ count: Int) -> Buffer { builder.room(count * stride) }
    (q, k, v) = (rows(room.queries), rows(room.keys), rows(room.keys))
    (dq, dk, dv) = (rows(room.queries), rows(room.keys), rows(room.keys))
    (attended, attendedSlopes) = (rows(room.queries), rows(room.queries))
    output = rows(room.queries)
    scores = builder.room(heads * room.scores)
    let column = Padding.padded(room.longestQueries)
    transposed = builder.room(width * column)
    scoreSlopes = builder.room(room.longestKeys * column)
  }

  func initialize(_ block: ParameterBlock<Scalar>, _ stream: inout RandomStream) {
    for map in [maps.query, maps.key, maps.value, out] {
      block.fillGlorot(map.weight, inputs: map.inputs, outputs: map.outputs, &stream)
    }
  }

  func prepare() { for map in [maps.query, maps.key, maps.value, out] { map.prepare() } }

  private var scale: Scalar { Scalar(1 / Double(size).squareRoot()) }

  // The scores of one set and head, and where they begin.
  private func places(
    _ xs: TokenSets, _ ys: TokenSets, _ body: (_ set: Int, _ column: Int, _ at: Int) -> Void
  ) {
    var at = 0
    for set in 0..<xs.count {
      let column = Padding.padded(xs.size(set))
      body(set, column, at)
      at += heads * ys.size(set) * column
    }
  }

  /// Rows x ask rows y, each set its own; gives a row for each of x.
  @discardableResult
  func forward(
    _ x: UnsafePointer<Scalar>, _ xs: TokenSets, _ y: UnsafePointer<Scalar>, _ ys: TokenSets
  ) -> Buffer {
    maps.query.forward(rows: xs.rows, x, stride: width, into: q)
    maps.key.forward(rows: ys.rows, y, stride: width, into: k)
    maps.value.forward(rows: ys.rows, y, stride: width, into: v)
    places(xs, ys) { set, column, at in attend(xs[set], ys[set], column, scores + at) }
    out.forward(rows: xs.rows, attended, stride: width, into: output)
    return output
  }

  private func attend(_ x: Range<Int>, _ y: Range<Int>, _ column: Int, _ scores: Buffer) {
    let (first, keys) = (x.lowerBound * width, y.lowerBound * width)
    Scalar.transpose(
      rows: x.count, width: heads * size, q + first, stride: width, times: scale,
      into: transposed, length: column)
    for head in 0..<heads {
      let (at, own) = (head * size, scores + head * y.count * column)
      Scalar.product(
        m: y.count, n: column, k: size, k + keys + at, (width, 1), transposed + at * column, column,
        own, column)
      Scalar.softmaxColumns(rows: y.count, width: column, own)
      Scalar.product(
        m: x.count, n: size, k: y.count, own, (1, column), v + keys + at, width,
        attended + first + at, width)
    }
  }

  /// Given the gradient of the output: writes that of x, adds that of y (to that of x where both are one), and adds
  /// the parameters' gradients.
  func backward(
    _ x: UnsafePointer<Scalar>, _ xs: TokenSets, _ y: UnsafePointer<Scalar>, _ ys: TokenSets,
    _ slopes: UnsafePointer<Scalar>, into target: Buffer, dx: Buffer, dy: Buffer
  ) {
    out.addGradient(rows: xs.rows, attended, stride: width, slopes, into: target)
    out.sendDown(rows: xs.rows, slopes, into: attendedSlopes, accumulate: false)
    places(xs, ys) { set, column, at in descend(xs[set], ys[set], column, scores + at) }
    maps.query.addGradient(rows: xs.rows, x, stride: width, dq, into: target)
    maps.key.addGradient(rows: ys.rows, y, stride: width, dk, into: target)
    maps.value.addGradient(rows: ys.rows, y, stride: width, dv, into: target)
    maps.query.sendDown(rows: xs.rows, dq, into: dx, accumulate: false)
    maps.key.sendDown(rows: ys.rows, dk, into: dy, accumulate: true)
    maps.value.sendDown(rows: ys.rows, dv, into: dy, accumulate: true)
  }

  private func descend(_ x: Range<Int>, _ y: Range<Int>, _ column: Int, _ scores: Buffer) {
    let (first, keys) = (x.lowerBound * width, y.lowerBound * width)
    // The scale goes once into the scores' gradient, and so into that of queries and of keys.
    Scalar.transpose(
      rows: x.count, width: heads * size, attendedSlopes + first, stride: width, times: scale,
      into: transposed, length: column)
    for head in 0..<heads {
      let (at, own) = (head * size, scores + head * y.count * column)
      Scalar.product(
        m: y.count, n: column, k: size, v + keys + at, (width, 1), transposed + at * column, column,
        scoreSlopes, column)
      Scalar.product(
        m: y.count, n: size, k: x.count, own, (column, 1), attendedSlopes + first + at, width,
        dv + keys + at, width)
      Scalar.softmaxColumnsBackward(rows: y.count, width: column, y: own, scoreSlopes)
      Scalar.product(
        m: x.count, n: size, k: y.count, scoreSlopes, (1, column), k + keys + at, width,
        dq + first + at, width)
      Scalar.product(
        m: y.count, n: size, k: x.count, scoreSlopes, (column, 1), q + first + at, width,
        dk + keys + at, width)
    }
  }
}
