// The state of one network in training between two epochs, as values.

import FactorRuntime

/// Everything that the next epoch depends on.
struct NetworkState<Scalar: NetworkScalar>: Sendable {
  let network: ParameterState<Scalar>
  let running: [RunningMoments]
  let head: ParameterState<Double>
  /// What sampled losses draw from; nil where nothing is sampled.
  let draws: RandomStream?
  let optimizer: OptimizerClock
  let best: NetworkSnapshot<Scalar>
}

/// The parameters and running statistics of the best epoch.
struct NetworkSnapshot<Scalar: NetworkScalar>: Sendable {
  private(set) var large: [Scalar] = []
  private(set) var small: [Double] = []
  private(set) var running: [RunningMoments] = []

  mutating func take<Network: WeightedNetwork>(
    _ network: Network, _ parameters: ParameterBlock<Double>
  ) where Network.Scalar == Scalar {
    network.parameters.snapshot(into: &large)
    parameters.snapshot(into: &small)
    running = network.running
  }

  func putBack<Network: WeightedNetwork>(
    _ network: Network, _ parameters: ParameterBlock<Double>
  ) where Network.Scalar == Scalar {
    guard !large.isEmpty else { return }
    network.parameters.restore(large)
    parameters.restore(small)
    network.running = running
  }
}

extension NetworkState: KeptState {
  func encode(_ name: String, into container: inout Container) {
    network.encode("\(name).network", into: &container)
    running.encode("\(name).running", into: &container)
    head.encode("\(name).head", into: &container)
    draws?.encode("\(name).draws", into: &container)
    optimizer.encode("\(name).optimizer", into: &container)
    best.encode("\(name).best", into: &container)
  }

  init(_ name: String, of container: Container) throws {
    let draws = "\(name).draws"
    self.init(
      network: try ParameterState("\(name).network", of: container),
      running: try [RunningMoments]("\(name).running", of: container),
      head: try ParameterState("\(name).head", of: container),
      draws: container.count(of: draws) == nil ? nil : try RandomStream(draws, of: container),
      optimizer: try OptimizerClock("\(name).optimizer", of: container),
      best: try NetworkSnapshot("\(name).best", of: container))
  }

  /// Whether the state is one of such a network and head.
  func isOf<Network: WeightedNetwork>(
    _ network: Network, _ head: ParameterBlock<Double>, draws hasDraws: Bool
  ) -> Bool where Network.Scalar == Scalar {
    self.network.weights.count == network.parameters.count
      && self.head.weights.count == head.count
      && running.map(\.mean.count) == network.running.map(\.mean.count)
      && (draws != nil) == hasDraws
      && (best.large.isEmpty
        || best.large.count == network.parameters.count
          && best.small.count == head.count
          && best.running.map(\.mean.count) == network.running.map(\.mean.count))
  }
}

extension NetworkSnapshot: KeptState {
  func encode(_ name: String, into container: inout Container) {
    container.add("\(name).network", scalars: large)
    container.add("\(name).head", small)
    running.encode("\(name).running", into: &container)
  }

  init(_ name: String, of container: Container) throws {
    large = try container.scalars("\(name).network")
    small = try container.doubles("\(name).head")
    running = try [RunningMoments]("\(name).running", of: container)
  }
}
