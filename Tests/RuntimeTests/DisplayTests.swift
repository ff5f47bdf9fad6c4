// Tests of number formats, table layout and text width.

import FactorRuntime
import Testing

@Suite struct DisplayTests {
  @Test(arguments: [
    (0.0, "0"), (0.12345, "0.1234"), (-0.5, "-0.5000"), (1234.56, "1235"), (1e20, "1e20"),
    (1.5e-7, "1.5e-7"), (.nan, "na"), (0.00012, "0.0001200"), (9.9999, "10.00"), (250, "250.0"),
  ])
  func significantDigits(value: Double, text: String) {
    #expect(NumberFormat.significant(value) == text)
  }

  @Test func unitsAreExactInDecimal() {
    #expect(NumberFormat.percent(0.125) == "12.50%")
    #expect(NumberFormat.basisPoints(0.003) == "30bps")
    #expect(NumberFormat.percent(0.285, decimals: 0) == "28%")
    #expect(NumberFormat.fixed(-0.001, decimals: 2) == "0.00")
    #expect(NumberFormat.fixed(0.995, decimals: 2) == "1.00")
    #expect(NumberFormat.count(-1_234_567) == "-1,234,567")
    #expect(NumberFormat.exact(0.1) == "0.1")
  }

  @Test func widthsCountWideCharactersTwice() {
    #expect(TextWidth.of("abc") == 3)
    #expect(TextWidth.of("日本") == 4)
    #expect(TextWidth.of("e\u{301}") == 1)
    #expect(TextWidth.cut("characteristics", to: 6) == "chara…")
  }

  private static let wide = TableLayout([
    .init("name", ["a", "bb", "ccc"], .left), .init("value", ["1", "20", "300"]),
    .init("far", ["x", "y", "z"]), .init("last", ["7", "8", "9"]),
  ])

  @Test func columnsGoFromTheMiddleAndAreCounted() {
    #expect(
      Self.wide.lines(width: 38) == [
        "name  value  far  last", "────  ─────  ───  ────", "a         1    x     7",
        "bb       20    y     8", "ccc     300    z     9",
      ])
    // One blank apart they all fit.
    #expect(
      Self.wide.lines(width: 20).prefix(3) == [
        "name value far last", "──── ───── ─── ────", "a        1   x    7",
      ])
    #expect(
      Self.wide.lines(width: 18) == [
        "name  …  last", "────  ─  ────", "a     …     7", "bb    …     8", "ccc   …     9",
        "… 2 of 4 columns", "not shown",
      ])
    let named = TableLayout(Self.wide.columns + Self.wide.columns).lines(width: 36)
    #expect(named.last == "… 2 of 8 columns not shown: name, …")
  }

  @Test func headingsOfSeveralWordsTakeTwoLinesBeforeColumnsGo() {
    let table = TableLayout([
      .init("model", ["ca2"], .left), .init("total R2", ["1.5%"]),
      .init("predictive R2", ["0.5%"]), .init("n", ["3"]),
    ])
    #expect(table.lines(width: 34).first == "model  total R2  predictive R2  n")
    #expect(
      table.lines(width: 29) == [
        "       total  predictive",
        "model     R2          R2  n",
        "─────  ─────  ──────────  ─",
        "ca2     1.5%        0.5%  3",
      ])
  }

  @Test func keysStayWhileOtherColumnsCanGo() {
    let table = TableLayout(Self.wide.columns, keys: 2)
    #expect(table.lines(width: 18).first == "name  value  …")
  }

  @Test func textsGiveWayBeforeColumns() {
    let long = String(repeating: "word ", count: 10)
    let table = TableLayout([
      .init("key", ["1"], .left), .init("text", [long], .left), .init("value", ["12.5"]),
    ])
    #expect(
      table.lines(width: 34) == [
        "key  text                    value", "───  ──────────────────────  ─────",
        "1    word word word word w…   12.5",
      ])
  }

  @Test func leftOutRowsHaveTheirPlace() {
    let table = TableLayout(
      [.init("n", ["1", "2", "9"])], gap: .init(after: 2, "… 6 of 9 rows not shown"))
    #expect(table.lines() == ["n", "─", "1", "2", "… 6 of 9 rows not shown", "9"])
  }

  @Test func pointsStandBelowEachOther() {
    let table = TableLayout([
      .init("x", ["1,234", "0.001235", "na", "3.5", "1.5e-7"]),
      .init("cost", ["30bps", "12.5bps", "na", "5bps", "1bps"]),
      .init("text", ["1 ± 2", "1.25 ± 3", "na", "", "4"]),
    ])
    #expect(
      table.lines().dropFirst(2) == [
        "1,234         30bps       1 ± 2", "    0.001235  12.5bps  1.25 ± 3",
        "          na       na        na", "    3.5        5bps",
        "    1.5e-7     1bps           4",
      ])
  }

  @Test func pointsGiveWayBeforeColumns() {
    let table = TableLayout([
      .init("key", ["a", "b"], .left), .init("x", ["0.001", "-123"]),
      .init("y", ["0.002", "-456"]),
    ])
    #expect(
      table.lines(width: 23) == [
        "key         x         y", "───  ────────  ────────", "a       0.001     0.002",
        "b    -123      -456",
      ])
    #expect(
      table.lines(width: 17) == [
        "key      x      y", "───  ─────  ─────", "a    0.001  0.002", "b     -123   -456",
      ])
  }

  @Test func thousandsAreSeparatedOnce() {
    #expect(NumberFormat.grouped("1235.5") == "1,235.5")
    #expect(NumberFormat.grouped("-1234567") == "-1,234,567")
    #expect(NumberFormat.grouped("1,235") == "1,235")
    #expect(NumberFormat.grouped("1.5e20") == "1.5e20")
    #expect(NumberFormat.grouped("na") == "na")
  }

  @Test func wrappedLinesFitAndKeepTheWords() {
    #expect(TextWidth.wrapped("one two three", to: 7) == ["one two", "three"])
    #expect(TextWidth.wrapped("abcdefghij", to: 4) == ["abcd", "efgh", "ij"])
    #expect(TextWidth.wrapped("日本語 text", to: 5) == ["日本", "語", "text"])
    #expect(TextWidth.wrapped("a long tail", to: 10, indent: 2) == ["a long", "  tail"])
  }

  @Test func stripsCountGapsAndKeepTheirScale() {
    let strip = CoverageStrip(places: [0, 1, 2, 3], counts: [1, 2, 3, 4], width: 4)
    #expect(strip.text() == "▂▄▆█")
    #expect(strip.text(top: 8) == "▁▂▃▄")
    // Twelve places of which half have rows.
    let gaps = CoverageStrip(places: [0, 1, 2, 9, 10, 11], counts: [4, 4, 4, 2, 2, 2], width: 4)
    #expect(gaps.means == [4, 0, 0, 2] && gaps.text() == "█··▄")
    #expect(CoverageStrip(places: [], counts: [], width: 8).text() == "")
  }

  // Every stretch has a period, no period is lost, and the whole of the counts is there.
  @Test func stretchesCoverThePeriods() {
    for (span, width) in [(1, 5), (7, 3), (100, 48), (743, 48), (49, 48)] {
      let strip = CoverageStrip(
        places: Array(0..<span), counts: [Int](repeating: 5, count: span), width: width)
      #expect(strip.means.count == min(span, width))
      #expect(strip.means.allSatisfy { $0 == 5 })
    }
  }

  @Test func hostileTextBecomesVisible() {
    #expect(VisibleText.line("a\nb\tc\u{1B}[2J\u{7F}\u{85}") == "a␊b␉c␛[2J␡\u{FFFD}")
    #expect(VisibleText.block("a\nb\tc\r") == "a\nb\tc␍")
    for value: UInt32 in [0x202E, 0x61C, 0x200B, 0x2066, 0xFDD0, 0xFFFF, 0xE0041] {
      let hidden = Unicode.Scalar(value).map { String($0) } ?? ""
      #expect(VisibleText.line("x" + hidden) == "x\u{FFFD}")
    }
    #expect(VisibleText.line("é 日本 👩‍🔬 मनीष ▁█") == "é 日本 👩‍🔬 मनीष ▁█")
  }
}
