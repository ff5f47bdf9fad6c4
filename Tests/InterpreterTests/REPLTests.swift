// The shell's loop, driven by a list of statements.

import FactorLang
import FactorRuntime
import Foundation
import TestSupport
import Testing

@testable import Interpreter

@Suite struct REPLTests {
  @Test func valuesAreShownAndBindingsAreNot() {
    let (output, errors, status) = REPLCapture.run("x = 20 + 1", "x * 2")
    #expect(output == "42\n")
    #expect(errors.isEmpty)
    #expect(status == 0)
  }

  @Test func aFailedStatementLeavesBindingsAndTheShellGoesOn() {
    let (output, errors, status) = REPLCapture.run("x = 1", "x = nothere + 1", "x")
    #expect(output == "1\n")
    #expect(errors.contains("nothing is named `nothere`"))
    #expect(status == 1)
  }

  @Test func whoeverWatchesNeedsNoExitStatus() {
    #expect(REPLCapture.run([.text("nothere")], isInteractive: true).status == 0)
  }

  @Test func anInterruptedLineIsForgotten() {
    let (output, _, _) = REPLCapture.run([.interrupted, .text("1 + 1"), .interrupted])
    #expect(output == "2\n")
  }

  @Test func theBannerIsForPeople() {
    #expect(REPLCapture.run([], isInteractive: true).output.contains("Ctrl-D ends"))
    #expect(REPLCapture.run([], isInteractive: false).output.isEmpty)
  }

  @Test func onlyWhoTypedNothingYetIsNew() throws {
    let folder = try ScratchFolder()
    let history = History(path: folder.path + "/history.jsonl")
    let first = REPLCapture.run([.text("1 + 1")], isInteractive: true, history: history)
    #expect(first.output.contains("new here?"))
    #expect(
      !REPLCapture.run([], isInteractive: true, history: history).output.contains("new here?"))
  }

  @Test func helpOfTheCommandLineFitsATerminal() {
    #expect(
      CommandLineTool.usage.split(separator: "\n").allSatisfy { TextWidth.of(String($0)) <= 80 })
  }

  @Test func missingCommasAreSetWhereTheyBelong() {
    let (output, _, _) = REPLCapture.run("p = toy | select ret size, mom", "fix", "p.rows")
    #expect(output.contains("fq> p = toy | select ret, size, mom"))
  }

  // What goes on with a value leaves its name as it was, which is easily overlooked.
  @Test func aNameStaysWhatItWasWhereALineGoesOn() {
    func output(_ lines: String...) -> String {
      REPLCapture.run(lines.map { .text($0) }, isInteractive: true).output
    }
    let words = "`t` stays as it was; to give it this value:  t = it"
    #expect(output("t = toy", "| select ret").contains(words))
    #expect(
      output("t = toy", "| select ret", "t = it", "t").components(separatedBy: words).count == 2)
    #expect(!output("toy", "| select ret").contains("stays as it was"))
    #expect(!output("t = 1", "t == 1", "| select ret").contains("stays as it was"))
  }

  @Test func quitEndsTheShell() {
    let (output, _, _) = REPLCapture.run("1", ".quit", "2")
    #expect(output == "1\n")
  }

  @Test func namesAreListedWithTheirTypes() {
    let (output, _, _) = REPLCapture.run("rate = 2.5", "label = \"a\"", ".vars")
    #expect(output.contains("label"))
    #expect(output.contains("rate"))
    #expect(output.contains("2.5"))
  }

  @Test func aTypeIsShownWithoutRunning() {
    let (output, errors, _) = REPLCapture.run(".type 1 + 1", ".type", ".type nothere")
    #expect(output == "int\n")
    #expect(errors.contains(".type needs an expression"))
    #expect(errors.contains("nothing is named `nothere`"))
  }

  @Test func aTaskHasTheColumnsItWasMadeOf() {
    let (output, _, _) = REPLCapture.run(
      "t = toy | setup target: lead(ret, 1m), features: [size, mom];", "1", ".type t")
    #expect(output.contains("task\n") && output.contains("known at t-1m"), "\(output)")
  }

  @Test func anUnknownCommandNamesTheNearest() {
    #expect(REPLCapture.run(".hlep").errors.contains("did you mean .help?"))
    #expect(REPLCapture.run(".zzzzzz").errors.contains(".help lists them"))
  }

  @Test(arguments: ["?fit", " ?fit"]) func aQuestionMarkShowsAPage(_ line: String) {
    #expect(REPLCapture.run(line).output.contains("fit model"))
  }

  @Test func twoQuestionMarksSearch() {
    #expect(REPLCapture.run("??decile").output.contains("deciles"))
    #expect(REPLCapture.run("??zqzq").errors.contains("no page has the words: zqzq"))
  }

  @Test func anUnknownPageNamesTheNearest() {
    #expect(REPLCapture.run("?selct").errors.contains("did you mean ?select"))
  }

  @Test func aFixIsAppliedAndRun() {
    let (output, errors, _) = REPLCapture.run("volume = 7", "volumee + 1", "fix")
    #expect(errors.contains("[fix 1]"))
    #expect(output == "fq> volume + 1\n8\n")
  }

  @Test func aFixNeedsAFault() {
    #expect(REPLCapture.run("1", "fix").errors.contains("there is no fix 1"))
    #expect(REPLCapture.run("fix = 3", "fix").output == "3\n")
  }

  @Test func historyIsShownOldestFirst() {
    let (output, _, _) = REPLCapture.run("x = 1", "y = 2", ".history 1", ".history no")
    #expect(output == "  y = 2\n")
  }

  @Test func commandsAreNotNumbers() {
    #expect(!ShellCommand.isCommand(".5 + 1"))
    #expect(ShellCommand.isCommand(".keys"))
    #expect(ShellCommand.isCommand("?"))
  }

  @Test func everyCommandRuns() {
    for command in ShellCommand.table {
      #expect(!REPLCapture.run([.text(command.name)]).errors.contains("there is no command"))
    }
  }
}

@Suite struct REPLSubmissionTests {
  @Test(arguments: [
    "", "  ", "1 + 1", "x = [1, 2]", ".help", "?(", "\"abc", "1 +* 2", "f(\n\n", "a\n| b",
  ])
  func wholeTextIsSubmitted(_ text: String) { #expect(Submission.isWhole(text)) }

  @Test(arguments: ["x = [1,", "f(", "\"\"\"abc", "x = {a: 1,\n  b: 2", "p |"])
  func openTextWantsMore(_ text: String) { #expect(!Submission.isWhole(text)) }

  @Test func linesOfAPipeAreJoinedUntilWhole() {
    var chunks = ["x = [1,\n", "\n  2]\r\ny", " = 3\nlast"].map { Array($0.utf8) }[...]
    let source = PlainLineSource(isInteractive: false, gate: REPLCapture().gate()) {
      chunks.popFirst()
    }
    #expect(source.readStatement(prompt: "") == .text("x = [1,\n\n  2]"))
    #expect(source.readStatement(prompt: "") == .text("y = 3"))
    #expect(source.readStatement(prompt: "") == .text("last"))
    #expect(source.readStatement(prompt: "") == .endOfInput)
  }
}

@Suite struct REPLCompletionTests {
  private func answer(_ names: [String], _ typed: String) -> CompletionAnswer {
    CompletionAnswer(names.map { .init($0, "what \($0) does") }, typed: typed, width: 60)
  }

  @Test func theSharedStartIsInserted() {
    let answer = answer(["select", "sell"], "s")
    #expect(answer == CompletionAnswer(replacedCharacters: 1, insertion: "sel"))
  }

  @Test func choicesAreListedWhenNothingIsShared() {
    let answer = answer(["setup", "split"], "s")
    #expect(answer.insertion.isEmpty)
    #expect(answer.lines == ["  setup  what setup does", "  split  what split does"])
  }

  @Test func nothingFitsAndNothingHappens() { #expect(answer([], "s").isEmpty) }

  @Test func manyChoicesAreListedByNameAndCounted() {
    let answer = answer((100..<400).map { "x\($0)" }, "x")
    #expect(answer.lines.count == 13)
    #expect(answer.lines.last?.contains("more; type a letter or two") == true)
    #expect(answer.lines.allSatisfy { $0.count <= 60 })
  }

  @Test func tabIndentsAnEmptyFurtherLine() {
    let answer = REPL.complete("x = [\n", 6, Session(), width: 80)
    #expect(answer == CompletionAnswer(insertion: "  "))
  }

  @Test func verbsAndCommandsAreCompleted() {
    let session = Session()
    #expect(REPL.complete(".hi", 3, session, width: 80).insertion == ".history ")
    #expect(REPL.complete("?desc", 5, session, width: 80).insertion == "describe")
    #expect(REPL.complete("w = synt", 8, session, width: 80).insertion == "synth ")
  }
}

@Suite struct REPLDiscoveryTests {
  @Test func aTypeSaysWhenColumnsAreKnown() {
    let run = REPLCapture.run(
      "p = toy | derive next = lead(ret, 1m), past = lag(ret, 2m)", ".type p")
    let lines = run.output.split(separator: "\n").map(String.init)
    #expect(lines.contains { $0.hasPrefix("  id ") && $0.hasSuffix(" key") })
    #expect(lines.contains { $0.hasPrefix("  ret ") && $0.hasSuffix("known at t") })
    #expect(lines.contains { $0.hasPrefix("  past ") && $0.hasSuffix("known at t-2m") })
    #expect(lines.contains { $0.contains("known at t+1m   may be a target only") })
  }

  private func complete(_ text: String, _ session: Session = Session()) -> CompletionAnswer {
    REPL.complete(text, text.utf8.count, session, width: 80)
  }

  @Test func theExampleOfAPageRunsApart() {
    let run = REPLCapture.run("toy = 5", "?winsorize", "run", "toy", "run = 3", "run")
    #expect(run.output.contains("`run` runs the example"))
    #expect(run.output.contains("fq> toy | winsorize ret, tails: 5%\n"))
    #expect(run.output.contains("panel id × date"))
    #expect(run.output.hasSuffix("5\n3\n"))
    #expect(REPLCapture.run("run").errors.contains("show a page first"))
  }

  @Test func pagesOfModelsHaveExamplesThatRun() {
    let run = REPLCapture.run("?pca", "run")
    #expect(run.output.contains("fq> m = t | fit pca, k: 2"))
    #expect(run.output.contains("total R2"))
  }

  @Test func monthsComeFromThePanel() {
    let session = Session()
    _ = session.run(
      Source(name: "t", text: "w = synth world: r_dyn, firms: 30, months: 24, chars: 3"),
      to: EventList())
    let texts = complete("w[", session).lines.joined()
    #expect(texts.contains("1980-01..1981-12") && texts.contains("all 24 months"))
    #expect(complete("w[1980-01..1981", session).insertion == "1981-12")
    let split = complete("w | setup target: ret, features: w.chars | split test: ", session)
    #expect(split.lines.joined().contains("1981-12"))
  }

  @Test func whatIsTakenOtherwiseIsOffered() {
    let answer = complete("toy | setup target: ret, features: [size] | fit ca2, seeds: ")
    #expect(answer.insertion == "3")
  }

  @Test func filesAreOfferedInsideText() throws {
    let folder = try ScratchFolder()
    _ = try folder.write("panel.csv", Array("a\n".utf8))
    #expect(complete("p = load \"\(folder.path)/pa").insertion == "\(folder.path)/panel.csv\"")
    #expect(complete(".load \(folder.path)/pa").insertion == "\(folder.path)/panel.csv")
    #expect(complete("p = load \"\(folder.path)/no").isEmpty)
  }

  @Test func keysAreReadFromTheBindings() {
    let printed = """
      Standard key bindings
      "^A"           ->  fq-home
      "^I"           ->  fq-complete
      "^M"           ->  fq-enter
      " " to "~"     ->  ed-insert
      Alternative key bindings
      "^A"           ->  fq-undo
      Multi-character bindings
      "^_a"          ->  fq-up
      "^X^E"         ->  fq-edit-outside
      """
    let lines = Keys.lines(printed)
    #expect(lines[0].hasPrefix("  Tab "))
    #expect(lines.contains { $0.hasPrefix("  Up ") })
    #expect(lines.contains { $0.hasPrefix("  Ctrl-X Ctrl-E ") })
    #expect(!lines.contains { $0.contains("takes the last change back") })
  }

  @Test func aHintNamesTheParameterAtTheCursor() {
    let session = Session()
    let lines = REPL.hint("toy | winsorize ret, tails: ", 28, session, width: 80)
    #expect(lines.count == 2)
    #expect(lines[0].contains(Theme.style("[tails:]", .heading)))
    #expect(lines[1].contains("the share of each tail"))
    #expect(REPL.hint("x = 1 + ", 8, session, width: 80).isEmpty)
    #expect(REPL.hint("?winsorize ret", 14, session, width: 80).isEmpty)
    // Of many parameters, those around the cursor, within the width.
    let many = "t | fit cvra, seeds: "
    for width in [30, 50, 80] {
      for line in REPL.hint(many, many.utf8.count, session, width: width) {
        #expect(TextWidth.of(OutputGate.withoutMarks(line)) < width)
      }
    }
  }
}
