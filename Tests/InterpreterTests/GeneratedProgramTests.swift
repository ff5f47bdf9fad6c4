// Whole programs by chance: each ends in values or in located diagnostics, and never in a fault of
// fq itself.

import FactorLang
import TestSupport
import Testing

@testable import Interpreter

@Suite struct GeneratedProgramTests {
  @Test func everyProgramEndsInAValueOrADiagnostic() {
    var generator = ProgramGenerator(seed: 12, statementLimit: 6)
    for _ in 0..<FuzzInputs.count(60) {
      let text = generator.program()
      let result = run(text)
      #expect(!result.codes.contains(Code.internalFault.rawValue), "\(text)")
      let isTold = result.diagnostics.contains(where: \.isError)
      #expect(result.status == .done || isTold, "\(text)")
      for diagnostic in result.diagnostics {
        #expect(diagnostic.span.end <= diagnostic.source.bytes.count, "\(text)")
      }
    }
  }

  @Test func mostProgramsCheck() {
    var generator = ProgramGenerator(seed: 13, statementLimit: 6)
    let results = (0..<60).map { _ in run(generator.program()) }
    let sound = results.filter { $0.status == .done }.count
    #expect(sound > 54, "\(sound) of 60; \(results.flatMap(\.codes))")
  }
}
