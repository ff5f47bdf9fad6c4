// Daily prices and volumes of a panel, firm by firm, with their returns and the market's.

/// What a firm's days hold, in the order of time; the day of its first price is not among them, since it has no return.
struct FirmBars: Sendable {
  /// The place of each day among all days of the panel.
  var days: [Int] = []
  /// Returns of the adjusted close since the last day that had one.
  var returns: [Double] = []
  var volume: [Double] = []
  /// Close times volume.
  var value: [Double] = []
  /// 2 (high - low) / (high + low).
  var range: [Double] = []
  /// log(close / open).
  var intraday: [Double] = []
  /// The day of the first price; nil without one.
  var listed: Int?
}

/// The days of all firms.
public struct DailyBars: Sendable {
  /// The columns that bars are made of; `adjusted` is the close where it stands for both.
  public struct Columns: Sendable {
    public var open, high, low, close, adjusted, volume: [Double]
    /// Creates the columns, one value a row of the panel.
    public init(
      open: [Double], high: [Double], low: [Double], close: [Double], adjusted: [Double],
      volume: [Double]
    ) {
      (self.open, self.high, self.low) = (open, high, low)
      (self.close, self.adjusted, self.volume) = (close, adjusted, volume)
    }
  }

  let index: PanelIndex
  let firms: [FirmBars]
  /// The month of every day, counted from the first month.
  let months: [Int]
  /// The first month.
  let first: Period
  /// The equal-weighted mean return of all firms on each day, unless another market was given.
  let market: [Double]
  /// Returns that were too large or too small to be believed and were blanked.
  public let jumps: Int
  /// Days without a price.
  public let unpriced: Int

  /// Takes the days of a daily panel apart.
  ///
  /// Returns outside `believed` are blanked. `market` is one value a row; without it the market is the mean of all.
  public init(
    _ index: PanelIndex, _ columns: Columns, believed: ClosedRange<Double>, market: [Double]? = nil,
    budget: Budget
  ) throws {
    precondition(columns.adjusted.count == index.count)
    self.index = index
    let calendar = index.months.map(\.calendarMonth)
    first = calendar.first ?? .missing
    months = calendar.map { [first] in $0 - first }
    let lives = Timelines(index)
    let days = index.spread(Array(index.months.indices))
    let made = Parallel.map(index.assetNames.count, threads: budget.threads) { firm in
      Self.firm(lives.rows(of: firm), columns, days, believed)
    }
    try budget.check()
    firms = made.map(\.bars)
    jumps = made.reduce(0) { $0 + $1.jumps }
    unpriced = made.reduce(0) { $0 + $1.unpriced }
    if let market {
      self.market = index.months.indices.map { day in
        market[index.rows(ofMonthAt: day)].first { !$0.isNaN } ?? .nan
      }
    } else {
      self.market = Self.mean(firms, days: index.months.count)
    }
  }

  private static func firm(
    _ rows: ArraySlice<Int>, _ columns: Columns, _ days: [Int],
    _ believed: ClosedRange<Double>
  ) -> (bars: FirmBars, jumps: Int, unpriced: Int) {
    var bars = FirmBars()
    bars.reserve(rows.count)
    var last = Double.nan
    var (jumps, unpriced) = (0, 0)
    for row in rows {
      let day = days[row]
      let price = columns.adjusted[row] > 0 ? columns.adjusted[row] : .nan
      if price.isNaN { unpriced += 1 }
      guard bars.listed != nil else {
        if !price.isNaN { (bars.listed, last) = (day, price) }
        continue
      }
      var change = price / last - 1
      if change < believed.lowerBound || change > believed.upperBound {
        jumps += 1
        change = .nan
      }
      if !price.isNaN { last = price }
      bars.add(day, change, row, columns)
    }
    return (bars, jumps, unpriced)
  }

  // Firms come in their order on every day, so the sum has one shape.
  private static func mean(_ firms: [FirmBars], days: Int) -> [Double] {
    var sums = [CompensatedSum](repeating: CompensatedSum(), count: days)
    var counts = [Int](repeating: 0, count: days)
    for firm in firms {
      for (day, value) in zip(firm.days, firm.returns) where !value.isNaN {
        sums[day].add(value)
        counts[day] += 1
      }
    }
    return zip(sums, counts).map { $1 > 0 ? $0.value / Double($1) : .nan }
  }
}

extension FirmBars {
  fileprivate mutating func reserve(_ count: Int) {
    days.reserveCapacity(count)
    returns.reserveCapacity(count)
    volume.reserveCapacity(count)
    value.reserveCapacity(count)
    range.reserveCapacity(count)
    intraday.reserveCapacity(count)
  }

  fileprivate mutating func add(
    _ day: Int, _ change: Double, _ row: Int, _ columns: DailyBars.Columns
  ) {
    let (open, high) = (columns.open[row], columns.high[row])
    let (low, close) = (columns.low[row], columns.close[row])
    days.append(day)
    returns.append(change)
    volume.append(columns.volume[row])
    value.append(close * columns.volume[row])
    range.append(high + low > 0 ? 2 * (high - low) / (high + low) : .nan)
    intraday.append(open > 0 && close > 0 ? Elementary.log(close / open) : .nan)
  }
}
