// The shell's loop, driven by a list of statements.

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
  @Test(arguments: ["", "  ", "1 + 1", "x = [1, 2]", ".help", "?(", "1 +* 2", "f(\n\n", "a\n| b"])
  func wholeTextIsSubmitted(_ text: String) { #expect(Submission.isWhole(text)) }

  @Test(arguments: ["x = [1,", "f(", "\"abc", "x = {a: 1,\n  b: 2", "p |"])
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
