// Small panels for tests.

import FactorRuntime

enum TestPanels {
  /// A panel from rows of (asset, month, value) in any order.
  static func make(_ rows: [(String, String, Double)]) throws -> Panel {
    let names = Array(Set(rows.map(\.0))).sorted()
    let (index, order) = try PanelIndex.sorting(
      months: rows.map { Period($0.1) ?? .missing },
      assets: rows.map { row in Int32(names.firstIndex(of: row.0) ?? -1) }, names: names)
    let values = (order ?? Array(rows.indices)).map { rows[$0].2 }
    return try Panel(index: index, columns: [("x", Column(numbers: values))])
  }

  /// The index of a full panel: every asset in every month from 2000-01.
  static func index(months: Int, assets: Int) throws -> PanelIndex {
    let start = Period(index: 24_000)
    let rows = (0..<months * assets)
    return try PanelIndex.sorting(
      months: rows.map { start + $0 / assets }, assets: rows.map { Int32($0 % assets) },
      names: (0..<assets).map { String(10_000 + $0) }
    ).index
  }

  /// Normal numbers from a fixed seed.
  static func normals(_ count: Int, seed: UInt64 = 1) -> [Double] {
    var stream = RandomStream(seed: seed, purpose: .example)
    return (0..<count).map { _ in stream.normal() }
  }
}
