// The likelihood of dynamic correlations for one block of assets.

/// The correlations of the factors with the assets of one block of lanes.
final class CorrelationBlock: @unchecked Sendable {
  // One thread at a time works on a block.
  private let shocks: SeriesPanel
  private let block: Int
  private let end: Int
  private let memory: LaneMemory
  private let lanes = Kernels.chosen.lanes
  private var own: Range<Int> { shocks.series(of: block) }

  /// Takes the shocks of assets, with those of the factors as regressors, and the mean correlations of all
  /// assets; the likelihood is that of the periods before `end`.
  init(_ shocks: SeriesPanel, _ block: Int, before end: Int, means: [Double]) {
    (self.shocks, self.block, self.end) = (shocks, block, end)
    let n = shocks.regressorCount + 1
    let size = n * (n + 1) / 2
    memory = LaneMemory([size, 1, 1, 3])
    for lane in 0..<lanes {
      let series = own.lowerBound + lane
      for i in 0..<n {
        for j in 0...i {
          let place = i * (i + 1) / 2 + j
          memory[0][place * lanes + lane] =
            series < own.upperBound ? means[series * size + place] : i == j ? 1 : 0
        }
      }
    }
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
  static let starts = [(0.02, 0.95), (0.005, 0.88), (0.05, 0.85)].map { shock, memory in
    DynamicCorrelations.Weights(shock: shock, memory: memory, hasConverged: false)
  }

  /// A search that begins where the deviance is least; `deviances` belong to the starts.
  static func search(_ deviances: [Double], _ evaluations: Int) -> NelderMead {
    let best = zip(starts, deviances).min { $0.1 < $1.1 }?.0 ?? starts[0]
    return NelderMead(
      from: Persistence.point(best.shock, best.memory), steps: [0.7, 0.7],
      evaluations: evaluations, tolerance: 1e-10)
  }

  /// The weights at a point without limits.
  static func limited(_ point: [Double]) -> DynamicCorrelations.Weights {
    let (shock, memory) = Persistence.weights(point)
    return .init(shock: shock, memory: memory, hasConverged: false)
  }

  static func weights(_ search: NelderMead) -> DynamicCorrelations.Weights {
    var weights = limited(search.best.point)
    (weights.deviance, weights.hasConverged) = (search.best.value, search.hasConverged)
    return weights
  }

  /// The best weights of each asset alone.
  func weights(_ evaluations: Int) -> [DynamicCorrelations.Weights] {
    let tried = Self.starts.map { start in deviances { _ in start } }
    var searches = own.indices.map { lane in
      Self.search(tried.map { $0[lane - own.lowerBound] }, evaluations)
    }
    while searches.contains(where: { !$0.isDone }) {
      let values = deviances { Self.limited(searches[$0].point) }
      for (lane, value) in values.enumerated() { searches[lane].take(value) }
    }
    return searches.map(Self.weights)
  }

  /// Minus twice the log likelihood of each asset's correlations, without a constant.
  func deviances(_ weights: (Int) -> DynamicCorrelations.Weights) -> [Double] {
    run(upTo: end, slopes: nil, path: nil, weights)
    let sums = Array(UnsafeBufferPointer(start: memory[3], count: 3 * lanes))
    return Array(LaneEvidence.deviances(sums).prefix(own.count))
  }

  /// The slopes on the standardized factors and the correlations of all periods, rows of lanes; `weights` are asked
  /// for by the number of the asset.
  func paths(_ weights: (Int) -> DynamicCorrelations.Weights) -> (
    slopes: [Double], correlations: [Double]
  ) {
    let count = shocks.periods * shocks.regressorCount * lanes
    var slopes = [Double](repeating: 0, count: count)
    var correlations = slopes
    slopes.withUnsafeMutableBufferPointer { slopes in
      correlations.withUnsafeMutableBufferPointer { path in
        run(upTo: shocks.periods, slopes: slopes.baseAddress, path: path.baseAddress) {
          weights(own.lowerBound + $0)
        }
      }
    }
    return (slopes, correlations)
  }

  private func run(
    upTo end: Int, slopes: UnsafeMutablePointer<Double>?, path: UnsafeMutablePointer<Double>?,
    _ weights: (Int) -> DynamicCorrelations.Weights
  ) {
    for lane in 0..<lanes {
      let pair = weights(min(lane, own.count - 1))
      (memory[1][lane], memory[2][lane]) = (pair.shock, pair.memory)
    }
    shocks.withLanes(block, upTo: end) {
      Kernels.chosen.correlations(
        $0,
        CorrelationLanes(
          mean: memory[0], shock: memory[1], memory: memory[2], sums: memory[3], slopes: slopes,
          path: path))
    }
  }
}
