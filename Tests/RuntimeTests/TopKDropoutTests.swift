// Tests of TopK-dropout portfolios and of the ratios printed with them.

import FactorRuntime
import TestSupport
import Testing

@Suite struct TopKDropoutTests {
  /// Names held in each month, by their position.
  private func held(_ rule: TopKDropout, _ index: PanelIndex) -> [[Int32]] {
    rule.months.map { t in
      index.rows(ofMonthAt: t).filter { rule.weights[$0] > 0 }.map { index.assets[$0] }
    }
  }

  @Test func fewNamesGoEachMonth() throws {
    let index = try TestPanels.index(months: 3, assets: 5)
    let signal: [Double] = [
      5, 4, 3, 2, 1,  // 0, 1 and 2 are bought
      1, 2, 3, 4, 5,  // 0 and 1 left the top three; the lowest signal, 0, goes for 4
      1, 2, 3, 4, 5,  // 1 goes for 3
    ]
    let rule = try TopKDropout(signal, index: index, k: 3, drop: 1)
    #expect(held(rule, index) == [[0, 1, 2], [1, 2, 4], [2, 3, 4]])
    #expect(rule.bought == [3, 1, 1])
    #expect(rule.weights.filter { $0 > 0 }.allSatisfy { $0 == 1.0 / 3 })
    let free = try TopKDropout(signal, index: index, k: 3, drop: 3)
    #expect(held(free, index) == [[0, 1, 2], [2, 3, 4], [2, 3, 4]])
  }

  @Test func aNameWithoutASignalIsSoldBesides() throws {
    let index = try TestPanels.index(months: 2, assets: 4)
    let signal: [Double] = [4, 3, 2, 1, .nan, 1, 3, 4]
    let rule = try TopKDropout(signal, index: index, k: 2, drop: 1)
    // 0 has no signal; 1 is outside the top two and is the one that may go.
    #expect(held(rule, index) == [[0, 1], [2, 3]])
  }

  @Test func tiesGoByTheOrderOfNames() throws {
    let index = try TestPanels.index(months: 1, assets: 4)
    let rule = try TopKDropout([1, 1, 1, 1], index: index, k: 2, drop: 1)
    #expect(held(rule, index) == [[0, 1]])
  }

  @Test func thinMonthsAreRefusedAndEmptyOnesLeftOut() throws {
    let index = try TestPanels.index(months: 2, assets: 3)
    #expect(throws: PanelError.tooFewAssets(needed: 3, months: [index.months[1]], smallest: 2)) {
      try TopKDropout([1, 2, 3, 1, 2, .nan], index: index, k: 3, drop: 1)
    }
    let nan = Double.nan
    let rule = try TopKDropout([1, 2, 3, nan, nan, nan], index: index, k: 3, drop: 1)
    #expect(rule.months == [0])
    let three = try TestPanels.index(months: 3, assets: 3)
    let between = try TopKDropout(
      [1, 2, 3, nan, nan, nan, 3, 2, 1], index: three, k: 1, drop: 1)
    #expect(held(between, three) == [[2], [], [0]] && between.unsigned == 1)
    #expect(between.bought == [1, 0, 1])
  }

  @Test func itsBacktestEarnsTheMeanOfTheNames() throws {
    let index = try TestPanels.index(months: 2, assets: 3)
    let rule = try TopKDropout([3, 2, 1, 3, 2, 1], index: index, k: 2, drop: 1)
    let test = Backtest(
      weights: rule.weights, returns: [0.1, 0.2, 0.9, 0, -0.1, 0.9], index: index,
      months: rule.months, holding: ["two names"], options: BacktestOptions())
    expectClose(test.gross, [0.15, -0.05], absolute: 1e-15)
    // The first month buys everything; the second trades back what returns have moved.
    let drift = abs(0.5 - 0.55 / 1.15) + abs(0.5 - 0.6 / 1.15)
    expectClose(test.turnover, [1, drift], absolute: 1e-15)
    expectClose(test.net, [0.15 - 0.003, -0.05 - 0.003 * drift], absolute: 1e-15)
    #expect(test.deciles.isEmpty && test.conventions.first == "two names")
  }

  @Test func growthRatiosFollowTheirDefinitions() {
    let found = GrowthRatios([0.1, -0.2, 0.05, .nan, 0.1], periodsPerYear: 12)
    let wealth = 1.1 * 0.8 * 1.05 * 1.1
    let annual = Elementary.pow(wealth, 3) - 1
    expectClose(found.annualReturn, annual, absolute: 1e-12)
    expectClose(found.maximumDrawdown, 0.2, absolute: 1e-12)
    expectClose(found.calmarRatio, annual / 0.2, absolute: 1e-12)
    // Mean .0125; downside deviation sqrt(.04 / 4) = .1.
    expectClose(found.sortinoRatio, 12.0.squareRoot() * 0.0125 / 0.1, absolute: 1e-12)
    let rising = GrowthRatios([0.1, 0.1], periodsPerYear: 12)
    #expect(rising.calmarRatio.isNaN && rising.sortinoRatio.isNaN && rising.maximumDrawdown == 0)
    #expect(GrowthRatios([-1, 0.5], periodsPerYear: 12).annualReturn == -1)
  }
}
