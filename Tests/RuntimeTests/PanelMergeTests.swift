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

  @Test func ofSeveralRepeatedKeysTheFirstFirmsIsNamed() throws {
    let index = try PanelIndex.sorting(
      months: [month(1), month(1)], assets: [0, 1], names: ["A", "B"]
    ).index
    // Rows in no order: B repeats in an earlier month than A, and A comes first.
    let keys = MergeKeys(
      assets: [1, 0, 1, 0], names: ["A", "B"],
      periods: [month(2), month(5), month(2), month(5)], clock: .months)
    #expect(throws: RepeatedKey(first: 1, second: 3)) { try PanelMerge(index, keys) }
  }

  @Test func rowsWithoutAPeriodAreNobodysAndHinderNobody() throws {
    let index = try PanelIndex.sorting(
      months: [month(3), month(4)], assets: [0, 0], names: ["A"]
    ).index
    let keys = MergeKeys(
      assets: [0, 0], names: ["A"], periods: [month(4), .missing], clock: .months)
    let merge = try PanelMerge(index, keys)
    #expect(merge.exact() == [-1, 0])
    #expect(merge.asOf(within: nil) == [-1, 0])
  }

  @Test func withoutPeriodsAFirmHasOneRow() throws {
    let index = try PanelIndex.sorting(
      months: [month(3), month(4), month(4)], assets: [0, 0, 1], names: ["A", "B"]
    ).index
    let keys = MergeKeys(assets: [0, 1], names: ["Z", "A"], periods: nil, clock: .months)
    #expect(try PanelMerge(index, keys).exact() == [1, 1, -1])
  }

  @Test func rowsOfAllFirmsAreSharedByAPeriod() throws {
    let index = try PanelIndex.sorting(
      months: [month(3), month(5), month(5)], assets: [0, 0, 1], names: ["A", "B"]
    ).index
    let keys = MergeKeys(assets: nil, names: [], periods: [month(5), month(2)], clock: .months)
    let merge = try PanelMerge(index, keys)
    #expect(merge.exact() == [-1, 0, 0])
    #expect(merge.asOf(within: nil) == [1, 0, 0])
    #expect(merge.asOf(within: 0) == [-1, 0, 0])
  }

  // A month's value that is known a month later reaches the first day after that month, and no day before.
  @Test(arguments: 1...10) func monthsReachDaysWhenTheyAreKnown(seed: UInt64) throws {
    var random = RandomStream(seed: seed, purpose: .simulation)
    let days = (0..<40).map { Period(CalendarDate(days: Int32(18_000 + 3 * $0 + random.below(3)))) }
    let index = try PanelIndex.sorting(
      months: days, assets: days.map { _ in Int32(random.below(2)) }, names: ["A", "B"]
    ).index
    guard let first = days.first?.calendarMonth else { return }
    let others = (0..<8).map { (firm: Int32($0 % 2), period: first + ($0 / 2 - 2)) }.shuffled(
      by: seed)
    let merge = try PanelMerge(
      index,
      MergeKeys(
        assets: others.map(\.firm), names: ["A", "B"], periods: others.map(\.period),
        clock: .months))
    let (known, limit) = (Int(seed % 3), 60)
    let found = merge.lastKnown(known, days: limit)
    let rows = index.rowMonths
    for row in rows.indices {
      let end = rows[row].lastDay.days
      let partner = others.indices.filter { place in
        others[place].firm == index.assets[row]
          && (others[place].period + known).lastDay.days <= end
      }.max { others[$0].period < others[$1].period }
      let young = partner.flatMap {
        Int(end) - Int(others[$0].period.lastDay.days) <= limit ? $0 : nil
      }
      #expect(found[row] == young ?? -1)
    }
  }
}

extension Array {
  /// The elements in an order that a number says.
  fileprivate func shuffled(by seed: UInt64) -> [Element] {
    var (random, rest, result) = (RandomStream(seed: seed, purpose: .example), self, [Element]())
    while !rest.isEmpty { result.append(rest.remove(at: random.below(rest.count))) }
    return result
  }
}
