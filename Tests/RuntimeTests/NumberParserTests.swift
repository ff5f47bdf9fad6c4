// Tests of exact number parsing, with the public corpus when it is at hand.

import FactorRuntime
import TestSupport
import Testing

@Suite struct NumberParserTests {
  @Test(arguments: [
    "0", "-0", "1", "0.1", "-12.5", "1e22", "1e23", "9007199254740993", "123456789012345678",
    "2.2250738585072011e-308", "4.9e-324", "1.7976931348623157e308", "1e400", "-1e-400",
    "0.000000000000000000000000000001", "3.", ".5", "+7", "1E5", "179769313486231580793728971",
    "8.988465674311579e307", "0.30000000000000004", "6.02214076e23", "12345678.87654321",
  ])
  func agreesWithTheStandardLibrary(text: String) throws {
    let expected = try #require(Double(text.hasPrefix("+") ? String(text.dropFirst()) : text))
    #expect(NumberParser.shared.parse(text)?.bitPattern == expected.bitPattern)
  }

  @Test(arguments: ["", "-", ".", "e5", "1e", "1e+", "1.2.3", "0x10", "1 2", "inf", "nan", "1,2"])
  func refusesWhatIsNotADecimalNumber(text: String) {
    #expect(NumberParser.shared.parse(text) == nil)
  }

  @Test func shortestDecimalsRoundTrip() {
    var stream = RandomStream(seed: 7, purpose: .example)
    for _ in 0..<20_000 {
      let value = Double(bitPattern: stream.bits())
      guard value.isFinite else { continue }
      #expect(NumberParser.shared.parse(CSVWriter.text(value))?.bitPattern == value.bitPattern)
    }
  }

  @Test func everyNumberOfTheCorpusIsBitExact() throws {
    guard let folder = SharedData.folder("corpora/parse-number-fxx") else { return }
    var wrong = 0
    for name in try FileSystem.list(folder) where name.hasSuffix(".txt") {
      for line in String(decoding: try FileSystem.read(folder + "/" + name), as: UTF8.self)
        .split(separator: "\n")
      {
        let parts = line.split(separator: " ")
        guard parts.count == 4, let bits = UInt64(parts[2], radix: 16) else { continue }
        let text = String(parts[3])
        if NumberParser.shared.parse(text)?.bitPattern != bits { wrong += 1 }
      }
    }
    #expect(wrong == 0)
  }

  @Test func fastRoadAgreesWithTheCarefulOne() throws {
    var stream = RandomStream(seed: 9, purpose: .example)
    var lines = "a,b\n"
    var expected: [Double] = []
    for k in 0..<5000 {
      let value = Double(bitPattern: stream.bits())
      let small = stream.normal()
      let number = k % 3 == 0 && value.isFinite ? value : small
      lines += "\(number),1\n"
      expected.append(number)
    }
    let table = try CSVReader.read(text: lines)
    let found = try #require(table.columns[0].numbers)
    #expect(found.map(\.bitPattern) == expected.map(\.bitPattern))
  }
}
