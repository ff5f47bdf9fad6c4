// Tests of ranks and of the transformations within months.

import FactorRuntime
import TestSupport
import Testing

@Suite struct RankingTests {
  /// The definition, written slowly.
  private func naiveRanks(_ values: [Double]) -> [Double] {
    values.map { value in
      if value.isNaN { return .nan }
      let below = values.count { $0 < value }
      let same = values.count { $0 == value }
      return Double(below) + Double(same + 1) / 2
    }
  }

  @Test(arguments: [0, 1, 2, 7, 47, 48, 49, 500, 3000])
  func agreesWithTheDefinition(count: Int) {
    var values = TestPanels.normals(count, seed: UInt64(count))
    for k in values.indices where k % 5 == 0 { values[k] = (values[k] * 2).rounded() }
    for k in values.indices where k % 11 == 3 { values[k] = .nan }
    expectClose(Ranking.ranks(values), naiveRanks(values))
  }

  @Test func outliersAndTinyDifferencesAreExact() {
    var values = (0..<2000).map { 1 + Double(($0 * 7919) % 2000) * 0x1p-52 }
    values[17] = 1e300
    values[18] = -1e300
    values[19] = 0
    values[20] = -0.0
    expectClose(Ranking.ranks(values), naiveRanks(values))
  }

  // Values that crowd beside a few far ones, that are infinite, subnormal or nearly the largest: sorted by their
  // leading bits instead of their place, to the same ranks.
  @Test(arguments: [1e-320, 1e-3, 1, 1e150, 1e308, .infinity])
  func ranksDoNotDependOnHowValuesAreSpread(size: Double) {
    var values = TestPanels.normals(1500, seed: 6).map { $0 * 1e-3 }
    for k in values.indices where k % 3 == 1 { values[k] = (values[k] * 2000).rounded() }
    for k in values.indices where k % 100 == 7 { values[k] = k % 200 == 7 ? size : -size }
    expectClose(Ranking.ranks(values), naiveRanks(values))
    let tiny = values.map { $0 * 0x1p-1040 }
    expectClose(Ranking.ranks(tiny), naiveRanks(tiny))
  }

  // One sorter for groups of different kinds, one after another.
  @Test func groupsDoNotDisturbEachOther() {
    let far = TestPanels.normals(400, seed: 2).enumerated().map { $0 == 5 ? 1e12 : $1 }
    let near = TestPanels.normals(400, seed: 3)
    let together = CrossSection.rankNormalized(
      near + far + near, offsets: [0, 400, 800, 1200])
    let apart = [near, far, near].flatMap { CrossSection.rankNormalized($0, offsets: [0, 400]) }
    #expect(together.map(\.bitPattern) == apart.map(\.bitPattern))
  }

  @Test func tiesFollowTheSwitch() {
    expectClose(Ranking.ranks([10, 20, 20, 30]), [1, 2.5, 2.5, 4])
    expectClose(Ranking.ranks([10, 20, 20, 30], ties: .dense), [1, 2, 2, 3])
    expectClose(Ranking.ranks([10, 20, 20, 30], ties: .ordinal), [1, 2, 3, 4])
  }

  @Test func goldenRankNormalisation() {
    let found = CrossSection.rankNormalized([3, 1, .nan, 1, 9], offsets: [0, 5])
    expectClose(found, [0.2, -0.4, 0, -0.4, 0.6], absolute: 1e-12)
    let example = CrossSection.rankNormalized([10, 20, 20], offsets: [0, 3])
    expectClose(example, [-0.5, 0.25, 0.25], absolute: 1e-12)
  }

  @Test func switchesChangeWhatTheySay() {
    var options = RankOptions()
    options.target = .unit
    options.missing = .keep
    let values: [Double] = [3, .nan, 1]
    expectClose(
      CrossSection.rankNormalized(values, offsets: [0, 3], options: options),
      [2.0 / 3, .nan, 1.0 / 3], absolute: 1e-15)
    options.denominator = .all
    expectClose(
      CrossSection.rankNormalized(values, offsets: [0, 3], options: options),
      [0.5, .nan, 0.25], absolute: 1e-15)
  }

  @Test func meanIsZeroAndMissingColumnsAreZero() {
    let values = TestPanels.normals(900)
    let ranked = CrossSection.rankNormalized(values, offsets: [0, 300, 900])
    expectClose(ranked[..<300].reduce(0, +), 0, absolute: 1e-10)
    #expect(ranked.allSatisfy { abs($0) < 1 })
    let missing = [Double](repeating: .nan, count: 4)
    expectClose(CrossSection.rankNormalized(missing, offsets: [0, 4]), [0, 0, 0, 0])
  }

  @Test func permutingRowsPermutesRanks() {
    var values = TestPanels.normals(400, seed: 8)
    for k in values.indices where k % 7 == 0 { values[k] = 0.5 }
    let order = Ranking.order(TestPanels.normals(400, seed: 9))
    let ranked = CrossSection.rankNormalized(values, offsets: [0, 400])
    let permuted = CrossSection.rankNormalized(order.map { values[$0] }, offsets: [0, 400])
    expectClose(permuted, order.map { ranked[$0] })
  }

  @Test func threadsDoNotChangeABit() {
    let columns = (0..<6).map { TestPanels.normals(1000, seed: UInt64($0)) }
    let one = CrossSection.rankNormalized(columns: columns, offsets: [0, 400, 1000])
    let many = CrossSection.rankNormalized(columns: columns, offsets: [0, 400, 1000], threads: 4)
    #expect(one == many)
  }

  @Test func winsorisingClipsBothTails() {
    let values = (0...100).map(Double.init) + [.nan]
    let found = CrossSection.winsorized(values, offsets: [0, 102], lower: 0.05, upper: 0.95)
    #expect(found[0] == 5 && found[100] == 95 && found[50] == 50 && found[101].isNaN)
  }

  // The definition, with sorted months; missing values, ties and a month of one firm among them.
  @Test func winsorisingIsThatOfSortedMonths() {
    var columns = (0..<4).map { TestPanels.normals(1000, seed: UInt64(20 + $0)) }
    for row in stride(from: 0, to: 1000, by: 7) { columns[1][row] = .nan }
    columns[2] = columns[2].map { ($0 * 2).rounded() }
    for row in 0..<400 { columns[3][row] = .nan }
    let offsets = [0, 400, 401, 730, 1000]
    for tails in [0.0, 0.01, 0.2, 0.49] {
      let found = CrossSection.winsorized(
        columns: columns, offsets: offsets, lower: tails, upper: 1 - tails)
      let many = CrossSection.winsorized(
        columns: columns, offsets: offsets, lower: tails, upper: 1 - tails, threads: 3)
      #expect(found.map { $0.map(\.bitPattern) } == many.map { $0.map(\.bitPattern) })
      for (column, clipped) in zip(columns, found) {
        for (start, end) in zip(offsets, offsets.dropFirst()) {
          let cuts = Quantile.of(column[start..<end], [tails, 1 - tails])
          for row in start..<end {
            let wanted = column[row].isNaN ? .nan : min(max(column[row], cuts[0]), cuts[1])
            #expect(clipped[row] == wanted || clipped[row].isNaN && wanted.isNaN)
          }
        }
      }
    }
  }

  @Test func scoresHaveUnitSpread() {
    let scores = CrossSection.standardized([1, 2, 3, 7, 7], offsets: [0, 3, 5])
    expectClose(scores, [-1, 0, 1, .nan, .nan], absolute: 1e-15)
  }
}
