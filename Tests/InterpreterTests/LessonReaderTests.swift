// What a lesson makes of a script: what is shown, what is a solution, what is asked.

import FactorLang
import FactorRuntime
import Testing

@testable import Interpreter

@Suite struct LessonReaderTests {
  private func lesson(_ text: String) -> Lesson {
    Lesson(name: "x", source: Source(name: "x.fq", text: text))
  }

  private func kinds(_ text: String) -> [String] {
    let lesson = lesson(text)
    return lesson.parts.flatMap(\.items).map { item in
      switch item {
      case .prose(let lines): "prose \(lines.count)"
      case .code(let step): "code " + lesson.text(step.statement)
      case .speech: "speech"
      case .pause: "pause"
      case .invitation: "try"
      case .question(let question): "ask, \(question.hints.count) hints"
      case .exercise(let exercise):
        "exercise of \(exercise.solution.count), \(exercise.claims.count) claims, \(exercise.hints.count) hints"
      }
    }
  }

  @Test func statementsAboveAnExpectAreItsSolution() {
    #expect(
      kinds("a = 1\nb = 2\nexpect a == 1\nexpect b == 2\nhint \"x\"\nhint \"y\"\n") == [
        "exercise of 2, 2 claims, 2 hints"
      ])
  }

  @Test(arguments: ["## Now you.", "pause", "say \"x\"", "ask \"x\", answer: 1", "#%% Next"])
  func whatStandsBetweenEndsTheDemonstration(separator: String) {
    let found = kinds("a = 1\n\(separator)\nb = 2\nexpect b == 2\n")
    #expect(found.first == "code a = 1" && found.last == "exercise of 1, 1 claims, 0 hints")
  }

  @Test func anExpectAloneIsNoExercise() {
    let lesson = lesson("a = 1\n## Look:\nexpect a == 1\n")
    #expect(lesson.keys.isEmpty)
  }

  @Test func hintsBelongToWhatStandsAboveThem() {
    #expect(
      kinds("hint \"lost\"\nask \"x\", answer: 1\nhint \"one\"\na = 1\nhint \"lost\"\n") == [
        "ask, 1 hints", "code a = 1",
      ])
  }

  @Test func theCardIsRead() {
    let card = lesson("lesson \"Sorts\", minutes: 7, reveal: false, guided: true\na = 1\n")
    #expect(card.title == "Sorts" && card.minutes == 7 && !card.canReveal && card.isGuided)
    let plain = lesson("#%% First\na = 1\n")
    #expect(plain.title == "First" && plain.minutes == nil && plain.canReveal && !plain.isGuided)
    #expect(lesson("a = 1\n").title == "x")
  }

  @Test func wordsOnAStatementsOwnLineAreNoProse() {
    #expect(kinds("a = 1  ## one\n") == ["code a = 1"])
  }

  @Test func stepsKeepTheirNamesWhenALessonGrows() {
    let old = lesson("ask \"x\", answer: 1\nask \"y\", answer: 2\n").keys
    let new = lesson(
      "## New words.\nask \"w\", answer: 0\nask \"x\", answer: 1\nask \"y\", answer: 2\n"
    ).keys
    #expect(Array(new.dropFirst()) == old && Set(new).count == 3)
    let twice = lesson("ask \"x\", answer: 1\nask \"x\", answer: 1\n").keys
    #expect(Set(twice).count == 2)
  }

  @Test(arguments: LessonShelf.names) func lessonsOfTheHouseAreWhole(name: String) throws {
    let lesson = try #require(LessonShelf.lesson(name))
    let checked = Session().check(lesson.source)
    #expect(checked.isRunnable && checked.diagnostics.isEmpty)
    #expect(lesson.minutes != nil && !lesson.parts.isEmpty && lesson.keys.count >= 4)
    let text = lesson.source.text(Span(0, lesson.source.bytes.count))
    #expect(Formatter.format(Parser.parse(lesson.source)) == text, "\(name) is not laid out")
    for item in lesson.parts.flatMap(\.items) where !lesson.isGuided {
      switch item {
      case .question(let question):
        #expect(question.hints.count >= 2, "\(lesson.text(question.verb.statement))")
      case .exercise(let exercise) where !exercise.solution.isEmpty:
        #expect(exercise.hints.count >= 2)
        #expect(exercise.solution.count >= 1)
      default: break
      }
    }
  }

  @Test func lessonsAreFoundByNameNumberAndFile() throws {
    #expect(try LessonShelf.find("ranks").name == "ranks")
    #expect(try LessonShelf.find("2").name == "ranks")
    let folder = try TemporaryFolder()
    let path = try folder.write("mine.fq", "lesson \"Mine\"\n")
    #expect(try LessonShelf.find(path).title == "Mine")
    #expect(throws: UsageError.self) { try LessonShelf.find("rank") }
    do { _ = try LessonShelf.find("rnaks") } catch {
      #expect(error.message.contains("ranks"))
    }
    #expect(throws: UsageError.self) { try LessonShelf.find("none.fq") }
  }
}
