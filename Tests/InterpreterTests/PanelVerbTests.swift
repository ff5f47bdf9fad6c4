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

  // Every way by which a return could reach what is to forecast it.
  @Test(arguments: [
    "toy | derive x = if size > -99 then ret else 0 | setup target: ret, features: [x]",
    "toy | derive x = ret ?? 0 | setup target: ret, features: [x]",
    "toy | derive x = abs(ret) + size | setup target: ret, features: [x]",
    "toy | derive x = xs.rank(ret) | setup target: ret, features: [x]",
    "toy | rank_normalize ret | derive y = ret | setup target: ret, features: [y]",
    "toy | where ret > 0 | setup target: ret, features: [size]",
    "toy | where lead(ret, 1m) > 0", "toy | deciles ret | portfolio returns: ret",
    "toy | derive s = lead(ret, 1m) | deciles s, small: skip | portfolio returns: ret",
  ]) func futureIsRefused(text: String) {
    #expect(run(text).codes.first == "F0301", "\(run(text).diagnostics.map(\.message))")
  }

  @Test(arguments: [
    "toy | where month in 2000-01..2000-06 | setup target: ret, features: [size]",
    "toy | where id == \"1\" or size > 0 | setup target: ret, features: [size]",
    "toy | derive one = 1 | setup target: ret, features: [one, size]",
    "toy | derive before = lag(ret, 1m) | deciles before, small: skip | portfolio returns: ret",
  ]) func whatWasKnownIsAllowed(text: String) {
    #expect(run(text).status == .done, "\(run(text).diagnostics.map(\.message))")
  }

  @Test(arguments: [
    ("2004-12 + 999999999y", "F0205"), ("2004-12-31 + 99999999999d", "F0205"),
    ("2004Q4 + 9223372036854775807q", "F0205"), ("9223372036854775807y == 3m", "F0205"),
    ("toy | derive x = lag(ret, 999999999999m)", "F0203"), ("toy | where size", "F0206"),
    ("toy | derive id = 3", "F0015"), ("toy | derive month = 3", "F0015"),
  ]) func absurdRequestIsRefused(text: String, code: String) {
    #expect(run(text).codes.first == code, "\(run(text).diagnostics.map(\.message))")
  }

  @Test func durationsOverflowToMissing() {
    #expect(run("12m * 9223372036854775807").shown == "na")
    #expect(run("9223372036854775807m + 1m").shown == "na")
  }

  @Test func growthStaysWithinAFirm() {
    let text = """
      p = panel(firm: ["A", "B", "A", "B"], date: [2020-01, 2020-01, 2020-02, 2020-02],
        r: [0.1, 0.5, 0.1, 0])
      for x in (p | derive g = growth(r)).g { round(x, 6) }
      """
    #expect(run(text).shown == "[0.1, 0.5, 0.21, 0.5]")
  }

  // A table of firms, or one that begins with the best month, has no wealth along its rows.
  @Test(arguments: [
    "toy | order_by id | derive g = growth(ret)",
    "toy | summarise r = mean(ret), by: month | order_by month, descending: true | derive g = growth(r)",
    "toy | summarise r = mean(ret), by: month | top 5, by: r | derive g = log_growth(r)",
  ])
  func growthGoesForwardInTime(text: String) {
    let result = run(text)
    #expect(result.codes.first == "F0201", "\(result.codes)")
    #expect(result.diagnostics.first?.message.contains("goes along the rows") == true)
  }

  // Rows that a bootstrap draws are a path of their own.
  @Test func growthGoesAlongDrawnRows() {
    let text =
      "toy | summarise r = mean(ret), by: month | bootstrap worst = min(growth(r)), draws: 50, block: 2"
    #expect(run(text).status == .done, "\(run(text).diagnostics.map(\.message))")
  }

  @Test func longColumnSaysItsLength() {
    #expect(
      run("toy.ret").session.environment.last.map(ValueText.short)?.contains("713 in all") == true)
  }
}
