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
    let starts = (0..<panel.series).map { Self.start(panel, $0, before: end) }
    let searches = try panel.search(budget) {
      GARCHLanes(panel, before: end, starts)
    } _: {
      WeightSearch([(starts[$0].shock, starts[$0].memory)], evaluations: evaluations)
    }
    estimates = zip(starts, searches).enumerated().map { i, pair in
      let seen = Double((0..<end).count { !panel.value(i, at: $0).isNaN })
      return Self.settled(pair.0, pair.1, seen: seen)
    }
  }

  private static func settled(
    _ start: Estimate, _ search: WeightSearch, seen: Double
  ) -> Estimate {
    let best = search.best
    var estimate = start
    (estimate.shock, estimate.memory) = best.weights
    estimate.hasConverged = best.hasConverged
    estimate.logLikelihood = -0.5 * (best.deviance / seen + Elementary.log(2 * Double.pi))
    return estimate
  }

  private static func start(_ panel: SeriesPanel, _ series: Int, before end: Int) -> Estimate {
    let seen = (0..<end).map { panel.value(series, at: $0) }.filter { !$0.isNaN }
    let mean = Summation.pairwise(seen) / Double(seen.count)
    let squares = Summation.pairwise(seen.map { ($0 - mean) * ($0 - mean) })
    return Estimate(
      mean: mean, variance: squares / Double(seen.count), shock: Persistence.usual.shock,
      memory: Persistence.usual.memory)
  }

  /// The errors of every series over the roots of their variances, and those roots; one row a period.
  public func standardized(
    _ panel: SeriesPanel, budget: Budget
  ) throws(BudgetError) -> (shocks: [Double], deviations: [Double]) {
    var shocks = [Double](repeating: .nan, count: panel.periods * panel.series)
    var deviations = shocks
    let lanes = Kernels.chosen.lanes
    let blocks = try panel.map(budget) { block in
      GARCHLanes(panel, before: panel.periods, estimates).variances(panel.series(of: block))
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

/// The variances of the series that are in the lanes.
private final class GARCHLanes: LaneFilter {
  private let panel: SeriesPanel
  private let starts: [GARCH.Estimate]
  private let columns: LaneColumns
  private let memory = LaneMemory([1, 1, 1, 1, 3])
  private let idle: [Double]
  private let lanes = Kernels.chosen.lanes

  init(_ panel: SeriesPanel, before end: Int, _ starts: [GARCH.Estimate]) {
    (self.panel, self.starts) = (panel, starts)
    columns = LaneColumns(periods: end)
    // The kernel reads no regressor.
    idle = [0]
    for lane in 0..<lanes { memory[3][lane] = 1 }
  }

  func enter(_ series: Int, lane: Int) {
    let start = starts[series]
    memory[3][lane] = start.variance
    columns.enter(lane) { panel.value(series, at: $0) - start.mean }
  }

  func deviances(_ weights: [Persistence.Pair]) -> [Double] {
    run(weights, into: nil)
    return LaneEvidence.deviances(
      Array(UnsafeBufferPointer(start: memory[4], count: 3 * lanes)))
  }

  /// The variances of some series with the weights of their starts, a row of lanes a period.
  func variances(_ series: Range<Int>) -> [Double] {
    var variances = [Double](repeating: 0, count: columns.periods * lanes)
    var weights = [Persistence.Pair](repeating: Persistence.usual, count: lanes)
    for (lane, i) in series.enumerated() {
      enter(i, lane: lane)
      weights[lane] = (starts[i].shock, starts[i].memory)
    }
    variances.withUnsafeMutableBufferPointer { run(weights, into: $0.baseAddress) }
    return variances
  }

  private func run(_ weights: [Persistence.Pair], into variances: UnsafeMutablePointer<Double>?) {
    for (lane, pair) in weights.enumerated() {
      memory[0][lane] = (1 - pair.shock - pair.memory) * memory[3][lane]
      (memory[1][lane], memory[2][lane]) = pair
    }
    columns.withLanes(idle, count: 1) {
      Kernels.chosen.garch(
        $0,
        VarianceLanes(
          constant: memory[0], shock: memory[1], memory: memory[2], start: memory[3],
          sums: memory[4], variances: variances))
    }
  }
}
