// Joined columns bring along when they are known, whatever the periods of their own rows are.

import FactorLang
import FactorRuntime
import Testing

@testable import Interpreter

@Suite struct JoinTimesTests {
  /// Three firms on the weekdays of the first quarter of 2015, and one number for each of its months.
  private static func joined(_ text: String) throws -> RunResult {
    let days = (Int32(16_436)..<16_526).map { CalendarDate(days: $0) }
      .filter { !$0.isWeekend }
    let folder = try TemporaryFolder()
    let daily = try folder.write(
      "d.csv",
      "date,id,ret\n"
        + days.enumerated().map { t, day in
          (0..<3).map { "\(day),f\($0),\(Double((t * 7 + $0 * 5) % 11 - 5) / 100)\n" }.joined()
        }.joined())
    let monthly = try folder.write(
      "m.csv", "month,mkt\n2015-01,0.01\n2015-02,-0.02\n2015-03,0.03\n")
    return withExtendedLifetime(folder) {
      run("d = load \"\(daily)\", freq: daily\nm = series \"\(monthly)\"\n" + text)
    }
  }

  private func known(_ column: String, _ text: String) throws -> Int {
    let result = try Self.joined(text)
    #expect(result.status == .done, "\(result.diagnostics.map(\.message))")
    guard case .panel(let value)? = result.values.last else { return .min }
    return try value.panel.column(column).known
  }

  // January ends on a Saturday: from its first day on, its number is known 22 trading days later.
  @Test func aMonthIsKnownOnNoneOfItsDays() throws {
    #expect(try known("mkt", "d | join m, on: month") == 22)
    #expect(try known("z", "d | join m, on: month | derive z = lag(mkt, 23d)") == -1)
    let result = try Self.joined("d | join m, on: month")
    #expect(result.notes.contains { $0.contains("known up to 22d after the rows") })
  }

  @Test func whatIsNotOverChoosesAndSortsNothing() throws {
    for use in [
      "where mkt > 0", "derive z = lag(mkt, 1d) | where z > 0",
      "derive z = mkt * ret | deciles z, small: skip",
    ] {
      let result = try Self.joined("d | join m, on: month | \(use)")
      #expect(result.codes.contains("F0301"), "\(use): \(result.codes)")
    }
    #expect(try Self.joined("d | merge m | where mkt > 0").status == .done)
  }

  @Test func monthsOfFirmsAreMonthsToo() throws {
    let made =
      "t = d | resample total = sum(ret) | summarise total = mean(total), by: [id, month]\n"
    #expect(try known("total", made + "d | join t, on: [id, month]") == 22)
  }

  @Test func onOneClockNothingChanges() throws {
    #expect(
      try known("mean", "a = d | summarise mean = mean(ret), by: date\nd | join a, on: date") == 0)
    let lagged = "a = d | derive x = lag(ret, 2d) | summarise x = mean(x), by: date\n"
    #expect(try known("x", lagged + "d | join a, on: date") == 0)
    let toy = run("a = toy | summarise x = mean(ret), by: month\ntoy | join a, on: month")
    guard case .panel(let value)? = toy.values.last else { return #expect(Bool(false)) }
    #expect(try value.panel.column("x").known == 0)
  }

  // The row of one period beside rows of all: the earliest of them has longest to wait.
  @Test func aRowOfAnotherPeriodIsKnownWhenThatIsOver() throws {
    let text =
      "t = toy | where month == 2001-03 | table month, id, ret | rename later = ret, that = month\n"
    let result = run(text + "toy | join t, on: id")
    #expect(result.status == .done, "\(result.diagnostics.map(\.message))")
    guard case .panel(let value)? = result.values.last else { return #expect(Bool(false)) }
    #expect(try value.panel.column("later").known == 14)
  }

  @Test func tablesWithoutPeriodsSayNothingOfTime() throws {
    let text = "t = [{id: \"1\", was: 5}, {id: \"2\", was: 7}]\ntoy | join t, on: id"
    guard case .panel(let value)? = run(text).values.last else { return #expect(Bool(false)) }
    #expect(try value.panel.column("was").known <= 0)
  }
}
