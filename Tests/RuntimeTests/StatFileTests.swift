// Files of SAS and Stata: equal to their twins, special missing values counted, damage an error.

import TestSupport
import Testing

@testable import FactorRuntime

@Suite struct StatFileTests {
  private static let package = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    .dropLast(2).joined(separator: "/")
  private static func small(_ name: String) -> String { package + "/Parity/files/" + name }

  private func table(_ path: String, dates: [String] = []) throws -> CSVTable {
    var options = CSVOptions()
    options.dateColumns = dates
    let file = try TableFile(path, options)
    return try file.read(options, Budget())
  }

  @Test(arguments: ["panel.dta", "panel.xpt"]) func smallPanelsAreRead(name: String) throws {
    let (panel, ledger) = try PanelReader.read(path: Self.small(name))
    #expect(panel.index.assetNames == ["10107", "14593"] && panel.count == 4)
    #expect(panel.index.months.map(\.description) == ["2004-01", "2004-02"])
    #expect(try panel.numbers("size") == [1.25, 3.5, 2, -1000.3])
    #expect(try panel.column("sector").text(at: 3) == "Oil & Gas")
    #expect(try panel.column("sector").text(at: 1) == nil)
    let returns = try panel.numbers("ret")
    #expect(returns[0] == 0.5 && returns[1].isNaN && returns[3] == 0.125)
    if name == "panel.dta" {
      #expect(returns[2].isNaN)
      #expect(ledger.notes.contains("ret: 2 missing (.A 1, .C 1)"), "\(ledger.notes)")
    }
    let header = try PanelReader.header(of: Self.small(name))
    #expect(header.columns.map(\.name) == ["ret", "size", "sector"])
    #expect(header.columns.map(\.kind) == ["num", "num", "text"])
  }

  @Test(arguments: ["panel.dta", "panel.xpt"]) func everyPrefixIsDataOrAnError(name: String) throws
  {
    let bytes = try FileSystem.read(Self.small(name))
    let folder = try ScratchFolder()
    let whole = try PanelReader.read(path: Self.small(name)).panel
    for length in stride(from: 0, to: bytes.count, by: 53) {
      let path = try folder.write(name, bytes.prefix(length))
      // Padding behind the last row may go; a transport file does not say how many records it has.
      if let panel = try? PanelReader.read(path: path).panel {
        let isWhole = panel.isIdentical(to: whole)
        #expect(isWhole || name == "panel.xpt" && length % 80 == 0, "\(length) bytes")
      }
    }
  }

  @Test func aCapOnMemoryIsAnError() {
    #expect(throws: BudgetError.self) {
      try PanelReader.read(path: Self.small("panel.dta"), budget: Budget(memoryLimit: 100))
    }
  }

  // MARK: The corpus

  @Test(arguments: ["sample.dta", "sample.sas7bdat", "sample_bincompressed.sas7bdat", "sample.xpt"])
  func samplesAreEqualToTheirTwin(name: String) throws {
    guard let folder = SharedData.folder("corpora/sas-stata/pyreadstat/test_data/basic") else {
      return
    }
    let found = try table(folder + "/" + name)
    let twin = try CSVReader.read(path: folder + "/sample.csv")
    #expect(found.names.map { $0.lowercased() } == twin.names && found.rowCount == twin.rowCount)
    if name == "sample.dta" {
      #expect(found.notes.contains("mylabl: numbers that stand for 1 Male, 2 Female"))
    }
    for (place, column) in found.columns.enumerated() {
      switch (column.values, twin.columns[place].values) {
      case (.numbers(let a), .numbers(let b)):
        #expect(zip(a, b).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }, "\(twin.names[place])")
      case (.dates(let a), .dates(let b)): #expect(a == b, "\(twin.names[place])")
      case (.dates(let days), .text):
        // A time stamp: its day.
        for row in 0..<days.count {
          let text = twin.columns[place].text(at: row).map { String($0.prefix(10)) } ?? "na"
          #expect(days[row].description == text, "\(twin.names[place])")
        }
      case (.text, .text):
        for row in 0..<found.rowCount {
          #expect(column.text(at: row) == twin.columns[place].text(at: row))
        }
      case (.numbers(let seconds), .text):
        // A time of day; the CSV twin has it as a clock shows it.
        let isRight = seconds[0] == 36_610 || seconds[0] == 36_610_000
        #expect(twin.columns[place].text(at: 0) == "10:10:10.000000" && isRight)
      default: Issue.record("\(twin.names[place]): \(column.kind)")
      }
    }
  }

  @Test func datesOfTwoCenturiesAreEqualToTheirTwin() throws {
    guard let folder = SharedData.folder("corpora/sas-stata/pyreadstat/test_data/basic") else {
      return
    }
    let twin = try CSVReader.read(path: folder + "/dates.csv")
    guard case .dates(let expected) = twin.columns[0].values else { return }
    let sas = try table(folder + "/dates.sas7bdat")
    for place in [0, 1] {
      guard case .dates(let found) = sas.columns[place].values else {
        Issue.record("\(sas.names[place]) is \(sas.columns[place].kind)")
        continue
      }
      #expect(found == expected, "\(sas.names[place])")
    }
    #expect(sas.notes == ["dtime: times of day dropped"])
    // Moments before and after the first day of each system, with the same in words beside them.
    for name in ["dates_xpt.sas7bdat", "dates_xpt_v8.xpt"] {
      let moments = try table(folder + "/" + name)
      guard case .dates(let stamps) = moments.columns[0].values,
        case .dates(let days) = moments.columns[3].values
      else {
        Issue.record("\(name): no dates")
        continue
      }
      for row in 0..<moments.rowCount {
        #expect(moments.columns[1].text(at: row)?.prefix(10) == stamps[row].description[...])
        #expect(moments.columns[4].text(at: row) == days[row].description)
      }
    }
  }

  @Test func specialMissingValuesOfTheCorpusAreCounted() throws {
    guard let folder = SharedData.folder("corpora/sas-stata/pyreadstat/test_data/missing_data")
    else { return }
    let letters = [".A", ".B", ".C", ".X", ".Y", ".Z"]
    for name in ["missing_test.dta", "missing_test.sas7bdat"] {
      let codes = try table(folder + "/" + name).missing.map { $0.map(\.code).joined() }
      #expect(Array(codes.prefix(6)) == letters, "\(name)")
      #expect(codes[7] == "" && codes[8] == "", "\(name)")
    }
    let sas = try table(folder + "/missing_test.sas7bdat")
    #expect(sas.columns.map(\.missingCount) == [1, 1, 1, 1, 1, 1, 1, 1, 0])
  }

  @Test func everyFileOfTheCorpusIsReadOrRefusedWhereverItIsCut() throws {
    guard let folder = SharedData.folder("corpora/sas-stata") else { return }
    let scratch = try ScratchFolder()
    var seen = 0
    for path in try Self.files(folder)
    where path.hasSuffix(".dta") || path.hasSuffix(".sas7bdat") || path.hasSuffix(".xpt") {
      let whole = try table(path)
      #expect(whole.rowCount > 0, "\(path)")
      let bytes = try FileSystem.read(path)
      let name = "cut" + path.suffix(9).drop { $0 != "." }
      let step = FileSystem.environment("FQ_FULL") == "1" ? 4096 : 90_000
      for length in stride(from: 0, to: bytes.count, by: step) {
        let cut = try scratch.write(name, bytes.prefix(length))
        if let part = try? table(cut) {
          #expect(part.rowCount == whole.rowCount, "\(path) \(length)")
        }
      }
      seen += 1
    }
    #expect(seen > 20)
  }

  private static func files(_ folder: String) throws -> [String] {
    try FileSystem.list(folder).flatMap { name -> [String] in
      let path = folder + "/" + name
      return FileSystem.isFolder(path) ? try files(path) : [path]
    }
  }
}
