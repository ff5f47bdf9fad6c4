// Keys at random in windows of any size, down to one column: the prompt stays alive and answers.

import FactorRuntime
import Foundation
import TestSupport
import Testing

@testable import Interpreter

@Suite(.serialized, .enabled(if: PromptTerminal.isAvailable, "the fq program is not here"))
struct PromptFuzzTests {
  private static let isFull = FileSystem.environment("FQ_FULL") == "1"

  /// What fingers, terminals and other programs send; nothing that ends the program on purpose.
  private static let keys = [
    "\u{1B}[A", "\u{1B}[B", "\u{1B}[C", "\u{1B}[D", "\u{1B}[3~", "\u{1B}[H", "\u{1B}[1;5C",
    "\u{1B}p", "\u{1B}n", "\u{1B}f", "\u{1B}b", "\u{1B}d", "\u{1B}", "\u{1B}O", "\u{1B}[999;999R",
    "\u{1B}[200~", "\u{1B}[201~", "\t", "\r", "\u{12}", "\u{7F}", "\u{15}", "\u{0B}", "\u{19}",
    "\u{17}", "\u{0F}", "\u{1F}", "\u{01}", "\u{05}", "\u{0C}", "\u{03}", "\u{07}", "\u{00}",
    "한", "e\u{301}", "👩‍🔬", "(", ")", "\"", "toy | ", "derive x = ", "x = [1, 2]", "한국어 글자",
  ]
  private static let sizes = [
    (1, 1), (2, 1), (2, 2), (3, 2), (5, 1), (7, 2), (7, 5), (20, 2), (80, 24), (300, 60), (20, 60),
  ]

  /// What crashes libedit's own reader: quotes never closed, lines beyond its buffers, and pipes.
  @Test(arguments: [
    "bind \"\n", "\"\n", "bind \"a\\\n", "bind " + String(repeating: "x", count: 3000) + "\n",
    "bind -s a \"" + String(repeating: "x", count: 5000) + "\"\n", "\u{0}\u{1}\n",
    "fq:bind ^X fq-end\nedit \"",
  ])
  func settingsThatAreDamagedAreNoEnd(text: String) throws {
    let folder = try ScratchFolder()
    let path = try folder.write(".editrc", Array((text + "\nbind ^T fq-kill-start\n").utf8))
    let pty = try PromptPty(environment: ["EDITRC": path])
    try #require(pty.wait { $0.last == "fq>" } != nil, "\(pty.screen.lines)")
    // The lines that are whole count.
    pty.send("999\u{14}6 * 7\r")
    #expect(pty.wait { $0.suffix(2) == ["42", "fq>"] } != nil, "\(pty.screen.lines)")
  }

  @Test func libeditsOwnCommandLineIsOutOfReach() throws {
    let pty = try PromptPty()
    try #require(pty.wait { $0.last == "fq>" } != nil, "\(pty.screen.lines)")
    for keys in ["\u{1B}x", "\u{1B}X"] {
      pty.send(keys)
      usleep(100_000)
      pty.send("\"\u{15}6 * 7\r")
      #expect(pty.wait { $0.suffix(2) == ["42", "fq>"] } != nil, "\(pty.screen.lines)")
      pty.send("\u{0C}")
      _ = pty.wait { $0 == ["fq>"] }
    }
  }

  // Both of these lay the keys anew, with libedit's own among them.
  @Test(arguments: [("bind -v", "\u{1B}:\"\r"), ("bind -e", "\u{1B}x\"\r")])
  func itStaysOutOfReachInEitherManner(setting: String, keys: String) throws {
    let folder = try ScratchFolder()
    let path = try folder.write(".editrc", Array((setting + "\n").utf8))
    let pty = try PromptPty(environment: ["EDITRC": path])
    try #require(pty.wait { $0.last == "fq>" } != nil, "\(pty.screen.lines)")
    for key in keys {
      pty.send(String(key))
      usleep(120_000)
    }
    pty.send("\u{03}")
    usleep(200_000)
    pty.send("6 * 7\r")
    #expect(pty.wait(seconds: 5) { $0.suffix(2) == ["42", "fq>"] } != nil, "\(pty.screen.lines)")
  }

  /// Presses keys and pulls at the window; gives the last of them.
  private func press(_ keys: Int, _ pty: PromptPty, seed: UInt64) -> [String] {
    var random = SeededNumbers(seed: seed)
    var sent: [String] = []
    var presses: [ContinuousClock.Instant] = []
    for _ in 0..<keys where pty.isRunning {
      if random.once(in: 30) {
        let (width, height) = random.pick(Self.sizes)
        pty.resize(width: width, height: height)
        sent.append("\(width) x \(height)")
      }
      let key = random.pick(Self.keys)
      if key == "\u{03}" {
        // The third in quick succession ends the session, as it should, where work is slow to hear the others.
        presses.removeAll { ContinuousClock.now - $0 > .seconds(3) }
        guard presses.count < 2 else { continue }
        presses.append(.now)
      }
      pty.send(key)
      sent.append(key)
      usleep(UInt32(random.below(3000)))
    }
    pty.resize(width: 80, height: 24)
    return sent.suffix(60)
  }

  /// Leaves a paste, a search, a pager and a line, with Ctrl-C far enough from any other.
  private func leave(_ pty: PromptPty) {
    for key in ["\u{1B}[201~", "\u{07}", "q"] {
      pty.send(key)
      usleep(200_000)
    }
    for _ in 0..<2 {
      usleep(1_200_000)
      pty.send("\u{03}")
    }
    usleep(200_000)
  }

  @Test(arguments: 1...(isFull ? 40 : 4))
  func anyKeysInAnyWindowLeaveAPromptThatAnswers(seed: UInt64) throws {
    let pty = try PromptPty(environment: ["VISUAL": "/bin/true", "EDITOR": "/bin/true"])
    try #require(pty.wait { $0.last == "fq>" } != nil, "\(pty.screen.lines)")
    let sent = press(1200, pty, seed: seed)
    try #require(pty.isRunning, "ended with \(pty.end() ?? 0) after \(sent)")
    leave(pty)
    pty.send("\u{0C}6 * 7000 + 1\r")
    let answer = pty.wait(seconds: 60) { $0.contains("42,001") }
    #expect(answer != nil, "\(pty.screen.lines) after \(sent)")
  }

  @Test(arguments: 1...(isFull ? 10 : 1))
  func anyKeysInAnyWindowLeaveATourThatCanBeLeft(seed: UInt64) throws {
    let settings = [
      "VISUAL": "/bin/true", "EDITOR": "/bin/true", "FQ_PROGRESS": "", "FQ_CACHE": "",
    ]
    let pty = try PromptPty(arguments: ["tour"], environment: settings)
    try #require(pty.wait { $0.last == "fq>" } != nil, "\(pty.screen.lines)")
    let sent = press(600, pty, seed: 1000 + seed)
    leave(pty)
    pty.send("\u{15}quit\r")
    #expect(pty.end(seconds: 60) == 0, "\(pty.screen.lines) after \(sent)")
  }
}
