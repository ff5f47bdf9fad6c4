// Every example of the manuals of the language and of what is shown runs, and shows what they say.

import FactorLang
import FactorRuntime
import Foundation
import Testing

@testable import Interpreter

private let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent()

private struct ManualExample: Sendable, CustomTestStringConvertible {
  let file: String
  let line: Int
  let code: String
  var testDescription: String { "\(file):\(line)" }

  /// The recorded lines of one kind, without their marks.
  func recorded(_ mark: String) -> [String] {
    code.split(separator: "\n").filter { $0.hasPrefix(mark) }.map {
      String($0.dropFirst(mark.count))
    }
  }
}

private func examples() -> [ManualExample] {
  ["docs/language.md", "docs/rendering.md"].flatMap(examples)
}

/// The blocks fenced as fq.
private func examples(of file: String) -> [ManualExample] {
  let path = package.appendingPathComponent(file)
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
          file: file, line: block.line, code: block.lines.joined(separator: "\n") + "\n"))
      open = nil
    } else {
      open?.lines.append(line)
    }
  }
  return examples
}

@Suite struct LanguageManualTests {
  @Test func thereAreExamples() { #expect(examples().count >= 20) }

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
