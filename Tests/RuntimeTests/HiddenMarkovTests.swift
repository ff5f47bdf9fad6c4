// Hidden Markov models: likelihood that never falls, planted regimes found, filters that do not look.

import FactorRuntime
import TestSupport
import Testing

@Suite struct HiddenMarkovTests {
  /// Two lasting regimes of unlike volatility and mean, and which was in force.
  private func planted(_ periods: Int = 600, seed: UInt64 = 4) -> (
    series: [[Double]], regime: [Int]
  ) {
    var stream = RandomStream(seed: seed, purpose: .example)
    var (series, regimes, now): ([[Double]], [Int], Int) = ([], [], 0)
    for _ in 0..<periods {
      if stream.uniform() < (now == 0 ? 0.03 : 0.08) { now = 1 - now }
      let (mean, deviation) = now == 0 ? (0.01, 0.02) : (-0.02, 0.08)
      series.append((0..<2).map { _ in mean + deviation * stream.normal() })
      regimes.append(now)
    }
    return (series, regimes)
  }

  @Test func theLikelihoodNeverFalls() {
    let (series, _) = planted()
    for regimes in 1...3 {
      let model = HiddenMarkov(series, regimes: regimes, starts: 3, seed: 1)
      for (old, new) in zip(model.logLikelihoods, model.logLikelihoods.dropFirst()) {
        #expect(new >= old - 1e-9 * abs(old))
      }
      let final = model.logLikelihood(series)
      expectClose(final, model.logLikelihoods.last ?? .nan, absolute: 1e-6)
    }
  }

  @Test func plantedRegimesAreFound() {
    let (series, truth) = planted()
    let model = HiddenMarkov(series, regimes: 2, starts: 5, seed: 2)
    let right = zip(model.filtered(series), truth).count { ($0[1] > 0.5) == ($1 == 1) }
    #expect(Double(right) / Double(truth.count) > 0.93)
    expectClose(model.variances[0][0].squareRoot(), 0.02, absolute: 0.003)
    expectClose(model.variances[1][1].squareRoot(), 0.08, absolute: 0.012)
    expectClose(model.transition[0][1], 0.03, absolute: 0.02)
    for row in model.transition { expectClose(row.reduce(0, +), 1, absolute: 1e-12) }
  }

  @Test func filteredProbabilitiesReadNothingLater() {
    let (series, _) = planted(200)
    let model = HiddenMarkov(series, regimes: 2, starts: 2, seed: 2)
    var changed = series
    for t in 120..<200 { changed[t] = [0.5, -0.5] }
    let (a, b) = (model.filtered(series), model.filtered(changed))
    #expect(Array(a[..<120]) == Array(b[..<120]) && a[121] != b[121])
  }

  // The definition: the sum over all paths of regimes.
  @Test func likelihoodIsTheSumOverAllPaths() {
    let (series, _) = planted(8)
    let model = HiddenMarkov(series, regimes: 2, starts: 1, seed: 3, steps: 2)
    func density(_ x: [Double], _ k: Int) -> Double {
      zip(x, zip(model.means[k], model.variances[k])).reduce(1) { product, item in
        let (value, (mean, variance)) = item
        return product * Elementary.exp(-0.5 * (value - mean) * (value - mean) / variance)
          / (2 * Double.pi * variance).squareRoot()
      }
    }
    var total = 0.0
    for path in 0..<256 {
      let states = (0..<8).map { (path >> $0) & 1 }
      var term = model.initial[states[0]] * density(series[0], states[0])
      for t in 1..<8 {
        term *= model.transition[states[t - 1]][states[t]] * density(series[t], states[t])
      }
      total += term
    }
    expectClose(model.logLikelihood(series), Elementary.log(total), absolute: 1e-8)
  }

  @Test func theSameSeedGivesTheSameModel() {
    let (series, _) = planted(150)
    let a = HiddenMarkov(series, regimes: 2, starts: 4, seed: 9)
    let b = HiddenMarkov(series, regimes: 2, starts: 4, seed: 9)
    #expect(a.means == b.means && a.transition == b.transition)
  }
}
