// Starting a fit from the weights of another one: what must agree, and what is said where it does not.

import FactorRuntime

enum StartingFit {
  /// The fit to start from as the kind it must be; throws the fact that it is another model or of other sizes.
  static func checked<Fitted: FittedModel>(
    _ start: any FittedModel, as kind: Fitted.Type, for model: String, _ task: FactorTask,
    where agrees: (Fitted) -> Bool
  ) throws -> Fitted {
    try start.check(task)
    guard let fitted = start as? Fitted, agrees(fitted) else {
      let factors =
        start.summary.settings.first { $0.name == "k" }
        .map { " with k: \($0.value)" } ?? ""
      throw ModelError.incompatible(
        first: "start", second: model,
        reason: "it is a \(start.summary.model)\(factors), and weights pass only between fits of "
          + "one model with the same sizes")
    }
    return fitted
  }
}
