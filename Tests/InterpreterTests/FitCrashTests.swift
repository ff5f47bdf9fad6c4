// Fits in processes that are killed, interrupted or out of time, and go on in others.

import FactorLang
import FactorRuntime
import Foundation
import TestSupport
import Testing

@testable import Interpreter

@Suite(.serialized) struct FitCrashTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func script(_ name: String, _ model: String = "fit cvra, k: 2, seeds: 2, epochs: 16")
    throws
    -> (file: String, saved: String)
  {
    let saved = "\(folder.path)/\(name).fqm"
    let file = try folder.write(
      "\(name).fq",
      """
      seed 3
      t = synth world: r_dyn, firms: 30, months: 48, chars: 4
        | setup target: ret, features: [c1, c2, c3, c4] | split thirds
      m = t | \(model)
      save m, "\(saved)"
      m | evaluate on: test
      """)
    return (file, saved)
  }

  private func run(_ words: [String], cache: String) throws -> ChildProgram.Outcome {
    try ChildProgram.run(words, environment: ["FQ_CACHE": cache])
  }

  private func saved(_ path: String) throws -> [UInt8] { try FileSystem.read(path) }

  // C1.
  @Test func killedAtAnyMomentTheFitEndsWithTheSameBits() throws {
    let (file, path) = try script("killed")
    let began = FullRun.clock
    #expect(try run([file], cache: "").status == 0)
    let length = FullRun.clock - began
    let whole = try saved(path)
    let kills = FullRun.isAsked ? 1000 : 30
    var stream = RandomStream(seed: 1, purpose: .example)
    var (tried, killed, continued) = (0, 0, 0)
    // Every day eight that went on are enough.
    for trial in 0..<kills where FullRun.isAsked || continued < 8 {
      tried += 1
      let cache = "\(folder.path)/cache\(trial)"
      try? FileSystem.remove(path)
      let child = try ChildProgram(
        ["--checkpoint", "1ms", file], environment: ["FQ_CACHE": cache])
      FullRun.pause(length * stream.uniform())
      child.send(SIGKILL)
      if child.finish().wasKilled { killed += 1 }
      let rest = try run(["--checkpoint", "1ms", file], cache: cache)
      #expect(rest.status == 0, "\(rest.errors)")
      #expect(!rest.output.contains("not used"), "\(rest.output)")
      if rest.output.contains("continues at epoch") { continued += 1 }
      #expect(try saved(path) == whole, "trial \(trial)")
      #expect(try FileSystem.list(cache).allSatisfy { !$0.hasSuffix(".tmp") })
      try? FileManager.default.removeItem(atPath: cache)
    }
    print("C1: \(killed) of \(tried) killed, \(continued) went on from a checkpoint")
    #expect(killed > tried / 2 && continued > tried / 5)
  }

  @Test func interruptedAtEpochSevenItGoesOnInANewProcess() throws {
    let (file, path) = try script("seventh")
    #expect(try run([file], cache: "").status == 0)
    let whole = try saved(path)
    try FileSystem.remove(path)
    let cache = folder.path + "/cache"
    var options = SessionOptions()
    options.threads = 1
    options.shelf = FitShelf(cache, interval: 0, threshold: 0)
    let session = Session(options)
    let sink = EpochInterrupter(session.budget, at: 7)
    let text = String(decoding: try FileSystem.read(file), as: UTF8.self)
    #expect(session.run(Source(name: "a", text: text), to: sink) == .interrupted)
    let rest = try run([file], cache: cache)
    #expect(rest.status == 0)
    #expect(rest.output.contains("continues at epoch 7 of 16"), "\(rest.output)")
    #expect(try saved(path) == whole)
  }

  @Test(arguments: [(SIGINT, Int32(130)), (Int32(0), Int32(124))])
  func theCheckpointIsSavedWhenTimeOrPatienceEnds(signal: Int32, status: Int32) throws {
    let (file, path) = try script(
      "stopped", "fit cvra, k: 2, seeds: 60, epochs: 10000, patience: 1000")
    let cache = folder.path + "/cache-\(status)"
    let words = signal == 0 ? ["--timeout", "1500ms", file] : [file]
    let child = try ChildProgram(
      ["--checkpoint", "100ms"] + words, environment: ["FQ_CACHE": cache])
    if signal != 0 {
      FullRun.pause(1.5)
      child.send(signal)
    }
    let outcome = child.finish()
    #expect(outcome.status == status, "\(outcome.errors)")
    #expect(outcome.output.contains("checkpoint saved at epoch"), "\(outcome.output)")
    let again = try run(["--timeout", "800ms", file], cache: cache)
    #expect(again.output.contains("continues at epoch"), "\(again.output)")
    #expect(!FileSystem.exists(path))
  }

  // R1.
  @Test func twentyRunsGiveTheSameBytes() throws {
    let (file, path) = try script("same", "fit ca1, k: 1, seeds: 2, epochs: 4")
    let first = try run([file], cache: "")
    let bytes = try saved(path)
    #expect(first.status == 0 && first.output.contains("total R2"))
    for threads in 0..<19 {
      let next = try run(["--threads", "\(threads % 3 + 1)", file], cache: "")
      #expect(next.output == first.output)
      #expect(try saved(path) == bytes)
    }
  }

  @Test func anUnusableFolderCostsOneNoteAndNothingElse() throws {
    let (file, path) = try script("nowhere", "fit ca1, k: 1, seeds: 2, epochs: 4")
    let blocked = try folder.write("blocked", "a file")
    let outcome = try run([file], cache: blocked + "/cache")
    #expect(outcome.status == 0 && FileSystem.exists(path))
    #expect(outcome.output.components(separatedBy: "fits are not kept").count == 2)
    #expect(outcome.output.contains("Not a directory"), "\(outcome.output)")
  }

  @Test func aLogGetsALineNowAndThen() throws {
    let (file, _) = try script(
      "log", "fit cvra, k: 2, seeds: 60, epochs: 10000, patience: 1000")
    let outcome = try run(["--timeout", "2500ms", file], cache: "")
    let lines = outcome.errors.split(separator: "\n").filter { $0.hasPrefix("fit cvra  seed") }
    #expect((1...3).contains(lines.count), "\(outcome.errors)")
    #expect(lines.allSatisfy { $0.contains("loss ") && $0.contains("best ") && $0.contains("~") })
    #expect(!outcome.errors.utf8.contains(0x1B) && !outcome.output.contains("fit cvra  seed"))
    let quiet = try run(["--quiet", "--timeout", "1500ms", file], cache: "")
    #expect(!quiet.errors.contains("epoch 1/"))
  }
}

/// Cancels a budget when a fit reports an epoch, once.
final class EpochInterrupter: EventSink {
  private let budget: Budget
  private let epoch: Int
  private let state = Guarded((isDone: false, notes: [String]()))

  init(_ budget: Budget, at epoch: Int) { (self.budget, self.epoch) = (budget, epoch) }

  var notes: [String] { state.read { $0.notes } }

  func send(_ event: Event) {
    if case .note(let text) = event { state.change { $0.notes.append(text) } }
    guard case .progress(_, let progress) = event, progress.epoch == epoch else { return }
    let isFirst = state.change { state in
      defer { state.isDone = true }
      return !state.isDone
    }
    if isFirst { budget.cancel() }
  }
}
