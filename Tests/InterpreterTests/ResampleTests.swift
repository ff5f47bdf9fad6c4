// From days to months, and statistics of groups of rows.

import FactorLang
import FactorRuntime
import Testing

@testable import Interpreter

@Suite struct ResampleTests {
  private static let days = """
    d = panel(firm: ["A", "A", "A", "B", "B"], date: [2020-01-02, 2020-01-31, 2020-02-03, 2020-01-02, 2020-02-04],
      ret: [10%, -10%, 5%, 2%, na], volume: [1, 2, 4, 8, 16], sector: ["x", "y", "y", na, "z"])

    """

  private func shown(_ text: String) -> String { run(Self.days + text).shown }

  @Test func eachFirmAndMonthIsARow() {
    #expect(shown("(d | resample r = compound(ret)).r") == "[-1%, 2%, 5%, na]")
    #expect(shown("(d | resample n = count()).n") == "[2, 1, 1, 1]")
    #expect(shown("(d | resample s = last(sector)).s") == "[\"y\", na, \"y\", \"z\"]")
    #expect(shown("(d | resample v = sum(volume) / count()).v") == "[1.5, 8, 4, 16]")
  }

  @Test func columnsGoByTheirNature() {
    #expect(shown("(d | resample).ret") == "[-1%, 2%, 5%, na]")
    #expect(shown("(d | resample).volume") == "[3, 8, 4, 16]")
  }

  @Test func rowsOfThinMonthsAreCounted() throws {
    let result = run(Self.days + "d | resample n = count(), min_rows: 2")
    let line = try #require(result.ledger.last?.line)
    #expect(line.rowsOut == 1)
    #expect(line.reasons.first { $0.text.contains("fewer than 2") }?.count == 3)
  }

  @Test func aMonthlyPanelStaysOne() {
    #expect(run("toy | resample r = compound(ret)").codes == ["F0210"])
    #expect(run("toy | characteristics").codes == ["F0210"])
  }

  @Test func whatTheCheckerKnowsOfMonths() {
    #expect(
      run(Self.days + "d | resample r = compound(ret) | derive x = volume").codes == ["F0101"])
    #expect(
      run(Self.days + "d | characteristics close: volume, of: [mom1m] | derive x = beta").codes
        .contains("F0101"))
  }

  /// A value for every row where one a group is meant is refused as before.
  @Test func aGroupHasOneValue() {
    #expect(run(Self.days + "d | summarise x = volume, by: sector").codes == ["F0201"])
    #expect(run(Self.days + "d | resample x = volume").codes == ["F0201"])
    #expect(
      shown("(d | summarise x = mean(volume) * 2 - count(volume), by: sector).x")
        == "[1, 4, 31, 15]")
  }

  /// All groups at once give the same bits as one after the other, which a function of the user still does.
  @Test func groupsAtOnceAreGroupsOneByOne() {
    let statistics = [
      "mean(ret)", "std(ret) / count()", "quantile(size, 25%)", "max(mom) - min(mom)", "kurt(ret)",
    ]
    for text in statistics {
      let all = run("(toy | summarise x = \(text), by: id).x").shown
      let each = run("fn f(x) = x\n(toy | summarise x = f(\(text)), by: id).x").shown
      #expect(all == each)
    }
  }
}
