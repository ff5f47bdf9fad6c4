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
  /// log(1 + r) less log(close / open) of each day.
  private let overnight: [Double]

  init(_ bars: FirmBars, _ all: DailyBars, months: Int, marketStarts: [Int]) {
    self.bars = bars
    self.marketStarts = marketStarts
    listed = bars.listed.map { all.months[$0] } ?? 0
    market = bars.days.map { all.market[$0] }
    overnight = zip(bars.returns, bars.intraday).map { Elementary.log(1 + $0) - $1 }
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

  /// One characteristic at the end of a month; NaN where it cannot be computed. `shared` is of that month.
  func value(_ what: PriceCharacteristic, _ month: Int, _ shared: inout SharedMoments) -> Double {
    let days = days(month, what.window)
    switch what {
    case .mom1m: return monthly[month]
    case .mom6m: return compound(month, 2...6)
    case .mom12m: return compound(month, 2...12)
    case .mom36m: return compound(month, 13...36)
    case .chmom: return compound(month, 1...6) - compound(month, 7...12)
    case .seas: return month >= 11 ? monthly[month - 11] : .nan
    case .maxret: return shared.month.maximum
    case .minret: return shared.month.minimum
    case .retvol: return shared.month.standardDeviation(ddof: 0)
    case .idiovol: return shared.relation.residual
    case .beta: return shared.relation.beta
    case .betasq: return shared.relation.beta * shared.relation.beta
    case .downbeta: return shared.relation.down
    case .coskew: return shared.relation.coskewness
    case .skew: return shared.quarter.skewness
    case .kurt: return shared.quarter.kurtosis
    case .hi52: return high(days, begins: listed > month - what.window)
    case .dolvol: return Elementary.log(shared.value.mean)
    case .std_dolvol:
      return shared.value.standardDeviation(ddof: 0) / shared.value.mean
    case .ill: return illiquidity(days)
    case .abturn:
      return Elementary.log(shared.volume / Mean.of(bars.volume[days]))
    case .prcvol: return priceVolume(days, shared.volume)
    case .zerotrade: return withoutTrade(month, days)
    case .baspread: return Mean.of(bars.range[days])
    case .intraday: return sum(bars.intraday[days])
    case .overnight: return sum(overnight[days])
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

  private func sum(_ terms: ArraySlice<Double>) -> Double {
    let (sum, count) = Mean.parts(terms)
    return count > 0 ? sum : .nan
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
    let mean = Mean.of(
      days.lazy.map { bars.value[$0] > 0 ? abs(bars.returns[$0]) / bars.value[$0] : .nan })
    return mean > 0 ? Elementary.log(mean) : .nan
  }

  private func priceVolume(_ days: Range<Int>, _ volume: Double) -> Double {
    let product = Mean.of(days.lazy.map { abs(bars.returns[$0]) * bars.volume[$0] })
    let square = Mean.of(days.lazy.map { bars.returns[$0] * bars.returns[$0] })
    return product / (volume * square.squareRoot())
  }

  private func withoutTrade(_ month: Int, _ days: Range<Int>) -> Double {
    let from = max(marketStarts[max(0, month - 11)], (bars.listed ?? 0) + 1)
    return Double(marketStarts[month + 1] - from - days.count { bars.volume[$0] > 0 })
  }
}
