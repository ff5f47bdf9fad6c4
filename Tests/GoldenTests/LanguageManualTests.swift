// Every example of the manuals runs, and shows what the manual says that it shows.

import FactorLang
import FactorRuntime
import Foundation
import Testing

@testable import Interpreter

private let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent()

private let manuals = ["docs/language.md", "docs/classroom.md", "docs/rendering.md"]

private struct ManualExample: Sendable, CustomTestStringConvertible {
  let manual: String
  let line: Int
  let code: String
  var testDescription: String { "\(manual):\(line)" }

  /// The recorded lines of one kind, without their marks.
  func recorded(_ mark: String) -> [String] {
    code.split(separator: "\n").filter { $0.hasPrefix(mark) }.map {
      String($0.dropFirst(mark.count))
    }
  }
}

private func examples() -> [ManualExample] { manuals.flatMap(examples) }

/// The blocks fenced as fq.
private func examples(_ manual: String) -> [ManualExample] {
  let path = package.appendingPathComponent(manual)
  guard let text = try? String(contentsOf: path, encoding: .utf8) else { return [] }
  var examples: [ManualExample] = []
  var open: (line: Int, lines: [Substring])?
  let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
  for (number, line) in lines.enumerated() {
    if line == "```fq" {
      open = (number + 2, [])
    } else if line == "```", let block = open {
      examples.append(
        ManualExample(
          manual: manual, line: block.line, code: block.lines.joined(separator: "\n") + "\n"))
      open = nil
    } else {
      open?.lines.append(line)
    }
  }
  return examples
}

@Suite struct LanguageManualTests {
  @Test(arguments: manuals) func thereAreExamples(manual: String) {
    #expect(examples(manual).count >= (manual.contains("language") ? 20 : 3))
  }

  @Test(arguments: examples()) private func theExampleDoesWhatItSays(example: ManualExample) {
    var options = SessionOptions()
    options.folder = package.path
    let source = Source(name: "manual.fq", text: example.code)
    let result = Notebook.run(source, in: { Session(options) })
    let lines = result.text.split(separator: "\n")
    let complaints = lines.filter { $0.hasPrefix("#! error") || $0.hasPrefix("#! warning") }
    let wanted = example.recorded("#! ")
    // Of a message the manual shows the first line.
    #expect(complaints.map { String($0.dropFirst(3)) } == wanted)
    let shown = lines.filter { $0.hasPrefix("#>") }.map { String($0.dropFirst(2)) }
    let recorded = example.recorded("#>")
    if !recorded.isEmpty { #expect(shown == recorded) }
  }

  @Test(arguments: examples()) private func theExampleIsLaidOut(example: ManualExample) {
    let program = Parser.parse(Source(name: "manual.fq", text: example.code))
    #expect(Formatter.format(program) == example.code)
  }
}
