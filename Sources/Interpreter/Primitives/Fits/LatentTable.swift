// What the latents of an autoencoder hold, block by block: errors, divergence, dependence.

import FactorLang
import FactorRuntime
import Models

let latentsPrimitive = Primitive(
  "latents", topic: .models,
  "Tells what the latents of an autoencoder hold: errors, divergence, dependence, how many are active.",
  SharedParameters.fitted,
  SharedParameters.scoredTask,
  returns:
    "a table of the blocks train, valid and test: `mse` of standardised returns, `mse_returns` as they are and "
    + "`mse_mean` of saying the training mean, `kl` of a period, `tc_normal` of latents taken as normal, `active` "
    + "latents, and by the judge in training `tc_judge` and `judge_accuracy`; means over seeds",
  effect: .gives(
    Schema(
      [ColumnInfo("block", .text)]
        + [
          "mse", "mse_returns", "mse_mean", "kl", "tc_normal", "active", "tc_judge",
          "judge_accuracy",
        ].map { ColumnInfo($0, .number) })),
  examples: [
    "synth world: two_asset_regime, months: 60 | setup target: ret, features: [] | split thirds | fit factorvae_tc, k: 1, seeds: 1, epochs: 3 | latents"
  ]
) { context, model, task in
  try LatentTable.make(model, model.requireTask(task), context)
}.costing(.forecast)

private enum LatentTable {
  static func make(_ model: ModelValue, _ task: TaskValue, _ context: Context) throws -> Table {
    let (data, name) = (task.cut, model.model.summary.model)
    let fitted = try model.model.settled(context.budget)
    let split = try data.requireSplit()
    let blocks = [("train", split.train), ("valid", split.valid), ("test", split.test)]
    let rows = try blocks.map { block, periods in
      guard let found = try fitted.latentFigures(data, periods, budget: context.budget) else {
        throw Fault(
          .wrongType, "`\(name)` has no latents that a judge looks at",
          helps: ["fit factorvae_tc"], parameter: "model")
      }
      return (block: block, found: found)
    }
    func column(_ part: (LatentFigures) -> Double) -> Column {
      Column(numbers: rows.map { part($0.found) }, known: Availability.wholeSample)
    }
    func judged(_ part: (LatentFigures) -> Double) -> Column {
      Column(
        numbers: rows.map { $0.block == "train" ? part($0.found) : .nan },
        known: Availability.wholeSample)
    }
    return Table(
      title: "\(name) · what its \(rows[0].found.factors) latents hold · "
        + Counted.text(fitted.summary.members.count, "seed"),
      columns: [
        ("block", Column(text: rows.map(\.block), known: Availability.wholeSample)),
        ("mse", column(\.error)), ("mse_returns", column(\.rawError)),
        ("mse_mean", column(\.rawMean)), ("kl", column(\.divergence)),
        ("tc_normal", column(\.normal)), ("active", column(\.active)),
        ("tc_judge", judged(\.judged)), ("judge_accuracy", judged(\.accuracy)),
      ])
  }
}
