// Starting a fit from the weights of another one, such as the window before.

import FactorRuntime

enum WarmStart {
  /// The members to start from; throws the fact that the other fit has another shape.
  static func members<Network: ConditionalNetwork, Head: FactorHead>(
    of start: any FittedModel, for design: ConditionalDesign<Network, Head>, _ task: FactorTask
  ) throws -> [ConditionalMember<Network>] {
    let names = start.summary.characteristicNames
    guard names == task.characteristicNames else {
      throw ModelError.otherCharacteristics(expected: names, found: task.characteristicNames)
    }
    guard let fitted = start as? FittedConditional<Network, Head>,
      fitted.design == design.network(task.width),
      fitted.head.factors == design.head.factors, fitted.needsManaged == design.needsManaged,
      fitted.parameterCount(of: fitted.head) == fitted.parameterCount(of: design.head)
    else {
      let settings = start.summary.settings.first { $0.name == "k" }
      let factors = settings.map { " with k: \($0.value)" } ?? ""
      throw ModelError.incompatible(
        first: "start", second: design.model,
        reason: "it is a \(start.summary.model)\(factors), and weights pass only between fits of "
          + "one model with the same sizes")
    }
    return fitted.members
  }
}

extension FittedConditional {
  fileprivate func parameterCount(of design: Head.Design) -> Int {
    let inputs = scales.managed.isEmpty ? [] : [scales.managed]
    return Head(design, inputs: inputs, meanFirms: 1).parameters.count
  }
}
