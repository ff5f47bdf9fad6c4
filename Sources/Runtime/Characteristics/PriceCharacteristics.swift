// A monthly panel of characteristics from daily prices and volumes.
//
// Definition: row (firm, t) holds the return of month t, and characteristics of windows that end with month t - 1.
// Missing values: a day without a price has no return, and the next return spans it; the day of a firm's first price is
// left out. Degrees of freedom: none; moments divide by the number of values.

/// Which firm-months are made.
public struct CharacteristicRules: Sendable {
  /// Returns that the month before must have.
  public var monthDays = 10
  /// Returns that the 12 months before must have.
  public var yearDays = 150
  /// Months since the first price.
  public var age = 0
  /// Whether the month after the last is made too, whose returns nobody knows yet.
  public var ahead = false
  /// Creates the usual rules.
  public init() {}
}

/// What was made, and why firm-months are not among it.
public struct PriceCharacteristics: Sendable {
  /// The firm-months.
  public let index: PanelIndex
  /// The return of each month.
  public let returns: [Double]
  /// The characteristics in the order asked for.
  public let values: [[Double]]
  /// For each row the last daily row of the firm in the month before.
  public let sources: [Int]
  /// Firm-months with a return in the month before, and why some are not rows.
  public let considered: Int
  public let reasons: [LedgerLine.Reason]

  /// Computes characteristics of the months of daily bars.
  public init(
    _ bars: DailyBars, _ wanted: [PriceCharacteristic], _ rules: CharacteristicRules = .init(),
    budget: Budget
  ) throws {
    let months = (bars.months.last ?? -1) + 1
    var marketStarts = [Int](repeating: 0, count: months + 1)
    for month in bars.months { marketStarts[month + 1] += 1 }
    for month in 0..<months { marketStarts[month + 1] += marketStarts[month] }
    let shared = marketStarts
    let lives = Parallel.map(bars.firms.count, threads: budget.threads) { firm -> FirmMonths in
      if budget.isCancelled { return FirmMonths() }
      let life = CharacteristicMonths(
        bars.firms[firm], bars, months: months, marketStarts: shared)
      return FirmMonths(life, wanted, rules, months: months)
    }
    try budget.check()
    var (rows, periods, assets): ([(Int, Int)], [Period], [Int32]) = ([], [], [])
    for (firm, life) in lives.enumerated() {
      for (place, month) in life.months.enumerated() {
        rows.append((firm, place))
        periods.append(bars.first + month)
        assets.append(Int32(firm))
      }
    }
    let order: [Int]?
    (index, order) = try PanelIndex.sorting(
      months: periods, assets: assets, names: bars.index.assetNames, clock: .months)
    let sorted = order.map { $0.map { rows[$0] } } ?? rows
    returns = sorted.map { lives[$0.0].returns[$0.1] }
    values = wanted.indices.map { k in sorted.map { lives[$0.0].values[$0.1 * wanted.count + k] } }
    sources = Self.sources(bars, sorted.map { ($0.0, lives[$0.0].lastDays[$0.1]) })
    considered = lives.reduce(0) { $0 + $1.considered }
    reasons = FirmMonths.reasons(lives, rules)
  }

  // The row of the panel that a firm has on a day.
  private static func sources(_ bars: DailyBars, _ places: [(firm: Int, day: Int)]) -> [Int] {
    places.map { firm, day in
      bars.index.row(asset: Int32(firm), month: bars.index.months[day]) ?? -1
    }
  }
}

/// The months of one firm.
private struct FirmMonths: Sendable {
  var months: [Int] = []
  var returns: [Double] = []
  /// Row by row, all characteristics of a month together.
  var values: [Double] = []
  var lastDays: [Int] = []
  var considered = 0
  var (young, thinMonth, thinYear, noReturn) = (0, 0, 0, 0)

  init() {}

  init(
    _ life: CharacteristicMonths, _ wanted: [PriceCharacteristic], _ rules: CharacteristicRules,
    months count: Int
  ) {
    for before in 0..<count {
      let found = life.returns(before, 1)
      guard found > 0 else { continue }
      let isLast = before + 1 == count
      if isLast, !rules.ahead { continue }
      considered += 1
      let next = isLast ? Double.nan : life.monthly[before + 1]
      if before - life.listed < rules.age {
        young += 1
      } else if found < rules.monthDays {
        thinMonth += 1
      } else if life.returns(before, 12) < rules.yearDays {
        thinYear += 1
      } else if next.isNaN, !isLast {
        noReturn += 1
      } else {
        var shared = SharedMoments(life, before)
        months.append(before + 1)
        returns.append(next)
        for what in wanted { values.append(life.value(what, before, &shared)) }
        lastDays.append(life.bars.days[life.starts[before + 1] - 1])
      }
    }
  }

  static func reasons(
    _ lives: [FirmMonths], _ rules: CharacteristicRules
  ) -> [LedgerLine.Reason] {
    func sum(_ part: (FirmMonths) -> Int) -> Int { lives.reduce(0) { $0 + part($1) } }
    return [
      .init("younger than \(rules.age) months", sum(\.young)),
      .init("with fewer than \(rules.monthDays) returns in the month before", sum(\.thinMonth)),
      .init("with fewer than \(rules.yearDays) in the 12 months before", sum(\.thinYear)),
      .init("without a return", sum(\.noReturn)),
    ]
  }
}
