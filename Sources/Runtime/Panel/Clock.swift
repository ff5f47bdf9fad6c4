// How the periods of a panel follow each other: by calendar months, trading days or equal intervals.

/// The clock of a panel.
///
/// Lags and windows count its periods. A month or an interval without rows is a gap that a lag never
/// reaches over; trading days are those on which the data have any row, so a weekend is no gap.
public enum Clock: Sendable, Equatable {
  /// Calendar months.
  case months
  /// Trading days, ascending: all of the source, also where a panel has lost the rows of some.
  case days([Period])
  /// Intervals of some minutes, one after the other without rest.
  case minutes(Int)

  /// The clock of periods that ascend: days trade where there are any, minutes go by their common interval.
  public init(_ periods: [Period]) {
    switch periods.first?.kind {
    case .day: self = .days(periods)
    case .minute:
      var length = 0
      for (before, after) in zip(periods, periods.dropFirst()) {
        length = Self.commonDivisor(length, after - before)
      }
      self = .minutes(max(1, length))
    case .month, nil: self = .months
    }
  }

  /// The period a number of periods later; nil beyond the trading days known.
  public func step(_ period: Period, by count: Int) -> Period? {
    switch self {
    case .months: return period + count
    case .minutes(let length): return period + count * length
    case .days(let days):
      let place = Self.lowerBound(days, period) + count
      return days.indices.contains(place) ? days[place] : nil
    }
  }

  /// The period a number of periods later, and beyond the trading days known as many days later.
  public func moved(_ period: Period, by count: Int) -> Period {
    step(period, by: count) ?? period + count
  }

  /// The place of a period among all of the clock; places of neighbours differ by one.
  ///
  /// A beginning that is no multiple of the interval counts as the one before it.
  public func place(_ period: Period) -> Int {
    switch self {
    case .months: Int(period.index)
    case .minutes(let length): Int((Double(period.minutes) / Double(length)).rounded(.down))
    case .days(let days): Self.lowerBound(days, period)
    }
  }

  /// The place of the first period that is over when a minute since 1970-01-01 is.
  public func place(over minute: Int) -> Int {
    let day = Period(CalendarDate(days: Int32((Double(minute - 1) / 1440).rounded(.down))))
    switch self {
    case .months: return place(day.calendarMonth)
    case .minutes(let length): return Int((Double(minute) / Double(length)).rounded(.up)) - 1
    case .days(let days):
      return days.first.map { day < $0 } ?? false ? -1 : Self.lowerBound(days, day)
    }
  }

  /// The minute since 1970-01-01 at which a period is over.
  public func end(_ period: Period) -> Int {
    if case .minutes(let length) = self { return period.minutes + length }
    return (Int(period.lastDay.days) + 1) * 1440
  }

  /// The first period of the clock's kind within a month, a day or itself.
  public func first(of period: Period) -> Period {
    switch self {
    case .months: period.calendarMonth
    case .days: Period(period.firstDay)
    case .minutes: Period(minutes: period.minutes) ?? .missing
    }
  }

  /// The last one.
  public func last(of period: Period) -> Period {
    switch self {
    case .months: period.calendarMonth
    case .days: Period(period.lastDay)
    case .minutes:
      period.kind == .minute
        ? period : Period(minutes: (Int(period.lastDay.days) + 1) * 1440 - 1) ?? .missing
    }
  }

  /// Periods in a year, to annualise by: 12 months, 252 trading days or 365 where weekends trade, 52 where days are
  /// a week apart.
  public var periodsPerYear: Int {
    switch self {
    case .months: 12
    case .minutes(let length): Int((525_600 / Double(length)).rounded())
    case .days(let days):
      Self.sparse(days).map { max(1, Int((365.25 / $0).rounded())) }
        ?? (Self.tradeOnWeekends(days) ? 365 : 252)
    }
  }

  /// The largest number of months that lies a whole number of times between all of some months, one for other
  /// periods; 3 for quarters. And the periods from the first to the last at that distance.
  public static func grid(_ periods: [Period]) -> (step: Int, periods: [Period]) {
    guard let first = periods.first, let last = periods.last, first.kind == .month else {
      return (1, periods)
    }
    let step = max(
      1, zip(periods, periods.dropFirst()).reduce(0) { commonDivisor($0, $1.1 - $1.0) })
    return (step, stride(from: 0, through: last - first, by: step).map { first + $0 })
  }

  /// The name of the key or column that holds such periods.
  public var key: String { self == .months ? "month" : "date" }

  /// What one period is called.
  public var noun: String {
    switch self {
    case .months: "month"
    case .days(let days) where Self.isWeekly(days): "week"
    case .days, .minutes(1440): "day"
    case .minutes(60): "hour"
    case .minutes(10_080): "week"
    case .minutes: "interval"
    }
  }

  /// One period after its article, as in: firms a month.
  public var each: String { noun == "hour" || noun == "interval" ? "an \(noun)" : "a \(noun)" }

  /// What the periods are, in words.
  public var description: String {
    switch self {
    case .months: "monthly"
    case .days(let days) where Self.isWeekly(days): "weekly"
    case .days: "daily"
    case .minutes(1440): "daily without rest"
    case .minutes(60): "hourly"
    case .minutes(let length) where length % 60 == 0: "every \(length / 60) hours"
    case .minutes(let length): "every \(length) minutes"
    }
  }

  // The mean distance of days that are no trading days one after the other; nil where they are.
  private static func sparse(_ days: [Period]) -> Double? {
    guard days.count > 3, let first = days.first, let last = days.last else { return nil }
    let distance = Double(last - first) / Double(days.count - 1)
    return distance > 5 ? distance : nil
  }

  private static func isWeekly(_ days: [Period]) -> Bool {
    sparse(days).map { (6.5...7.5).contains($0) } ?? false
  }

  // One day in seven of a week is a Saturday; a few special sessions make no such market.
  private static func tradeOnWeekends(_ days: [Period]) -> Bool {
    let weekend = days.count { $0.firstDay.isWeekend }
    return weekend * 10 > days.count
  }

  private static func commonDivisor(_ a: Int, _ b: Int) -> Int {
    b == 0 ? a : commonDivisor(b, a % b)
  }

  static func lowerBound(_ periods: [Period], _ period: Period) -> Int {
    var (low, high) = (0, periods.count)
    while low < high {
      let middle = (low + high) / 2
      if periods[middle] < period { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
