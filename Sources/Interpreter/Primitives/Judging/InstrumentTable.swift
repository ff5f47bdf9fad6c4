// The bootstrap tests of an `ipca` fit as a table: does alpha depend on characteristics, does each characteristic
// matter for loadings?

import FactorLang
import FactorRuntime
import Models

struct InstrumentTable {
  /// The word for the intercept among names of characteristics.
  static let intercept = "intercept"

  private struct Row {
    let name: String
    let isAlpha: Bool
    let test: BootstrapTest
  }

  private let model: ModelValue
  private let data: FactorTask
  private let draws: Int
  private let context: Context

  init(_ model: ModelValue, _ task: TaskValue?, draws: Int, _ context: Context) throws {
    (self.model, self.draws, self.context) = (model, draws, context)
    data = model.data(of: try model.requireTask(task))
    guard model.model.summary.model == "ipca" else {
      throw Fault(
        .wrongType,
        "the tests are of `ipca`, and this is a fit of `\(model.model.summary.model)`",
        helps: ["task | fit ipca | instrument_test"], parameter: "model")
    }
  }

  private var hasIntercept: Bool {
    model.model.summary.settings.contains { $0.name == "intercept" && $0.value == "true" }
  }

  /// Tests what is named; everything there is where nothing is.
  func table(_ names: [String]?) throws -> Table {
    let all = (hasIntercept ? [Self.intercept] : []) + data.characteristicNames
    let wanted = names ?? all
    for name in wanted where name != Self.intercept && !data.characteristicNames.contains(name) {
      throw Fault(
        .unknownColumn, "the fit has no characteristic `\(name)`",
        helps: Suggestion.nearest(to: name, among: data.characteristicNames).map { ["use `\($0)`"] }
          ?? [], parameter: "of")
    }
    guard !wanted.isEmpty else {
      throw Fault(.wrongType, "`of` names nothing to test", parameter: "of")
    }
    let rows = try wanted.map(row)
    return shown(rows)
  }

  private func row(_ name: String) throws -> Row {
    try context.budget.check()
    let isAlpha = name == Self.intercept && !data.characteristicNames.contains(name)
    do {
      let test =
        isAlpha
        ? try InstrumentTests.alpha(
          of: model.model, on: data, draws: draws, seed: context.seed, budget: context.budget)
        : try InstrumentTests.characteristic(
          name, of: model.model, on: data, draws: draws, seed: context.seed,
          budget: context.budget)
      return Row(name: name, isAlpha: isAlpha, test: test)
    } catch let error as ModelError {
      var fault = Fault(error)
      if isAlpha { fault.parameter = "of" }
      throw fault
    }
  }

  private func shown(_ rows: [Row]) -> Table {
    func numbers(_ unit: ColumnUnit, _ part: (BootstrapTest) -> Double) -> Column {
      Column(numbers: rows.map { part($0.test) }, unit: unit)
    }
    var table = Table(
      title: rows.first.map(title),
      columns: [
        ("of", Column(text: rows.map(\.name))),
        ("test", Column(text: rows.map { $0.isAlpha ? "W_alpha" : "W_beta" })),
        ("statistic", numbers(.plain, \.statistic)), ("p", numbers(.plain, \.pValue)),
        ("draws", numbers(.count) { Double($0.draws.count) }),
      ])
    table.notes = [
      "  W is the sum of squares that the null sets to zero; p is the share of draws above it"
    ]
    let failed = rows.map(\.test.failed).reduce(0, +)
    if failed > 0 {
      table.notes.append("  \(Counted.text(failed, "draw")) had no solution and are left out")
    }
    return table
  }

  private func title(_ row: Row) -> String {
    let (months, rows) = (row.test.months, data.rows(row.test.months).count)
    let names = data.index.months
    return "ipca · bootstrap tests · \(Counted.text(draws, "draw")) from seed \(context.seed) · "
      + "\(names[months.lowerBound])..\(names[months.upperBound - 1]) · "
      + "\(Counted.text(months.count, data.index.clock.noun)) · \(Counted.text(rows, "row"))"
  }
}
