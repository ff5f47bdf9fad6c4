// Learners who err play every lesson to its end; what they see is compared with what is recorded.
//
// Beside each NAME.keys, what is typed (`^C` and `^D` are those keys, an empty line is Enter, `#` begins a remark),
// stands NAME.seen. FQ_GOLDEN=update records it; figures of fits are recorded under FQ_ISA=v3
// OPENBLAS_CORETYPE=Haswell and compared there only.

import FactorLang
import FactorRuntime
import Foundation
import TestSupport
import Testing

@testable import Interpreter

private let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().appendingPathComponent("Golden/classroom")

/// Types lines and lets them be seen, as a terminal does.
private final class TypedLines: LineSource {
  let isInteractive = true
  private var lines: ArraySlice<String>
  private let gate: OutputGate

  init(_ lines: ArraySlice<String>, _ gate: OutputGate) { (self.lines, self.gate) = (lines, gate) }

  var rest: ArraySlice<String> { lines }

  func readStatement(prompt: String, beginning: String) -> LineInput {
    guard let line = lines.popFirst() else {
      gate.print(prompt + "^D")
      return .endOfInput
    }
    gate.print(prompt + line)
    switch line {
    case "^C": return .interrupted
    case "^D": return .endOfInput
    default: return .text(line)
    }
  }
}

/// What a learner sees who types these lines, and comes back whenever the lesson was left before its end.
private func transcript(_ name: String) throws -> String {
  let typed = try String(
    contentsOf: folder.appendingPathComponent("\(name).keys"), encoding: .utf8)
  var lines = typed.components(separatedBy: "\n").dropLast().filter { !$0.hasPrefix("#") }[...]
  let scratch = NSTemporaryDirectory() + "fq-progress-\(UUID().uuidString).jsonl"
  defer { try? FileManager.default.removeItem(atPath: scratch) }
  let seen = Guarded<[UInt8]>([])
  repeat {
    let board = Blackboard(
      output: .init(), errors: .init(canRewrite: true), width: { 80 }, height: { nil },
      write: { stream, bytes in
        // Progress depends on the day; it rewrites its line.
        if stream == .error, bytes.first == 0x0D { return }
        seen.change { $0 += bytes }
      })
    let input = TypedLines(lines, board.gate)
    let lesson = try #require(LessonShelf.lesson(name))
    var room = Classroom(
      lesson, session: Session(), input: input, board: board, book: ProgressBook(path: scratch))
    #expect(room.run() == .done)
    lines = input.rest
  } while !lines.isEmpty
  return String(decoding: seen.read { $0 }, as: UTF8.self)
    .split(separator: "\n", omittingEmptySubsequences: false)
    .map { line in
      var line = String(line)
      while line.hasSuffix(" ") { line.removeLast() }
      return line
    }.joined(separator: "\n")
}

private func compare(_ name: String, figuresCount: Bool) throws {
  let seen = try transcript(name)
  #expect(seen.contains("The end ─"), "\(name) was not played to its end:\n\(seen.suffix(600))")
  let file = folder.appendingPathComponent("\(name).seen")
  if ProcessInfo.processInfo.environment["FQ_GOLDEN"] == "update" {
    return try seen.write(to: file, atomically: true, encoding: .utf8)
  }
  guard figuresCount else { return }
  let recorded = try String(contentsOf: file, encoding: .utf8)
  let (old, new) = (recorded.split(separator: "\n"), seen.split(separator: "\n"))
  let place = zip(old, new).prefix { $0 == $1 }.count
  #expect(
    seen == recorded,
    "\(name) differs at \(old.dropFirst(place).first ?? "its end") | \(new.dropFirst(place).first ?? "")"
  )
}

@Suite struct ClassroomTranscriptTests {
  @Test(arguments: ["prompt", "ranks", "lookahead"]) func aLearnerSeesWhatIsRecorded(
    name: String
  ) throws { try compare(name, figuresCount: true) }

  private static let isPinned = ProcessInfo.processInfo.environment["FQ_ISA"] == "v3"

  @Test(
    .enabled(if: FullRun.isAsked, "fits in an optimised build"),
    arguments: ["tour", "factors", "cvra", "honest"]) func aLearnerFitsWhatIsRecorded(
      name: String
    ) throws
  { try compare(name, figuresCount: Self.isPinned) }

  @Test func everyLessonHasALearner() {
    for name in LessonShelf.names {
      #expect(
        FileManager.default.fileExists(atPath: folder.appendingPathComponent("\(name).seen").path))
    }
  }
}
