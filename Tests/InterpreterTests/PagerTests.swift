// The pager: which one, when, and what it is given.

import FactorLang
import FactorRuntime
import Testing

@testable import Interpreter

@Suite struct PagerTests {
  private static func command(_ environment: [String: String], hasLess: Bool = true) -> String? {
    Pager.command({ environment[$0] }, exists: { $0 == "less" && hasLess })
  }

  @Test func thePagerIsTheReaders() {
    // What is typed into it by mistake starts nothing and writes nothing.
    let usual =
      "exec env LESSSECURE=1 LESSHISTFILE=- less -FRSX '-Psspace goes on, arrows move, q ends'"
    #expect(Self.command([:]) == usual)
    #expect(Self.command([:], hasLess: false) == nil)
    #expect(Self.command(["PAGER": "more"]) == "exec more")
    #expect(Self.command(["PAGER": "more", "FQ_PAGER": "less -R"]) == "exec less -R")
    #expect(Self.command(["FQ_PAGER": "", "PAGER": "more"]) == nil)
    #expect(Self.command(["FQ_PAGER": "  "]) == nil)
    #expect(Self.command(["PAGER": ""]) == usual)
    #expect(Self.command(["PAGER": "col -b | less"]) == "col -b | less")
  }

  private func shown(_ lines: [String], height: Int?, starts: Bool = true) -> (Bool, String, String)
  {
    let capture = REPLCapture()
    let given = Guarded("")
    let pager = Pager(command: "cat", height: { height }) { bytes, _ in
      given.change { $0 = String(decoding: bytes, as: UTF8.self) }
      return starts
    }
    let look = OutputGate.Stream(isTerminal: true, hasColour: true)
    let isShown = pager.show(lines, capture.gate(output: look))
    return (isShown, given.read { $0 }, capture.text(.output))
  }

  @Test func onlyWhatIsLongerThanTheScreenIsPaged() {
    let lines = ["one\u{1B}[2J", "two", "three"]
    #expect(shown(lines, height: 4).0 == false)
    #expect(shown(lines, height: nil).0 == false)
    let (isShown, text, output) = shown(lines, height: 3)
    #expect(isShown && output.isEmpty)
    // The text is harmless and without colours before the pager sees it.
    #expect(text == "one␛[2J\ntwo\nthree\n")
    #expect(shown(["one\ntwo\nthree"], height: 3).0)
    #expect(shown(lines, height: 3, starts: false).0 == false)
  }

  @Test func aProgramIsFedAndItsEndIsTold() throws {
    let folder = try TemporaryFolder()
    let file = folder.path + "/out"
    let bytes = [UInt8](repeating: 0x61, count: 300_000)
    #expect(Subprocess.feed(bytes, to: "exec cat > '\(file)'"))
    #expect(try FileSystem.read(file) == bytes)
    // One that stops reading early, as a pager that is left, has been started.
    #expect(Subprocess.feed(bytes, to: "exec true"))
    #expect(!Subprocess.feed(bytes, to: "exec /no/such/pager 2> /dev/null"))
    #expect(Subprocess.exists("sh") && !Subprocess.exists("no such program"))
  }

  @Test func atThePromptTheDisplaySaysWhatToType() {
    let capture = REPLCapture()
    var repl = REPL(
      session: Session(), input: ScriptedLineSource("toy"), gate: capture.gate(),
      history: History(path: nil), width: { 80 })
    _ = repl.run()
    #expect(capture.text(.output).contains("… 707 of 713 rows not shown: show it, rows: all\n"))
  }

  /// What went to the pager of a screen, and what to the screen itself.
  private func pages(
    of statements: String..., rows: Int
  ) -> (pages: [String], output: String) {
    let capture = REPLCapture()
    let pages = Guarded<[String]>([])
    let pager = Pager(command: "cat", height: { rows }) { bytes, _ in
      pages.change { $0.append(String(decoding: bytes, as: UTF8.self)) }
      return true
    }
    var repl = REPL(
      session: Session(), input: ScriptedLineSource(statements.map(LineInput.text)),
      gate: capture.gate(), history: History(path: nil), width: { 80 }, pager: pager)
    _ = repl.run()
    return (pages.read { $0 }, capture.text(.output))
  }

  @Test func longValuesGoToThePagerAndShortOnesDoNot() {
    let (seen, output) = pages(of: "toy", "show it, rows: all", "1 + 1", rows: 24)
    #expect(seen.count == 1)
    #expect(seen.first.map { $0.split(separator: "\n").count > 713 } == true)
    #expect(output.contains("2\n"))
  }

  @Test func pagesOfTheManualGoThereToo() {
    let seen = pages(of: "?fit", ".help", "??return", rows: 10).pages
    #expect(seen.count == 3)
    #expect(seen.first?.contains("Each model has a page with its options: ?ff") == true)
  }
}
