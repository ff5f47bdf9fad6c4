// Progress survives sessions, torn lines, damage, and places where nothing can be written.

import FactorRuntime
import Foundation
import Testing

@testable import Interpreter

@Suite struct ProgressBookTests {
  @Test func stepsAreThereInTheNextSession() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/deep/er/progress.jsonl"
    let book = ProgressBook(path: path)
    book.note("a", of: "ranks", .solved)
    book.note("b", of: "ranks", .revealed)
    book.note("a", of: "cvra", .skipped)
    let again = ProgressBook(path: path)
    #expect(again.steps(of: "ranks") == ["a": .solved, "b": .revealed])
    #expect(again.steps(of: "cvra") == ["a": .skipped])
    #expect(!again.isFinished("ranks"))
  }

  @Test func aLessonThatBeginsAnewHasNoStepsButWasFinished() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/progress.jsonl"
    let book = ProgressBook(path: path)
    book.note("a", of: "ranks", .solved)
    book.finish("ranks")
    book.begin("ranks")
    let again = ProgressBook(path: path)
    #expect(again.steps(of: "ranks").isEmpty && again.isFinished("ranks"))
  }

  @Test(arguments: [
    "", "\n", "{", "[]\n", "null\n", "{\"lesson\":3}\n", "\u{0}\u{1}\n",
    "{\"lesson\":\"ranks\",\"step\":\"x\",\"how\":\"dreamt\"}\n",
    "{\"lesson\":\"ranks\",\"step\":\"x\"",
    "{\"lesson\":\"ranks\",\"step\":{},\"how\":\"solved\"}\n",
  ]) func aDamagedFileIsReadAsFarAsItGoes(damage: String) throws {
    let folder = try TemporaryFolder()
    let good = "{\"lesson\":\"ranks\",\"step\":\"a\",\"how\":\"solved\",\"time\":1}\n"
    let path = try folder.write("progress.jsonl", good + damage)
    let book = ProgressBook(path: path)
    #expect(book.steps(of: "ranks") == ["a": .solved])
    book.note("b", of: "ranks", .solved)
    // What was torn does not swallow the next line.
    #expect(ProgressBook(path: path).steps(of: "ranks") == ["a": .solved, "b": .solved])
  }

  @Test func twoSessionsLoseNothing() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/progress.jsonl"
    let (one, other) = (ProgressBook(path: path), ProgressBook(path: path))
    one.note("a", of: "ranks", .solved)
    other.note("b", of: "ranks", .solved)
    #expect(ProgressBook(path: path).steps(of: "ranks").count == 2)
  }

  @Test func whereNothingCanBeWrittenTheLessonGoesOn() {
    for path in ["/proc/none/progress.jsonl", nil] {
      let book = ProgressBook(path: path)
      book.note("a", of: "ranks", .solved)
      #expect(book.steps(of: "ranks") == ["a": .solved])
    }
  }

  @Test func theFileIsBesideTheHistory() {
    func path(_ settings: [String: String]) -> String? {
      ProgressBook.usualPath { settings[$0] }
    }
    #expect(path(["FQ_PROGRESS": "/x/p", "HOME": "/h"]) == "/x/p")
    #expect(path(["FQ_PROGRESS": "", "HOME": "/h"]) == nil)
    #expect(path(["XDG_STATE_HOME": "/s", "HOME": "/h"]) == "/s/fq/progress.jsonl")
    #expect(path(["HOME": "/h"]) == "/h/.local/state/fq/progress.jsonl")
    #expect(path([:]) == nil)
  }

  @Test func theListSaysHowFarOneIs() throws {
    let book = ProgressBook(path: nil)
    let ranks = try #require(LessonShelf.lesson("ranks"))
    book.note(ranks.keys[0], of: "ranks", .solved)
    book.note("a step that is gone", of: "ranks", .solved)
    for key in try #require(LessonShelf.lesson("prompt")).keys {
      book.note(key, of: "prompt", .skipped)
    }
    book.finish("cvra")
    let lines = TeachCommand.list(book)
    func line(_ name: String) -> String { lines.first { $0.contains("  \(name) ") } ?? "" }
    #expect(line("ranks").hasSuffix("1 of \(ranks.keys.count)"))
    #expect(line("prompt").hasSuffix("done") && line("cvra").hasSuffix("done"))
    #expect(line("honest").contains("Honest evaluation") && line("honest").hasSuffix("min  "))
    #expect(lines.allSatisfy { TextWidth.of($0) <= 80 })
  }
}
