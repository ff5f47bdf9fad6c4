// Tests of the table reader: correctness, located errors, identical bits for any thread count.

import FactorRuntime
import TestSupport
import Testing

@Suite struct CSVReaderTests {
  private func numbers(_ table: CSVTable, _ name: String) throws -> [Double] {
    let position = try #require(table.position(name))
    return try #require(table.columns[position].numbers)
  }

  @Test(arguments: ["\n", "\r\n", "\r"])
  func everyLineEndIsUnderstood(end: String) throws {
    let text = ["a,b", "1,x", "2,y", ""].joined(separator: end)
    let table = try CSVReader.read(text: text)
    expectClose(try numbers(table, "a"), [1, 2])
    #expect(table.columns[1].text(at: 1) == "y")
    #expect(table.line(ofRow: 1) == 3)
  }

  @Test(arguments: [",", ";", "\t", "|"])
  func separatorsAreFound(separator: String) throws {
    let table = try CSVReader.read(text: "a\(separator)b\n1.5\(separator)2\n")
    #expect(table.names == ["a", "b"])
    expectClose(try numbers(table, "a"), [1.5])
  }

  @Test func quotesAndByteOrderMarksAreRead() throws {
    let table = try CSVReader.read(text: "\u{FEFF}id,t\n\"A \"\"x\"\", b\",\"1\n2\"\nB,3\n")
    #expect(table.columns[0].text(at: 0) == "A \"x\", b")
    #expect(table.columns[1].text(at: 0) == "1\n2")
    #expect(table.line(ofRow: 1) == 4)
  }

  @Test func missingSpellingsAndInfinitiesAreCounted() throws {
    let codes = ["", ".", "NA", "NaN", "nan", "null", "NULL", "N/A", "#N/A", "-"]
    let rows = (codes + ["inf", "-Inf", "7"]).map { "\($0),1\n" }.joined()
    let table = try CSVReader.read(text: "a,b\n" + rows)
    #expect(table.columns[0].missingCount == codes.count + 2)
    #expect(table.notes == ["a: 2 infinite or undefined values made missing"])
  }

  @Test func datesOfEverySpellingAreRead() throws {
    let table = try CSVReader.read(
      text: "date,eom,month,d,w\n2004-12-31,20041231,200412,2004/12/31,2004/1/5\n")
    #expect(
      table.dateStyles == [.day, .compactDay, .compactMonth, .paddedSlashDay, .slashDay])
    guard case .months(let months) = table.columns[2].values else {
      Issue.record("months expected")
      return
    }
    #expect(months == [Period(index: 2004 * 12 + 11)])
  }

  @Test func identifiersStayText() throws {
    let table = try CSVReader.read(text: "gvkey,x,permno\n001690,1,10107\n")
    #expect(table.columns[0].text(at: 0) == "001690")
    #expect(table.columns[2].text(at: 0) == "10107")
  }

  @Test func identifiersMayBeAlmostAllNumerals() throws {
    var text = "ticker,x\n"
    for k in 0..<2000 { text += k == 1500 ? "130A,1\n" : "\(1000 + k),1\n" }
    #expect(try CSVReader.read(text: text).columns[0].text(at: 1500) == "130A")
  }

  @Test func strayTextDeepInANumberColumnIsLocated() throws {
    var text = "id,x\n"
    for k in 0..<5000 { text += "A\(k),\(k == 4321 ? "oops" : "1.5")\n" }
    #expect(
      throws: CSVError.badValue(
        line: 4323, column: 2, field: "x", value: "oops", expected: "a number")
    ) { try CSVReader.read(text: text) }
  }

  @Test func mixedColumnsAreText() throws {
    var text = "id,x\n"
    for k in 0..<4000 { text += "A,\(k >= 2000 ? "word" : "1")\n" }
    let table = try CSVReader.read(text: text)
    #expect(table.columns[1].text(at: 0) == "1")
    #expect(table.columns[1].text(at: 3999) == "word")
  }

  @Test func faultsAreLocated() {
    #expect(throws: CSVError.emptyFile) { try CSVReader.read(text: "") }
    #expect(throws: CSVError.emptyFile) { try CSVReader.read(text: "\n\n") }
    #expect(throws: CSVError.headerOnly(columns: 2)) { try CSVReader.read(text: "a,b\n") }
    #expect(throws: CSVError.raggedRow(line: 3, expected: 2, found: 3)) {
      try CSVReader.read(text: "a,b\n1,2\n1,2,3\n")
    }
    #expect(throws: CSVError.raggedRow(line: 2, expected: 2, found: 1)) {
      try CSVReader.read(text: "a,b\n1\n")
    }
    #expect(throws: CSVError.unclosedQuote(line: 3, column: 2, field: "b")) {
      try CSVReader.read(text: "a,b\n1,2\n1,\"2\n3,4\n")
    }
    #expect(throws: CSVError.duplicateColumn(name: "a", columns: [1, 3])) {
      try CSVReader.read(text: "a,b,a\n1,2,3\n")
    }
  }

  @Test func otherEncodingsAreRefusedByName() {
    let latin: [UInt8] = Array("id,x\nCaf".utf8) + [0xE9, 44, 49, 10]
    #expect(throws: CSVError.self) {
      try latin.withUnsafeBufferPointer { try CSVReader.read($0) }
    }
    let wide: [UInt8] = [0xFF, 0xFE, 97, 0, 10, 0]
    #expect(throws: CSVError.encoding(line: 1, found: "UTF-16")) {
      try wide.withUnsafeBufferPointer { try CSVReader.read($0) }
    }
  }

  @Test func everyPrefixGivesDataOrALocatedError() throws {
    let text = Array(
      "date,id,x,name\n2001-01,A,1.25,\"a, \"\"b\"\"\"\n2001-02,B,-3e-5,plain\n".utf8)
    for length in 0...text.count {
      do {
        let table = try text[..<length].withUnsafeBufferPointer { try CSVReader.read($0) }
        #expect(table.rowCount > 0 && table.columns.allSatisfy { $0.count == table.rowCount })
      } catch let error as CSVError {
        #expect(!error.message.isEmpty)
      }
    }
  }

  @Test func threadsDoNotChangeABit() throws {
    let values = TestPanels.normals(60_000, seed: 4)
    var text = "date,id,x,y,sector\n"
    for k in 0..<30_000 {
      let word = ["Tech", "Oil", "Food"][k % 3 == 0 ? k / 9000 % 3 : k % 3]
      text += "2001-\(k % 2 == 0 ? "01" : "02"),\(k),\(values[2 * k]),"
      text += k % 17 == 0 ? ",\(word)\n" : "\(values[2 * k + 1]),\(word)\n"
    }
    let one = try CSVReader.read(text: text)
    for threads in [2, 5] {
      let many = try CSVReader.read(text: text, budget: Budget(threads: threads))
      #expect(zip(one.columns, many.columns).allSatisfy { $0.isIdentical(to: $1) })
      #expect(one.line(ofRow: 29_999) == many.line(ofRow: 29_999))
    }
  }

  @Test func faultsHaveTheSameLineOnManyThreads() {
    var text = "id,x,y\n"
    for k in 0..<90_000 { text += k == 80_000 ? "A,1\n" : "A\(k % 7),1.25,\(k)\n" }
    for threads in [1, 3] {
      #expect(throws: CSVError.raggedRow(line: 80_002, expected: 3, found: 2)) {
        try CSVReader.read(text: text, budget: Budget(threads: threads))
      }
    }
  }

  @Test func cancellationAndMemoryAreErrors() {
    let budget = Budget()
    budget.cancel()
    let text = "a,b\n" + String(repeating: "1,2\n", count: 2000)
    #expect(throws: BudgetError.cancelled) { try CSVReader.read(text: text, budget: budget) }
    #expect(throws: BudgetError.self) {
      try CSVReader.read(text: text, budget: Budget(memoryLimit: 1000))
    }
  }

  @Test func spectrumIsReadExactly() throws {
    guard let folder = SharedData.folder("corpora/csv-spectrum") else { return }
    for name in try FileSystem.list(folder + "/csvs") {
      var options = CSVOptions()
      options.allText = true
      let table = try CSVReader.read(path: folder + "/csvs/" + name, options: options)
      let json = folder + "/json/" + name.dropLast(3) + "json"
      let expected = strings(try FileSystem.read(json))
      var found: [String] = []
      for row in 0..<table.rowCount {
        for (name, column) in zip(table.names, table.columns) {
          found += [name, column.text(at: row) ?? "missing"]
        }
      }
      #expect(found == expected, "\(name)")
    }
  }

  /// All strings of a JSON text in order.
  private func strings(_ json: [UInt8]) -> [String] {
    var result: [String] = []
    var current: String?
    var scalars = Array(String(decoding: json, as: UTF8.self).unicodeScalars)[...]
    while let scalar = scalars.popFirst() {
      if scalar == "\"" {
        if let text = current { result.append(text) }
        current = current == nil ? "" : nil
      } else if scalar == "\\", let escape = scalars.popFirst() {
        switch escape {
        case "n": current?.append("\n")
        case "r": current?.append("\r")
        default: current?.unicodeScalars.append(escape)
        }
      } else {
        current?.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
