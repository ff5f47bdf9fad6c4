// The prompt as people meet it, in a real terminal: editing, completion, history, Ctrl-C.

import Foundation
import Testing

@testable import Interpreter

@Suite(
  .serialized, .enabled(if: PromptTerminal.isAvailable, "tmux or the fq program is not here"))
struct PromptTests {
  private func started(history: String = "") async throws -> PromptTerminal {
    let terminal = try PromptTerminal(history: history)
    try await expect(terminal, "a prompt") { $0.last == "fq>" }
    return terminal
  }

  private func expect(
    _ terminal: PromptTerminal, _ what: String, seconds: Double = 20,
    at location: SourceLocation = #_sourceLocation, _ condition: ([String]) -> Bool
  ) async throws {
    let (isMet, screen) = try await terminal.wait(seconds: seconds, until: condition)
    let picture = screen.joined(separator: "\n")
    #expect(isMet, "no \(what) on the screen:\n\(picture)", sourceLocation: location)
  }

  @Test func aStatementIsReadAndAnswered() async throws {
    let terminal = try await started()
    try terminal.type("20 + 22")
    try terminal.press("Enter")
    try await expect(terminal, "answer") { $0.suffix(3) == ["fq> 20 + 22", "42", "fq>"] }
  }

  @Test func tabCompletesAndLists() async throws {
    let terminal = try await started()
    try terminal.type("w = synt")
    try terminal.press("Tab")
    try terminal.type("x")
    try await expect(terminal, "completed verb") { $0.last == "fq> w = synth x" }
    try terminal.press("C-u")
    try terminal.type(".h")
    try terminal.press("Tab")
    try await expect(terminal, "list") { screen in
      screen.last == "fq> .h" && screen.contains { $0.contains(".history  shows the last inputs") }
    }
  }

  @Test func upRecallsWholeStatements() async throws {
    let terminal = try await started()
    try terminal.type("x = [1,")
    try terminal.press("Enter")
    try terminal.type("2]")
    try terminal.press("Enter")
    try await expect(terminal, "next prompt") { $0.suffix(3) == ["fq> x = [1,", "2]", "fq>"] }
    try terminal.type("y = 3")
    try terminal.press("Enter", "Up", "Up")
    try await expect(terminal, "recalled lines") { screen in
      screen.filter { $0 == "fq> x = [1," }.count == 2 && screen.last == "2]"
    }
    // Up inside the statement moves to its first line before history.
    try terminal.press("Up", "End", "BSpace")
    try terminal.type(", 9,")
    try terminal.press("Enter", "C-e")
    try await expect(terminal, "edited first line") { $0.contains("fq> x = [1, 9,") }
  }

  @Test func enterContinuesWhatIsOpen() async throws {
    let terminal = try await started()
    try terminal.type("{a: 1,")
    try terminal.press("Enter")
    try terminal.type("  b: 2")
    try terminal.press("Enter")
    try terminal.type("}")
    try terminal.press("Enter")
    try await expect(terminal, "record") { $0.contains("{a: 1, b: 2}") && $0.last == "fq>" }
  }

  @Test func controlCGivesUpTheLine() async throws {
    let terminal = try await started()
    try terminal.type("x = [1,")
    try terminal.press("Enter")
    try terminal.type("2")
    // The terminal drops what was typed but not yet read when the key comes.
    try await expect(terminal, "typed text") { $0.last?.hasSuffix("2") ?? false }
    try terminal.press("C-c")
    try await expect(terminal, "fresh prompt") { $0.suffix(2) == ["2^C", "fq>"] }
    try terminal.type("5")
    try terminal.press("Enter")
    try await expect(terminal, "answer") { $0.suffix(2) == ["5", "fq>"] }
  }

  @Test func controlCStopsAFitAndKeepsBindings() async throws {
    let terminal = try await started()
    try terminal.type("y = 7")
    try terminal.press("Enter")
    try terminal.type("w = synth world: r_dyn, firms: 100, months: 120, chars: 8")
    try terminal.press("Enter")
    try terminal.type("s = w | setup target: ret, features: w.chars | split thirds")
    try terminal.press("Enter")
    try await expect(terminal, "task") { $0.contains { $0.hasPrefix("split") } && $0.last == "fq>" }
    try terminal.type("z = s | fit ca3, k: 3, seeds: 5, epochs: 1000, patience: 1000")
    try terminal.press("Enter")
    try await expect(terminal, "progress", seconds: 60) { screen in
      screen.last.map { $0.contains("epoch") && $0.contains("Ctrl-C keeps the work") } ?? false
    }
    let began = ContinuousClock.now
    try terminal.press("C-c")
    try await expect(terminal, "prompt after the fit") { $0.last == "fq>" }
    // An epoch of an unoptimised build may pass first; the optimised one answers within 0.2 s.
    #expect(ContinuousClock.now - began < .seconds(5))
    try terminal.type("y")
    try terminal.press("Enter")
    try await expect(terminal, "old binding") { $0.suffix(2) == ["7", "fq>"] }
    try terminal.type("z.status")
    try terminal.press("Enter")
    try await expect(terminal, "kept work") { $0.suffix(2) == ["partial", "fq>"] }
  }

  @Test func aPasteIsOnePiece() async throws {
    let terminal = try await started()
    try terminal.tmux(["set-buffer", "u = 1\nv = {\n\ta: \"é日\"\n}\n"])
    try terminal.tmux(["paste-buffer", "-p"])
    try await expect(terminal, "pasted text") { $0.last == "}" }
    try terminal.press("Enter")
    try terminal.type("v.a")
    try terminal.press("Enter")
    try await expect(terminal, "pasted value") { $0.suffix(2) == ["é日", "fq>"] }
  }

  @Test func unknownKeysLeaveNothingBehind() async throws {
    let terminal = try await started()
    try terminal.type("1")
    try terminal.press("F5", "PageUp", "S-Left", "C-Right", "Insert")
    try terminal.type("2")
    try terminal.press("C-Left", "Home", "Delete", "Enter")
    try await expect(terminal, "what was typed") { $0.suffix(3) == ["fq> 2", "2", "fq>"] }
  }

  @Test func aResizeKeepsTheLine() async throws {
    let terminal = try await started()
    try terminal.type("1 + 2 + 3")
    try terminal.tmux(["resize-window", "-x", "40", "-y", "20"])
    try await Task.sleep(for: .milliseconds(200))
    try terminal.type(" + 4")
    try terminal.press("Enter")
    try await expect(terminal, "sum") { $0.suffix(2) == ["10", "fq>"] }
  }

  @Test func controlDEndsWithASaneTerminal() async throws {
    let terminal = try await started()
    try terminal.press("C-d")
    try await expect(terminal, "status") { $0.contains("status 0") }
    try terminal.type("stty -a | tr ' ' '\\n' | grep -E '^-?(echo|icanon)$'")
    try terminal.press("Enter")
    try await expect(terminal, "cooked terminal") { $0.contains("echo") && $0.contains("icanon") }
  }

  @Test func historyOutlivesTheSession() async throws {
    let path = NSTemporaryDirectory() + "fq-prompt-\(UUID().uuidString).jsonl"
    let first = try await started(history: path)
    try first.type("kept = 11")
    try first.press("Enter")
    try await expect(first, "next prompt") { $0.suffix(2) == ["fq> kept = 11", "fq>"] }
    let second = try await started(history: path)
    try second.press("Up")
    try await expect(second, "recalled statement") { $0.last == "fq> kept = 11" }
  }
}
