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

  // What the manual shows is what its programs compute.
  @Test func theManualShowsWhatIsComputed() throws {
    let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
      .joined(separator: "/")
    let manual = String(
      decoding: try FileSystem.read(root + "/docs/reports.md"), as: UTF8.self)
    let result = run(
      """
      seed 20261127
      stocks = load "data/us-stocknet88/us_stocknet88_monthly_2013_2017.csv", keys: [date, id], known: {RET: 0m, else: -1m}
      s = stocks | tearsheet idiovol, returns: RET, buckets: 5
      s
      bt = stocks | deciles idiovol | portfolio returns: RET | costs 10bps
      b = bt | tearsheet published: 2016-01
      b
      explain b.sharpe_net
      """, folder: root + "/examples")
    #expect(result.status == .done, "\(result.diagnostics.map(\.message))")
    let shown = Set(result.values.flatMap { $0.display(DisplayOptions()) })
    let blocks = manual.split(separator: "```").enumerated().filter { $0.offset % 2 == 1 }
    let lines = blocks.flatMap { $0.element.split(separator: "\n").map(String.init) }
    let outputs = lines.filter { $0.hasPrefix("  ") && !$0.hasPrefix("  …") }
    #expect(outputs.count > 30)
    for line in outputs { #expect(shown.contains(line), "\(line)") }
  }
}
