// The likelihood of walking loadings for one block of lanes: the search for its maximum, and the filter run once.

/// The filter of one block, with the starts of its series.
struct WalkSearch {
  private let settings: WalkingLoadings
  private let panel: SeriesPanel
  private let block: Int
  private let end: Int
  private let starts: [WalkingLoadings.Estimate]
  private let memory: LaneMemory
  private let lanes = Kernels.chosen.lanes
  private var n: Int { panel.regressorCount }

  init(
    _ settings: WalkingLoadings, _ panel: SeriesPanel, _ block: Int, before end: Int,
    _ starts: [WalkingLoadings.Estimate]
  ) {
    (self.settings, self.panel, self.block, self.end) = (settings, panel, block, end)
    self.starts = starts
    let n = panel.regressorCount
    memory = LaneMemory([1, 1, 1, n, n, n * (n + 1) / 2, 3])
  }

  /// The ratios of a step's variance to the sampling variance of a loading that are tried where a search fails.
  private static let ratios = [1e-5, 1e-4, 1e-3, 1e-2, 1e-1]

  /// The estimates of the block's series.
  func estimates() -> [WalkingLoadings.Estimate] {
    var searches = starts.map { search($0) }
    while searches.contains(where: { !$0.isDone }) {
      let values = deviances(searches.map(\.point))
      for (lane, value) in values.enumerated() { searches[lane].take(value) }
    }
    var found = zip(starts, searches).map { start, search in
      var estimate = start
      set(&estimate, search.best.point)
      estimate.hasConverged = search.hasConverged && start.begin != nil
      return (estimate, search.best.value)
    }
    for ratio in Self.ratios where found.contains(where: { !$0.0.hasConverged }) {
      let points = starts.map { point($0, ratio: ratio / 1e-3) }
      for (lane, value) in deviances(points).enumerated()
      where !found[lane].0.hasConverged && value < found[lane].1 {
        set(&found[lane].0, points[lane])
        found[lane].1 = value
      }
    }
    return found.enumerated().map { lane, found in
      var estimate = found.0
      estimate.logLikelihood = logLikelihood(found.1, estimate, lane)
      return estimate
    }
  }

  private func search(_ start: WalkingLoadings.Estimate) -> NelderMead {
    let point = point(start, ratio: 1)
    return NelderMead(
      from: point, steps: [0.3] + [Double](repeating: 2, count: point.count - 1),
      evaluations: settings.evaluations, tolerance: 1e-10)
  }

  /// The logarithms of the variances that are searched for, steps' being so many times those of the start.
  private func point(_ start: WalkingLoadings.Estimate, ratio: Double) -> [Double] {
    guard start.begin != nil else { return [0] }
    let walk = settings.constantWalks ? start.walk[...] : start.walk.dropFirst()
    return [Elementary.log(start.residual)] + walk.map { Elementary.log(ratio * $0) }
  }

  private func set(_ estimate: inout WalkingLoadings.Estimate, _ point: [Double]) {
    guard estimate.begin != nil else { return }
    estimate.residual = Elementary.exp(point[0])
    let walk = point.dropFirst().map { Elementary.exp($0) }
    estimate.walk = settings.constantWalks ? walk : [0] + walk
  }

  /// Minus twice the log likelihood of every series, without its constant.
  private func deviances(_ points: [[Double]]) -> [Double] {
    let trial = zip(starts, points).map { start, point in
      var estimate = start
      set(&estimate, point)
      return estimate
    }
    run(trial, upTo: end)
    return deviancesOfLastRun()
  }

  private func logLikelihood(_ deviance: Double, _ estimate: WalkingLoadings.Estimate, _ lane: Int)
    -> Double
  {
    guard let begin = estimate.begin else { return .nan }
    let series = panel.series(of: block).lowerBound + lane
    let counted = (begin + settings.skipped)..<max(begin + settings.skipped, end)
    let seen = counted.count { !panel.value(series, at: $0).isNaN }
    return -0.5 * (deviance + Double(seen) * Elementary.log(2 * Double.pi))
  }

  /// The log likelihoods of the block's series with the variances of their starts.
  func logLikelihoods() -> [Double] {
    run(starts, upTo: end)
    return deviancesOfLastRun().enumerated().map { logLikelihood($1, starts[$0], $0) }
  }

  private func deviancesOfLastRun() -> [Double] {
    let sums = Array(UnsafeBufferPointer(start: memory[6], count: 3 * lanes))
    return Array(LaneEvidence.deviances(sums).prefix(starts.count))
  }

  /// Runs the filter over the periods before `end`.
  func run(
    _ estimates: [WalkingLoadings.Estimate], upTo end: Int,
    path: UnsafeMutablePointer<Double>? = nil, spreads: UnsafeMutablePointer<Double>? = nil
  ) {
    for lane in 0..<lanes { load(lane < estimates.count ? estimates[lane] : nil, lane) }
    panel.withLanes(block, upTo: end) {
      Kernels.chosen.walkingLoadings(
        $0,
        WalkLanes(
          begin: memory[0], counted: memory[1], residual: memory[2], walk: memory[3],
          state: memory[4], covariance: memory[5], sums: memory[6], path: path,
          spreads: spreads))
    }
  }

  // A lane without a start filters nothing.
  private func load(_ estimate: WalkingLoadings.Estimate?, _ lane: Int) {
    guard let estimate, let begin = estimate.begin else {
      (memory[0][lane], memory[1][lane], memory[2][lane]) = (.infinity, .infinity, 1)
      return
    }
    memory[0][lane] = Double(begin)
    memory[1][lane] = Double(begin + settings.skipped)
    memory[2][lane] = estimate.residual
    for i in 0..<n {
      memory[3][i * lanes + lane] = estimate.walk[i]
      memory[4][i * lanes + lane] = estimate.loadings[i]
      for j in 0...i {
        memory[5][(i * (i + 1) / 2 + j) * lanes + lane] = estimate.covariance[i * n + j]
      }
    }
  }
}
