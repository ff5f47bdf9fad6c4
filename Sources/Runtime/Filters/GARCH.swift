// Variances that move: GARCH(1, 1) of many series, by quasi-likelihood.
//
// Definition: e_t = y_t - mean; h_t = w + a e_(t-1)^2 + b h_(t-1), h_1 the sample variance s, w = (1 - a - b) s,
// a, b > 0 and a + b < 0.999. Mean, s, a and b come from the training periods alone. Missing values: an error that is
// not there counts as one of the size expected. Source: Bollerslev (1986); variance targeting of Engle and Mezrich.

/// Variances of many series.
public struct GARCH: Sendable {
  /// What was found about one series.
  public struct Estimate: Sendable, Equatable {
    public var mean: Double
    /// The sample variance of the training periods.
    public var variance: Double
    /// What a squared error adds to the next variance, and what of a variance remains.
    public var shock: Double
    public var memory: Double
    /// The mean log likelihood of a value in the training periods.
    public var logLikelihood: Double
    /// Whether the search ended at a minimum.
    public var hasConverged: Bool

    /// Says what was found.
    public init(
      mean: Double, variance: Double, shock: Double, memory: Double,
      logLikelihood: Double = .nan, hasConverged: Bool = false
    ) {
      (self.mean, self.variance, self.shock, self.memory) = (mean, variance, shock, memory)
      (self.logLikelihood, self.hasConverged) = (logLikelihood, hasConverged)
    }

    /// The variance that each period begins with.
    public var constant: Double { (1 - shock - memory) * variance }
    /// Whether shocks do nothing, or never fade: what is said about a and b is then a limit, not an estimate.
    public var isAtBoundary: Bool { shock < 1e-4 || shock + memory > 0.9985 || memory < 1e-4 }
  }

  public let estimates: [Estimate]

  /// Takes what was estimated before.
  public init(_ estimates: [Estimate]) { self.estimates = estimates }

  /// Estimates every series of a panel from the periods before `end`; regressors do not matter.
  public init(
    _ panel: SeriesPanel, before end: Int, evaluations: Int = 300, budget: Budget
  ) throws(BudgetError) {
    estimates = try panel.map(budget) { block in
      let starts = panel.series(of: block).map { Self.start(panel, $0, before: end) }
      return GARCHSearch(panel, block, before: end, starts, evaluations: evaluations).estimates()
    }.flatMap { $0 }
  }

  private static func start(_ panel: SeriesPanel, _ series: Int, before end: Int) -> Estimate {
    let seen = (0..<end).map { panel.value(series, at: $0) }.filter { !$0.isNaN }
    let mean = Summation.pairwise(seen) / Double(seen.count)
    let squares = Summation.pairwise(seen.map { ($0 - mean) * ($0 - mean) })
    return Estimate(
      mean: mean, variance: squares / Double(seen.count), shock: 0.05, memory: 0.90)
  }

  /// The errors of every series over the roots of their variances, and those roots; one row a period.
  public func standardized(
    _ panel: SeriesPanel, budget: Budget
  ) throws(BudgetError) -> (shocks: [Double], deviations: [Double]) {
    var shocks = [Double](repeating: .nan, count: panel.periods * panel.series)
    var deviations = shocks
    let lanes = Kernels.chosen.lanes
    let blocks = try panel.map(budget) { block in
      let own = Array(estimates[panel.series(of: block)])
      return GARCHSearch(panel, block, before: panel.periods, own, evaluations: 0).variances()
    }
    for (block, variances) in blocks.enumerated() {
      for (lane, i) in panel.series(of: block).enumerated() {
        for t in 0..<panel.periods {
          let deviation = variances[t * lanes + lane].squareRoot()
          deviations[t * panel.series + i] = deviation
          shocks[t * panel.series + i] = (panel.value(i, at: t) - estimates[i].mean) / deviation
        }
      }
    }
    return (shocks, deviations)
  }
}

/// The likelihood of one block of lanes.
private struct GARCHSearch {
  let starts: [GARCH.Estimate]
  let evaluations: Int
  private let errors: SeriesPanel
  private let memory = LaneMemory([1, 1, 1, 1, 3])
  private let lanes = Kernels.chosen.lanes

  init(
    _ panel: SeriesPanel, _ block: Int, before end: Int, _ starts: [GARCH.Estimate],
    evaluations: Int
  ) {
    (self.starts, self.evaluations) = (starts, evaluations)
    let own = panel.series(of: block)
    let values = (0..<end).flatMap { t in
      zip(own, starts).map { panel.value($0, at: t) - $1.mean }
    }
    errors = SeriesPanel(
      values, series: own.count, regressors: [Double](repeating: 0, count: end), count: 1)
  }

  func estimates() -> [GARCH.Estimate] {
    var searches = starts.map {
      NelderMead(
        from: Persistence.point($0.shock, $0.memory), steps: [0.7, 0.7], evaluations: evaluations,
        tolerance: 1e-10)
    }
    while searches.contains(where: { !$0.isDone }) {
      let values = deviances(searches.map { Persistence.weights($0.point) })
      for (lane, value) in values.enumerated() { searches[lane].take(value) }
    }
    return zip(starts, searches).enumerated().map { lane, pair in
      var estimate = pair.0
      (estimate.shock, estimate.memory) = Persistence.weights(pair.1.best.point)
      estimate.hasConverged = pair.1.hasConverged
      let seen = Double((0..<errors.periods).count { !errors.value(lane, at: $0).isNaN })
      estimate.logLikelihood =
        -0.5 * (pair.1.best.value / seen + Elementary.log(2 * Double.pi))
      return estimate
    }
  }

  /// The variances of all periods, one row of lanes each.
  func variances() -> [Double] {
    var variances = [Double](repeating: 0, count: errors.periods * errors.stride)
    variances.withUnsafeMutableBufferPointer {
      run(starts.map { ($0.shock, $0.memory) }, into: $0.baseAddress)
    }
    return variances
  }

  private func deviances(_ points: [(shock: Double, memory: Double)]) -> [Double] {
    run(points, into: nil)
    let sums = Array(UnsafeBufferPointer(start: memory[4], count: 3 * lanes))
    return Array(LaneEvidence.deviances(sums).prefix(starts.count))
  }

  private func run(
    _ points: [(shock: Double, memory: Double)], into variances: UnsafeMutablePointer<Double>?
  ) {
    for lane in 0..<lanes {
      let known = lane < starts.count
      let variance = known ? starts[lane].variance : 1
      let (shock, fading) = known ? points[lane] : (shock: 0.05, memory: 0.90)
      memory[0][lane] = (1 - shock - fading) * variance
      (memory[1][lane], memory[2][lane], memory[3][lane]) = (shock, fading, variance)
    }
    errors.withLanes(0, upTo: errors.periods) {
      Kernels.chosen.garch(
        $0,
        VarianceLanes(
          constant: memory[0], shock: memory[1], memory: memory[2], start: memory[3],
          sums: memory[4], variances: variances))
    }
  }
}
