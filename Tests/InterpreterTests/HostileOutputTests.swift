// I5. Hostile text through every way of printing: cells, headers, titles, labels of plots, errors, names of files, pages.
//
// Some two thousand strings in a normal run, more than 100,000 with FQ_FULL=1, shared out among the ways.

import FactorLang
import FactorRuntime
import Foundation
import TestSupport
import Testing

@testable import Interpreter

/// Random strings of what steers terminals and eyes, mixed with letters of many scripts.
struct HostileStrings {
  private var random: SeededNumbers

  init(seed: UInt64) { random = SeededNumbers(seed: seed) }

  private static let pieces: [String] =
    [
      "\u{1B}[2J", "\u{1B}[31m", "\u{1B}]0;title\u{7}", "\u{1B}]8;;http://evil\u{1B}\\",
      "\u{1B}]52;c;ZXZpbA==\u{7}",
      "\u{1B}P1$q\u{1B}\\", "\u{9B}31m", "\u{90}q\u{9C}", "\u{85}", "\r", "\n", "\r\n", "\t",
      "\u{8}", "\u{7F}",
      "\u{0}", "\u{C}", "\u{202E}", "\u{202A}", "\u{2066}", "\u{2069}", "\u{200E}", "\u{200F}",
      "\u{61C}",
      "\u{200B}", "\u{200D}", "\u{FEFF}", "\u{2028}", "\u{2029}", "日本", "e\u{301}", "👩‍🔬", "🇫🇷", "a",
      "-1.5", ",", "\"",
      "'", "`", "<script>", "&amp;", "|", "*", "[x](y)", "#>", "#!", "{x}", "\\", "%", " ", "é",
      "م", "क्ष",
    ]
    + [0xFDD0, 0xFDD5, 0xFDEF, 0xFFFE, 0xE0041, 0x10FFFF].map { value in
      Unicode.Scalar(UInt32(value)).map { String($0) } ?? ""
    }

  mutating func next() -> String {
    var text = ""
    for _ in 0..<(1 + random.below(6)) {
      if random.below(4) == 0 {
        // Any scalar of the lower planes.
        let value = UInt32(random.below(random.below(3) == 0 ? 0x10FFFF : 0xA0))
        text.unicodeScalars.append(Unicode.Scalar(value) ?? "\u{FFFD}")
      } else {
        text += Self.pieces[random.below(Self.pieces.count)]
      }
    }
    return text
  }
}

@Suite struct HostileOutputTests {
  private static let all = FileSystem.environment("FQ_FULL") == "1" ? 120_000 : 2_400

  /// What a terminal must never be sent; the codes of the theme's own colours are taken out first.
  private static func offence(_ text: String, hasColour: Bool) -> UInt32? {
    // By scalars: a mark that combines would make one character of the code's end and itself.
    var scalars = Array(text.unicodeScalars)
    if hasColour {
      let codes = ["1;31", "1;33", "1;36", "1", "34", "2", "31", "35", "32", "1;32", "0"]
        .map { Array("\u{1B}[\($0)m".unicodeScalars) }
      var kept: [Unicode.Scalar] = []
      while !scalars.isEmpty {
        let start = scalars.firstIndex(of: "\u{1B}") ?? scalars.count
        kept += scalars[..<start]
        scalars.removeFirst(start)
        guard let code = codes.first(where: { scalars.starts(with: $0) }) else {
          kept += scalars
          break
        }
        scalars.removeFirst(code.count)
      }
      scalars = kept
    }
    for scalar in scalars {
      switch scalar.value {
      case 0x0A, 0x09: continue
      case 0..<0x20, 0x7F...0x9F, 0x061C, 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069:
        return scalar.value
      default: continue
      }
    }
    return nil
  }

  private static let looks = [
    OutputGate.Stream(), OutputGate.Stream(isTerminal: true, hasColour: true),
    OutputGate.Stream(isTerminal: true, speaksUTF8: false),
  ]

  /// Everything of an event, through the gate to each kind of stream.
  private static func check(_ event: Event, _ what: String) {
    for look in looks {
      let capture = REPLCapture()
      TextEvents(capture.gate(output: look, errors: look), width: { 60 }).send(event)
      let text = capture.text(.output) + capture.text(.error)
      let found = offence(text, hasColour: look.hasColour)
      #expect(found == nil, "\(what): \(String(found ?? 0, radix: 16)) in \(text.debugDescription)")
      if !look.speaksUTF8 { #expect(text.utf8.allSatisfy { $0 < 0x80 }) }
    }
  }

  /// Strings in twenties, from a share of the whole.
  private static func batches(_ share: Int, seed: UInt64, _ body: ([String]) throws -> Void)
    rethrows
  {
    var strings = HostileStrings(seed: seed)
    for _ in 0..<max(1, all / share / 20) { try body((0..<20).map { _ in strings.next() }) }
  }

  private static func table(_ texts: [String]) -> Table {
    var table = Table(columns: [
      (texts[0], Column(text: texts)), (texts[1], Column(text: texts.reversed())),
      (texts[2], Column(numbers: texts.indices.map(Double.init))),
    ])
    table.title = texts[3]
    table.notes = [texts[4]]
    return table
  }

  @Test func tablesAndTheirHeadings() {
    Self.batches(4, seed: 1) { texts in
      var table = Self.table(texts)
      Self.check(.value(.table(table), name: nil), "table")
      table.view.isSideways = true
      Self.check(.value(.table(table), name: nil), "sideways")
      table.view.isSideways = false
      table.isFactList = true
      Self.check(.value(.table(table), name: nil), "facts")
      table.isFactList = false
      table.blocks = Table.Blocks(labels: 1)
      Self.check(.value(.table(table), name: nil), "blocks")
    }
  }

  @Test func panelsAndTheirKeys() throws {
    try Self.batches(8, seed: 2) { texts in
      var names: [String] = []
      for text in texts where !names.contains(text) && !text.isEmpty { names.append(text) }
      let months = [Period](repeating: Period(index: 24_000), count: names.count)
      let (index, _) = try PanelIndex.sorting(
        months: months, assets: names.indices.map { Int32($0) }, names: names)
      let panel = try Panel(
        index: index,
        columns: [
          (names[0], Column(text: names)), (names[1], Column(numbers: names.map { _ in 1 })),
        ],
        assetKey: names[2], dateKey: names[3])
      var value = PanelValue(panel: panel, origin: names[0])
      Self.check(.value(.panel(value), name: nil), "panel")
      value.view.isFull = true
      Self.check(.value(.panel(value), name: nil), "panel in full")
      value.view.isFull = false
      value.view.isSideways = true
      Self.check(.value(.panel(value), name: nil), "panel sideways")
    }
  }

  @Test func plotsAndTheirLabels() {
    Self.batches(8, seed: 3) { texts in
      for style in CanvasStyle.allCases {
        for isLying in [false, true] {
          var scene = BarPlot.of(
            texts[0], names: Array(texts[1...6]), values: [1, 2, -1, .nan, 3, 0], isLying: isLying)
          (scene.xLabel, scene.yLabel) = (texts[7], texts[8])
          let lines = TextPlot(scene, width: 60, style: style).lines
          #expect(Set(lines.map { TextWidth.of($0) }) == [60])
          #expect(!lines.contains { $0.contains("\n") })
          #expect(Self.offence(lines.joined(separator: "\n"), hasColour: false) == nil)
        }
      }
      let heat = HeatMap.of(
        texts[0], rows: [texts[1], texts[2]], columns: [texts[3], texts[4]],
        values: [[1, 2], [3, .nan]])
      let line = LinePlot.over(
        texts[5], xs: [1, 2], series: [(texts[6], [1, 2]), (texts[7], [3, 1])])
      for scene in [heat, line] {
        Self.check(.value(.plot(PlotValue(scene: scene, canvas: .braille)), name: nil), "plot")
        let picture = SVGWriter.text(scene)
        #expect(Self.offence(picture, hasColour: false) == nil && !picture.contains("<script"))
      }
    }
  }

  @Test func singleValuesLedgersAndNotes() {
    Self.batches(4, seed: 4) { texts in
      let record = Record(fields: [
        (texts[0], .text(texts[1])), (texts[2], .list(texts.map(Value.text))),
      ])
      Self.check(.value(.record(record), name: nil), "record")
      Self.check(
        .value(.column(ColumnValue(name: texts[3], column: Column(text: texts))), name: nil),
        "column")
      for text in texts.prefix(5) {
        Self.check(.value(.text(text), name: nil), "text")
        Self.check(.note(text), "note")
        Self.check(.artifact(path: text), "artifact")
        let line = LedgerLine(stage: text, rowsIn: 1, rowsOut: 1)
        Self.check(.ledger(LedgerEntry(line, detail: text, origin: text)), "ledger")
      }
    }
  }

  @Test func errorsInScriptsAndNamesOfFiles() {
    Self.batches(16, seed: 5) { texts in
      for text in texts.prefix(10) {
        let source = Source(name: text, text: "x = \(text)\nload \"\(text)\"\n\(text)")
        for diagnostic in Session().check(source).diagnostics.prefix(4) {
          Self.check(.diagnostic(diagnostic), "diagnostic")
        }
        var fault = Fault(.wrongType, text, helps: [text])
        fault.data = [text]
        fault.reason = text
        Self.check(.diagnostic(fault.diagnostic(in: source)), "fault")
      }
    }
  }

  @Test func pagesAndRecords() {
    Self.batches(12, seed: 6) { texts in
      let source = Source(
        name: texts[0], text: texts.map { "## \($0)\n" }.joined() + "# \(texts[1])\n")
      var scene = LinePlot.over(
        texts[5], xs: [1, 2], series: [(texts[6], [1, 2]), (texts[7], [3, 1])])
      scene.xLabel = texts[8]
      let parts: [PageOutput] =
        [
          .ledger([texts[2]]), .lines([texts[3]]), .table(Self.table(texts).page(DisplayOptions())),
          .plot(scene),
        ]
        + [.message([texts[4]], isError: true)]
      let page = NotebookPage(
        Notebook(source), name: texts[0], outputs: [.init(line: 0, parts: parts)],
        facts: [.init(texts[9], texts[10])])
      let html = PageHTML(page: page).text
      #expect(Self.offence(html, hasColour: false) == nil && !html.contains("<script"))
      #expect(
        html.components(separatedBy: "<span").count == html.components(separatedBy: "</span>").count
      )
      let markdown = PageMarkdown(page, folder: "f")
      #expect(Self.offence(markdown.text, hasColour: false) == nil)
      for text in texts {
        #expect(Self.offence(Notebook.recorded(text, isDiagnostic: false), hasColour: false) == nil)
      }
    }
  }
}
