// Tests of calendar months and days.

import FactorRuntime
import Testing

@Suite struct MonthTests {
  @Test func arithmeticCrossesYears() throws {
    let month = try #require(Month("2004-12"))
    #expect((month + 3).description == "2005-03")
    #expect((month - 12).description == "2003-12")
    #expect(month - (month - 48) == 48)
    #expect(month.lastDay.description == "2004-12-31")
  }

  @Test(arguments: ["2004-13", "2004-00", "204-01", "2004/01", "2004-1", "", "0000-01"])
  func refusesWhatIsNotAMonth(text: String) { #expect(Month(text) == nil) }

  @Test func everyDayOfFourCenturiesRoundTrips() {
    for days in stride(from: Int32(-20_000), through: 130_000, by: 1) {
      let (year, month, day) = CalendarDate(days: days).parts
      #expect(CalendarDate(year: year, month: month, day: day)?.days == days)
    }
  }

  @Test func leapDaysFollowTheCalendar() {
    #expect(CalendarDate("2000-02-29") != nil)
    #expect(CalendarDate("1900-02-29") == nil)
    #expect(CalendarDate("2016-02-29")?.month == Month("2016-02"))
    #expect(CalendarDate("1970-01-01")?.days == 0)
  }
}
