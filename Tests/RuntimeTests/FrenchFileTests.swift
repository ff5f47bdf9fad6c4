// Files of the French library with all their traps, by hand; and the real ones where they are at hand.

import TestSupport
import Testing

@testable import FactorRuntime

@Suite struct FrenchFileTests {
  private static let text = """
    This file was created using a database.
    It says things, with commas, over two lines.

    Missing data are indicated by -99.99 or -999.

    ,Mkt-RF,SMB ,HML
    192607,   2.96,  -2.30, -99.99
    192608,   2.64,  -1.40,   4.19

      Annual Factors: January-December
    ,Mkt-RF,SMB ,HML
      1927,  29.44,  -2.20,  -4.58


      Average Value Weighted Returns -- Daily
    ,Food ,Beer
    19260701,  0.10, -999
    19260702,  0.20,   0.30

      Number of Firms in Portfolios
    ,Food ,Beer
    192607,  43, 3

    Copyright 2026 Somebody

    """

  private func file(_ text: String) throws -> FrenchFile { try FrenchFile(Array(text.utf8)) }

  @Test(arguments: ["\n", "\r\n", "\r"]) func tablesAreFoundWhateverEndsALine(end: String) throws {
    let lines = Self.text.split(separator: "\n", omittingEmptySubsequences: false)
    let french = try file(lines.joined(separator: end))
    #expect(
      french.sections.map(\.title) == [
        "monthly", "Annual Factors: January-December", "Average Value Weighted Returns -- Daily",
        "Number of Firms in Portfolios",
      ])
    #expect(french.sections.map(\.line) == [6, 11, 16, 21])
    #expect(french.sections.map(\.isPercent) == [true, true, true, false])
    let first = french.sections[0]
    #expect(first.names == ["Mkt-RF", "SMB", "HML"])
    #expect(first.columns[0] == [2.96, 2.64] && first.columns[2][0].isNaN)
    #expect(first.missing.map(\.code) == ["-99.99"] && first.missing[0].count == 1)
    #expect(french.sections[1].keys == .years([1927]))
    guard case .periods(let days) = french.sections[2].keys else { return }
    #expect(days.map(\.description) == ["1926-07-01", "1926-07-02"])
    #expect(french.sections[2].missing.map(\.code) == ["-999"])
  }

  @Test func whatIsWrongIsLocated() {
    #expect(throws: CSVError.raggedRow(line: 3, expected: 3, found: 2)) {
      try file(",a,b\n192607,1,2\n192608,1\n")
    }
    #expect(
      throws: CSVError.badValue(
        line: 2, column: 3, field: "b", value: "x", expected: "a number")
    ) { try file(",a,b\n192607,1,x\n") }
    #expect(
      throws: CSVError.badValue(
        line: 2, column: 1, field: "", value: "192613", expected: "a month or day")
    ) { try file(",a\n192613,1\n") }
    #expect(throws: CSVError.emptyFile) { try file("prose only\n") }
    #expect(throws: CSVError.headerOnly(columns: 2)) { try file(",a\n\nprose\n") }
    #expect(throws: CSVError.duplicateColumn(name: "a", columns: [2, 3])) {
      try file(",a, a\n192607,1,2\n")
    }
  }

  @Test func breakpointsHaveNoNamesAndAreNoReturns() throws {
    let french = try file(
      "Breakpoints for ME, by hand.\n\n192512,  488, 0.05, 1.2\n192601,  489, -999, 1.3\n\nCopyright\n"
    )
    let section = try #require(french.sections.first)
    #expect(section.names == ["column2", "column3", "column4"] && section.line == 3)
    #expect(!section.isPercent && section.columns[0] == [488, 489])
    #expect(section.missing.map(\.code) == ["-999"])
  }

  @Test func bytesThatAreNotUnicodeAreLatin() throws {
    var bytes = Array("Fran\u{2}ais,\n\n,a\n192607,1\n".utf8)
    bytes[4] = 0xE7
    #expect(try FrenchFile(bytes).sections.count == 1)
  }

  // The raw files of 2026 against clean copies that end in 2017: revised since, but the same series.
  @Test func rawFactorsAreTheCleanOnes() throws {
    guard let folder = SharedData.folder("french") else { return }
    let raw = try FrenchFile(
      try FileSystem.read(folder + "/F-F_Research_Data_Factors.csv"))
    let clean = try CSVReader.read(path: folder + "/clean/F-F_Research_Data_Factors.csv")
    let section = raw.sections[0]
    for name in ["Mkt-RF", "SMB", "HML", "RF"] {
      let place = try #require(clean.position(name))
      let old = try #require(clean.columns[place].numbers)
      let column = try #require(section.names.firstIndex(of: name))
      let new = section.columns[column].prefix(old.count)
      expectClose(Moments(Array(new)).mean, Moments(old).mean, absolute: 0.03, "\(name)")
      #expect(Correlation.pearson(Array(new), old) > 0.97, "\(name)")
      let (a, b) = (NeweyWest(Array(new), lags: 6), NeweyWest(old, lags: 6))
      expectClose(a.tStatistic, b.tStatistic, absolute: 0.4, "\(name)")
    }
  }
}
