// Reading and writing JSON.

import Testing

@testable import FactorRuntime

@Suite struct JSONTests {
  private func read(_ text: String) throws -> JSON { try JSON(parsing: Array(text.utf8)) }

  @Test func valuesAreRead() throws {
    let value = try read(#" {"a": [1, -2.5e3, true, null], "b": "x\n\u00e9\ud83d\ude00"} "#)
    #expect(value["a"] == .list([.number(1), .number(-2500), .bool(true), .null]))
    #expect(value["b"]?.text == "x\né😀")
  }

  @Test(arguments: [
    "", "[1,]", "{\"a\":1,}", "01", "1.", "+1", "[1 2]", "\"a", "\"\\x\"", "nul", "[1]]", "{a:1}",
    "\"\t\"", "-", ".5", "1e", "\"\\ud83d\\u0041\"",
  ]) func whatIsNotJSONIsRefused(text: String) {
    #expect(throws: JSON.Fault.self) { try read(text) }
  }

  @Test func nestingHasALimit() throws {
    func nested(_ levels: Int) -> String {
      String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
    }
    _ = try read(nested(512))
    #expect(throws: JSON.Fault(offset: 512, reason: "nesting deeper than 512 levels")) {
      try read(nested(100_000))
    }
  }

  @Test func whatIsWrittenIsReadBack() throws {
    let value = JSON.fields(
      ("name", .text("a \"b\" \u{1}\n")), ("list", .list([.number(0.1), .number(3)])),
      ("deep", .list([.fields(("x", .null))])))
    #expect(try read(value.written()) == value)
    #expect(try read(value.compact) == value)
  }
}
