// Values of expressions and statements, as a user would type them.

import FactorLang
import Testing

@testable import Interpreter

@Suite struct EvaluatorTests {
  @Test(arguments: [
    ("1 + 1", "2"), ("7 / 2", "3.5"), ("2 ^ 10", "1,024"), ("-2 ^ 2", "-4"),
    ("30bps == 0.30%", "true"),
    ("12.5%", "12.5%"), ("2004-12 + 3m", "2005-03"), ("2004-12-31 + 1m", "2005-01-31"),
    ("month(2004-12-31) == 2004-12", "true"), ("12y / 3m", "48"), ("1 / 0", "na"),
    ("log(-1)", "na"),
    ("na + 1", "na"), ("na is na", "true"), ("false and na", "false"), ("true or na", "true"),
    ("true and na", "na"), ("3 in 1..6", "true"), ("6 in 1..<6", "false"), ("2 in [1, 2]", "true"),
    ("1 < 2 <= 2", "true"), ("if 1 > 2 then \"a\" else \"b\"", "b"), ("na ?? 5", "5"),
    ("[1, 2, 3][2]", "2"), ("{k: 5, name: \"x\"}.k", "5"), ("{..{a: 1, b: 2}, b: 3}.b", "3"),
    ("for x in 1..3 { x * x }", "[1, 4, 9]"), ("(x -> x + 1)(2)", "3"), ("mean([1, na, 3])", "2"),
    ("\"K = {2 + 3}\"", "K = 5"), ("\"{1/3:.2} {0.003:bps}\"", "0.33 30bps"),
    ("250mn", "250,000,000"),
    ("round(3.14159, 2)", "3.14"), ("mod(-7, 3)", "2"), ("div(-7, 2)", "-4"),
    ("abs(-30bps)", "30bps"),
    ("[1][5] catch 9", "9"), ("[1][5] catch e -> e.code", "F0405"),
    ("9223372036854775807 + 1", "9.223e18"), ("2004Q4 + 1q", "2005Q1"),
    ("1..10 by 3", "1..10 by 3"), ("not (1 == 2)", "true"), ("3m in 1m..6m", "true"),
  ]) func expressionGives(text: String, expected: String) {
    let result = run(text)
    #expect(result.status == .done, "\(result.diagnostics.map(\.message))")
    #expect(result.shown == expected)
  }

  @Test func functionsAndClosuresArePure() {
    let result = run(
      "k = 2\nfn scaled(x, by = 10) = x * by * k\nk = 3\nscaled(1)\nscaled(2, by: 5)")
    #expect(result.values.map(ValueText.short) == ["20", "20"])
  }

  @Test func userNamesBeatBuiltIns() {
    #expect(run("fn mean(x) = 42\nmean([1])").shown == "42")
  }

  @Test func callsNestedTooDeepEndInADiagnosticWithTheirFrames() {
    let result = run("f = (g, n) -> if n == 0 then 0 else g(g, n - 1)\nf(f, 900)\nf(f, 100000)")
    #expect(result.values.map(ValueText.short) == ["0"])
    #expect(result.codes.first == "F0904")
    #expect(result.diagnostics.first?.notes.count == 11)
  }

  @Test func recursionIsRefused() {
    let result = run("fn f(n) = if n == 0 then 0 else f(n - 1)\nf(100000)")
    #expect(result.codes.first == "F0208")
  }

  @Test func semicolonHidesAndBindingsAreSilent() {
    #expect(run("x = 5").values.isEmpty)
    #expect(run("5;").values.isEmpty)
  }

  @Test func assertionHoldsOrStops() {
    #expect(run("assert 1 < 2").status == .done)
    #expect(run("assert 1 > 2, \"order\"").codes == ["F0701"])
  }

  @Test func failedCellChangesNothing() {
    let session = Session()
    _ = run("a = 1", in: session)
    let result = run("a = 2\nb = 3\n[1, 2][7]", in: session)
    #expect(result.status == .failed(.outsideData))
    #expect(session.environment.names == ["a"])
    #expect(run("a", in: session).shown == "1")
    #expect(run("b", in: session).status == .refused)
  }

  @Test func lastResultContinues() {
    let session = Session()
    _ = run("toy", in: session)
    let result = run("| where size > 0", in: session)
    #expect(result.status == .done)
    #expect(result.ledger.first?.line.rowsOut ?? 0 < 700)
  }
}
