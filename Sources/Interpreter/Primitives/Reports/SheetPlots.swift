// Plots that several sheets have.

import FactorLang
import FactorRuntime

enum SheetPlots {
  static let monthNames = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// A year of periods, in words.
  static func year(_ clock: Clock) -> String {
    clock == .months ? "12 months" : "\(clock.periodsPerYear) \(clock.noun)s"
  }

  /// The mean over the year that ends at each period, where all of it is there.
  static func yearly(_ values: [Double], _ months: [Period]) -> [Double] {
    let window = Clock(months).periodsPerYear
    return Timelines(series: months).rolling(values, window: window, minimum: window) {
      Moments(Array($0)).mean
    }
  }

  /// Cumulative log returns.
  static func growth(
    _ months: [Period], _ series: [(name: String, values: [Double])],
    benchmark: (name: String, values: [Double])?
  ) -> Scene {
    LinePlot.overMonths(
      "", months: months,
      series: (series + [benchmark].compactMap { $0 }).map {
        ($0.name, Performance.cumulativeLog($0.values))
      })
  }

  /// A field of years by calendar months: means of the periods of each.
  static func calendar(_ values: [Double], _ months: [Period], _ unit: ColumnUnit) -> Scene {
    var years: [Int] = []
    for month in months where years.last != month.year { years.append(month.year) }
    let cells = years.map { year in
      (1...12).map { month in
        Moments(zip(values, months).filter { $1.year == year && $1.month == month }.map(\.0)).mean
      }
    }
    return HeatMap.of(
      "", rows: years.map(String.init), columns: monthNames, values: cells, unit: unit)
  }
}
