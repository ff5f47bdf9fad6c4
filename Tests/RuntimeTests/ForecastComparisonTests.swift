// Tests of forecast comparison, pricing errors, importance and the tangency portfolio.

import TestSupport
import Testing

@testable import FactorRuntime

@Suite struct ForecastComparisonTests {
  @Test func dieboldMarianoFollowsTheDefinition() {
    let returns = [0.1, -0.2, 0.3, 0.0, 0.2, -0.1]
    let first = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    let second = [0.1, -0.1, 0.1, 0.1, 0.1, 0.0]
    let test = DieboldMariano(
      returns, first: first, second: second, offsets: [0, 2, 4, 6], lags: 0)
    // Squares of the first: .01 .04 .09 0 .04 .01; of the second: 0 .01 .04 .01 .01 .01.
    expectClose(test.differences, [0.02, 0.02, 0.015], absolute: 1e-15)
    let mean = 0.055 / 3
    let variance = (2 * (0.02 - mean) * (0.02 - mean) + (0.015 - mean) * (0.015 - mean)) / 3
    expectClose(test.statistic, mean / (variance / 3).squareRoot(), relative: 1e-12)
    #expect(test.statistic > 0 && test.pValue < 1e-6)
  }

  @Test func dieboldMarianoChangesSignWithTheOrder() {
    let r = TestPanels.normals(600)
    let (a, b) = (TestPanels.normals(600, seed: 2), TestPanels.normals(600, seed: 3))
    let offsets = (0...60).map { $0 * 10 }
    let forward = DieboldMariano(r, first: a, second: b, offsets: offsets)
    let back = DieboldMariano(r, first: b, second: a, offsets: offsets)
    expectClose(forward.statistic, -back.statistic, absolute: 1e-12)
    expectClose(forward.pValue, back.pValue, absolute: 1e-12)
    #expect(DieboldMariano(r, first: a, second: a, offsets: offsets).statistic.isNaN)
  }

  @Test func pricingErrorsAreWhatFitsLeave() {
    let returns = Matrix(rows: 60, columns: 2, storage: TestPanels.normals(120).map { 0.01 * $0 })
    var fits = returns
    for t in 0..<60 { fits[t, 1] -= 0.002 + 1e-5 * Double(t % 3) }
    let errors = PricingError.of(returns, fits: fits, lags: 2)
    #expect(errors[0].alpha == 0 && errors[0].statistic.isNaN)
    expectClose(errors[1].alpha, 0.00201, absolute: 1e-12)
    #expect(errors[1].statistic > 3)
    expectClose(errors[0].mean, Moments(returns.column(0)).mean, absolute: 1e-15)
  }

  @Test func importanceSharesCountLossesOnly() {
    let found = ImportanceRanking(drops: [0.02, -0.01, 0.06, .nan, 0.02])
    expectClose(found.shares, [0.2, 0, 0.6, 0, 0.2], absolute: 1e-15)
    #expect(found.order == [2, 0, 4, 1, 3] && found.ranks == [2, 4, 1, 5, 3])
    #expect(ImportanceRanking(drops: [-1, 0]).shares == [0, 0])
  }

  @Test func tangencyOfOneFactorHoldsItWithItsSign() throws {
    let factor = TestPanels.normals(40).map { [-0.01 + 0.02 * $0] }
    let found = try TangencyPortfolio(factors: factor, months: 30..<32)
    for (k, month) in (30..<32).enumerated() {
      let past = Moments(factor[..<month].map { $0[0] })
      let sign = past.mean < 0 ? -1.0 : 1.0
      expectClose(found.weights[k], [sign * 0.01 / past.standardDeviation()], relative: 1e-8)
      expectClose(found.returns[k], found.weights[k][0] * factor[month][0], absolute: 1e-15)
    }
  }

  // Rotated and stretched factors span the same portfolios.
  @Test func tangencyDoesNotDependOnTheRotation() throws {
    let x = TestPanels.normals(180, seed: 12)
    let factors = Matrix(rows: 60, columns: 3, storage: x.map { 0.01 + 0.03 * $0 })
    let stretch = Matrix(rows: 3, columns: 3, storage: [2, 0, 0.1, 1, 1, 0, 0, -1, 0.5])
    let stretched = factors * stretch
    func rows(_ matrix: Matrix) -> [[Double]] { (0..<60).map(matrix.row) }
    let a = try TangencyPortfolio(factors: rows(factors), months: 40..<60).returns
    let b = try TangencyPortfolio(factors: rows(stretched), months: 40..<60).returns
    expectClose(a, b, absolute: 1e-8)
  }

  @Test func tangencyReadsNothingOfTheMonthOrLater() throws {
    let x = TestPanels.normals(120, seed: 13)
    var factors = [[Double]]()
    for t in 0..<60 { factors.append([0.01 + 0.03 * x[2 * t], 0.03 * x[2 * t + 1]]) }
    let before = try TangencyPortfolio(factors: factors, months: 40..<41).weights
    for t in 40..<60 { factors[t] = [5, -5] }
    #expect(try TangencyPortfolio(factors: factors, months: 40..<41).weights == before)
    #expect(try TangencyPortfolio(factors: factors, months: 41..<42).weights != before)
  }
}
