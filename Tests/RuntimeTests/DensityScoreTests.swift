// Tests of density scores against published numbers and simulated normal data.

import FactorRuntime
import TestSupport
import Testing

@Suite struct DensityScoreTests {
  @Test func crpsOfAStandardNormalAtOneHalf() {
    let score = DensityScore([0.5], means: [0], variances: [1])
    expectClose(score.crps, 0.33140353, absolute: 1e-8)
    // log phi(0.5) = -0.5 log(2 pi) - 0.125.
    expectClose(score.logScore, -1.0439385332, absolute: 1e-10)
    #expect(score.coverage == 1 && score.pit[6] == 1)
  }

  @Test func crpsIsTheIntegralOfSquaredDistances() {
    // The definition, slowly: integral of (F(x) - 1{x >= r})^2.
    let (mean, deviation, r) = (0.2, 1.7, -1.1)
    let step = 1e-3
    let sum = stride(from: -20.0, to: 20.0, by: step).reduce(0.0) { sum, x in
      let distance = DensityScore.distribution((x - mean) / deviation) - (x >= r ? 1 : 0)
      return sum + distance * distance * step
    }
    expectClose(DensityScore.crps((r - mean) / deviation, deviation), sum, absolute: 2e-3)
  }

  @Test func rightDensitiesAreCoveredAndFlat() {
    let x = TestPanels.normals(20_000, seed: 6)
    let score = DensityScore(
      x.map { 0.01 + 0.05 * $0 }, means: x.map { _ in 0.01 }, variances: x.map { _ in 0.0025 })
    expectClose(score.coverage, 0.9, absolute: 0.01)
    for share in score.pit { expectClose(share, 0.1, absolute: 0.01) }
    // A variance that is wrong scores worse.
    for wrong in [0.0005, 0.01] {
      let other = DensityScore(
        x.map { 0.01 + 0.05 * $0 }, means: x.map { _ in 0.01 }, variances: x.map { _ in wrong })
      #expect(other.logScore < score.logScore && other.crps > score.crps)
    }
  }

  @Test func rowsWithoutADensityAreSkippedAndCounted() {
    let score = DensityScore([0, .nan, 0, 0], means: [0, 0, .nan, 0], variances: [1, 1, 1, 0])
    #expect(score.count == 1 && score.skipped == 3)
    #expect(DensityScore([], means: [], variances: []).crps.isNaN)
  }
}
