// Encodings: read exactly or refused by name, never with replaced characters.

import TestSupport
import Testing

@testable import FactorRuntime

@Suite struct TextEncodingTests {
  private func panel(_ bytes: [UInt8]) throws -> Panel {
    let folder = try ScratchFolder()
    let path = folder.path + "/p.csv"
    try DurableWrite.replace(path, with: bytes)
    return try withExtendedLifetime(folder) { try PanelReader.read(path: path).panel }
  }

  private func refusal(_ bytes: [UInt8]) -> String {
    do {
      _ = try panel(bytes)
      return "read"
    } catch let error as CSVError { return error.message } catch { return "\(error)" }
  }

  private static let text = "id,date,name\n1,2004-11,Caf\u{E9} 日本 𝒜\n"

  @Test(arguments: [true, false]) func sixteenBitsAreReadByTheirMark(isBig: Bool) throws {
    let units: [UInt8] = Array(("\u{FEFF}" + Self.text).utf16).flatMap { unit in
      let bytes = [UInt8(unit >> 8), UInt8(unit & 0xFF)]
      return isBig ? bytes : bytes.reversed()
    }
    #expect(try panel(units).column("name").text(at: 0) == "Caf\u{E9} 日本 𝒜")
    #expect(refusal(units.dropLast()).contains("UTF-16 that ends within a character"))
    #expect(refusal(Array(units.dropFirst(2))).contains("UTF-16 without its mark"))
  }

  @Test func halfACharacterIsRefused() {
    let bytes: [UInt8] = [0xFF, 0xFE, 0x69, 0, 0, 0xD8, 0x0A, 0]
    #expect(refusal(bytes).contains("UTF-16 with half a character (byte 4)"))
  }

  @Test(arguments: [
    ([0x43, 0x61, 0x66, 0xE9] as [UInt8], "Latin-1 (byte 26 is E9"),
    ([0x93, 0x41, 0x94], "Windows-1252 (byte 23 is 93"),
    // Toyota, in kana and kanji.
    ([0x83, 0x67, 0x83, 0x88, 0x83, 0x5E, 0x8E, 0xA9], "Shift-JIS (byte 23"),
    ([0xC6, 0xD6, 0xB7, 0xA2, 0xD2, 0xF8, 0xD0, 0xD0], "GB18030, EUC-JP or EUC-KR (byte 23"),
  ])
  func otherEncodingsAreNamed(word: [UInt8], expected: String) {
    let bytes = Array("id,date,name\n1,2004-11,".utf8) + word + [10]
    #expect(refusal(bytes).contains(expected), "\(refusal(bytes))")
  }

  @Test func invalidBytesAreFoundWhereTheyAre() {
    let cases: [(bytes: [UInt8], starts: [Int])] = [
      (bytes: [0x61, 0xC0, 0xAF, 0x62], starts: [1, 2]), (bytes: [0xE2, 0x80], starts: [0]),
      (bytes: [0xED, 0xA0, 0x80], starts: [0, 1, 2]),
      (bytes: [0xF4, 0x90, 0x80, 0x80, 0x41], starts: [0, 1, 2, 3]),
      (bytes: Array("é日𝒜".utf8), starts: []),
    ]
    for item in cases {
      let found = item.bytes.withUnsafeBufferPointer { TextEncoding.invalidRanges($0) }
      #expect(found.map(\.lowerBound) == item.starts)
    }
  }

  @Test func everyInvalidSequenceOfTheCorpusIsFound() throws {
    guard let folder = SharedData.folder("corpora/utf8tests") else { return }
    var seen = 0
    for line in String(decoding: try FileSystem.read(folder + "/utf8tests.txt"), as: UTF8.self)
      .split(separator: "\n") where !line.hasPrefix("#")
    {
      let parts = line.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count >= 3, parts[1].hasSuffix("hex") else { continue }
      let isInvalid = parts[1].hasSuffix("invalid hex")
      let bytes = Self.bytes(parts[2])
      let found = bytes.withUnsafeBufferPointer { TextEncoding.invalidRanges($0) }
      seen += 1
      guard isInvalid, parts.count >= 5 else {
        #expect(found.isEmpty, "\(line)")
        continue
      }
      var replaced: [UInt8] = []
      var place = 0
      for range in found {
        replaced += bytes[place..<range.lowerBound] + [0xEF, 0xBF, 0xBD]
        place = range.upperBound
      }
      #expect(replaced + bytes[place...] == Self.bytes(parts[4]), "\(line)")
    }
    #expect(seen > 50)
  }

  private static func bytes(_ text: Substring) -> [UInt8] {
    if text == "nothing" { return [] }
    let digits = text.utf8.filter { $0 != 32 }.map { byte -> UInt8 in
      byte < 58 ? byte - 48 : (byte | 0x20) - 87
    }
    return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}
