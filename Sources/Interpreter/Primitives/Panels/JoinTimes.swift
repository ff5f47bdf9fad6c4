// When joined columns are known, counted from the rows they were joined to.
//
// Definition: a value is known when its own row's period is over, or some periods of its own clock later. At a row of
// another period it is known by as many periods of that row's clock later as lie between the two, and of all rows the
// latest counts: a month's value is known on none of that month's days. Missing values: rows without a period count as
// they are.

import FactorLang
import FactorRuntime

/// The periods of rows and of the rows of another table.
struct JoinTimes {
  let clock: Clock
  private let own: [Period]
  private let places: [Int]
  private let otherClock: Clock
  private let others: [Period]

  /// Finds the periods; nil where either side has none.
  init?(_ rows: RowsFlow, _ other: Table, on names: [String]) {
    guard let others = Self.periods(of: other, joinedOn: names) else { return nil }
    switch rows {
    case .panel(let value): (own, clock) = (value.panel.index.rowMonths, value.panel.index.clock)
    case .table(let table):
      guard let periods = table.periods.map(Self.months) else { return nil }
      (own, clock) = (periods, Self.clock(periods))
    }
    (self.others, otherClock) = (others, Self.clock(others))
    places = own.map { [clock] in $0.isMissing ? 0 : clock.place($0) }
  }

  /// When a value that is known some periods after its row is known after the row it was joined to.
  func known(_ offset: Int, _ partners: [Int]) -> Int {
    guard offset != Availability.always, !Availability.isWholeSample(offset) else { return offset }
    let due = others.map { period in
      period.isMissing
        ? nil : clock.place(over: otherClock.end(otherClock.moved(period, by: offset)))
    }
    var latest: Int?
    for (row, partner) in partners.enumerated() where partner >= 0 && !own[row].isMissing {
      guard let due = due[partner] else { continue }
      let after = others[partner] == own[row] ? offset : due - places[row]
      latest = max(latest ?? after, after)
    }
    return latest ?? offset
  }

  /// The period of each row: what it was joined on tells, or else its own column of periods.
  private static func periods(of table: Table, joinedOn names: [String]) -> [Period]? {
    let keys = names.compactMap { table.column($0)?.periods }
    let own = [table.columns.first?.column, table.column("date"), table.column("month")]
    let found = keys.isEmpty ? own.compactMap { $0?.periods } : keys
    return found.max { kind($0) < kind($1) }.map(months)
  }

  // One day in each month stands for the month.
  private static func months(_ periods: [Period]) -> [Period] {
    guard kind(periods) == .day else { return periods }
    let days = Set(periods.filter { !$0.isMissing })
    guard Set(days.map(\.calendarMonth)).count == days.count else { return periods }
    return periods.map { $0.isMissing ? $0 : $0.calendarMonth }
  }

  private static func kind(_ periods: [Period]) -> Period.Kind {
    periods.first { !$0.isMissing }?.kind ?? .month
  }

  private static func clock(_ periods: [Period]) -> Clock {
    Clock(Set(periods.filter { !$0.isMissing }).sorted())
  }
}
