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

/// The buckets of a sort.
public struct PortfolioSort: Sendable, Equatable {
  /// The number of buckets.
  public let bucketCount: Int
  /// The bucket of every row, from 1; 0 for rows in none.
  public let buckets: [Int32]
  /// The positions of the months sorted, ascending.
  public let sortedMonths: [Int]
  /// The months left out.
  public let skipped: [Month]

  /// Sorts each month's assets by a signal.
  public init(
    _ signal: [Double], index: PanelIndex, buckets count: Int = 10, small: SmallMonths = .refuse
  ) throws(PanelError) {
    guard signal.count == index.count else {
      throw .shapeMismatch(expected: index.count, found: signal.count)
    }
    var buckets = [Int32](repeating: 0, count: signal.count)
    var sorted: [Int] = []
    var short: [(month: Month, assets: Int)] = []
    for t in index.months.indices {
      let rows = index.rows(ofMonthAt: t)
      let order = Ranking.order(Array(signal[rows]))
      guard order.count >= count else {
        short.append((index.months[t], order.count))
        continue
      }
      sorted.append(t)
      for (place, position) in order.enumerated() {
        buckets[rows.lowerBound + position] = Int32(1 + count * place / order.count)
      }
    }
    if small == .refuse, let smallest = short.map(\.assets).min() {
      throw .tooFewAssets(needed: count, months: short.map(\.month), smallest: smallest)
    }
    bucketCount = count
    self.buckets = buckets
    sortedMonths = sorted
    skipped = short.map(\.month)
  }
}
