// The regime-switching prior: the filter it must equal, its density, its gradient.

import FactorRuntime
import TestSupport
import Testing

@testable import Models

@Suite struct RegimeTests {
  // Variables do not keep their tape alive; the suite does.
  private let tape = Tape()
  private let block = ParameterBlock<Double>(padded: false)
  private let regime: RegimeSwitch
  private let law = RecurrentWorld.FactorLaw.law(.r_dyn)

  init() {
    regime = RegimeSwitch(factors: 3, in: block)
    block.fill(regime.shift) { _, _ in -0.04 }
    // Variances .04^2 and .08^2: a log ratio of log 4.
    block.fill(regime.spread) { _, _ in Elementary.log(4) }
    block.fill(regime.stay) { row, _ in
      let stay = row == 0 ? 0.95 : 0.88
      return Elementary.log(stay / (1 - stay))
    }
  }

  private func calm(_ last: [Double], on tape: Tape) -> (mean: Variable, logVariance: Variable) {
    let mean = (0..<3).map { 0.015 + law.persistence[$0] * last[$0] }
    return (
      tape.leaf(rows: 3, columns: 1, mean),
      tape.constant(Elementary.log(0.0016), rows: 3)
    )
  }

  // The simulated world's own filter and the learned prior must be one formula.
  @Test func priorAndUpdateEqualTheHamiltonFilter() {
    var filter = HamiltonFilter(law, probability: [0.7, 0.3])
    var (stress, last) = (0.3, [0.02, -0.01, 0.03])
    var stream = RandomStream(seed: 2, purpose: .example)
    for _ in 0..<20 {
      tape.reset()
      let bound = regime.bind(block, on: tape)
      let (mean, logVariance) = calm(last, on: tape)
      let prior = bound.prior(
        calmMean: mean, calmLogVariance: logVariance, stress: tape.constant(stress))
      let expected = filter.expect(after: last)
      for k in 0..<3 { expectClose(prior.mean.values[k], expected[k], absolute: 1e-14) }
      let seen = (0..<3).map { _ in 0.06 * stream.normal() }
      filter.update(with: seen, after: last)
      if let forecast = prior.regime {
        stress = bound.update(forecast, tape.leaf(rows: 3, columns: 1, seen)).scalar
      }
      expectClose(stress, filter.probability[1], absolute: 1e-12)
      last = seen
    }
  }

  @Test func varianceIsThatOfTheMixture() {
    let (mean, logVariance) = calm([0, 0, 0], on: tape)
    let prior = regime.bind(block, on: tape).prior(
      calmMean: mean, calmLogVariance: logVariance, stress: tape.constant(0.3))
    let p = 0.3 * 0.88 + 0.7 * 0.05
    let expected = (1 - p) * 0.0016 + p * 0.0064 + p * (1 - p) * 0.0016
    for k in 0..<3 {
      expectClose(Elementary.exp(prior.logVariance.values[k]), expected, relative: 1e-12)
    }
  }

  @Test func surpriseIsTheMixturesLogDensity() {
    let (mean, logVariance) = calm([0, 0, 0], on: tape)
    let bound = regime.bind(block, on: tape)
    let prior = bound.prior(
      calmMean: mean, calmLogVariance: logVariance, stress: tape.constant(0.3))
    let seen = [0.05, -0.03, 0.01]
    let p = 0.3 * 0.88 + 0.7 * 0.05
    func density(_ mean: Double, _ variance: Double) -> Double {
      seen.reduce(1) {
        $0 * Elementary.exp(-0.5 * ($1 - mean) * ($1 - mean) / variance)
          / variance.squareRoot()
      }
    }
    let expected = -Elementary.log((1 - p) * density(0.015, 0.0016) + p * density(-0.025, 0.0064))
    guard let forecast = prior.regime else {
      Issue.record("a regime prior carries its forecast")
      return
    }
    let found = bound.surprise(forecast, tape.leaf(rows: 3, columns: 1, seen)).scalar
    expectClose(found, expected, absolute: 1e-12)
  }

  @Test func gradientRunsThroughTheUpdates() {
    let months = [[0.05, -0.03, 0.01], [-0.08, 0.02, -0.05], [0.03, 0.01, 0.04]]
    let result = BlockCheck.worst(block) { tape in
      let bound = regime.bind(block, on: tape)
      var (stress, last, total) = (tape.constant(0.3), [0.0, 0, 0], tape.constant(0))
      for seen in months {
        let (mean, logVariance) = calm(last, on: tape)
        let prior = bound.prior(calmMean: mean, calmLogVariance: logVariance, stress: stress)
        let leaf = tape.leaf(rows: 3, columns: 1, seen)
        if let forecast = prior.regime {
          total = total + bound.surprise(forecast, leaf)
          stress = bound.update(forecast, leaf)
        }
        total = total + prior.mean.square().sum() * 100 + prior.logVariance.sum()
        last = seen
      }
      return total
    }
    #expect(result.error < GradientCheck.tolerance, "\(result)")
  }

  @Test func startingOddsSayBothRegimesLast() {
    regime.initialize(block)
    let stay = (0..<2).map { 1 / (1 + Elementary.exp(-block.weights(regime.stay)[$0])) }
    #expect(stay.allSatisfy { $0 > 0.85 && $0 < 0.95 })
    #expect((0..<3).allSatisfy { block.weights(regime.spread)[$0] > 0 })
  }
}

@Suite struct PriorRefinementTests {
  /// Months whose factors follow a VAR(1) with a known step.
  private func months(_ count: Int) -> [FilteredMonth] {
    var stream = RandomStream(seed: 14, purpose: .example)
    var f = [0.0, 0]
    return (0..<count).map { _ in
      f = [0.2 + 0.6 * f[0] + 0.3 * stream.normal(), -0.1 + 0.2 * f[1] + 0.3 * stream.normal()]
      return FilteredMonth(
        latent: f, posterior: f, posteriorVariance: [], prior: [], priorVariance: [], loss: 0)
    }
  }

  private func head(_ prior: PriorKind) -> RecurrentFactorHead<Double> {
    RecurrentFactorHead(
      options: FactorNetworkOptions(factors: 2, hidden: 2, predictorHidden: 2, prior: prior),
      inputs: [], meanFirms: 10)
  }

  @Test func refinementFindsTheStepAndSpreadOfAutoregressiveFactors() throws {
    let head = head(.var1)
    try head.refinePrior(on: months(120), budget: Budget())
    let step = head.parameters.weights(head.tensors.priorStep)
    // Sampling error of a slope at 120 months is near 0.09; three of them.
    expectClose(step[0], 0.6, absolute: 0.27)
    expectClose(step[3], 0.2, absolute: 0.27)
    let spread = head.parameters.weights(head.tensors.priorLogVariance)
    for k in 0..<2 { expectClose(Elementary.exp(spread[k]), 0.09, relative: 0.4) }
  }

  @Test(arguments: [PriorKind.predictor, .std])
  func refinementLeavesOtherPriorsAlone(prior: PriorKind) throws {
    let head = head(prior)
    head.parameters.disturb(0.2)
    var (before, after): ([Double], [Double]) = ([], [])
    head.parameters.snapshot(into: &before)
    try head.refinePrior(on: months(10), budget: Budget())
    head.parameters.snapshot(into: &after)
    #expect(before == after)
  }

  @Test func warmUpSetsThePriorToTheFactorsMoments() {
    let head = head(.regime)
    let months = months(50)
    head.willStart(epoch: head.options.warmUp) { months }
    #expect(head.parameters.weights(head.tensors.priorMean)[0] == 0)
    head.willStart(epoch: head.options.warmUp + 1) { months }
    for k in 0..<2 {
      let x = months.map { $0.posterior[k] }
      let mean = x.reduce(0, +) / 50
      let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 50
      expectClose(head.parameters.weights(head.tensors.priorMean)[k], mean, absolute: 1e-14)
      expectClose(
        head.parameters.weights(head.tensors.priorLogVariance)[k], Elementary.log(variance),
        absolute: 1e-12)
    }
  }

  @Test func divergenceRisesAfterTheWarmUp() {
    let options = FactorNetworkOptions(divergenceWeight: 2, warmUp: 20, anneal: 20)
    #expect([1, 20].map(options.divergence) == [0, 0])
    expectClose(options.divergence(epoch: 30), 1, absolute: 1e-15)
    #expect([40, 300].map(options.divergence) == [2, 2])
  }

  @Test func batchesCutTheMonthsIntoChunksWithARandomStart() {
    let head = head(.regime)
    var stream = RandomStream(seed: 1, purpose: .shuffle)
    var starts: Set<Int> = []
    for epoch in 1...40 {
      let plan = head.batches(epoch: epoch, train: 3..<50, &stream)
      #expect(plan.flatMap(Array.init) == Array(3..<50))
      #expect(plan.allSatisfy { $0.count <= 12 })
      starts.insert(plan[0].count)
    }
    #expect(starts.count > 6)
  }
}
