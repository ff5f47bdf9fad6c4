// Tests of reading and writing panels, on the files shipped with the project too.

import FactorRuntime
import TestSupport
import Testing

@Suite struct PanelReaderTests {
  private func write(_ text: String, _ name: String) throws -> String {
    let path = SharedData.temporary(name)
    try DurableWrite.replace(path, with: text)
    return path
  }

  @Test func shippedPanelsAreRead() throws {
    let small = try PanelReader.read(
      path: SharedData.example("us-stocknet88/us_stocknet88_monthly_2013_2017.csv")
    ).panel
    #expect(small.count == 4047 && small.monthCount == 47 && small.assetCount == 87)
    #expect(small.assetKey == "id" && small.dateKey == "date")
    #expect(small.index.months.first == Period("2013-10"))
    let wide = try PanelReader.read(
      path: SharedData.example("us-pystock/us_pystock_monthly_2016_2017.csv.gz")
    ).panel
    #expect(wide.count == 39_133 && wide.names.count == 47 && wide.monthCount == 12)
  }

  @Test func writtenPanelsReadBackIdentically() throws {
    let original = try PanelReader.read(
      path: SharedData.example("us-stocknet88/us_stocknet88_monthly_2013_2017.csv")
    ).panel
    let path = SharedData.temporary("panel.csv")
    try CSVWriter.write(original, to: path)
    #expect(try PanelReader.read(path: path).panel.isIdentical(to: original))
    try FileSystem.remove(path)
  }

  // A panel that was never read, or of many files, says no spelling of its days.
  @Test func daysAreWrittenWhole() throws {
    let days = ["2020-01-02", "2020-01-03"].compactMap { Period($0) }
    let (index, _) = try PanelIndex.sorting(
      months: days, assets: [0, 0], names: ["a"], clock: .days(days))
    let panel = try Panel(index: index, columns: [("x", Column(numbers: [1, 2]))])
    #expect(
      String(decoding: CSVWriter.bytes(of: panel), as: UTF8.self)
        == "date,asset,x\n2020-01-02,a,1\n2020-01-03,a,2\n")
    for style in DateStyle.allCases where style.isMonthly {
      #expect(style.text(days[0]) == "2020-01-02")
    }
  }

  @Test func awkwardTextSurvivesARoundTrip() throws {
    let texts = ["NA", "", "a,b", "say \"x\"", "two\nlines", " padded ", "-", nil, "日本"]
    let bytes = try TestPanels.index(months: 1, assets: texts.count)
    let panel = try Panel(
      index: bytes,
      columns: [("t", Column(text: texts)), ("n", Column(numbers: texts.map { _ in 0.1 }))])
    let path = SharedData.temporary("awkward.csv")
    try CSVWriter.write(panel, to: path)
    let back = try PanelReader.read(path: path).panel
    let column = try back.column("t")
    #expect((0..<texts.count).map { column.text(at: $0) } == texts)
    try FileSystem.remove(path)
  }

  @Test func duplicatesAreLocatedByLine() throws {
    let path = try write("date,id,x\n2001-02,B,1\n2001-01,A,2\n2001-02-28,B,3\n", "dup0.csv")
    #expect(throws: CSVError.self) { try PanelReader.read(path: path) }
    let again = try write("date,id,x\n2001-02,B,1\n\n2001-01,A,2\n2001-02,B,3\n", "dup1.csv")
    #expect(
      throws: CSVError.duplicateKeys(
        asset: "B", month: Period(index: 24_013), lines: [2, 5], count: 1)
    ) { try PanelReader.read(path: again) }
    for name in [path, again] { try FileSystem.remove(name) }
  }

  @Test func missingKeysAndUnknownKeysAreLocated() throws {
    let path = try write("date,id,x\n2001-02,A,1\n2001-02,,1\n", "keys.csv")
    #expect(throws: CSVError.missingKey(line: 3, column: 2, field: "id", count: 1)) {
      try PanelReader.read(path: path)
    }
    #expect(throws: CSVError.noSuchColumn(name: "firm", available: ["date", "id", "x"])) {
      try PanelReader.read(path: path, asset: "firm")
    }
    try FileSystem.remove(path)
  }

  @Test func headerPromisesNamesAndKinds() throws {
    let path = try write("PERMNO,DATE,RET,sector\n10107,20041231,0.1,Tech\n", "header.csv")
    let header = try PanelReader.header(of: path)
    #expect(header.assetKey == "PERMNO" && header.dateKey == "DATE")
    #expect(header.columns.map(\.kind) == ["num", "text"])
    let panel = try PanelReader.read(path: path).panel
    #expect(panel.index.months == [Period(index: 2004 * 12 + 11)])
    #expect(String(decoding: CSVWriter.bytes(of: panel), as: UTF8.self).contains("20041231"))
    try FileSystem.remove(path)
  }

  @Test func twoDaysOfAMonthMakeAFileDaily() throws {
    for (text, isDaily) in [
      ("date,id,x\n2001-02-01,A,1\n2001-02-01,B,1\n2001-02-02,A,1\n", true),
      ("date,id,x\n2001-02-28,A,1\n2001-02-27,B,1\n2001-03-30,A,1\n", false),
      ("date,id,x\n2001-02,A,1\n2001-03,A,1\n", false), ("date,id,x\n2001-02-01,A,1", false),
      ("date,id,x\n2001-02-01,A,1\n2001-02-01,A,1\n", false),
    ] {
      let path = try write(text, "days.csv")
      #expect(try PanelReader.header(of: path).isSurelyDaily == isDaily, "\(text)")
      try FileSystem.remove(path)
    }
  }

  @Test func unsortedFilesGiveTheSamePanel() throws {
    let sorted = try write("date,id,x\n2001-01,A,1\n2001-01,B,2\n2001-02,A,3\n", "sorted.csv")
    let mixed = try write("date,id,x\n2001-02,A,3\n2001-01,B,2\n2001-01,A,1\n", "mixed.csv")
    let (a, b) = (try PanelReader.read(path: sorted), try PanelReader.read(path: mixed))
    #expect(a.panel.isIdentical(to: b.panel))
    #expect(a.ledger.notes.isEmpty && b.ledger.notes == ["rows sorted by date and id"])
    for name in [sorted, mixed] { try FileSystem.remove(name) }
  }
}
