// Conventions: what they switch, that a call always wins, and one specification under several.

import FactorLang
import FactorRuntime
import Testing

@testable import Interpreter

@Suite struct ConventionTests {
  /// Six firms in two months: market equity 1, 2, 3, 4, 5 and 100, the first three listed in New York.
  private static let panel = """
    p = panel(id: ["A", "B", "C", "D", "E", "F"], month: 2020-02, x: [1, 2, 3, 4, 5, 6],
      me: [1, 2, 3, 4, 5, 100], exchange: ["NYSE", "NYSE", "NYSE", "NASDAQ", "NASDAQ", "NASDAQ"],
      ret: [1%, 2%, 3%, 4%, 5%, 6%])
    q = panel(id: ["A", "B", "C", "D", "E", "F"], month: 2020-01, x: [1, 2, 3, 4, 5, 6],
      me: [1, 2, 3, 4, 5, 100], exchange: ["NYSE", "NYSE", "NYSE", "NASDAQ", "NASDAQ", "NASDAQ"],
      ret: [6%, 5%, 4%, 3%, 2%, 1%])
    late = [q, p] | stack | derive x = lag(x, 1m), me = lag(me, 1m)
    p = late | derive exchange = lag(exchange, 1m)

    """

  private func mean(_ options: String) -> String {
    run(Self.panel + "(p | sorts x, returns: ret, groups: 2, lags: 0\(options)).mean").shown
  }

  @Test func weightsAreThoseOfTheirWord() {
    #expect(mean("") == "[2%, 5%, 3%]")
    // (1 · 1 + 2 · 2 + 3 · 3) / 6 and (4 · 4 + 5 · 5 + 100 · 6) / 109 percent.
    #expect(mean(", weighting: value") == "[2.333%, 5.881%, 3.547%]")
    // New York's 80th percentile is 2.6: weights 1, 2, 2.6 and 2.6 each.
    #expect(mean(", weighting: capped") == "[2.286%, 5%, 2.714%]")
    #expect(mean(", weight: me") == "[2.333%, 5.881%, 3.547%]")
    #expect(
      run(Self.panel + "p | sorts x, returns: ret, weight: me, weighting: equal").codes == ["F0105"]
    )
    // A logarithm called `size` is no market equity, and neither is a rank.
    #expect(run("toy | sorts mom, returns: ret, weighting: value").codes == ["F0101"])
    #expect(
      run(
        "toy | rank_normalize size | rename me = size | sorts mom, returns: ret, weighting: value"
      ).codes == ["F0203"])
  }

  @Test func breakPointsAreThoseOfTheirFirms() {
    // The middle of New York's 1, 2, 3 is 2; of firms larger than its 20th percentile, 1.4, it is 4.
    #expect(mean(", breakpoints: nyse") == "[1.5%, 4.5%, 3%]")
    #expect(mean(", breakpoints: nyse20") == "[2.5%, 5.5%, 3%]")
    #expect(mean(", least: 4") == "[na, na, na]")
  }

  // Firms that fall leave New York: where they are listed is known only with the month's return.
  @Test(arguments: [
    "sorts x, returns: ret, groups: 2, breakpoints: nyse",
    "sorts x, returns: ret, groups: 2, weighting: capped",
    "tearsheet x, returns: ret, buckets: 2, breakpoints: nyse",
    "deciles x, small: skip, ties: together, breakpoints: nyse | portfolio returns: ret",
  ])
  func whoSetsBreakPointsIsKnownBefore(text: String) {
    let result = run(Self.panel + "late | " + text)
    #expect(result.codes.first == "F0301", "\(result.codes)")
    let led = run(
      Self.panel + "late | derive exchange = lead(exchange, 1m) | deciles x, breakpoints: nyse")
    #expect(led.codes == ["F0301"], "\(led.codes)")
  }

  @Test func oneStatementSwitchesThemAll() throws {
    let sorts = run(Self.panel + "conventions ff\nt = p | sorts x, returns: ret, groups: 2\nt.mean")
    // Break points of New York, weights by value: (1 + 4) / 3 and (9 + 16 + 25 + 600) / 112.
    #expect(sorts.shown == "[1.667%, 5.804%, 4.137%]")
    let won = run(
      Self.panel
        + "conventions ff\n(p | sorts x, returns: ret, groups: 2, weighting: equal, breakpoints: all).mean"
    )
    #expect(won.shown == "[2%, 5%, 3%]")
    let ranks = "(panel(id: [\"A\", \"B\"], month: 2020-01, x: [1, 2]) | rank_normalize x).x"
    #expect(run("conventions jkp\n" + ranks).shown == "[0.3333, 0.6667]")
    #expect(run("conventions jkp\nconventions plain\n" + ranks).shown == "[-0.3333, 0.3333]")
    #expect(run("conventions shumway").codes == ["F0204"])
  }

  @Test func aSpecificationRunsUnderSeveral() throws {
    let text =
      "fn spec(p) = p | sorts x, returns: ret, groups: 2\nt = p | under spec, [plain, ff]\n"
    #expect(run(Self.panel + text + "t.mean").shown == "[2%, 5%, 3%, 1.667%, 5.804%, 4.137%]")
    // What was in force before is in force after, also where the specification fails.
    #expect(
      run(Self.panel + text + "(p | sorts x, returns: ret, groups: 2).mean").shown == "[2%, 5%, 3%]"
    )
    let failing = run(Self.panel + "p | under p -> (p | sorts nothing, returns: ret), [ff]")
    #expect(failing.status != .done)
    #expect(run(Self.panel + "p | under p -> 1, [ff]").codes == ["F0201"])
    #expect(
      run(Self.panel + "p | under p -> (p | sorts x, returns: ret), [ff, ff]").codes == ["F0213"])
  }

  @Test func errorsFollowThem() {
    let plain = run("(toy | fama_macbeth ret, on: mom).se").shown
    #expect(
      run("conventions openap\n(toy | fama_macbeth ret, on: mom).se").shown
        == run("(toy | fama_macbeth ret, on: mom, se: ols).se").shown)
    #expect(
      run("conventions tidyfinance\n(toy | fama_macbeth ret, on: mom).se").shown
        == run("(toy | fama_macbeth ret, on: mom, se: r).se").shown)
    #expect(plain != run("(toy | fama_macbeth ret, on: mom, se: ols).se").shown)
  }
}
