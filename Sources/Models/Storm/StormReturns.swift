// One window as the heads describe it: distributions, alphas, and the likelihood of its returns with all slopes.

import FactorRuntime

/// The returns of a window's firms, in standard deviations, and whether each is known.
struct StormTargets: Sendable {
  var returns: [Double]
  var isKnown: [Bool]
}

/// Means and log variances, and whether each log variance is inside its bounds.
struct GaussianMoments: Sendable {
  var mean: [Double]
  var logVariance: [Double]
  var isInside: [Bool]
  /// The gradients of both, once a loss was computed.
  var meanSlopes: [Double]
  var logVarianceSlopes: [Double]

  /// Means and raw log variances.
  init(mean: [Double], raw: [Double]) {
    let range = StormDesign.logVariances
    self.mean = mean
    // Comparisons that let what is not a number pass.
    logVariance = raw.map {
      $0 < range.lowerBound ? range.lowerBound : $0 > range.upperBound ? range.upperBound : $0
    }
    isInside = raw.map { $0 > range.lowerBound && $0 < range.upperBound }
    meanSlopes = mean.map { _ in 0 }
    logVarianceSlopes = mean.map { _ in 0 }
  }

  var variance: [Double] { logVariance.map { Elementary.exp($0) } }
}

struct StormReturns {
  var posterior: GaussianMoments
  var prior: GaussianMoments
  var alpha: GaussianMoments
  /// The portfolios' returns.
  let portfolios: [Double]
  /// Means over firms of -log p under the posterior and under the prior, and over factors of the divergence.
  private(set) var loss = 0.0
  private(set) var priorLoss = 0.0
  private(set) var divergence = 0.0

  init(
    posterior: GaussianMoments, prior: GaussianMoments, alpha: GaussianMoments,
    portfolios: [Double]
  ) {
    (self.posterior, self.prior, self.alpha) = (posterior, prior, alpha)
    self.portfolios = portfolios
  }

  /// Computes losses and their slopes. Loadings are given as they come out of their map and turned into loadings;
  /// their slopes are those of what came out.
  mutating func explain<Scalar: NetworkScalar>(
    _ target: StormTargets, _ loadings: UnsafeMutablePointer<Scalar>, column: Int,
    slopes: UnsafeMutablePointer<Scalar>, _ design: StormDesign, total: Int
  ) {
    let (factors, known) = (posterior.mean.count, target.isKnown.count { $0 })
    let small = Scalar(1 / Double(max(1, factors)).squareRoot())
    for i in 0..<(target.returns.count * column) {
      (loadings[i], slopes[i]) = (loadings[i] * small, 0)
    }
    let share = design.weights.returns / (Double(total) * Double(max(1, known)))
    let (variance, priorVariance) = (posterior.variance, prior.variance)
    for s in target.returns.indices where target.isKnown[s] {
      let b = loadings + s * column
      let own = Elementary.exp(alpha.logVariance[s])
      var (expected, spread, before, around) = (alpha.mean[s], own, alpha.mean[s], own)
      for f in 0..<factors {
        let x = Double(b[f])
        expected += x * posterior.mean[f]
        spread += x * x * variance[f]
        before += x * prior.mean[f]
        around += x * x * priorVariance[f]
      }
      loss += Self.density(target.returns[s] - expected, spread) / Double(known)
      priorLoss += Self.density(target.returns[s] - before, around) / Double(known)
      let error = target.returns[s] - expected
      let byMean = -error / spread * share
      let byVariance = 0.5 * (1 / spread - error * error / (spread * spread)) * share
      for f in 0..<factors {
        let x = Double(b[f])
        posterior.meanSlopes[f] += byMean * x
        posterior.logVarianceSlopes[f] += byVariance * x * x * variance[f]
        slopes[s * column + f] =
          small * Scalar(byMean * posterior.mean[f] + byVariance * 2 * x * variance[f])
      }
      alpha.meanSlopes[s] = byMean
      alpha.logVarianceSlopes[s] = byVariance * own
    }
    diverge(design.weights.divergence / (Double(total) * Double(max(1, factors))))
  }

  private static func density(_ error: Double, _ variance: Double) -> Double {
    0.5 * (Elementary.log(2 * Double.pi * variance) + error * error / variance)
  }

  private mutating func diverge(_ share: Double) {
    let factors = posterior.mean.count
    for f in 0..<factors {
      let (lq, lp) = (posterior.logVariance[f], prior.logVariance[f])
      let gap = posterior.mean[f] - prior.mean[f]
      let (ratio, inverse) = (Elementary.exp(lq - lp), Elementary.exp(-lp))
      divergence += 0.5 * (lp - lq + ratio + gap * gap * inverse - 1) / Double(factors)
      posterior.meanSlopes[f] += share * gap * inverse
      prior.meanSlopes[f] = -share * gap * inverse
      posterior.logVarianceSlopes[f] += share * 0.5 * (ratio - 1)
      prior.logVarianceSlopes[f] = share * 0.5 * (1 - ratio - gap * gap * inverse)
    }
  }
}
