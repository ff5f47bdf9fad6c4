// The keys of a panel, sorted once by period and asset, with the range of rows of every period.

/// Sorted (period, asset) keys; a period is a month unless the clock says otherwise.
public struct PanelIndex: Sendable {
  /// How periods follow each other.
  public let clock: Clock
  /// The periods that have rows, ascending.
  public let months: [Period]
  /// The first row of every month, and the number of rows at the end.
  public let offsets: [Int]
  /// The asset of every row, as a position in `assetNames`.
  public let assets: [Int32]
  /// The assets' names in sorting order; numerals come first and sort by value.
  public let assetNames: [String]
  /// Where the rows of lags were found.
  let lags = LagMemo()

  /// The number of rows.
  public var count: Int { assets.count }

  /// The rows of the month at a position of `months`.
  public func rows(ofMonthAt position: Int) -> Range<Int> {
    offsets[position]..<offsets[position + 1]
  }

  /// The rows of a month; nil if it has none.
  public func range(of month: Period) -> Range<Int>? {
    let position = lowerBound(month)
    guard position < months.count, months[position] == month else { return nil }
    return rows(ofMonthAt: position)
  }

  /// The position of the first month not earlier than the given one.
  public func lowerBound(_ month: Period) -> Int { Clock.lowerBound(months, month) }

  /// The place of every period on the clock, so that neighbours differ by one.
  public var places: [Int] { months.map(clock.place) }

  /// The month of every row.
  public var rowMonths: [Period] { spread(months) }

  /// A value of each period, in every row of it.
  public func spread<Value>(_ values: [Value]) -> [Value] {
    precondition(values.count == months.count)
    var result: [Value] = []
    result.reserveCapacity(count)
    for (position, value) in values.enumerated() {
      result.append(contentsOf: repeatElement(value, count: rows(ofMonthAt: position).count))
    }
    return result
  }

  /// The row of an asset in a month; nil if there is none.
  public func row(asset: Int32, month: Period) -> Int? {
    guard let range = range(of: month) else { return nil }
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high {
      let middle = (low + high) / 2
      if assets[middle] < asset { low = middle + 1 } else { high = middle }
    }
    return low < range.upperBound && assets[low] == asset ? low : nil
  }

  /// The code of an asset's name; nil if there is no such asset.
  public func code(ofAsset name: String) -> Int32? {
    var (low, high) = (0, assetNames.count)
    while low < high {
      let middle = (low + high) / 2
      if assetPrecedes(assetNames[middle], name) { low = middle + 1 } else { high = middle }
    }
    return low < assetNames.count && assetNames[low] == name ? Int32(low) : nil
  }
}

extension PanelIndex {
  /// Sorts keys given row by row; the clock is that of the periods unless it is given.
  ///
  /// The second part of the result lists the given rows in sorted order; nil if they were sorted.
  public static func sorting(
    months: [Period], assets codes: [Int32], names: [String], clock: Clock? = nil
  ) throws(PanelError) -> (index: PanelIndex, order: [Int]?) {
    precondition(months.count == codes.count)
    try checkPresent(months: months, codes: codes)
    let (assets, assetNames) = canonicalAssets(codes, names)
    let order = sortedOrder(months, assets)
    let sortedMonths = order.map { $0.map { months[$0] } } ?? months
    let sortedAssets = order.map { $0.map { assets[$0] } } ?? assets
    try checkUnique(sortedMonths, sortedAssets, assetNames, order)
    var distinct: [Period] = []
    var offsets: [Int] = []
    for (row, month) in sortedMonths.enumerated() where distinct.last != month {
      distinct.append(month)
      offsets.append(row)
    }
    let index = PanelIndex(
      clock: clock ?? Clock(distinct), months: distinct, offsets: offsets + [months.count],
      assets: sortedAssets,
      assetNames: assetNames)
    return (index, order)
  }

  /// Gives the index of some of the rows, ascending; months and assets without rows go.
  public func selecting(_ rows: [Int]) -> PanelIndex {
    let all = rowMonths
    var used = [Bool](repeating: false, count: assetNames.count)
    for row in rows { used[Int(assets[row])] = true }
    var renumbered = [Int32](repeating: -1, count: assetNames.count)
    var names: [String] = []
    for code in used.indices where used[code] {
      renumbered[code] = Int32(names.count)
      names.append(assetNames[code])
    }
    var kept: [Period] = []
    var offsets: [Int] = []
    for (position, row) in rows.enumerated() where kept.last != all[row] {
      kept.append(all[row])
      offsets.append(position)
    }
    return PanelIndex(
      clock: clock, months: kept, offsets: offsets + [rows.count],
      assets: rows.map { renumbered[Int(assets[$0])] }, assetNames: names)
  }

  private static func checkPresent(months: [Period], codes: [Int32]) throws(PanelError) {
    if let row = months.firstIndex(where: \.isMissing) {
      throw .missingKey(key: "date", row: row, count: months.count { $0.isMissing })
    }
    if let row = codes.firstIndex(where: { $0 < 0 }) {
      throw .missingKey(key: "asset", row: row, count: codes.count { $0 < 0 })
    }
  }

  private static func checkUnique(
    _ months: [Period], _ assets: [Int32], _ names: [String], _ order: [Int]?
  ) throws(PanelError) {
    var first: Int?
    var repeats = 0
    for row in months.indices.dropFirst()
    where months[row] == months[row - 1] && assets[row] == assets[row - 1] {
      repeats += 1
      if first == nil { first = row - 1 }
    }
    guard let first else { return }
    let same = months.indices[first...].prefix {
      months[$0] == months[first] && assets[$0] == assets[first]
    }
    throw .duplicateKeys(
      asset: names[Int(assets[first])], month: months[first],
      rows: same.map { order?[$0] ?? $0 }, count: repeats)
  }

  /// Renumbers codes so that they follow the order of the names that occur.
  private static func canonicalAssets(
    _ codes: [Int32], _ names: [String]
  ) -> (codes: [Int32], names: [String]) {
    var used = [Bool](repeating: false, count: names.count)
    for code in codes { used[Int(code)] = true }
    let sorted = names.indices.filter { used[$0] }.sorted { assetPrecedes(names[$0], names[$1]) }
    var renumbered = [Int32](repeating: -1, count: names.count)
    for (position, code) in sorted.enumerated() { renumbered[code] = Int32(position) }
    return (codes.map { renumbered[Int($0)] }, sorted.map { names[$0] })
  }

  /// The stable sorted order by (month, asset), or nil if the rows are in it already.
  private static func sortedOrder(_ months: [Period], _ assets: [Int32]) -> [Int]? {
    let isSorted = months.indices.dropFirst().allSatisfy {
      (months[$0 - 1], assets[$0 - 1]) <= (months[$0], assets[$0])
    }
    if isSorted { return nil }
    return inTime(countingSort(Array(months.indices), key: { Int(assets[$0]) }), months)
  }

  /// The order of time, rows of one period as they come; nil if the rows are in it already.
  static func timeOrder(_ periods: [Period]) -> [Int]? {
    let isSorted = zip(periods, periods.dropFirst()).allSatisfy { $0 <= $1 }
    return isSorted ? nil : inTime(Array(periods.indices), periods)
  }

  private static func inTime(_ rows: [Int], _ months: [Period]) -> [Int] {
    let first = months.min().map { Int($0.index) } ?? 0
    let last = months.max().map { Int($0.index) } ?? 0
    // Minutes may lie far apart; then comparing is cheaper than counting.
    guard last - first > 4 * months.count + 1_000_000 else {
      return countingSort(rows, key: { Int(months[$0].index) - first })
    }
    return rows.enumerated().sorted {
      (months[$0.element], $0.offset) < (months[$1.element], $1.offset)
    }.map(\.element)
  }
}

/// The order of asset names: numerals first, by length and then digits; then text by its bytes.
func assetPrecedes(_ left: String, _ right: String) -> Bool {
  let leftIsNumeral = left.utf8.allSatisfy { $0 >= 48 && $0 <= 57 }
  let rightIsNumeral = right.utf8.allSatisfy { $0 >= 48 && $0 <= 57 }
  if leftIsNumeral != rightIsNumeral { return leftIsNumeral }
  if leftIsNumeral, left.utf8.count != right.utf8.count {
    return left.utf8.count < right.utf8.count
  }
  return left.utf8.lexicographicallyPrecedes(right.utf8)
}

private func countingSort(_ rows: [Int], key: (Int) -> Int) -> [Int] {
  let largest = rows.reduce(0) { max($0, key($1)) }
  var starts = [Int](repeating: 0, count: largest + 2)
  for row in rows { starts[key(row) + 1] += 1 }
  for k in 1..<starts.count { starts[k] += starts[k - 1] }
  var result = [Int](repeating: 0, count: rows.count)
  for row in rows {
    result[starts[key(row)]] = row
    starts[key(row)] += 1
  }
  return result
}

extension PanelIndex {
  /// Gives the same rows, every period moved by some periods; days beyond the last known follow it.
  public func shifted(by count: Int) -> PanelIndex {
    guard count != 0 else { return self }
    let moved = months.map { clock.moved($0, by: count) }
    return PanelIndex(
      clock: clock, months: moved, offsets: offsets, assets: assets, assetNames: assetNames)
  }
}
