// Style classes of tokens and comments.

import Testing

@testable import FactorLang

@Suite struct HighlighterTests {
  private func styles(_ text: String) -> [String] {
    let source = Source(name: "t", text: text)
    return Highlighter.highlight(source).map { "\(source.text($0.span)):\($0.style.rawValue)" }
  }

  @Test func stagesOptionsAndLiterals() {
    #expect(
      styles("p | plot.line ret, title: \"a\" # note") == [
        "p:name", "|:operatorSign", "plot:verb", ".:punctuation", "line:verb", "ret:name",
        ",:punctuation", "title:option", "::punctuation", "\"a\":string", "# note:comment",
      ])
    #expect(
      styles("x = load $k, 2004-12").map { $0.split(separator: ":").last } == [
        "name", "operatorSign", "verb", "variable", "punctuation", "date",
      ])
  }

  @Test(arguments: SamplePrograms.all)
  func spansAreInOrder(_ text: String) {
    let spans = Highlighter.highlight(Source(name: "t", text: text)).map(\.span)
    for (left, right) in zip(spans, spans.dropFirst()) { #expect(left.end <= right.start) }
  }
}
