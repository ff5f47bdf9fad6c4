// The recording of `fq demo` in docs/ shows the script that is there now, whole.

import FactorLang
import Foundation
import Testing

@testable import Interpreter

@Suite struct RecordedShowTests {
  private static let project = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The head of the recording and its pieces: when, and what was written.
  private func recording() throws -> (head: [String: Any], pieces: [(time: Double, text: String)]) {
    let path = Self.project.appending(path: "docs/quickstart.cast")
    let lines = try String(contentsOf: path, encoding: .utf8).split(separator: "\n")
    let values = try lines.map { try JSONSerialization.jsonObject(with: Data($0.utf8)) }
    let pieces = try values.dropFirst().map { value -> (time: Double, text: String) in
      let fields = try #require(value as? [Any])
      return (try #require(fields[0] as? Double), try #require(fields[2] as? String))
    }
    return (try #require(values.first as? [String: Any]), pieces)
  }

  @Test func everyStatementOfTheScriptIsTypedAndAnswered() throws {
    let (head, pieces) = try recording()
    var screen = ScreenModel(
      columns: try #require(head["width"] as? Int), height: try #require(head["height"] as? Int))
    for piece in pieces { screen.play(piece.text) }
    let seen = screen.scrolled + screen.lines
    let script = try String(
      contentsOf: Self.project.appending(path: "examples/quickstart.fq"), encoding: .utf8)
    let source = Source(name: "quickstart.fq", text: script)
    let statements = Parser.parse(source).statements.map { source.text($0.span) }
    #expect(statements.count > 20)
    for statement in statements {
      let first = "fq> " + (statement.split(separator: "\n").first ?? "").prefix(88)
      #expect(seen.contains { $0.hasPrefix(first) }, "\(first)")
    }
    #expect(seen.contains { $0.contains("CVRA in the known world: log growth") })
    #expect(!seen.contains { $0.contains("error[") } && !seen.contains { $0.contains("(space") })
  }

  @Test func itIsShortEnoughToBeWatched() throws {
    let times = try recording().pieces.map(\.time)
    #expect(times == times.sorted())
    #expect(try #require(times.last) < 180)
  }
}
