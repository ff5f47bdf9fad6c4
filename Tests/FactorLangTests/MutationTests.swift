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
    // A normal run takes every fifth slip of a long program.
    let slips = TokenMutations(of: bytes(path))
    let step = FuzzInputs.isLong || slips.count < 300 ? 1 : 5
    for index in stride(from: 0, to: slips.count, by: step) {
      ReaderCheck.inspect(slips[index], diagnosticLimit: 3)
    }
  }

  @Test(arguments: programs)
  func everyBeginningIsCompleteOrIncomplete(_ path: String) {
    let whole = bytes(path)
    guard Parser.parse(Source(name: path, bytes: whole)).verdict == .complete else { return }
    expectBeginnings(whole, step: FuzzInputs.isLong || whole.count < 600 ? 1 : 5)
  }

  @Test func everyBeginningOfAGeneratedProgramIsCompleteOrIncomplete() {
    var generator = ProgramGenerator(seed: 21, isMessy: true, statementLimit: 3)
    for _ in 0..<FuzzInputs.count(30) / (FuzzInputs.isLong ? 10 : 1) {
      expectBeginnings(Array(generator.program().utf8), step: 1)
    }
  }

  /// Checks the beginnings that end between two tokens.
  private func expectBeginnings(_ whole: [UInt8], step: Int) {
    let tokens = Lexer.tokenize(Source(name: "t", bytes: whole)).tokens
    for index in stride(from: 0, to: tokens.count, by: step) {
      let beginning = Array(whole[..<tokens[index].end])
      let verdict = Parser.parse(Source(name: "t", bytes: beginning)).verdict
      #expect(verdict != .invalid, "\(String(decoding: beginning, as: UTF8.self))")
    }
  }
}
