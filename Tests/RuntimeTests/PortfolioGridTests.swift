// Sorts on one signal and two, against the definition and by hand.

import TestSupport
import Testing

@testable import FactorRuntime

@Suite struct PortfolioGridTests {
  private func panel(_ signals: [[Double]], _ returns: [Double], periods: Int = 1)
    -> PortfolioGrid.Panel
  {
    let size = returns.count / periods
    return PortfolioGrid.Panel(
      signals: signals, returns: returns, weights: nil, reference: nil,
      rows: (0..<periods).map { ($0 * size)..<(($0 + 1) * size) })
  }

  // Terciles of 1..6: break points 2.67 and 4.33 of type 7.
  @Test func oneSignalByHand() {
    let grid = PortfolioGrid(
      panel([[1, 2, 3, 4, 5, 6]], [0.1, 0.2, 0.3, 0.4, 0.5, 0.9]), [GroupCuts(groups: 3)],
      isDependent: false)
    expectClose(grid.returns.map { $0[0] }, [0.15, 0.35, 0.7], absolute: 1e-12)
    let spread = grid.series.last
    #expect(spread?.parts == [.spread])
    expectClose(spread?.returns[0] ?? .nan, 0.55, absolute: 1e-12)
  }

  // Five firms at the break point stay together, below it.
  @Test func equalValuesShareAGroup() {
    let grid = PortfolioGrid(
      panel([[1, 1, 1, 1, 1, 2]], [1, 1, 1, 1, 1, 2]), [GroupCuts(groups: 2)], isDependent: false)
    #expect(grid.counts.map { $0[0] } == [5, 1])
  }

  @Test func weightsReferenceAndMissingValues() {
    var data = panel([[1, 2, 3, 4, .nan]], [0.1, 0.2, 0.3, 0.4, 9])
    data.weights = [1, 3, 1, 1, 1]
    data.reference = [true, false, false, true, true]
    let grid = PortfolioGrid(data, [GroupCuts(groups: 2)], isDependent: false)
    // The break point is 2.5, the middle of 1 and 4.
    expectClose(
      grid.returns.map { $0[0] }, [(0.1 + 3 * 0.2) / 4, 0.35], absolute: 1e-12)
    #expect(grid.used == 4)
  }

  // A firm that is gone when returns are due was there when it was sorted: break points of 1, 2, 3, 4 and 9.
  @Test func breakPointsDoNotKnowWhoseReturnsFollow() {
    var data = panel([[1, 2, 3, 4, 9]], [0.1, .nan, 0.3, 0.4, .nan])
    data.weights = [1, 1, 1, 0, 1]
    let grid = PortfolioGrid(data, [GroupCuts(groups: 2)], isDependent: false)
    expectClose(grid.returns.map { $0[0] }, [0.2, .nan], absolute: 1e-12)
    #expect(grid.counts.map { $0[0] } == [2, 0] && grid.used == 2)
  }

  // Against the definition: each firm's groups from quantiles, then means.
  @Test(arguments: [false, true]) func twoSignalsFollowTheDefinition(isDependent: Bool) {
    var stream = RandomStream(seed: 5, purpose: .example)
    let (size, periods) = (60, 4)
    let draws = (0..<3).map { _ in (0..<(size * periods)).map { _ in stream.normal() } }
    let cuts = [GroupCuts(groups: 3), GroupCuts(at: [0.3, 0.7])]
    let grid = PortfolioGrid(
      panel([draws[0], draws[1]], draws[2], periods: periods), cuts, isDependent: isDependent)
    for t in 0..<periods {
      let rows = Array((t * size)..<((t + 1) * size))
      func group(_ row: Int, _ signal: Int, among: [Int]) -> Int {
        let points = Quantile.of(among.map { draws[signal][$0] }, cuts[signal].shares)
        return points.count { draws[signal][row] > $0 }
      }
      for i in 0..<3 {
        let own = rows.filter { group($0, 0, among: rows) == i }
        for j in 0..<3 {
          let cell = own.filter { group($0, 1, among: isDependent ? own : rows) == j }
          #expect(grid.counts[i * 3 + j][t] == cell.count)
          expectClose(
            grid.returns[i * 3 + j][t],
            cell.reduce(0) { $0 + draws[2][$1] } / Double(cell.count), absolute: 1e-12)
        }
      }
    }
    #expect(grid.series.count == 9 + 3 + 3 + 2)
    let mean = grid.series[15]
    #expect(mean.parts == [.mean, .spread])
    expectClose(
      mean.returns[0], (9..<12).reduce(0) { $0 + grid.series[$1].returns[0] } / 3, absolute: 1e-12)
  }

  @Test func periodsWithoutReferenceAreNamed() {
    var data = panel([[1, 2, 3, 4]], [1, 2, 3, 4], periods: 2)
    data.reference = [true, true, false, false]
    let grid = PortfolioGrid(data, [GroupCuts(groups: 2)], isDependent: false)
    #expect(grid.skipped == [1])
    #expect(grid.returns.allSatisfy { $0[1].isNaN })
  }
}
