// What an optimiser carries from one epoch to the next, in a container and back.

import FactorRuntime

extension Adam: KeptState {
  func encode(_ name: String, into container: inout Container) {
    container.add(
      name, [UInt64(time), rate.bitPattern, clip == nil ? 0 : 1, (clip ?? 0).bitPattern])
  }

  init(_ name: String, of container: Container) throws {
    let words = try container.wholes(name)
    guard words.count == 4, let time = Int(exactly: words[0]) else {
      throw ContainerError.malformed(section: name, reason: "four numbers are needed")
    }
    self.init(
      rate: Double(bitPattern: words[1]),
      clip: words[2] == 0 ? nil : Double(bitPattern: words[3]))
    self.time = time
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
