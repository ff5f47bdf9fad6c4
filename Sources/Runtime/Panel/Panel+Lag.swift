// Lags and leads by periods of the panel's clock within an asset.
//
// Definition: lag k of a value at (i, t) is the value at (i, t - k periods). A gap in an asset's
// history gives a missing value; a lag never reaches over the gap, nor into another asset.
// Missing values: stay missing. Degrees of freedom: none.

extension PanelIndex {
  /// The row that holds every row's asset some periods earlier; -1 if there is none.
  public func lagRows(by periods: Int) -> [Int] {
    [Int](unsafeUninitializedCapacity: count) { result, written in
      assets.withUnsafeBufferPointer { assets in
        for (position, month) in months.enumerated() {
          let rows = rows(ofMonthAt: position)
          let source = clock.step(month, by: -periods).flatMap(range(of:)) ?? 0..<0
          var candidate = source.lowerBound
          // Both periods are sorted by asset, so one merge finds every pair.
          for row in rows {
            while candidate < source.upperBound, assets[candidate] < assets[row] { candidate += 1 }
            let isThere = candidate < source.upperBound && assets[candidate] == assets[row]
            result.initializeElement(at: row, to: isThere ? candidate : -1)
          }
        }
      }
      written = count
    }
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
