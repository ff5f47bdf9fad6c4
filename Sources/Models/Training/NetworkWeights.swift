// The trained weights of a network as values, and in a container tensor by tensor.

import FactorRuntime

/// A network as its fit and its file see it.
protocol WeightedNetwork: AnyObject {
  associatedtype Scalar: NetworkScalar
  var parameters: ParameterBlock<Scalar> { get }
  /// The running statistics of its normalisations, layer by layer.
  var running: [RunningMoments] { get set }
}

/// Weights and running statistics of a network as they were trained.
struct NetworkWeights<Scalar: NetworkScalar>: Sendable {
  let values: [Scalar]
  let running: [RunningMoments]

  init(values: [Scalar], running: [RunningMoments]) {
    (self.values, self.running) = (values, running)
  }

  init<Network: WeightedNetwork>(_ network: Network) where Network.Scalar == Scalar {
    var values: [Scalar] = []
    network.parameters.snapshot(into: &values)
    (self.values, running) = (values, network.running)
  }

  /// Puts them into a network of the same shape.
  func restore<Network: WeightedNetwork>(to network: Network) where Network.Scalar == Scalar {
    network.parameters.restore(values)
    network.running = running
  }
}

extension WeightedNetwork where Scalar == Float {
  /// Adds every tensor without its padding, and the running statistics.
  func encode(_ name: String, into container: inout Container) {
    parameters.encode(name, into: &container)
    for (number, moments) in running.enumerated() {
      container.add("\(name).running\(number).mean", moments.mean)
      container.add("\(name).running\(number).variance", moments.variance)
    }
  }

  /// Reads what `encode` wrote into a network of the same shape.
  func decode(_ name: String, of container: Container) throws {
    try parameters.decode(name, of: container)
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
}

extension ParameterBlock where Scalar == Float {
  /// Adds every tensor without its padding.
  func encode(_ name: String, into container: inout Container) {
    for (number, tensor) in tensors.enumerated() {
      let start = weights(number)
      container.add(
        "\(name).\(tensor.name)",
        (0..<tensor.rows).flatMap { row in
          (0..<tensor.columns).map { start[row * tensor.stride + $0] }
        })
    }
  }

  /// Reads what `encode` wrote into a block of the same tensors.
  func decode(_ name: String, of container: Container) throws {
    for (number, tensor) in tensors.enumerated() {
      let section = "\(name).\(tensor.name)"
      let values = try container.floats(section)
      guard values.count == tensor.rows * tensor.columns else {
        throw ContainerError.malformed(
          section: section, reason: "\(tensor.rows) x \(tensor.columns) is needed")
      }
      fill(number) { Double(values[$0 * tensor.columns + $1]) }
    }
  }

  /// Sees that every tensor of a block of that shape is in a container.
  static func check(_ sizes: [(name: String, count: Int)], _ name: String, _ container: Container)
    throws
  {
    for (tensor, count) in sizes where container.count(of: "\(name).\(tensor)") != count {
      throw ContainerError.malformed(
        section: "\(name).\(tensor)", reason: "\(count) numbers are needed")
    }
  }
}
