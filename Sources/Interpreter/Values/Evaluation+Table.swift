// Scores as a table of figures, for documents: the header says sample, seeds and costs.

import FactorRuntime

extension EvaluationValue {
  /// A row a figure: its value, gross and net or on stocks and portfolios, with standard errors.
  var table: Table {
    var rows: [(figure: String, cells: [String])] = []
    func share(_ x: Double?) -> String {
      guard let x, x.isFinite else { return "" }
      return NumberFormat.percent(x, decimals: 2)
    }
    func plain(_ x: Double?, _ decimals: Int = 2) -> String {
      guard let x, x.isFinite else { return "" }
      return NumberFormat.fixed(x, decimals: decimals)
    }
    func add(_ figure: String, _ r2: LeveledR2) {
      rows.append((figure + ", stocks", [share(r2.stocks.value), share(r2.stocks.error)]))
      rows.append((figure + ", managed", [share(r2.managed.value), share(r2.managed.error)]))
    }
    if let total { add("total R2", total) }
    for item in predictive { add("predictive R2 (\(item.mode.rawValue))", item.r2) }
    if let rankIC {
      rows.append(("rank IC", [plain(rankIC.mean, 4), ""]))
      rows.append(("ICIR", [plain(rankIC.ratio), ""]))
    }
    for (name, test) in [("long-short", longShort), ("long-only", longOnly)] {
      guard let test else { continue }
      rows.append(("Sharpe \(name), gross", [plain(test.grossPerformance.sharpeRatio), ""]))
      rows.append(("Sharpe \(name), net", [plain(test.netPerformance.sharpeRatio), ""]))
    }
    if let density {
      rows.append(("log score", [plain(density.score.logScore, 4), ""]))
      rows.append(("CRPS", [plain(density.score.crps, 4), ""]))
      rows.append(("coverage of 90%", [share(density.score.coverage), ""]))
    }
    var table = Table(
      title: "\(model) on \(block.rawValue) · \(months.first)..\(months.last) · "
        + "\(Counted.text(months.count, clock.noun)) · \(NumberFormat.count(self.rows)) rows · "
        + "\(Counted.text(seeds, "seed")) from \(seed) · net of "
        + "\(NumberFormat.basisPoints(costRate)) a side",
      columns: [
        ("figure", Column(text: rows.map(\.figure))), ("value", Column(text: rows.map(\.cells[0]))),
        ("se", Column(text: rows.map(\.cells[1]))),
      ])
    table.notes = ["  R2 pooled, against zero; se from 500 draws of 6-month blocks"]
    return table
  }
}
