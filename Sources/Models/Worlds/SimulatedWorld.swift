// What all simulated worlds have in common: a panel in the alignment of models, and its truth.
//
// The row of month t holds the return of t and the characteristics of t-1. A world is a function of its
// arguments. Options change what is seen of it and never what happens in it: the same seed has the same
// returns with and without gaps.

import FactorRuntime

/// How long the periods of a world are.
public enum WorldPace: Sendable { case monthly, daily, hourly }

/// A simulated panel whose truth is known.
public protocol SimulatedWorld: Sendable {
  var name: String { get }
  var seed: UInt64 { get }
  var firms: Int { get }
  var months: Int { get }
  var characteristicNames: [String] { get }
  /// Months x firms x characteristics of the month before as they are seen, NaN where missing.
  var characteristics: [Float] { get }
  /// Months x firms.
  var returns: [Double] { get }
  /// How long a period is.
  var pace: WorldPace { get }
  /// Factors that are seen beside the panel; often none.
  var observed: ObservedFactors { get }
  /// Series that the true factors are made of, which only a simulation can show; often none.
  var components: ObservedFactors { get }
  /// The sector of each firm; empty where there are none.
  var sectors: [String] { get }
  /// Months x firms x factors: what returns load on factors with; nil where there are no factors.
  var trueLoadings: (names: [String], values: [Double])? { get }
  /// Which rows there are, months x firms.
  var present: [Bool] { get }
  /// The true regime of each month, numbered from 0; empty in worlds without regimes.
  var regimes: [Int] { get }
  /// The customary test block.
  var testMonths: Range<Int> { get }
  /// What is attainable on some months by who knows parts of the truth.
  func limits(on block: Range<Int>) -> WorldLimits
}

/// Attainable scores.
public struct WorldLimits: Sendable, Equatable {
  /// One score.
  public struct Figure: Sendable, Equatable {
    public let name: String
    public let value: Double
  }

  /// All of them; `o_` marks fits that know the month's factors, `p_` forecasts.
  public let figures: [Figure]
  /// The total R2 of the true model.
  public let total: Double
  /// The predictive R2 of the best forecast that a model could learn.
  public let predictive: Double
  /// Whose forecast that is.
  public let forecaster: String

  init(
    total: Double, predictive: Double, of forecaster: String,
    _ figures: KeyValuePairs<String, Double>
  ) {
    (self.total, self.predictive, self.forecaster) = (total, predictive, forecaster)
    self.figures = figures.map { Figure(name: $0.key, value: $0.value) }
  }

  /// A score by name.
  public subscript(name: String) -> Double? { figures.first { $0.name == name }?.value }
}

/// How large a world is, and which draw.
public struct WorldSize: Sendable {
  public var firms: Int
  public var months: Int
  public var characteristics: Int
  public var seed: UInt64

  /// Creates a size.
  public init(firms: Int = 200, months: Int = 240, characteristics: Int = 20, seed: UInt64 = 1) {
    (self.firms, self.months, self.seed) = (firms, months, seed)
    self.characteristics = characteristics
  }
}

/// What is seen of a world.
public struct WorldView: Sendable, Equatable {
  /// How long firms live.
  public enum Lives: String, CaseIterable, Sendable {
    case full, random

    public var sentence: String {
      switch self {
      case .full: "every firm is there in every month"
      case .random: "each firm lives a random interval; the first two always"
      }
    }
  }

  /// What characteristics are called.
  public enum Names: String, CaseIterable, Sendable {
    case plain, real

    public var sentence: String {
      switch self {
      case .plain: "c1, c2, …"
      case .real: "mvel1, bm, mom12m, … as in the literature; the first three are priced"
      }
    }
  }

  /// How characteristics are measured.
  public enum Scale: String, CaseIterable, Sendable {
    case rank, raw

    public var sentence: String {
      switch self {
      case .rank: "ranks among all firms, in -1..1"
      case .raw: "exponentials of what the ranks are of, with wild tails"
      }
    }
  }

  /// The share of characteristics that are missing, completely at random.
  public var missing: Double
  public var lives: Lives
  public var names: Names
  public var scale: Scale

  /// Creates a view; by default everything is seen.
  public init(
    missing: Double = 0, lives: Lives = .full, names: Names = .plain, scale: Scale = .rank
  ) {
    (self.missing, self.lives, self.names, self.scale) = (missing, lives, names, scale)
  }
}

extension WorldView {
  /// The names of the 46 characteristics of the conditional autoencoder literature, the three priced
  /// ones first.
  public static let realNames: [String] =
    ["mvel1", "bm", "mom12m"]
      + """
      absacc acc agr atr beta baspread cash cashdebt cfp chato chcsho chinv chpm dy egr er_trend gma \
      idiovol ill invest lev lgr mom1m mom6m nincr pchcurrat pchgm_pchsale pchsale_pchinv pchsaleinv \
      pricedelay quick rd rd_sale volatility roaq roeq salecash saleinv sgr sp std_dolvol std_turn \
      zerotrade
      """.split(separator: " ").map(String.init)

  /// The names of so many characteristics; more than are known by name go on with c47.
  func characteristicNames(_ count: Int) -> [String] {
    (0..<count).map { j in
      names == .real && j < Self.realNames.count ? Self.realNames[j] : "c\(j + 1)"
    }
  }

  /// What is seen of characteristic paths, and which rows there are.
  func seen(
    _ paths: CharacteristicPaths, months: Int, seed: UInt64, _ budget: Budget
  ) throws(BudgetError) -> (values: [Float], present: [Bool]) {
    var values = scale == .rank ? paths.lagged(months: months) : paths.laggedRaw(months: months)
    if missing > 0 {
      var stream = RandomStream(seed: seed, purpose: .world, stream: 4)
      for place in values.indices {
        if place % 65_536 == 0 { try budget.check() }
        if stream.uniform() < missing { values[place] = .nan }
      }
    }
    return (values, present(firms: paths.firms, months: months, seed: seed))
  }

  // A life of a quarter of the months to all of them, beginning so that every month has as many firms
  // on average.
  func present(firms: Int, months: Int, seed: UInt64) -> [Bool] {
    var present = [Bool](repeating: true, count: firms * months)
    guard lives == .random else { return present }
    var stream = RandomStream(seed: seed, purpose: .world, stream: 6)
    for firm in 0..<firms {
      let life = months / 4 + stream.below(months - months / 4) + 1
      let start = stream.below(months + life - 1) - (life - 1)
      guard firm > 1 else { continue }
      for month in 0..<months {
        present[month * firms + firm] = (start..<(start + life)).contains(month)
      }
    }
    return present
  }
}

extension SimulatedWorld {
  public var observed: ObservedFactors { .none }
  public var components: ObservedFactors { .none }
  public var pace: WorldPace { .monthly }
  public var sectors: [String] { [] }
  public var trueLoadings: (names: [String], values: [Double])? { nil }
  /// None.
  public var regimes: [Int] { [] }

  /// The number of characteristics.
  public var characteristicCount: Int { characteristicNames.count }

  /// The rows of some months that are there.
  func rows(_ block: Range<Int>) -> [Int] {
    ((block.lowerBound * firms)..<(block.upperBound * firms)).filter { present[$0] }
  }

  /// 1 - sum (r - fit)^2 / sum (r - benchmark)^2 over the rows of some months.
  func score(_ block: Range<Int>, benchmark: Double = 0, _ fit: (_ row: Int) -> Double) -> Double {
    var (error, total) = (0.0, 0.0)
    for row in rows(block) {
      let (e, d) = (returns[row] - fit(row), returns[row] - benchmark)
      error += e * e
      total += d * d
    }
    return 1 - error / total
  }
}
