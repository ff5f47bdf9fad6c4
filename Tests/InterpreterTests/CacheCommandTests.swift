// The commands about kept fits, at the prompt and on the command line, and the flags beside them.

import FactorLang
import FactorRuntime
import TestSupport
import Testing

@testable import Interpreter

@Suite struct CacheCommandTests {
  private static let fit =
    "t = toy | setup target: ret, features: [size, mom] | split thirds\n"
    + "m = t | fit ca1, k: 1, seeds: 2, epochs: 3\n"

  private func session(_ path: String) -> Session {
    var options = SessionOptions()
    options.threads = 1
    options.shelf = FitShelf(path, interval: 0, threshold: 0)
    return Session(options)
  }

  @Test func fitsAreListedWithTheirSizeAndRemoved() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/cache"
    #expect(CacheCommand.answer([], path).lines == ["nothing is kept in \(path)"])
    #expect(run(Self.fit, in: session(path)).status == .done)
    let stranger = path + "/notes.txt"
    try DurableWrite.replace(stranger, with: "mine")
    let lines = CacheCommand.answer([], path).lines
    #expect(lines.count == 2, "\(lines)")
    #expect(lines[0].contains("ca1") && lines[0].contains("2 seeds, 713 rows"), "\(lines)")
    #expect(lines[0].contains("computed 20") && lines[0].contains("KB"), "\(lines)")
    #expect(lines[1].hasPrefix("1 file, ") && lines[1].hasSuffix(" in \(path)"))
    #expect(CacheCommand.answer(["clear"], path).lines[0].hasPrefix("removed 1 file, "))
    #expect(try FileSystem.list(path) == ["notes.txt"])
    #expect(CacheCommand.answer(["burn"], path).isComplaint)
  }

  private func isRecalled(_ fit: String, _ path: String) -> Bool {
    run(fit, in: session(path)).ledger.last?.origin.hasPrefix("recalled") ?? false
  }

  @Test func theLeastUsedGoFirst() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/cache"
    let fits = [1, 2, 3].map { Self.fit.replacing("epochs: 3", with: "epochs: \($0)") }
    for fit in fits { #expect(run(fit, in: session(path)).status == .done) }
    let store = try MemoStore(opening: path)
    let size = try #require(store.entries().map(\.size).max())
    // The first is used again, so the second is the oldest.
    #expect(isRecalled(fits[0], path))
    let second = try #require(store.entries().min { store.used($0) < store.used($1) })
    let lines = CacheCommand.answer(["trim", "\((5 * size / 2) >> 10)KB"], path).lines
    #expect(lines[0].hasPrefix("removed 1 file, "), "\(lines)")
    #expect(try !store.entries().contains(second))
    #expect(isRecalled(fits[0], path))
    // A shelf with a limit keeps it without being asked.
    var options = SessionOptions()
    options.shelf = FitShelf(path, interval: 0, threshold: 0, limit: size)
    #expect(run(fits[1], in: Session(options)).status == .done)
    #expect(try store.entries().count == 1)
    #expect(CacheCommand.answer(["trim", "all"], path).isComplaint)
  }

  @Test func checkpointsAndDamageAreListed() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/cache"
    let session = session(path)
    let sink = EpochInterrupter(session.budget, at: 2)
    #expect(session.run(Source(name: "a", text: Self.fit), to: sink) == .interrupted)
    #expect(sink.notes.contains("checkpoint saved at epoch 2 of 3: the same fit goes on from it"))
    let lines = CacheCommand.answer([], path).lines
    #expect(lines.contains { $0.contains("checkpoint at epoch 2 of 3") }, "\(lines)")
    let store = try MemoStore(opening: path)
    let entry = try #require(store.entries().first)
    var bytes = try FileSystem.read(store.file(entry.key, entry.role))
    bytes[12] ^= 1
    try DurableWrite.replace(store.file(entry.key, entry.role), with: bytes)
    #expect(CacheCommand.answer([], path).lines.contains { $0.contains("damaged checkpoint") })
  }

  @Test func thePromptHasItToo() throws {
    let folder = try TemporaryFolder()
    let session = session(folder.path + "/cache")
    let shown = REPLCapture.run(
      Self.fit.split(separator: "\n").map { .text(String($0)) } + [
        .text(".cache"), .text(".cache clear"), .text(".cache now"),
      ], session: session)
    #expect(shown.output.contains("1 file, ") && shown.output.contains("removed 1 file"))
    #expect(shown.errors.contains("`cache` takes nothing, `clear`, or `trim` and a size"))
    #expect(REPLCapture.run(".cache").errors.contains("this session keeps no fits"))
  }

  @Test func flagsSayWhetherAndHowOften() throws {
    #expect(try CommandArguments(["--no-cache", "a.fq"]).options.shelf == nil)
    #expect(try CommandArguments(["--checkpoint", "2min", "a.fq"]).checkpointInterval == 120)
    #expect(throws: UsageError.self) { try CommandArguments(["--checkpoint", "often"]) }
    #expect(throws: UsageError.self) { try CommandArguments(["--checkpoint"]) }
  }

  @Test func theCommandLineHasAVerbForIt() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/none"
    let listed = try ChildProgram.run(["cache"], environment: ["FQ_CACHE": path])
    #expect(listed.status == 0 && listed.output == "nothing is kept in \(path)\n")
    let none = try ChildProgram.run(["cache"], environment: ["FQ_CACHE": ""])
    #expect(none.status == 2 && none.errors.contains("FQ_CACHE"))
  }
}
