// Lines, columns and marked spans.

import TestSupport
import Testing

@testable import FactorLang

@Suite struct SourceTests {
  @Test func columnsCountScalars() {
    let source = Source(name: "t", text: "aé日\n\nx", firstLine: 10)
    #expect(source.lineColumn(at: 6) == LineColumn(line: 10, column: 4))
    #expect(source.lineColumn(at: 8) == LineColumn(line: 12, column: 1))
    #expect(source.describe(99) == "t:12:2")
    #expect(source.lineSpan(0) == Span(0, 6))
  }

  @Test func spansJoinAndContain() {
    #expect(Span(2, 4).union(Span(7, 9)) == Span(2, 9))
    #expect(Span(2, 4).contains(3) && !Span(2, 4).contains(4))
    #expect(Span(5, 1) == Span(5, 5))
  }

  @Test func marksAreTakenOut() {
    let marked = MarkedSource("a <1>b <2>c</2></1> d<3/>")
    #expect(marked.text == "a b c d")
    #expect(marked[1] == Span(2, 5) && marked[2] == Span(4, 5) && marked[3] == Span(7, 7))
  }
}
