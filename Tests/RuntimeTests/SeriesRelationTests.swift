// Tests of series beside each other.

import FactorRuntime
import TestSupport
import Testing

@Suite struct SeriesRelationTests {
  private let x: [Double] = [1, 2, 3, 4, 6]
  private let y: [Double] = [2, 1, 4, 3, 7]

  // By hand: sums of squares 66 - 51.2 and 79 - 57.8, of products 70 - 54.4.
  @Test func figuresAreThoseOfLeastSquares() {
    let found = SeriesRelation(x, y)
    let r = 15.6 / (14.8 * 21.2).squareRoot()
    expectClose(found.correlation, r, absolute: 1e-14)
    let spread = (14.8 / 4).squareRoot()
    expectClose(found.slope, 15.6 / 21.2 / spread, relative: 1e-13)
    // The t-statistic does not depend on which side is standardised.
    let residual = (14.8 - 15.6 * 15.6 / 21.2) / 3
    expectClose(found.tStatistic, 15.6 / 21.2 / (residual / 21.2).squareRoot(), relative: 1e-12)
    #expect(found.count == 5)
  }

  @Test func leadsLookForwardInTheOther() {
    let wave = (0..<40).map { Elementary.sin(Double($0) * 0.9) }
    let later = [Double](repeating: .nan, count: 3) + wave.dropLast(3)
    #expect(SeriesRelation(wave, later, lead: 3).correlation > 0.999999)
    #expect(SeriesRelation(wave, later, lead: 3).count == 37)
    #expect(SeriesRelation(wave, later).correlation < 0.9)
  }

  @Test func missingPairsAndFlatSeries() {
    #expect(SeriesRelation([1, .nan, 3, 4], [2, 5, .nan, 1]).count == 2)
    #expect(SeriesRelation([1, 1, 1, 1], [2, 5, 3, 1]).correlation.isNaN)
    #expect(SeriesRelation([1, 2, 3], [2, 4, 6]).tStatistic.isNaN)
  }

  @Test func componentsOfOneDirectionHoldAll() throws {
    let found = try SeriesComponents([x, x.map { 3 * $0 + 1 }, x.map { -$0 }], count: 2)
    expectClose(found.shares, [1, 0, 0], absolute: 1e-12)
    // Scores of the first component: the standardised series times the root of three.
    let spread = (14.8 / 4).squareRoot()
    let expected = x.map { ($0 - 3.2) / spread * 3.0.squareRoot() }
    expectClose(found.scores.map { abs($0[0]) }, expected.map(abs), absolute: 1e-12)
  }

  @Test func componentsSkipGaps() throws {
    let found = try SeriesComponents([[1, .nan, 3, 2], [2, 1, 0, 5], [1, 1, 1, 1]], count: 1)
    #expect(found.scores[1][0].isNaN && !found.scores[0][0].isNaN)
    expectClose(found.shares.reduce(0, +), 1, absolute: 1e-12)
  }
}
