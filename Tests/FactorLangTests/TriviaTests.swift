// The pieces between tokens: which lines are prose, cells, recorded output or plain comments.

import Testing

@testable import FactorLang

@Suite struct TriviaTests {
  private func kinds(_ text: String) -> [TriviaPiece.Kind] {
    let source = Source(name: "t", text: text)
    return Lexer.tokenize(source).tokens.flatMap(source.pieces)
      .map(\.kind).filter { $0 != .space && $0 != .newline }
  }

  @Test func recordedLinesAreTheirOwnKind() {
    let text = "#!/usr/bin/env fq\n1 + 1\n#> 2\n  #> 3\n#! 1-5 wrong\n## why\n# note\n#%% Cell"
    let expected: [TriviaPiece.Kind] = [
      .shebang, .output, .output, .diagnostic, .prose, .comment, .cell,
    ]
    #expect(kinds(text) == expected)
  }

  @Test func onlyTheHeadOfALineCanRecord() {
    #expect(kinds("x #> 1\ny #! no\nz #%% no") == [.comment, .comment, .comment])
  }

  @Test func aShebangStandsAtTheHeadOfTheSource() {
    #expect(kinds(" #!a\n1") == [.diagnostic])
    #expect(kinds("\n#!a\n1") == [.diagnostic])
    #expect(kinds("\u{FEFF}#!a\n1") == [.shebang])
    #expect(kinds("\u{FEFF}#%% a\n1") == [.cell])
  }

  @Test func recordedLinesAreNeitherProseNorCode() {
    let program = Parser.parse("## about\nx = 1\n#> ## shown\n#! #%% told\ny = 2\n")
    #expect(program.cells.count == 1 && program.statements.count == 2)
    #expect(program.cells[0].prose.map(\.text) == ["about"])
    #expect(program.verdict == .complete)
  }

  @Test func wordsLoseTheirMarks() {
    let source = Source(name: "t", text: "#>  a b \r\n#! c\n#%% d\n")
    let pieces = Lexer.tokenize(source).tokens.flatMap(source.pieces)
    let words = pieces.filter { $0.kind != .newline && $0.kind != .space }.map(source.words)
    #expect(words == ["a b", "c", "d"])
  }

  @Test func recordedLinesHaveStyles() {
    let source = Source(name: "t", text: "#!fq\n1\n#> 1\n#! no\n")
    let styles = Highlighter.highlight(source).map(\.style)
    #expect(styles == [.comment, .number, .output, .diagnostic])
  }
}
