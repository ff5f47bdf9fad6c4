// Buckets against their definition, with ties and missing signals.

import TestSupport
import Testing

@testable import FactorRuntime

@Suite struct PortfolioSortTests {
  @Test func tiesOfAWholeBucketAreTold() throws {
    let index = try TestPanels.index(months: 2, assets: 20)
    let all = (0..<20).map(Double.init)
    // In the second month 18 of 20 are alike.
    let sort = try PortfolioSort(all + [0, 1] + [Double](repeating: 7, count: 18), index: index)
    #expect(sort.parted.map(\.tie) == [18] && sort.parted[0].month == index.months[1])
    // Two of twenty at a break point are fewer than a bucket holds of ten.
    let few = try PortfolioSort(all + [0, 1, 2, 2] + all.dropFirst(4), index: index, buckets: 5)
    #expect(few.parted.isEmpty)
  }

  // Bucket 1 + floor(B (rank - 1) / N), ties in order of the asset, missing signals in none.
  @Test(arguments: [(23, 10), (40, 10), (101, 7), (300, 3), (59, 1)])
  func bucketsAreThoseOfTheDefinition(_ assets: Int, _ count: Int) throws {
    let months = 3
    let index = try TestPanels.index(months: months, assets: assets)
    // One decimal, so that signals tie; every seventh is missing.
    let signal = TestPanels.normals(months * assets, seed: 6).enumerated().map { row, x in
      row % 7 == 3 ? Double.nan : (10 * x).rounded() / 10
    }
    let sort = try PortfolioSort(signal, index: index, buckets: count)
    for t in 0..<months {
      let rows = index.rows(ofMonthAt: t)
      let present = rows.filter { !signal[$0].isNaN }
      let ordered = present.sorted { (signal[$0], $0) < (signal[$1], $1) }
      var expected = [Int32](repeating: 0, count: assets)
      for (place, row) in ordered.enumerated() {
        expected[row - rows.lowerBound] = Int32(1 + count * place / ordered.count)
      }
      #expect(Array(sort.buckets[rows]) == expected)
    }
    #expect(sort.sortedMonths == Array(0..<months))
  }
}
