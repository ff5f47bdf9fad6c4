// The program text that the reader of the language is measured with.

import FactorLang
import Testing

@testable import Interpreter

@Suite struct LanguageCorpusTests {
  @Test func aMegabyteOfProgramIsWhole() {
    let text = LanguageCorpus.megabyte()
    #expect(text.utf8.count >= 1_000_000 && text.utf8.count < 1_010_000)
    let program = Parser.parse(text)
    #expect(program.verdict == .complete && program.statements.count > 10_000)
  }
}
