// Verbs on panels: what they compute, what the ledger says, what they refuse.

import FactorLang
import FactorRuntime
import Testing

@testable import Interpreter

@Suite struct PanelVerbTests {
  @Test func lagNeverCrossesAGapOrAFirm() throws {
    let text = """
      p = panel(firm: ["A", "A", "A", "B"], date: [2020-01, 2020-02, 2020-04, 2020-02], x: [1, 2, 4, 9])
      q = p | derive before = lag(x, 1m)
      q.before
      """
    // Rows are sorted by month, then firm: A 01, A 02, B 02, A 04.
    #expect(run(text).shown == "[na, 1, na, na]")
  }

  @Test func whereCountsWhatItDrops() throws {
    let result = run("toy | where mom > 0")
    let line = try #require(result.ledger.first?.line)
    #expect(line.rowsIn - line.rowsOut == line.reasons.reduce(0) { $0 + $1.count })
    #expect(line.reasons.contains { $0.text.contains("missing") && $0.count > 0 })
  }

  @Test func rankNormalizeMatchesTheDefinition() {
    let text = """
      p = panel(firm: ["A", "B", "C", "D", "E"], date: 2020-01, x: [3, 1, na, 1, 9])
      (p | rank_normalize x).x
      """
    #expect(run(text).shown == "[0.2, -0.4, 0, -0.4, 0.6]")
  }

  @Test func variablesNeedADollarInColumnExpressions() {
    let result = run("k = 0\ntoy | where size > k")
    #expect(result.codes == ["F0104"])
    #expect(run("k = 0\ntoy | where size > $k").status == .done)
  }

  @Test func featuresMustBeKnownBeforeTheTarget() {
    #expect(run("toy | setup target: size, features: [ret]").codes == ["F0301"])
    #expect(run("toy | setup target: lead(ret, 1m), features: [ret]").status == .done)
  }

  @Test func leadMovesTheRowToTheMonthOfTheReturn() {
    let text = """
      p = panel(firm: ["A", "B", "A", "B"], date: [2020-01, 2020-01, 2020-02, 2020-02],
        r: [1, 2, 3, 4], c: [5, 6, 7, 8])
      p | setup target: lead(r, 1m), features: [c]
      """
    let result = run(text)
    guard case .task(let task)? = result.values.last else {
      Issue.record("no task")
      return
    }
    #expect(task.task.index.months.map(\.description) == ["2020-02"])
    #expect(task.task.returns == [3, 4])
    #expect(task.task.characteristics == [5, 6])
  }

  @Test(arguments: [
    ("toy | where moom > 0", "F0101"), ("toy | wehre size > 0", "F0103"),
    ("toy | winsorize ret, tial: 1%", "F0105"), ("toy[1999-01..1999-12]", "F0405"),
    ("toy[2004-13..]", "F0003"), ("toy | where size = 1", "F0013"),
    ("toy | rank_normalize size, to: 0..5", "F0203"), ("toy | winsorize ret, tails: 90%", "F0203"),
    ("5 | describe", "F0210"), ("toy | deciles size | where id in [\"1\"] | portfolio", "F0101"),
    ("toy[id: [1, 2, 3]] | deciles size", "F0417"), ("toy | plot.line ret", "F0201"),
    ("toy | select nothing", "F0101"), ("nothing", "F0102"), ("toy.sise", "F0106"),
    ("load \"no such file.csv\"", "F0501"), ("save toy, \"/no/such/folder/x.csv\"", "F0502"),
    ("save toy, \"x.doc\"", "F0502"), ("toy | derive y = lag(ret, -1m)", "F0203"),
  ]) func mistakeIsLocated(text: String, code: String) throws {
    let result = run(text)
    #expect(result.codes.first == code, "\(result.diagnostics.map(\.message))")
    let diagnostic = try #require(result.diagnostics.first)
    #expect(diagnostic.span.end <= text.utf8.count)
    #expect(result.session.environment.names.isEmpty)
  }

  @Test func divisionByZeroInAColumnIsMissing() {
    #expect(run("(toy | derive z = ret / 0 | select z).z is na").status == .done)
    let result = run("mean((toy | derive z = ret / 0).z)")
    #expect(result.shown == "na")
  }
}
