// Parameters that many verbs have, each declared once: what is scored, where, and at which cost.

import FactorLang
import FactorRuntime
import Models

enum SharedParameters {
  static let fitted = Parameter<ModelValue>.flow("model", "the fitted model")
  static let splitTask = Parameter<TaskValue>.flow("task", "a task with its split")
  static let modelName = Parameter<String>.word(
    "model", among: Registry.cards.map { Choice($0.name, $0.summary) }, "which model")
  static let scoredTask = Parameter<TaskValue?>.optional(
    "task", "the task; the one it was fitted on if left out")
  static let block = Parameter<EvaluationValue.Block>.choice(
    "on", default: .test, "which block of months"
  ).labelled
  static let costs = Parameter<Double>.value(
    "costs", default: Scorer.usualCost, in: 0...1, shown: "30bps", "cost of a unit bought or sold"
  ).labelled.share
}
