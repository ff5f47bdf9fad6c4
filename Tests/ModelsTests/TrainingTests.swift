// What all fits share: splits, early stopping, ensembles, the loop.

import FactorRuntime
import Synchronization
import TestSupport
import Testing

@testable import Models

@Suite struct SplitTests {
  @Test func blocksThatFollowEachOtherAreASplit() throws {
    let split = try Split(train: 0..<10, valid: 12..<15, test: 15..<20)
    #expect(split.train == 0..<10 && split.valid == 12..<15 && split.test == 15..<20)
  }

  @Test func eachFaultIsNamed() {
    #expect(throws: Split.Fault.empty(block: "valid")) {
      try Split(train: 0..<10, valid: 10..<10, test: 10..<20)
    }
    #expect(throws: Split.Fault.overlap(first: "train", second: "valid")) {
      try Split(train: 0..<10, valid: 9..<12, test: 12..<20)
    }
    #expect(throws: Split.Fault.overlap(first: "valid", second: "test")) {
      try Split(train: 0..<10, valid: 10..<13, test: 12..<20)
    }
    #expect(throws: Split.Fault.outOfOrder(first: "train", second: "valid")) {
      try Split(train: 10..<20, valid: 0..<10, test: 20..<30)
    }
    #expect(throws: Split.Fault.outOfOrder(first: "valid", second: "test")) {
      try Split(train: 0..<10, valid: 20..<30, test: 10..<20)
    }
  }

  @Test func designsCutAsTheySay() throws {
    let fixed = try SplitDesign.static12.split(months: 300)
    try #expect(fixed == Split(train: 0..<144, valid: 144..<192, test: 192..<240))
    let longer = try SplitDesign.static15.split(months: 252)
    try #expect(longer == Split(train: 0..<180, valid: 180..<216, test: 216..<252))
    let thirds = try SplitDesign.thirds.split(months: 31)
    try #expect(thirds == Split(train: 0..<10, valid: 10..<20, test: 20..<31))
    let published = try SplitDesign.gkx.split(months: 720)
    #expect(published.train == 0..<216 && published.valid == 216..<360)
    #expect(published.test == 360..<720)
    #expect(throws: Split.Fault.tooShort(months: 360, needed: 361, design: "gkx")) {
      try SplitDesign.gkx.split(months: 360)
    }
    let chronological = try SplitDesign.fvtc.split(months: 200)
    #expect(chronological.train == 0..<140 && chronological.valid == 140..<170)
    #expect(chronological.test == 170..<200)
    let shares = try SplitDesign.shares.split(months: 480)
    try #expect(shares == Split(train: 0..<288, valid: 288..<384, test: 384..<480))
  }

  @Test func designsRefuseTooFewMonths() {
    #expect(throws: Split.Fault.tooShort(months: 239, needed: 240, design: "static12")) {
      try SplitDesign.static12.split(months: 239)
    }
    #expect(throws: Split.Fault.tooShort(months: 10, needed: 252, design: "static15")) {
      try SplitDesign.static15.split(months: 10)
    }
    #expect(throws: Split.Fault.empty(block: "train")) { try SplitDesign.thirds.split(months: 2) }
  }
}

@Suite struct EnsembleTests {
  // AT-17: members are added in order, so only rounding could tell orders apart.
  @Test func theSumIsInvariantToTheOrderOfMembersAndTheThreads() throws {
    var stream = RandomStream(seed: 3, purpose: .example)
    let members = (0..<5).map { _ in (0..<40).map { _ in stream.normal() } }
    func sum(_ members: [[Double]], threads: Int = 1) throws -> [Double]? {
      try Ensemble.fold(members: members.count, budget: Budget(threads: threads)) {
        members[$0]
      } adding: { total, next in
        for i in total.indices { total[i] += next[i] }
      }
    }
    let total = try #require(try sum(members))
    expectClose(try #require(try sum(members.reversed())), total, absolute: 1e-14)
    expectClose(total[7], members.reduce(0) { $0 + $1[7] }, absolute: 1e-14)
    try #expect(sum([members[0]]) == members[0] && sum([]) == nil)
    for threads in [2, 3, 7] { try #expect(sum(members, threads: threads) == total) }
  }

  @Test func membersKeepTheirOrderOnAnyNumberOfThreads() throws {
    for threads in [1, 2, 7] {
      let found = try Ensemble.map(members: 9, budget: Budget(threads: threads)) { $0 * $0 }
      #expect(found == (0..<9).map { $0 * $0 })
    }
  }

  @Test func aMembersErrorReachesTheCaller() {
    #expect(throws: ModelError.noSplit) {
      try Ensemble.map(members: 4, budget: Budget(threads: 2)) { member in
        if member == 2 { throw ModelError.noSplit }
        return member
      }
    }
  }

  @Test func membersHaveSeedsOfTheirOwn() {
    let seeds = (0..<50).map { Ensemble.seed(7, member: $0) } + [Ensemble.seed(8, member: 0)]
    #expect(Set(seeds).count == seeds.count)
    #expect(Ensemble.seed(7, member: 3) == seeds[3])
  }
}

private struct ScriptedState: KeptState {
  let epoch: Int

  init(epoch: Int) { self.epoch = epoch }

  func encode(_ name: String, into container: inout Container) {
    container.add(name, [UInt64(epoch)])
  }

  init(_ name: String, of container: Container) throws {
    epoch = Int(try container.wholes(name).first ?? 0)
  }
}

/// A model whose validation loss follows a list.
private final class ScriptedModel: Trainable {
  let losses: [Double]
  private(set) var (epoch, kept, restored, steps) = (0, 0, false, 0)
  var batchCount: Int { 3 }

  let idleLoss: Double

  init(_ losses: [Double], idle: Double = .infinity) { (self.losses, idleLoss) = (losses, idle) }

  func begin(epoch: Int, _ stream: inout RandomStream) { self.epoch = epoch }
  /// Asked to stop in the middle of a step, which then gives no loss.
  var stopped: Budget?
  func step(batch: Int) -> Double {
    steps += 1
    if let stopped {
      stopped.cancel()
      return .nan
    }
    return Double(batch)
  }
  func validationLoss() -> Double { losses[epoch - 1] }
  func takeMetrics() -> [Metric] { [Metric("twice", 2 * Double(epoch))] }
  func keepBest() { kept = epoch }
  func restoreBest() { restored = true }
  var state: ScriptedState {
    get { ScriptedState(epoch: epoch) }
    set { epoch = newValue.epoch }
  }
}

@Suite struct TrainingLoopTests {
  private func run(
    _ model: ScriptedModel, epochs: Int, patience: Int, budget: Budget = Budget(),
    progress: @escaping @Sendable (FitProgress) -> Void = { _ in }
  ) throws -> TrainingReport {
    try TrainingLoop.run(
      model, TrainingSchedule(epochs: epochs, patience: patience), seed: 1, member: 0, of: 1,
      FitContext(seed: 1, budget: budget, progress: progress))
  }

  @Test func stopsWhenPatienceEndsAndGoesBackToTheBest() throws {
    let model = ScriptedModel([5, 3, 4, 3, 3.5, 1])
    let report = try run(model, epochs: 6, patience: 3)
    #expect(report.epochs == 5 && report.bestEpoch == 2 && report.bestLoss == 3)
    #expect(model.kept == 2 && model.restored && model.steps == 15)
    #expect(report.trainingLoss == [1, 1, 1, 1, 1])
    #expect(report.metrics["twice"] == [2, 4, 6, 8, 10])
    #expect(report.metrics.seconds.count == 5 && report.metrics.seconds.allSatisfy { $0 >= 0 })
  }

  // Losses above that of saying zero use no patience up.
  @Test func patienceBeginsWhereSomethingIsLearned() throws {
    let losses = [5, 3, 4, 4, 4, 2.5, 1.5, 2, 2, 0]
    for (idle, epochs) in [(Double.infinity, 4), (2.75, 9), (2, 9), (1, 10)] {
      let model = ScriptedModel(losses, idle: idle)
      #expect(try run(model, epochs: 10, patience: 2).epochs == epochs, "\(idle)")
    }
  }

  @Test func aFixedScheduleEndsWhereItIsTold() throws {
    let model = ScriptedModel([5, 3, 4, 6, 1])
    let report = try TrainingLoop.run(
      model, TrainingSchedule(epochs: 4, patience: 1, isFixed: true), seed: 1, member: 0, of: 1,
      FitContext(seed: 1))
    #expect(report.epochs == 4 && report.bestEpoch == 4 && report.bestLoss == 6)
    #expect(model.kept == 4 && model.restored)
  }

  @Test func runsAllEpochsWhileItImproves() throws {
    let seen = Mutex<[Int]>([])
    let report = try run(ScriptedModel([4, 3, 2, 1]), epochs: 4, patience: 1) { progress in
      seen.withLock { $0.append(progress.bestEpoch) }
    }
    #expect(report.bestEpoch == 4 && seen.withLock { $0 } == [1, 2, 3, 4])
  }

  @Test func anUndefinedLossIsAnErrorThatNamesTheEpoch() {
    let stopped = ScriptedModel([3, 2, 1])
    let budget = Budget()
    stopped.stopped = budget
    #expect(throws: BudgetError.cancelled) {
      try run(stopped, epochs: 3, patience: 3, budget: budget)
    }
    #expect(throws: ModelError.notFinite(epoch: 2)) {
      try run(ScriptedModel([1, .nan, 1]), epochs: 3, patience: 9)
    }
    #expect(throws: ModelError.notFinite(epoch: 1)) {
      try run(ScriptedModel([.infinity]), epochs: 3, patience: 9)
    }
  }

  @Test func aCancelledBudgetStopsBeforeTheNextBatch() {
    let budget = Budget()
    budget.cancel()
    let model = ScriptedModel([1])
    #expect(throws: BudgetError.cancelled) {
      try run(model, epochs: 1, patience: 1, budget: budget)
    }
    #expect(model.steps == 0)
  }
}
