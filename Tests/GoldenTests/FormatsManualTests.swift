// The lines of docs/formats.md read the rows, or are refused in the words, that the manual says.

import FactorLang
import FactorRuntime
import Foundation
import Testing

@testable import Interpreter

private let package = #filePath.split(separator: "/", omittingEmptySubsequences: false)
  .dropLast(3).joined(separator: "/")

private struct FormatLine: Sendable, CustomTestStringConvertible {
  let code: String
  let expected: String
  var testDescription: String { code }

  /// The first file that the line names.
  var path: String {
    let quoted = code.split(separator: "\"", omittingEmptySubsequences: false)
    return quoted.count > 1 ? String(quoted[1]) : ""
  }
}

/// The rows of the table whose second cell is a line of code that names a file.
private func lines() -> [FormatLine] {
  let text = (try? String(contentsOfFile: package + "/docs/formats.md", encoding: .utf8)) ?? ""
  guard let start = text.range(of: "## A folder of files") else { return [] }
  return text[start.upperBound...].split(separator: "\n").compactMap { line in
    let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    guard cells.count == 3, cells[1].hasPrefix("`"), cells[1].hasSuffix("`") else { return nil }
    return FormatLine(code: String(cells[1].dropFirst().dropLast()), expected: cells[2])
  }
}

private func dataFolder() -> String? {
  let places = [FileSystem.environment("FQ_SHARED_DATA"), package + "/../shared/data"]
  return places.compactMap { $0 }.first { FileSystem.exists($0 + "/french") }
}

@Suite struct FormatsManualTests {
  @Test func theManualHasLines() { #expect(lines().count > 40) }

  @Test(arguments: lines()) private func theLineReadsWhatTheManualSays(line: FormatLine) throws {
    guard let folder = dataFolder() else {
      print("skipped: the shared data is not here")
      return
    }
    guard FileSystem.environment("FQ_FULL") == "1" || Self.isQuick(folder + "/" + line.path) else {
      return
    }
    let events = EventList()
    var options = SessionOptions()
    options.folder = folder
    let session = Session(options)
    let source = Source(name: "manual.fq", text: line.code + "\n")
    _ = session.run(source, to: events)
    let rows = events.all.compactMap { event -> Int? in
      if case .ledger(let entry) = event { return entry.line.rowsOut }
      return nil
    }
    let faults = events.all.compactMap { event -> String? in
      if case .diagnostic(let diagnostic) = event { return diagnostic.message }
      return nil
    }
    if line.expected.hasPrefix("refused: ") {
      #expect(faults.contains { $0.contains(line.expected.dropFirst(9)) }, "\(faults)")
    } else {
      #expect(faults.isEmpty, "\(faults)")
      #expect(rows.map(NumberFormat.count) == [line.expected])
    }
  }

  /// Large files wait for the long run.
  private static func isQuick(_ path: String) -> Bool {
    guard !FilePattern.isPattern(path) else { return false }
    guard let file = try? MappedFile(path) else { return true }
    return file.bytes.count < (path.hasSuffix(".gz") ? 20_000 : 60_000)
  }
}
