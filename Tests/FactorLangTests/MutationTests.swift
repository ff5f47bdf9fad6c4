// Every program of the repository with one slip, and every beginning of it.

import TestSupport
import Testing

@testable import FactorLang

@Suite struct MutationTests {
  static let programs = FuzzInputs.programs().map(\.path)
  private static let texts = Dictionary(
    uniqueKeysWithValues: FuzzInputs.programs().map { ($0.path, $0.bytes) })

  private func bytes(_ path: String) -> [UInt8] { Self.texts[path] ?? [] }

  @Test func theRepositoryHasPrograms() { #expect(Self.programs.count >= 10) }

  @Test(arguments: programs)
  func oneSlipGivesAtMostThreeLocatedDiagnostics(_ path: String) {
    let slips = TokenMutations(of: bytes(path))
    for index in FuzzInputs.places(slips.count, atMost: 20, of: path) {
      ReaderCheck.inspect(slips[index], diagnosticLimit: 3)
    }
  }

  @Test(arguments: programs)
  func everyBeginningIsCompleteOrIncomplete(_ path: String) {
    let whole = bytes(path)
    guard Parser.parse(Source(name: path, bytes: whole)).verdict == .complete else { return }
    expectBeginnings(whole, of: path)
  }

  @Test func everyBeginningOfAGeneratedProgramIsCompleteOrIncomplete() {
    var generator = ProgramGenerator(seed: 21, isMessy: true, statementLimit: 3)
    for _ in 0..<(FuzzInputs.isLong ? FuzzInputs.count(0) / 10 : 30) {
      expectBeginnings(Array(generator.program().utf8), atMost: .max, of: "generated")
    }
  }

  /// Checks the beginnings that end between two tokens.
  private func expectBeginnings(_ whole: [UInt8], atMost few: Int = 20, of name: String) {
    let tokens = Lexer.tokenize(Source(name: "t", bytes: whole)).tokens
    for index in FuzzInputs.places(tokens.count, atMost: few, of: name) {
      let beginning = Array(whole[..<tokens[index].end])
      let verdict = Parser.parse(Source(name: "t", bytes: beginning)).verdict
      #expect(verdict != .invalid, "\(String(decoding: beginning, as: UTF8.self))")
    }
  }
}
