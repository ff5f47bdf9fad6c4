// Certain fixes are written into the text; overlapping, uncertain and foreign ones are left.

import Testing

@testable import FactorLang

@Suite struct FixApplierTests {
  private func diagnostic(_ source: Source, _ fixes: Fix...) -> Diagnostic {
    Diagnostic(
      .unknownName, "m", at: Label(source, Span(0, 1)),
      helps: fixes.map { Help($0.title, fix: $0) })
  }

  private func fix(_ source: Source, _ edits: (Int, Int, String)..., certain: Bool = true) -> Fix {
    let title = edits.map(\.2).joined(separator: "+")
    return Fix(title, edits.map { Edit(source, Span($0.0, $0.1), $0.2) }, isCertain: certain)
  }

  @Test func fixesOfARealProgramAreApplied() {
    let source = Source(name: "t", text: "x = 'a'\np | where ret = 1\ny: 2\nz = 2004-13\n")
    let result = FixApplier.apply(Parser.parse(source).diagnostics, to: source)
    #expect(result.text.contains("x = \"a\"\n") && result.text.contains("z = 2004-12"))
    #expect(result.applied.count >= 2)
  }

  @Test func editsKeepTheirPlacesWhateverTheirOrder() {
    let source = Source(name: "t", text: "abcdef")
    let diagnostics = [
      diagnostic(source, fix(source, (0, 1, "AAA"))), diagnostic(source, fix(source, (5, 6, ""))),
      diagnostic(source, fix(source, (2, 3, "CC"), (3, 3, "+"))),
    ]
    let result = FixApplier.apply(diagnostics, to: source)
    #expect(result.text == "AAAbCC+de" && result.applied == ["AAA", "", "CC++"])
  }

  @Test func onlyTheFirstOfOverlappingFixesIsTaken() {
    let source = Source(name: "t", text: "abcdef")
    let diagnostics = [
      diagnostic(source, fix(source, (1, 3, "X"))), diagnostic(source, fix(source, (2, 4, "Y"))),
      diagnostic(source, fix(source, (1, 1, "Z"))), diagnostic(source, fix(source, (3, 4, "W"))),
    ]
    let result = FixApplier.apply(diagnostics, to: source)
    #expect(result.text == "aXWef" && result.applied == ["X", "W"])
  }

  @Test func uncertainAndForeignFixesAreLeft() {
    let source = Source(name: "t", text: "abc")
    let other = Source(name: "u", text: "abc")
    let diagnostics = [
      diagnostic(source, fix(source, (0, 1, "X"), certain: false)),
      diagnostic(source, fix(other, (0, 1, "Y"))), diagnostic(source, fix(source, (0, 9, "Z"))),
      diagnostic(source),
      diagnostic(source, fix(source, (2, 3, "V"), certain: false), fix(source, (1, 2, "B"))),
    ]
    #expect(FixApplier.apply(diagnostics, to: source) == ("aBc", ["B"]))
  }
}
