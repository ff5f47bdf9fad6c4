// Depth and length of what is parsed: one limit for every construct, and a clean end far beyond it.

import Testing

@testable import FactorLang

@Suite struct NestingTests {
  static let openers = [
    "(", "[", "{", "-", "not ", "if a then ", "f(", "{x: ", "x -> ", "p | each { ", "p | f (", "2^",
    "\"{", "for x in a { ", "a catch ", "..1 by ", "{ param x = {", "{ fn f() = ", "{ fn f(a = {",
  ]

  @Test(arguments: openers)
  func nestingFarBeyondTheLimitIsRefused(_ opener: String) {
    let program = Parser.parse(String(repeating: opener, count: 20_000))
    #expect(program.diagnostics.contains { $0.code == .tooDeep || $0.code == .unterminatedString })
    #expect(program.diagnostics.count <= 3)
  }

  @Test(arguments: ["(", "[", "{", "-", "if a then ", " | a"])
  func aMillionLevelsEndInOneLocatedErrorAtOnce(_ opener: String) {
    let clock = ContinuousClock()
    let text = "p" + String(repeating: opener, count: 1_000_000)
    var diagnostics: [Diagnostic] = []
    let time = clock.measure { diagnostics = Parser.parse(text).diagnostics }
    #expect(diagnostics.count == 1 && diagnostics.first.map { $0.span.start > 0 } == true)
    #expect(time < .seconds(10))
  }

  /// The opener, the middle and the closer of one level of each construct.
  static let constructs = [
    ["(", "1", ")"], ["[", "1", "]"], ["{", "1", "}"], ["-", "1", ""], ["f(", "1", ")"],
    ["if a then ", "1", " else 2"], ["x -> ", "1", ""], ["{x: ", "1", "}"],
    ["p | each { ", "1", " }"], ["for x in a { ", "1", " }"], ["a[", "1", "]"],
  ]

  @Test(arguments: constructs)
  func everyConstructCountsOnce(_ parts: [String]) {
    func nested(_ depth: Int) -> Program {
      Parser.parse(
        String(repeating: parts[0], count: depth) + parts[1]
          + String(repeating: parts[2], count: depth))
    }
    #expect(nested(Parser.nestingLimit - 1).verdict == .complete)
    #expect(nested(Parser.nestingLimit).diagnostics.map(\.code) == [.tooDeep])
  }

  @Test func longChainsAreRefused() {
    let sum = Parser.parse("x = 1" + String(repeating: " + 1", count: 20_000))
    #expect(sum.diagnostics.map(\.code) == [.tooLong])
    let members = Parser.parse("x" + String(repeating: ".a", count: 20_000))
    #expect(members.diagnostics.map(\.code) == [.tooLong])
    let stages = Parser.parse("p" + String(repeating: " | take 1", count: Parser.stageLimit + 1))
    #expect(stages.diagnostics.map(\.code) == [.tooLong])
  }

  @Test func aLongPipelineIsFine() {
    let stages = Parser.parse("p" + String(repeating: " | take 1", count: Parser.stageLimit))
    #expect(stages.verdict == .complete)
  }

  @Test(arguments: ["p | f (a b;", "x = (1;\n", "[1, (2 ", "(\n", "#%%\n(", "{ a = 1; "])
  func recoveryIsLinearInTheLengthOfTheText(_ piece: String) {
    let program = Parser.parse(String(repeating: piece, count: 50_000))
    #expect(!program.diagnostics.isEmpty && program.diagnostics.count <= Parser.diagnosticLimit)
  }
}
