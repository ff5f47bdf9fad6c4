// `fama_macbeth`: regressions across the firms of each period, and what their slopes say on average.

import FactorLang
import FactorRuntime

/// Returns and characteristics of a panel, period by period.
struct CrossSectionRegressions {
  private let panel: Panel
  private let target: String
  private let names: [String]
  private let y: [Double]
  private let x: [[Double]]
  /// When the return is known.
  private let known: Int

  init(_ value: PanelValue, _ target: ColumnExpression, _ names: [String]) throws {
    let column = try target.evaluate(on: value.panel)
    guard let numbers = column.numbers, column.unit != .boolean else {
      throw Fault(
        .wrongType, "the target is a return, not \(column.kind)", parameter: "target")
    }
    guard !names.isEmpty else {
      throw Fault(.missingArgument, "there is nothing to explain by", parameter: "on")
    }
    try Timing.checkFeatures(value.panel, target, known: column.known, names)
    try Timing.checkSelection(value, before: column.known, of: target)
    (panel, self.target, self.names, y) = (value.panel, target.text, names, numbers)
    x = try names.map { try value.panel.numbers($0) }
    known = max(0, column.known)
  }

  func table(_ kind: ErrorKind, lags: Int?, _ context: Context) throws -> Table {
    let periods = panel.index.months
    let noun = panel.index.clock.noun
    let rows = periods.indices.map { panel.index.rows(ofMonthAt: $0) }
    let choice = try ErrorChoice(kind, lags, periods: periods.count)
    let found = try FamaMacBeth(
      y, x, rows: rows, choice.kind, lags: choice.lags, budget: context.budget)
    report(found, context)
    guard !found.means.isEmpty else {
      throw Fault(
        .outsideData, "only \(Counted.text(found.months.count, noun)) can be regressed",
        helps: ["use fewer characteristics, or fill what is missing"], parameter: "on")
    }
    var table = Table(
      title: "\(target) on \(names.joined(separator: ", "))",
      columns: [
        ("term", Column(text: ["constant"] + names)),
        ("slope", estimates(found.means.map { $0.coefficients[0] })),
        ("se", estimates(found.means.map { $0.standardErrors[0] })),
        ("t", estimates(found.means.map { $0.tStatistics[0] })),
        ("p", estimates(found.means.map { $0.pValues[0] })),
        ("periods", estimates(found.means.map { _ in Double(found.months.count) }, .count)),
      ])
    let firms = found.months.reduce(0) { $0 + $1.firms }
    table.notes = [
      "  \(Counted.text(found.months.count, noun)) · firms a \(noun) \(firms / found.months.count) on average · mean R2 "
        + NumberFormat.percent(found.meanRSquared, decimals: 2),
      "  \(Regression.errorWords(of: found.means)) · p of Student's law, \(found.months.count - 1) degrees of freedom",
    ]
    table.parts = [.init(name: "slopes", table: slopes(found))]
    return table
  }

  // What a period's returns say is known when they are.
  private func slopes(_ found: FamaMacBeth) -> Table {
    func column(_ numbers: [Double], _ unit: ColumnUnit = .plain) -> Column {
      Column(numbers: numbers, unit: unit, known: known)
    }
    return Table(
      title: "slopes",
      columns: [Column.time(found.months.map { panel.index.months[$0.place] })]
        + (["constant"] + names).enumerated().map { j, name in
          (name, column(found.months.map { $0.coefficients[j] }))
        }
        + [
          ("firms", column(found.months.map { Double($0.firms) }, .count)),
          ("r2", column(found.months.map(\.rSquared), .ratio)),
        ])
  }

  // The ledger counts rows; what is wrong with a period is said with its name.
  private func report(_ found: FamaMacBeth, _ context: Context) {
    let used = found.months.reduce(0) { $0 + $1.firms }
    let left = found.skipped.reduce(0) { $0 + panel.index.rows(ofMonthAt: $1.place).count }
    let noun = panel.index.clock.noun
    context.ledger(
      LedgerLine(
        stage: "fama_macbeth", rowsIn: panel.count, rowsOut: used,
        reasons: [
          .init("rows with a missing value", panel.count - left - used),
          .init("rows of \(noun)s that cannot be regressed", left),
        ]), detail: "\(target) on \(names.joined(separator: ", "))")
    for (place, reason) in found.skipped.prefix(3) {
      let period = panel.index.months[place]
      switch reason {
      case .firms(let count):
        context.note(
          "\(period) is left out: \(Counted.text(count, "firm")) without missing values, "
            + "\(names.count + 2) are needed")
      case .dependent(let columns):
        let words = columns.map { $0 < 0 ? "the constant" : "`\(names[$0])`" }
        context.note(
          "\(period) is left out: \(words.joined(separator: ", ")) does not vary, or follows from the others"
        )
      }
    }
    if found.skipped.count > 3 {
      context.note("\(found.skipped.count) \(noun)s are left out in all")
    }
  }
}
