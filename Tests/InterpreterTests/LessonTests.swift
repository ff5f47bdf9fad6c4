// Lessons run as scripts: what is said is printed, what is expected is checked.

import FactorLang
import FactorRuntime
import Testing

@testable import Interpreter

@Suite struct LessonTests {
  @Test func whatIsSaidAndAskedIsPrinted() {
    let result = run(
      """
      x = 2
      say "x is {x}"
      pause
      ask "Which firm is largest?", answer: (toy[2000-01] | top 1, by: size).id
      hint "Look at the largest value."
      """)
    #expect(result.status == .done, "\(result.diagnostics.map(\.message))")
    #expect(
      result.values.map(ValueText.short) == ["x is 2", "Which firm is largest?", "  answer: 29"])
  }

  @Test(arguments: [
    "x = [1/3, 2/3]\nexpect x == [0.333, 0.667], near: 1e-3", "expect 2 + 2 == 4",
    "x = [1, na]\nexpect x == [1, na]", "expect \"a\" != \"b\"", "expect 3 in 1..4", "expect true",
    "p = toy[2000-01]\nexpect p.ret == p.ret", "x = [1, 2]\nexpect x > 0",
    "expect 2000-01 + 1m == 2000-02",
  ]) func whatHoldsPassesSilently(text: String) {
    let result = run(text)
    #expect(result.status == .done, "\(result.diagnostics.map(\.message))")
    #expect(result.values.isEmpty)
  }

  @Test(arguments: [
    ("x = [1, 2, 3]\nexpect x == [1, 5, 3]", ["2", "2", "5"]), ("expect 0.1 + 0.2 == 0.3", ["0.3"]),
    ("x = [1, 2]\nexpect x == [1]", ["2 values on the left, 1 on the right"]),
    ("x = [1, na]\nexpect x == [1, 2]", ["na", "2"]), ("expect false", ["false"]),
    ("expect 5 in 1..4", ["5", "1..4"]),
  ]) func whatFailsShowsBothSides(text: String, words: [String]) {
    let result = run(text)
    #expect(result.codes == ["F0701"], "\(result.diagnostics.map(\.message))")
    let shown = result.diagnostics.map { ([$0.message] + $0.data).joined(separator: "\n") }.joined()
    for word in words { #expect(shown.contains(word), "\(shown)") }
  }

  @Test func theStatusIsThatOfAnAssertion() {
    let source = Source(name: "a.fq", text: "expect 1 == 2\n")
    #expect(Batch.run(source, in: Session(), to: EventList()) == .assertion)
  }

  @Test func dotsStackWhereValuesMeet() {
    let result = run(
      "panel(firm: [\"A\", \"B\", \"C\"], month: 2020-01, x: [1, 1, 9]) | plot.dots x")
    guard case .plot(let plot)? = result.values.last else {
      Issue.record("\(result.diagnostics.map(\.message))")
      return
    }
    #expect(plot.scene.series[0].xs == [1, 1, 9] && plot.scene.series[0].ys == [1, 2, 1])
    let lines = plot.display(DisplayOptions())
    #expect(Set(lines.map { TextWidth.of($0) }).count == 1)
    #expect(lines.joined().count { $0 == "●" } == 3)
    #expect(SVGWriter.text(plot.scene).contains("<circle"))
  }
}
