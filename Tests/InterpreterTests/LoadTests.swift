// Files as users have them: what loads, and where a bad one is blamed.

import FactorLang
import FactorRuntime
import Foundation
import Testing

@testable import Interpreter

@Suite struct LoadTests {
  private func load(_ text: String, options: String = "") throws -> RunResult {
    let folder = try TemporaryFolder()
    let path = try folder.write("p.csv", text)
    return withExtendedLifetime(folder) { run("load \"\(path)\"\(options)") }
  }

  @Test func sweepsAndDaysAreSavedWhole() throws {
    let folder = try TemporaryFolder()
    let result = run(
      """
      g = toy | setup target: ret, features: [size, mom] | split thirds | sweep ca0, k: [1, 2], seeds: 1, epochs: 1
      g | save "\(folder.path)/g.csv"
      d = panel(firm: "A", date: 2020-01-01..2020-01-09, x: 1)
      d | where x > 0 | save "\(folder.path)/d.csv"
      """, folder: folder.path)
    #expect(result.status == .done, "\(result.diagnostics.map(\.message))")
    let cells = try String(contentsOfFile: folder.path + "/g.csv", encoding: .utf8)
    #expect(cells.hasPrefix("model,k,status") && cells.split(separator: "\n").count == 3)
    let days = try String(contentsOfFile: folder.path + "/d.csv", encoding: .utf8)
    #expect(days.contains("2020-01-08,A,1\n"), "\(days)")
  }

  @Test func fileLoadsWithTypesAndKeys() throws {
    let result = try load("permno,yyyymm,RET,sic\n00012,200401,0.5,0870\n00012,200402,.,0870\n")
    #expect(result.status == .done, "\(result.diagnostics.map(\.message))")
    guard case .panel(let value)? = result.values.last else { return }
    #expect(value.panel.index.assetNames == ["00012"])
    #expect(try value.panel.numbers("RET")[0] == 0.5)
    #expect(try value.panel.column("RET").missingCount == 1)
    #expect(try value.panel.column("sic").text(at: 0) == "0870")
  }

  @Test(arguments: [
    ("", "F0404"), ("id,date,x\n", "F0404"), ("id,date,x\n1,2004-01\n", "F0402"),
    ("id,date,x\n1,2004-01,5\n1,2004-01,6\n", "F0403"), ("id,date,x\n1,\"2004-01,5\n", "F0404"),
    ("a,b\n1,2\n", "F0101"),
  ]) func badFileIsRefused(text: String, code: String) throws {
    let result = try load(text)
    #expect(result.status != .done)
    #expect(
      result.codes.first == code || result.codes.first == "F0501",
      "\(result.diagnostics.map(\.message))")
  }

  @Test func wrongTypeDeepInTheFileNamesItsLine() throws {
    var text = "id,date,x\n"
    for i in 0..<5000 { text += "\(i),2004-01,\(i == 4321 ? "oops" : "1.5")\n" }
    let result = try load(text)
    #expect(result.codes.first == "F0401")
    let message = try #require(result.diagnostics.first?.message)
    #expect(message.contains("4323") && message.contains("oops") && message.contains("`x`"))
  }

  @Test func infiniteValuesAreCountedAsMissing() throws {
    let result = try load("id,date,x\n1,2004-01,Inf\n2,2004-01,1\n3,2004-01,NaN\n")
    guard case .panel(let value)? = result.values.last else {
      Issue.record("\(result.diagnostics.map(\.message))")
      return
    }
    #expect(try value.panel.column("x").missingCount == 2)
  }

  @Test func knownOffsetsAreKept() throws {
    let result = try load(
      "id,date,x,RET\n1,2004-01,1,2\n", options: ", known: {RET: 0m, else: -1m}")
    guard case .panel(let value)? = result.values.last else { return }
    #expect(try value.panel.column("x").known == -1)
    #expect(try value.panel.column("RET").known == 0)
  }

  @Test func columnsAreCheckedFromTheHeaderBeforeAnythingRuns() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("p.csv", "id,date,size\n1,2004-01,5\n")
    let result = run("load \"\(path)\" | where sise > 0")
    #expect(result.status == .refused)
    #expect(result.codes == ["F0101"])
    #expect(result.ledger.isEmpty)
  }

  @Test func whatIsSavedLoadsAgain() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/t.csv"
    let result = run(
      "save toy, \"\(path)\"\nq = load \"\(path)\"\nq.rows == toy.rows\nmean(q.ret) == mean(toy.ret)"
    )
    #expect(
      result.values.map(ValueText.short) == ["true", "true"], "\(result.diagnostics.map(\.message))"
    )
  }

  @Test func spacesAroundAFirmAreNoPartOfItsName() throws {
    let result = try load("id,date,x\n A,2004-01,1\nA ,2004-02,2\nA,2004-03,3\n")
    guard case .panel(let value)? = result.values.last else {
      Issue.record("\(result.diagnostics.map(\.message))")
      return
    }
    #expect(value.panel.index.assetNames == ["A"])
  }
}
