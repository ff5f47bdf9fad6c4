// What several characteristics of a month share, and how a firm's returns go with the market's.

/// The mean of the values that are there, where nothing else of them is asked for; that of `Moments`, bit for bit.
enum Mean {
  /// NaN without values.
  static func of(_ values: some Collection<Double>) -> Double {
    let (sum, count) = parts(values)
    return count > 0 ? sum / Double(count) : .nan
  }

  /// The compensated sum and the number of values.
  static func parts(_ values: some Collection<Double>) -> (sum: Double, count: Int) {
    var (sum, count) = (CompensatedSum(), 0)
    for value in values where !value.isNaN {
      sum.add(value)
      count += 1
    }
    return (sum.value, count)
  }
}

/// What several characteristics of one month need, each computed when first asked for.
struct SharedMoments {
  private let life: CharacteristicMonths
  private let last: Int

  /// Of the windows that end with a month.
  init(_ life: CharacteristicMonths, _ month: Int) { (self.life, last) = (life, month) }

  /// The month's returns.
  lazy var month = Moments(life.bars.returns[life.days(last, 1)])
  /// Value traded in the month.
  lazy var value = Moments(life.bars.value[life.days(last, 1)])
  /// The month's mean volume.
  lazy var volume = Mean.of(life.bars.volume[life.days(last, 1)])
  /// The returns of three months.
  lazy var quarter = Moments(life.bars.returns[life.days(last, 3)])
  /// How the returns of twelve months go with the market's.
  lazy var relation = MarketRelation(
    life.bars.returns[life.days(last, 12)], life.market[life.days(last, 12)])
}

/// How a firm's returns go with the market's over some days.
struct MarketRelation {
  private(set) var beta = Double.nan
  private(set) var down = Double.nan
  private(set) var residual = Double.nan
  private(set) var coskewness = Double.nan

  init(_ returns: ArraySlice<Double>, _ market: ArraySlice<Double>) {
    // What is there on both sides, each side in a list of its own.
    var pairs = Pairs(returns, market) { !$0.isNaN && !$1.isNaN }
    guard let all = Slope(pairs) else { return }
    beta = all.slope
    var (squares, product, third) = (CompensatedSum(), CompensatedSum(), CompensatedSum())
    for (r, m) in zip(pairs.firm, pairs.market) {
      let (a, b) = (r - all.means.firm, m - all.means.market)
      let rest = a - beta * b
      squares.add(rest * rest)
      product.add(a * b * b)
      third.add(b * b)
    }
    let n = Double(pairs.count)
    residual = (squares.value / n).squareRoot()
    coskewness = product.value / n / (residual * (third.value / n))
    pairs = Pairs(pairs.firm[...], pairs.market[...]) { $1 < 0 }
    down = Slope(pairs)?.slope ?? .nan
  }

  /// Returns of the firm and of the market, day by day.
  private struct Pairs {
    private(set) var firm: [Double] = []
    private(set) var market: [Double] = []

    var count: Int { firm.count }

    init(
      _ returns: ArraySlice<Double>, _ all: ArraySlice<Double>, _ isWanted: (Double, Double) -> Bool
    ) {
      firm.reserveCapacity(returns.count)
      market.reserveCapacity(returns.count)
      for (r, m) in zip(returns, all) where isWanted(r, m) {
        firm.append(r)
        market.append(m)
      }
    }
  }

  /// The line of one variable on another; nil without spread.
  private struct Slope {
    let slope: Double
    let means: (firm: Double, market: Double)

    init?(_ pairs: Pairs) {
      guard pairs.count > 2 else { return nil }
      means = (Mean.of(pairs.firm), Mean.of(pairs.market))
      var (cross, square) = (CompensatedSum(), CompensatedSum())
      for (r, m) in zip(pairs.firm, pairs.market) {
        cross.add((r - means.firm) * (m - means.market))
        square.add((m - means.market) * (m - means.market))
      }
      guard square.value > 0 else { return nil }
      slope = cross.value / square.value
    }
  }
}
