// Tests of the comparison of factors across rotations.

import FactorRuntime
import TestSupport
import Testing

@Suite struct FactorAlignmentTests {
  private func factors(_ columns: Int, seed: UInt64) -> Matrix {
    Matrix(
      rows: 200, columns: columns,
      storage: TestPanels.normals(200 * columns, seed: seed).map { 0.01 + 0.03 * $0 })
  }

  @Test func aRotatedAndScaledCopyIsTheSame() throws {
    let first = factors(2, seed: 1)
    let turn = Matrix([[0.6, 0.8], [-0.8, 0.6]])
    let found = try FactorAlignment(first, 3 * (first * turn))
    expectClose(found.correlations, [1, 1], absolute: 1e-10)
    expectClose(found.rSquared, 1, absolute: 1e-12)
    expectClose(found.scale, 3, absolute: 1e-10)
    expectClose(try #require(found.rotation).storage, turn.storage, absolute: 1e-10)
    expectClose(found.byFactor, [1, 1], absolute: 1e-12)
  }

  @Test func unrelatedFactorsCorrelateLittle() throws {
    let found = try FactorAlignment(factors(2, seed: 1), factors(2, seed: 2))
    #expect(found.correlations.allSatisfy { $0 < 0.3 } && found.rSquared < 0.3)
  }

  // One factor of two is shared; the sets have different sizes, so there is no rotation.
  @Test func aSharedFactorIsFoundInSetsOfDifferentSizes() throws {
    let first = factors(2, seed: 1)
    let second = Matrix(rows: 200, columns: 1, storage: first.column(1).map { -2 * $0 })
    let found = try FactorAlignment(first, second)
    expectClose(found.correlations, [1], absolute: 1e-10)
    #expect(found.rotation == nil && found.rSquared.isNaN && found.byFactor.isEmpty)
  }

  @Test func aDoubledFactorCountsOnce() throws {
    let one = factors(1, seed: 3)
    let doubled = Matrix(rows: 200, columns: 2, storage: one.storage.flatMap { [$0, 2 * $0] })
    let found = try FactorAlignment(doubled, factors(2, seed: 4))
    #expect(found.correlations.count == 1)
  }

  @Test func differentMonthsAreRefused() {
    #expect(throws: LinearAlgebraError.self) {
      try FactorAlignment(factors(2, seed: 1), Matrix(rows: 3, columns: 2))
    }
  }
}
