// Does a model hold for firms it has not seen? Firms left out of the fit, and halves of the firms.

import FactorLang
import FactorRuntime
import Models

let robustnessPrimitives: [Primitive] = [
  Primitive(
    "missing_stocks", topic: .evaluation,
    "Leaves random firms out of the fit and scores the forecasts of those firms in the test months.",
    SharedParameters.splitTask,
    SharedParameters.modelName,
    Parameter<[Int]>.value(
      "m", default: [50, 100, 150], shown: "[50, 100, 150]",
      "how many firms are left out; 0 is the model on all firms"
    ).labelled,
    Parameter<Int>.value("draws", default: 5, in: 1...1000, "random choices of firms").labelled,
    Parameter<Bool>.value(
      "holdout_in_x", default: true,
      "whether returns of those firms enter the factors of the test months"
    ).labelled,
    returns: "a table with a row a number of firms: mean and sd over the draws of the rank IC and "
      + "ICIR on the firms left out, in months with at least ten of them",
    variants: Variants(selector: "model", Registry.cards.map(CardOptions.variant)),
    examples: [
      "toy | setup target: ret, features: [size, mom] | split thirds | missing_stocks ca1, m: [0, 12], draws: 2, k: 1, seeds: 2, epochs: 2"
    ]
  ) { context, task, name, counts, draws, isInFactors in
    let study = try MissingStocks(task, name, isInFactors: isInFactors, context)
    return try study.table(counts, draws: draws)
  }.costing(.training),
  Primitive(
    "odd_even", topic: .evaluation,
    "Fits a model on the firms with odd and with even numbers, and scores both on both.",
    SharedParameters.splitTask,
    SharedParameters.modelName,
    SharedParameters.block,
    SharedParameters.costs,
    returns: "2 x 2 tables of total R2, predictive R2 and Sharpe ratios: a row a half that is "
      + "scored, a column a half that was fitted on",
    variants: Variants(selector: "model", Registry.cards.map(CardOptions.variant)),
    examples: [
      "toy | setup target: ret, features: [size, mom] | split thirds | odd_even ca1, k: 1, seeds: 2, epochs: 2"
    ]
  ) { context, task, name, block, costs in
    try OddEven(task, name, context).table(ScoreOptions(block: block, cost: costs, isFull: false))
  }.costing(.training),
]

/// Fits of one model with the same options on several tasks.
struct RepeatedFit {
  let task: TaskValue
  let context: Context
  private let order: FitOrder

  init(_ task: TaskValue, _ name: String, _ context: Context) throws {
    guard let card = Registry.card(name) else {
      throw Fault(.unknownChoice, "there is no model `\(name)`", parameter: "model")
    }
    (self.task, self.context) = (task, context)
    order = FitOrder(
      card, try CardOptions.settings(context.options, card), seed: context.seed)
  }

  var name: String { order.card.name }

  /// The model on a task of other rows; a fit that was stopped is thrown.
  func fit(_ data: FactorTask, _ title: String) throws -> ModelValue {
    try context.budget.check()
    let own = value(of: data)
    let outcome = try Fitting.result(order, on: own, data, title, context)
    if let pause = outcome.value.model.pause {
      throw pause.cause ?? (BudgetError.cancelled as any Error)
    }
    return outcome.value
  }

  /// The rows as a task of the language.
  func value(of data: FactorTask) -> TaskValue {
    var value = task
    (value.task, value.window, value.world) = (data, nil, nil)
    return value
  }
}
