// The prior of the factors, from tokens alone: attention among them, then one perceptron for all.

import FactorRuntime

final class TokenPrior<Scalar: NetworkScalar> {
  typealias Buffer = UnsafeMutablePointer<Scalar>

  private let attention: SetAttention<Scalar>
  private let hidden: HiddenLayer<Scalar>
  private let out: LinearMap<Scalar>
  private let width: Int
  private let read: Buffer
  private let readSlopes: Buffer
  private let scratch: Buffer
  private let found: Buffer
  private let slopes: Buffer

  init(_ design: StormDesign, windows: Int, longest: Int, _ builder: LayerBuilder<Scalar>) {
    let (d, rows) = (2 * design.width, windows * longest)
    width = Padding.padded(d)
    attention = SetAttention(
      "prior", width: d, heads: design.heads,
      AttentionRoom(
        queries: rows, keys: rows, sets: windows, longestQueries: longest, longestKeys: longest),
      builder)
    hidden = HiddenLayer("prior.hidden", inputs: d, outputs: design.width, rows: rows, builder)
    out = builder.linear("prior.moments", design.width, 2)
    (read, readSlopes) = (builder.room(rows * width), builder.room(rows * width))
    scratch = builder.room(rows * width)
    (found, slopes) = (builder.room(rows * out.width), builder.room(rows * out.width))
  }

  /// The moments begin as those of N(0, 1): a prior with an opinion of its own would have to lose it first.
  func initialize(_ block: ParameterBlock<Scalar>, _ stream: inout RandomStream) {
    attention.initialize(block, &stream)
    hidden.initialize(block, &stream)
    block.fill(out.weight) { _, _ in 0 }
  }

  func prepare() {
    attention.prepare()
    hidden.prepare()
    out.prepare()
  }

  func forward(_ tokens: UnsafePointer<Scalar>, _ sets: TokenSets) -> [GaussianMoments] {
    let rows = sets.rows
    let attended = attention.forward(tokens, sets, tokens, sets)
    read.update(from: tokens, count: rows * width)
    Scalar.add(count: rows * width, attended, to: read)
    hidden.forward(rows: rows, read, stride: width)
    out.forward(rows: rows, hidden.active, stride: hidden.width, into: found)
    return (0..<sets.count).map { window in
      GaussianMoments(
        mean: sets[window].map { Double(found[$0 * out.width]) },
        raw: sets[window].map { Double(found[$0 * out.width + 1]) })
    }
  }

  func backward(
    _ windows: [StormReturns], _ tokens: UnsafePointer<Scalar>, _ sets: TokenSets,
    into target: Buffer, tokenSlopes: Buffer
  ) {
    let rows = sets.rows
    for (window, known) in windows.enumerated() {
      for (f, row) in sets[window].enumerated() {
        slopes[row * out.width] = Scalar(known.prior.meanSlopes[f])
        slopes[row * out.width + 1] = Scalar(
          known.prior.isInside[f] ? known.prior.logVarianceSlopes[f] : 0)
      }
    }
    out.addGradient(rows: rows, hidden.active, stride: hidden.width, slopes, into: target)
    out.sendDown(rows: rows, slopes, into: hidden.slopes, accumulate: false)
    hidden.backward(
      rows: rows, read, stride: width, into: target, inputs: readSlopes, accumulate: false)
    attention.backward(
      tokens, sets, tokens, sets, readSlopes, into: target, dx: scratch, dy: scratch)
    Scalar.add(count: rows * width, readSlopes, to: tokenSlopes)
    Scalar.add(count: rows * width, scratch, to: tokenSlopes)
  }
}
