// Tests of the sign policy of one asset.

import FactorRuntime
import TestSupport
import Testing

@Suite struct SignPolicyTests {
  @Test func theWeightIsTheSign() throws {
    let index = try TestPanels.index(months: 4, assets: 2)
    let policy = try SignPolicy([0.3, 9, -2, 9, 0, 9, .nan, 9], index: index, asset: 0)
    #expect(policy.weights == [1, 0, -1, 0, 0, 0, 0, 0])
    #expect(policy.months == [0, 1, 2] && policy.long == 1 && policy.short == 1)
  }

  @Test func monthsBetweenSignalsHoldNothing() throws {
    let index = try TestPanels.index(months: 5, assets: 1)
    let policy = try SignPolicy([.nan, 1, .nan, 1, .nan], index: index, asset: 0)
    #expect(policy.months == [1, 2, 3] && policy.unsigned == 1)
    let test = Backtest(
      weights: policy.weights, returns: [0.5, 0.1, -0.5, 0.1, 0.5], index: index,
      months: policy.months, holding: ["one"], options: BacktestOptions())
    expectClose(test.gross, [0.1, 0, 0.1], absolute: 1e-15)
    expectClose(test.turnover, [1, 1, 1], absolute: 1e-15)
  }

  @Test func aShortPositionEarnsTheOtherWay() throws {
    let index = try TestPanels.index(months: 2, assets: 2)
    let policy = try SignPolicy([1, 0, -1, 0], index: index, asset: 0)
    let test = Backtest(
      weights: policy.weights, returns: [0.1, 0.9, 0.2, 0.9], index: index, months: policy.months,
      holding: ["one"], options: BacktestOptions())
    expectClose(test.gross, [0.1, -0.2], absolute: 1e-15)
  }

  @Test func anUnknownAssetIsNeverHeld() throws {
    let index = try TestPanels.index(months: 2, assets: 2)
    #expect(try SignPolicy([1, 1, 1, 1], index: index, asset: 7).months.isEmpty)
    #expect(throws: PanelError.shapeMismatch(expected: 4, found: 1)) {
      try SignPolicy([1], index: index, asset: 0)
    }
  }
}
