// Public corpora of tables, JSON and numbers, read to the letter.

import FactorRuntime
import TestSupport
import Testing

@Suite struct CorpusTests {
  @Test func tablesOfTheCorpusAreEqualToTheirTwins() throws {
    guard let folder = SharedData.folder("corpora/csv-test-data") else { return }
    var seen = 0
    for name in try FileSystem.list(folder + "/json") {
      let stem = name.dropLast(5)
      let bytes = try FileSystem.read(folder + "/csv/\(stem).csv")
      let expected = try JSON(parsing: try FileSystem.read(folder + "/json/" + name))
      // Rows of objects, or no rows at all, have names in a header.
      var hasHeader = expected.items.isEmpty
      if case .object? = expected.items.first { hasHeader = true }
      #expect(try rows(bytes, hasHeader: hasHeader, name) == Self.texts(expected), "\(name)")
      seen += 1
    }
    #expect(seen == 18)
  }

  @Test func brokenTablesOfTheCorpusAreRefused() throws {
    guard let folder = SharedData.folder("corpora/csv-test-data") else { return }
    for name in try FileSystem.list(folder + "/csv") where name.hasPrefix("bad-") {
      // A header with other names than expected is no fault of the table.
      if name == "bad-header-wrong-header.csv" { continue }
      // A quote within a field that did not begin with one is a letter like any other.
      if name == "bad-unescaped-quote.csv" { continue }
      #expect(throws: CSVError.self, "\(name)") {
        try CSVReader.read(path: folder + "/csv/" + name)
      }
    }
  }

  private func rows(_ bytes: [UInt8], hasHeader: Bool, _ name: String) throws -> [[String]] {
    var options = CSVOptions()
    (options.allText, options.hasHeader, options.separator) = (true, hasHeader, ",")
    do {
      let table = try bytes.withUnsafeBufferPointer { try CSVReader.read($0, options: options) }
      return (0..<table.rowCount).map { row in
        zip(table.names, table.columns).map { name, column in
          (hasHeader ? name + "=" : "") + (column.text(at: row) ?? "missing")
        }
      }
    } catch CSVError.headerOnly { return [] }
  }

  private static func texts(_ json: JSON) -> [[String]] {
    guard case .list(let rows) = json else { return [] }
    return rows.map { row in
      switch row {
      case .list(let items): items.map(text)
      case .object(let members): members.map { $0.name + "=" + text($0.value) }
      default: ["?"]
      }
    }
  }

  private static func text(_ json: JSON) -> String {
    if case .text(let text) = json { return text }
    return "?"
  }

  @Test func acceptsAndRefusesJSONAsTheSuiteSays() throws {
    guard let folder = SharedData.folder("corpora/json-test-suite/test_parsing") else { return }
    var counts: [Character: Int] = [:]
    for name in try FileSystem.list(folder) where name.hasSuffix(".json") {
      guard let kind = name.first else { continue }
      let bytes = try FileSystem.read(folder + "/" + name)
      let isRead = (try? JSON(parsing: bytes)) != nil
      counts[kind, default: 0] += 1
      if kind == "y" { #expect(isRead, "\(name)") }
      if kind == "n" { #expect(!isRead, "\(name)") }
    }
    #expect(counts == ["y": 95, "n": 188, "i": 35])
  }

  @Test func shortestDecimalsOfRandomBitsComeBack() {
    let count = FileSystem.environment("FQ_FULL") == "1" ? 10_000_000 : 5_000
    var stream = RandomStream(seed: 11, purpose: .example)
    var wrong = 0
    for _ in 0..<count {
      let value = Double(bitPattern: stream.bits())
      let text = CSVWriter.text(value)
      guard value.isFinite else {
        // Numbers that are not finite are written as missing and read as missing.
        if NumberParser.shared.parse(text) != nil { wrong += 1 }
        continue
      }
      if NumberParser.shared.parse(text)?.bitPattern != value.bitPattern { wrong += 1 }
    }
    #expect(wrong == 0)
  }
}
