// Running source text in a session and reading what happened.

import FactorLang
import FactorRuntime
import Foundation

@testable import Interpreter

struct RunResult {
  var status: CellStatus
  var events: [Event]
  var session: Session

  var diagnostics: [Diagnostic] {
    events.compactMap { if case .diagnostic(let diagnostic) = $0 { diagnostic } else { nil } }
  }
  var codes: [String] { diagnostics.map(\.code.rawValue) }
  var values: [Value] {
    events.compactMap { if case .value(let value, _) = $0 { value } else { nil } }
  }
  var ledger: [LedgerEntry] {
    events.compactMap { if case .ledger(let entry) = $0 { entry } else { nil } }
  }
  var notes: [String] {
    events.compactMap { if case .note(let text) = $0 { text } else { nil } }
  }
  /// The last value shown, on one line.
  var shown: String { values.last.map(ValueText.short) ?? "" }
}

/// Runs text in a new session, or in a given one.
func run(_ text: String, in session: Session? = nil, folder: String = "") -> RunResult {
  var options = SessionOptions()
  options.folder = folder
  let session = session ?? Session(options)
  let events = EventList()
  let status = session.run(Source(name: "test.fq", text: text), to: events)
  return RunResult(status: status, events: events.all, session: session)
}

/// A folder that is removed when the test ends.
final class TemporaryFolder {
  let path: String

  init() throws {
    path =
      FileManager.default.temporaryDirectory.appendingPathComponent("fq-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ name: String, _ text: String) throws -> String {
    let file = path + "/" + name
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    return file
  }
}
