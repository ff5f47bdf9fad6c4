// Univariate sorts: every month the assets fall into buckets of nearly equal size.
//
// Definition: with rank 1..N by signal (ties in order of the asset), bucket 1 + floor(B (rank - 1)
// / N), so that sizes differ by at most one and bucket 1 holds the lowest signals.
// Missing values: assets without a signal are in no bucket and do not count in N. Degrees of
// freedom: none. Reference: Gu, Kelly and Xiu (2020), section 3.

/// What to do with months that have fewer assets than buckets.
public enum SmallMonths: String, Sendable, CaseIterable {
  /// Stop and name them.
  case refuse
  /// Leave them out and name them.
  case skip
}

/// What happens to equal signals at a break point.
public enum SortTies: String, Sendable, CaseIterable {
  /// The order of the assets decides, so that sizes differ by at most one.
  case firm
  /// Equal signals share a bucket; sizes may differ.
  case together
  /// A draw decides, keyed by month and asset.
  case random
  /// Equal signals at a break point stop the sort.
  case apart
}

/// A month in which equal signals lie on a break point.
public struct TiedMonth: Sendable, Equatable {
  /// The month.
  public let month: Period
  /// Assets with a signal, and those among them that set the break points.
  public let assets: Int
  public let reference: Int
  /// The size and signal of the largest group of equal signals.
  public let tie: Int
  public let signal: Double
}

/// The buckets of a sort.
public struct PortfolioSort: Sendable, Equatable {
  /// The number of buckets.
  public let bucketCount: Int
  /// The bucket of every row, from 1; 0 for rows in none.
  public let buckets: [Int32]
  /// The positions of the months sorted, ascending.
  public let sortedMonths: [Int]
  /// The months left out.
  public let skipped: [Period]
  /// Months in which the order of the assets parts as many equal signals as a bucket holds.
  public private(set) var parted: [TiedMonth] = []

  /// Sorts each month's assets by a signal.
  ///
  /// Break points come from the assets in `reference`, or from all; `seed` decides random ties.
  public init(
    _ signal: [Double], index: PanelIndex, buckets count: Int = 10, small: SmallMonths = .refuse,
    ties: SortTies = .firm, reference: [Bool]? = nil, seed: UInt64 = 1
  ) throws(PanelError) {
    guard signal.count == index.count else {
      throw .shapeMismatch(expected: index.count, found: signal.count)
    }
    var buckets = [Int32](repeating: 0, count: signal.count)
    var sorted: [Int] = []
    var short: [(month: Period, assets: Int)] = []
    var tied: [TiedMonth] = []
    var parted: [TiedMonth] = []
    let sorter = RankSorter()
    for t in index.months.indices {
      let rows = index.rows(ofMonthAt: t)
      if ties == .firm, reference == nil {
        let assets = Self.fill(&buckets, rows, signal, count, sorter)
        if assets < count {
          short.append((index.months[t], assets))
        } else {
          sorted.append(t)
          if let tie = Self.largestTie(rows, signal, count, sorter), tie.size * count >= assets {
            parted.append(
              TiedMonth(
                month: index.months[t], assets: assets, reference: assets, tie: tie.size,
                signal: tie.value))
          }
        }
        continue
      }
      let month = SortedMonth(
        Array(signal[rows]), reference: reference.map { Array($0[rows]) }, count: count)
      guard month.referenceCount >= count else {
        short.append((index.months[t], month.referenceCount))
        continue
      }
      if ties == .apart, let tie = month.tieAtBreakPoint {
        tied.append(
          TiedMonth(
            month: index.months[t], assets: month.order.count, reference: month.referenceCount,
            tie: tie.size, signal: tie.value))
        continue
      }
      sorted.append(t)
      var stream = RandomStream(seed: seed, purpose: .split, stream: UInt32(bitPattern: Int32(t)))
      for (position, bucket) in month.buckets(ties, &stream) {
        buckets[rows.lowerBound + position] = bucket
      }
    }
    if small == .refuse, let smallest = short.map(\.assets).min() {
      throw .tooFewAssets(needed: count, months: short.map(\.month), smallest: smallest)
    }
    if small == .refuse, !tied.isEmpty { throw .tiedBreakPoints(tied) }
    self.init(
      bucketCount: count, buckets: buckets, sortedMonths: sorted,
      skipped: (short.map(\.month) + tied.map(\.month)).sorted())
    self.parted = parted
  }

  // The largest group of equal signals on both sides of a break point, of what was sorted last.
  private static func largestTie(
    _ rows: Range<Int>, _ signal: [Double], _ count: Int, _ sorter: RankSorter
  ) -> (size: Int, value: Double)? {
    func value(_ place: Int) -> Double { signal[rows.lowerBound + sorter.position(place)] }
    var largest: (size: Int, value: Double)?
    for bucket in 1..<count {
      let place = (bucket * sorter.count + count - 1) / count
      let tied = value(place)
      guard value(place - 1) == tied else { continue }
      var (low, high) = (place - 1, place + 1)
      while low > 0, value(low - 1) == tied { low -= 1 }
      while high < sorter.count, value(high) == tied { high += 1 }
      if high - low > largest?.size ?? 0 { largest = (high - low, tied) }
    }
    return largest
  }

  // The common case without a copy: one sorter for all months, buckets written where they belong.
  // Gives the number of assets with a signal; with too few nothing is written.
  private static func fill(
    _ buckets: inout [Int32], _ rows: Range<Int>, _ signal: [Double], _ count: Int,
    _ sorter: RankSorter
  ) -> Int {
    signal.withUnsafeBufferPointer { sorter.sort(UnsafeBufferPointer(rebasing: $0[rows])) }
    let assets = sorter.count
    guard assets >= count else { return assets }
    buckets.withUnsafeMutableBufferPointer { buckets in
      for bucket in 0..<count {
        // Places with floor(count * place / assets) = bucket.
        let first = (bucket * assets + count - 1) / count
        let end = ((bucket + 1) * assets + count - 1) / count
        for place in first..<end {
          buckets[rows.lowerBound + sorter.position(place)] = Int32(bucket + 1)
        }
      }
    }
    return assets
  }

  /// Sorts each month's assets at quantiles (type 7) of the signal, so that equal values share a bucket.
  ///
  /// As `PortfolioGrid` does; months with fewer assets than buckets are left out.
  public init(
    quantilesOf signal: [Double], index: PanelIndex, buckets count: Int, reference: [Bool]? = nil
  ) {
    var buckets = [Int32](repeating: 0, count: signal.count)
    for t in index.months.indices {
      let rows = index.rows(ofMonthAt: t).filter { !signal[$0].isNaN }
      let setting = rows.filter { reference?[$0] ?? true }.map { signal[$0] }
      guard setting.count >= count else { continue }
      let points = GroupCuts(groups: count).points(setting)
      for row in rows { buckets[row] = Int32(GroupCuts.group(signal[row], points) + 1) }
    }
    self.init(buckets: buckets, count: count, index: index)
  }

  /// Takes over buckets made elsewhere; months without any are left out.
  public init(buckets: [Int32], count: Int, index: PanelIndex) {
    let sorted = index.months.indices.filter { t in
      index.rows(ofMonthAt: t).contains { buckets[$0] > 0 }
    }
    let months = Set(sorted)
    self.init(
      bucketCount: count, buckets: buckets, sortedMonths: sorted,
      skipped: index.months.indices.filter { !months.contains($0) }.map { index.months[$0] })
  }

  private init(bucketCount: Int, buckets: [Int32], sortedMonths: [Int], skipped: [Period]) {
    (self.bucketCount, self.buckets) = (bucketCount, buckets)
    (self.sortedMonths, self.skipped) = (sortedMonths, skipped)
  }
}

/// One month's signals in order.
private struct SortedMonth {
  let signal: [Double]
  /// Positions of the assets with a signal, lowest first.
  let order: [Int]
  private let reference: [Bool]?
  /// The signals that set the break points, lowest first.
  private let setting: [Double]
  private let count: Int

  init(_ signal: [Double], reference: [Bool]?, count: Int) {
    (self.signal, self.reference, self.count) = (signal, reference, count)
    order = Ranking.order(signal)
    setting = order.filter { reference?[$0] ?? true }.map { signal[$0] }
  }

  var referenceCount: Int { setting.count }

  /// The largest group of equal signals that lies on both sides of a break point.
  var tieAtBreakPoint: (size: Int, value: Double)? {
    var largest: (size: Int, value: Double)?
    for k in 1..<count {
      // The first place of the bucket above the break point.
      let place = (k * setting.count + count - 1) / count
      guard place > 0, place < setting.count, setting[place - 1] == setting[place] else { continue }
      let size = signal.count { $0 == setting[place] }
      if size > largest?.size ?? 0 { largest = (size, setting[place]) }
    }
    return largest
  }

  /// The bucket of each asset with a signal.
  func buckets(_ ties: SortTies, _ stream: inout RandomStream) -> [(position: Int, bucket: Int32)] {
    if reference != nil || ties == .together { return byValue }
    var order = order
    if ties == .random {
      let keys = signal.map { _ in stream.bits() }
      order.sort { a, b in
        signal[a] == signal[b] ? (keys[a], a) < (keys[b], b) : signal[a] < signal[b]
      }
    }
    return order.enumerated().map { place, position in
      (position, Int32(1 + count * place / order.count))
    }
  }

  // The bucket of a signal is that of the middle of its equals among those that set the break points.
  private var byValue: [(position: Int, bucket: Int32)] {
    order.map { position in
      let value = signal[position]
      let below = setting.partitioningIndex { $0 >= value }
      let through = setting.partitioningIndex { $0 > value }
      let middle = (Double(below) + Double(max(below, through - 1))) / 2
      let bucket = 1 + Int(Double(count) * min(middle, Double(setting.count) - 0.5)) / setting.count
      return (position, Int32(min(count, bucket)))
    }
  }
}

extension [Double] {
  /// The first place where the claim holds, in a list in which it holds from some place on.
  fileprivate func partitioningIndex(_ claim: (Double) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if claim(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
