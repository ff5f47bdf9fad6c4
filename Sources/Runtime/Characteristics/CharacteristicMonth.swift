// The characteristics of one firm at the end of one month.

/// A firm's days by month, ready for the windows that end with a month.
struct CharacteristicMonths {
  let bars: FirmBars
  /// The market's return on each of the firm's days.
  let market: [Double]
  /// Where each month's days begin; one more than months.
  let starts: [Int]
  /// Where each month's days begin among all days of the panel; one more than months.
  let marketStarts: [Int]
  /// Compound return of each month; NaN in a month without returns.
  let monthly: [Double]
  /// The month of the first price.
  let listed: Int

  init(_ bars: FirmBars, _ all: DailyBars, months: Int, marketStarts: [Int]) {
    self.bars = bars
    self.marketStarts = marketStarts
    listed = bars.listed.map { all.months[$0] } ?? 0
    market = bars.days.map { all.market[$0] }
    var starts = [Int](repeating: 0, count: months + 1)
    for day in bars.days { starts[all.months[day] + 1] += 1 }
    for month in 0..<months { starts[month + 1] += starts[month] }
    self.starts = starts
    monthly = (0..<months).map { month in
      var (growth, count) = (1.0, 0)
      for value in bars.returns[starts[month]..<starts[month + 1]] where !value.isNaN {
        growth *= 1 + value
        count += 1
      }
      return count > 0 ? growth - 1 : .nan
    }
  }

  /// The firm's days of the months that end with a month.
  func days(_ month: Int, _ window: Int) -> Range<Int> {
    starts[max(0, month + 1 - window)]..<starts[month + 1]
  }

  /// How many returns these days have.
  func returns(_ month: Int, _ window: Int) -> Int {
    bars.returns[days(month, window)].count { !$0.isNaN }
  }

  /// One characteristic at the end of a month; NaN where it cannot be computed.
  func value(_ what: PriceCharacteristic, _ month: Int, _ relation: MarketRelation) -> Double {
    let days = days(month, what.window)
    switch what {
    case .mom1m: return monthly[month]
    case .mom6m: return compound(month, 2...6)
    case .mom12m: return compound(month, 2...12)
    case .mom36m: return compound(month, 13...36)
    case .chmom: return compound(month, 1...6) - compound(month, 7...12)
    case .seas: return month >= 11 ? monthly[month - 11] : .nan
    case .maxret: return Moments(bars.returns[days]).maximum
    case .minret: return Moments(bars.returns[days]).minimum
    case .retvol: return Moments(bars.returns[days]).standardDeviation(ddof: 0)
    case .idiovol: return relation.residual
    case .beta: return relation.beta
    case .betasq: return relation.beta * relation.beta
    case .downbeta: return relation.down
    case .coskew: return relation.coskewness
    case .skew: return Moments(bars.returns[days]).skewness
    case .kurt: return Moments(bars.returns[days]).kurtosis
    case .hi52: return high(days, begins: listed > month - what.window)
    case .dolvol: return Elementary.log(Moments(bars.value[days]).mean)
    case .std_dolvol:
      let value = Moments(bars.value[days])
      return value.standardDeviation(ddof: 0) / value.mean
    case .ill: return illiquidity(days)
    case .abturn:
      return Elementary.log(
        Moments(bars.volume[self.days(month, 1)]).mean / Moments(bars.volume[days]).mean)
    case .prcvol: return priceVolume(days)
    case .zerotrade: return withoutTrade(month, days)
    case .baspread: return Moments(bars.range[days]).mean
    case .intraday: return sum(days) { bars.intraday[$0] }
    case .overnight: return sum(days) { Elementary.log(1 + bars.returns[$0]) - bars.intraday[$0] }
    case .age: return Elementary.log(1 + Double(month - listed))
    }
  }

  /// The compound return of months counted back from the next one, so that 1 is the month itself.
  private func compound(_ month: Int, _ back: ClosedRange<Int>) -> Double {
    guard month + 1 - back.upperBound >= 0 else { return .nan }
    var growth = 1.0
    for k in back { growth *= 1 + monthly[month + 1 - k] }
    return growth - 1
  }

  private func sum(_ days: Range<Int>, _ term: (Int) -> Double) -> Double {
    var (total, count) = (CompensatedSum(), 0)
    for day in days {
      let value = term(day)
      guard !value.isNaN else { continue }
      total.add(value)
      count += 1
    }
    return count > 0 ? total.value : .nan
  }

  // The index begins at one with the first price, which counts where it lies in the window.
  private func high(_ days: Range<Int>, begins: Bool) -> Double {
    var (level, highest) = (1.0, begins ? 1.0 : -Double.infinity)
    for day in days {
      if !bars.returns[day].isNaN { level *= 1 + bars.returns[day] }
      highest = max(highest, level)
    }
    return days.isEmpty ? .nan : level / highest
  }

  private func illiquidity(_ days: Range<Int>) -> Double {
    let mean = Moments(
      days.map { bars.value[$0] > 0 ? abs(bars.returns[$0]) / bars.value[$0] : .nan }
    ).mean
    return mean > 0 ? Elementary.log(mean) : .nan
  }

  private func priceVolume(_ days: Range<Int>) -> Double {
    let product = Moments(days.map { abs(bars.returns[$0]) * bars.volume[$0] }).mean
    let square = Moments(days.map { bars.returns[$0] * bars.returns[$0] }).mean
    return product / (Moments(bars.volume[days]).mean * square.squareRoot())
  }

  private func withoutTrade(_ month: Int, _ days: Range<Int>) -> Double {
    let from = max(marketStarts[max(0, month - 11)], (bars.listed ?? 0) + 1)
    return Double(marketStarts[month + 1] - from - days.count { bars.volume[$0] > 0 })
  }
}

/// How a firm's returns go with the market's over some days.
struct MarketRelation {
  private(set) var beta = Double.nan
  private(set) var down = Double.nan
  private(set) var residual = Double.nan
  private(set) var coskewness = Double.nan

  init() {}

  init(_ returns: ArraySlice<Double>, _ market: ArraySlice<Double>) {
    let pairs = zip(returns, market).filter { !$0.isNaN && !$1.isNaN }
    guard let all = Slope(pairs) else { return }
    beta = all.slope
    var (squares, product, third) = (CompensatedSum(), CompensatedSum(), CompensatedSum())
    for (r, m) in pairs {
      let (a, b) = (r - all.means.0, m - all.means.1)
      let rest = a - beta * b
      squares.add(rest * rest)
      product.add(a * b * b)
      third.add(b * b)
    }
    let n = Double(pairs.count)
    residual = (squares.value / n).squareRoot()
    coskewness = product.value / n / (residual * (third.value / n))
    down = Slope(pairs.filter { $0.1 < 0 })?.slope ?? .nan
  }

  /// The line of one variable on another; nil without spread.
  private struct Slope {
    let slope: Double
    let means: (Double, Double)

    init?(_ pairs: [(Double, Double)]) {
      guard pairs.count > 2 else { return nil }
      means = (Moments(pairs.map(\.0)).mean, Moments(pairs.map(\.1)).mean)
      var (cross, square) = (CompensatedSum(), CompensatedSum())
      for (r, m) in pairs {
        cross.add((r - means.0) * (m - means.1))
        square.add((m - means.1) * (m - means.1))
      }
      guard square.value > 0 else { return nil }
      slope = cross.value / square.value
    }
  }
}
