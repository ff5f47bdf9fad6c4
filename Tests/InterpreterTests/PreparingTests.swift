// Verbs that prepare panels: merging, delisting, filling, neutralizing, publishing.

import FactorLang
import FactorRuntime
import Testing

@testable import Interpreter

@Suite struct PreparingTests {
  private static let panels = """
    p = panel(id: ["A", "A", "A", "B", "B"], month: [2020-01, 2020-02, 2020-03, 2020-01, 2020-03],
      ret: [1%, 2%, 3%, 4%, na])
    books = panel(id: ["A", "B", "C"], month: [2019-12, 2020-02, 2020-02], be: [5, 7, 9])

    """

  private func shown(_ text: String) -> String { run(Self.panels + text).shown ?? "" }
  private func notes(_ text: String) -> [String] { run(Self.panels + text).notes }

  // MARK: merge

  @Test func exactRowsAgreeInFirmAndPeriod() throws {
    // Rows by month and firm: A 01, B 01, A 02, A 03, B 03.
    #expect(shown("(p | merge books).be") == "[na, na, na, na, na]")
    #expect(
      shown("(p | merge (books | derive be = be * 2), how: asof).be") == "[10, na, 10, 10, 14]")
    #expect(shown("(p | merge books, how: asof, within: 2m).be") == "[5, na, 5, na, 7]")
    let line = try #require(
      run(Self.panels + "p | merge books, how: asof, keep: matched").ledger.last?.line)
    #expect(line.rowsOut == 4)
    #expect(line.reasons.map(\.count) == [1])
  }

  @Test func aTableOfPeriodsIsForAllFirms() {
    let text = "m = p | summarise mkt = mean(ret), by: month\n(p | merge m).mkt"
    #expect(shown(text) == "[2.5%, 2.5%, 2%, 3%, 3%]")
  }

  @Test func aTableOfFirmsIsForAllPeriods() {
    let text = "s = p | summarise n = count(ret), by: id\n(p | merge s).n"
    #expect(shown(text) == "[3, 1, 3, 3, 1]")
  }

  @Test func aMonthReachesNoDayBeforeItsEnd() {
    let days = """
      d = panel(id: "A", date: [2020-01-30, 2020-01-31, 2020-02-03, 2020-02-28, 2020-03-02], px: 1)
      m = panel(id: "A", month: [2020-01, 2020-02], bm: [1, 2])

      """
    #expect(run(days + "(d | merge m).bm").shown == "[na, 1, 1, 1, 2]")
    // What was known a month before its row reaches the days of its month.
    #expect(
      run(days + "(d | merge (m | derive b = lag(bm, 1m) | select b)).b").shown
        == "[na, 1, 1, 1, 1]")
    #expect(run(days + "d | merge m, how: exact").codes == ["F0201"])
    #expect(
      run(days + "m2 = panel(id: \"A\", month: 2020-02, x: 1)\n(m2 | merge d).px").shown == "[1]")
  }

  @Test func mergingIsRefusedWhereItWouldBeWrong() {
    #expect(run(Self.panels + "p | merge p").codes == ["F0213"])
    #expect(
      run(Self.panels + "p | merge (books | rename be2 = be), columns: [\"x\"]").codes == ["F0101"])
    #expect(run(Self.panels + "p | merge books, within: 3m").codes == ["F0105"])
    let twice = "t = [{id: \"A\", x: 1}, {id: \"A\", x: 2}]\np | merge t"
    #expect(run(Self.panels + twice).codes == ["F0403"])
    let stranger = run(Self.panels + "q = panel(id: \"0a\", month: 2020-01, x: 1)\np | merge q")
    #expect(stranger.codes == ["F0405"])
  }

  @Test func percentBesideDecimalsIsSaid() {
    let months =
      "p = panel(id: \"A\", month: 2020-01..2021-12, ret: for k in 1..24 { (mod(k * 7, 11) - 5) / 100 })\n"
    let percent =
      "f = panel(id: \"A\", month: 2020-01..2021-12, mkt: for k in 1..24 { mod(k * 5, 13) - 6 })\n"
    let text = { (verbs: String) in run(months + percent + verbs).notes }
    #expect(text("p | merge f").contains { $0.contains("`mkt` looks like percent and `ret`") })
    #expect(text("f | merge p").contains { $0.contains("`mkt` looks like percent and `ret`") })
    #expect(!text("p | merge (f | derive mkt = mkt * 0.01)").contains { $0.contains("percent") })
  }

  @Test func whatIsMergedKeepsItsTime() {
    let text =
      "q = p | derive next = lead(ret, 1m) | select next\nr = p | merge q\nr | deciles next | portfolio long: 10, short: 1, returns: ret"
    #expect(Set(run(Self.panels + text).codes) == ["F0301"])
  }

  // MARK: delist

  private static let delisted = """
    p = panel(id: ["1", "2", "3", "4", "5", "6"], month: 2000-03, ret: [1%, na, 2%, 3%, 4%, na],
      dlret: [na, -40%, na, na, na, na], dlstcd: [574, 580, 520, 233, na, 500], exchcd: [1, 3, 3, 1, 1, 2])

    """

  @Test(arguments: [
    ("shumway", "[-29.3%, -40%, -54.1%, 3%, 4%, -30%]"),
    ("openap", "[-34.35%, -40%, -54.1%, 3%, 4%, -35%]"),
    ("jkp", "[-29.3%, -40%, -28.6%, 3%, 4%, -30%]"),
    ("tidyfinance", "[-30%, -40%, -30%, -100%, 4%, -30%]"), ("none", "[1%, na, 2%, 3%, 4%, na]"),
  ]) func eachRuleDoesWhatItsAuthorsDo(rule: String, expected: String) {
    #expect(run(Self.delisted + "(p | delist rule: \(rule)).ret").shown == expected)
  }

  @Test func whatADelistingRuleAssumedIsSaid() throws {
    let result = run(Self.delisted + "p | delist rule: openap")
    let detail = try #require(result.ledger.last?.detail)
    #expect(detail.contains("rule openap"))
    #expect(detail.contains("4 of 6 returns changed"))
    #expect(detail.contains("2 × -35%, 1 × -55%"))
  }

  @Test func sheetsNameTheRule() throws {
    let panel = "toy | derive dlret = ret * na, dlstcd = if ret < -20% then 574 else na, exchcd = 1"
    for text in [
      "| tearsheet mom, returns: ret", "| deciles mom | portfolio returns: ret | tearsheet",
    ] {
      let result = run(panel + " | delist rule: jkp " + text)
      let sheet = try #require(result.values.last.flatMap { SheetValue($0) })
      #expect(sheet.facts.first { $0.name == "delisting" }?.text.hasPrefix("rule jkp") == true)
    }
  }

  @Test func noReturnLiesBelowATotalLoss() {
    let percent = Self.delisted.replacing("-40%", with: "-40")
    #expect(run(percent + "p | delist rule: jkp").codes == ["F0401"])
    #expect(run("toy | delist").codes == ["F0101"])
  }

  // MARK: impute, neutralize, publish

  @Test func gapsAreFilledFromWhatWasKnown() {
    let text = """
      p = panel(id: ["A", "B", "C", "D"], month: 2020-01, x: [1, na, 3, 8], s: ["u", "u", "v", "v"])

      """
    #expect(run(text + "(p | impute x).x").shown == "[1, 3, 3, 8]")
    #expect(run(text + "(p | impute x, with: mean).x").shown == "[1, 4, 3, 8]")
    #expect(run(text + "(p | impute x, by: s).x").shown == "[1, 1, 3, 8]")
    #expect(run(text + "(p | impute x, with: zero).x").shown == "[1, 0, 3, 8]")
    let life =
      "p = panel(id: \"A\", month: [2020-01, 2020-02, 2020-04, 2020-07], x: [1, na, na, na])\n"
    #expect(run(life + "(p | impute x, with: last, limit: 3m).x").shown == "[1, 1, 1, na]")
    #expect(run("toy | impute mom, with: last, by: id").codes == ["F0105"])
  }

  @Test func whatOthersExplainIsTakenOut() throws {
    let text = """
      p = panel(id: ["A", "B", "C", "D"], month: 2020-01, y: [2, 4, 6, 9], x: [1, 2, 3, 4], s: ["u", "u", "v", "v"])

      """
    // y on x: slope 2.3, constant -0.5.
    #expect(run(text + "(p | neutralize y, against: x).y").shown == "[0.2, -0.1, -0.4, 0.3]")
    #expect(run(text + "(p | neutralize y, by: s).y").shown == "[-1, 1, -1.5, 1.5]")
    // Within the groups both slopes are of x = ±0.5: (0.5 · 2 + 0.5 · 3) / 1 = 2.5.
    #expect(
      run(text + "(p | neutralize y, against: x, by: s).y").shown == "[0.25, -0.25, -0.25, 0.25]")
    #expect(run("toy | neutralize mom").codes == ["F0107"])
  }

  @Test func columnsMoveToWhenTheyWerePublic() {
    let text = """
      p = panel(id: "A", month: 2020-01..2020-08, roe: [1, 2, 3, 4, 5, 6, 7, 8], bm: [1, 2, 3, 4, 5, 6, 7, 8])
      q = p | publish quarterly: roe, annual: bm

      """
    #expect(run(text + "q.roe").shown == "[na, na, na, na, 1, 2, 3, 4]")
    #expect(run(text + "q.bm").shown == "[na, na, na, na, na, na, 1, 2]")
    #expect(run(text + "p | publish annual: bm, quarterly: bm").codes == ["F0213"])
  }
}
