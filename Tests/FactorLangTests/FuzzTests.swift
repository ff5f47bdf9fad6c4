// Survival and decency on wrong input: mutations, random bytes, depth.

import Testing

@testable import FactorLang

@Suite struct FuzzTests {
  private func inspect(_ bytes: [UInt8], limit: Int? = nil) {
    let source = Source(name: "fuzz", bytes: bytes)
    let checked = Checker.check(Parser.parse(source), catalog: FakeCatalog())
    for diagnostic in checked.program.diagnostics {
      #expect(diagnostic.span.end <= bytes.count && !diagnostic.message.isEmpty)
      #expect(!Renderer().render(diagnostic).isEmpty)
    }
    if let limit {
      let count = checked.program.diagnostics.count
      #expect(count <= limit, "\(count) in \(String(decoding: bytes, as: UTF8.self))")
    }
    if checked.program.verdict == .complete { #expect(checked.program.diagnostics.isEmpty) }
    if checked.program.verdict == .invalid { #expect(!checked.program.diagnostics.isEmpty) }
  }

  @Test(arguments: SamplePrograms.all)
  func mutationsGiveFewDiagnostics(_ text: String) {
    let source = Source(name: "t", text: text)
    let pieces = Lexer.tokenize(source).tokens.map { token in
      Array(source.bytes[token.triviaSpan.start..<token.end])
    }
    for index in pieces.indices.dropLast() {
      var dropped = pieces
      dropped.remove(at: index)
      inspect(dropped.flatMap { $0 }, limit: 3)
      var doubled = pieces
      doubled.insert(pieces[index], at: index)
      inspect(doubled.flatMap { $0 }, limit: 3)
      var swapped = pieces
      swapped.swapAt(index, index + 1)
      inspect(swapped.flatMap { $0 }, limit: 3)
    }
  }

  @Test func randomBytesNeverTrap() {
    var random = Seeded(state: 42)
    for _ in 0..<400 { inspect((0..<random.below(200)).map { _ in random.byte() }) }
  }

  @Test func randomTokensNeverTrap() {
    var random = Seeded(state: 3)
    let words =
      TokenKind.spellings.values.sorted() + [
        "x", "p", "$k", "\"a{", "}b\"", "1", "2004-12", "fn", "use", "param", "#%%", "\n", "3m",
        "\"\"\"",
      ]
    for _ in 0..<1500 {
      let text = (0..<random.below(30)).map { _ in words[random.below(words.count)] + " " }
      inspect(Array(text.joined().utf8))
    }
  }

}
