// Loadings from conditional variances and correlations: GARCH for each series, DCC for what they have in common.
//
// Definition: z = e / sqrt(h) of the factors and, one at a time, of an asset; Q_t = (1 - A - B) Q + A z z' + B Q_(t-1)
// from Q_1 = Q, the correlation of z in the training periods; R_t is Q_t scaled to a unit diagonal, H_t = D_t R_t D_t,
// b_t = H_ff^-1 H_fi, known before the period. A and B maximise the likelihood of the correlations, A + B < 0.999.
// Missing values: a shock that is not there moves nothing but the mean. Source: Engle (2002), two-step estimation.

/// Dynamic conditional correlations of assets with factors.
public struct DynamicCorrelations: Sendable {
  /// What a shock adds to the correlations, and what remains of them.
  public struct Weights: Sendable, Equatable {
    public var shock: Double
    public var memory: Double
    /// Minus twice the log likelihood of the correlations in the training periods, without its constant.
    public var deviance: Double
    public var hasConverged: Bool

    /// Says what the weights are.
    public init(
      shock: Double, memory: Double, deviance: Double = .nan, hasConverged: Bool
    ) {
      (self.shock, self.memory) = (shock, memory)
      (self.deviance, self.hasConverged) = (deviance, hasConverged)
    }

    init(_ search: WeightSearch) {
      let best = search.best
      self.init(
        shock: best.weights.shock, memory: best.weights.memory, deviance: best.deviance,
        hasConverged: best.hasConverged)
    }
  }

  /// The variances of the factors, which all assets share, and of the assets.
  public let factorVariances: GARCH
  public let assetVariances: GARCH
  /// One pair of weights for all assets, or one for each.
  public let weights: [Weights]
  /// The mean correlations Q, a lower triangle for each asset, itself last.
  public let means: [Double]

  /// Takes what was estimated before.
  public init(
    factorVariances: GARCH, assetVariances: GARCH, weights: [Weights], means: [Double]
  ) {
    (self.factorVariances, self.assetVariances) = (factorVariances, assetVariances)
    (self.weights, self.means) = (weights, means)
  }

  /// Estimates from the periods before `end`. The panel's regressors are the factors, without a constant.
  public init(
    _ panel: SeriesPanel, before end: Int, sharesWeights: Bool = true, evaluations: Int = 300,
    budget: Budget
  ) throws(BudgetError) {
    precondition(panel.regressorCount < Kernels.mostRegressors)
    let factors = Self.factors(of: panel)
    let variances = try GARCH(factors, before: end, evaluations: evaluations, budget: budget)
    let own = try GARCH(panel, before: end, evaluations: evaluations, budget: budget)
    let shocks = Self.shocks(
      panel, try variances.standardized(factors, budget: budget).shocks,
      try own.standardized(panel, budget: budget).shocks)
    let means = CorrelationBlock.means(shocks, before: end)
    let weights =
      sharesWeights
      ? [try Self.shared(shocks, before: end, means, evaluations, budget)]
      : try panel.search(budget) {
        CorrelationBlock(shocks, 0..<0, before: end, means: means)
      } _: { _ in
        WeightSearch(CorrelationBlock.starts, evaluations: evaluations)
      }.map(Weights.init)
    self.init(
      factorVariances: variances, assetVariances: own, weights: weights, means: means)
  }

  private static func factors(of panel: SeriesPanel) -> SeriesPanel {
    SeriesPanel(
      panel.regressors, series: panel.regressorCount,
      regressors: [Double](repeating: 0, count: panel.periods), count: 1)
  }

  private static func shocks(_ panel: SeriesPanel, _ factors: [Double], _ assets: [Double])
    -> SeriesPanel
  {
    SeriesPanel(assets, series: panel.series, regressors: factors, count: panel.regressorCount)
  }

  // The sum over the assets, in their order, decides.
  private static func shared(
    _ shocks: SeriesPanel, before end: Int, _ means: [Double], _ evaluations: Int,
    _ budget: Budget
  ) throws(BudgetError) -> Weights {
    let blocks = (0..<shocks.blocks).map {
      CorrelationBlock(shocks, shocks.series(of: $0), before: end, means: means)
    }
    var search = WeightSearch(CorrelationBlock.starts, evaluations: evaluations)
    while !search.isDone {
      let point = search.point
      search.take(
        Summation.pairwise(
          try shocks.map(budget) { blocks[$0].deviances(of: point) }.flatMap { $0 }))
    }
    return Weights(search)
  }

  /// What is known of every period.
  public struct Filtered: Sendable {
    /// The loadings on the factors.
    public var loadings: LoadingPath
    /// The correlations with the factors.
    public var correlations: LoadingPath
    /// The variance of each asset in each period, a row of assets a period.
    public var variances: [Double]
    /// What of it the factors do not explain.
    public var residuals: [Double]
  }

  /// The loadings, correlations and variances of all periods, each from what came before it.
  public func filtered(_ panel: SeriesPanel, budget: Budget) throws(BudgetError) -> Filtered {
    let factors = try factorVariances.standardized(Self.factors(of: panel), budget: budget)
    let assets = try assetVariances.standardized(panel, budget: budget)
    let shocks = Self.shocks(panel, factors.shocks, assets.shocks)
    let (lanes, k) = (Kernels.chosen.lanes, panel.regressorCount)
    let blocks = try panel.map(budget) { [self] block in
      CorrelationBlock(
        shocks, panel.series(of: block), before: panel.periods, means: means
      ).paths {
        let pair = weights[min($0, weights.count - 1)]
        return (pair.shock, pair.memory)
      }
    }
    var result = Filtered(
      loadings: LoadingPath(of: panel), correlations: LoadingPath(of: panel),
      variances: assets.deviations.map { $0 * $0 }, residuals: assets.deviations)
    for (block, (slopes, correlations)) in blocks.enumerated() {
      for (lane, i) in panel.series(of: block).enumerated() {
        for t in 0..<panel.periods {
          let (cell, deviation) = (t * panel.series + i, assets.deviations[t * panel.series + i])
          var explained = 0.0
          for j in 0..<k {
            let place = (t * k + j) * lanes + lane
            result.loadings[t, i, j] =
              deviation / factors.deviations[t * k + j] * slopes[place]
            result.correlations[t, i, j] = correlations[place]
            explained += slopes[place] * correlations[place]
          }
          result.residuals[cell] = deviation * deviation * max(0, 1 - explained)
        }
      }
    }
    return result
  }
}
