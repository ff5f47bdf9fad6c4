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

  @Test func tablesSayWhatTheyHide() {
    let table = TableLayout([
      .init("name", ["a", "bb", "ccc"], .left), .init("value", ["1", "20", "300"]),
      .init("far away", ["x", "y", "z"]),
    ])
    #expect(
      table.lines(width: 13) == [
        "name  value", "────  ─────", "a         1", "bb       20", "ccc     300",
        "… 1 column n…",
      ])
    let short = table.lines(width: 80, maximumRows: 2)
    #expect(short.last == "… 1 of 3 rows not shown")
  }
}
