// More transforms within a month: means, shares, groups, residuals of group means.
//
// Missing values: skipped in every sum, and missing in the result. A month whose denominator is zero gives
// missing values.

extension CrossSection {
  /// Applies a transform month by month; it gets the month's values and fills as many results.
  public static func byMonth(
    _ values: [Double], offsets: [Int], _ transform: ([Double]) -> [Double]
  ) -> [Double] {
    var result: [Double] = []
    result.reserveCapacity(values.count)
    for (start, end) in zip(offsets, offsets.dropFirst()) {
      result += transform(Array(values[start..<end]))
    }
    return result
  }

  /// The mean of a month in each of its rows.
  public static func means(_ values: [Double], offsets: [Int]) -> [Double] {
    byMonth(values, offsets: offsets) { month in
      let mean = Moments(month.filter { !$0.isNaN }).mean
      return month.map { $0.isNaN ? .nan : mean }
    }
  }

  /// Each value over the month's sum of values.
  public static func shares(_ values: [Double], offsets: [Int]) -> [Double] {
    byMonth(values, offsets: offsets) { month in
      let total = Summation.compensated(month.filter { !$0.isNaN })
      return month.map { $0 / total }
    }
  }

  /// Each value over the month's sum of absolute values.
  public static func scaled(_ values: [Double], offsets: [Int]) -> [Double] {
    byMonth(values, offsets: offsets) { month in
      let total = Summation.compensated(month.filter { !$0.isNaN }.map(abs))
      return month.map { $0 / total }
    }
  }

  /// Each value less the mean of its group in the month; groups are numbered, a negative one is missing.
  public static func neutralized(
    _ values: [Double], groups: [Int32], offsets: [Int]
  ) -> [Double] {
    var result = [Double](repeating: .nan, count: values.count)
    for (start, end) in zip(offsets, offsets.dropFirst()) {
      var sums: [Int32: (sum: Double, count: Double)] = [:]
      for row in start..<end where !values[row].isNaN && groups[row] >= 0 {
        let old = sums[groups[row]] ?? (0, 0)
        sums[groups[row]] = (old.sum + values[row], old.count + 1)
      }
      for row in start..<end where groups[row] >= 0 {
        guard let group = sums[groups[row]] else { continue }
        result[row] = values[row] - group.sum / group.count
      }
    }
    return result
  }

  /// The group of each value among equally many a month, 1 the lowest.
  ///
  /// With `together` equal values share a group, that of their average rank; otherwise the order of the rows
  /// decides.
  public static func groups(
    _ values: [Double], count: Int, together: Bool, offsets: [Int]
  ) -> [Double] {
    byMonth(values, offsets: offsets) { month in
      let present = Double(month.count { !$0.isNaN })
      let ranks = Ranking.ranks(month, ties: together ? .average : .ordinal)
      return ranks.map { rank in
        rank.isNaN
          ? .nan : min(Double(count), ((rank - 0.5) / present * Double(count)).rounded(.down) + 1)
      }
    }
  }
}
