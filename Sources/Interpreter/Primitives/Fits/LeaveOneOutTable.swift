// How well a model rebuilds each asset from the others: errors with and without its own return.

import FactorLang
import FactorRuntime
import Models

enum LeaveOneOutTable {
  static func make(
    _ model: ModelValue, _ task: TaskValue, _ block: EvaluationValue.Block, _ context: Context
  ) throws -> Table {
    let (data, name) = (task.cut, model.model.summary.model)
    let sample = try ScoreSample(data, block, false, context.budget)
    guard
      let scores = try model.model.settled(context.budget).leaveOneOut(
        data, sample.months, budget: context.budget)
    else {
      throw Fault(
        .wrongType, "`\(name)` does not rebuild assets from each other",
        helps: ["fit factorvae_tc"],
        parameter: "model")
    }
    return Table(
      title: "\(name) · assets rebuilt with and without their own return · \(block.rawValue) "
        + "\(sample.span.first)..\(sample.span.last) · "
        + Counted.text(sample.span.count, sample.index.clock.noun),
      columns: [
        ("asset", Column(text: scores.map(\.asset))),
        ("mse_reconstruction", Column(numbers: scores.map(\.reconstruction))),
        ("mse_leave_one_out", Column(numbers: scores.map(\.without))),
      ],
      notes: [
        "  mean squared errors of standardised returns; saying the mean gives about 1 · first seed"
      ]
    ).ofWholeSample
  }
}
