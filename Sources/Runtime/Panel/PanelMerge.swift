// Which row of other data belongs to each row of a panel: by firm, by period, or by both.
//
// Definition: exact takes the row of the same period. As-of takes the latest row not later than the panel's row; where the
// clocks differ it is the latest that was known when the panel's period ended, so a month's value reaches no day of that
// month. Missing values: rows without a partner get -1. A firm that the other data do not have has no partner.
//
// Both sets of rows are gone through once in the order of time, with the latest row of each firm at hand; so nothing is
// searched for.

/// The keys of the data to be merged, row by row.
public struct MergeKeys: Sendable {
  /// The firm of every row as a position in `names`; nil where rows are of all firms.
  public var assets: [Int32]?
  public var names: [String]
  /// The period of every row; nil where rows are of all periods.
  public var periods: [Period]?
  /// How the periods follow each other.
  public var clock: Clock

  /// Creates keys.
  public init(assets: [Int32]?, names: [String], periods: [Period]?, clock: Clock) {
    (self.assets, self.names, self.periods, self.clock) = (assets, names, periods, clock)
  }
}

/// A key that two rows of the other data share.
public struct RepeatedKey: Error, Equatable {
  /// The rows, from zero.
  public let first: Int
  public let second: Int
}

/// How the rows of a panel find partners.
public struct PanelMerge: Sendable {
  private let index: PanelIndex
  private let keys: MergeKeys
  /// The panel's code of each firm of the other data; -1 where the panel does not have it.
  private let codes: [Int32]
  /// The panel's code of every row of the other data; nil where rows are of all firms.
  private let firms: [Int32]?
  /// The rows of the other data in the order of time; nil where they are in it already.
  private let order: [Int]?

  private var firmCount: Int { firms == nil ? 1 : index.assetNames.count }
  private var rowCount: Int { keys.assets?.count ?? keys.periods?.count ?? 0 }

  /// Prepares a merge; refuses data in which two rows share a key.
  public init(_ index: PanelIndex, _ keys: MergeKeys) throws {
    (self.index, self.keys) = (index, keys)
    var places: [String: Int32] = [:]
    for (code, name) in index.assetNames.enumerated() { places[name] = Int32(code) }
    let codes = keys.names.map { places[$0] ?? -1 }
    self.codes = codes
    firms = keys.assets.map { $0.map { $0 < 0 ? -1 : codes[Int($0)] } }
    order = keys.periods.flatMap(PanelIndex.timeOrder)
    try checkUnique()
  }

  // Of several it is the first firm's earliest that is named.
  private func checkUnique() throws {
    var last = [Int](repeating: -1, count: firmCount)
    var found: (firm: Int, key: RepeatedKey)?
    for place in 0..<rowCount {
      let row = order.map { $0[place] } ?? place
      let firm = firms.map { Int($0[row]) } ?? 0
      guard firm >= 0 else { continue }
      let before = last[firm]
      last[firm] = row
      guard before >= 0, keys.periods.map({ $0[before] == $0[row] }) ?? true else { continue }
      if firm < found?.firm ?? .max {
        found = (firm, RepeatedKey(first: min(before, row), second: max(before, row)))
      }
    }
    if let found { throw found.key }
  }

  /// Firms of the panel that the other data have.
  public var sharedFirms: Int { Set(codes.filter { $0 >= 0 }).count }

  /// The partner of every row in its own period, or of its firm where the other data have no periods.
  public func exact() -> [Int] {
    let number = { (period: Period) in Int(period.index) }
    return match(Rule(due: number, until: number, age: number, oldest: number))
  }

  /// The latest partner not later than each row, on the same clock, and not older than some periods.
  public func asOf(within: Int?) -> [Int] {
    let number = { (period: Period) in Int(period.index) }
    let clock = index.clock
    return match(
      Rule(
        due: number, until: number, age: clock.place,
        oldest: { period in within.map { clock.place(period) - $0 } ?? .min }))
  }

  /// The latest partner that was known when each row's period ended, where the clocks differ.
  ///
  /// `known` counts periods of the other data's clock after a row. A partner older than `days` is none.
  public func lastKnown(_ known: Int, days: Int?) -> [Int] {
    let (own, other) = (index.clock, keys.clock)
    return match(
      Rule(
        due: { other.end(other.moved($0, by: known)) }, until: own.end, age: other.end,
        oldest: { period in days.map { own.end(period) - $0 * 1440 } ?? .min }))
  }

  /// What makes a partner, in numbers of one scale for the first two and of one for the others.
  private struct Rule {
    /// From when on a row of the other data can be a partner.
    let due: (Period) -> Int
    /// Up to when a row of the panel takes partners.
    let until: (Period) -> Int
    /// The age of a row of the other data.
    let age: (Period) -> Int
    /// The age that a row of the panel allows.
    let oldest: (Period) -> Int
  }

  private func match(_ rule: Rule) -> [Int] {
    var others = OtherRows(periods: keys.periods, firms: firms, order: order, count: rowCount)
    var latest = LatestRows(firms: firmCount)
    if keys.periods == nil { others.takeAll(into: &latest) }
    return [Int](unsafeUninitializedCapacity: index.count) { result, count in
      for (position, period) in index.months.enumerated() {
        var oldest = Int.min
        if keys.periods != nil {
          others.take(until: rule.until(period), rule.due, rule.age, into: &latest)
          oldest = rule.oldest(period)
        }
        latest.write(
          index.rows(ofMonthAt: position), firms == nil ? nil : index.assets, oldest, into: result)
      }
      count = index.count
    }
  }
}

/// The latest row of each firm while time goes on.
private struct LatestRows {
  private var rows: [Int]
  private var ages: [Int]

  init(firms: Int) {
    rows = [Int](repeating: -1, count: firms)
    ages = [Int](repeating: .min, count: firms)
  }

  @inline(__always)
  mutating func set(_ firm: Int, _ row: Int, age: Int) {
    rows[firm] = row
    ages[firm] = age
  }

  /// Writes the partners of the rows of one period; without assets all have the same.
  func write(
    _ range: Range<Int>, _ assets: [Int32]?, _ oldest: Int,
    into result: UnsafeMutableBufferPointer<Int>
  ) {
    guard let assets else {
      let partner = ages[0] >= oldest ? rows[0] : -1
      for row in range { result.initializeElement(at: row, to: partner) }
      return
    }
    rows.withUnsafeBufferPointer { rows in
      ages.withUnsafeBufferPointer { ages in
        assets.withUnsafeBufferPointer { assets in
          for row in range {
            let firm = Int(assets[row])
            result.initializeElement(at: row, to: ages[firm] >= oldest ? rows[firm] : -1)
          }
        }
      }
    }
  }
}

/// The rows of the other data, of which those before `place` were taken.
private struct OtherRows {
  let periods: [Period]?
  let firms: [Int32]?
  let order: [Int]?
  let count: Int
  private var place = 0
  /// What was found out about the period of the last row looked at.
  private var known: (period: Period, due: Int, age: Int)?

  init(periods: [Period]?, firms: [Int32]?, order: [Int]?, count: Int) {
    (self.periods, self.firms, self.order, self.count) = (periods, firms, order, count)
  }

  /// Takes the rows that are due by then.
  mutating func take(
    until: Int, _ nextDue: (Period) -> Int, _ nextAge: (Period) -> Int,
    into latest: inout LatestRows
  ) {
    guard let periods else { return }
    while place < count {
      let row = order.map { $0[place] } ?? place
      let period = periods[row]
      guard !period.isMissing else {
        // Such rows come first, and are of no period.
        place += 1
        continue
      }
      let (due, age): (Int, Int)
      if let known, known.period == period {
        (due, age) = (known.due, known.age)
      } else {
        (due, age) = (nextDue(period), nextAge(period))
        known = (period, due, age)
      }
      guard due <= until else { return }
      let firm = firms.map { Int($0[row]) } ?? 0
      if firm >= 0 { latest.set(firm, row, age: age) }
      place += 1
    }
  }

  /// Takes all rows, where none has a period.
  func takeAll(into latest: inout LatestRows) {
    for row in 0..<count {
      let firm = firms.map { Int($0[row]) } ?? 0
      if firm >= 0 { latest.set(firm, row, age: .max) }
    }
  }
}
