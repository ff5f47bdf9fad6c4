// What a recurrent factor model knows of its factors, period by period.
//
// Definition: at period t the posterior N(m_q, v_q) has seen the returns up to t, the prior N(m_p, v_p) those
// before t. J = d fit / d z is the decoder's Jacobian, assets x factors, in units of returns: at the posterior
// mean it says how the factors of t move returns, at the prior mean what could be said of that before t.
// Missing values: none. Parameters were fitted on the training periods, so that within them the path is
// in-sample, although no period reads a later one.

/// The filtered path of a model's factors.
public struct LatentPath: Sendable {
  public let assets: [String]
  /// Periods x factors.
  public let posteriorMean: [[Double]]
  public let posteriorVariance: [[Double]]
  public let priorMean: [[Double]]
  public let priorVariance: [[Double]]
  /// Of each period, assets x factors, at the posterior mean and at the prior mean.
  public let jacobians: [Matrix]
  public let priorJacobians: [Matrix]
  /// Of each asset, beyond the factors, on the training periods.
  public let residualVariance: [Double]

  /// Creates a path; all lists are of the same periods.
  public init(
    assets: [String], posteriorMean: [[Double]], posteriorVariance: [[Double]],
    priorMean: [[Double]], priorVariance: [[Double]], jacobians: [Matrix],
    priorJacobians: [Matrix], residualVariance: [Double]
  ) {
    let count = posteriorMean.count
    precondition(posteriorVariance.count == count && priorMean.count == count)
    precondition(priorVariance.count == count && residualVariance.count == assets.count)
    precondition(jacobians.count == count && priorJacobians.count == count)
    self.assets = assets
    (self.posteriorMean, self.posteriorVariance) = (posteriorMean, posteriorVariance)
    (self.priorMean, self.priorVariance) = (priorMean, priorVariance)
    (self.jacobians, self.priorJacobians) = (jacobians, priorJacobians)
    self.residualVariance = residualVariance
  }

  /// The number of periods.
  public var count: Int { posteriorMean.count }
  /// The number of factors.
  public var factors: Int { posteriorMean.first?.count ?? 0 }
}
