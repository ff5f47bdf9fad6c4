// Rows of tables stay rows of their period, whatever becomes of the column that told it.

import FactorLang
import FactorRuntime
import Testing

@testable import Interpreter

@Suite struct RowTimesTests {
  private func known(_ column: String, _ text: String) throws -> Int {
    let result = run(text)
    #expect(result.status == .done, "\(text): \(result.diagnostics.map(\.message))")
    let value = try #require(result.values.last)
    if case .panel(let value) = value { return try value.panel.column(column).known }
    return try #require(TableFlow(value)?.table.column(column)).known
  }

  // From 2000-01 on, a number of March 2001 is fourteen months away.
  @Test(arguments: [
    "where month == 2001-03 | order_by ret | select id, ret",
    "order_by ret | where month == 2001-03 | select id, ret",
    "where month == 2001-03 | table id, ret",
    "order_by ret | derive month = 2000-01 | where date == 2001-03 | table id, ret",
    "order_by ret | rename when = date | where when == 2001-03 | select except: [when, month]",
    "where month == 2001-03 | top 100, by: ret, within: month | select id, ret",
  ])
  func aDroppedMonthIsNotForgotten(chosen: String) throws {
    let text = "t = toy | select ret | \(chosen) | rename was = ret\n"
    for way in ["join t, on: id", "merge t, columns: [\"was\"]"] {
      #expect(try known("was", text + "toy | \(way)") == 14, "\(way)")
      let used = run(text + "toy | \(way) | deciles was, small: skip")
      #expect(used.codes == ["F0301"], "\(way): \(used.codes)")
    }
  }

  @Test(arguments: [("month - 1m", 1), ("month + 1m", -1), ("month + 0m", 0)])
  func monthsThatWereMovedCountFromWhereTheyWere(month: String, expected: Int) throws {
    let text = "a = toy | summarise x = mean(ret), by: month | derive month = \(month)\n"
    #expect(try known("x", text + "toy | join a, on: month") == expected)
    #expect(try known("x", text + "toy | merge a") == expected)
    #expect(try known("x", text + "b = [a] | stack\ntoy | join b, on: month") == expected)
    #expect(try known("x", text + "b = a | order_by x\ntoy | merge b, how: asof") == expected)
    let again = "b = a | summarise x = mean(x), by: month\n"
    #expect(try known("x", text + again + "toy | join b, on: month") == expected)
  }

  @Test func whatWasOverIsAFeatureAndWhatIsToComeIsNone() {
    func used(_ month: String) -> [String] {
      run(
        "a = toy | summarise x = mean(ret), by: [id, month] | rename old = month | derive month = old \(month)\n"
          + "toy | join (a | select id, month, x), on: [id, month] "
          + "| setup target: ret, features: [x]"
      ).codes
    }
    #expect(used("- 1m") == ["F0301"])
    #expect(used("+ 0m") == ["F0301"])
    #expect(used("+ 1m") == [])
  }

  @Test func wideTablesAreKnownWithTheLastOfARow() throws {
    let wide = "w = toy[2000-01..2000-03] | pivot ret, rows: id, cols: month\n"
    #expect(try known("2000-01", wide + "toy | join w, on: id") == 2)
    let down = "w = toy | pivot ret, rows: month, cols: id\n"
    #expect(try known("1", down + "toy | join w, on: month") == 0)
  }

  // Days that are put below months are told by their months, which end later.
  @Test func tablesOfMonthsAndOfDaysAreStackedAsMonths() throws {
    let text = """
      d = panel(id: ["1", "1"], date: [2000-05-02, 2000-05-03], ret: [1%, 2%]) | summarise x = mean(ret), by: month
      m = toy[2000-01..2000-04] | summarise x = mean(ret), by: month
      s = [m, d] | stack | derive month = month - 2m

      """
    #expect(try known("x", text + "toy | join s, on: month") == 2)
    #expect(try known("x", text + "toy | merge s") == 2)
  }

  @Test func stackedStatisticsOfTheSampleStayThose() throws {
    let text = "g = toy | summarise x = mean(ret), by: id\ns = [g] | stack\ntoy | join s, on: id"
    #expect(Availability.isWholeSample(try known("x", text)))
  }

  @Test func rowsWithoutTimeTakeThatOfWhatIsJoined() throws {
    let text =
      "firms = [{id: \"1\"}, {id: \"2\"}]\nt = toy | where month == 2001-03 | table id, ret | rename was = ret\n"
      + "f = firms | join t, on: id\ntoy | join f, on: id"
    #expect(try known("was", text) == 14)
  }

  // Who has a row in March 2001 is known then, though what stands in it is a constant.
  @Test func whoIsThereLaterIsNotKnownBefore() throws {
    let some =
      "t = toy | where month == 2001-03, id != \"1\" | order_by id | derive one = 1 | select id, one\n"
    #expect(try known("one", some + "toy | join t, on: id") == 14)
    let moved =
      "g = toy | order_by id | derive one = 1, month = month - 1m | table id, month, one\n"
    #expect(try known("one", moved + "toy | merge g") == 1)
    #expect(try known("one", moved + "toy | join g, on: [id, month]") == 1)
    let all = "t = toy | top 1, by: -size, within: id | derive one = 1 | table id, one\n"
    #expect(try known("id", all + "toy | order_by size | join t, on: id") == Availability.always)
  }

  @Test func regimesAreKnownWithTheirSeries() throws {
    let text = "a = toy | derive nx = lead(ret, 2m) | summarise x = mean(nx), by: month\n"
    #expect(try known("prob1", text + "a | regimes 2, until: 2001-10") == 2)
    let moved = "a = toy | summarise x = mean(ret), by: month | derive month = month - 1m\n"
    #expect(try known("prob1", moved + "a | regimes 2, until: 2001-10") == 1)
  }

  @Test func theDayThatStandsForAMonthIsThatMonth() throws {
    let text =
      "p = panel(id: [\"1\", \"1\"], date: [2000-01-31, 2000-02-29], be: [5, 7]) | resample be = last(be)\n"
      + "toy | merge (p | order_by be)"
    #expect(try known("be", text) == 0)
  }
}
