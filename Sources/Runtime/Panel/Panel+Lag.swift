// Lags and leads by calendar months within an asset.
//
// Definition: lag k of a value at (i, t) is the value at (i, t - k months). A gap in an asset's
// history gives a missing value; a lag never reaches over the gap, nor into another asset.
// Missing values: stay missing. Degrees of freedom: none.

extension PanelIndex {
  /// The row that holds every row's asset `months` calendar months earlier; -1 if there is none.
  public func lagRows(by months: Int) -> [Int] {
    var result = [Int](repeating: -1, count: count)
    for (position, month) in self.months.enumerated() {
      guard let source = range(of: month - months) else { continue }
      var candidate = source.lowerBound
      // Both months are sorted by asset, so one merge finds every pair.
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
  /// Gives a column's values `months` calendar months earlier, which are known that much sooner.
  public func lagged(_ column: Column, by months: Int) throws(PanelError) -> Column {
    guard column.count == count else {
      throw .lengthMismatch(name: "column", expected: count, found: column.count)
    }
    var result = column.gathered(index.lagRows(by: months))
    result.known -= months
    return result
  }

  /// Gives a column's values `months` calendar months later, which are known that much later.
  public func led(_ column: Column, by months: Int) throws(PanelError) -> Column {
    try lagged(column, by: -months)
  }

  /// Gives the change of a column of numbers over a number of calendar months.
  public func change(_ column: Column, over months: Int) throws(PanelError) -> Column {
    guard let now = column.numbers, let before = try lagged(column, by: months).numbers else {
      throw .wrongKind(name: "column", expected: "numbers", found: column.kind)
    }
    return Column(
      numbers: zip(now, before).map { $0 - $1 }, unit: column.unit, known: column.known)
  }
}
