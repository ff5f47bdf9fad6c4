// Forecasts as a column of the panel that flows in.
//
// The task is made again from the model's recipe. With a target known `d` months after its row, the
// forecast of a row reads its features, known at d - 1 at the latest, and the returns of months
// before the target's, the last of which is known at d - 1: so the forecast itself is known at d - 1.
// For lead(ret, 1m) that is the row's own month, for ret with lagged features the month before; both
// may be sorted by at the row. Rows without a target are forecast from their features, and nothing
// is learned from them; otherwise a firm that leaves would be left out because it leaves.

import FactorLang
import FactorRuntime
import Models

/// What `predict` may receive: a fitted model, or a panel to forecast.
enum Forecastable: Bridged {
  case model(ModelValue)
  case panel(PanelValue)

  static var type: Type { .oneOf([.model, .panel(nil)]) }

  init?(_ value: Value) {
    switch value {
    case .model(let model): self = .model(model)
    case .panel(let panel): self = .panel(panel)
    default: return nil
    }
  }

  var value: Value {
    switch self {
    case .model(let model): .model(model)
    case .panel(let panel): .panel(panel)
    }
  }
}

/// What goes with it: the task for a model, the model for a panel.
enum ForecastPartner: Bridged {
  case model(ModelValue)
  case task(TaskValue)

  static var type: Type { .oneOf([.task(nil), .model]) }

  init?(_ value: Value) {
    switch value {
    case .model(let model): self = .model(model)
    case .task(let task): self = .task(task)
    default: return nil
    }
  }

  var value: Value {
    switch self {
    case .model(let model): .model(model)
    case .task(let task): .task(task)
    }
  }
}

struct PanelForecast {
  private let value: PanelValue
  private let model: ModelValue
  private let context: Context
  private var panel: Panel { value.panel }

  /// The column of what was forecast, which `portfolio` earns.
  static let realised = "realised"

  init(_ value: PanelValue, _ model: ModelValue, _ context: Context) {
    (self.value, self.model, self.context) = (value, model, context)
  }

  /// The panel with its forecasts, and with the returns forecast.
  func adding(as name: String) throws -> PanelValue {
    guard ![panel.assetKey, panel.dateKey, "month"].contains(name) else {
      throw Fault(
        .notDefinable, "`\(name)` is a key of the panel", helps: ["give the column another name"],
        parameter: "as")
    }
    let target = try model.recipe.expression ?? context.columnExpression(model.recipe.target)
    let returns = try self.returns(target)
    let columns = try features(before: returns, target)
    let numbers = returns.numbers ?? []
    let (kept, last) = try rows(numbers, target)
    let factors = try factors(returns, target, numbers, kept)
    let size = kept.count * columns.count * 4
    try context.budget.reserve(size, for: "the task")
    defer { context.budget.release(size) }
    let task = FactorTask(
      index: panel.index.selecting(kept).shifted(by: returns.known),
      characteristicNames: model.recipe.features,
      characteristics: TaskBuilder.characteristics(columns, kept),
      returns: kept.map { numbers[$0].isNaN ? 0 : numbers[$0] },
      targetName: model.recipe.targetName, observed: factors)
    let found = try model.model.forecast(
      task, waiting: kept.map { numbers[$0].isNaN }, budget: context.budget)
    var forecast = [Double](repeating: .nan, count: panel.count)
    for (place, row) in kept.enumerated() { forecast[row] = found[place] }
    report(name, task, kept, numbers, last, known: returns.known)
    var result = try panel.with(
      name, Column(numbers: forecast, unit: .ratio, known: returns.known - 1))
    if !result.hasColumn(Self.realised) {
      result = try result.with(
        Self.realised, Column(numbers: numbers, unit: .ratio, known: returns.known))
    }
    return value.with(result)
  }

  private func returns(_ target: ColumnExpression) throws -> Column {
    do {
      let returns = try target.evaluate(on: panel)
      guard returns.numbers != nil, returns.unit != .boolean else {
        throw Fault(.wrongType, "the target is a return, not \(returns.kind)")
      }
      return returns
    } catch {
      // The place would be one in the text of the target.
      var fault = Fault(error)
      (fault.span, fault.source) = (nil, nil)
      fault.notes.append(
        "the model forecasts `\(model.recipe.target)`, and the past of that is read from the panel")
      throw fault
    }
  }

  // A month whose returns are still to come may lack its factors: no forecast reads them.
  private func factors(
    _ returns: Column, _ target: ColumnExpression, _ numbers: [Double], _ kept: [Int]
  ) throws -> ObservedFactors {
    let names = model.recipe.factors
    try checkColumns(names, "factor")
    try Timing.checkFactors(panel, target, known: returns.known, names)
    let given = try FactorColumns(names, of: panel)
    if let (name, month) = given.missing(kept.filter { !numbers[$0].isNaN }) {
      throw Fault(
        .allMissing, "the factor `\(name)` has no value in \(panel.index.months[month])",
        helps: ["forecast a panel whose `\(name)` covers that month"], parameter: "with")
    }
    return given.observed(kept)
  }

  private func checkColumns(_ names: [String], _ noun: String) throws {
    let missing = names.filter { !panel.hasColumn($0) }
    guard !missing.isEmpty else { return }
    let shown = missing.prefix(3).map { "`\($0)`" }.joined(separator: ", ")
    var fault = Fault(
      .unknownColumn,
      "the model needs \(shown)\(missing.count > 3 ? ", …" : ""), and this panel has no such column",
      parameter: "with")
    if names.count > 1 {
      fault.notes = [
        "\(missing.count) of its \(Counted.text(names.count, noun)) "
          + (missing.count == 1 ? "is missing" : "are missing")
      ]
    }
    throw fault
  }

  private func features(before returns: Column, _ target: ColumnExpression) throws -> [[Double]] {
    let names = model.recipe.features
    try checkColumns(names, "feature")
    try Timing.checkFeatures(panel, target, known: returns.known, names)
    try Timing.checkSelection(value, before: returns.known, of: target)
    return try names.map { try panel.numbers($0) }
  }

  // Rows of months in which some return is known, and of the month right after the last of them.
  private func rows(
    _ numbers: [Double], _ target: ColumnExpression
  ) throws -> (kept: [Int], last: Period) {
    let index = panel.index
    let known = index.months.indices.filter { month in
      index.rows(ofMonthAt: month).contains { !numbers[$0].isNaN }
    }
    guard let last = known.last else {
      throw Fault(.allMissing, "`\(target.text)` has no value in any row of this panel")
    }
    let end = index.months[last]
    let next =
      last + 1 < index.months.count && index.months[last + 1] == index.clock.moved(end, by: 1)
      ? [last + 1] : []
    return ((known + next).flatMap { Array(index.rows(ofMonthAt: $0)) }, end)
  }

  private func report(
    _ name: String, _ task: FactorTask, _ kept: [Int], _ numbers: [Double], _ last: Period,
    known: Int
  ) {
    let waiting = kept.count { numbers[$0].isNaN }
    var detail = "\(model.model.summary.model) forecast of \(model.recipe.target) as \(name), "
    detail += "known at \(Timing.period(known - 1, on: task.index.clock))"
    if waiting > 0 { detail += "; \(Counted.text(waiting, "row")) wait for their return" }
    context.ledger(
      LedgerLine(stage: "predict", rowsIn: panel.count, rowsOut: panel.count), detail: detail)
    let left = panel.count - kept.count
    if left > 0 {
      context.note(
        "\(Counted.text(left, "row")) in \(task.index.clock.noun)s without any return, other than the one after "
          + "\(last), have no forecast")
    }
    model.recipe.seen(task.index).map(context.note)
    if let train = model.recipe.blocks.first, let first = task.index.months.first,
      first > train.last
    {
      context.note(
        "the panel begins after the months the model was fitted on: its memory of factors starts "
          + "in \(first)")
    }
  }
}
