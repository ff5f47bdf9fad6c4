// R2 of forecasts that stand in a panel, such as those of windows put one below the other: computed
// once, on all their months together.

import FactorLang
import FactorRuntime

enum PanelR2 {
  static func table(
    _ value: PanelValue, _ fits: [ColumnExpression], against returns: ColumnExpression,
    _ context: Context
  ) throws -> Table {
    let panel = value.panel
    let earned = try returns.evaluate(on: panel)
    guard let realised = earned.numbers else {
      throw Fault(.wrongType, "returns are numbers, not \(earned.kind)", parameter: "against")
    }
    var rows: [(name: String, made: String, r2: RSquared, error: Double)] = []
    for fit in fits {
      let column = try fit.evaluate(on: panel)
      guard let numbers = column.numbers else {
        throw Fault(
          .wrongType, "`\(fit.text)` is \(column.kind), and no forecast of a return",
          parameter: "fits")
      }
      rows.append(
        (
          fit.text, column.known <= earned.known - 1 ? "before the month" : "with the month",
          RSquared(realised, fits: numbers),
          MonthlySquares(realised, fits: numbers, offsets: panel.index.offsets).standardError()
        ))
    }
    let months = panel.index.months
    let skipped = rows.map(\.r2.skipped).max() ?? 0
    if skipped > 0 {
      context.note("\(Counted.text(skipped, "row")) without a return or its forecast left out")
    }
    return Table(
      title: "\(value.origin) · R2 of \(returns.text) · \(months.first?.description ?? "").."
        + "\(months.last?.description ?? "") · \(Counted.text(months.count, months.first?.noun ?? "month"))",
      columns: [
        ("forecast", Column(text: rows.map(\.name))), ("made", Column(text: rows.map(\.made))),
        ("r2", Column(numbers: rows.map(\.r2.value), unit: .ratio)),
        ("se", Column(numbers: rows.map(\.error), unit: .ratio)),
        ("rows", Column(numbers: rows.map { Double($0.r2.count) }, unit: .count)),
      ],
      notes: ["  pooled over firms and months, against zero · se: 500 draws of 6-month blocks"])
  }
}
