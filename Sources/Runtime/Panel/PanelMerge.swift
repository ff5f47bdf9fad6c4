// Which row of other data belongs to each row of a panel: by firm, by period, or by both.
//
// Definition: exact takes the row of the same period. As-of takes the latest row not later than the panel's row; where the
// clocks differ it is the latest that was known when the panel's period ended, so a month's value reaches no day of that
// month. Missing values: rows without a partner get -1. A firm that the other data do not have has no partner.

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
  /// The rows of the other data by firm and time.
  private let order: [Int]
  /// Where each firm's rows begin in that order; one more than the panel's firms, or two for rows of all firms.
  private let starts: [Int]

  /// Prepares a merge; refuses data in which two rows share a key.
  public init(_ index: PanelIndex, _ keys: MergeKeys) throws {
    (self.index, self.keys) = (index, keys)
    var places: [String: Int32] = [:]
    for (code, name) in index.assetNames.enumerated() { places[name] = Int32(code) }
    let codes = keys.names.map { places[$0] ?? -1 }
    self.codes = codes
    let count = keys.assets?.count ?? keys.periods?.count ?? 0
    let firms = keys.assets.map { $0.map { $0 < 0 ? -1 : codes[Int($0)] } }
    var starts = [Int](repeating: 0, count: (keys.assets == nil ? 1 : index.assetNames.count) + 1)
    for row in 0..<count {
      let firm = firms.map { Int($0[row]) } ?? 0
      if firm >= 0 { starts[firm + 1] += 1 }
    }
    for firm in 1..<starts.count { starts[firm] += starts[firm - 1] }
    var next = starts
    var order = [Int](repeating: 0, count: starts[starts.count - 1])
    for row in 0..<count {
      let firm = firms.map { Int($0[row]) } ?? 0
      guard firm >= 0 else { continue }
      order[next[firm]] = row
      next[firm] += 1
    }
    if let periods = keys.periods {
      for firm in 0..<(starts.count - 1) {
        let part = starts[firm]..<starts[firm + 1]
        let isSorted = part.dropFirst().allSatisfy { periods[order[$0 - 1]] <= periods[order[$0]] }
        if !isSorted { order[part].sort { (periods[$0], $0) < (periods[$1], $1) } }
      }
    }
    (self.order, self.starts) = (order, starts)
    try checkUnique()
  }

  private func checkUnique() throws {
    for firm in 0..<(starts.count - 1) {
      for place in (starts[firm]..<starts[firm + 1]).dropFirst() {
        let (a, b) = (order[place - 1], order[place])
        guard let periods = keys.periods else { throw RepeatedKey(first: a, second: b) }
        if periods[a] == periods[b] { throw RepeatedKey(first: min(a, b), second: max(a, b)) }
      }
    }
  }

  /// Firms of the panel that the other data have.
  public var sharedFirms: Int { Set(codes.filter { $0 >= 0 }).count }

  /// The partner of every row in its own period, or of its firm where the other data have no periods.
  public func exact() -> [Int] {
    match { periods, part, period in
      guard let periods else { return part.first.map { order[$0] } ?? -1 }
      let place = lowerBound(part) { periods[order[$0]] < period }
      return place < part.upperBound && periods[order[place]] == period ? order[place] : -1
    }
  }

  /// The latest partner not later than each row, on the same clock, and not older than some periods.
  public func asOf(within: Int?) -> [Int] {
    match { periods, part, period in
      guard let periods else { return part.first.map { order[$0] } ?? -1 }
      let place = lowerBound(part) { periods[order[$0]] <= period } - 1
      guard place >= part.lowerBound else { return -1 }
      let row = order[place]
      if let within, index.clock.place(period) - index.clock.place(periods[row]) > within {
        return -1
      }
      return row
    }
  }

  /// The latest partner that was known when each row's period ended, where the clocks differ.
  ///
  /// `known` counts periods of the other data's clock after a row. A partner older than `days` is none.
  public func lastKnown(_ known: Int, days: Int?) -> [Int] {
    guard let periods = keys.periods else { return exact() }
    let when = periods.map { keys.clock.end(keys.clock.moved($0, by: known)) }
    let age = periods.map { keys.clock.end($0) }
    return match { _, part, period in
      let end = index.clock.end(period)
      let place = lowerBound(part) { when[order[$0]] <= end } - 1
      guard place >= part.lowerBound else { return -1 }
      if let days, end - age[order[place]] > days * 1440 { return -1 }
      return order[place]
    }
  }

  private func match(_ partner: ([Period]?, Range<Int>, Period) -> Int) -> [Int] {
    var result = [Int](repeating: -1, count: index.count)
    let isForAll = keys.assets == nil
    for (position, period) in index.months.enumerated() {
      // Rows of all firms have one partner a period.
      let shared = isForAll ? partner(keys.periods, starts[0]..<starts[1], period) : -1
      for row in index.rows(ofMonthAt: position) {
        let firm = Int(index.assets[row])
        result[row] =
          isForAll ? shared : partner(keys.periods, starts[firm]..<starts[firm + 1], period)
      }
    }
    return result
  }

  private func lowerBound(_ part: Range<Int>, _ isBefore: (Int) -> Bool) -> Int {
    var (low, high) = (part.lowerBound, part.upperBound)
    while low < high {
      let middle = (low + high) / 2
      if isBefore(middle) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension Clock {
  /// The minute since 1970-01-01 at which a period is over.
  func end(_ period: Period) -> Int {
    if case .minutes(let length) = self { return period.minutes + length }
    return (Int(period.lastDay.days) + 1) * 1440
  }
}
