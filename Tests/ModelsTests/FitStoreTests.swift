// Fits that are kept: recalled, continued bit by bit, and never wrong, whatever happens to the files.

import FactorRuntime
import Synchronization
import TestSupport
import Testing

@testable import Models

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What a store said, from any thread.
private final class Notes: Sendable {
  private let texts = Mutex<[String]>([])
  func add(_ text: String) { texts.withLock { $0.append(text) } }
  var all: [String] { texts.withLock { $0 } }
  func take() -> [String] {
    texts.withLock { texts in
      defer { texts = [] }
      return texts
    }
  }
}

/// A folder of kept fits and one fit of a model on a small world.
struct StoredFit {
  let folder: ScratchFolder
  let task: FactorTask
  let order: FitOrder
  fileprivate let notes = Notes()

  init(_ name: String = "cvra", _ settings: [String: HyperparameterValue] = [:]) throws {
    folder = try ScratchFolder()
    task = try SimulatedPanel.task()
    var all: [String: HyperparameterValue] = [
      "k": .integer(2), "seeds": .integer(2), "epochs": .integer(12),
    ]
    all.merge(settings) { $1 }
    order = FitOrder(try #require(Registry.card(name)), all, seed: 5)
  }

  func store(interval: Double = 0, calls: WriteCalls = .system) throws -> FitStore {
    FitStore(try MemoStore(opening: folder.path, calls: calls), interval: interval, threshold: 0)
  }

  var key: String { get throws { try order.key(task, threads: 1) } }

  /// Fits; asks to stop when an epoch is reached.
  func fit(
    stoppingAt epoch: Int? = nil, ofMember member: Int? = nil, calls: WriteCalls = .system,
    isFresh: Bool = false,
    on other: FactorTask? = nil, from earlier: Container? = nil, spent: Double = 0
  ) throws -> FitStore.Result {
    let budget = Budget()
    var context = FitContext(seed: order.seed, budget: budget) {
      if $0.epoch == epoch, member ?? $0.member == $0.member { budget.cancel() }
    }
    context.earlier = earlier
    let notes = notes
    return try store(calls: calls).fit(
      order, other ?? task, context, isFresh: isFresh, spent: spent
    ) {
      notes.add($0)
    }
  }

  func bits(_ model: any FittedModel) throws -> [UInt64] {
    let found = try model.predict(task, budget: Budget())
    return (found.preferredForecast + (found.total ?? [])).map(\.bitPattern)
  }

  /// What the fit gives when nothing interrupts it and nothing is kept.
  func whole() throws -> [UInt64] {
    try bits(order.fit(task, FitContext(seed: order.seed)))
  }

  fileprivate var said: [String] { notes.take() }
}

@Suite struct FitStoreTests {
  @Test func aKnownFitIsRecalledWithTheSameBits() throws {
    let fit = try StoredFit()
    let first = try fit.fit()
    #expect(first.origin == .computed && first.isKept)
    let second = try fit.fit()
    guard case .recalled(let moment) = second.origin else {
      Issue.record("it is computed again")
      return
    }
    #expect(abs(moment - WallClock.seconds) < 100 && second.seconds == first.seconds)
    #expect(try fit.bits(second.model) == fit.bits(first.model))
    #expect(try fit.bits(first.model) == fit.whole())
    #expect(try fit.fit(isFresh: true).origin == .computed)
  }

  @Test func whatDecidesTheBitsDecidesTheKey() throws {
    let fit = try StoredFit()
    let key = try fit.key
    #expect(try fit.order.key(fit.task, threads: 4) == key)
    var other = fit.task
    other.split = try Split(train: 0..<20, valid: 20..<30, test: 30..<40)
    #expect(try fit.order.key(other, threads: 1) != key)
    var returns = fit.task.returns
    returns[17] = returns[17].nextUp
    #expect(try fit.order.key(fit.task.replacing(returns: returns), threads: 1) != key)
    var numbers = fit.task.characteristics
    numbers[numbers.count - 1] = numbers[numbers.count - 1].nextUp
    #expect(try fit.order.key(fit.task.replacing(characteristics: numbers), threads: 1) != key)
    func changed(_ changes: [String: HyperparameterValue], seed: UInt64 = 5) throws -> String {
      let settings = fit.order.settings.merging(changes) { $1 }
      return try FitOrder(fit.order.card, settings, seed: seed).key(fit.task, threads: 1)
    }
    #expect(try changed([:], seed: 6) != key)
    #expect(try changed(["epochs": .integer(13)]) != key)
    // A default that is written out changes nothing.
    #expect(try changed(["rate": .real(3e-3), "beta_hidden": .integers([32, 16])]) == key)
  }

  @Test(arguments: ["cvra", "ca2"], [1, 7, 11])
  func anInterruptedFitGoesOnFromItsCheckpoint(name: String, epoch: Int) throws {
    let fit = try StoredFit(name, ["patience": .integer(50)])
    let partial = try fit.fit(stoppingAt: epoch)
    #expect(partial.model.pause != nil && !partial.isKept)
    #expect(try fit.store().files.entries().allSatisfy { $0.role != .result })
    let rest = try fit.fit()
    #expect(partial.model.summary.parameterCount == rest.model.summary.parameterCount)
    #expect(fit.said.contains { $0.hasPrefix("continues at epoch") })
    #expect(try fit.bits(rest.model) == fit.whole())
    #expect(try fit.store().files.entries().map(\.role) == [.result])
  }

  // C9: the last two are kept; where the newest is bad, the one before it serves.
  @Test func aDamagedCheckpointFallsBackToTheOneBefore() throws {
    let fit = try StoredFit("ca1", ["patience": .integer(50), "seeds": .integer(1)])
    _ = try fit.fit(stoppingAt: 8)
    let store = try fit.store()
    let found = FitCheckpoints.found(in: store.files, try fit.key) { Issue.record("\($0)") }
    #expect(found.count == 2 && found[0].sequence == found[1].sequence + 1)
    let newest = store.files.file(try fit.key, .partial(found[0].slot))
    var bytes = try FileSystem.read(newest)
    bytes[bytes.count - 100] ^= 4
    try DurableWrite.replace(newest, with: bytes)
    let rest = try fit.fit()
    let said = fit.said
    #expect(said.contains { $0.contains("is damaged: the section `member0") }, "\(said)")
    #expect(said.contains { $0.hasPrefix("continues at epoch \(found[1].epoch) of 12") }, "\(said)")
    #expect(try fit.bits(rest.model) == fit.whole())
  }

  // A state in hand that is behind what is kept neither throws the way between away nor the file.
  @Test func anEarlierStateGoesOnFromTheFurthestKept() throws {
    let fit = try StoredFit("ca1", ["patience": .integer(50), "seeds": .integer(1)])
    let early = try #require(try fit.fit(stoppingAt: 3).model.pause)
    #expect(try fit.fit(stoppingAt: 7).model.pause?.epoch == 7)
    _ = fit.said
    let again = try fit.fit(stoppingAt: 9, from: early.checkpoint())
    #expect(fit.said.contains { $0.hasPrefix("continues at epoch 7 of 12") })
    #expect(again.model.pause?.epoch == 9)
    let kept = FitCheckpoints.found(in: try fit.store().files, try fit.key) {
      Issue.record("\($0)")
    }
    #expect(kept.map(\.trained) == [9, 9])
    // The hour in hand is the one in the file, not one more.
    let late = try fit.fit(stoppingAt: 10, from: early.checkpoint(), spent: 3600)
    #expect((3600..<7000).contains(late.seconds))
    let later = try fit.fit(stoppingAt: 11, from: early.checkpoint(), spent: 3600)
    #expect((3600..<7000).contains(later.seconds))
    // A state ahead of the files stays where it is.
    let ahead = try #require(again.model.pause).checkpoint()
    for slot in [0, 1] { try fit.store().files.remove(fit.key, .partial(slot)) }
    _ = try fit.fit(stoppingAt: 2)
    _ = fit.said
    #expect(try fit.bits(fit.fit(from: ahead).model) == fit.whole())
    #expect(!fit.said.contains { $0.hasPrefix("continues") })
  }

  @Test func ifBothAreBadTheFitBeginsAnew() throws {
    let fit = try StoredFit("ca1", ["patience": .integer(50)])
    _ = try fit.fit(stoppingAt: 5)
    let files = try fit.store().files
    for slot in [0, 1] {
      try DurableWrite.replace(files.file(try fit.key, .partial(slot)), with: "not of fq")
    }
    let rest = try fit.fit()
    #expect(fit.said.filter { $0.contains("no file of fq") }.count >= 2)
    #expect(try fit.bits(rest.model) == fit.whole())
    // What fq did not make is left alone.
    #expect(try FileSystem.read(files.file(try fit.key, .partial(0))) == Array("not of fq".utf8))
  }

  // C13.
  @Test func aDamagedResultIsComputedAnewAndReplaced() throws {
    let fit = try StoredFit("ca1")
    let first = try fit.fit()
    let file = try fit.store().files.file(fit.key, .result)
    let good = try FileSystem.read(file)
    for place in [20, good.count / 2, good.count - 1] {
      var bytes = good
      bytes[place] ^= 1
      try DurableWrite.replace(file, with: bytes)
      let again = try fit.fit()
      #expect(again.origin == .computed && again.isKept)
      #expect(fit.said.contains { $0.contains("is not used") && $0.contains("computed anew") })
      #expect(try fit.bits(again.model) == fit.bits(first.model))
      guard case .recalled = try fit.fit().origin else {
        Issue.record("the good one is not back")
        return
      }
    }
    try DurableWrite.replace(file, with: "somebody else's")
    #expect(try fit.fit().isKept == false)
    #expect(fit.said.contains { $0.contains("could not be kept") && $0.contains("no file of fq") })
    #expect(try FileSystem.read(file) == Array("somebody else's".utf8))
  }

  @Test func otherDataAreAnotherFit() throws {
    let fit = try StoredFit("ca1", ["patience": .integer(50)])
    _ = try fit.fit(stoppingAt: 6)
    let other = fit.task.scrambled(returnsFrom: 39, characteristicsFrom: 39)
    let result = try fit.fit(on: other)
    #expect(result.origin == .computed)
    #expect(!fit.said.contains { $0.hasPrefix("continues") })
  }

  @Test func aCheckpointOfAnotherModelIsNotTaken() throws {
    let small = try StoredFit("ca1", ["patience": .integer(50)])
    let partial = try small.fit(stoppingAt: 3)
    let checkpoint = try #require(partial.model.pause).checkpoint()
    let large = try StoredFit("ca2", ["patience": .integer(50)])
    var context = FitContext(seed: 5)
    context.earlier = checkpoint
    #expect(throws: ContainerError.self) { try large.order.fit(large.task, context) }
    // With its file renamed it is found, refused with the reason, and the fit begins anew.
    var bad = checkpoint
    bad.facts.append(.init("kept", FitCheckpoints.Last.facts(1, 1)))
    try large.store().files.write(bad, large.key, .partial(0))
    let result = try large.fit()
    #expect(large.said.contains { $0.contains("the checkpoint is not used") })
    #expect(try large.bits(result.model) == large.whole())
  }

  // C14 in small: whoever renames last wins, and nobody reads half a file.
  @Test func manyFitsOfOneKeyAtOnceDisturbNobody() throws {
    let fit = try StoredFit("ca0", ["seeds": .integer(1)])
    let whole = try fit.whole()
    let results = Mutex<[[UInt64]]>([])
    Parallel.blocks(12, threads: 6) { _ in
      if let result = try? fit.fit(), let bits = try? fit.bits(result.model) {
        results.withLock { $0.append(bits) }
      }
    }
    #expect(results.withLock { $0 } == [[UInt64]](repeating: whole, count: 12))
    #expect(fit.said.filter { $0.contains("damaged") }.isEmpty)
    #expect(try FileSystem.list(fit.folder.path).allSatisfy { !$0.hasSuffix(".tmp") })
  }

  @Test func aLossThatFailsKeepsTheBestEpochAndNamesTheMonth() throws {
    let fit = try StoredFit("ca1", ["patience": .integer(50), "seeds": .integer(1)])
    let partial = try fit.fit(stoppingAt: 3).model
    let checkpoint = try #require(partial.pause).checkpoint()
    let paused = try PausedTraining<NetworkState<Float>>("member0", of: checkpoint)
    let state = paused.model
    let spoilt = NetworkState<Float>(
      network: ParameterState(
        weights: state.network.weights.map { _ in .infinity }, first: state.network.first,
        second: state.network.second),
      running: state.running, head: state.head, draws: state.draws, optimizer: state.optimizer,
      best: state.best)
    var container = Container(kind: checkpoint.kind)
    container.facts = checkpoint.facts
    PausedTraining(
      model: spoilt, stream: paused.stream, watch: paused.watch, report: paused.report
    ).encode("member0", into: &container)
    var context = FitContext(seed: 5)
    context.earlier = container
    let failed = try fit.order.fit(fit.task, context)
    let pause = try #require(failed.pause)
    guard case .notFinite(epoch: 4, month: let month?) = pause.cause else {
      Issue.record("\(String(describing: pause.cause))")
      return
    }
    #expect(try fit.task.index.months[fit.task.requireSplit().train].contains(month))
    #expect(pause.epoch == 3 && pause.bestEpoch == paused.report.bestEpoch)
    let best = try pause.best(Budget())
    #expect(try fit.bits(best) == fit.bits(partial) && best.pause == nil)
  }

  @Test(arguments: ["cvra", "ca2"]) func finishedMembersAreKeptToo(name: String) throws {
    let fit = try StoredFit(name, ["patience": .integer(50)])
    _ = try fit.fit(stoppingAt: 5, ofMember: 1)
    let found = FitCheckpoints.found(in: try fit.store().files, try fit.key) { _ in }
    let words = JSON.object(try #require(found.first).container.facts)["members"]
    #expect(words == .list([.text("finished"), .text("training")]))
    #expect(try fit.bits(fit.fit().model) == fit.whole())
    // Asked to stop while the last touches are put on, it loses nothing either.
    let late = try StoredFit(name, ["patience": .integer(50)])
    let partial = try late.fit(stoppingAt: 12, ofMember: 1)
    #expect(partial.model.pause != nil)
    #expect(try late.bits(late.fit().model) == late.whole())
  }

  @Test func aWarmStartGoesOnToo() throws {
    let fit = try StoredFit("ca1", ["patience": .integer(50)])
    let start = try fit.order.fit(fit.task, FitContext(seed: 77))
    let order = FitOrder(fit.order.card, fit.order.settings, seed: 5, start: start)
    #expect(try order.key(fit.task, threads: 1) != fit.key)
    let whole = try fit.bits(order.fit(fit.task, FitContext(seed: 5)))
    #expect(try whole != fit.whole())
    let budget = Budget()
    let context = FitContext(seed: 5, budget: budget) { if $0.epoch == 4 { budget.cancel() } }
    let partial = try fit.store().fit(order, fit.task, context) { _ in }
    #expect(partial.model.pause != nil)
    let rest = try fit.store().fit(order, fit.task, FitContext(seed: 5)) { _ in }
    #expect(try fit.bits(rest.model) == whole)
  }

  // A disk that is full from some moment on: the fit goes on, one note says so, what is there stays.
  @Test(arguments: [ENOSPC, EROFS]) func aFullDiskCostsOneNote(code: Int32) throws {
    let fit = try StoredFit("ca1", ["patience": .integer(50), "seeds": .integer(1)])
    let full = Mutex(false)
    let system = WriteCalls.system
    var calls = system
    calls.write = { descriptor, bytes in
      guard full.withLock({ $0 }) else { return system.write(descriptor, bytes) }
      errno = code
      return -1
    }
    let context = FitContext(seed: 5) { if $0.epoch == 6 { full.withLock { $0 = true } } }
    let store = try fit.store(calls: calls)
    let result = try store.fit(fit.order, fit.task, context) { fit.notes.add($0) }
    // The next fit says no word more about it.
    let next = FitOrder(fit.order.card, fit.order.settings, seed: 6)
    _ = try store.fit(next, fit.task, FitContext(seed: 6)) { fit.notes.add($0) }
    let said = fit.said
    let reason = String(cString: strerror(code))
    #expect(said.filter { $0.contains("no checkpoint could be written") }.count == 1, "\(said)")
    #expect(said.allSatisfy { $0.contains(reason) && $0.contains(fit.folder.path) }, "\(said)")
    #expect(said.count == 2 && said[1].contains("the fit could not be kept"), "\(said)")
    #expect(!result.isKept)
    #expect(try fit.bits(result.model) == fit.whole())
    let left = FitCheckpoints.found(in: try fit.store().files, try fit.key) {
      Issue.record("\($0)")
    }
    #expect(left.map(\.epoch) == [6, 5])
  }
}
