// `fq demo`: a plain transcript where nobody watches, and a show that keys steer where somebody does.

import FactorLang
import FactorRuntime
import Foundation
import TestSupport
import Testing

@testable import Interpreter

/// Keys that come in order; between them time passes.
private final class ScriptedCues: CueSource {
  private var cues: ArraySlice<Cue?>
  private(set) var waits: [Int?] = []

  init(_ cues: [Cue?]) { self.cues = cues[...] }

  func cue(within milliseconds: Int?) -> Cue? {
    waits.append(milliseconds)
    // A wait without an end needs a key.
    if milliseconds == nil { return cues.popFirst() ?? .quit }
    return cues.first == .some(nil) ? cues.popFirst() ?? nil : nil
  }

  func interrupting(_ budget: Budget, _ body: () -> Void) { body() }
}

private let script = """
  fq 1
  lesson "A show"
  #%% Adding
  ## Two and two.
  x = 2
  x + x
  pause
  say "It is {x + x}."
  #%% Asking
  try "x + yy"
  ask "And x?", answer: x
  hint "Look above."
  expect x == 2

  """

@Suite struct DemonstrationTests {
  private typealias Outcome = (seen: String, status: Interpreter.ExitStatus, waits: [Int?])

  private func show(_ keys: [Cue?]?, _ text: String = script) -> Outcome {
    let seen = Guarded<[UInt8]>([])
    let board = Blackboard(
      output: .init(), errors: .init(), width: { 80 }, height: { nil },
      write: { _, bytes in seen.change { $0 += bytes } })
    let cues = keys.map(ScriptedCues.init)
    var show = Demonstration(
      Lesson(name: "x", source: Source(name: "x.fq", text: text)), session: Session(), board: board,
      keys: cues, pace: .human)
    let status = show.run()
    return (String(decoding: seen.read { $0 }, as: UTF8.self), status, cues?.waits ?? [])
  }

  @Test func withoutKeysItIsAPlainTranscript() {
    let (seen, status, _) = show(nil)
    #expect(status == .done)
    let lines = seen.split(separator: "\n").map(String.init)
    #expect(lines.first?.hasPrefix("Adding ─") == true)
    #expect(
      Array(lines.dropFirst().prefix(5)) == [
        "Two and two.", "fq> x = 2", "fq> x + x", "4", "It is 4.",
      ], "\(seen)")
    #expect(seen.contains("error[F0102]") && seen.contains("And x?\n  answer: 2\n"))
    #expect(
      seen.contains("fq> expect x == 2") && !seen.contains("Look above") && !seen.contains("space"))
  }

  @Test func keysTurnThePages() {
    let (seen, status, waits) = show([.goOn, .goOn, .goOn])
    #expect(status == .done && seen.contains("fq> expect x == 2"))
    #expect(waits.count { $0 == nil } == 3)
    // Every character of every statement had its moment.
    #expect(waits.count { $0 != nil } > 30)
  }

  @Test func qEndsWhereverItIs() {
    let (seen, status, _) = show([.goOn, .quit])
    #expect(status == .done && seen.contains("It is 4.") && !seen.contains("Asking"))
  }

  @Test func paceIsTheSameEveryTime() {
    var (one, other) = (Typist(.human), Typist(.human))
    let text = "w = synth world: r_dyn, firms: 40\n  | describe"
    let pauses = text.map { one.pause(before: $0) }
    #expect(pauses == text.map { other.pause(before: $0) })
    #expect(pauses.allSatisfy { 10...500 ~= $0 } && Set(pauses).count > 10)
    var fast = Typist(.fast)
    #expect(text.map { fast.pause(before: $0) }.reduce(0, +) < pauses.reduce(0, +) / 3)
    var instant = Typist(.instant)
    #expect(text.allSatisfy { instant.pause(before: $0) == 0 })
  }

  @Test(arguments: [
    ("fast", true), ("human", true), ("instant", true), ("2.5", true), ("0", false),
    ("slow", false), ("-1", false), ("nan", false),
  ])
  func paceIsAWordOrANumber(word: String, isPace: Bool) {
    #expect((TypingPace(word) != nil) == isPace)
  }

  @Test func aScriptThatDoesNotCheckIsNotShown() {
    let (seen, status, _) = show(nil, "x = 1\nx + yy\n")
    #expect(status == .refused && !seen.contains("fq> x = 1") && seen.contains("error[F0102]"))
  }

  @Test func aScriptThatFailsEndsWithItsStatus() {
    #expect(show(nil, "x = [1]\nx[5]\n").1 == .failed)
    #expect(show(nil, "x = 1\nexpect x == 2\n").1 == .assertion)
  }

  @Test(.enabled(if: ChildProgram.path != nil, "the fq program is not here"))
  func throughAPipeItIsPlainToo() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("show.fq", script)
    let outcome = try ChildProgram.run(["demo", path], environment: ["FQ_CACHE": ""])
    #expect(outcome.status == 0 && outcome.output.contains("fq> x + x\n4\n"), "\(outcome)")
    #expect(!outcome.output.contains("\u{1B}"))
    let taught = try ChildProgram.run(
      ["teach", path], environment: ["FQ_CACHE": "", "FQ_PROGRESS": folder.path + "/p"])
    #expect(taught.status == 0 && taught.output.contains("type  x + yy"), "\(taught)")
  }
}

/// The same in a terminal.
@Suite(.serialized, .enabled(if: PromptTerminal.isAvailable, "tmux or the fq program is not here"))
struct DemonstrationTerminalTests {
  private func started(_ words: String) throws -> (PromptTerminal, TemporaryFolder) {
    let folder = try TemporaryFolder()
    _ = try folder.write("show.fq", script)
    let terminal = try PromptTerminal(
      words.replacing("FILE", with: folder.path + "/show.fq"), width: 80, height: 24,
      environment: ["FQ_PROGRESS=", "FQ_CACHE="])
    return (terminal, folder)
  }

  private func expect(
    _ terminal: PromptTerminal, _ what: String, at location: SourceLocation = #_sourceLocation,
    _ condition: ([String]) -> Bool
  ) async throws {
    let (isMet, screen) = try await terminal.wait(seconds: 20, until: condition)
    #expect(isMet, "no \(what):\n\(screen.joined(separator: "\n"))", sourceLocation: location)
  }

  @Test func spaceGoesOnAndTheEndIsClean() async throws {
    let (terminal, folder) = try started("demo FILE --pace 50")
    defer { withExtendedLifetime(folder) {} }
    try await expect(terminal, "pause") { $0.last == "(space goes on, q ends)" && $0.contains("4") }
    try terminal.press("Space")
    try await expect(terminal, "end of the cell") {
      $0.contains("It is 4.") && $0.last == "(space goes on, q ends)"
    }
    try terminal.press("Enter")
    try await expect(terminal, "question") {
      $0.contains("And x?") && $0.last?.hasPrefix("(space") == true
    }
    try terminal.press("Space")
    try await expect(terminal, "end") { $0.contains("  answer: 2") && $0.contains("status 0") }
    #expect(try !terminal.screen.contains { $0.contains("(space") })
  }

  @Test func controlCLeavesTheTerminalAsItWas() async throws {
    let (terminal, folder) = try started("demo FILE --pace 0.3")
    defer { withExtendedLifetime(folder) {} }
    try await expect(terminal, "typing") { $0.last?.hasPrefix("fq> x") == true }
    try terminal.press("C-c")
    try await expect(terminal, "shell") { $0.contains("status 0") && $0.last == "after>" }
    try terminal.type("stty -a | tr ' ' '\\n' | grep -E '^-?(echo|icanon|isig)$'")
    try terminal.press("Enter")
    try await expect(terminal, "cooked terminal") {
      $0.contains("echo") && $0.contains("icanon") && $0.contains("isig")
    }
  }

  @Test func aLessonIsPlayedWithTheEditor() async throws {
    let (terminal, folder) = try started("teach FILE")
    defer { withExtendedLifetime(folder) {} }
    try await expect(terminal, "pause") { $0.last == "(Enter)" && $0.contains("4") }
    try terminal.press("Enter")
    try await expect(terminal, "invitation") { $0.contains("type  x + yy") && $0.last == "fq>" }
    try terminal.press("Enter")
    try await expect(terminal, "question") { $0.contains("And x?") && $0.last == "answer>" }
    try terminal.type("5")
    try terminal.press("Enter")
    try await expect(terminal, "judgement") { $0.contains("Not that.") && $0.last == "answer>" }
    try terminal.press("C-d")
    try await expect(terminal, "end") {
      $0.contains { $0.contains("Your place could not be kept") } && $0.contains("status 0")
    }
  }
}
