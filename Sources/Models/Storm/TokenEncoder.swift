// A transformer's encoder over sets of tokens, the norm before each part and one behind the last layer.
//
// Definition: x <- x + attention(norm(x)), x <- x + W2 gelu(W1 norm(x)), layer after layer, then norm(x).
// References: Dosovitskiy et al. (2021), section 3.1; Xiong et al. (2020) for the place of the norm.

import FactorRuntime

/// The size of an encoder, and of what it is given at most.
struct EncoderShape: Sendable {
  var width: Int
  var heads: Int
  var layers: Int
  var inner: Int
  /// Sets of a batch, and tokens of a set.
  var sets: Int
  var longest: Int

  var rows: Int { sets * longest }
  var attention: AttentionRoom {
    AttentionRoom(
      queries: rows, keys: rows, sets: sets, longestQueries: longest, longestKeys: longest)
  }
}

final class EncoderLayer<Scalar: NetworkScalar> {
  typealias Buffer = UnsafeMutablePointer<Scalar>

  private let norms: (attention: TokenNorm<Scalar>, feed: TokenNorm<Scalar>)
  private let attention: SetAttention<Scalar>
  private let hidden: HiddenLayer<Scalar>
  private let second: LinearMap<Scalar>
  private let middle: Buffer
  let output: Buffer
  private let scratch: Buffer
  private let width: Int

  init(_ name: String, _ shape: EncoderShape, _ builder: LayerBuilder<Scalar>) {
    let (d, rows) = (shape.width, shape.rows)
    width = Padding.padded(d)
    norms.attention = TokenNorm("\(name).attention", size: d, rows: rows, builder)
    attention = SetAttention(name, width: d, heads: shape.heads, shape.attention, builder)
    norms.feed = TokenNorm("\(name).feed", size: d, rows: rows, builder)
    hidden = HiddenLayer("\(name).first", inputs: d, outputs: shape.inner, rows: rows, builder)
    second = builder.linear("\(name).second", shape.inner, d)
    (middle, output) = (builder.room(rows * width), builder.room(rows * width))
    scratch = builder.room(rows * width)
  }

  func initialize(_ block: ParameterBlock<Scalar>, _ stream: inout RandomStream) {
    norms.attention.initialize()
    norms.feed.initialize()
    attention.initialize(block, &stream)
    hidden.initialize(block, &stream)
    block.fillGlorot(second.weight, inputs: second.inputs, outputs: second.outputs, &stream)
  }

  func prepare() {
    attention.prepare()
    hidden.prepare()
    second.prepare()
  }

  func forward(_ x: UnsafePointer<Scalar>, _ sets: TokenSets) -> Buffer {
    let rows = sets.rows
    let first = norms.attention.forward(rows: rows, x)
    let attended = attention.forward(first, sets, first, sets)
    middle.update(from: x, count: rows * width)
    Scalar.add(count: rows * width, attended, to: middle)
    let second = norms.feed.forward(rows: rows, middle)
    hidden.forward(rows: rows, second, stride: width)
    self.second.forward(rows: rows, hidden.active, stride: hidden.width, into: output)
    Scalar.add(count: rows * width, middle, to: output)
    return output
  }

  /// Turns the gradient of the output into that of the input.
  func backward(_ sets: TokenSets, _ slopes: Buffer, into target: Buffer) {
    let rows = sets.rows
    second.addGradient(
      rows: rows, hidden.active, stride: hidden.width, slopes, into: target)
    second.sendDown(rows: rows, slopes, into: hidden.slopes, accumulate: false)
    hidden.backward(
      rows: rows, norms.feed.output, stride: width, into: target, inputs: scratch,
      accumulate: false)
    norms.feed.backward(rows: rows, scratch, into: target)
    Scalar.add(count: rows * width, scratch, to: slopes)
    let first = norms.attention.output
    attention.backward(
      first, sets, first, sets, slopes, into: target, dx: scratch, dy: scratch)
    norms.attention.backward(rows: rows, scratch, into: target)
    Scalar.add(count: rows * width, scratch, to: slopes)
  }
}

final class TokenEncoder<Scalar: NetworkScalar> {
  typealias Buffer = UnsafeMutablePointer<Scalar>

  private let layers: [EncoderLayer<Scalar>]
  private let norm: TokenNorm<Scalar>

  init(_ name: String, _ shape: EncoderShape, _ builder: LayerBuilder<Scalar>) {
    layers = (0..<shape.layers).map { EncoderLayer("\(name).layer\($0)", shape, builder) }
    norm = TokenNorm("\(name).norm", size: shape.width, rows: shape.rows, builder)
  }

  func initialize(_ block: ParameterBlock<Scalar>, _ stream: inout RandomStream) {
    for layer in layers { layer.initialize(block, &stream) }
    norm.initialize()
  }

  func prepare() { for layer in layers { layer.prepare() } }

  /// The tokens behind the last layer, normalised.
  var output: Buffer { norm.output }

  @discardableResult
  func forward(_ x: UnsafePointer<Scalar>, _ sets: TokenSets) -> Buffer {
    var state = x
    for layer in layers { state = UnsafePointer(layer.forward(state, sets)) }
    return norm.forward(rows: sets.rows, state)
  }

  /// Turns the gradient of the output into that of the tokens that came in.
  func backward(_ sets: TokenSets, _ slopes: Buffer, into target: Buffer) {
    norm.backward(rows: sets.rows, slopes, into: target)
    for layer in layers.reversed() { layer.backward(sets, slopes, into: target) }
  }
}
