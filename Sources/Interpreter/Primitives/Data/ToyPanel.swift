// The small simulated panel that examples and lessons use: 30 firms, 24 months, three columns.

import FactorLang
import FactorRuntime

enum ToyPanel {
  static let firms = 30
  static let months = 24
  /// The months of its rows, for the checker.
  static let span = MonthSpan(
    first: MonthSpan.index(year: 2000, month: 1), last: MonthSpan.index(year: 2001, month: 12))

  /// Returns with a little of last month's size and momentum in them, and some gaps.
  static func panel() throws -> PanelValue {
    var stream = RandomStream(seed: 7, purpose: .example)
    guard let start = Period(year: 2000, month: 1) else {
      throw Fault(.internalFault, "the calendar has no January 2000")
    }
    var (size, momentum, returns): ([Double], [Double], [Double]) = ([], [], [])
    var rows: [(month: Period, firm: Int)] = []
    let market = (0..<months).map { _ in 0.01 + 0.04 * stream.normal() }
    for t in 0..<months {
      for firm in 0..<firms {
        let (s, m) = (Double(firm) - 10 + stream.normal(), stream.normal())
        let r = market[t] * (1 + 0.02 * s) + 0.01 * m + 0.05 * stream.normal()
        // Firm 30 enters late, firm 29 skips a month: lags and counts have something to meet.
        if firm == 29, t < 6 { continue }
        if firm == 28, t == 12 { continue }
        rows.append((start + t, firm))
        size.append(s)
        momentum.append(stream.uniform() < 0.03 ? .nan : m)
        returns.append(r)
      }
    }
    let index = try PanelIndex.sorting(
      months: rows.map(\.month), assets: rows.map { Int32($0.firm) },
      names: (1...firms).map(String.init)
    ).index
    let panel = try Panel(
      index: index,
      columns: [
        ("ret", Column(numbers: returns, unit: .ratio)),
        ("size", Column(numbers: size, known: -1)), ("mom", Column(numbers: momentum, known: -1)),
      ], assetKey: "id", dateKey: "date")
    return PanelValue(panel: panel, origin: "toy")
  }
}
