// Partners of rows, against looking through all rows one by one.

import Testing

@testable import FactorRuntime

@Suite struct PanelMergeTests {
  private func month(_ place: Int) -> Period { Period(index: Int32(24_000 + place)) }

  @Test(arguments: 1...20) func partnersAreThoseOfAPlainSearch(seed: UInt64) throws {
    var random = RandomStream(seed: seed, purpose: .simulation)
    func rows(_ count: Int, firms: Int) -> [(firm: Int32, period: Period)] {
      var seen = Set<[Int32]>()
      return (0..<count).compactMap { _ in
        let (firm, period) = (Int32(random.below(firms)), month(random.below(24)))
        return seen.insert([firm, period.index]).inserted ? (firm, period) : nil
      }
    }
    let (own, others) = (rows(60, firms: 5), rows(40, firms: 6))
    let names = (0..<6).map { "F\($0)" }
    let index = try PanelIndex.sorting(
      months: own.map(\.period), assets: own.map(\.firm), names: names
    ).index
    let merge = try PanelMerge(
      index,
      MergeKeys(
        assets: others.map(\.firm), names: names, periods: others.map(\.period), clock: .months))
    let periods = index.rowMonths
    let within = Int(seed % 5)
    let (exact, asOf) = (merge.exact(), merge.asOf(within: within))
    for row in 0..<index.count {
      let name = index.assetNames[Int(index.assets[row])]
      let mine = others.indices.filter { names[Int(others[$0].firm)] == name }
      let equal = mine.first { others[$0].period == periods[row] } ?? -1
      #expect(exact[row] == equal)
      let earlier = mine.filter { others[$0].period <= periods[row] }
        .max { others[$0].period < others[$1].period }
      let young = earlier.flatMap { periods[row] - others[$0].period <= within ? $0 : nil } ?? -1
      #expect(asOf[row] == young)
    }
  }

  @Test func twoRowsOfAKeyAreRefused() throws {
    let index = try PanelIndex.sorting(months: [month(1)], assets: [0], names: ["A"]).index
    let keys = MergeKeys(
      assets: [0, 0], names: ["A"], periods: [month(3), month(3)], clock: .months)
    #expect(throws: RepeatedKey(first: 0, second: 1)) { try PanelMerge(index, keys) }
  }
}
