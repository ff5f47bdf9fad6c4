// Tests of R2, information coefficients and the canonical rotation.

import FactorRuntime
import TestSupport
import Testing

@Suite struct EvaluationTests {
  @Test func zeroForecastIsExactlyZeroAndTheReturnIsOne() {
    let r = TestPanels.normals(500)
    #expect(RSquared(r, fits: r.map { _ in 0 }).value == 0)
    #expect(RSquared(r, fits: r).value == 1)
    let f = zip(r, TestPanels.normals(500, seed: 2)).map { 0.5 * $0 + 0.1 * $1 }
    let scaled = RSquared(r.map { $0 * 100 }, fits: f.map { $0 * 100 }).value
    expectClose(scaled, RSquared(r, fits: f).value, absolute: 1e-12)
  }

  @Test func missingPairsAreCounted() {
    let found = RSquared([1, .nan, 2], fits: [1, 1, .nan])
    #expect(found.count == 1 && found.skipped == 2 && found.value == 1)
  }

  @Test func managedLevelOfALinearFitIsOne() throws {
    let z = TestPanels.normals(200 * 3).map { Float($0) }
    let fits = (0..<200).map { Double(z[$0 * 3]) * 0.1 - Double(z[$0 * 3 + 2]) }
    let managed = try ManagedPortfolios(characteristics: z, count: 3, offsets: [0, 100, 200])
    #expect(try RSquared(managed: managed, returns: fits, fits: fits).value == 1)
    let zero = [Double](repeating: 0, count: 200)
    #expect(try RSquared(managed: managed, returns: fits, fits: zero).value == 0)
  }

  @Test func rankICFollowsTheDefinition() throws {
    let index = try TestPanels.index(months: 3, assets: 12)
    var forecast = TestPanels.normals(36)
    let returns = forecast.map { $0 * $0 * $0 }
    for k in 12..<24 { forecast[k] = 1 }
    for k in 24..<27 { forecast[k] = .nan }
    let ic = try InformationCoefficient(forecast, returns, index: index)
    expectClose(ic.series, [1, 0, .nan], absolute: 1e-14)
    #expect(ic.constant == [index.months[1]] && ic.skipped == [index.months[2]])
    expectClose(ic.mean, 0.5, absolute: 1e-14)
    expectClose(ic.tStatistic, 1, absolute: 1e-12)
  }

  @Test func canonicalRotationKeepsFitsAndIsIdempotent() throws {
    let (months, assets, order) = (30, 40, 3)
    let factors = Matrix(
      rows: months, columns: order,
      storage: TestPanels.normals(months * order, seed: 4).map { $0 * 0.02 + 0.005 })
    let loadings = Matrix(
      rows: months * assets, columns: order,
      storage: TestPanels.normals(months * assets * order, seed: 5))
    let offsets = (0...months).map { $0 * assets }
    let rotation = try CanonicalRotation(factors: factors, loadings: loadings, offsets: offsets)
    let (f, b) = (rotation.factors(factors), rotation.loadings(loadings))
    for t in 0..<months {
      for i in [t * assets, t * assets + 7] {
        let before = zip(loadings.row(i), factors.row(t)).reduce(0) { $0 + $1.0 * $1.1 }
        let after = zip(b.row(i), f.row(t)).reduce(0) { $0 + $1.0 * $1.1 }
        expectClose(after, before, absolute: 1e-12)
      }
    }
    for k in 0..<order { #expect(Summation.compensated(f.column(k)) >= 0) }
    let again = try CanonicalRotation(factors: f, loadings: b, offsets: offsets)
    expectClose(again.factors(f).storage, f.storage, absolute: 1e-12)
    expectClose(again.loadings(b).storage, b.storage, absolute: 1e-9)
  }
}
