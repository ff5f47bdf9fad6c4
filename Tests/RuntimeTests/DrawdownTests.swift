// Falls of wealth, tails, calendar and rolling figures, against numbers worked out by hand.

import TestSupport
import Testing

@testable import FactorRuntime

@Suite struct DrawdownTests {
  private func months(_ count: Int) -> [Period] { (0..<count).map { Period(index: 24_000) + $0 } }

  @Test func everyFallHasItsPeakTroughAndRecovery() throws {
    // Wealth 1.1, 0.55, 0.66, 1.122 (back), 1.2342, 1.11078, not back.
    let returns = [0.1, -0.5, 0.2, 0.7, 0.1, -0.1]
    let falls = Drawdowns.deepest(5, of: returns, months: months(6))
    #expect(falls.count == 2)
    let first = try #require(falls.first)
    expectClose(first.depth, 0.5, absolute: 1e-12)
    #expect(first.peak?.description == "2000-01" && first.trough.description == "2000-02")
    #expect(first.recovery?.description == "2000-04" && first.fall == 1 && first.length == 3)
    #expect(falls[1].recovery == nil && falls[1].length == 1)
    expectClose(falls[1].depth, 0.1, absolute: 1e-12)
    // The deepest is the figure that is quoted alone.
    expectClose(
      first.depth, GrowthRatios(returns, periodsPerYear: 12).maximumDrawdown, absolute: 1e-15)
  }

  @Test func aFallMayBeginTheSampleOrEndEverything() {
    let falls = Drawdowns.deepest(5, of: [-0.2, -1.5, 0.5], months: months(3))
    #expect(falls.count == 1 && falls[0].peak == nil && falls[0].recovery == nil)
    #expect(falls[0].depth == 1 && falls[0].fall == 2)
    #expect(Drawdowns.deepest(5, of: [0.1, 0.0, 0.2], months: months(3)).isEmpty)
    #expect(Drawdowns.deepest(5, of: [], months: []).isEmpty)
    let below = Drawdowns.underwater([-0.5, .nan, 3])
    #expect(below[0] == -0.5 && below[1].isNaN && below[2] == 0)
  }

  // 2000-01, 02, 05 and 11: nine months from the peak to the end, of a sample with gaps.
  @Test func monthsWithoutAReturnCountInTheLength() {
    let first = months(1)[0]
    let falls = Drawdowns.deepest(
      1, of: [0.1, -0.2, -0.1, 0.05], months: [0, 1, 4, 10].map { first + $0 })
    #expect(falls[0].fall == 4 && falls[0].length == 10)
    // Of years, each is one.
    let years = Drawdowns.deepest(
      1, of: [0.1, -0.2, -0.1, 0.05], months: [0, 12, 24, 36].map { first + $0 })
    #expect(years[0].fall == 2 && years[0].length == 3)
  }

  @Test func theTailIsThatOfTheDefinition() {
    // Twenty-one values: the 5 % quantile is the second lowest.
    let returns = (0...20).map { Double($0) / 100 - 0.1 }
    let tail = TailRisk(returns)
    expectClose(tail.valueAtRisk, 0.09, absolute: 1e-15)
    expectClose(tail.expectedShortfall, 0.095, absolute: 1e-15)
    #expect(TailRisk([]).valueAtRisk.isNaN && TailRisk([0.1]).valueAtRisk == -0.1)
  }

  @Test func yearsCompoundTheirMonths() {
    let returns = [Double](repeating: 0.01, count: 13) + [.nan]
    let found = CalendarReturns(returns, months: months(14))
    #expect(found.years == [2000, 2001] && found.counts == [12, 1])
    expectClose(found.yearly[0], 0.126825030131970, absolute: 1e-12)
    expectClose(found.yearly[1], 0.01, absolute: 1e-15)
    #expect(found.monthly[1][1].isNaN && found.monthly[1].count == 12)
    let days = (0..<40).map { Period(CalendarDate(days: 11_000 + Int32($0))) }
    let daily = CalendarReturns([Double](repeating: 0.001, count: 40), months: days)
    #expect(daily.years == [2000] && daily.counts == [40])
  }

  @Test func rollingFiguresAreThoseOfTheirWindow() {
    let y = TestPanels.normals(40, seed: 3)
    let x = TestPanels.normals(40, seed: 4)
    let sharpe = RollingPerformance.sharpe(y, months: months(40), window: 36)
    #expect(sharpe.count == 40 && sharpe[34].isNaN)
    expectClose(
      sharpe[39], Performance(Array(y[4...39]), periodsPerYear: 12).sharpeRatio, relative: 1e-12)
    let beta = RollingPerformance.beta(y, on: x, months: months(40), window: 36)
    let (a, b) = (Array(y[4...39]), Array(x[4...39]))
    let (ma, mb) = (a.reduce(0, +) / 36, b.reduce(0, +) / 36)
    let cov = zip(a, b).reduce(0) { $0 + ($1.0 - ma) * ($1.1 - mb) }
    expectClose(
      beta[39], cov / b.reduce(0) { $0 + ($1 - mb) * ($1 - mb) }, relative: 1e-10)
    // A gap on the clock leaves no whole window.
    let gap = Array(months(41).enumerated().filter { $0.offset != 20 }.map(\.element))
    let broken = RollingPerformance.sharpe(y, months: gap, window: 36)
    #expect(broken.allSatisfy { $0.isNaN })
    let growth = Performance.cumulativeLog([0.1, .nan, -1, 0.5])
    expectClose(growth[1], 0.09531017980432493, absolute: 1e-15)
    #expect(growth[2].isNaN && growth[3].isNaN)
  }

  @Test func breakEvenLeavesNothing() {
    let cost = Costs.breakEven(gross: [0.02, 0.01], turnover: [2, 1])
    expectClose(cost, 0.01, absolute: 1e-15)
    #expect(Costs.breakEven(gross: [0, 0], turnover: [0, 0]).isNaN)
  }
}
