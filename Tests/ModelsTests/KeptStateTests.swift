// States of training in containers: what is read back is what was written, bit by bit.

import FactorRuntime
import TestSupport
import Testing

@testable import Models

@Suite struct KeptStateTests {
  private func roundTrip<State: KeptState>(_ state: State) throws -> State {
    var container = Container(kind: "test")
    state.encode("s", into: &container)
    return try State("s", of: Container(decoding: container.encoded))
  }

  @Test func aStreamGoesOnWhereItWas() throws {
    for draws in 0..<6 {
      var stream = RandomStream(seed: .max - 3, purpose: .posterior, stream: 9)
      for _ in 0..<draws { _ = stream.normal() }
      var again = try roundTrip(stream)
      for _ in 0..<5 {
        #expect(again.normal().bitPattern == stream.normal().bitPattern)
        #expect(again.bits() == stream.bits())
      }
    }
  }

  @Test func adamKeepsItsClockAndNotItsSettings() throws {
    var adam = Adam(rate: 1.0 / 3, clip: 0.25)
    adam.time = 123_456
    var other = Adam(rate: 1, clip: nil)
    other.clock = try roundTrip(adam.clock)
    #expect(other.time == 123_456 && other.rate == 1 && other.clip == nil)
  }

  @Test func reportsAndWatchesComeBack() throws {
    let report = TrainingReport(
      trainingLoss: [3, 2, 0.1], validationLoss: [4, -1.0 / 3, 5], bestEpoch: 2, bestLoss: -1.0 / 3)
    #expect(try roundTrip(report) == report)
    let watch = try roundTrip(EarlyStopping(patience: 7, bestLoss: .infinity, bestEpoch: 0))
    #expect(watch.patience == 7 && watch.bestLoss == .infinity && watch.bestEpoch == 0)
    #expect(try roundTrip(TrainingReport()) == TrainingReport())
  }

  @Test func statesOfAnotherShapeAreNotTaken() throws {
    let head = LinearFactorHead<Float>(factors: 2, inputs: [[1, 2, 3]], meanFirms: 5)
    func network(_ widths: [Int]) -> BetaNetwork<Float> {
      BetaNetwork(inputs: 3, hidden: widths, outputs: 2, maximumRows: 4)
    }
    let small = network([4])
    let state = NetworkState<Float>(
      network: small.parameters.state, running: small.running, head: head.parameters.state,
      draws: nil, optimizer: OptimizerClock(steps: 3), best: NetworkSnapshot())
    #expect(state.isOf(small, head.parameters, draws: false))
    #expect(!state.isOf(network([4, 4]), head.parameters, draws: false))
    let other = LinearFactorHead<Float>(factors: 1, inputs: [[1, 2, 3]], meanFirms: 5)
    #expect(!state.isOf(small, other.parameters, draws: false))
  }

  @Test func nonsenseIsRefusedAndNamed() throws {
    var container = Container(kind: "test")
    container.add("report", [1.0, 2])
    container.add("running", [3.0, 1, 1])
    container.add("stream", [UInt64](repeating: 9, count: 6))
    container.add("parameters", [Float](repeating: 0, count: 4))
    #expect(throws: ContainerError.self) { try TrainingReport("report", of: container) }
    #expect(throws: ContainerError.self) { try [RunningMoments]("running", of: container) }
    #expect(throws: ContainerError.self) { try RandomStream("stream", of: container) }
    #expect(throws: ContainerError.missing(section: "none")) {
      try OptimizerClock("none", of: container)
    }
    #expect(
      throws: ContainerError.malformed(
        section: "parameters", reason: "weights lack their moments")
    ) { try ParameterState<Float>("parameters", of: container) }
  }
}
