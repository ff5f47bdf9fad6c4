// What `load` and `series` are told about a file, from the program's text to the ledger.

import FactorLang
import FactorRuntime
import Foundation
import Testing

@testable import Interpreter

@Suite struct LoadOptionTests {
  private func load(_ text: String, _ options: String = "", name: String = "p.csv") throws
    -> RunResult
  {
    let folder = try TemporaryFolder()
    let path = try folder.write(name, text)
    return withExtendedLifetime(folder) { run("load \"\(path)\"\(options)") }
  }

  private func notes(_ result: RunResult) -> [String] { result.ledger.flatMap(\.line.notes) }

  private static let monthly = "id,date,ret\n1,2004-11,0.1\n2,2004-11,-99.99\n1,2004-12,0.3\n"

  @Test func anUndeclaredCodeSaysWhatToType() throws {
    let result = try load(Self.monthly)
    #expect(result.codes == ["F0401"])
    let helps = result.diagnostics.flatMap { $0.helps.map(\.text) }
    #expect(
      helps.contains { $0.hasSuffix("missing: -99.99") }
        && helps.contains { $0.hasSuffix("source: plain") })
    #expect(notes(try load(Self.monthly, ", missing: -99.99")) == ["ret: 1 missing (-99.99 1)"])
    #expect(notes(try load(Self.monthly, ", missing: [-99.99, \"X\"]")).count == 1)
    #expect(try load(Self.monthly, ", source: plain").status == .done)
    #expect(try load(Self.monthly, ", missing: 2004-11").codes == ["F0201"])
  }

  @Test func repeatedRowsSayWhatToType() throws {
    let text = "id,date,x\n1,2004-11,5\n1,2004-11,6\n"
    let refused = try load(text)
    #expect(refused.codes == ["F0403"])
    #expect(refused.diagnostics[0].message.contains("lines 2, 3"))
    #expect(refused.diagnostics[0].helps.contains { $0.text.hasSuffix("duplicates: first") })
    let kept = try load(text, ", duplicates: last")
    #expect(kept.status == .done && kept.ledger[0].line.reasons.map(\.count) == [1])
  }

  @Test func percentIsAnnouncedAndCanBeDenied() throws {
    let rows = (1...12).map { "\($0),2004-11,\($0).5\n" }.joined()
    let text = "id,date,RET\n" + rows
    let found = try load(text)
    #expect(notes(found).contains { $0.contains("RET: percent → decimals") })
    guard case .panel(let panel)? = found.values.last else { return }
    #expect(try panel.panel.numbers("RET")[0] == 0.015)
    #expect(notes(try load(text, ", decimal: [RET]")).isEmpty)
  }

  @Test func percentSignsAreReadWhereTheyAreDeclared() throws {
    let text = "id,date,r\n1,2004-11,1.5%\n2,2004-11,-2.25%\n3,2004-11,\n"
    let plain = try load(text)
    #expect(notes(plain).contains("r: text, as in `1.5%`; percent: [r] makes numbers of it"))
    let found = try load(text, ", percent: [r] | derive twice = 2 * r")
    #expect(found.status == .done, "\(found.diagnostics.map(\.message))")
    guard case .panel(let panel)? = found.values.last else { return }
    let numbers = try panel.panel.numbers("r")
    #expect(Array(numbers.prefix(2)) == [0.015, -0.0225] && numbers[2].isNaN)
    let wrong = try load("id,date,r\n1,2004-11,1.5%\n2,2004-11,high\n", ", percent: [r]")
    #expect(wrong.codes == ["F0401"], "\(wrong.codes)")
  }

  @Test func numbersWrittenForPeopleAreSaidToBeText() throws {
    let found = try load("id,date,me\n1,2004-11,\"1,234,567.5\"\n2,2004-11,\"4,000\"\n")
    #expect(notes(found) == ["me: text, as in `1,234,567.5`"])
    #expect(notes(try load("id,date,name\n1,2004-11,\"Smith, John\"\n")).isEmpty)
  }

  // `month` is the calendar month of a row, and a column of the file's cannot be that too.
  @Test func aColumnCalledMonthIsNotTheMonthOfTheRow() throws {
    let text =
      "date,id,year,month,x\n"
      + (1...24).map { t in
        let (year, month) = (2014 + (t + 11) / 12 - 1, (t - 1) % 12 + 1)
        return "\(year)-\(month < 10 ? "0" : "")\(month),1,\(year),\(month),\(t)\n"
      }.joined()
    let found = try load(text, " | summarise n = count(), first = mean(file_month), by: month")
    #expect(found.status == .done, "\(found.diagnostics.map(\.message))")
    let table = try #require(found.values.last.flatMap { TableFlow($0)?.table })
    #expect(table.count == 24 && table.column("first")?.numbers?[12] == 1)
    #expect(notes(found).contains { $0.contains("file_month") })
    let folder = try TemporaryFolder()
    let path = try folder.write("p.csv", text)
    #expect(run("p = load \"\(path)\"\np | where file_month == 1 | describe").status == .done)
    let written = run("panel(date: 2004-11-30, id: \"A\", month: 11)")
    #expect(written.diagnostics.first?.message.contains("is the calendar month of a row") == true)
  }

  @Test func columnsOfOptionsAreCheckedBeforeAnythingRuns() throws {
    let result = try load("id,date,ret\n1,2004-11,0.1\n", ", percent: [rett]")
    #expect(result.status == .refused && result.codes == ["F0101"])
  }

  @Test func aPackedFileOfSeveralNamesThem() throws {
    let result = run("load \"nowhere.zip\", member: \"a.csv\"")
    #expect(result.status == .refused)
  }

  @Test func aQueryOrPathIsNeeded() {
    #expect(run("load freq: monthly").status == .refused)
    #expect(run("load query: \"select 1\"").status == .refused)
  }

  @Test func typedFilesAreCheckedFromTheirHeaders() {
    let sample =
      #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
      .joined(separator: "/") + "/Parity/files/panel.dta"
    let wrong = run("p = load \"\(sample)\"\np | where sise > 0")
    #expect(wrong.status == .refused && wrong.codes == ["F0101"])
    let right = run("p = load \"\(sample)\"\nmean(p.size)")
    #expect(right.status == .done, "\(right.diagnostics.map(\.message))")
  }

  @Test func aReturnOfTheMonthThatFollowsIsNoCharacteristic() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      "p.csv", "id,eom,ret_exc_lead1m,me\n1,2004-11-30,0.1,5\n2,2004-11-30,0.2,6\n")
    let result = run("p = load \"\(path)\"\np | deciles ret_exc_lead1m")
    #expect(result.codes == ["F0301"], "\(result.diagnostics.map(\.message))")
  }

  @Test func factorsInPercentBecomeDecimalsUnlessTheScaleIsSaid() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      "f.csv", "date,Mkt-RF,RF\n192607,2.96,0.22\n192608,2.64,0.25\n192609,-1.5,0.23\n")
    let found = run("series \"\(path)\"")
    guard case .table(let table)? = found.values.last else {
      Issue.record("\(found.diagnostics.map(\.message))")
      return
    }
    let percent = [0.22, 0.25, 0.23]
    #expect(table.column("RF")?.numbers == percent.map { $0 / 100 })
    let said = run("series \"\(path)\", scale: 1")
    guard case .table(let kept)? = said.values.last else { return }
    #expect(kept.column("RF")?.numbers == percent)
  }
}
