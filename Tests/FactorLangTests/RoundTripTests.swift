// Parse, write, parse: the same tree and the same comments, and nothing left to change.

import TestSupport
import Testing

@testable import FactorLang

@Suite struct RoundTripTests {
  @Test(arguments: SamplePrograms.all)
  func exampleScriptsSurvive(_ text: String) {
    ReaderCheck.roundTrip(Parser.parse(text))
  }

  @Test func programsOfTheRepositorySurvive() {
    for file in FuzzInputs.programs() {
      let program = Parser.parse(Source(name: file.path, bytes: file.bytes))
      if program.diagnostics.isEmpty { ReaderCheck.roundTrip(program) }
    }
  }

  @Test(arguments: [false, true])
  func generatedProgramsSurvive(_ isMessy: Bool) {
    var generator = ProgramGenerator(seed: isMessy ? 5 : 4, isMessy: isMessy)
    for _ in 0..<FuzzInputs.count(500) {
      let text = generator.program()
      let program = Parser.parse(text)
      #expect(program.verdict == .complete, "\(text)")
      ReaderCheck.roundTrip(program)
    }
  }

  @Test func equalSeedsGiveEqualPrograms() {
    var first = ProgramGenerator(seed: 9, isMessy: true)
    var second = ProgramGenerator(seed: 9, isMessy: true)
    for _ in 0..<20 { #expect(first.program() == second.program()) }
  }
}
