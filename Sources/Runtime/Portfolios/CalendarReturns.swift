// Returns compounded within calendar years and months.
//
// Definition: prod (1 + r) - 1 over the periods of the year or month. Missing values: skipped; a year or month
// without any return is missing.

/// Returns by year and calendar month.
public struct CalendarReturns: Sendable {
  /// The years, ascending.
  public let years: [Int]
  /// The return of each year.
  public let yearly: [Double]
  /// A row a year, twelve columns.
  public let monthly: [[Double]]
  /// Periods with a return in each year.
  public let counts: [Int]

  /// Compounds a series.
  public init(_ returns: [Double], months: [Period]) {
    precondition(returns.count == months.count)
    var years: [Int] = []
    var (wealth, counts): ([[Double]], [Int]) = ([], [])
    for (value, month) in zip(returns, months) {
      if years.last != month.year {
        years.append(month.year)
        wealth.append([Double](repeating: .nan, count: 12))
        counts.append(0)
      }
      guard !value.isNaN else { continue }
      let (row, column) = (years.count - 1, month.month - 1)
      wealth[row][column] =
        (wealth[row][column].isNaN ? 1 : wealth[row][column]) * (1 + value)
      counts[row] += 1
    }
    (self.years, self.counts) = (years, counts)
    monthly = wealth.map { $0.map { $0 - 1 } }
    yearly = wealth.map { row in
      let present = row.filter { !$0.isNaN }
      return present.isEmpty ? .nan : present.reduce(1, *) - 1
    }
  }

  /// Means of a series by calendar month and by year, such as those of an IC, with their counts.
  public static func means(
    _ values: [Double], months: [Period]
  ) -> (byMonth: [Moments], years: [Int], byYear: [Moments]) {
    let byMonth = (1...12).map { wanted in
      Moments(zip(values, months).filter { $1.month == wanted }.map(\.0))
    }
    var years: [Int] = []
    for month in months where years.last != month.year { years.append(month.year) }
    return (
      byMonth, years,
      years.map { year in Moments(zip(values, months).filter { $1.year == year }.map(\.0)) }
    )
  }
}
