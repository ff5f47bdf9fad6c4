// Runs every script under Tests/Golden and compares what it prints with the recorded text beside it.
//
// FQ_GOLDEN=update rewrites the recordings; read the difference before you commit it.

import FactorLang
import FactorRuntime
import Foundation
import Testing

@testable import Interpreter

/// Prints as the terminal would, into a list.
private final class Recorder: EventSink {
  private let text = EventText()
  private let lines = Guarded<[String]>([])

  func send(_ event: Event) { lines.change { $0 += text.lines(event) } }
  func speak(_ prose: String) { lines.change { $0.append(prose) } }
  var output: String { lines.read { $0 }.joined(separator: "\n") + "\n" }
}

private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().appendingPathComponent("Golden")

private func scripts() -> [String] {
  let files = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? []
  return files.filter { $0.hasSuffix(".fq") }.sorted()
}

@Suite struct GoldenTests {
  @Test(arguments: scripts()) func scriptPrintsWhatIsRecorded(name: String) throws {
    let path = root.appendingPathComponent(name)
    let source = Source(name: name, bytes: Array(try Data(contentsOf: path)))
    var options = SessionOptions()
    options.folder = path.deletingLastPathComponent().path
    let recorder = Recorder()
    let status = Batch.run(source, in: Session(options), to: recorder) { recorder.speak($0) }
    let output = recorder.output + "exit \(status.rawValue)\n"
    let recording = path.deletingPathExtension().appendingPathExtension("out")
    if ProcessInfo.processInfo.environment["FQ_GOLDEN"] == "update" {
      try output.write(to: recording, atomically: true, encoding: .utf8)
    }
    let expected = try String(contentsOf: recording, encoding: .utf8)
    #expect(output == expected)
  }

  @Test func thereAreScripts() { #expect(scripts().count >= 8) }
}
