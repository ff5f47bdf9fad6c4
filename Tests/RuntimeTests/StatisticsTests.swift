// Tests of moments, quantiles and correlations, with certified data when they are at hand.

import FactorRuntime
import TestSupport
import Testing

@Suite struct StatisticsTests {
  @Test func momentsFollowTheDefinition() {
    let moments = Moments([1, 2, .nan, 3, 4, 10])
    #expect(moments.count == 5 && moments.missing == 1)
    expectClose(moments.mean, 4, absolute: 1e-15)
    expectClose(moments.standardDeviation(), 12.5.squareRoot(), absolute: 1e-15)
    expectClose(moments.skewness, 36 / 1000.0.squareRoot(), absolute: 1e-12)
    expectClose(moments.kurtosis, 278.8 / 100, absolute: 1e-12)
  }

  @Test func spreadSurvivesALargeMean() {
    let values = (0..<1001).map { 1e13 + ($0 % 2 == 0 ? 0.1 : 0.3) }
    expectClose(Moments(values).standardDeviation(), 0.1, relative: 1e-2)
    let exact = (0..<1001).map { 10_000_000.2 + ($0 == 0 ? 0 : $0 % 2 == 0 ? 0.1 : -0.1) }
    expectClose(Moments(exact).standardDeviation(), 0.1, relative: 1e-8)
  }

  @Test func quantilesInterpolate() {
    expectClose(Quantile.of([4, 1, .nan, 3, 2], [0, 0.25, 0.5, 1]), [1, 1.75, 2.5, 4])
    #expect(Quantile.median([Double]()).isNaN)
  }

  @Test func goldenSpearman() {
    expectClose(
      Correlation.spearman([0.1, 0.2, 0.2, 0.4, 0.3], [1, 3, 2, 5, 5]), 0.94736842,
      absolute: 1e-8)
    #expect(Correlation.pearson([1, 1, 1], [1, 2, 3]).isNaN)
    expectClose(Correlation.pearson([1, 2, .nan, 3], [2, 4, 9, 6]), 1, absolute: 1e-15)
  }

  @Test func compensatedSumsKeepSmallTerms() {
    #expect(Summation.compensated([1e100, 1, -1e100]) == 1)
    let values = TestPanels.normals(1000)
    expectClose(Summation.pairwise(values), Summation.compensated(values), absolute: 1e-12)
  }
}
