// Tables nobody would write on purpose: every prefix, damaged bytes, endless lines; rows are always accounted for.

import TestSupport
import Testing

@testable import FactorRuntime

@Suite struct HostileTableTests {
  private static let isFull = FileSystem.environment("FQ_FULL") == "1"

  /// About ten thousand bytes with quotes, blanks, codes and every line end.
  private static func sample() -> [UInt8] {
    var text = "date,PERMNO,RET,PRC,name\n"
    var row = 0
    while text.utf8.count < 10_240 {
      let end = ["\n", "\r\n", "\n\n"][row % 3]
      let value = ["0.0125", "C", "", "-3e-5", ".", "-66.0"][row % 6]
      text += "2001-\(row % 2 == 0 ? "01" : "02")-28,\(10_000 + row / 2),\(value),-\(row).5,"
      text += (row % 4 == 0 ? "\"a, \"\"b\"\"\nc\"" : "plain") + end
      row += 1
    }
    return Array(text.utf8)
  }

  private func panel(_ bytes: [UInt8]) throws -> (panel: Panel, ledger: LedgerLine) {
    try bytes.withUnsafeBufferPointer { bytes in
      let table = try TableCleaner.clean(try CSVReader.read(bytes), CSVOptions())
      return try PanelReader.panel(from: table, asset: "PERMNO", date: "date")
    }
  }

  @Test func everyPrefixIsDataOrALocatedError() throws {
    let (bytes, whole) = (Self.sample(), try panel(Self.sample()).panel)
    for length in stride(from: 0, through: bytes.count, by: Self.isFull ? 1 : 211) {
      do {
        let (part, ledger) = try panel(Array(bytes.prefix(length)))
        #expect(ledger.rowsIn == part.count + ledger.reasons.reduce(0) { $0 + $1.count })
        // All rows but perhaps the last are those of the whole.
        #expect(part.count <= whole.count)
      } catch let error as CSVError {
        #expect(!error.message.isEmpty, "\(length)")
      }
    }
  }

  @Test func damagedBytesNeverCrash() throws {
    let bytes = Self.sample()
    var stream = RandomStream(seed: 17, purpose: .example)
    for _ in 0..<(Self.isFull ? 5000 : 40) {
      var changed = bytes
      for _ in 0..<3 {
        let bits = stream.bits()
        changed[Int(bits >> 32) % bytes.count] = UInt8(truncatingIfNeeded: bits)
      }
      do { _ = try panel(changed) } catch let error as CSVError {
        #expect(!error.message.isEmpty)
      } catch let error as PanelError { #expect(!error.message.isEmpty) }
    }
  }

  @Test(arguments: [
    "\"", "\"\"", ",", ",,\n,,", "a\n\"b", "\u{FEFF}", "\r", "\n\r\n\r", "a,b\n1\n", "a;b\n\"1;2\n",
    "a,a\n1,2\n", "\"a\"x,b\n1,2\n", "a\tb\n1\t2\t3\n", "a,b\n\"1\"2,3\n", "id,date\n,\n",
    "id,date,x\n1,2004-13,1\n", "id,date,x\n1,0000-01,1\n", "id,date,x\n1,99999999,1\n",
    "date\n2004-01\n", "id,date,x\n1,2004-01,1e999\n1,2004-01,-\n",
    "Price,Close\nTicker,\nDate,\n1,2\n",
    "Price\nTicker\nDate\n", "Ticker,A,A\nPrice,x,x\nDate,,\n2004-01-01,1,2\n",
    "id,date,x\n1,2004-01,\u{0}\n",
  ])
  func oddTablesAreDataOrALocatedError(text: String) throws {
    let folder = try ScratchFolder()
    let path = try folder.write("p.csv", text.utf8)
    do {
      let (panel, ledger) = try PanelReader.read(path: path)
      #expect(ledger.rowsIn == panel.count + ledger.reasons.reduce(0) { $0 + $1.count })
    } catch let error as CSVError {
      #expect(!error.message.isEmpty)
    } catch let error as PanelError {
      #expect(!error.message.isEmpty)
    }
  }

  @Test func everyPrefixOfAFrenchFileIsDataOrALocatedError() throws {
    let text = """
      This file was made by hand.

      ,Mkt-RF,SMB
      192607,  2.96, -2.56
      192608,  2.64,-99.99

       Annual Factors: January-December
      ,Mkt-RF,SMB
      1927, 29.47, -2.04

      Copyright

      """
    let bytes = Array(text.utf8)
    for length in 0...bytes.count {
      do {
        let file = try FrenchFile(Array(bytes.prefix(length)))
        let last = text.prefix(length).split(separator: "\n", omittingEmptySubsequences: false).last
        let isCutRow = last?.first?.isNumber == true
        #expect(file.endsWithinRow == isCutRow, "\(length)")
      } catch { #expect(!error.message.isEmpty) }
    }
  }

  @Test func everyPrefixOfAPageOfCandlesIsAnError() throws {
    let page =
      "{\"retCode\":0,\"result\":{\"symbol\":\"BTCUSDT\",\"list\":[[\"60000\",\"1\",\"2\",\"1\",\"2\",\"5\",\"9\"]]}}"
    let bytes = Array(page.utf8)
    #expect(try CandlePage(json: JSON(parsing: bytes)).candles.count == 1)
    for length in 0..<bytes.count {
      #expect(throws: (any Error).self) { try JSON(parsing: Array(bytes.prefix(length))) }
    }
  }

  @Test func foreignFormatsAreRefusedByName() throws {
    let folder = try ScratchFolder()
    let starts: [([UInt8], String)] = [
      (Array("BZh91AY&SY".utf8) + [0xFF, 0, 1], "bzip2"),
      ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], "xz"),
      ([0x28, 0xB5, 0x2F, 0xFD, 0], "zstd"), ([0x89, 0x48, 0x44, 0x46, 13], "HDF5"),
      ([0x80, 0x04, 0x95, 0, 0], "a pickle"), (Array("ARROW1".utf8) + [0, 0], "Feather"),
    ]
    for (bytes, name) in starts {
      let path = try folder.write("p.csv", bytes)
      do {
        _ = try PanelReader.read(path: path)
        Issue.record("\(name) was read")
      } catch FileError.foreign(let format, let advice) {
        #expect(format == name && !advice.isEmpty)
      }
    }
  }

  @Test func endlessLinesAreRefusedWithTheirLimit() throws {
    guard Self.isFull else { return }
    let names = (0...CSVSniffer.mostColumns).map { "c\($0)" }.joined(separator: ",")
    #expect(throws: CSVError.tooManyColumns(count: 100_001, limit: 100_000)) {
      try CSVReader.read(text: names + "\n" + names + "\n")
    }
    let field = String(repeating: "x", count: CSVSniffer.longestField + 1)
    #expect(throws: CSVError.self) { try CSVReader.read(text: field + "\n1\n") }
    do {
      _ = try CSVReader.read(text: "a,b\n1,\(field)\n")
      Issue.record("a field beyond the limit was read")
    } catch CSVError.fieldTooLong(let line, let column, _, _, _) {
      #expect(line == 2 && column == 2)
    }
  }
}
