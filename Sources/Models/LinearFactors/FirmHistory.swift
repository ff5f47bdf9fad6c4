// The returns of each firm over the months of a sample.

import FactorRuntime

/// Firms and their rows.
struct FirmHistory {
  let names: [String]
  /// The rows of each firm, ascending.
  let rows: [[Int]]
  /// The month of each row, counted from the first of the sample.
  let month: @Sendable (Int) -> Int

  /// Gathers the firms with at least `fewest` returns; throws the fact that there are none.
  init(_ sample: LinearSample, fewest: Int) throws {
    let index = sample.task.index
    var rows = [[Int]](repeating: [], count: index.assetNames.count)
    let range = sample.task.rows(sample.months)
    for row in range { rows[Int(index.assets[row])].append(row) }
    let kept = rows.indices.filter { rows[$0].count >= max(1, fewest) }
    guard !kept.isEmpty else {
      throw ModelError.shortHistories(needed: fewest, longest: rows.map(\.count).max() ?? 0)
    }
    (names, self.rows) = (kept.map { index.assetNames[$0] }, kept.map { rows[$0] })
    var months = [Int](repeating: 0, count: range.count)
    for (place, t) in sample.months.enumerated() {
      for row in sample.task.rows(t) { months[row - range.lowerBound] = place }
    }
    let (placed, first) = (months, range.lowerBound)
    month = { placed[$0 - first] }
  }
}
