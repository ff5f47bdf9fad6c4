// Files as vendors write them, small enough to work out by hand: CRSP, French, Yahoo; codes, units, dates, keys.

import TestSupport
import Testing

@testable import FactorRuntime

@Suite struct VendorFileTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func read(
    _ text: String, name: String = "p.csv", duplicates: PanelReader.Duplicates = .refused,
    _ change: (inout CSVOptions) -> Void = { _ in }
  ) throws -> (panel: Panel, ledger: LedgerLine) {
    let path = folder.path + "/" + name
    try DurableWrite.replace(path, with: text)
    var options = CSVOptions()
    change(&options)
    return try PanelReader.read(path: path, duplicates: duplicates, options: options)
  }

  private static let crsp = """
    PERMNO,date,TICKER,PRC,RET,DLRET
    00010,20041130,AB,-12.5,C,
    00010,20041231,AB,13,0.04,
    00011,20041130,CD,0,B,
    00011,20041231,CD,7,-66.0,A
    00012,20041130,EF,5,,-0.3
    00012,20041231,EF,6,0.2,S

    """

  @Test func lettersOfCRSPAreCountedByReason() throws {
    let (panel, ledger) = try read(Self.crsp)
    #expect(panel.index.assetNames == ["00010", "00011", "00012"])
    #expect(try panel.column("RET").missingCount == 4)
    // 2004-11 in the order of firms, then 2004-12.
    #expect(try panel.numbers("RET").filter { !$0.isNaN } == [0.04, 0.2])
    #expect(try panel.numbers("DLRET").filter { !$0.isNaN } == [-0.3])
    #expect(
      ledger.notes.contains(
        "RET: 4 missing (-66 1, B 1, C 1, empty 1); -66 no valid price before, B off exchange, "
          + "C no valid price before"), "\(ledger.notes)")
    #expect(
      ledger.notes.contains {
        $0.hasPrefix("DLRET: 5 missing (A 1, S 1, empty 3); A still trading")
      })
    #expect(ledger.notes.contains("firm: PERMNO"))
    #expect(ledger.notes.contains("source: crsp, by its columns"))
  }

  @Test func negativePricesAreMidpointsAndZeroIsNone() throws {
    let (panel, ledger) = try read(Self.crsp)
    #expect(try panel.numbers("PRC").filter { !$0.isNaN } == [12.5, 5, 13, 7, 6])
    #expect(ledger.notes.contains("PRC: 1 negative (bid/ask midpoint), sign removed"))
    #expect(ledger.notes.contains("PRC: 1 zero (no price), made missing"))
    let plain = try read(Self.crsp.replacing("-12.5", with: "-1.5").letterless) {
      $0.source = .plain
    }
    #expect(try plain.panel.numbers("PRC").first == -1.5)
  }

  @Test func lettersAreErrorsWhereNobodySaysCRSP() throws {
    let text = "id,date,RET\n1,2004-11,0.1\n2,2004-11,C\n3,2004-11,0.2\n"
    #expect(
      throws: CSVError.badValue(
        line: 3, column: 3, field: "RET", value: "C", expected: "a number")
    ) { try read(text) }
    #expect(try read(text) { $0.source = .crsp }.panel.column("RET").missingCount == 1)
    let (panel, ledger) = try read(text) { $0.missingCodes = ["C"] }
    #expect(try panel.column("RET").missingCount == 1)
    #expect(ledger.notes == ["RET: 1 missing (C 1)"])
  }

  @Test(arguments: ["-99.99", "-999", "-99.0", "-66"])
  func aCodeThatWasNotDeclaredIsAQuestion(code: String) throws {
    let text = "id,date,ret,x\n1,2004-11,0.1,5\n2,2004-11,\(code),6\n3,2004-11,-0.2,7\n"
    do {
      _ = try read(text)
      Issue.record("\(code) was taken for a return")
    } catch CSVError.strayCode(let line, let field, _, let count) {
      #expect(line == 3 && field == "ret" && count == 1)
    }
    #expect(try read(text) { $0.missingCodes = [code] }.panel.column("ret").missingCount == 1)
    #expect(try read(text) { $0.source = .plain }.panel.column("ret").missingCount == 0)
  }

  @Test func aQuantityThatComesNearACodeIsNone() throws {
    // Growth in percent: -99.99 is one of its values, for others lie beside it.
    let growth = "id,date,growth\n1,2004-11,-99.99\n2,2004-11,-95\n3,2004-11,-60\n"
    #expect(try read(growth).panel.column("growth").missingCount == 0)
    let alone = "id,date,growth\n1,2004-11,-99.99\n2,2004-11,-3\n3,2004-11,4\n"
    #expect(throws: CSVError.strayCode(line: 2, field: "growth", code: "-99.99", count: 1)) {
      try read(alone)
    }
  }

  @Test func percentBecomesDecimalsWhereItIsClear() throws {
    let text =
      "date,Mkt-RF,SMB,RF\n192607,2.96,-2.3,0.22\n192608,2.64,-1.4,0.25\n192609,-99.99,1,0.23\n"
    let path = folder.path + "/f.csv"
    try DurableWrite.replace(path, with: text)
    let (panel, ledger) = try PanelReader.read(path: path, named: "")
    let market = try panel.numbers("Mkt-RF")
    #expect(market[0] == 0.0296 && market[1] == 0.0264 && market[2].isNaN)
    let bills = [0.22, 0.25, 0.23]
    #expect(try panel.numbers("RF") == bills.map { $0 / 100 })
    #expect(ledger.notes.contains { $0.contains("decimal: [\"Mkt-RF\", SMB, RF]") })
    var options = CSVOptions()
    options.decimal = ["Mkt-RF", "SMB", "RF"]
    let kept = try PanelReader.read(path: path, named: "", options: options).panel
    #expect(try kept.numbers("RF") == bills)
  }

  // Gains may be large, losses end at everything: a tail of gains alone is no sign of percent, and losses of more are
  // said where they stay.
  @Test func lossesTellPercentFromDecimals() throws {
    func returns(_ name: String, _ values: [Double]) throws -> ([Double], [String]) {
      let rows = values.enumerated().map { "\($0 % 20),20\(10 + $0 / 20)-01,\($1)\n" }
      let (panel, ledger) = try read("id,date,\(name)\n" + rows.joined())
      return (try panel.numbers(name), ledger.notes)
    }
    let shape = (0..<200).map { (k: Int) -> Double in
      let size = 0.15 * Double(k % 7)
      return k % 2 == 0 ? size : -size
    }
    let gains = shape.enumerated().map { $0.offset % 50 == 0 ? 8 : $0.element }
    let (kept, notes) = try returns("ret", gains)
    #expect(kept.max() == 8 && notes.isEmpty)
    let losses = gains.map { $0 == 8 ? -9 : $0 }
    #expect(try returns("ret", losses).0.min() == -0.09)
    let some = shape.map { 1.5 * $0 }
    let (same, said) = try returns("ret", some)
    #expect(same.min() == some.min())
    #expect(said.contains { $0.hasPrefix("ret: ") && $0.contains("below -100%") }, "\(said)")
    // A factor of days is a portfolio's return, in a file of its own too.
    #expect(try returns("Mkt-RF", some).0.min() == (some.min() ?? 0) / 100)
  }

  @Test func decimalsStayAndPercentCanBeSaid() throws {
    let text = "id,date,ret,x\n1,2004-11,0.1,5\n2,2004-11,-0.05,6\n3,2004-11,0.02,7\n"
    let (panel, ledger) = try read(text)
    #expect(try panel.numbers("ret") == [0.1, -0.05, 0.02] && ledger.notes.isEmpty)
    let said = try read(text) { $0.percent = ["x"] }
    #expect(try said.panel.numbers("x") == [0.05, 0.06, 0.07])
    #expect(throws: CSVError.noSuchColumn(name: "y", available: ["id", "date", "ret", "x"])) {
      try read(text) { $0.percent = ["y"] }
    }
  }

  @Test func aLeadIsKnownAPeriodLater() throws {
    let panel = try read("id,eom,ret_exc_lead1m\n1,2004-11-30,0.1\n").panel
    #expect(try panel.column("ret_exc_lead1m").known == 1)
  }

  // MARK: Yahoo

  @Test func rowsOfNullAreMissingAndTheFileNamesTheFirm() throws {
    let text = """
      Date,Open,High,Low,Close,Adj Close,Volume
      2020-01-02,1,2,0.5,1.5,1.4,100
      2020-01-03,null,null,null,null,null,null
      2020-01-06,2,3,1,2.5,2.4,200
      """
    let (panel, ledger) = try read(text + "\n", name: "ABC.csv")
    #expect(panel.index.assetNames == ["ABC"] && panel.count == 3)
    #expect(try panel.column("Adj Close").missingCount == 1)
    #expect(ledger.notes.contains("firm: ABC, by the file's name"))
    #expect(ledger.notes.contains("Open, High, Low, Close, …: 1 missing (null 1)"))
  }

  @Test(arguments: [true, false]) func threeHeaderLinesMakeARowATicker(priceFirst: Bool) throws {
    let lines = ["Price,Close,Close,Volume", "Ticker,130A.T,7203.T,130A.T"]
    let text =
      (priceFirst ? lines : lines.reversed()).joined(separator: "\n")
      + "\nDate,,,\n2024-01-04,599.299072265625,10,100\n2024-01-05,600,,200\n"
    let (panel, ledger) = try read(text)
    #expect(panel.index.assetNames == ["130A.T", "7203.T"])
    #expect(panel.names == ["Close", "Volume"] && panel.count == 4)
    let close = try panel.numbers("Close")
    #expect(close[0] == 599.299072265625 && close[1] == 10 && close[2] == 600 && close[3].isNaN)
    #expect(try panel.column("Volume").missingCount == 2)
    #expect(ledger.rowsIn == 4 && ledger.notes.contains("three header lines: 2 × 2 rows"))
    let header = try PanelReader.header(of: folder.path + "/p.csv")
    #expect(header.assetKey == "Ticker" && header.columns.map(\.name) == ["Close", "Volume"])
  }

  // MARK: Dates and keys

  @Test(arguments: [
    "2004-12", "200412", "20041231", "2004-12-31", "2004/12/31", "12/2004", "2004/12", "2004m12",
    "12/31/2004", "31/12/2004", "31DEC2004", "31-Dec-2004", "2004-12-31 00:00:00",
    "2004-12-31T00:00:00.000Z", "2004-12-31 00:00:00-05:00", "12/1/2004",
  ])
  func monthsOfEverySpellingAreTheSame(text: String) throws {
    let panel = try read("id,date,x\n1,\(text),5\n").panel
    #expect(panel.index.months == [Period(index: 2004 * 12 + 11)], "\(text)")
  }

  @Test func dayOrMonthFirstIsLearntFromAllRowsAndSaid() throws {
    let days = try read("id,date,x\n1,03/04/2004,5\n1,13/05/2004,5\n")
    #expect(days.panel.index.months.map(\.description) == ["2004-04", "2004-05"])
    #expect(days.ledger.notes == ["date read as day/month/year"])
    let firsts = try read("id,date,x\n1,01/02/2004,5\n1,01/03/2004,5\n")
    #expect(firsts.panel.index.months.map(\.description) == ["2004-02", "2004-03"])
  }

  @Test func aFirstColumnWithoutANameMayHoldMonths() throws {
    let path = folder.path + "/frame.csv"
    try DurableWrite.replace(path, with: "\u{FEFF},AC-Lo 10\n196307,-0.39\n196308,5.07\n")
    let panel = try PanelReader.read(path: path, named: "").panel
    #expect(panel.dateKey == "date" && panel.monthCount == 2)
  }

  @Test func repeatedRowsAreKeptOnceAndCounted() throws {
    let text = "id,date,x\n1,2004-11,5\n2,2004-11,6\n1,2004-11,7\n1,2004-12,8\n"
    #expect(throws: CSVError.self) { try read(text) }
    let first = try read(text, duplicates: .first)
    #expect(try first.panel.numbers("x") == [5, 6, 8])
    #expect(first.ledger.reasons == [.init("repeat a firm and period, first kept", 1)])
    #expect(try read(text, duplicates: .last).panel.numbers("x") == [7, 6, 8])
    let missing = "id,date,x\n1,2004-11,5\n,2004-11,6\n"
    #expect(throws: CSVError.missingKey(line: 3, column: 1, field: "id", count: 1)) {
      try read(missing, duplicates: .first)
    }
  }

  @Test func aCutFileIsSaidToBePerhapsCut() throws {
    #expect(try read("id,date,x\n1,2004-11,12345\n").ledger.notes.isEmpty)
    #expect(
      try read("id,date,x\n1,2004-11,123").ledger.notes == [
        "no line end behind the last row: it may be cut short"
      ])
  }

  @Test func numbersAreNoHeader() throws {
    #expect(throws: CSVError.noHeader(first: "-0.03")) { try read("-0.03,0.1\n0.2,0.3\n") }
  }
}

extension String {
  /// The letters of CRSP taken out of the sample.
  fileprivate var letterless: String {
    split(separator: "\n").map { line in
      line.split(separator: ",", omittingEmptySubsequences: false)
        .map { $0.count == 1 && $0.first?.isLetter == true ? "" : $0 == "-66.0" ? "0" : String($0) }
        .joined(separator: ",")
    }.joined(separator: "\n") + "\n"
  }
}
