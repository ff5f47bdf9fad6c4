// The closed-form terms of the evidence bound: golden numbers, nesting, simulation, densities.

import FactorRuntime
import TestSupport
import Testing

@testable import Models

@Suite struct DivergenceTests {
  @Test func goldenDivergence() {
    let found = MonthFixture.divergence(([0.3], [-1]), ([0.1], [0.5]))
    expectClose(found, 0.37369569, absolute: 1e-8)
  }

  @Test func aShiftByOneDeviationCostsHalfANat() {
    expectClose(MonthFixture.divergence(([1], [0]), ([0], [0])), 0.5, absolute: 1e-14)
  }

  @Test func aDistributionDoesNotDivergeFromItself() {
    let q = (mean: [0.3, -2, 1.5], logVariance: [-3.0, 0, 2])
    expectClose(MonthFixture.divergence(q, q), 0, absolute: 1e-14)
  }

  // S4's print halves the logarithm's share: with it the divergence could be negative.
  private func printed(_ mq: Double, _ lq: Double, _ mp: Double, _ lp: Double) -> Double {
    let (vq, vp) = (Elementary.exp(lq), Elementary.exp(lp))
    return 0.5 * (0.5 * (lp - lq) + (vq + (mq - mp) * (mq - mp)) / vp - 1)
  }

  @Test func divergenceIsNeverNegativeButThePrintedFormulaIs() {
    var stream = RandomStream(seed: 31, purpose: .example)
    func uniform(_ low: Double, _ high: Double) -> Double { low + (high - low) * stream.uniform() }
    var (least, leastPrinted) = (Double.infinity, Double.infinity)
    for _ in 0..<1000 {
      let (mq, lq, mp, lp) = (uniform(-2, 2), uniform(-7, 3), uniform(-2, 2), uniform(-7, 3))
      let exact = MonthFixture.divergence(([mq], [lq]), ([mp], [lp]))
      let gap =
        0.5 * (lp - lq + (Elementary.exp(lq) + (mq - mp) * (mq - mp)) / Elementary.exp(lp) - 1)
      expectClose(exact, gap, absolute: 1e-12, relative: 1e-12)
      least = min(least, exact)
      leastPrinted = min(leastPrinted, printed(mq, lq, mp, lp))
    }
    #expect(least >= 0)
    #expect(leastPrinted < 0)
    expectClose(printed(0.3, -1, 0.1, 0.5), -0.00130431, absolute: 1e-8)
  }

  @Test func divergenceGradientAgrees() {
    let fixture = MonthFixture(
      returns: [0.5, -1], loadings: [[1, 0.5], [-0.3, 0.8]], residual: 0.9,
      posterior: ([0.2, -0.4], [-1, 0.3]), prior: ([0.1, 0.6], [0.5, -0.7]))
    let result = BlockCheck.worst(
      fixture.head.parameters, tensors: fixture.head.parameters.tensors.map(\.name)
    ) { fixture.value(wantsGradient: $0) { $0.divergence() } }
    #expect(result.error < GradientCheck.tolerance, "\(result)")
  }
}

@Suite struct ObjectiveTests {
  // Variables do not keep their tape alive; the suite does.
  private let tape = Tape()
  private static let returns = [0.5, -1]
  private static let loadings = [[1, 0.5], [-0.3, 0.8]]

  private func golden() -> MonthFixture {
    MonthFixture(
      returns: Self.returns, loadings: Self.loadings, residual: 0.9,
      posterior: ([0.2, -0.4], [Elementary.log(0.1), Elementary.log(0.05)]),
      prior: ([0.1, 0], [Elementary.log(0.5), Elementary.log(0.4)]))
  }

  @Test func goldenReconstruction() {
    expectClose(golden().value { $0.reconstruction() }, 1.08511939, absolute: 1e-8)
  }

  @Test func goldenPredictiveLikelihood() {
    let fixture = golden()
    expectClose(fixture.value { $0.predictive(fixture.view) }, 1.28861773, absolute: 1e-8)
  }

  // The gradient of the linearised node, for mean, log variance and log residual of the prior.
  @Test func predictiveGradientAgrees() {
    let fixture = golden()
    let names = ["prior.mean", "prior.variance.bias", "residual.logVariance"]
    let result = BlockCheck.worst(fixture.head.parameters, tensors: names) {
      fixture.value(wantsGradient: $0) { $0.predictive(fixture.view) }
    }
    #expect(result.error < GradientCheck.tolerance, "\(result)")
  }

  // AT-9. The clamp keeps log variances at -8 or above, so "zero" is exp(-8), whose share is known.
  @Test func reconstructionNestsTheAutoencodersSquaredError() {
    let mean = [0.2, -0.4]
    let fixture = MonthFixture(
      returns: Self.returns, loadings: Self.loadings, residual: 1, posterior: (mean, [-40, -40]),
      prior: ([0, 0], [0, 0]))
    let linear = LinearFactorHead<Double>(factors: 2, inputs: [[1, -1, 0.5]], meanFirms: 2)
    for (k, f) in mean.enumerated() { linear.parameters.weights(1)[k] = f }
    let reconstruction = fixture.value { $0.reconstruction() }
    linear.loadParameters(on: tape)
    let squaredError = linear.loss(fixture.view, on: tape).scalar
    let squares = Self.loadings.joined().reduce(0) { $0 + $1 * $1 }
    let floor = 0.5 * Elementary.exp(-8) * squares / 2
    let constant = 0.5 * Elementary.log(2 * Double.pi)
    #expect(squaredError > 0.1)
    expectClose(reconstruction, squaredError / 2 + constant + floor, absolute: 1e-12)
    // With the floor's share left in, the two still agree to the floor itself.
    expectClose(reconstruction, squaredError / 2 + constant, absolute: 2e-4)
  }

  // AT-10. Three standard errors of the mean of 1e5 draws.
  @Test func reconstructionEqualsTheAverageOverDraws() {
    let (mean, deviation, residual) = (
      [0.2, -0.4], [Elementary.sqrt(0.1), Elementary.sqrt(0.05)], 0.9
    )
    var stream = RandomStream(seed: 17, purpose: .posterior)
    let draws = 100_000
    var (sum, square) = (0.0, 0.0)
    let constant = 0.5 * Elementary.log(2 * Double.pi * residual)
    for _ in 0..<draws {
      let f0 = mean[0] + deviation[0] * stream.normal()
      let f1 = mean[1] + deviation[1] * stream.normal()
      let e0 = Self.returns[0] - Self.loadings[0][0] * f0 - Self.loadings[0][1] * f1
      let e1 = Self.returns[1] - Self.loadings[1][0] * f0 - Self.loadings[1][1] * f1
      let value = constant + 0.25 * (e0 * e0 + e1 * e1) / residual
      sum += value
      square += value * value
    }
    let average = sum / Double(draws)
    let error = ((square / Double(draws) - average * average) / Double(draws)).squareRoot()
    let closed = golden().value { $0.reconstruction() }
    expectClose(closed, average, absolute: 3 * error)
    #expect(error < 0.01 && error > 0)
  }

  // The marginal likelihood from K x K statistics against the density of the N returns themselves.
  @Test func marginalLikelihoodIsTheDensityOfTheReturns() {
    let returns = [0.5, -1, 0.2, 0.9]
    let loadings = [[1, 0.5], [-0.3, 0.8], [0.4, -0.2], [-1.1, 0.7]]
    let (mean, variance, residual) = ([0.1, -0.2], [0.5, 0.3], 0.7)
    let fixture = MonthFixture(
      returns: returns, loadings: loadings, residual: residual, posterior: ([0, 0], [0, 0]),
      prior: (mean, variance.map(Elementary.log)), kind: .exact)
    var covariance = [Double](repeating: 0, count: 16)
    for i in 0..<4 {
      for j in 0..<4 {
        covariance[i * 4 + j] =
          (i == j ? residual : 0)
          + (0..<2).reduce(0) { $0 + loadings[i][$1] * variance[$1] * loadings[j][$1] }
      }
    }
    let sigma = tape.leaf(rows: 4, columns: 4, covariance)
    let gap = (0..<4).map { i in
      returns[i] - (0..<2).reduce(0) { $0 + loadings[i][$1] * mean[$1] }
    }
    let e = tape.leaf(rows: 4, columns: 1, gap)
    let expected =
      0.5
      * (4 * Elementary.log(2 * Double.pi) + sigma.logDeterminant().scalar
        + e.dot(sigma.solve(e)).scalar)
    expectClose(fixture.value { $0.marginal() }, expected, absolute: 1e-12)
    // The posterior mean is the prior's plus V B' Sigma^-1 e, its variance V - V B' Sigma^-1 B V.
    let filtered = fixture.filtered()
    let weighted = sigma.solve(e)
    for k in 0..<2 {
      let gain = (0..<4).reduce(0) { $0 + loadings[$1][k] * weighted.values[$1] }
      expectClose(filtered.posterior[k], mean[k] + variance[k] * gain, absolute: 1e-12)
      let b = tape.leaf(rows: 4, columns: 1, (0..<4).map { loadings[$0][k] })
      let shrink = b.dot(sigma.solve(b)).scalar
      expectClose(
        filtered.posteriorVariance[k], variance[k] - variance[k] * variance[k] * shrink,
        absolute: 1e-12)
    }
    expectClose(filtered.loss, expected / 4, absolute: 1e-12)
  }

  // The bound is tight at the exact posterior only: any other one costs.
  @Test func theBoundLiesAboveTheMarginalLikelihood() {
    let exact = MonthFixture(
      returns: Self.returns, loadings: Self.loadings, residual: 0.9,
      posterior: ([0, 0], [0, 0]), prior: ([0.1, 0], [-0.7, -0.9]), kind: .exact)
    let marginal = exact.value { $0.marginal() }
    var stream = RandomStream(seed: 13, purpose: .example)
    for _ in 0..<100 {
      let q = (
        mean: [stream.normal(), stream.normal()], logVariance: [stream.normal(), stream.normal()]
      )
      let fixture = MonthFixture(
        returns: Self.returns, loadings: Self.loadings, residual: 0.9, posterior: q,
        prior: ([0.1, 0], [-0.7, -0.9]))
      let reconstruction = fixture.value { $0.reconstruction() }
      #expect(2 * reconstruction + fixture.value { $0.divergence() } > marginal)
    }
  }
}
