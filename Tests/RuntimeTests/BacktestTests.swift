// Tests of sorts, turnover, costs and performance: golden numbers and identities.

import FactorRuntime
import TestSupport
import Testing

@Suite struct BacktestTests {
  @Test func goldenTurnover() {
    let drifted = Turnover.drifted([0.5, 0.5, 0], returns: [0.1, -0.1, 0.05])
    expectClose(drifted, [0.55, 0.45, 0], absolute: 1e-12)
    let turnover = Turnover.between(drifted, [0, 0.5, 0.5])
    expectClose(turnover, 1.1, absolute: 1e-12)
    expectClose(Costs().cost(of: turnover), 0.0033, absolute: 1e-12)
  }

  @Test func goldenPerformance() {
    let found = Performance([0.02, -0.01, 0.03, 0.01, -0.04], periodsPerYear: 12)
    expectClose(found.sharpeRatio, 0.24967512, absolute: 1e-8)
    expectClose(found.maximumDrawdown, 0.04082199, absolute: 1e-8)
    let scaled = Performance([0.2, -0.1, 0.3, 0.1, -0.4].map { $0 * 100 }, periodsPerYear: 12)
    expectClose(scaled.sharpeRatio, found.sharpeRatio, absolute: 1e-12)
  }

  @Test(arguments: [10, 11, 95, 103])
  func decilesPartitionTheAssets(assets: Int) throws {
    let index = try TestPanels.index(months: 2, assets: assets)
    let sort = try PortfolioSort(TestPanels.normals(2 * assets), index: index)
    for t in 0..<2 {
      let counts = (1...10).map { d in
        index.rows(ofMonthAt: t).count { sort.buckets[$0] == Int32(d) }
      }
      #expect(counts.reduce(0, +) == assets)
      #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1)
    }
    let weights = LongShort.weights(sort, index: index)
    expectClose(weights.reduce(0, +), 0, absolute: 1e-12)
    expectClose(weights.reduce(0) { $0 + abs($1) }, 4, absolute: 1e-12)
  }

  // The table is of what is held: its top bucket less its lowest is the mean return.
  @Test(arguments: [false, true]) func bucketsAreWeightedAsTheLegs(isWeighted: Bool) throws {
    let index = try TestPanels.index(months: 6, assets: 40)
    let size = TestPanels.normals(240, seed: 3).map { 1 + abs($0) }
    let test = try Backtest(
      forecast: TestPanels.normals(240, seed: 1), returns: TestPanels.normals(240, seed: 2),
      index: index, size: isWeighted ? size : nil)
    expectClose(
      test.deciles[9].realized - test.deciles[0].realized, test.gross.reduce(0, +) / 6,
      absolute: 1e-12)
  }

  @Test func tiesGoByAsset() throws {
    let index = try TestPanels.index(months: 1, assets: 10)
    let sort = try PortfolioSort([Double](repeating: 1, count: 10), index: index)
    #expect(sort.buckets == (1...10).map(Int32.init))
  }

  @Test func fullReplacementCostsFourTimesTheRate() throws {
    let index = try TestPanels.index(months: 2, assets: 20)
    let signal = (0..<20).map(Double.init) + (0..<20).map { Double(($0 + 10) % 20) }
    let test = try Backtest(
      forecast: signal, returns: [Double](repeating: 0, count: 40), index: index)
    expectClose(test.turnover, [2, 4], absolute: 1e-12)
    expectClose(test.net, [-0.006, -0.012], absolute: 1e-15)
    let steady = try Backtest(
      forecast: Array(signal[..<20] + signal[..<20]), returns: [Double](repeating: 0, count: 40),
      index: index)
    expectClose(steady.turnover, [2, 0], absolute: 1e-12)
  }

  @Test func thinMonthsAreNamedOrSkipped() throws {
    let index = try TestPanels.index(months: 2, assets: 12)
    var signal = TestPanels.normals(24)
    for k in 0..<4 { signal[k] = .nan }
    #expect(throws: PanelError.tooFewAssets(needed: 10, months: [index.months[0]], smallest: 8)) {
      try PortfolioSort(signal, index: index)
    }
    let sort = try PortfolioSort(signal, index: index, small: .skip)
    #expect(sort.skipped == [index.months[0]] && sort.sortedMonths == [1])
  }

  @Test func aPerfectForecastEarnsTheSpread() throws {
    let index = try TestPanels.index(months: 24, assets: 50)
    let returns = TestPanels.normals(1200, seed: 6).map { $0 * 0.1 }
    let test = try Backtest(forecast: returns, returns: returns, index: index)
    #expect(test.gross.allSatisfy { $0 > 0.2 })
    #expect(zip(test.deciles, test.deciles.dropFirst()).allSatisfy { $0.realized < $1.realized })
    for k in test.net.indices {
      expectClose(test.net[k], test.gross[k] - 0.003 * test.turnover[k], absolute: 1e-15)
    }
    #expect(test.conventions.contains { $0.contains("30bps") })
  }
}
