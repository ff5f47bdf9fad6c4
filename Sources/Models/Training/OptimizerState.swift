// What an optimiser carries from one epoch to the next, in a container and back.

import FactorRuntime

/// The clock of an optimiser: all that changes in it. Its settings come from the model's own.
struct OptimizerClock: Equatable {
  let steps: Int
}

extension OptimizerClock: KeptState {
  func encode(_ name: String, into container: inout Container) {
    container.add(name, [UInt64(steps)])
  }

  init(_ name: String, of container: Container) throws {
    let words = try container.wholes(name)
    guard words.count == 1, let steps = Int(exactly: words[0]) else {
      throw ContainerError.malformed(section: name, reason: "a number of steps is needed")
    }
    self.init(steps: steps)
  }
}

extension Adam {
  /// What to put back to go on.
  var clock: OptimizerClock {
    get { OptimizerClock(steps: time) }
    set { time = newValue.steps }
  }
}

extension ParameterState: KeptState {
  /// Weights, then first and second moments.
  func encode(_ name: String, into container: inout Container) {
    container.add(name, scalars: weights + first + second)
  }

  init(_ name: String, of container: Container) throws {
    let numbers: [Scalar] = try container.scalars(name)
    let count = numbers.count / 3
    guard numbers.count == 3 * count else {
      throw ContainerError.malformed(section: name, reason: "weights lack their moments")
    }
    self.init(
      weights: Array(numbers[..<count]), first: Array(numbers[count..<(2 * count)]),
      second: Array(numbers[(2 * count)...]))
  }
}
