// Sufficient statistics of one month's returns given its loadings: B'B, B'y and y'y.
//
// With a common residual variance, every objective of a conditional factor model depends on a month
// only through these (K+1)^2 numbers. The loss is differentiated with respect to them on a tape, and
// their gradient becomes the gradient of all rows in one product: dB = B (dG + dG') + y dq'.

import FactorRuntime

final class LoadingStatistics<Scalar: NetworkScalar> {
  let factors: Int
  let width: Int
  private let stride: Int
  private let store: UnsafeMutablePointer<Double>
  private let slopes: UnsafeMutablePointer<Double>
  private let scratch: UnsafeMutablePointer<Scalar>
  private let slots: Int

  /// One month's statistics: `gram` K x K, `cross` K, and the gradients beside them.
  struct Month {
    let gram: UnsafeMutablePointer<Double>
    let cross: UnsafeMutablePointer<Double>
    let square: Double
    let gramGradient: UnsafeMutablePointer<Double>
    let crossGradient: UnsafeMutablePointer<Double>
  }

  init(factors: Int, width: Int, slots: Int) {
    (self.factors, self.width, self.slots) = (factors, width, slots)
    stride = factors * factors + factors + 1
    store = AlignedMemory.zeros(slots * stride)
    slopes = AlignedMemory.zeros(slots * stride)
    scratch = AlignedMemory.zeros((factors + 1) * width)
  }

  deinit {
    AlignedMemory.free(store)
    AlignedMemory.free(slopes)
    AlignedMemory.free(scratch)
  }

  subscript(slot: Int) -> Month {
    let (value, slope) = (store + slot * stride, slopes + slot * stride)
    let k2 = factors * factors
    return Month(
      gram: value, cross: value + k2, square: value[k2 + factors], gramGradient: slope,
      crossGradient: slope + k2)
  }

  /// Computes a month's statistics; writes the returns into the column after the loadings.
  func compute(
    slot: Int, rows: Int, loadings: UnsafeMutablePointer<Scalar>, returns: UnsafePointer<Scalar>
  ) {
    precondition(slot < slots)
    for i in 0..<rows { loadings[i * width + factors] = returns[i] }
    Scalar.product(
      ProductShape(
        m: factors + 1, n: width, k: rows, a: loadings, rowStride: 1, columnStride: width,
        b: loadings, ldb: width, c: scratch, ldc: width),
      bias: nil, relu: false, accumulate: false)
    let month = store + slot * stride
    for i in 0..<factors {
      for j in 0..<factors { month[i * factors + j] = Double(scratch[i * width + j]) }
      month[factors * factors + i] = Double(scratch[factors * width + i])
    }
    month[factors * factors + factors] = Double(scratch[factors * width + factors])
  }

  /// Sets all gradients to zero.
  func clearGradients() { slopes.update(repeating: 0, count: slots * stride) }

  /// Writes the gradient of a month's loadings from the gradients of its statistics.
  func spread(
    slot: Int, rows: Int, loadings: UnsafePointer<Scalar>,
    into target: UnsafeMutablePointer<Scalar>
  ) {
    let month = self[slot]
    scratch.update(repeating: 0, count: (factors + 1) * width)
    for i in 0..<factors {
      for j in 0..<factors {
        let both = month.gramGradient[i * factors + j] + month.gramGradient[j * factors + i]
        scratch[i * width + j] = Scalar(both)
      }
      scratch[factors * width + i] = Scalar(month.crossGradient[i])
    }
    Scalar.product(
      ProductShape(
        m: rows, n: width, k: factors + 1, a: loadings, rowStride: width, columnStride: 1,
        b: scratch, ldb: width, c: target, ldc: width),
      bias: nil, relu: false, accumulate: false)
  }
}
