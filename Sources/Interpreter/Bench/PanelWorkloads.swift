// Panels of firms with gaps: winsorising, lags, a merge, Fama-MacBeth; and characteristics of daily bars.
//
// Values are a hash of firm, month and column, so that the peers compute with the same numbers and the sums of
// results can be compared.

import FactorRuntime

enum PanelWorkloads {
  private static let (months, firms, columns) = (178, 3000, 46)

  /// Keys of firm-months: of `step` firms one has no row in a month.
  private struct Keys {
    let index: PanelIndex
    /// Month times firms plus firm, row by row.
    let places: [Int]

    init(months: Int = PanelWorkloads.months, step: Int? = 31) throws {
      guard let first = Period(year: 2000, month: 1) else {
        throw Fault(.cannotRead, "the calendar begins later")
      }
      let firms = PanelWorkloads.firms
      places = (0..<(months * firms)).filter { place in
        step.map { (7 * (place / firms) + 13 * (place % firms)) % $0 != 0 } ?? true
      }
      index = try PanelIndex.sorting(
        months: places.map { first + $0 / firms }, assets: places.map { Int32($0 % firms) },
        names: (0..<firms).map { String(10_000 + $0) }
      ).index
    }

    func uniform(_ column: Int) -> [Double] {
      places.map { PanelWorkloads.uniform(UInt64($0), column) }
    }

    /// Values with heavy tails.
    func heavy(_ column: Int) -> [Double] { uniform(column).map { $0 / (1.001 - abs($0)) } }

    /// The sum of all numbers, each by the weight of its row.
    func check(_ columns: [[Double]]) -> Double {
      columns.reduce(0) { sum, column in
        zip(places, column).reduce(sum) { $1.1.isNaN ? $0 : $0 + Double(1 + $1.0 % 7) * $1.1 }
      }
    }
  }

  /// A number in -1 to 1 for each key of a column.
  private static func uniform(_ key: UInt64, _ column: Int) -> Double {
    var x = key &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(column + 1) &* 0xD1B5_4A32_D192_ED03
    x = (x ^ (x >> 30)) &* 0xBF58_476D_1CE4_E5B9
    x = (x ^ (x >> 27)) &* 0x94D0_49BB_1331_11EB
    x ^= x >> 31
    return 2 * (Double(x >> 11) * 0x1p-53) - 1
  }

  static func winsorize(_ settings: BenchSettings) throws -> Measurement {
    let keys = try Keys()
    let values = (0..<columns).map(keys.heavy)
    var found: [[Double]] = []
    let seconds = settings.time(5) {
      found = CrossSection.winsorized(
        columns: values, offsets: keys.index.offsets, threads: settings.threads)
    }
    return Measurement(rows: keys.places.count, seconds: seconds, check: keys.check(found))
  }

  /// Every column one month earlier, each as `lag` does it.
  static func lag(_ settings: BenchSettings) throws -> Measurement {
    let keys = try Keys()
    let panel = try Panel(
      index: keys.index, columns: (0..<columns).map { ("c\($0)", Column(numbers: keys.heavy($0))) })
    var found: [Column] = []
    let seconds = try settings.time(5) {
      found = try panel.columns.map { try panel.lagged($0, by: 1) }
    }
    return Measurement(
      rows: panel.count, seconds: seconds, check: keys.check(found.compactMap(\.numbers)))
  }

  /// Ten columns of another panel, by firm and month.
  static func merge(_ settings: BenchSettings) throws -> Measurement {
    let (keys, others) = (try Keys(), try Keys(step: 29))
    let columns = (0..<10).map { Column(numbers: others.heavy($0)) }
    let index = others.index
    var found: [Column] = []
    let seconds = try settings.time(9) {
      let rows = try PanelMerge(
        keys.index,
        MergeKeys(
          assets: index.assets, names: index.assetNames, periods: index.rowMonths,
          clock: index.clock)
      ).exact()
      found = columns.map { $0.gathered(rows) }
    }
    return Measurement(
      rows: keys.places.count, seconds: seconds, check: keys.check(found.compactMap(\.numbers)))
  }

  static func famaMacBeth(_ settings: BenchSettings) throws -> Measurement {
    let keys = try Keys(months: 240, step: nil)
    let x = (0..<5).map(keys.uniform)
    let noise = keys.uniform(5)
    let y = noise.indices.map { row in
      let sum = (0..<5).reduce(0) { $0 + x[$1][row] * (0.01 * Double($1 + 1)) }
      return 0.01 + sum + 0.2 * noise[row]
    }
    let rows = keys.index.months.indices.map { keys.index.rows(ofMonthAt: $0) }
    var found: FamaMacBeth?
    let seconds = try settings.time(5) {
      found = try FamaMacBeth(
        y, x, rows: rows, .nw, lags: 6, budget: Budget(threads: settings.threads))
    }
    let numbers = found?.means.flatMap { [$0.coefficients[0], $0.standardErrors[0]] } ?? []
    return Measurement(rows: y.count, seconds: seconds, check: numbers.reduce(0, +))
  }

  /// All characteristics of 2,500 stocks from ten years of daily bars.
  static func characteristics(_ settings: BenchSettings) throws -> Measurement {
    let (stocks, years) = (2500, 10)
    guard let start = CalendarDate(year: 2010, month: 1, day: 1) else {
      throw Fault(.cannotRead, "the calendar begins later")
    }
    let days = (0..<(365 * years)).map { CalendarDate(days: start.days + Int32($0)) }
      .filter { !$0.isWeekend }
    let index = try PanelIndex.sorting(
      months: days.flatMap { repeatElement(Period($0), count: stocks) },
      assets: days.flatMap { _ in (0..<stocks).map(Int32.init) },
      names: (0..<stocks).map { String(10_000 + $0) }
    ).index
    var level = [Double](repeating: 50, count: stocks)
    var close = [Double](repeating: 0, count: index.count)
    for row in close.indices {
      level[row % stocks] *= 1 + 0.035 * uniform(UInt64(row), 0)
      close[row] = level[row % stocks]
    }
    func around(_ column: Int) -> [Double] {
      close.enumerated().map { $1 * (1 + 0.02 * uniform(UInt64($0), column)) }
    }
    let columns = DailyBars.Columns(
      open: around(1), high: close.map { 1.03 * $0 }, low: close.map { 0.97 * $0 }, close: close,
      adjusted: close, volume: close.indices.map { 1e6 * (1.5 + uniform(UInt64($0), 4)) })
    let budget = Budget(threads: settings.threads)
    var found: PriceCharacteristics?
    let seconds = try settings.time(1, warmUps: 0) {
      let bars = try DailyBars(index, columns, believed: -0.8...2, budget: budget)
      found = try PriceCharacteristics(bars, PriceCharacteristic.allCases, budget: budget)
    }
    let sum = found?.values.reduce(0) { $0 + $1.reduce(0) { $1.isNaN ? $0 : $0 + $1 } }
    return Measurement(rows: index.count, seconds: seconds, check: sum)
  }
}
