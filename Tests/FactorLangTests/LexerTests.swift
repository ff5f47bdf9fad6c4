// The lexer: losslessness on any bytes, literals and their faults.

import Testing

@testable import FactorLang

@Suite struct LexerTests {
  static func rebuilt(_ bytes: [UInt8]) -> [UInt8] {
    let source = Source(name: "t", bytes: bytes)
    return Lexer.tokenize(source).tokens.reduce(into: []) { result, token in
      result += bytes[token.triviaSpan.start..<token.triviaSpan.end]
      result += bytes[token.start..<token.end]
    }
  }

  @Test(arguments: SamplePrograms.all)
  func triviaAndTokensAreTheSource(_ text: String) {
    #expect(Self.rebuilt(Array(text.utf8)) == Array(text.utf8))
    #expect(Lexer.tokenize(Source(name: "t", text: text)).findings.isEmpty)
  }

  @Test func anyBytesAreReproduced() {
    var random = Seeded(state: 7)
    for _ in 0..<300 {
      let bytes = (0..<120).map { _ in random.byte() }
      #expect(Self.rebuilt(bytes) == bytes)
    }
  }

  @Test(arguments: [
    ("1_000_000", "1000000"), ("250mn", "250000000"), ("12k", "12000"), ("2bn", "2000000000"),
    ("0.3", "0.3"), ("2e-4", "0.0002"), ("1.5mn", "1500000.0"), ("12.5%", "0.125%"),
    ("30bps", "0.003bps"), ("0.30%", "0.003%"), ("2004-12", "2004m12"),
    ("2004-12-31", "2004m12d31"), ("2004Q4", "2004q4"), ("12m", "12.m"), ("3y", "3.y"),
    ("1q", "1.q"), ("5d", "5.d"), ("2w", "2.w"), ("90s", "90.s"), ("10min", "10.min"),
    ("2h", "2.h"), ("50ms", "50.ms"), ("na", "na"), ("true", "true"),
    ("2004 - 13", "(- 2004 13)"), ("1..6", "(.. 1 6)"), ("1990-01..2004-12", "(.. 1990m1 2004m12)"),
    ("2005-01..", "(.. 2005m1 _)"), ("1..<6", "(..< 1 6)"), ("2004-1", "(- 2004 1)"),
    ("12004-12", "(- 12004 12)"), ("a-2004-12", "(- (- a 2004) 12)"),
    (#""a\tb\u{3b1}\{x\}""#, "'a\tb\u{3b1}{x}'"), (#"r"a\n{x}""#, #"'a\n{x}'"#),
    ("\"\"\"\n  one\n  two\n  \"\"\"", "'one\ntwo'"), (#""""say "hi" now""""#, #"'say "hi" now'"#),
    (#""K = {k}""#, "(str 'K = ' {k} '')"), (#""{x:.2} {y:%}""#, "(str '' {x:.2} ' ' {y:%} '')"),
    (#""{m:mmm yyyy}""#, "(str '' {m:mmm yyyy} '')"), ("`Book/Market`", "Book/Market"),
    (#""{f({k: 1}, a: "x{y}")}""#, "(str '' {(call f {k:1} a:(str 'x' {y} ''))} '')"),
  ])
  func literalsRead(_ text: String, _ tree: String) {
    #expect(TreePrinter.print(text) == tree)
  }

  @Test(arguments: [
    ("2004-13", "F0003"), ("2004-02-30", "F0003"), ("2004Q5", "F0003"), ("12x", "F0004"),
    ("10M", "F0004"), ("1.5y", "F0004"), ("99999999999999999999", "F0004"), ("'a'", "F0001"),
    ("a && b", "F0001"), ("\"abc\n1", "F0002"), ("\"a\\q\"", "F0005"), ("$ x", "F0006"),
    ("`a", "F0006"), ("a “ b", "F0001"), ("x = \"{a\ny = 1", "F0002"),
  ])
  func faultsAreNamed(_ text: String, _ code: String) {
    #expect(Parser.parse(text).diagnostics.map(\.code.rawValue) == [code])
  }

  @Test func commentsCellsAndProseAreTrivia() {
    let source = Source(name: "t", text: "#%% One\n## prose\nx # note\n")
    let tokens = Lexer.tokenize(source).tokens
    #expect(source.pieces(before: tokens[0]).map(\.kind) == [.cell, .newline, .prose, .newline])
    #expect(tokens[0].trivia.contains(.cell))
    #expect(source.pieces(before: tokens[1]).map(\.kind) == [.space, .comment, .newline])
  }
}

/// A small generator for repeatable fuzz.
struct Seeded {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state >> 33
  }
  mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: next()) }
  mutating func below(_ limit: Int) -> Int { limit > 0 ? Int(next() % UInt64(limit)) : 0 }
}
