// The trained weights of a beta network as values, and in a container tensor by tensor.

import FactorRuntime

/// Weights and running statistics of a beta network.
struct BetaNetworkWeights: Sendable {
  let values: [Float]
  let running: [RunningMoments]

  init(values: [Float], running: [RunningMoments]) {
    (self.values, self.running) = (values, running)
  }

  init(_ network: BetaNetwork<Float>) {
    var values: [Float] = []
    network.parameters.snapshot(into: &values)
    (self.values, running) = (values, network.running)
  }

  /// Puts them into a network of the same shape.
  func restore(to network: BetaNetwork<Float>) {
    network.parameters.restore(values)
    network.running = running
  }
}

extension BetaNetwork where Scalar == Float {
  /// Adds every tensor without its padding, and the running statistics.
  func encode(_ name: String, into container: inout Container) {
    for (number, tensor) in parameters.tensors.enumerated() {
      let start = parameters.weights(number)
      container.add(
        "\(name).\(tensor.name)",
        (0..<tensor.rows).flatMap { row in
          (0..<tensor.columns).map { start[row * tensor.stride + $0] }
        })
    }
    for (number, moments) in running.enumerated() {
      container.add("\(name).running\(number).mean", moments.mean)
      container.add("\(name).running\(number).variance", moments.variance)
    }
  }

  /// Reads what `encode` wrote into a network of the same shape.
  func decode(_ name: String, of container: Container) throws(ContainerError) {
    for (number, tensor) in parameters.tensors.enumerated() {
      let section = "\(name).\(tensor.name)"
      let values = try container.floats(section)
      guard values.count == tensor.rows * tensor.columns else {
        throw .malformed(section: section, reason: "\(tensor.rows) x \(tensor.columns) is needed")
      }
      parameters.fill(number) { Double(values[$0 * tensor.columns + $1]) }
    }
    for number in running.indices {
      running[number].mean = try moments("\(name).running\(number).mean", of: container, number)
      running[number].variance = try moments(
        "\(name).running\(number).variance", of: container, number)
    }
  }

  private func moments(
    _ section: String, of container: Container, _ layer: Int
  ) throws(ContainerError) -> [Double] {
    let values = try container.doubles(section)
    guard values.count == running[layer].mean.count else {
      throw .malformed(section: section, reason: "\(running[layer].mean.count) are needed")
    }
    return values
  }

  /// Sees that the weights are there before memory for them is taken.
  static func checkSizes(
    _ name: String, _ sizes: [Int], outputs: Int, _ container: Container
  ) throws(ContainerError) {
    let width = Padding.padded(outputs + 1)
    guard let last = sizes.last, container.count(of: "\(name).head.weight") == last * width else {
      throw .malformed(section: "\(name).head.weight", reason: "\(width) columns are needed")
    }
    for (layer, (inputs, outputs)) in zip(sizes, sizes.dropFirst()).enumerated() {
      let section = "\(name).hidden\(layer).weight"
      guard container.count(of: section) == inputs * outputs else {
        throw .malformed(section: section, reason: "\(inputs) x \(outputs) is needed")
      }
    }
  }
}
