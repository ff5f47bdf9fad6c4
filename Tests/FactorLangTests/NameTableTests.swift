// Names of one source: equal bytes give equal text, whatever their length and however many.

import Testing

@testable import FactorLang

@Suite struct NameTableTests {
  @Test func everyNameKeepsItsText() {
    var words = (0..<3_000).map { "name_\($0)" }
    words += (0..<300).map { "a_long_common_beginning_\($0)_and_end" }
    words += ["a", "ab", "αβγ", "b12345678", "b1234567", String(repeating: "x", count: 40)]
    let text = Array((words + words).joined(separator: " ").utf8)
    text.withUnsafeBufferPointer { bytes in
      var table = NameTable(bytes)
      var start = 0
      for word in words + words {
        let end = start + word.utf8.count
        #expect(table.text(start, end) == word)
        start = end + 1
      }
    }
  }

  @Test func bytesThatAreNotTextBecomeReplacements() {
    let text: [UInt8] = [0x61, 0xFF]
    text.withUnsafeBufferPointer { bytes in
      var table = NameTable(bytes)
      #expect(table.text(0, 2) == "a\u{FFFD}" && table.text(1, 1).isEmpty)
    }
  }
}
