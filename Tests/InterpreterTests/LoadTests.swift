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

  // What the sort and the trade leave to the reader is said where it happens.
  @Test func portfoliosSayWhatTheyDecideAlone() {
    let tied = run("toy | derive flat = 1 | deciles flat")
    #expect(tied.notes.contains { $0.contains("fill a decile or more") }, "\(tied.notes)")
    let held = run(
      "toy | derive gone = if size > 5 then na else ret | deciles size | portfolio returns: gone")
    #expect(held.notes.contains { $0.contains("without a return in `gone`") }, "\(held.notes)")
    let constant = run("toy | derive flat = 1 | ic flat, against: ret")
    let table = constant.values.last.flatMap { TableFlow($0)?.table }
    #expect(table?.notes.first?.contains("one value for all firms") == true)
    let moved = run("toy | where month == 2000-01 | publish annual: mom")
    #expect(moved.notes.contains { $0.contains("`mom` has no value left") }, "\(moved.notes)")
    let skew = run("toy | summarise s = skew(ret), v = std(ret)")
    let shape = skew.values.last.flatMap { TableFlow($0)?.table }
    #expect(shape?.column("s")?.unit == .plain && shape?.column("v")?.unit == .ratio)
  }

  // What lies between rows is no row, and no lead reaches over it as if it were.
  @Test func tablesKnowTheCalendar() throws {
    func numbers(_ text: String, _ file: String) throws -> (values: [Double], notes: [String]) {
      let folder = try TemporaryFolder()
      let path = try folder.write("s.csv", file)
      let result = run("s = series \"\(path)\"\n" + text)
      #expect(result.status == .done, "\(result.diagnostics.map(\.message))")
      let table = try #require(result.values.last.flatMap { TableFlow($0)?.table })
      return (table.columns.compactMap { $0.column.numbers?.last }, table.notes)
    }
    let months = ["2001-01", "2001-02", "2001-06", "2001-07", "2002-01", "2002-02", "2002-03"]
    let a = [0.01, 0.03, -0.02, 0.05, -0.01, 0.02, 0],
      b = [0.02, -0.01, 0.04, 0, 0.03, 0.01, -0.02]
    let gapped = "month,a,b\n" + months.indices.map { "\(months[$0]),\(a[$0]),\(b[$0])\n" }.joined()
    let leads = try numbers(
      "s | correlate s, leads: 1..1 | where series == \"a\" and with == \"b\"", gapped)
    // Pairs a month apart: 2001-01, 2001-06, 2002-01 and 2002-02.
    #expect(leads.values.last == 4)
    let whole = try numbers("s | performance of: [\"a\"]", gapped)
    #expect(
      whole.notes.contains { $0.contains("8 months between the first and the last are missing") })
    let quarters = (0..<8).map { "200\(1 + $0 / 4)-\(["03", "06", "09", "12"][$0 % 4]),0.01\n" }
    let year = try numbers("s | performance", "month,r\n" + quarters.joined())
    #expect(year.notes[0].contains("every 3 months, 4 a year") && year.notes.count == 1)
    #expect(abs((year.values.first { $0 > 0.02 && $0 < 1 } ?? 0) - 0.04060401) < 1e-8)
  }

  @Test func weeksAreNoDays() throws {
    let first = try #require(Period("2001-01-05"))
    let fridays = (0..<60).map { first + 7 * $0 }
    #expect(Clock(fridays).periodsPerYear == 52 && Clock(fridays).noun == "week")
    let days = (0..<60).map { Period(CalendarDate(days: 11_001)) + $0 + 2 * ($0 / 5) }
    #expect(Clock(days).noun == "day" && Clock(days).periodsPerYear == 252)
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
