// Runs every notebook under Tests/Golden and examples and compares what it shows with what it records.
//
// FQ_GOLDEN=update rewrites the records; read the difference before you commit it.

import FactorLang
import FactorRuntime
import Foundation
import Testing

@testable import Interpreter

private let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent()
private let root = tests.appendingPathComponent("Golden")
private let examples = tests.deletingLastPathComponent().appendingPathComponent("examples")

/// Examples that run in a moment even unoptimised; `scripts/test` runs the others in the build that users have.
private let exampleNames = ["lesson1.fq", "prep.fq"]

private func scripts() -> [String] {
  let files = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? []
  // A folder named `modules` holds what notebooks use.
  return files.filter { $0.hasSuffix(".fq") && !$0.contains("modules/") }.sorted()
}

@Suite struct GoldenTests {
  @Test(arguments: scripts()) func notebookShowsWhatItRecords(name: String) throws {
    let path = root.appendingPathComponent(name)
    let source = Source(name: path.lastPathComponent, bytes: Array(try Data(contentsOf: path)))
    var options = SessionOptions()
    options.folder = path.deletingLastPathComponent().path
    // What an interruption leaves behind is recorded too: the user's key is played in the third epoch.
    let isInterrupted = name.hasPrefix("interrupted/")
    let result = Notebook.run(source, in: { Session(options) }) { event, budget in
      guard isInterrupted, case .progress(_, let state) = event, state.epoch == 3 else { return }
      budget.cancel()
    }
    if ProcessInfo.processInfo.environment["FQ_GOLDEN"] == "update" {
      try result.text.write(to: path, atomically: true, encoding: .utf8)
      return
    }
    let recorded = source.text(Span(0, source.bytes.count))
    #expect(result.text == recorded, "\(name) shows something else than it records")
    #expect(recorded.contains("#>") || recorded.contains("#!"), "\(name) records nothing")
  }

  // What an example saves goes to the current folder; `best.fqm` is the only such file.
  @Test(arguments: exampleNames) func exampleShowsWhatItRecords(name: String) throws {
    let path = examples.appendingPathComponent(name)
    let source = Source(name: path.path, bytes: Array(try Data(contentsOf: path)))
    var options = SessionOptions()
    options.folder = examples.path
    let result = Notebook.run(source, in: { Session(options) })
    #expect(result.status == .done)
    #expect(
      result.text == source.text(Span(0, source.bytes.count)),
      "\(name) shows something else than it records")
  }

  @Test func thereAreScripts() { #expect(scripts().count >= 8) }
}
