// When the rows of a table were, whatever becomes of the columns that tell it.
//
// A column says when it is known in periods after its row. A table keeps these periods beside its columns from the
// first verb that could change them, so that a row of March stays one of March where its month is dropped, renamed or
// computed anew.

import FactorLang
import FactorRuntime

/// The periods of rows and the clock they go by.
struct RowTimes: Sendable {
  let clock: Clock
  private let source: Source

  private enum Source {
    case panel(PanelIndex)
    case list([Period])
  }

  var periods: [Period] {
    switch source {
    case .panel(let index): index.rowMonths
    case .list(let periods): periods
    }
  }

  init(_ index: PanelIndex) { (clock, source) = (index.clock, .panel(index)) }

  /// The periods that a column tells; one day in each month stands for the month.
  init(_ periods: [Period]) {
    let distinct = Set(periods.filter { !$0.isMissing })
    guard distinct.first?.kind == .day,
      Set(distinct.map(\.calendarMonth)).count == distinct.count
    else {
      self.init(periods, Self.clock(of: distinct))
      return
    }
    self.init(periods.map { $0.isMissing ? $0 : $0.calendarMonth }, .months)
  }

  private init(_ periods: [Period], _ clock: Clock) {
    (self.clock, source) = (clock, .list(periods))
  }

  private static func clock(of distinct: Set<Period>) -> Clock {
    distinct.first?.kind == .month ? .months : Clock(distinct.sorted())
  }

  /// The same, each period written down: a panel's are spread over its rows at every look.
  var listed: RowTimes { RowTimes(periods, clock) }

  /// Those of the rows at the places given; missing where there is none.
  func gathered(_ rows: [Int]) -> RowTimes {
    let all = periods
    return RowTimes(rows.map { $0 < 0 ? .missing : all[$0] }, clock)
  }

  /// The latest period of each group of rows.
  func latest(_ groups: [[Int]]) -> RowTimes {
    let all = periods
    return RowTimes(groups.map { rows in rows.map { all[$0] }.max() ?? .missing }, clock)
  }

  /// Those of several tables, one below the other: months where some have months and some days, missing for a table that
  /// has none. Nil if none has.
  static func stacked(_ parts: [(times: RowTimes?, count: Int)]) -> RowTimes? {
    let clocks = parts.compactMap { $0.times?.clock }
    guard let first = clocks.first else { return nil }
    let periods = parts.flatMap {
      $0.times?.periods ?? [Period](repeating: .missing, count: $0.count)
    }
    if clocks.allSatisfy({ $0 == first }) { return RowTimes(periods, first) }
    guard clocks.allSatisfy({ $0.key == first.key }) else {
      return RowTimes(periods.map { $0.isMissing ? $0 : $0.calendarMonth }, .months)
    }
    return RowTimes(periods, clock(of: Set(periods.filter { !$0.isMissing })))
  }
}

extension Table {
  /// The periods of the rows: what was kept of them, or else what some columns tell that the rows are joined or grouped
  /// by, or else the first column, `date` or `month`.
  func times(by names: [String] = []) -> RowTimes? {
    if let rowTimes { return rowTimes }
    let keys = names.compactMap { column($0)?.periods }
    let own = [columns.first?.column, column("date"), column("month")].compactMap { $0?.periods }
    func kind(_ periods: [Period]) -> Period.Kind {
      periods.first { !$0.isMissing }?.kind ?? .month
    }
    return (keys.isEmpty ? own : keys).max { kind($0) < kind($1) }.map { RowTimes($0) }
  }

  /// The same, remembering its periods whatever becomes of its columns.
  func timed(by names: [String] = []) -> Table {
    var table = self
    table.rowTimes = times(by: names)?.listed
    return table
  }

  /// The same, when its columns are known counted from a column of periods in place of from when its rows were.
  func counted(from periods: [Period]) -> Table {
    guard let rowTimes, !zip(periods, rowTimes.periods).allSatisfy(Self.agree) else { return self }
    let times = JoinTimes(RowTimes(periods), rowTimes)
    let itself = Array(periods.indices)
    var table = self
    var moved: [Int: Int] = [:]
    for place in table.columns.indices {
      let offset = table.columns[place].column.known
      let known = moved[offset] ?? times.known(offset, itself, isComplete: false)
      moved[offset] = known
      table.columns[place].column.known = known
    }
    table.rowTimes = nil
    return table
  }

  // The day of a month tells the month too.
  private static func agree(_ period: Period, _ time: Period) -> Bool {
    period == time
      || time.kind == .month && !time.isMissing && !period.isMissing && period.calendarMonth == time
  }
}
