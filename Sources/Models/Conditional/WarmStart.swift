// Starting a conditional fit from the weights of another one, such as the window before.

import FactorRuntime

enum WarmStart {
  /// The members to start from; throws the fact that the other fit has another shape.
  static func members<Network: ConditionalNetwork, Head: FactorHead>(
    of start: any FittedModel, for design: ConditionalDesign<Network, Head>, _ task: FactorTask
  ) throws -> [ConditionalMember<Network>] {
    try StartingFit.checked(
      start, as: FittedConditional<Network, Head>.self, for: design.model, task
    ) { fitted in
      fitted.design == design.network(task.width)
        && fitted.head.factors == design.head.factors
        && fitted.reads == design.reads
        && fitted.parameterCount(of: fitted.head) == fitted.parameterCount(of: design.head)
    }.members
  }
}

extension FittedConditional {
  fileprivate func parameterCount(of design: Head.Design) -> Int {
    let inputs = scales.inputs.isEmpty ? [] : [scales.inputs]
    return Head(design, inputs: inputs, meanFirms: 1).parameters.count
  }
}
