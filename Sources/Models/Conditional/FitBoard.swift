// How far each member of an ensemble is: written by the members' threads, read for checkpoints.

import FactorRuntime
import Synchronization

/// Where a member stands.
enum MemberProgress<Head: FactorHead>: Sendable where Head.Scalar == Float {
  case waiting
  case training(PausedTraining<ConditionalState<Float>>)
  case finished(ConditionalMember)

  var report: TrainingReport? {
    switch self {
    case .waiting: nil
    case .training(let paused): paused.report
    case .finished(let member): member.report
    }
  }

  var isFinished: Bool {
    if case .finished = self { return true }
    return false
  }

  fileprivate var word: String {
    switch self {
    case .waiting: "waiting"
    case .training: "training"
    case .finished: "finished"
    }
  }
}

/// The members of a fit that runs.
final class FitBoard<Head: FactorHead>: Sendable where Head.Scalar == Float {
  private let members: Mutex<[MemberProgress<Head>]>

  init(_ members: [MemberProgress<Head>]) { self.members = Mutex(members) }

  subscript(number: Int) -> MemberProgress<Head> {
    get { members.withLock { $0[number] } }
    set { members.withLock { $0[number] = newValue } }
  }

  var all: [MemberProgress<Head>] { members.withLock { $0 } }
}

/// Members on their way, in a container and back.
enum FitCheckpoint {
  static let kind = "checkpoint"

  static func container<Head: FactorHead>(
    of members: [MemberProgress<Head>], _ epochs: Int
  ) -> Container {
    var container = Container(kind: kind)
    let least = members.compactMap { $0.isFinished ? nil : $0.report?.epochs }.min() ?? 0
    container.facts = [
      .init("members", .list(members.map { .text($0.word) })),
      .init("epoch", .number(Double(least))), .init("epochs", .number(Double(epochs))),
    ]
    for (number, member) in members.enumerated() {
      let name = "member\(number)"
      switch member {
      case .waiting: break
      case .training(let paused): paused.encode(name, into: &container)
      case .finished(let member): member.encode(name, into: &container)
      }
    }
    return container
  }

  /// Reads members that belong to such a network and head.
  static func members<Head: FactorHead>(
    in container: Container, _ network: BetaNetwork<Float>, _ head: Head, count: Int
  ) throws -> [MemberProgress<Head>] {
    guard container.kind == kind else {
      throw ContainerError.otherKind(found: container.kind, wanted: kind)
    }
    let facts = StoredFacts(.object(container.facts))
    let words = try facts.texts("members")
    guard words.count == count else { throw facts.fault("members") }
    return try words.enumerated().map { number, word in
      let name = "member\(number)"
      switch word {
      case "waiting": return .waiting
      case "training":
        let paused = try PausedTraining<ConditionalState<Float>>(name, of: container)
        guard paused.model.isOf(network, head) else { throw misfit(name) }
        return .training(paused)
      case "finished":
        return .finished(try ConditionalMember(name, of: container, network, head))
      default: throw facts.fault("members")
      }
    }
  }

  fileprivate static func misfit(_ name: String) -> ContainerError {
    .malformed(section: name, reason: "it is of a network of another shape")
  }
}

extension ConditionalMember {
  fileprivate func encode(_ name: String, into container: inout Container) {
    container.add("\(name).network", weights.values)
    weights.running.encode("\(name).running", into: &container)
    container.add("\(name).head", core)
    container.add("\(name).tuned", tuned)
    report.encode("\(name).report", into: &container)
  }

  // What is frozen is computed again, which gives the same bits.
  fileprivate init(
    _ name: String, of container: Container, _ network: BetaNetwork<Float>, _ head: some FactorHead
  ) throws {
    let weights = BetaNetworkWeights(
      values: try container.floats("\(name).network"),
      running: try [RunningMoments]("\(name).running", of: container))
    let (core, tuned) = (
      try container.doubles("\(name).head"), try container.doubles("\(name).tuned")
    )
    guard weights.values.count == network.parameters.count,
      weights.running.map(\.mean.count) == network.running.map(\.mean.count),
      core.count == head.parameters.count, tuned.count == core.count
    else { throw FitCheckpoint.misfit(name) }
    weights.restore(to: network)
    self.init(
      network: network.frozen(), weights: weights, core: core, tuned: tuned,
      report: try TrainingReport("\(name).report", of: container))
  }
}
