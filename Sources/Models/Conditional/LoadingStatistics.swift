// Sufficient statistics of one month's returns given its loadings: B'B, B'y and y'y.
//
// With a common residual variance, every objective of a conditional factor model depends on a month
// only through these (K+1)^2 numbers. The loss is differentiated with respect to them on a tape, and
// their gradient becomes the gradient of all rows in one product: dB = B (dG + dG') + y dq'.
// A month may be summed in several pieces side by side; they are combined in order, in Float64. Where rows are
// divided by residual deviations (`LoadingRows`), returns have a gradient too, dy = B dq + 2 y d(y'y), and the
// sum of log variances is carried along.

import FactorRuntime

final class LoadingStatistics<Scalar: NetworkScalar> {
  let factors: Int
  let width: Int
  private let stride: Int
  private let store: UnsafeMutablePointer<Double>
  private let slopes: UnsafeMutablePointer<Double>
  /// The sums of each piece, and the map from loadings to their gradient of each month.
  private let sums: UnsafeMutablePointer<Scalar>
  private let maps: UnsafeMutablePointer<Scalar>
  private let slots: Int
  private let pieces: Int
  /// Loadings and return side by side.
  private let columns: Int
  /// The sum of log variances of each piece.
  private let logs: UnsafeMutablePointer<Double>
  /// Whether `spread` also gives the gradient of returns, in the column after the loadings.
  private let movesReturns: Bool

  /// One month's statistics: `gram` K x K, `cross` K, and the gradients beside them.
  struct Month {
    let gram: UnsafeMutablePointer<Double>
    let cross: UnsafeMutablePointer<Double>
    let square: UnsafeMutablePointer<Double>
    /// The sum over firms of the log of their residual variance; zero without one.
    let logVariance: UnsafeMutablePointer<Double>
    let gramGradient: UnsafeMutablePointer<Double>
    let crossGradient: UnsafeMutablePointer<Double>
    let squareGradient: UnsafeMutablePointer<Double>
    let logVarianceGradient: UnsafeMutablePointer<Double>
  }

  init(factors: Int, width: Int, slots: Int, pieces: Int = 1, movesReturns: Bool = false) {
    (self.factors, self.width, self.slots, self.pieces) = (factors, width, slots, pieces)
    self.movesReturns = movesReturns
    columns = Padding.halfPadded(factors + 1)
    stride = factors * factors + factors + 2
    logs = AlignedMemory.zeros(pieces)
    store = AlignedMemory.zeros(slots * stride)
    slopes = AlignedMemory.zeros(slots * stride)
    sums = AlignedMemory.zeros(pieces * (factors + 1) * width)
    maps = AlignedMemory.zeros(slots * (factors + 1) * width)
  }

  deinit {
    AlignedMemory.free(store)
    AlignedMemory.free(slopes)
    AlignedMemory.free(sums)
    AlignedMemory.free(maps)
    AlignedMemory.free(logs)
  }

  subscript(slot: Int) -> Month {
    let (value, slope) = (store + slot * stride, slopes + slot * stride)
    let (k2, end) = (factors * factors, factors * factors + factors)
    return Month(
      gram: value, cross: value + k2, square: value + end, logVariance: value + end + 1,
      gramGradient: slope, crossGradient: slope + k2, squareGradient: slope + end,
      logVarianceGradient: slope + end + 1)
  }

  /// Computes a month's statistics; writes the returns into the column after the loadings.
  func compute(
    slot: Int, rows: Int, loadings: UnsafeMutablePointer<Scalar>, returns: UnsafePointer<Scalar>
  ) {
    sum(piece: 0, rows: rows, loadings: loadings, returns: returns)
    combine(slot: slot, pieces: 0..<1)
  }

  /// Sums one piece of a month; writes the returns into the column after the loadings.
  func sum(
    piece: Int, rows: Int, loadings: UnsafeMutablePointer<Scalar>, returns: UnsafePointer<Scalar>
  ) {
    for i in 0..<rows { loadings[i * width + factors] = returns[i] }
    sum(piece: piece, rows: rows, loadings, logVariance: 0)
  }

  /// The same for rows that have their return behind the loadings already.
  func sum(piece: Int, rows: Int, _ loadings: UnsafePointer<Scalar>, logVariance: Double) {
    precondition(piece < pieces)
    logs[piece] = logVariance
    Scalar.product(
      ProductShape(
        m: factors + 1, n: columns, k: rows, a: loadings, rowStride: 1, columnStride: width,
        b: loadings, ldb: width, c: sums + piece * (factors + 1) * width, ldc: width),
      bias: nil, relu: false, accumulate: false)
  }

  /// Adds a month's pieces in order.
  func combine(slot: Int, pieces: Range<Int>) {
    precondition(slot < slots)
    let month = store + slot * stride
    month.update(repeating: 0, count: stride)
    for piece in pieces {
      let part = sums + piece * (factors + 1) * width
      for i in 0..<factors {
        for j in 0..<factors { month[i * factors + j] += Double(part[i * width + j]) }
        month[factors * factors + i] += Double(part[factors * width + i])
      }
      month[factors * factors + factors] += Double(part[factors * width + factors])
      month[factors * factors + factors + 1] += logs[piece]
    }
  }

  /// Sets all gradients to zero.
  func clearGradients() { slopes.update(repeating: 0, count: slots * stride) }

  /// Turns the gradients of a month's statistics into the map that `spread` applies.
  func prepareSpread(slot: Int) {
    let (month, map) = (self[slot], maps + slot * (factors + 1) * width)
    for i in 0..<factors {
      for j in 0..<factors {
        let both = month.gramGradient[i * factors + j] + month.gramGradient[j * factors + i]
        map[i * width + j] = Scalar(both)
      }
      map[factors * width + i] = Scalar(month.crossGradient[i])
      if movesReturns { map[i * width + factors] = map[factors * width + i] }
    }
    if movesReturns { map[factors * width + factors] = Scalar(2 * month.squareGradient[0]) }
  }

  /// Writes the gradient of some of a month's loadings.
  func spread(
    slot: Int, rows: Int, loadings: UnsafePointer<Scalar>,
    into target: UnsafeMutablePointer<Scalar>
  ) {
    Scalar.product(
      ProductShape(
        m: rows, n: columns, k: factors + 1, a: loadings, rowStride: width, columnStride: 1,
        b: maps + slot * (factors + 1) * width, ldb: width, c: target, ldc: width),
      bias: nil, relu: false, accumulate: false)
  }
}
