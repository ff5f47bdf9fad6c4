// The loadings of a fitted model as a panel: to plot, to join with, to sort by.

import FactorLang
import FactorRuntime
import Models

let loadingsPrimitive = Primitive(
  "loadings", topic: .models, "Gives a model's factor loadings of every firm and month.",
  Parameter<ModelValue>.flow("model", "the fitted model"),
  Parameter<TaskValue?>.optional("with", "the task, the one the model was fitted on if left out"),
  Parameter<String>.word(
    "on",
    among: [Choice("all", "every period")]
      + EvaluationValue.Block.allCases.map { Choice($0.rawValue, $0.sentence) },
    default: "all", "which periods"
  ).labelled,
  returns:
    "a panel of firm, period and one column for each factor; known before the period, unless the "
    + "model was asked for loadings that know it or later ones",
  effect: .gives(
    Schema(
      [ColumnInfo("month", .month), ColumnInfo("date", .any), ColumnInfo("firm", .text)],
      keys: ["month", "firm"],
      isComplete: false)),
  examples: [
    "toy | setup target: ret, features: [size, mom] | split thirds | fit ipca, k: 1 | loadings on: test",
    "toy | derive market = xs.mean(ret) | setup target: ret, factors: [market] | split thirds | fit ff, min_obs: 6 | loadings | summarise beta = mean(market), by: firm",
  ]
) { context, model, task, block in
  try LoadingsPanel.make(model, model.requireTask(task), on: block, context)
}.costing(.forecast)

enum LoadingsPanel {
  static func make(
    _ model: ModelValue, _ task: TaskValue, on block: String, _ context: Context
  ) throws -> PanelValue {
    let data = task.cut
    let name = model.model.summary.model
    guard
      let shown = try model.model.settled(context.budget).shownLoadings(
        data, budget: context.budget)
    else {
      throw Fault(.wrongType, "`\(name)` gives no loadings by firm", parameter: "model")
    }
    let rows = try Forecasts.rows(data, task, on: block)
    // Names of keys are taken.
    let known =
      switch shown.knowledge {
      case .before: -1
      case .after: 0
      case .everything: Availability.wholeSample
      }
    let columns = shown.names.enumerated().map { k, factor in
      let numbers = rows.map { shown.values[$0, k] }
      let title = ["firm", "month", "date"].contains(factor) ? "factor_" + factor : factor
      return (name: title, column: Column(numbers: numbers, known: known))
    }
    context.ledger(
      LedgerLine(
        stage: "loadings", rowsIn: data.returns.count, rowsOut: rows.count,
        reasons: [.init("rows outside \(block)", data.returns.count - rows.count)]),
      detail: "\(name), \(words(shown.knowledge, data.index.clock.noun))")
    let index = data.index.selecting(Array(rows))
    if shown.knowledge != .everything {
      let focus = EvaluationValue.Block(rawValue: block) ?? task.window?.focus
      Forecasts.noteSeen(model, index, focus, context)
    }
    return PanelValue(
      panel: try Panel(
        index: index, columns: columns, assetKey: "firm",
        dateKey: data.index.clock.key),
      origin: name)
  }

  private static func words(_ knowledge: LoadingKnowledge, _ noun: String) -> String {
    switch knowledge {
    case .before: "known before the \(noun)"
    case .after: "after the returns of the month were seen"
    case .everything: "smoothed over the whole sample: for pictures only"
    }
  }
}
