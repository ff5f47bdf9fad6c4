// Sheets, tables and plots as files, by their endings.

import FactorLang
import FactorRuntime
import Testing

@testable import Interpreter

@Suite struct DocumentFileTests {
  private func saved(_ text: String, _ name: String) throws -> String {
    let folder = try TemporaryFolder()
    let path = folder.path + "/" + name
    let result = run(text + " | save \"\(path)\"")
    #expect(result.status == .done, "\(result.diagnostics.map(\.message))")
    // Nothing half-written is left behind.
    #expect(try FileSystem.list(folder.path) == [name])
    return String(decoding: try FileSystem.read(path), as: UTF8.self)
  }

  private static let sheet = "toy | tearsheet size, returns: ret, buckets: 3"

  @Test func sheetsAreWrittenInFiveFormats() throws {
    let html = try saved(Self.sheet, "s.html")
    #expect(
      html.hasPrefix("<!DOCTYPE html>") && html.contains("<svg") && html.contains("Definitions"))
    #expect(try saved(Self.sheet, "s.md").hasPrefix("# signal sheet: size · toy\n"))
    #expect(try saved(Self.sheet, "s.tex").contains("\\begin{tabular}"))
    #expect(try saved(Self.sheet, "s.csv").hasPrefix("part,row,column,value\n"))
    let json = try JSON(parsing: Array(try saved(Self.sheet, "s.json").utf8))
    #expect(json["header"]?["seed"] == .text("1"))
    #expect(try saved(Self.sheet, "s.txt").contains("rank IC"))
  }

  @Test func numbersInFilesAreExact() throws {
    let value = try #require(
      run("s = \(Self.sheet)\ns.rank_ic").values.last.flatMap { Double($0) })
    #expect(try saved(Self.sheet, "s.csv").contains("figures,rank_ic,value,\(value)\n"))
    #expect(try saved(Self.sheet, "s.json").contains("\(value)"))
  }

  @Test func tablesAndPlotsToo() throws {
    let table = "toy | summarise average = mean(ret), by: month | top 2, by: average"
    let json = try JSON(parsing: Array(try saved(table, "t.json").utf8))
    #expect(json.items.count == 2 && json.items[0]["average"] != nil)
    #expect(try saved(table, "t.html").contains("<table>"))
    let plot = "toy[id: 1] | plot.line growth(ret), title: \"Firm 1\""
    #expect(try saved(plot, "p.csv").hasPrefix("month,growth(ret)\n2000-01,"))
    #expect(try saved(plot, "p.html").contains("Firm 1"))
  }

  @Test func onlyDocumentsAreWrittenSo() {
    #expect(run("save 5, \"/tmp/never.html\"").codes == ["F0201"])
    #expect(run("save 5, \"/tmp/never.json\"").codes == ["F0201"])
    #expect(
      run("toy | tearsheet size, returns: ret | save \"/no/such/folder/x.html\"").codes == ["F0502"]
    )
  }
}
