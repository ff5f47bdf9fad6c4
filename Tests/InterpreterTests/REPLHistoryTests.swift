// The history file: torn lines, two writers, odd text.

import FactorRuntime
import Foundation
import TestSupport
import Testing

@testable import Interpreter

@Suite struct REPLHistoryTests {
  private let folder: ScratchFolder
  private let path: String

  init() throws {
    folder = try ScratchFolder()
    path = folder.path + "/deep/history.jsonl"
  }

  private func contents() throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

  @Test func whatWasTypedComesBack() {
    let texts = ["x = 1", "a\n| b \"é日\" \\ \t", "\u{1B}[31m", "x = 1"]
    let history = History(path: path)
    for text in texts { history.append(text, status: "done", milliseconds: 3) }
    #expect(History(path: path).entries == texts)
  }

  @Test func anEntryIsOneObjectALine() throws {
    History(path: path).append("1 +\n1", status: "done", milliseconds: 12)
    let text = try contents()
    #expect(text.filter { $0 == "\n" }.count == 1)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(object["text"] as? String == "1 +\n1")
    #expect(object["status"] as? String == "done")
    #expect(object["ms"] as? Int == 12)
    #expect(object["cwd"] as? String == FileManager.default.currentDirectoryPath)
  }

  @Test func aTornLineIsSkippedAndNotContinued() throws {
    History(path: path).append("first", status: "done", milliseconds: 0)
    let torn = try contents() + "{\"text\":\"half"
    try torn.write(toFile: path, atomically: true, encoding: .utf8)
    let history = History(path: path)
    #expect(history.entries == ["first"])
    history.append("second", status: "done", milliseconds: 0)
    #expect(History(path: path).entries == ["first", "second"])
  }

  @Test func foreignLinesAreSkipped() throws {
    History(path: path).append("mine", status: "done", milliseconds: 0)
    let text = "_HiStOrY_V2_\n\n[1,2]\n{\"other\":1}\n{\"text\":\"a\"} x\n" + (try contents())
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    #expect(History(path: path).entries == ["mine"])
  }

  @Test func twoSessionsKeepEachOthersLines() {
    let (one, two) = (History(path: path), History(path: path))
    for number in 0..<50 {
      one.append("one \(number)", status: "done", milliseconds: 0)
      two.append("two \(number)", status: "done", milliseconds: 0)
    }
    #expect(Set(History(path: path).entries).count == 100)
  }

  @Test func twoThreadsNeverMixTheirLines() async {
    let path = path
    await withTaskGroup(of: Void.self) { group in
      for writer in 0..<4 {
        group.addTask {
          let history = History(path: path)
          let filler = String(repeating: "z", count: 3000)
          for number in 0..<25 {
            history.append("\(writer) \(number) \(filler)", status: "done", milliseconds: 0)
          }
        }
      }
    }
    #expect(Set(History(path: path).entries).count == 100)
  }

  @Test func theFileIsWhereTheEnvironmentSays() {
    func path(_ environment: [String: String]) -> String? { History.usualPath { environment[$0] } }
    let home = ["HOME": "/h"]
    #expect(path(home) == "/h/.local/state/fq/history.jsonl")
    #expect(path(home.merging(["XDG_STATE_HOME": "/s"]) { $1 }) == "/s/fq/history.jsonl")
    #expect(path(home.merging(["XDG_STATE_HOME": "relative"]) { $1 }) == path(home))
    #expect(path(home.merging(["FQ_HISTORY": "/f"]) { $1 }) == "/f")
    #expect(path(home.merging(["FQ_HISTORY": ""]) { $1 }) == nil)
    #expect(path([:]) == nil)
  }

  @Test func aPlaceThatCannotBeWrittenIsNoTrouble() {
    let history = History(path: "/dev/null/fq/history.jsonl")
    history.append("kept in memory", status: "done", milliseconds: 0)
    #expect(history.entries == ["kept in memory"])
  }

  /// C11: two sessions at once lose nothing, and a long history is read at once.
  @Test func twoSessionsWriteAtOnceWithoutLoss() async throws {
    let count = FullRun.isAsked ? 10_000 : 500
    let path = folder.path + "/history"
    await withTaskGroup(of: Void.self) { group in
      for session in 0..<2 {
        group.addTask {
          let history = History(path: path)
          for entry in 0..<count {
            history.append("s\(session) = \(entry)", status: "done", milliseconds: 1)
          }
        }
      }
    }
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 2 * count)
    let texts = try lines.map { try #require(JSON(parsing: Array($0.utf8))["text"]?.text) }
    for session in 0..<2 {
      let own = texts.filter { $0.hasPrefix("s\(session) ") }
      #expect(own == (0..<count).map { "s\(session) = \($0)" })
    }
  }

  @Test func aHundredThousandEntriesAreReadAtOnce() throws {
    let path = folder.path + "/history"
    let lines = (0..<100_000).map {
      "{\"text\":\"p\($0) = load \\\"file.csv\\\", keys: [a, b]\",\"time\":1,\"cwd\":\"/\",\"status\":\"done\",\"ms\":3}"
    }
    try (lines.joined(separator: "\n") + "\n").write(
      toFile: path, atomically: true, encoding: .utf8)
    var least = Duration.seconds(100)
    for _ in 0..<3 {
      let began = ContinuousClock.now
      let history = History(path: path)
      least = min(least, ContinuousClock.now - began)
      #expect(history.entries.last == "p99999 = load \"file.csv\", keys: [a, b]")
    }
    #if DEBUG
      #expect(least < .seconds(2))
    #else
      #expect(least < .milliseconds(50))
    #endif
  }

  /// C12: whatever happened to the file, a session starts, and entries that are whole are there.
  @Test func damageCostsOnlyWhatItHit() throws {
    let path = folder.path + "/history"
    let lines = (0..<60).map {
      Array(
        "{\"text\":\"x\($0) = 1\",\"time\":1,\"cwd\":\"/\",\"status\":\"done\",\"ms\":3}\n".utf8)
    }
    for seed in 0..<(FullRun.isAsked ? 1000 : 200) {
      var random = RandomStream(seed: UInt64(seed), purpose: .example)
      var damaged = lines
      for place in damaged.indices {
        switch seed % 4 {
        case 0:
          for byte in damaged[place].indices where random.below(100) == 0 {
            damaged[place][byte] ^= UInt8(1 + random.below(255))
          }
        case 1 where random.below(10) == 0:
          for byte in damaged[place].indices.dropFirst(5).prefix(20) { damaged[place][byte] = 0 }
        default: continue
        }
      }
      var bytes = damaged.flatMap { $0 }
      if seed % 4 == 2 { bytes.removeLast(1 + random.below(lines[59].count)) }
      FileManager.default.createFile(atPath: path, contents: Data(bytes))
      if seed % 4 == 3 { chmod(path, 0o400) }
      let history = History(path: path)
      let found = Set(history.entries)
      for place in damaged.indices where damaged[place] == lines[place] {
        let isWhole = seed % 4 != 2 || place < 59
        // A line whose line break was hit takes its neighbour along.
        let before = place == 0 || damaged[place - 1].last == 0x0A
        if isWhole, before {
          #expect(found.contains("x\(place) = 1"), "seed \(seed), entry \(place)")
        }
      }
      history.append("after = 1", status: "done", milliseconds: 0)
      #expect(history.entries.last == "after = 1")
      chmod(path, 0o600)
      unlink(path)
    }
  }
}
