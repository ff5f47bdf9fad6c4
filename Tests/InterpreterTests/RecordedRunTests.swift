// Locks, manifests, parameters and limits, as the command line shows them: by exit status.

import FactorLang
import FactorRuntime
import Foundation
import Testing

@testable import Interpreter

@Suite struct RecordedRunTests {
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("fq-\(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try write("data.csv", "firm,month,ret\nA,2020-01,0.1\nB,2020-01,0.2\nA,2020-02,0.3\n")
    try write(
      "script.fq",
      "use \"part.fq\" as part\nparam k: int = 2 in 1..5 ## how often\n"
        + "p = load \"data.csv\", keys: [month, firm]\n"
        + "q = p | derive twice = part.double(ret)\nn = k * q.rows\n")
    try write("part.fq", "fn double(x) = 2 * x\n")
  }

  private func write(_ name: String, _ text: String) throws {
    try text.write(to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
  }

  private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  private func fq(_ words: String...) -> Int32 {
    CommandLineTool.run(words.map { $0.hasSuffix(".fq") || $0.hasSuffix(".json") ? path($0) : $0 })
  }

  @Test func otherDataThanLockedEndWithFour() throws {
    #expect(fq("run", "script.fq", "--lock") == 0)
    #expect(fq("run", "script.fq") == 0)
    #expect(fq("check", "script.fq") == 0)
    try write("data.csv", "firm,month,ret\nA,2020-01,0.1\nB,2020-01,0.2\nA,2020-02,0.4\n")
    #expect(fq("run", "script.fq") == 4)
    #expect(fq("check", "script.fq") == 4)
  }

  @Test func aLockedScriptIsCheckedWithoutItsData() throws {
    #expect(fq("run", "script.fq", "--lock") == 0)
    try FileManager.default.removeItem(at: folder.appendingPathComponent("data.csv"))
    #expect(fq("check", "script.fq") == 0)
    try write("script.fq", "p = load \"data.csv\", keys: [month, firm]\np | where rett > 0\n")
    #expect(fq("check", "script.fq") == 2)
  }

  @Test func aRunIsVerifiedBitByBit() throws {
    #expect(fq("run", "script.fq", "k=3", "--manifest", "run.json") == 0)
    #expect(fq("verify", "run.json") == 0)
    try write("data.csv", "firm,month,ret\nA,2020-01,0.1\nB,2020-01,0.2\nA,2020-02,0.4\n")
    #expect(fq("verify", "run.json") == 1)
    let manifest = try String(
      contentsOf: folder.appendingPathComponent("run.json"), encoding: .utf8)
    let json = try JSON(parsing: Array(manifest.utf8))
    #expect(
      json["bindings"]?.items.compactMap { $0["name"]?.text } == ["part", "k", "p", "q", "n"])
    #expect(json["parameters"]?["k"]?.text == "3")
  }

  // R7. Every file read, every binding and every file written has its digest, and the run its circumstances.
  @Test func r7ARecordCarriesSeedDigestsThreadsAndVersion() throws {
    try write(
      "whole.fq",
      "seed 91\np = load \"data.csv\", keys: [month, firm]\nq = p | derive x = 2 * ret\n"
        + "t = toy | setup target: ret, features: [size, mom] | split thirds\n"
        + "m = t | fit ca1, k: 1, seeds: 1, epochs: 2\nsave m, \"\(path("m.fqm"))\"\n"
        + "e = m | evaluate on: test\ne\n")
    #expect(fq("run", "whole.fq", "--no-cache", "--threads", "2", "--manifest", "run.json") == 0)
    let json = try JSON(parsing: [UInt8](Data(contentsOf: URL(fileURLWithPath: path("run.json")))))
    #expect(json["seed"]?.text == "91" && json["fq"]?.text == CommandLineTool.version)
    #expect(json["machine"]?["threads"]?.integer == 2)
    #expect(json["machine"]?["kernels"]?.text == Kernels.chosen.name)
    #expect(json["sha256"]?.text?.count == 64)
    #expect(json["bindings"]?.items.compactMap { $0["name"]?.text } == ["p", "q", "t", "m", "e"])
    for (list, count) in [("data", 1), ("bindings", 5), ("artifacts", 1)] {
      let digests = json[list]?.items.compactMap { $0["sha256"]?.text } ?? []
      #expect(digests.count == count && digests.allSatisfy { $0.count == 64 }, "\(list)")
    }
    // What is shown of a model and of its scores names the seed too.
    let shown = run(
      "seed 91\nt = toy | setup target: ret, features: [size, mom] | split thirds\n"
        + "m = t | fit ca1, k: 1, seeds: 1, epochs: 2\nm\nm | evaluate on: test")
    for value in shown.values.suffix(2) {
      let text = value.display(DisplayOptions()).joined(separator: "\n")
      #expect(text.contains("91"), "\(text)")
    }
  }

  @Test func parametersFromOutsideAreChecked() throws {
    #expect(fq("run", "script.fq", "k=5") == 0)
    #expect(fq("run", "script.fq", "k=9") == 2)
    #expect(fq("run", "script.fq", "k=much") == 2)
    #expect(fq("run", "script.fq", "kk=3") == 2)
    #expect(fq("run", "script.fq", "--help") == 0)
  }

  @Test func theTimeLimitEndsTheRun() throws {
    try write("slow.fq", "a = for i in 1..1000000 { for j in 1..1000 { i } };\n")
    #expect(fq("run", "slow.fq", "--timeout", "200ms") == 124)
  }

  @Test func aNotebookIsComparedWithItsRecord() throws {
    try write("note.fq", "1 + 1\n")
    #expect(fq("run", "--check", "note.fq") == 1)
    #expect(fq("run", "--update", "note.fq") == 0)
    #expect(fq("run", "--check", "note.fq") == 0)
    let text = try String(contentsOf: folder.appendingPathComponent("note.fq"), encoding: .utf8)
    #expect(text == "1 + 1\n#> 2\n")
  }

  @Test func linesMayEndInCarriageReturns() throws {
    let source = Source(name: "n", text: "x = 3\r\nx\r\n")
    let result = Notebook.run(source) { Session() }
    #expect(Array(result.text.utf8) == Array("x = 3\r\nx\r\n#> 3\n".utf8))
    let again = Notebook.run(Source(name: "n", text: result.text)) { Session() }
    #expect(again.differences.isEmpty && again.text == result.text)
  }

  @Test func layoutIsToldAndRepaired() throws {
    try write("odd.fq", "x=1\nx+1\n")
    #expect(fq("fmt", "--check", "odd.fq") == 1)
    #expect(fq("fmt", "odd.fq") == 0)
    #expect(fq("fmt", "--check", "odd.fq") == 0)
    #expect(fq("plan", "script.fq") == 0)
  }

  @Test func certainFixesAreWritten() throws {
    try write("wrong.fq", "toy | where siz > 0\n")
    #expect(fq("check", "wrong.fq") == 2)
    #expect(fq("check", "wrong.fq", "--fix") == 0)
    let text = try String(contentsOf: folder.appendingPathComponent("wrong.fq"), encoding: .utf8)
    #expect(text == "toy | where size > 0\n")
  }
}
