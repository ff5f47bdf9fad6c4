// Tests of block draws and of the standard errors made with them.

import FactorRuntime
import TestSupport
import Testing

@Suite struct BlockBootstrapTests {
  @Test func drawsAreBlocksOfNeighbouringMonthsOnACircle() {
    let bootstrap = BlockBootstrap(block: 6, draws: 500, seed: 3)
    for draw in 0..<20 {
      let positions = bootstrap.positions(draw: draw, months: 40)
      #expect(positions.count == 40 && positions.allSatisfy { (0..<40).contains($0) })
      for (k, pair) in zip(positions, positions.dropFirst()).enumerated() where (k + 1) % 6 != 0 {
        #expect(pair.1 == (pair.0 + 1) % 40)
      }
    }
    #expect(bootstrap.positions(draw: 0, months: 40) != bootstrap.positions(draw: 1, months: 40))
  }

  @Test func aDrawDependsOnNothingButItsNumber() {
    let (few, many) = (BlockBootstrap(draws: 10, seed: 4), BlockBootstrap(draws: 500, seed: 4))
    #expect(few.positions(draw: 7, months: 31) == many.positions(draw: 7, months: 31))
    #expect(
      few.positions(draw: 7, months: 31)
        != BlockBootstrap(draws: 10, seed: 5).positions(draw: 7, months: 31))
  }

  // For independent months the standard error of a mean is sd / sqrt(T).
  @Test func errorOfAMeanOfIndependentMonthsIsTheUsualOne() {
    let x = TestPanels.normals(480, seed: 8)
    let found = BlockBootstrap().standardError(months: x.count) { positions in
      positions.reduce(0) { $0 + x[$1] } / Double(positions.count)
    }
    expectClose(found, Moments(x).standardDeviation() / 480.0.squareRoot(), relative: 0.2)
  }

  // Neighbours that move together make the mean less certain, and only blocks see that.
  @Test func blocksSeeDependenceBetweenMonths() {
    let noise = TestPanels.normals(485, seed: 9)
    let x = (0..<480).map { t in (0..<6).reduce(0) { $0 + noise[t + $1] } / 6.0.squareRoot() }
    func error(block: Int) -> Double {
      BlockBootstrap(block: block).standardError(months: x.count) { positions in
        positions.reduce(0) { $0 + x[$1] } / Double(positions.count)
      }
    }
    #expect(error(block: 6) > 1.5 * error(block: 1))
  }

  @Test func tooFewMonthsGiveNoError() {
    #expect(BlockBootstrap().standardErrorOfR2(errors: [1, 2], totals: [2, 3]).isNaN)
  }

  @Test func monthlySquaresAddUpToTheR2() throws {
    let returns = TestPanels.normals(36)
    let fits = returns.map { 0.4 * $0 }
    let squares = MonthlySquares(returns, fits: fits, offsets: [0, 10, 20, 36])
    expectClose(squares.rSquared, RSquared(returns, fits: fits).value, absolute: 1e-15)
    #expect(squares.counts == [10, 10, 16])
    // A fit of the same share everywhere leaves nothing to chance.
    let many = (0...36).map { $0 }
    expectClose(
      MonthlySquares(returns, fits: fits, offsets: many).standardError(), 0, absolute: 1e-12)
    let noisy = zip(fits, TestPanels.normals(36, seed: 2)).map { $0 + 0.3 * $1 }
    #expect(MonthlySquares(returns, fits: noisy, offsets: many).standardError() > 0.001)
  }
}
