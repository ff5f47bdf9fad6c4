// Pipes and devices: read to their end, written to while somebody reads, and left at once when asked.

import Foundation
import TestSupport
import Testing

@testable import FactorRuntime

@Suite struct StreamsTests {
  private let folder: ScratchFolder
  private let pipe: String

  init() throws {
    folder = try ScratchFolder()
    pipe = folder.path + "/pipe"
    try #require(mkfifo(pipe, 0o600) == 0)
  }

  /// Runs something on another thread after a moment.
  private func soon(_ body: @escaping @Sendable () -> Void) {
    Thread.detachNewThread {
      usleep(50_000)
      body()
    }
  }

  @Test func aPipeIsReadToItsEndWhenItsWriterComes() throws {
    let text = String(repeating: "firm,month,ret\n", count: 20_000)
    soon { [pipe] in try? text.write(toFile: pipe, atomically: false, encoding: .utf8) }
    let budget = Budget(memoryLimit: 1 << 20)
    #expect(try FileSystem.readStream(pipe, budget) == Array(text.utf8))
    #expect(throws: BudgetError.self) { try budget.reserve(1 << 20, for: "more") }
  }

  @Test func aTableInAPipeIsAPanel() throws {
    soon { [pipe] in
      let text = "firm,month,ret\na,2001-01,0.1\na,2001-02,0.2\nb,2001-01,0.3\n"
      try? text.write(toFile: pipe, atomically: false, encoding: .utf8)
    }
    let found = try PanelReader.read(path: pipe)
    #expect(found.panel.count == 3)
  }

  @Test func waitingEndsWhenAsked() {
    for isReading in [true, false] {
      let budget = Budget()
      soon { budget.cancel() }
      #expect(throws: BudgetError.cancelled) {
        if isReading {
          _ = try FileSystem.read(pipe, heeding: budget)
        } else {
          try FileSystem.write([1, 2], to: pipe, heeding: budget)
        }
      }
    }
    let late = Budget()
    late.setTimeLimit(seconds: 0.05)
    #expect(throws: BudgetError.timeout) { try FileSystem.read(pipe, heeding: late) }
  }

  @Test func whatIsWrittenWaitsForItsReader() throws {
    let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0) }
    let writer = Thread { [pipe] in
      try? FileSystem.write(bytes, to: pipe, heeding: Budget())
    }
    writer.start()
    usleep(50_000)
    #expect(try FileSystem.readStream(pipe, Budget()) == bytes)
  }

  @Test func aReaderThatLeavesIsAnErrorAndNotTheEnd() throws {
    Thread.detachNewThread { [pipe] in
      let descriptor = open(pipe, O_RDONLY)
      usleep(50_000)
      close(descriptor)
    }
    #expect(throws: FileError.self) {
      try FileSystem.write([UInt8](repeating: 7, count: 1 << 20), to: pipe, heeding: Budget())
    }
  }

  @Test func devicesWithoutAnEndCanBeLeftAndAreNoFiles() throws {
    let budget = Budget()
    soon { budget.cancel() }
    #expect(throws: BudgetError.cancelled) { try FileSystem.read("/dev/zero", heeding: budget) }
    let small = Budget(memoryLimit: 1 << 20)
    #expect(throws: BudgetError.self) { try FileSystem.readStream("/dev/zero", small) }
    #expect(throws: FileError.stream(path: "/dev/zero")) { try MappedFile("/dev/zero") }
    try FileSystem.write([1], to: "/dev/null", heeding: Budget())
    #expect(FileSystem.isStream(pipe) && !FileSystem.isStream(folder.path))
  }
}
