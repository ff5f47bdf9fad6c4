// Regressions beyond what other programs confirm: dependent columns, short samples, months that do not count.

import TestSupport
import Testing

@testable import FactorRuntime

@Suite struct RegressionTests {
  private func sample(_ n: Int) -> (x: Matrix, y: [Double]) {
    var stream = RandomStream(seed: 3, purpose: .example)
    let x = Matrix((0..<n).map { _ in [1, stream.normal()] })
    return (x, (0..<n).map { 0.5 * x[$0, 1] + stream.normal() })
  }

  @Test(arguments: ErrorKind.allCases) func aDependentColumnIsLeftOut(kind: ErrorKind) throws {
    let (x, y) = sample(80)
    let wide = Matrix((0..<80).map { x.row($0) + [2 * x[$0, 1]] })
    let found = try Regression(wide, y, kind, lags: 3, constant: 0)
    let alone = try Regression(x, y, kind, lags: 3, constant: 0)
    let dropped = try #require(found.fit.dropped.first)
    #expect(found.standardErrors[dropped].isNaN && found.tStatistics[dropped].isNaN)
    #expect(found.standardErrors.count { $0.isFinite } == 2)
    if kind != .r {
      expectClose(found.standardErrors[0], alone.standardErrors[0], relative: 1e-9)
    }
  }

  // Without lags Newey-West is White without a factor.
  @Test func kindsMeetWhereTheyShould() throws {
    let (x, y) = sample(50)
    let none = try Regression(x, y, .nw, lags: 0)
    let white = try Regression(x, y, .white)
    let factor = (50.0 / 48).squareRoot()
    expectClose(white.standardErrors, none.standardErrors.map { $0 * factor }, relative: 1e-12)
    let many = try Regression(x, y, .nw, lags: 400)
    #expect(many.lags == 49 && many.standardErrors.allSatisfy { $0.isFinite })
    #expect(Regression.usualLags(100) == 4 && Regression.usualLags(600) == 5)
  }

  @Test func whatIsExplainedExactlyIsSaid() throws {
    let (x, _) = sample(30)
    #expect(try Regression(x, (0..<30).map { 1 + 2 * x[$0, 1] }).isExact)
    let (_, y) = sample(30)
    #expect(try !Regression(x, y.reversed()).isExact)
  }

  // A spread follows from its legs, a factor twice is one factor: neither may make up a statistic.
  @Test func whatFollowsFromOthersIsNotTested() throws {
    var stream = RandomStream(seed: 8, purpose: .example)
    let f = (0..<90).map { _ in stream.normal() }
    let legs = (0..<2).map { _ in f.map { 0.7 * $0 + stream.normal() } }
    let spread = zip(legs[1], legs[0]).map { $0 - $1 }
    let with = try GRSTest(legs + [spread], [f])
    #expect(with.dependent == [2] && with.statistic.isNaN && with.pValue.isNaN)
    let alone = try GRSTest(legs, [f])
    #expect(alone.dependent.isEmpty && alone.degrees == (2, 87))
    let twice = try GRSTest(legs, [f, f.map { 3 * $0 }])
    #expect(twice.degrees == (2, 87))
    expectClose(twice.statistic, alone.statistic, relative: 1e-9)
  }

  @Test func anExactFitHasNoErrors() throws {
    let (x, _) = sample(30)
    let found = try Regression(x, (0..<30).map { 1 + 2 * x[$0, 1] }, .white)
    #expect(found.tStatistics.allSatisfy { $0.isNaN })
    expectClose(found.coefficients, [1, 2], absolute: 1e-12)
  }

  @Test func monthsThatCannotBeRegressedAreNamed() throws {
    var stream = RandomStream(seed: 4, purpose: .example)
    let rows = [0..<10, 10..<20, 20..<22, 22..<32]
    var x = (0..<32).map { _ in stream.normal() }
    for i in 10..<20 { x[i] = 1 }
    x[31] = .nan
    let y = x.map { _ in stream.normal() }
    let found = try FamaMacBeth(y, [x], rows: rows, .nw, lags: 0)
    #expect(found.months.map(\.place) == [0, 3] && found.months.map(\.firms) == [10, 9])
    #expect(found.skipped.map(\.place) == [1, 2])
    #expect(found.skipped[1].reason == .firms(2))
    guard case .dependent = found.skipped[0].reason else {
      Issue.record("a month without spread is dependent")
      return
    }
  }

  @Test func threadsDoNotChangeASlope() throws {
    var stream = RandomStream(seed: 9, purpose: .example)
    let x = (0..<3).map { _ in (0..<400).map { _ in stream.normal() } }
    let y = (0..<400).map { x[0][$0] - 0.5 * x[2][$0] + stream.normal() }
    let rows = (0..<20).map { 20 * $0..<20 * ($0 + 1) }
    let found = try [1, 3].map {
      try FamaMacBeth(y, x, rows: rows, .nw, lags: 2, budget: Budget(threads: $0))
    }
    #expect(found[0].months.map(\.coefficients) == found[1].months.map(\.coefficients))
    #expect(found[0].means.map(\.standardErrors) == found[1].means.map(\.standardErrors))
  }

  // Rows of weight two and three are rows that stand there twice and thrice.
  @Test func weightedFitsExplainWhatRepeatedRowsDo() throws {
    let (x, y) = sample(40)
    let times = (0..<40).map { 1 + $0 % 3 }
    let places = times.indices.flatMap { [Int](repeating: $0, count: times[$0]) }
    let repeated = Matrix(
      rows: places.count, columns: x.columns,
      storage: places.flatMap { row in (0..<x.columns).map { x[row, $0] } })
    let shifted = y.map { $0 + 5 }
    for effects in [nil, (0..<40).map { Int32($0 % 4) }] {
      let weighted = try PanelRegression(
        x, shifted, effects: effects.map { [RowGroups($0)] } ?? [], weights: times.map(Double.init),
        errors: .ols)
      let plain = try PanelRegression(
        repeated, places.map { shifted[$0] },
        effects: effects.map { codes in [RowGroups(places.map { codes[$0] })] } ?? [], errors: .ols)
      expectClose(weighted.rSquared, plain.rSquared, absolute: 1e-12)
      expectClose(plain.rSquared, plain.fit.rSquared, absolute: 1e-12)
    }
  }

  @Test func aStoppedRegressionOfPeriodsThrows() {
    let budget = Budget()
    budget.cancel()
    #expect(throws: BudgetError.self) {
      try FamaMacBeth([1, 2, 3], [[1, 3, 2]], rows: [0..<3], .ols, lags: 0, budget: budget)
    }
  }
}
