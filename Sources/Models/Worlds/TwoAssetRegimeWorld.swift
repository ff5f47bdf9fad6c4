// The two-asset regime world: returns without any factor that characteristics could tell, in calm and in stress.
//
// Definition: the regime flips with probability 0.02 a period and begins calm; r_it = m + s (sqrt(c) f_t +
// sqrt(1 - c) e_it), f and e standard normal, with m .0001, s .01, c .7 in calm and m -.0005, s .03, c .9 in
// stress. There are no characteristics. Truth: the regime of each period and where it
// flips. A period is an hour. Reference: chapter 233 of "Machine Learning for Trading",
// whose own fallback has uniform noise and independent assets.

import FactorRuntime

/// A simulated panel of a few assets with its regimes.
public struct TwoAssetRegimeWorld: SimulatedWorld {
  public let seed: UInt64
  public let firms: Int
  public let months: Int
  public let present: [Bool]
  public let returns: [Double]
  /// The regime of each period: 0 calm, 1 stress.
  public let regimes: [Int]
  /// The common shock of each period, standard normal.
  public let shocks: [Double]

  public static let name = "two_asset_regime"
  public static let fewestAssets = 2
  static let flipProbability = 0.02

  /// What returns do in a regime.
  struct Law {
    let mean: Double
    let deviation: Double
    let correlation: Double
  }

  static let laws = [
    Law(mean: 0.0001, deviation: 0.01, correlation: 0.7),
    Law(mean: -0.0005, deviation: 0.03, correlation: 0.9),
  ]

  public var name: String { Self.name }
  public var pace: WorldPace { .hourly }
  public var characteristicNames: [String] { [] }
  public var characteristics: [Float] { [] }

  /// The periods at which the regime is no longer that of the period before.
  public var flips: [Int] { regimes.indices.dropFirst().filter { regimes[$0] != regimes[$0 - 1] } }

  /// The last fifth.
  public var testMonths: Range<Int> { (months * 4 / 5)..<months }

  /// Simulates a world; the same arguments always give the same panel.
  public init(
    _ size: WorldSize, view: WorldView = WorldView(), budget: Budget = Budget()
  ) throws(BudgetError) {
    precondition(size.firms >= Self.fewestAssets && size.months >= 2)
    (seed, firms, months) = (size.seed, size.firms, size.months)
    present = view.present(firms: size.firms, months: size.months, seed: size.seed)
    (regimes, shocks) = Self.simulateRegimes(months: size.months, seed: size.seed)
    var stream = RandomStream(seed: size.seed, purpose: .world, stream: 3)
    var returns: [Double] = []
    returns.reserveCapacity(size.months * size.firms)
    for t in 0..<size.months {
      try budget.check()
      let law = Self.laws[regimes[t]]
      let (common, own) = (law.correlation.squareRoot(), (1 - law.correlation).squareRoot())
      for _ in 0..<size.firms {
        returns.append(law.mean + law.deviation * (common * shocks[t] + own * stream.normal()))
      }
    }
    self.returns = returns
  }

  private static func simulateRegimes(
    months: Int, seed: UInt64
  ) -> (regimes: [Int], shocks: [Double]) {
    var stream = RandomStream(seed: seed, purpose: .world, stream: 2)
    var regime = 0
    var (regimes, shocks): ([Int], [Double]) = ([], [])
    for t in 0..<months {
      if t > 0, stream.uniform() < flipProbability { regime = 1 - regime }
      regimes.append(regime)
      shocks.append(stream.normal())
    }
    return (regimes, shocks)
  }
}

extension TwoAssetRegimeWorld {
  /// Total knows the regime and the common shock; forecasts know the regime, or what returns before say of it.
  public func limits(on block: Range<Int>) -> WorldLimits {
    let stress = stressProbabilities()
    let total = score(block) { row in
      let law = Self.laws[regimes[row / firms]]
      return law.mean + law.deviation * law.correlation.squareRoot() * shocks[row / firms]
    }
    let known = score(block) { Self.laws[regimes[$0 / firms]].mean }
    let filter = score(block) { row in
      let p = stress[row / firms]
      return (1 - p) * Self.laws[0].mean + p * Self.laws[1].mean
    }
    return WorldLimits(
      total: total, predictive: filter, of: "filter",
      ["o_tot": total, "p_filt": filter, "p_regime": known])
  }

  /// The probability of stress in each period given the returns before it.
  func stressProbabilities() -> [Double] {
    let flip = Self.flipProbability
    var (known, result) = (0.0, [Double]())
    for t in 0..<months {
      let expected = t == 0 ? 0 : known * (1 - flip) + (1 - known) * flip
      result.append(expected)
      let rows = (t * firms)..<((t + 1) * firms)
      let seen = rows.filter { present[$0] }.map { returns[$0] }
      let logs = Self.laws.map { Self.logDensity(seen, $0) }
      let odds = Elementary.exp(min(700, max(-700, logs[1] - logs[0])))
      known = expected * odds / (expected * odds + 1 - expected)
    }
    return result
  }

  // Of equally correlated normals, up to a constant of both regimes.
  private static func logDensity(_ returns: [Double], _ law: Law) -> Double {
    let (n, c) = (Double(returns.count), law.correlation)
    let errors = returns.map { ($0 - law.mean) / law.deviation }
    let (sum, squares) = (errors.reduce(0, +), errors.reduce(0) { $0 + $1 * $1 })
    let quadratic = (squares - c * sum * sum / (1 + (n - 1) * c)) / (1 - c)
    let logs =
      2 * n * Elementary.log(law.deviation) + (n - 1) * Elementary.log(1 - c)
      + Elementary.log(1 + (n - 1) * c)
    return -0.5 * (quadratic + logs)
  }
}
