// Answers are judged by value, as people write and round values.

import FactorLang
import FactorRuntime
import Testing

@testable import Interpreter

@Suite struct AnswerTests {
  private func verdict(
    _ typed: String, _ wanted: String, near: Double = 0
  ) throws -> Answer.Verdict {
    let given = try #require(run(typed).values.last)
    let answer = try #require(run(wanted).values.last)
    return Answer.judge(given, answer, near: near, typed: typed)
  }

  @Test(arguments: [
    ("5%", "0.05"), ("0.05", "5%"), ("500bps", "5%"), ("1/3", "0.3333333"), ("0.333", "1/3"),
    ("0.33", "1/3"), ("37.7%", "0.37682"), ("38%", "0.37682"), ("16", "16"), ("16.0", "16"),
    ("\"d\"", "\"D\""), ("\"book to market\"", "\"Book-to-Market\""), ("2020-06", "2020-06"),
    ("[1, 2]", "[1, 2]"), ("[0.3333, 2]", "[1/3, 2]"), ("na", "na"), ("3m", "3m"),
    ("true", "1 < 2"), ("-0.33", "-1/3"), ("2 * 8", "16"),
  ]) func whatIsRightCounts(typed: String, wanted: String) throws {
    #expect(try verdict(typed, wanted) == .right)
  }

  @Test(arguments: [
    ("0.3", "1/3"), ("38.9%", "0.37682"), ("15", "16"), ("16.004", "16"), ("7360", "7356"),
    ("\"C\"", "\"D\""), ("2020-05", "2020-06"), ("[1, 3]", "[1, 2]"), ("0", "na"),
    ("false", "1 < 2"),
  ]) func whatIsWrongDoesNot(typed: String, wanted: String) throws {
    #expect(try verdict(typed, wanted) != .right)
  }

  @Test(arguments: [
    ("-6.5%", "6.5%", "sign"), ("5", "5%", "unit"), ("0.65", "65", "unit"),
    ("0.51", "0.5", "Close"),
    ("[1]", "[1, 2]", "1 value where 2"), ("3", "\"D\"", "a text is wanted"),
    ("\"D\"", "2020-01", "a month such as"),
  ]) func aWrongAnswerIsToldWhatKindOfWrong(
    typed: String, wanted: String, word: String
  ) throws {
    guard case .wrong(let remark?) = try verdict(typed, wanted) else {
      Issue.record("nothing was said of \(typed)")
      return
    }
    #expect(remark.contains(word), "\(remark)")
  }

  @Test(arguments: ["toy", "toy | describe", "{a: 1}", "x -> x", "[1, 2]"])
  func whatIsNoAnswerIsAnExperiment(typed: String) throws {
    #expect(try verdict(typed, "16") == .experiment)
  }

  @Test func nearIsTheTeachersTolerance() throws {
    #expect(try verdict("0.6", "0.65", near: 0.06) == .right)
    #expect(try verdict("0.5", "0.65", near: 0.06) != .right)
  }

  @Test func yesIsTrue() {
    for (word, flag) in [("yes", true), ("Y", true), ("no", false), ("N", false)] {
      #expect(Answer.judge(.text(word), .bool(flag), near: 0, typed: "") == .right)
      #expect(Answer.judge(.text(word), .bool(!flag), near: 0, typed: "") != .right)
    }
  }

  @Test(arguments: [
    ("0.33", 0.005), ("37.7%", 0.0005), ("30bps", 0.00005), ("5", 0), ("0.3", 0), ("x", 0),
    ("-12", 0.5),
  ])
  func roundingIsHalfAUnitOfTheLastDigit(typed: String, half: Double) {
    #expect(abs(Answer.rounding(typed) - half) <= half * 1e-6)
  }
}
