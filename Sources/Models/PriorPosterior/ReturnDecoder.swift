// The decoder: each stock's alpha, its spread and its loadings, and the likelihood of returns given factors.
//
// Definition: h = leaky(W e + b), m_a = w'h + b, s_a = softplus(w'h + b) + floor, beta = W e + b, and
//   y_i ~ N( m_a + sum_k beta_k m_k, s_a^2 + sum_k beta_k^2 s_k^2 )
// in closed form: nothing is sampled. Source: Duan et al. (2022), equations 8 to 11.

import FactorRuntime

final class ReturnDecoder<Scalar: NetworkScalar> {
  typealias Buffer = UnsafeMutablePointer<Scalar>
  typealias Design = PriorPosteriorDesign

  private let factors: Int
  private let inner: LinearMap<Scalar>
  /// Two columns: the alpha's mean, and its spread before softplus.
  private let alpha: LinearMap<Scalar>
  private let loadings: LinearMap<Scalar>
  private let hidden: Buffer
  private let hiddenSlopes: Buffer
  private let out: Buffer
  private let outSlopes: Buffer
  private let beta: Buffer
  private let betaSlopes: Buffer

  init(
    factors: Int, inner: LinearMap<Scalar>, alpha: LinearMap<Scalar>, loadings: LinearMap<Scalar>,
    rows: Int
  ) {
    (self.factors, self.inner, self.alpha, self.loadings) = (factors, inner, alpha, loadings)
    (hidden, hiddenSlopes) = (
      AlignedMemory.zeros(rows * inner.width), AlignedMemory.zeros(rows * inner.width)
    )
    (out, outSlopes) = (
      AlignedMemory.zeros(rows * alpha.width), AlignedMemory.zeros(rows * alpha.width)
    )
    (beta, betaSlopes) = (
      AlignedMemory.zeros(rows * loadings.width), AlignedMemory.zeros(rows * loadings.width)
    )
  }

  deinit {
    for buffer in [hidden, hiddenSlopes, out, outSlopes, beta, betaSlopes] {
      AlignedMemory.free(buffer)
    }
  }

  func prepare() { for map in [inner, alpha, loadings] { map.prepare() } }

  func forward(rows: Int, _ features: UnsafePointer<Scalar>) {
    let stride = Padding.padded(inner.inputs)
    inner.forward(rows: rows, features, stride: stride, into: hidden)
    Scalar.leaky(count: rows * inner.width, slope: Design.leak, hidden)
    alpha.forward(rows: rows, hidden, stride: inner.width, into: out)
    loadings.forward(rows: rows, features, stride: stride, into: beta)
  }

  /// A stock after `forward`: alpha, its standard deviation, and its loadings.
  func alpha(_ i: Int) -> Double { Double(out[i * alpha.width]) }
  func spread(_ i: Int) -> Double {
    let x = Double(out[i * alpha.width + 1])
    return max(x, 0) + Elementary.log1p(Elementary.exp(-abs(x))) + Design.floor
  }
  func loading(_ i: Int, _ k: Int) -> Double { Double(beta[i * loadings.width + k]) }

  /// The mean over stocks of -log p(y | factors with mean m and deviation s). With `slopes` given, the gradients of
  /// m and s are written there and those of the stocks are kept for `backward`.
  func negativeLikelihood(
    rows: Int, _ y: UnsafePointer<Scalar>, mean m: UnsafePointer<Double>,
    deviation s: UnsafePointer<Double>,
    slopes: (mean: UnsafeMutablePointer<Double>, deviation: UnsafeMutablePointer<Double>)? = nil
  ) -> Double {
    var total = 0.0
    let share = 1 / Double(max(1, rows))
    if let slopes {
      for k in 0..<factors { (slopes.mean[k], slopes.deviation[k]) = (0, 0) }
    }
    for i in 0..<rows {
      let spread = spread(i)
      var (expected, variance) = (alpha(i), spread * spread)
      for k in 0..<factors {
        let b = loading(i, k)
        expected += b * m[k]
        variance += b * b * s[k] * s[k]
      }
      let error = Double(y[i]) - expected
      total += Elementary.log(variance) + error * error / variance
      guard let slopes else { continue }
      let byMean = -error / variance * share
      let byVariance = 0.5 * (1 / variance - error * error / (variance * variance)) * share
      for k in 0..<factors {
        let b = loading(i, k)
        slopes.mean[k] += byMean * b
        slopes.deviation[k] += byVariance * b * b * 2 * s[k]
        betaSlopes[i * loadings.width + k] = Scalar(
          byMean * m[k] + byVariance * 2 * b * s[k] * s[k])
      }
      outSlopes[i * alpha.width] = Scalar(byMean)
      let x = Double(out[i * alpha.width + 1])
      outSlopes[i * alpha.width + 1] = Scalar(
        byVariance * 2 * spread / (1 + Elementary.exp(-x)))
    }
    return 0.5 * (Elementary.log(2 * Double.pi) + total * share)
  }

  /// Adds the gradients of the parameters, and writes that of the features.
  func backward(
    rows: Int, _ features: UnsafePointer<Scalar>, into target: Buffer, featureSlopes: Buffer
  ) {
    let stride = Padding.padded(inner.inputs)
    alpha.addGradient(rows: rows, hidden, stride: inner.width, outSlopes, into: target)
    alpha.sendDown(rows: rows, outSlopes, into: hiddenSlopes, accumulate: false)
    Scalar.leakyBackward(
      count: rows * inner.width, slope: Design.leak, y: hidden, hiddenSlopes)
    inner.addGradient(rows: rows, features, stride: stride, hiddenSlopes, into: target)
    inner.sendDown(rows: rows, hiddenSlopes, into: featureSlopes, accumulate: false)
    loadings.addGradient(rows: rows, features, stride: stride, betaSlopes, into: target)
    loadings.sendDown(rows: rows, betaSlopes, into: featureSlopes, accumulate: true)
  }
}
