// The store of containers: every way in which writing and the files themselves can fail.

import Synchronization
import TestSupport
import Testing

@testable import FactorRuntime

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// System calls of which one fails, and which can be counted.
private final class FailingCalls: Sendable {
  private let made = Atomic<Int>(0)
  private let failing: Int
  private let code: Int32
  /// Whether all later calls fail too, as after a process has died.
  private let isDead: Bool

  init(failing: Int, code: Int32, isDead: Bool = false) {
    (self.failing, self.code, self.isDead) = (failing, code, isDead)
  }

  var count: Int { made.load(ordering: .relaxed) }

  private func fails() -> Bool {
    let number = made.add(1, ordering: .relaxed).newValue
    let now = number == failing || (isDead && number > failing)
    if now { errno = code }
    return now
  }

  /// Writes at most a thousand bytes at a time, so that there are many.
  var calls: WriteCalls {
    let system = WriteCalls.system
    var calls = WriteCalls(
      write: {
        self.fails() ? -1 : system.write($0, UnsafeRawBufferPointer(rebasing: $1.prefix(1000)))
      },
      sync: { self.fails() ? -1 : system.sync($0) },
      rename: { self.fails() ? -1 : system.rename($0, $1) })
    calls.create = { self.fails() ? -1 : system.create($0) }
    calls.close = {
      // The descriptor is closed in any case, as the system does it.
      let result = system.close($0)
      return self.fails() ? -1 : result
    }
    return calls
  }
}

@Suite struct MemoStoreTests {
  private let folder: ScratchFolder
  private let key = SHA256.digest(Array("a fit".utf8))

  init() throws { folder = try ScratchFolder() }

  private func container(_ number: Double, count: Int = 800) -> Container {
    var container = Container(kind: "checkpoint")
    container.facts.append(.init("number", .number(number)))
    container.add("member0.network", [Float](repeating: Float(number), count: count))
    container.add("member0.head", (0..<40).map { Double($0) * number })
    container.add("member0.stream", [UInt64(number), .max])
    return container
  }

  private func number(_ role: MemoStore.Entry.Role) throws -> Double? {
    guard let found = try MemoStore(opening: folder.path).read(key, role) else { return nil }
    guard case .number(let number)? = found.facts.first?.value else { return nil }
    return number
  }

  private func leftovers() throws -> [String] {
    try FileSystem.list(folder.path).filter { $0.hasSuffix(".tmp") }
  }

  @Test func whatIsWrittenIsListedReadAndRemoved() throws {
    let store = try MemoStore(opening: folder.path + "/a/b")
    try store.write(container(1), key, .result)
    try store.write(container(2), key, .partial(1))
    let entries = try store.entries()
    #expect(entries.map(\.role) == [.result, .partial(1)] && entries.allSatisfy { $0.key == key })
    #expect(entries[0].size == container(1).encoded.count)
    let heading = try Container.heading(of: store.file(key, .result))
    #expect(heading.kind == "checkpoint" && heading.facts == container(1).facts)
    #expect(store.remove(key, .partial(1)) && !store.remove(key, .partial(0)))
    let missing = try store.read(key, .partial(1))
    #expect(missing == nil)
  }

  @Test func onlyWhatIsOursIsListedOrRemoved() throws {
    let others = ["notes.txt", "\(key).fit.bak", "\(key).fit2", "x.fit", "\(key.uppercased()).fit"]
    for name in others { try DurableWrite.replace(folder.path + "/" + name, with: "mine") }
    let store = try MemoStore(opening: folder.path)
    #expect(try store.entries().isEmpty)
    try DurableWrite.replace(store.file(key, .result), with: "not of fq")
    #expect(!store.remove(key, .result))
    #expect(throws: ContainerError.foreign) { try store.write(container(1), key, .result) }
    #expect(throws: ContainerError.foreign) { try store.read(key, .result) }
  }

  // C2: whatever the process was doing when it was killed, the old or the new one is there.
  @Test func deathAtAnyCallLeavesTheOldOrTheNewOne() throws {
    try MemoStore(opening: folder.path).write(container(1), key, .result)
    let all = FailingCalls(failing: 0, code: 0)
    try MemoStore(opening: folder.path, calls: all.calls).write(container(1), key, .result)
    #expect(all.count > 8)
    var seen: Set<Double> = []
    for step in 1...all.count {
      try MemoStore(opening: folder.path).write(container(1), key, .result)
      let dying = FailingCalls(failing: step, code: EIO, isDead: true)
      try? MemoStore(opening: folder.path, calls: dying.calls).write(container(2), key, .result)
      let found = try number(.result)
      #expect(found == 1 || found == 2, "step \(step)")
      seen.insert(found ?? 0)
      #expect(try leftovers().isEmpty)
    }
    #expect(seen == [1, 2])
  }

  // C4: each call fails once in each way; the error names file and reason, the old file stays.
  @Test(arguments: [ENOSPC, EIO, EDQUOT, EROFS])
  func everyFailureIsToldAndCostsNothing(code: Int32) throws {
    let count = FailingCalls(failing: 0, code: 0)
    try MemoStore(opening: folder.path, calls: count.calls).write(container(1), key, .result)
    let reason = String(cString: strerror(code))
    for step in 1...count.count {
      try MemoStore(opening: folder.path).write(container(1), key, .result)
      let failing = FailingCalls(failing: step, code: code)
      let store = try MemoStore(opening: folder.path, calls: failing.calls)
      do {
        try store.write(container(2), key, .result)
        Issue.record("call \(step) failed and nobody heard")
      } catch let error as FileError {
        #expect(error.message.contains(reason) && error.message.contains(folder.path))
      }
      // After the rename only the folder's own flush is left: the new file is there and whole.
      #expect(try number(.result) == (step == count.count ? 2 : 1) || step == count.count - 1)
      #expect(try leftovers().isEmpty)
      // A failed flush is no success later: the next write makes everything again.
      let before = failing.count
      try store.write(container(3), key, .result)
      #expect(try failing.count - before == count.count && number(.result) == 3)
    }
  }

  @Test func interruptedAndShortWritesGoOn() throws {
    let system = WriteCalls.system
    let turn = Atomic<Int>(0)
    let calls = WriteCalls(
      write: {
        if turn.add(1, ordering: .relaxed).newValue % 2 == 1 {
          errno = EINTR
          return -1
        }
        return system.write($0, UnsafeRawBufferPointer(rebasing: $1.prefix(7)))
      }, sync: system.sync, rename: system.rename)
    try MemoStore(opening: folder.path, calls: calls).write(container(4), key, .result)
    #expect(try number(.result) == 4)
  }

  @Test func temporariesOfTheDeadAreSweptAndNoOthers() throws {
    let dead = 0x7FFF_FFF0
    let alive = Int(getppid())
    let own = DurableSteps.processNumber
    let gone = ["\(key).fit.\(dead)-1.tmp", "\(key).partial0.\(own)-999999999.tmp"]
    let kept = [
      "\(key).fit.\(alive)-1.tmp", "\(key).fit.tmp", "report.\(dead)-1.tmp", "\(dead)-1.tmp",
      "\(key).fit.\(dead)-1-2.tmp",
    ]
    for name in gone + kept { try DurableWrite.replace(folder.path + "/" + name, with: "half") }
    _ = try MemoStore(opening: folder.path)
    #expect(
      try FileSystem.list(folder.path) == kept.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    )
  }

  @Test func aTemporaryOfTheSameNameIsNoObstacle() throws {
    // As after a restart of the machine, when numbers of processes come again.
    let store = try MemoStore(opening: folder.path)
    for number in 1...3000 where number % 100 == 0 {
      let name = "\(key).fit.\(DurableSteps.processNumber)-\(number).tmp"
      try? DurableWrite.replace(folder.path + "/" + name, with: "half")
    }
    for number in 1...5 { try store.write(container(Double(number)), key, .result) }
    #expect(try number(.result) == 5)
  }

  // C4: a real file system of one megabyte, where one may be mounted.
  @Test func aFullDiskKeepsTheOldOne() throws {
    let place = folder.path + "/small"
    try FileSystem.makeFolder(place)
    let mounted = Subprocess.output(of: "mount -t tmpfs -o size=1m tmpfs '\(place)' 2>/dev/null")
    guard mounted != nil else {
      print(
        "skipped: no file system may be mounted here, so the disk is filled by a test double only")
      return
    }
    defer { _ = Subprocess.output(of: "umount '\(place)'") }
    let store = try MemoStore(opening: place)
    try store.write(container(1), key, .result)
    do {
      try store.write(container(2, count: 400_000), key, .result)
      Issue.record("it fits")
    } catch let error as FileError {
      #expect(error.message.contains("No space left") && error.message.contains(key))
    }
    let found = try store.read(key, .result)
    #expect(found?.facts == container(1).facts)
    #expect(try FileSystem.list(place) == ["\(key).fit"])
    try store.write(container(3), key, .result)
  }

  @Test func theEnvironmentSaysWhere() {
    func path(_ values: [String: String]) -> String? { MemoStore.usualPath { values[$0] } }
    #expect(path(["FQ_CACHE": "/x", "HOME": "/h"]) == "/x")
    #expect(path(["FQ_CACHE": "", "HOME": "/h"]) == nil)
    #expect(path(["XDG_CACHE_HOME": "/c", "HOME": "/h"]) == "/c/fq")
    #expect(path(["XDG_CACHE_HOME": "relative", "HOME": "/h"]) == "/h/.cache/fq")
    #expect(path([:]) == nil)
  }
}
