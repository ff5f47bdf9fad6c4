// A lesson played by scripted learners: nobody is stuck, nothing is lost, values count.

import FactorLang
import FactorRuntime
import Foundation
import Testing

@testable import Interpreter

@Suite struct ClassroomTests {
  /// Plays a lesson with lines; `^C` is that key. Gives what was seen, the session, and the record of progress.
  private func play(
    _ script: String, _ lines: [String], book: ProgressBook = ProgressBook(path: nil),
    session: Session = Session(), height: Int? = nil
  ) -> (seen: String, session: Session, book: ProgressBook) {
    let seen = Guarded<[UInt8]>([])
    let board = Blackboard(
      output: .init(), errors: .init(), width: { 80 }, height: { height },
      write: { _, bytes in seen.change { $0 += bytes } })
    let inputs = lines.map { $0 == "^C" ? LineInput.interrupted : .text($0) }
    let lesson = Lesson(name: "x", source: Source(name: "x.fq", text: script))
    var room = Classroom(
      lesson, session: session, input: ScriptedLineSource(inputs), board: board, book: book)
    _ = room.run()
    return (String(decoding: seen.read { $0 }, as: UTF8.self), session, book)
  }

  private let exercise = """
    x = 2
    ## Double it.
    y = 2 * x
    expect y == 4
    hint "Twice x."
    hint "y = 2 * x"
    ask "And y + 1?", answer: y + 1
    hint "One more."

    """

  @Test(arguments: ["y = 2 * x", "y = 4", "y = x + x", "z = 1\ny = x^2"])
  func anyCodeThatGivesTheValuePasses(code: String) {
    let result = play(exercise, [code, "5"])
    #expect(result.seen.contains("Right.") && result.seen.contains("The end"), "\(result.seen)")
    #expect(result.book.steps(of: "x").values.allSatisfy { $0 == .solved })
  }

  @Test func whatIsFoundIsShownAndWhatIsWantedIsNot() {
    let result = play(exercise, ["y = 3"])
    #expect(result.seen.contains("`y` is 3 so far; that is not it yet."))
    #expect(!result.seen.contains("4"))
  }

  @Test func mistakesOfLanguageAreToldAndEndNothing() {
    let result = play(exercise, ["y = ", "y = 2 * xx", "yy = 4", "y = 2 * x", "5"])
    #expect(result.seen.contains("error[F0102]") && result.seen.contains("There is no `y` yet."))
    #expect(result.seen.contains("The end"))
  }

  @Test func fixesPagesAndCommandsWorkInside() {
    let result = play(exercise, ["?where", ".vars", "y = men([4])", "fix", "5"])
    #expect(result.seen.contains("Keeps") && result.seen.contains("x  int"), "\(result.seen)")
    #expect(result.seen.contains("fq> y = mean([4])") && result.seen.contains("The end"))
  }

  @Test func hintsComeOneByOneAndEnd() {
    let result = play(exercise, ["hint", "hint", "hint", "skip", "hint", "5"])
    #expect(result.seen.contains("  Twice x.") && result.seen.contains("  y = 2 * x"))
    #expect(result.seen.contains("There is no further hint") && result.seen.contains("  One more."))
  }

  @Test func revealShowsRunsAndGoesOn() {
    let result = play(exercise, ["reveal", "reveal"])
    #expect(
      result.seen.contains("fq> y = 2 * x") && result.seen.contains("answer: 5   from  y + 1"))
    #expect(result.seen.contains("2 revealed") && result.seen.contains("The end"))
  }

  @Test func aTeacherMayKeepTheSolutions() {
    let result = play(
      "lesson \"x\", reveal: false\n" + exercise, ["reveal", "skip", "reveal", "skip"])
    #expect(result.seen.contains("keeps its solutions") && !result.seen.contains("y = 2 * x"))
    #expect(result.seen.contains("2 skipped"))
  }

  @Test func skipLeavesWhatTheLessonNeeds() {
    let result = play(exercise + "y + 10\n", ["skip", "skip"])
    #expect(result.seen.hasSuffix("") && result.seen.contains("\n14\n"), "\(result.seen)")
  }

  @Test func anotherNameStillLeavesTheLessonsOwn() {
    let script = "a = 1\n## Go.\nb = a + 1\nc = b + 1\nexpect c == 3\nhint \"x\"\nb + c\n"
    let result = play(script, ["c = 3"])
    #expect(result.seen.contains("\n5\n"), "\(result.seen)")
  }

  @Test func whatTheLearnerBreaksIsMended() {
    let script = "p = toy\n## Ask.\nask \"Firms?\", answer: p.entities\n## On.\np.entities\n"
    let result = play(script, ["p = 3", "p + 1", "\(30)"])
    #expect(result.seen.contains("The end"), "\(result.seen)")
    let broken = play("p = toy\npause\np.entities\n", ["p = 3", ""])
    #expect(broken.seen.contains("it is set back") && broken.seen.contains("The end"))
  }

  @Test func judgingLeavesNoTrace() {
    let result = play(exercise, ["y = 3", "it"])
    #expect(result.seen.contains("\n3\n"))
    #expect(result.session.environment.names == ["x", "y"])
  }

  @Test func bareWordsAnswerAndNamesDoNot() {
    let script = "D = 5\nask \"Which?\", answer: \"B\"\n"
    let result = play(script, ["C", "D", "b"])
    #expect(result.seen.contains("Not that.") && result.seen.contains("a text is wanted"))
    #expect(result.seen.contains("The end"))
  }

  @Test func choicesTakeNumbersAndWords() {
    let script = "ask \"Which?\", answer: \"the mean\", choices: [\"the sum\", \"the mean\"]\n"
    for word in ["2", "the mean", "The Mean", "\"the mean\""] {
      #expect(play(script, ["1", "3", word]).seen.contains("The end"))
    }
    #expect(run("ask \"x\", answer: \"c\", choices: [\"a\", \"b\"]").codes == ["F0204"])
  }

  @Test func whatIsRightIsShownOnlyWhereItSaysMore() {
    #expect(play("ask \"x\", answer: mean([1%, 5%])\n", ["3%"]).seen.contains("Right.\n"))
    #expect(play("ask \"x\", answer: 1/3\n", ["0.33"]).seen.contains("Right: 0.3333."))
    #expect(play("ask \"x\", answer: false\n", ["No"]).seen.contains("Right.\n"))
    let month = play("ask \"x\", answer: 2020-02\n", ["February", "2020-02"])
    #expect(
      month.seen.contains("a month such as 2020-01 is wanted") && month.seen.contains("The end"))
  }

  @Test func anEmptyLinePartsParagraphs() {
    #expect(play("## One.\n\n## Two.\n## Three.\n", []).seen.contains("\nOne.\n\nTwo. Three.\n"))
  }

  @Test func experimentsAreNoAnswers() {
    let result = play("ask \"2 * 2?\", answer: 4\n", ["toy", "z = 4", "[4]", "4"])
    #expect(!result.seen.contains("Not that") && result.seen.contains("Right."))
  }

  @Test func controlCAsksAgainAndControlDKeepsThePlace() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/progress.jsonl"
    let first = play(exercise, ["^C", "y = 4"], book: ProgressBook(path: path))
    #expect(first.seen.contains("Your place is kept"))
    let second = play(exercise, ["5"], book: ProgressBook(path: path))
    #expect(second.seen.contains("You go on where you stopped") && second.seen.contains("The end"))
    #expect(second.session.environment["y"] != nil)
    // A finished lesson begins anew.
    let third = play(exercise, ["quit"], book: ProgressBook(path: path))
    #expect(!third.seen.contains("go on where") && third.seen.contains("fq> x = 2"))
  }

  @Test func aPlaceThatCannotBeKeptIsNotPromised() {
    let result = play(exercise, ["y = 4"], book: ProgressBook(path: "/dev/full/progress.jsonl"))
    #expect(result.seen.contains("Your place could not be kept"))
    #expect(!result.seen.contains("place is kept"))
  }

  @Test func praiseIsForWhatRan() throws {
    let guided = "lesson \"x\", guided: true\nx = 2\n"
    #expect(play(guided, ["1 + 1", ""]).seen.contains("Fine. The step itself"))
    let wrong = play(guided, ["1 + nothing", ""]).seen
    #expect(wrong.contains("The step itself") && !wrong.contains("Fine."))
  }

  @Test func theOtherWordsWork() {
    let result = play(exercise, ["help", "progress", "again", "", ".quit"])
    #expect(result.seen.contains("gives the next hint"))
    #expect(result.seen.contains("0 of 2 steps"))
    #expect(result.seen.components(separatedBy: "Double it.").count == 3)
    #expect(
      result.seen.contains("Type a statement, or") && result.seen.contains("Your place"))
  }

  @Test func restartBeginsAnew() {
    let result = play(exercise, ["y = 4", "restart", "", "5"])
    #expect(result.seen.components(separatedBy: "fq> x = 2").count == 3)
    #expect(result.seen.contains("That holds already") && result.seen.contains("The end"))
    #expect(!result.seen.contains("Your place is kept"))
  }

  @Test func aFullPageWaits() {
    let long = (1...30).map { "## Line \($0).\n##\n" }.joined(separator: "x = 1\n")
    #expect(!play(long, [], height: nil).seen.contains("Your place"))
    #expect(play(long, [], height: 24).seen.contains("Your place could not be kept"))
    #expect(play(long, Array(repeating: "", count: 20), height: 24).seen.contains("The end"))
  }

  @Test func aScriptThatDoesNotCheckIsRefusedAtOnce() {
    let result = play("x = 1\ny = xx + 1\n", [])
    #expect(result.seen.contains("error[F0102]") && !result.seen.contains("fq> x = 1"))
  }
}

@Suite struct GuidedLessonTests {
  private func play(_ script: String, _ lines: String...) -> String {
    let seen = Guarded<[UInt8]>([])
    let board = Blackboard(
      output: .init(), errors: .init(), width: { 80 }, height: { nil },
      write: { _, bytes in seen.change { $0 += bytes } })
    let source = Source(name: "x.fq", text: "lesson \"x\", guided: true\n" + script)
    var room = Classroom(
      Lesson(name: "x", source: source), session: Session(),
      input: ScriptedLineSource(lines.map(LineInput.text)), board: board,
      book: ProgressBook(path: nil))
    _ = room.run()
    return String(decoding: seen.read { $0 }, as: UTF8.self)
  }

  @Test func enterTypesWhatIsShown() {
    let seen = play("x = 2\nx + 1\n", "", "")
    #expect(seen.contains("type  x = 2") && seen.contains("fq> x = 2"), "\(seen)")
    #expect(seen.contains("\n3\n") && seen.contains("2 typed for you"))
  }

  @Test func theSameValueCountsHoweverItIsTyped() {
    #expect(play("x = 2\nx + 1\n", "x = 1 + 1", "3").contains("2 typed by you"))
  }

  @Test func somethingElseIsAnExperiment() {
    let seen = play("x = 2\n", "x = 3", "y = 2", "x", "x = 2")
    #expect(
      seen.components(separatedBy: "Enter types it").count == 4 && seen.contains("1 typed by you"))
  }

  @Test func skipDefinesAndGoesOn() {
    let seen = play("x = 2\nx + 1\n", "skip", "")
    #expect(seen.contains("\n3\n") && seen.contains("1 skipped"))
  }

  @Test func anInvitationShowsAMistakeAndItsRepair() {
    let seen = play("x = 2\ntry \"men([x])\"\ntry \"fix\"\n", "", "", ".vars", "fix")
    #expect(seen.contains("error[F0102]") && seen.contains("fq> mean([x])\n2\n"), "\(seen)")
    #expect(seen.contains("1 typed by you, 2 typed for you"))
  }

  @Test func aFixCountsByItsNumberAndOnlyWhereItMends() {
    let lesson = "x = 2\ntry \"men([x])\"\ntry \"fix\"\n"
    let byNumber = play(lesson, "x = 2", "men([x])", "fix 1")
    #expect(byNumber.contains("3 typed by you"), "\(byNumber)")
    // What ran in between leaves nothing to mend.
    let nothing = play(lesson, "x = 2", "men([x])", "x", "fix", "")
    #expect(nothing.contains("2 typed by you, 1 skipped"), "\(nothing)")
  }

  @Test func whatWasChangedIsSetBack() {
    let seen = play("xs = [1, 2]\nmean(xs)\ny = sum(xs)\n", "", "xs = 1%", "", "", "y")
    #expect(seen.contains("it is set back") && seen.contains("1 skipped"), "\(seen)")
  }
}
