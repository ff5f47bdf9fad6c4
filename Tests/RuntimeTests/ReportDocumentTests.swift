// Reports as files: what is written reads as it was meant, and plots can be drawn again from their numbers.

import TestSupport
import Testing

@testable import FactorRuntime

@Suite struct ReportDocumentTests {
  private static let hostile = "a<b>&\"c\" | 100% $x_1$ `d` *e*\\f\ng"

  private let report: ReportDocument = {
    let columns: [(name: String, column: Column)] = [
      ("name", Column(text: [hostile, nil])), ("x", Column(numbers: [0.1 + 0.2, .nan])),
    ]
    let table = TableDocument(
      caption: hostile,
      columns: [
        TableLayout.Column("name", [hostile, "na"], .left),
        TableLayout.Column("x", ["0.30", "na"]),
      ], notes: [hostile])
    return ReportDocument(
      kind: "signal sheet", title: hostile, facts: [.init("fact", hostile)],
      parts: [
        .init("table", hostile, .table(table, columns)),
        .init(
          "plot", "plot",
          .plot(LinePlot.over("", xs: [1, 2], series: [("<s>", [0.1, 0.2])]))),
      ], definitions: [.sharpe], maker: "fq")
  }()

  @Test func pagesEscapeWhatMarkupWouldRead() {
    let text = HTMLReport(report).text
    #expect(text.contains("a&lt;b&gt;&amp;&quot;c&quot;"))
    #expect(!text.contains("<b>&\"") && !text.contains("<s>"))
    #expect(!text.contains("<script") && !text.contains("http://www.w3.org/1999"))
    // Nothing is fetched: the only addresses are data and the name space of SVG.
    let addresses = text.split(separator: "href=\"").dropFirst()
    #expect(addresses.allSatisfy { $0.hasPrefix("data:text/csv") } && addresses.count == 2)
    #expect(
      text.contains("viewport") && text.contains("prefers-color-scheme")
        && text.contains("@media print"))
    // Elements that open also close.
    for tag in ["table", "figure", "section", "svg", "dl", "main"] {
      let opened = text.split(separator: "<\(tag)", omittingEmptySubsequences: false)
        .dropFirst().count { " >".contains($0.first ?? "x") }
      #expect(
        opened == text.split(separator: "</\(tag)>", omittingEmptySubsequences: false).count - 1,
        "\(tag)")
    }
  }

  @Test func pagesCarryTheirNumbers() throws {
    let text = HTMLReport(report).text
    let link = try #require(text.split(separator: "data:text/csv;charset=utf-8,").dropFirst().first)
    let encoded = Array(link.prefix { $0 != "\"" }.utf8)
    var bytes: [UInt8] = []
    var place = 0
    while place < encoded.count {
      if encoded[place] == 37 {
        let digits = String(decoding: encoded[(place + 1)...(place + 2)], as: UTF8.self)
        bytes.append(try #require(UInt8(digits, radix: 16)))
        place += 3
      } else {
        bytes.append(encoded[place])
        place += 1
      }
    }
    #expect(bytes == CSVWriter.bytes(of: report.parts[0].columns))
    #expect(String(decoding: bytes, as: UTF8.self).contains("0.30000000000000004"))
  }

  @Test func markdownAndLaTeXReadWhatIsWritten() {
    let markdown = report.lines(.markdown)
    #expect(
      markdown.contains { $0.hasPrefix("| a\\<b>&\"c\" \\| 100% $x_1$ \\`d\\` \\*e\\*\\\\f g |") })
    #expect(markdown.contains { $0.contains("√A · mean(r) / sd(r)") })
    let latex = report.lines(.latex).joined(separator: "\n")
    #expect(latex.contains("a$<$b$>$\\&\"c\" $|$ 100\\% \\$x\\_1\\$"))
    #expect(!latex.contains("<b>"))
  }

  @Test func tidyFilesKeepEveryBit() throws {
    let lines = report.lines(.csv)
    #expect(lines[0] == "part,row,column,value")
    let table = try CSVReader.read(text: lines.joined(separator: "\n") + "\n")
    #expect(table.rowCount == 6)
    #expect(lines.joined(separator: "\n").hasSuffix("plot,2,<s>,0.2"))
    #expect(lines.contains { $0.hasSuffix(",x,0.30000000000000004") })
    let json = try JSON(parsing: Array(report.json.written().utf8))
    #expect(json == report.json)
    #expect(
      json["parts"]?.items[0]["rows"]?.items[0].items == [.text(Self.hostile), .number(0.1 + 0.2)])
    #expect(json["parts"]?.items[0]["rows"]?.items[1].items == [.null, .null])
  }

  // Every mark: the scene, its numbers as a file, and the scene made of that file again.
  @Test func plotsAreDrawnAgainFromTheirNumbers() throws {
    let months = (0..<6).map { Period(index: 24_000) + $0 }
    let values = [0.1, -0.2, .nan, 1.0 / 3, 0.25, 0.5]
    let scenes = [
      LinePlot.overMonths("", months: months, series: [("a", values), ("b", values.reversed())]),
      LinePlot.over("", xs: [3, 5, 8], series: [("a", [1, 2, 3])]),
      BarPlot.grouped(
        "", names: ["p", "q"], series: [("k 1", [0.1, 0.2]), ("k 2", [0.3, .nan])], unit: .ratio),
      BarPlot.of("", names: ["p", "q"], values: [0.1, -0.2], isLying: true),
      Histogram.of("", values: TestPanels.normals(50), bins: 7),
      HeatMap.of(
        "", rows: ["2000", "2001"], columns: ["Jan", "Feb"], values: [[1, -2], [.nan, 3]]),
      ScatterPlot.of("", xs: [1, 2, 3], ys: values.prefix(3).map { $0.isNaN ? 0 : $0 }),
    ]
    for scene in scenes {
      let table = try CSVReader.read(
        text: String(decoding: CSVWriter.bytes(of: scene.data), as: UTF8.self))
      var again = scene
      if scene.mark == .scatter {
        let columns = table.columns.compactMap(\.numbers)
        again.series = [
          Scene.Series("", xs: columns[columns.count - 2], ys: columns[columns.count - 1])
        ]
      } else {
        let place = try #require(table.columns.first)
        let xs = scene.series[0].xs
        if case .numbers(let read) = place.values, scene.axis == .numbers {
          #expect(read == xs)
        } else {
          #expect(place.count == xs.count)
        }
        again.series = zip(scene.series, table.columns.dropFirst()).map { series, column in
          Scene.Series(series.name, xs: xs, ys: column.numbers ?? [])
        }
      }
      #expect(SVGWriter.text(again) == SVGWriter.text(scene), "\(scene.mark)")
      #expect(TextPlot(again).lines == TextPlot(scene).lines, "\(scene.mark)")
    }
  }

  @Test func picturesInPagesNameRolesAndNotColours() {
    let heat = HeatMap.of("", rows: ["a"], columns: ["x", "y"], values: [[1, -1]])
    for scene in [heat, BarPlot.of("", names: ["x"], values: [1])] {
      let text = SVGWriter.text(scene, ink: .page)
      #expect(text.contains("var(--") && !text.contains("#"))
      #expect(!SVGWriter.text(scene).contains("var("))
    }
  }
}
