// Tests of managed portfolios against golden numbers and least squares.

import FactorRuntime
import TestSupport
import Testing

@Suite struct ManagedPortfoliosTests {
  @Test func goldenSlopes() throws {
    let managed = try ManagedPortfolios(
      characteristics: [-0.5, 0.6, 0, -0.2, 0.5, -0.6, 0.25, 0.2], count: 2, offsets: [0, 4],
      ridge: 0)
    expectClose(
      try managed.returns([0.02, -0.01, 0.03, 0]).row(0),
      [-0.00148148, -0.00601852, 0.01009259], absolute: 1e-8)
  }

  @Test func agreesWithLeastSquaresAndRecoversLinearFits() throws {
    let (assets, count) = (400, 5)
    let z = TestPanels.normals(2 * assets * count, seed: 2).map { Float($0) }
    let r = TestPanels.normals(2 * assets, seed: 3)
    let managed = try ManagedPortfolios(
      characteristics: z, count: count, offsets: [0, assets, 2 * assets], ridge: 0, threads: 2)
    let x = try managed.returns(r)
    for t in 0..<2 {
      let rows = (t * assets..<(t + 1) * assets)
      let design = Matrix(rows.map { i in (0..<count).map { Double(z[i * count + $0]) } + [1] })
      expectClose(
        x.row(t), try LeastSquares(design, Array(r[rows])).coefficients, absolute: 1e-8)
      let slopes = [0.3, -0.2, 0.1, 0, 0.5, 0.01]
      var fits = [Double](repeating: 0, count: 2 * assets)
      for (k, i) in rows.enumerated() { fits[i] = (design * slopes)[k] }
      expectClose(try managed.returns(fits).row(t), slopes, absolute: 1e-8)
    }
    #expect(managed.warnings.isEmpty)
    #expect(try managed.conditionPercentiles([1])[0] < 3)
  }

  @Test func thinMonthsAreReported() throws {
    let z = TestPanels.normals(4 * 3, seed: 5).map { Float($0) }
    let managed = try ManagedPortfolios(characteristics: z, count: 3, offsets: [0, 4])
    #expect(managed.warnings.map(\.assets) == [4])
    #expect(try managed.returns([1, 2, 3, 4]).isFinite)
    #expect(throws: PanelError.shapeMismatch(expected: 4, found: 1)) { try managed.returns([1]) }
  }
}
