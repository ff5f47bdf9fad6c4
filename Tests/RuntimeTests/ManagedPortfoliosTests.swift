// Tests of managed portfolios against golden numbers and least squares.

import TestSupport
import Testing

@testable import FactorRuntime

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

  // Four rows at a time, as the definition says: the same bits at every level of the kernels.
  @Test(arguments: [1, 3, 7, 8, 15, 46, 94])
  func crossProductsAreThoseOfTheDefinition(_ count: Int) {
    for rows in [0, 1, 4, 6, 63, 64, 65, 130, 259] {
      let z = TestPanels.normals((rows + 2) * count, seed: UInt64(rows)).map { Float($0) }
      let widened = (0..<((rows + 3) / 4 * 4)).map { i -> [Double] in
        guard i < rows else { return [Double](repeating: 0, count: count + 1) }
        return (0..<count).map { Double(z[(i + 2) * count + $0]) } + [1]
      }
      var expected = Matrix(rows: count + 1, columns: count + 1)
      for i in 0...count {
        for j in i...count {
          for g in stride(from: 0, to: widened.count, by: 4) {
            let p = (0..<4).map { widened[g + $0][i] * widened[g + $0][j] }
            expected[i, j] += (p[0] + p[1]) + (p[2] + p[3])
          }
          expected[i, j] /= Double(max(1, rows))
          expected[j, i] = expected[i, j]
        }
      }
      for kernels in KernelsTests.levels {
        let found = GramMatrix.ofMonth(z, count, 2..<(rows + 2), kernels)
        #expect(found == expected, "\(kernels.name), \(rows) x \(count)")
      }
    }
  }

  @Test func weightedSumsAddRowsInTheirOrder() {
    let (rows, count) = (203, 46)
    let z = TestPanels.normals(rows * count, seed: 8).map { Float($0) }
    let v = TestPanels.normals(rows, seed: 9)
    var expected = [Double](repeating: 0, count: count + 1)
    for i in 0..<rows {
      for j in 0..<count { expected[j] += Double(z[i * count + j]) * v[i] }
      expected[count] += v[i]
    }
    for kernels in KernelsTests.levels {
      var found = [Double](repeating: 0, count: count + 1)
      kernels.weightedSums(rows: rows, count: count, z, v, into: &found)
      #expect(found == expected, "\(kernels.name)")
    }
  }
}
