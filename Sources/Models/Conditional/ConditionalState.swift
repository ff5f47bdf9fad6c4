// The state of one member of a conditional factor model between two epochs, as values.

import FactorRuntime

/// Everything that the next epoch depends on.
struct ConditionalState<Scalar: NetworkScalar>: Sendable {
  let network: ParameterState<Scalar>
  let running: [RunningMoments]
  let head: ParameterState<Double>
  /// What sampled losses draw from; nil where nothing is sampled.
  let draws: RandomStream?
  let optimizer: OptimizerClock
  let best: ConditionalSnapshot<Scalar>
}

/// The parameters and running statistics of the best epoch.
struct ConditionalSnapshot<Scalar: NetworkScalar>: Sendable {
  private(set) var large: [Scalar] = []
  private(set) var small: [Double] = []
  private(set) var running: [RunningMoments] = []

  mutating func take(_ network: BetaNetwork<Scalar>, _ parameters: ParameterBlock<Double>) {
    network.parameters.snapshot(into: &large)
    parameters.snapshot(into: &small)
    running = network.running
  }

  func putBack(_ network: BetaNetwork<Scalar>, _ parameters: ParameterBlock<Double>) {
    guard !large.isEmpty else { return }
    network.parameters.restore(large)
    parameters.restore(small)
    network.running = running
  }
}

extension ConditionalState: KeptState {
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
      best: try ConditionalSnapshot("\(name).best", of: container))
  }

  /// Whether the state is one of such a network and head.
  func isOf<Head: FactorHead>(_ network: BetaNetwork<Scalar>, _ head: Head) -> Bool {
    self.network.weights.count == network.parameters.count
      && self.head.weights.count == head.parameters.count
      && running.map(\.mean.count) == network.running.map(\.mean.count)
      && (draws == nil) == (head.draws == nil)
      && (best.large.isEmpty
        || best.large.count == network.parameters.count
          && best.small.count == head.parameters.count
          && best.running.map(\.mean.count) == network.running.map(\.mean.count))
  }
}

extension ConditionalSnapshot: KeptState {
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
