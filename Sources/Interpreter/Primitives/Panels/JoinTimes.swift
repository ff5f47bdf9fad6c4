// When joined columns are known, counted from the rows they were joined to.
//
// Definition: a value is known when its own row's period is over, or some periods of its own clock later. At a row of
// another period it is known by as many periods of that row's clock later as lie between the two, and of all rows the
// latest counts: a month's value is known on none of that month's days. A key or constant that some rows find no
// partner for tells who is there, which is known with the partner where that comes later. Missing values: rows without
// a period count as they are.

import FactorLang
import FactorRuntime

/// The periods of rows and of the rows of another table.
struct JoinTimes {
  let clock: Clock
  let otherClock: Clock
  private let own: [Period]
  private let places: [Int]
  private let others: [Period]

  init(_ own: RowTimes, _ others: RowTimes) {
    (self.own, clock) = (own.periods, own.clock)
    (self.others, otherClock) = (others.periods, others.clock)
    places = self.own.map { [clock] in $0.isMissing ? 0 : clock.place($0) }
  }

  /// Finds the periods; nil where either side has none.
  init?(_ rows: RowsFlow, _ other: Table, on names: [String]) {
    guard let own = rows.times, let others = other.times(by: names) else { return nil }
    self.init(own, others)
  }

  /// Whether both sides have months, or both have days.
  var isOfOneKind: Bool { clock.key == otherClock.key }

  /// When a value that is known some periods after its row is known after the row it was joined to.
  ///
  /// Where some rows have no partner, having one tells who is there; `isComplete` says it of rows yet to be found.
  func known(_ offset: Int, _ partners: [Int], isComplete: Bool? = nil) -> Int {
    if Availability.isWholeSample(offset) { return offset }
    guard Availability.isAlways(offset) else { return latest(offset, partners) ?? offset }
    let isComplete = isComplete ?? !partners.contains { $0 < 0 }
    guard !isComplete, isLater(partners) else { return offset }
    return latest(0, partners) ?? offset
  }

  private func latest(_ offset: Int, _ partners: [Int]) -> Int? {
    let due = others.map { period in
      period.isMissing
        ? nil : clock.place(over: otherClock.end(otherClock.moved(period, by: offset)))
    }
    var latest: Int?
    for (row, partner) in partners.enumerated() where partner >= 0 && !own[row].isMissing {
      let isSame = due[partner] == nil || others[partner] == own[row]
      let after = isSame ? offset : (due[partner] ?? 0) - places[row]
      latest = max(latest ?? after, after)
    }
    return latest
  }

  /// Whether some partner's period begins after the row's own.
  private func isLater(_ partners: [Int]) -> Bool {
    let starts = others.map { $0.isMissing ? Int.min : clock.place(clock.first(of: $0)) }
    return partners.enumerated().contains { row, partner in
      partner >= 0 && !own[row].isMissing && starts[partner] > places[row]
    }
  }
}
