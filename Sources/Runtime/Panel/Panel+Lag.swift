// Lags and leads by periods of the panel's clock within an asset.
//
// Definition: lag k of a value at (i, t) is the value at (i, t - k periods). A gap in an asset's
// history gives a missing value; a lag never reaches over the gap, nor into another asset.
// Missing values: stay missing. Degrees of freedom: none.

import Synchronization

/// The rows of the lags that were asked for last, for the next column of the same panel.
final class LagMemo: Sendable {
  private let kept = Mutex<[(periods: Int, rows: [Int])]>([])
  /// A panel of a million rows holds eight megabytes for each.
  private static let limit = 2

  func rows(_ periods: Int, make: () -> [Int]) -> [Int] {
    if let found = kept.withLock({ $0.first { $0.periods == periods }?.rows }) { return found }
    let rows = make()
    kept.withLock { $0 = [(periods, rows)] + $0.prefix(Self.limit - 1) }
    return rows
  }
}

extension PanelIndex {
  /// The row that holds every row's asset some periods earlier; -1 if there is none.
  public func lagRows(by periods: Int) -> [Int] {
    lags.rows(periods) { findLagRows(by: periods) }
  }

  private func findLagRows(by periods: Int) -> [Int] {
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
