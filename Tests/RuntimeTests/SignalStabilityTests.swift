// Persistence of signals, buckets by period, and the monotonic relation test.

import TestSupport
import Testing

@testable import FactorRuntime

@Suite struct SignalStabilityTests {
  @Test func ranksAreThoseOfTheirOwnPeriod() throws {
    let panel = try TestPanels.make([
      ("A", "2000-01", 1), ("B", "2000-01", 2), ("C", "2000-01", 3), ("D", "2000-01", 9),
      ("A", "2000-02", 5), ("B", "2000-02", 7), ("C", "2000-02", 6),
      ("A", "2000-04", 5), ("B", "2000-04", 7),
    ])
    let found = SignalStability.rankAutocorrelation(try panel.numbers("x"), index: panel.index)
    #expect(found[0].isNaN)
    expectClose(found[1], 0.5, absolute: 1e-12)
    // March has no rows, so April has no month before it.
    #expect(found[2].isNaN)
  }

  @Test func newNamesAreCountedByFirm() throws {
    let index = try TestPanels.index(months: 2, assets: 4)
    let sort = PortfolioSort(buckets: [1, 1, 2, 2, 1, 2, 1, 2], count: 2, index: index)
    let found = SignalStability.newNames(sort, index: index)
    #expect(found[0][0].isNaN && found[0][1] == 0.5 && found[1][1] == 0.5)
  }

  @Test func bucketsAverageByWeight() throws {
    let index = try TestPanels.index(months: 1, assets: 4)
    let sort = PortfolioSort(buckets: [1, 1, 2, 2], count: 2, index: index)
    let found = BucketSeries(
      sort, forecast: [1, 2, 3, 4], returns: [0.1, 0.2, 0.3, .nan], index: index,
      weights: [1, 3, 0, 1])
    expectClose(found.returns[0][0], 0.175, absolute: 1e-15)
    #expect(found.returns[1][0].isNaN && found.forecasts[1] == [3.5] && found.sizes[1] == [2])
    #expect(found.spread[0].isNaN)
  }

  @Test func quantileBucketsAreThoseOfTheGrid() throws {
    let index = try TestPanels.index(months: 3, assets: 57)
    let signal = TestPanels.normals(171, seed: 9).enumerated().map { row, x in
      row % 11 == 5 ? Double.nan : (4 * x).rounded() / 4
    }
    let sort = PortfolioSort(quantilesOf: signal, index: index, buckets: 5)
    let returns = TestPanels.normals(171, seed: 10)
    let grid = PortfolioGrid(
      PortfolioGrid.Panel(
        signals: [signal], returns: returns, weights: nil, reference: nil,
        rows: index.months.indices.map { index.rows(ofMonthAt: $0) }),
      [GroupCuts(groups: 5)], isDependent: false)
    let own = BucketSeries(sort, forecast: signal, returns: returns, index: index)
    for k in 0..<5 { expectClose(own.returns[k], grid.returns[k], absolute: 1e-12) }
  }

  @Test func meansThatRiseAreFoundToRise() {
    let noise = (0..<5).map { TestPanels.normals(120, seed: UInt64(20 + $0)) }
    let rising = noise.enumerated().map { k, series in series.map { Double(k) + 0.3 * $0 } }
    let found = MonotonicityTest(rising)
    #expect(found.rising < 0.01 && found.falling > 0.95 && found.periods == 120)
    // Upside down, the two change places exactly.
    let falling = MonotonicityTest(rising.map { $0.map { -$0 } })
    #expect(falling.falling == found.rising && falling.rising == found.falling)
    // Flat means are no evidence either way.
    let flat = MonotonicityTest(noise)
    #expect(flat.rising > 0.1 && flat.falling > 0.1)
    #expect(MonotonicityTest([[0.1], [0.2]]).rising.isNaN)
    #expect(MonotonicityTest(rising, seed: 2).rising == MonotonicityTest(rising, seed: 2).rising)
  }

  @Test func definitionsAreWholeAndUnique() {
    #expect(Set(Statistic.all.map(\.name)).count == Statistic.all.count)
    for item in Statistic.all {
      #expect(item.name.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "_" }, "\(item.name)")
      for text in [item.title, item.sentence, item.formula, item.convention] {
        #expect(!text.isEmpty && !text.hasSuffix("."), "\(item.name)")
      }
      #expect(Statistic.named(item.name) == item)
    }
  }
}
