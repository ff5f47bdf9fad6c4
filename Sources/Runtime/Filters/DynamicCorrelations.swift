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
    public var deviance = Double.nan
    public var hasConverged: Bool
  }

  /// The variances of the factors, which all assets share, and of the assets.
  public let factorVariances: GARCH
  public let assetVariances: GARCH
  /// One pair of weights for all assets, or one for each.
  public let weights: [Weights]
  private let end: Int

  /// Estimates from the periods before `end`. The panel's regressors are the factors, without a constant.
  public init(
    _ panel: SeriesPanel, before end: Int, sharesWeights: Bool = true, evaluations: Int = 300,
    threads: Int
  ) {
    precondition(panel.regressorCount < Kernels.mostRegressors)
    self.end = end
    let factors = Self.factors(of: panel)
    factorVariances = GARCH(factors, before: end, evaluations: evaluations, threads: threads)
    assetVariances = GARCH(panel, before: end, evaluations: evaluations, threads: threads)
    let shocks = Self.shocks(
      panel, factorVariances.standardized(factors, threads: threads).shocks,
      assetVariances.standardized(panel, threads: threads).shocks)
    let searches = (0..<panel.blocks).map { CorrelationBlock(shocks, $0, before: end) }
    weights =
      sharesWeights
      ? [Self.shared(searches, panel, evaluations, threads)]
      : panel.map(threads: threads) { searches[$0].weights(evaluations) }.flatMap { $0 }
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
    _ blocks: [CorrelationBlock], _ panel: SeriesPanel, _ evaluations: Int, _ threads: Int
  ) -> Weights {
    func deviance(_ weights: Weights) -> Double {
      Summation.pairwise(
        panel.map(threads: threads) { blocks[$0].deviances { _ in weights } }.flatMap { $0 })
    }
    var search = CorrelationBlock.search(CorrelationBlock.starts.map(deviance), evaluations)
    while !search.isDone { search.take(deviance(CorrelationBlock.limited(search.point))) }
    return CorrelationBlock.weights(search)
  }

  /// What is known of every period.
  public struct Filtered: Sendable {
    /// The loadings on the factors.
    public var loadings: LoadingPath
    /// The correlations with the factors.
    public var correlations: LoadingPath
  }

  /// The loadings and correlations of all periods, each from what came before it.
  public func filtered(_ panel: SeriesPanel, threads: Int) -> Filtered {
    let factors = factorVariances.standardized(Self.factors(of: panel), threads: threads)
    let assets = assetVariances.standardized(panel, threads: threads)
    let shocks = Self.shocks(panel, factors.shocks, assets.shocks)
    let (lanes, k) = (Kernels.chosen.lanes, panel.regressorCount)
    let blocks = panel.map(threads: threads) { [self] block in
      CorrelationBlock(shocks, block, before: end).paths { weights[min($0, weights.count - 1)] }
    }
    var result = Filtered(
      loadings: LoadingPath(of: panel), correlations: LoadingPath(of: panel))
    for (block, (slopes, correlations)) in blocks.enumerated() {
      for (lane, i) in panel.series(of: block).enumerated() {
        for t in 0..<panel.periods {
          for j in 0..<k {
            let ratio = assets.deviations[t * panel.series + i] / factors.deviations[t * k + j]
            result.loadings[t, i, j] = ratio * slopes[(t * k + j) * lanes + lane]
            result.correlations[t, i, j] = correlations[(t * k + j) * lanes + lane]
          }
        }
      }
    }
    return result
  }
}
