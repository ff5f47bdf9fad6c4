// Lags and leads by periods of the panel's clock within an asset.
//
// Definition: lag k of a value at (i, t) is the value at (i, t - k periods). A gap in an asset's
// history gives a missing value; a lag never reaches over the gap, nor into another asset.
// Missing values: stay missing. Degrees of freedom: none.

extension PanelIndex {
  /// The row that holds every row's asset some periods earlier; -1 if there is none.
  public func lagRows(by periods: Int) -> [Int] {
    var result = [Int](repeating: -1, count: count)
    for (position, month) in months.enumerated() {
      guard let earlier = clock.step(month, by: -periods), let source = range(of: earlier) else {
        continue
      }
      var candidate = source.lowerBound
      // Both periods are sorted by asset, so one merge finds every pair.
      for row in rows(ofMonthAt: position) {
        while candidate < source.upperBound, assets[candidate] < assets[row] { candidate += 1 }
        if candidate < source.upperBound, assets[candidate] == assets[row] {
          result[row] = candidate
        }
      }
    }
    return result
  }
}

extension Panel {
  /// Gives a column's values `months` periods earlier, which are known that much sooner.
  public func lagged(_ column: Column, by periods: Int) throws(PanelError) -> Column {
    guard column.count == count else {
      throw .lengthMismatch(name: "column", expected: count, found: column.count)
    }
    var result = column.gathered(index.lagRows(by: periods))
    result.known -= periods
    return result
  }
}
