// The long-short decile: top minus bottom bucket. Its sign is fixed here and nowhere else.
//
// Definition: weights +1/n in the top bucket and -1/n in the bottom one, or in proportion to size
// within each leg; each leg sums to one in absolute value, so gross exposure is 2 (1 if long only).
// Missing values: an asset without a size has no weight under value weights.
// Reference: Gu, Kelly and Xiu (2020), section 3.

/// Which legs are held.
public enum Legs: String, Sendable, CaseIterable {
  /// Top bucket long, bottom bucket short.
  case longShort
  /// Top bucket only.
  case longOnly
}

/// The portfolio formed from the extreme buckets of a sort.
public enum LongShort {
  /// Gives the weight of every row; a leg without usable sizes falls back on equal weights.
  public static func weights(
    _ sort: PortfolioSort, index: PanelIndex, legs: Legs = .longShort, size: [Double]? = nil,
    long: Int? = nil, short: Int? = nil
  ) -> [Double] {
    let (top, bottom) = (Int32(long ?? sort.bucketCount), Int32(short ?? 1))
    var weights = [Double](repeating: 0, count: index.count)
    var legRows: (long: [Int], short: [Int]) = ([], [])
    for t in sort.sortedMonths {
      legRows.long.removeAll(keepingCapacity: true)
      legRows.short.removeAll(keepingCapacity: true)
      for row in index.rows(ofMonthAt: t) {
        let bucket = sort.buckets[row]
        if bucket == top { legRows.long.append(row) }
        if bucket == bottom { legRows.short.append(row) }
      }
      assign(1, to: legRows.long, size, &weights)
      if legs == .longShort { assign(-1, to: legRows.short, size, &weights) }
    }
    return weights
  }

  private static func assign(
    _ sign: Double, to rows: [Int], _ size: [Double]?, _ weights: inout [Double]
  ) {
    let sizes = rows.map { row in
      let value = size?[row] ?? 1
      return value > 0 ? value : 0
    }
    let total = Summation.compensated(sizes)
    for (k, row) in rows.enumerated() {
      weights[row] = total > 0 ? sign * sizes[k] / total : sign / Double(rows.count)
    }
  }
}
