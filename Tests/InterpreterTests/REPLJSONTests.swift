// NDJSON events: escaping, one object a line, fields that stay.

import FactorRuntime
import Foundation
import Testing

@testable import Interpreter

@Suite struct REPLJSONTests {
  @Test func everyTextSurvives() throws {
    let controls = String(decoding: 0..<UInt8(0x20), as: UTF8.self)
    for text in ["plain", "\"\\/\n\t\r", controls, "é日本😀", "\u{2028}\u{7F}\u{9B}", ""] {
      let json = FlatJSON.quote(text)
      let value = try JSONSerialization.jsonObject(
        with: Data(json.utf8), options: .fragmentsAllowed)
      #expect(value as? String == text)
      #expect(try JSON(parsing: Array(json.utf8)).text == text)
      #expect(!json.utf8.contains { $0 < 0x20 })
    }
  }

  @Test func numbersThatJSONLacksAreNull() {
    #expect(FlatJSON.number(.nan) == "null")
    #expect(FlatJSON.number(-.infinity) == "null")
    #expect(FlatJSON.number(0.5) == "0.5")
  }

  private func objects(_ text: String) throws -> [[String: Any]] {
    try text.split(separator: "\n").map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
  }

  @Test func aRunIsOneObjectALine() throws {
    let capture = REPLCapture()
    let events = JSONEvents(capture.gate())
    let session = Session()
    let program = """
      w = synth world: r_null, firms: 20, months: 24, chars: 3
      {a: 1, b: "x\\ty", c: [1.5, na]}
      nothere
      """
    for line in program.split(separator: "\n") {
      _ = session.run(.init(name: "-c", text: String(line)), to: events)
    }
    events.finish(.failed)
    let objects = try objects(capture.text(.output))
    let names = objects.compactMap { $0["event"] as? String }
    #expect(names == ["ledger", "value", "diagnostic", "end"])
    #expect(objects[0]["rows_out"] as? Int == 480)
    let data = try #require(objects[1]["data"] as? [String: Any])
    #expect(data["b"] as? String == "x\ty")
    #expect((data["c"] as? [Any])?.last is NSNull)
    #expect((objects[2]["diagnostic"] as? [String: Any])?["code"] as? String == "F0102")
    #expect(objects[3]["code"] as? Int == 1)
  }

  @Test func proseGoesToError() {
    let capture = REPLCapture()
    JSONEvents(capture.gate()).speak("Title")
    #expect(capture.text(.output).isEmpty)
    #expect(capture.text(.error) == "Title\n")
  }
}
