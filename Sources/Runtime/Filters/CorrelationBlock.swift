// The likelihood of dynamic correlations for the assets in the lanes.

/// The correlations of the factors with the assets that are in the lanes: those of one block at first.
final class CorrelationBlock: LaneFilter, @unchecked Sendable {
  // One thread at a time works on a block.
  private let shocks: SeriesPanel
  private let own: Range<Int>
  private let means: [Double]
  private let columns: LaneColumns
  private let memory: LaneMemory
  private let lanes = Kernels.chosen.lanes

  /// Takes the shocks of assets, with those of the factors as regressors, and the mean correlations of all
  /// assets; the likelihood is that of the periods before `end`.
  init(_ shocks: SeriesPanel, _ own: Range<Int>, before end: Int, means: [Double]) {
    (self.shocks, self.own, self.means) = (shocks, own, means)
    columns = LaneColumns(periods: end)
    let n = shocks.regressorCount + 1
    memory = LaneMemory([n * (n + 1) / 2, 1, 1, 3])
    for i in 0..<n {
      for lane in 0..<lanes { memory[0][(i * (i + 1) / 2 + i) * lanes + lane] = 1 }
    }
    for (lane, series) in own.enumerated() { enter(series, lane: lane) }
  }

  func enter(_ series: Int, lane: Int) {
    let n = shocks.regressorCount + 1
    let size = n * (n + 1) / 2
    for place in 0..<size {
      memory[0][place * lanes + lane] = means[series * size + place]
    }
    columns.enter(lane) { shocks.value(series, at: $0) }
  }

  /// The correlations of the factors with each asset, a lower triangle each: about zero, as the errors are, over
  /// the periods before `end` in which the asset is there.
  static func means(_ shocks: SeriesPanel, before end: Int) -> [Double] {
    let n = shocks.regressorCount + 1
    return (0..<shocks.series).flatMap { series in
      var sums = [Double](repeating: 0, count: n * n)
      for t in 0..<end where !shocks.value(series, at: t).isNaN {
        let z = shocks.row(t) + [shocks.value(series, at: t)]
        for (i, a) in z.enumerated() {
          for (j, b) in z.enumerated() where j <= i { sums[i * n + j] += a * b }
        }
      }
      return (0..<n).flatMap { i in
        (0...i).map { j -> Double in
          let scale = (sums[i * n + i] * sums[j * n + j]).squareRoot()
          return i == j ? 1 : scale > 0 ? sums[i * n + j] / scale : 0
        }
      }
    }
  }

  /// Where searches may begin: the likelihood is flat where a pair has no dynamics, and one start may end in a limit.
  static let starts: [Persistence.Pair] = [(0.02, 0.95), (0.005, 0.88), (0.05, 0.85)]

  func deviances(_ weights: [Persistence.Pair]) -> [Double] {
    run(weights, slopes: nil, path: nil)
    return LaneEvidence.deviances(
      Array(UnsafeBufferPointer(start: memory[3], count: 3 * lanes)))
  }

  /// The same for the assets of the block, with one pair of weights.
  func deviances(of weights: Persistence.Pair) -> [Double] {
    Array(deviances([Persistence.Pair](repeating: weights, count: lanes)).prefix(own.count))
  }

  /// The slopes on the standardized factors and the correlations of all periods, rows of lanes; `weights` are asked
  /// for by the number of the asset.
  func paths(_ weights: (Int) -> Persistence.Pair) -> (slopes: [Double], correlations: [Double]) {
    let count = columns.periods * shocks.regressorCount * lanes
    var slopes = [Double](repeating: 0, count: count)
    var correlations = slopes
    slopes.withUnsafeMutableBufferPointer { slopes in
      correlations.withUnsafeMutableBufferPointer { path in
        run(
          (0..<lanes).map { weights(own.lowerBound + min($0, own.count - 1)) },
          slopes: slopes.baseAddress, path: path.baseAddress)
      }
    }
    return (slopes, correlations)
  }

  private func run(
    _ weights: [Persistence.Pair], slopes: UnsafeMutablePointer<Double>?,
    path: UnsafeMutablePointer<Double>?
  ) {
    for (lane, pair) in weights.enumerated() {
      (memory[1][lane], memory[2][lane]) = pair
    }
    columns.withLanes(shocks.regressors, count: shocks.regressorCount) {
      Kernels.chosen.correlations(
        $0,
        CorrelationLanes(
          mean: memory[0], shock: memory[1], memory: memory[2], sums: memory[3], slopes: slopes,
          path: path))
    }
  }
}
