// The history file: torn lines, two writers, odd text.

import Foundation
import Testing

@testable import Interpreter

@Suite struct REPLHistoryTests {
  private let path = NSTemporaryDirectory() + "fq-history-\(UUID().uuidString)/deep/history.jsonl"

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
}
