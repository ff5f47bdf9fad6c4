// The posterior of the factors, from what their portfolios earned.
//
// In a fixed universe one perceptron reads the returns of all portfolios; in a dynamic one, where their number
// varies, one perceptron reads each factor's token and its portfolio's return.

import FactorRuntime

final class PortfolioPosterior<Scalar: NetworkScalar> {
  typealias Buffer = UnsafeMutablePointer<Scalar>

  private let isDynamic: Bool
  private let tokenWidth: Int
  private let size: Int
  private let hidden: HiddenLayer<Scalar>
  private let out: LinearMap<Scalar>
  private let x: Buffer
  private let dx: Buffer
  private let width: Int
  private let found: Buffer
  private let slopes: Buffer

  init(_ design: StormDesign, windows: Int, rows: Int, _ builder: LayerBuilder<Scalar>) {
    isDynamic = design.isDynamic
    (size, tokenWidth) = (2 * design.width, Padding.padded(2 * design.width))
    let factors = design.factors(assets: design.assets)
    let inputs = isDynamic ? size + 1 : factors
    let rows = isDynamic ? rows : windows
    hidden = HiddenLayer(
      "posterior.hidden", inputs: inputs, outputs: design.width, rows: rows, builder)
    out = builder.linear("posterior.out", design.width, isDynamic ? 2 : 2 * factors)
    width = Padding.padded(inputs)
    (x, dx) = (builder.room(rows * width), builder.room(rows * width))
    (found, slopes) = (builder.room(rows * out.width), builder.room(rows * out.width))
  }

  /// The moments begin at the prior's: means of zero and variances of one.
  func initialize(_ block: ParameterBlock<Scalar>, _ stream: inout RandomStream) {
    hidden.initialize(block, &stream)
    block.fill(out.weight) { _, _ in 0 }
  }

  func prepare() {
    hidden.prepare()
    out.prepare()
  }

  func forward(
    _ rho: [[Double]], _ tokens: UnsafePointer<Scalar>, _ sets: TokenSets
  ) -> [GaussianMoments] {
    let rows = isDynamic ? sets.rows : rho.count
    for (window, returns) in rho.enumerated() {
      for (f, value) in returns.enumerated() {
        guard isDynamic else {
          x[window * width + f] = Scalar(value)
          continue
        }
        let row = sets[window].lowerBound + f
        (x + row * width).update(from: tokens + row * tokenWidth, count: size)
        x[row * width + size] = Scalar(value)
      }
    }
    hidden.forward(rows: rows, x, stride: width)
    out.forward(rows: rows, hidden.active, stride: hidden.width, into: found)
    return rho.indices.map { window in
      let places = rho[window].indices.map { place(window, $0, sets) }
      return GaussianMoments(
        mean: places.map { Double(found[$0.mean]) },
        raw: places.map { Double(found[$0.logVariance]) })
    }
  }

  private func place(_ window: Int, _ f: Int, _ sets: TokenSets) -> (mean: Int, logVariance: Int) {
    if isDynamic {
      let row = (sets[window].lowerBound + f) * out.width
      return (row, row + 1)
    }
    return (window * out.width + f, window * out.width + sets.size(window) + f)
  }

  /// Adds gradients, and gives those of the portfolios' returns.
  func backward(
    _ windows: [StormReturns], _ tokens: UnsafePointer<Scalar>, _ sets: TokenSets,
    into target: Buffer, tokenSlopes: Buffer
  ) -> [[Double]] {
    let rows = isDynamic ? sets.rows : windows.count
    for (window, known) in windows.enumerated() {
      let moments = known.posterior
      for f in moments.mean.indices {
        let place = place(window, f, sets)
        slopes[place.mean] = Scalar(moments.meanSlopes[f])
        slopes[place.logVariance] = Scalar(moments.isInside[f] ? moments.logVarianceSlopes[f] : 0)
      }
    }
    out.addGradient(rows: rows, hidden.active, stride: hidden.width, slopes, into: target)
    out.sendDown(rows: rows, slopes, into: hidden.slopes, accumulate: false)
    hidden.backward(
      rows: rows, x, stride: width, into: target, inputs: dx, accumulate: false)
    return windows.indices.map { window in
      (0..<sets.size(window)).map { f in
        guard isDynamic else { return Double(dx[window * width + f]) }
        let row = sets[window].lowerBound + f
        for j in 0..<size { tokenSlopes[row * tokenWidth + j] += dx[row * width + j] }
        return Double(dx[row * width + size])
      }
    }
  }
}
