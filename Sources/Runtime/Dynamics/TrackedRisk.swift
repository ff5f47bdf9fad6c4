// The covariance of a few assets' returns as the factors of a recurrent model move it, and whose risk it is.
//
// Definition, J the decoder's Jacobian (assets x factors), D the residual variances:
//   tracked      S_t = J_t C_t J_t' + D, C_t = EWMA covariance of m_q up to t + diag(mean of v_q up to t); the EWMA
//                has weights 2^(-(t - s) / half-life) around a mean of the same weights, summing to one
//   predictive   S_t = J_t diag(v_p,t) J_t' + D, J_t at the prior mean
// The tracked one of t has seen the returns of t, and serves for t + 1; the predictive one of t has not, and serves
// for t. `held` puts both under the period they serve.
//   share of factor k in w' S w:  (J'w)_k (C J'w)_k / w' S w, and of what is left:  w' D w / w' S w
// so that shares add to one; one is negative where a factor hedges others. Units: squared returns.
// Missing values: none. Degrees of freedom: none is taken off. Reference: chapter 233 of "Machine Learning for
// Trading"; J. P. Morgan (1996), RiskMetrics, for the weights.

/// A factor covariance with what turns it into one of assets.
public struct TrackedRisk: Sendable {
  /// Assets x factors.
  public let jacobian: Matrix
  /// Factors x factors.
  public let factors: Matrix
  /// By asset.
  public let residual: [Double]

  /// The half-life of the tracked form, in periods.
  public static let halfLife = 60.0

  /// Creates a risk model.
  public init(jacobian: Matrix, factors: Matrix, residual: [Double]) {
    precondition(jacobian.columns == factors.rows && factors.rows == factors.columns)
    precondition(residual.count == jacobian.rows)
    (self.jacobian, self.factors, self.residual) = (jacobian, factors, residual)
  }

  /// Where the covariance of factors comes from.
  public enum Form: String, CaseIterable, Sendable {
    case tracked, predictive

    /// The definition, in one sentence.
    public var sentence: String {
      switch self {
      case .tracked: "how factors have moved lately, newer periods counting more"
      case .predictive: "the variance that the learned prior states for the period"
      }
    }
  }

  /// The covariance of assets.
  public var covariance: Matrix {
    let moved = jacobian * factors
    var result = Matrix(rows: jacobian.rows, columns: jacobian.rows)
    for i in 0..<result.rows {
      for j in 0..<result.columns {
        // One half is computed, so that the matrix is symmetric to the bit.
        guard j <= i else { continue }
        var sum = i == j ? residual[i] : 0
        for k in 0..<factors.rows { sum += moved[i, k] * jacobian[j, k] }
        (result[i, j], result[j, i]) = (sum, sum)
      }
    }
    return result
  }

  /// Shares of a portfolio's variance: one for each factor, then that of what is left; missing without variance.
  public func attribution(_ weights: [Double]) -> [Double] {
    let exposure = (0..<factors.rows).map { k in
      weights.indices.reduce(0) { $0 + jacobian[$1, k] * weights[$1] }
    }
    let reached = factors * exposure
    let parts =
      zip(exposure, reached).map { $0 * $1 } + [
        weights.indices.reduce(0) { $0 + weights[$1] * weights[$1] * residual[$1] }
      ]
    let total = Summation.compensated(parts)
    return parts.map { total > 0 ? $0 / total : .nan }
  }

  /// The risk of the period after each, from what is known at its end.
  static func tracked(_ path: LatentPath, halfLife: Double) -> [TrackedRisk] {
    var moving = MovingCovariance(count: path.factors, halfLife: halfLife)
    var spread = [Double](repeating: 0, count: path.factors)
    return (0..<path.count).map { t in
      moving.add(path.posteriorMean[t])
      for k in spread.indices { spread[k] += path.posteriorVariance[t][k] }
      var factors = moving.covariance
      for k in spread.indices { factors[k, k] += spread[k] / Double(t + 1) }
      return TrackedRisk(
        jacobian: path.jacobians[t], factors: factors, residual: path.residualVariance)
    }
  }

  /// The risk of each period, from what is known before it; nil where nothing is.
  public static func held(
    _ path: LatentPath, form: Form = .tracked, halfLife: Double = halfLife
  ) -> [TrackedRisk?] {
    guard form == .tracked else {
      return (0..<path.count).map { t in
        var factors = Matrix(rows: path.factors, columns: path.factors)
        for k in 0..<path.factors { factors[k, k] = path.priorVariance[t][k] }
        return TrackedRisk(
          jacobian: path.priorJacobians[t], factors: factors, residual: path.residualVariance)
      }
    }
    return [nil] + tracked(path, halfLife: halfLife).dropLast().map { $0 }
  }
}
