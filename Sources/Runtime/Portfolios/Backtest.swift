// A forecast traded: sort, weights, returns, turnover, costs, and the decile table.
//
// Definition: gross_t = sum_i w_t,i r_t,i with weights set at the end of t - 1; net_t = gross_t -
// rate x turnover_t. The decile table holds bucket means, weighted as the legs are, averaged over months.
// Missing values: rows without a return earn nothing and are counted; bucket means leave them out. Degrees of freedom: n - 1.
// Reference: Gu, Kelly and Xiu (2020), section 3.

/// How a forecast is traded.
public struct BacktestOptions: Sendable {
  /// The number of buckets.
  public var buckets = 10
  /// Which legs are held.
  public var legs = Legs.longShort
  /// What trading costs.
  public var costs = Costs()
  /// What to do with months that have fewer assets than buckets.
  public var small = SmallMonths.refuse
  /// The buckets that are bought and sold; the last and the first if left out.
  public var long: Int?
  public var short: Int?
  /// The rule by which delisting returns came into the returns, where one did.
  public var delisting: DelistingRule?
  /// How the buckets were made, in a plain sentence; the usual way if left out.
  public var sorting: String?
  /// The name of the column that weights the assets, where there is one.
  public var weightedBy: String?

  /// Creates the published convention.
  public init() {}
}

/// The outcome of trading a forecast.
public struct Backtest: Sendable {
  /// One bucket's averages over the months.
  public struct Bucket: Sendable, Equatable {
    /// The bucket, from 1 (lowest forecasts).
    public let number: Int
    /// The mean forecast.
    public let predicted: Double
    /// The mean realised return.
    public let realized: Double
    /// The standard deviation of the bucket's return.
    public let standardDeviation: Double
    /// The annualised Sharpe ratio.
    public let sharpeRatio: Double
    /// The mean number of assets.
    public let assets: Double
  }

  /// The periods traded.
  public let months: [Period]
  /// How they follow each other, and so how figures are annualised.
  public let clock: Clock
  /// Returns before costs.
  public let gross: [Double]
  /// The trade that establishes each month's weights.
  public let turnover: [Double]
  /// Returns after costs.
  public let net: [Double]
  /// Performance before costs.
  public let grossPerformance: Performance
  /// Performance after costs.
  public let netPerformance: Performance
  /// The mean turnover.
  public let meanTurnover: Double
  /// One entry per bucket, lowest first.
  public let deciles: [Bucket]
  /// Every row's weight.
  public let weights: [Double]
  /// Months left out for want of assets.
  public let skipped: [Period]
  /// Rows held without a return, which earned nothing.
  public let missingReturns: Int
  /// What is held and what it costs, as plain sentences.
  public let terms: [String]
  /// The conventions used, as plain sentences: the terms, and how the figures are made.
  public let conventions: [String]

  /// Trades a forecast; `size` switches to value weights.
  ///
  /// The buckets are those of `sort`, or else made from the forecast.
  public init(
    forecast: [Double], returns: [Double], index: PanelIndex, size: [Double]? = nil,
    sort given: PortfolioSort? = nil, options: BacktestOptions = BacktestOptions()
  ) throws(PanelError) {
    guard returns.count == index.count else {
      throw .shapeMismatch(expected: index.count, found: returns.count)
    }
    if let size, size.count != index.count {
      throw .shapeMismatch(expected: index.count, found: size.count)
    }
    let sort: PortfolioSort
    if let given {
      sort = given
    } else {
      sort = try PortfolioSort(
        forecast, index: index, buckets: options.buckets, small: options.small)
    }
    guard !sort.sortedMonths.isEmpty else { throw .empty(stage: "the sort") }
    let weights = LongShort.weights(
      sort, index: index, legs: options.legs, size: size, long: options.long, short: options.short)
    self.init(
      weights: weights, returns: returns, index: index, months: sort.sortedMonths,
      deciles: BucketSeries(
        sort, forecast: forecast, returns: returns, index: index, weights: size
      ).summary,
      skipped: sort.skipped, holding: Self.holding(options, isValueWeighted: size != nil),
      options: options)
  }

  /// Trades weights that are given, row by row, in the months at the positions listed; `holding`
  /// says in plain sentences what they are.
  public init(
    weights: [Double], returns: [Double], index: PanelIndex, months traded: [Int],
    deciles: [Bucket] = [], skipped: [Period] = [], holding: [String], options: BacktestOptions
  ) {
    let earned = traded.map { Self.earned(weights, returns, index.rows(ofMonthAt: $0)) }
    gross = earned.map(\.gross)
    missingReturns = earned.reduce(0) { $0 + $1.missing }
    turnover = Turnover.series(
      weights: weights, returns: returns, index: index, months: traded,
      drift: options.costs.base != .noDrift)
    net = Self.afterCosts(gross, turnover, weights, traded.last, index, options.costs)
    months = traded.map { index.months[$0] }
    clock = index.clock
    grossPerformance = Performance(gross, periodsPerYear: clock.periodsPerYear)
    netPerformance = Performance(net, periodsPerYear: clock.periodsPerYear)
    meanTurnover = Moments(turnover).mean
    self.deciles = deciles
    self.weights = weights
    self.skipped = skipped
    terms = holding + [Self.charge(options, clock)]
    conventions = terms + Self.figures(clock)
  }

  // What a month's weights earn, and the rows held without a return.
  private static func earned(
    _ weights: [Double], _ returns: [Double], _ rows: Range<Int>
  ) -> (gross: Double, missing: Int) {
    var (sum, missing) = (CompensatedSum(), 0)
    for row in Turnover.heldRows(weights, rows) {
      let value = returns[row]
      sum.add(value.isNaN ? 0 : weights[row] * value)
      missing += value.isNaN ? 1 : 0
    }
    return (sum.value, missing)
  }

  private static func afterCosts(
    _ gross: [Double], _ turnover: [Double], _ weights: [Double], _ last: Int?,
    _ index: PanelIndex, _ costs: Costs
  ) -> [Double] {
    var net = zip(gross, turnover).map { $0 - costs.cost(of: $1) }
    if costs.liquidate, let last {
      let held = Summation.compensated(index.rows(ofMonthAt: last).map { abs(weights[$0]) })
      net[net.count - 1] -= costs.cost(of: held)
    }
    return net
  }

  private static func holding(_ options: BacktestOptions, isValueWeighted: Bool) -> [String] {
    let weighting =
      isValueWeighted ? "weighted by \(options.weightedBy ?? "value")" : "equal-weighted"
    let portfolio =
      options.legs == .longShort
      ? "long bucket \(options.long ?? options.buckets), short bucket \(options.short ?? 1); "
        + "gross exposure 2"
      : "long bucket \(options.long ?? options.buckets) only; gross exposure 1"
    return [
      "\(weighting); \(portfolio)",
      options.sorting
        ?? "buckets 1 + floor(\(options.buckets) (rank - 1) / n), ties in order of the asset",
    ]
  }

  private static func charge(_ options: BacktestOptions, _ clock: Clock) -> String {
    let charged =
      switch options.costs.base {
      case .twoSided: "buys plus sells against drifted weights"
      case .half: "half of buys plus sells against drifted weights"
      case .noDrift: "buys plus sells against undrifted weights"
      }
    let rate = NumberFormat.basisPoints(options.costs.rate)
    return "costs \(rate) on \(charged); first \(clock.noun) pays for opening, last \(clock.noun) "
      + (options.costs.liquidate ? "pays for closing" : "does not pay for closing")
  }

  private static func figures(_ clock: Clock) -> [String] {
    [
      "Sharpe ratio sqrt(\(clock.periodsPerYear)) mean / sd, sd with n - 1, "
        + "no risk-free rate subtracted",
      "drawdown of cumulative log returns",
    ]
  }
}
