// Tests of periods, days and clocks.

import FactorRuntime
import Testing

@Suite struct PeriodTests {
  @Test func arithmeticCrossesYears() throws {
    let month = try #require(Period("2004-12"))
    #expect((month + 3).description == "2005-03")
    #expect((month - 12).description == "2003-12")
    #expect(month - (month - 48) == 48)
    #expect(month.lastDay.description == "2004-12-31")
  }

  @Test(arguments: [
    "2004-13", "2004-00", "204-01", "2004/01", "2004-1", "", "0000-01", "2004-02-30",
    "2004-02-03 24:00", "2004-02-03T12:00", "2004-02-03 1:00",
  ])
  func refusesWhatIsNoPeriod(text: String) { #expect(Period(text) == nil) }

  @Test func everyDayOfFourCenturiesRoundTrips() {
    for days in stride(from: Int32(-20_000), through: 130_000, by: 1) {
      let (year, month, day) = CalendarDate(days: days).parts
      #expect(CalendarDate(year: year, month: month, day: day)?.days == days)
    }
  }

  @Test func weeksAreNoDays() throws {
    let first = try #require(Period("2001-01-05"))
    let fridays = (0..<60).map { first + 7 * $0 }
    #expect(Clock(fridays).periodsPerYear == 52 && Clock(fridays).noun == "week")
    let days = (0..<60).map { Period(CalendarDate(days: 11_001)) + $0 + 2 * ($0 / 5) }
    #expect(Clock(days).noun == "day" && Clock(days).periodsPerYear == 252)
  }

  @Test func leapDaysFollowTheCalendar() {
    #expect(CalendarDate("2000-02-29") != nil)
    #expect(CalendarDate("1900-02-29") == nil)
    #expect(CalendarDate("2016-02-29")?.month == Period("2016-02"))
    #expect(CalendarDate("1970-01-01")?.days == 0)
  }

  @Test(arguments: ["2004-12", "1926-07-01", "2024-02-29", "2024-01-01 13:05", "1969-12-31 23:59"])
  func isSpeltAsItIsRead(text: String) throws {
    let period = try #require(Period(text))
    #expect(period.description == text)
    #expect((period + 1 - 1) == period)
    #expect(period.calendarMonth.description == String(text.prefix(7)))
  }

  @Test func kindsDoNotMeet() throws {
    let month = try #require(Period("9999-12"))
    let day = try #require(Period("0001-01-01"))
    let last = try #require(Period("9999-12-31"))
    let minute = try #require(Period(minutes: -200_000_000))
    #expect(month < day && last < minute)
    #expect([month, day, last, minute].map(\.kind) == [.month, .day, .day, .minute])
    #expect(Period(minutes: Int(Int32.max)) == nil)
  }
}

@Suite struct ClockTests {
  /// Monday to Friday of some weeks.
  private var weekdays: [Period] {
    (0..<40).filter { $0 % 7 < 5 }.map { Period(CalendarDate(days: 19_723)) + $0 }
  }

  @Test func tradingDaysStepOverWeekends() throws {
    let clock = Clock(weekdays)
    let friday = try #require(Period("2024-01-05"))
    #expect(clock.step(friday, by: 1)?.description == "2024-01-08")
    #expect(clock.step(friday, by: -4)?.description == "2024-01-01")
    #expect(clock.step(friday, by: -5) == nil)
    #expect(clock.place(friday) == 4)
    #expect(clock.periodsPerYear == 252)
  }

  @Test func whatEndsOnAWeekendIsOverWithTheNextTradingDay() throws {
    let clock = Clock(weekdays)
    let (friday, saturday) = (
      try #require(Period("2024-01-05")), try #require(Period("2024-01-06"))
    )
    #expect(clock.place(over: clock.end(friday)) == clock.place(friday))
    #expect(clock.place(over: clock.end(saturday)) == clock.place(friday) + 1)
    #expect(clock.place(over: clock.end(weekdays[0]) - 1440) == -1)
    let january = try #require(Period("2024-01"))
    #expect(Clock.months.place(over: Clock.months.end(january)) == Clock.months.place(january))
    #expect(Clock.months.place(over: clock.end(saturday)) == Clock.months.place(january))
    let hours = Clock.minutes(60)
    #expect(hours.place(over: 120) == 1 && hours.place(over: 121) == 2)
  }

  @Test func marketsWithoutWeekendsHaveWholeYears() {
    let days = (0..<40).map { Period(CalendarDate(days: 19_723)) + $0 }
    #expect(Clock(days).periodsPerYear == 365)
  }

  @Test func intervalsAreFoundAndKeepTheirGaps() throws {
    let start = try #require(Period("2024-01-01 00:00"))
    let hours = [0, 60, 120, 300].map { start + $0 }
    let clock = Clock(hours)
    #expect(clock == .minutes(60))
    #expect(clock.place(hours[3]) - clock.place(hours[2]) == 3)
    #expect(clock.step(hours[3], by: -1) == start + 240)
    #expect(clock.periodsPerYear == 8760)
  }

  @Test func monthsOfADailyClockCoverTheirDays() throws {
    let clock = Clock(weekdays)
    let january = try #require(Period("2024-01"))
    #expect(clock.first(of: january).description == "2024-01-01")
    #expect(clock.last(of: january).description == "2024-01-31")
    #expect(Clock.months.first(of: clock.last(of: january)) == january)
    #expect(Clock.minutes(60).last(of: january).description == "2024-01-31 23:59")
  }
}
