// How far each member of an ensemble is: written by the members' threads, read for checkpoints.

import FactorRuntime
import Synchronization

/// Where a member stands.
enum MemberProgress<Fit: EnsembleFit>: Sendable {
  case waiting
  case training(PausedTraining<Fit.Trainer.State>)
  case finished(Fit.Member)

  var report: TrainingReport? {
    switch self {
    case .waiting: nil
    case .training(let paused): paused.report
    case .finished(let member): member.report
    }
  }

  /// The epochs behind it; who has finished, early or not, is through with all.
  func trained(_ epochs: Int) -> Int { isFinished ? epochs : report?.epochs ?? 0 }

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
final class FitBoard<Fit: EnsembleFit>: Sendable {
  private let members: Mutex<[MemberProgress<Fit>]>

  init(_ members: [MemberProgress<Fit>]) { self.members = Mutex(members) }

  subscript(number: Int) -> MemberProgress<Fit> {
    get { members.withLock { $0[number] } }
    set { members.withLock { $0[number] = newValue } }
  }

  var all: [MemberProgress<Fit>] { members.withLock { $0 } }
}

/// Members on their way, in a container and back.
enum FitCheckpoint {
  static let kind = "checkpoint"

  static func container<Fit: EnsembleFit>(
    of members: [MemberProgress<Fit>], _ epochs: Int
  ) -> Container {
    var container = Container(kind: kind)
    let least = members.compactMap { $0.isFinished ? nil : $0.report?.epochs }.min() ?? 0
    container.facts = [
      .init("members", .list(members.map { .text($0.word) })),
      .init("epoch", .number(Double(least))), .init("epochs", .number(Double(epochs))),
      .init(FitCheckpoints.trained, .number(Double(members.reduce(0) { $0 + $1.trained(epochs) }))),
    ]
    for (number, member) in members.enumerated() {
      let name = "member\(number)"
      switch member {
      case .waiting: break
      case .training(let paused): paused.encode(name, into: &container)
      case .finished(let member): Fit.encode(member, name, into: &container)
      }
    }
    return container
  }

  /// Reads members that belong to a fit.
  static func members<Fit: EnsembleFit>(
    in container: Container, _ fit: Fit, count: Int
  ) throws -> [MemberProgress<Fit>] {
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
        let paused = try PausedTraining<Fit.Trainer.State>(name, of: container)
        guard fit.accepts(paused.model) else { throw misfit(name) }
        return .training(paused)
      case "finished": return .finished(try fit.member(name, of: container))
      default: throw facts.fault("members")
      }
    }
  }

  /// The complaint about a member of another network.
  static func misfit(_ name: String) -> ContainerError {
    .malformed(section: name, reason: "it is of a network of another shape")
  }
}
