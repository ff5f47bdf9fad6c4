// A world of observed factors whose betas drift: what filters over time have to follow.
//
// Definition: r_(i,t) = 0.0004 + b_(i,t)'F_t + 0.8 S_(s(i),t) + 0.014 t_5 / sqrt(5/3). The factors mkt, smb, hml and
// one of each of eleven sectors, S, have GARCH(1, 1) variances (a 0.08, b 0.90), shocks of t_6 scaled to unit
// variance and unconditional deviations of 1.0, 0.5, 0.6 and 0.6 %. Betas begin at N(1, 0.25^2) and N(0, 0.5^2), walk
// by steps of deviation 0.002 (mkt) and 0.012 (smb, hml), are pulled back to where they began by 0.002 a period, and
// those on smb and hml jump by N(0, 0.6^2) in the periods 550 and 1100. Sectors are not observed: firm i is in
// sector i mod 11. A period is a trading day; made for 100 firms and 1750 days.

import FactorRuntime

/// A simulated panel without characteristics, beside the factors that move it.
public struct DriftingBetaWorld: SimulatedWorld {
  public let seed: UInt64
  public let firms: Int
  public let months: Int
  public let present: [Bool]
  public let returns: [Double]
  /// Periods x firms x 3, those that earn the returns of the period.
  public let loadings: [Double]
  public let observed: ObservedFactors
  /// Periods x sectors.
  private let sectorReturns: [Double]

  static let factorNames = ["mkt", "smb", "hml"]
  static let sectorCount = 11
  static let alpha = 0.0004
  static let sectorLoading = 0.8
  static let noise = 0.014
  static let jumps = [550, 1100]
  private static let deviations = [0.010, 0.005, 0.006]
  private static let sectorDeviation = 0.006
  private static let steps = [0.002, 0.012, 0.012]
  private static let pull = 0.002

  public var name: String { "drifting_beta" }
  public var pace: WorldPace { .daily }
  public static let sentence =
    "observed factors mkt, smb, hml with volatility clusters and betas that drift: what filters earn"
  public var characteristicNames: [String] { [] }
  public var characteristics: [Float] { [] }
  public var sectors: [String] { (0..<firms).map { "sector \($0 % Self.sectorCount + 1)" } }
  public var trueLoadings: (names: [String], values: [Double])? { (Self.factorNames, loadings) }
  /// The last 15 of 100 periods.
  public var testMonths: Range<Int> { (months * 85 / 100)..<months }

  /// Simulates a world; the same arguments always give the same panel.
  public init(
    _ size: WorldSize, view: WorldView = WorldView(), budget: Budget = Budget()
  ) throws(BudgetError) {
    (seed, firms, months) = (size.seed, size.firms, size.months)
    present = view.present(firms: size.firms, months: size.months, seed: size.seed)
    let factors = Self.deviations.enumerated().map { k, deviation in
      Self.path(deviation, months: size.months, seed: size.seed, stream: 20 + UInt32(k))
    }
    let sectors = (0..<Self.sectorCount).map { s in
      Self.path(
        Self.sectorDeviation, months: size.months, seed: size.seed, stream: 30 + UInt32(s))
    }
    observed = ObservedFactors(
      Self.factorNames, (0..<size.months).flatMap { t in factors.map { $0[t] } })
    sectorReturns = (0..<size.months).flatMap { t in sectors.map { $0[t] } }
    let loadings = try Self.loadings(size, budget)
    var stream = RandomStream(seed: size.seed, purpose: .world, stream: 3)
    let scale = Self.noise / (5.0 / 3).squareRoot()
    var returns: [Double] = []
    for t in 0..<size.months {
      try budget.check()
      for i in 0..<size.firms {
        let row = t * size.firms + i
        let systematic = (0..<3).reduce(0) { $0 + loadings[row * 3 + $1] * factors[$1][t] }
        let sector = Self.sectorLoading * sectors[i % Self.sectorCount][t]
        returns.append(Self.alpha + systematic + sector + scale * stream.studentT(degrees: 5))
      }
    }
    (self.loadings, self.returns) = (loadings, returns)
  }

  /// A return with a GARCH variance, after 250 periods that are forgotten.
  private static func path(
    _ deviation: Double, months: Int, seed: UInt64, stream number: UInt32
  ) -> [Double] {
    var stream = RandomStream(seed: seed, purpose: .world, stream: number)
    let mean = deviation * deviation
    var variance = mean
    let path = (0..<(months + 250)).map { _ in
      let value = variance.squareRoot() * stream.studentT(degrees: 6) / 1.5.squareRoot()
      variance = 0.02 * mean + 0.08 * value * value + 0.90 * variance
      return value
    }
    return Array(path.suffix(months))
  }

  private static func loadings(
    _ size: WorldSize, _ budget: Budget
  ) throws(BudgetError) -> [Double] {
    var result = [Double](repeating: 0, count: size.months * size.firms * 3)
    for i in 0..<size.firms {
      try budget.check()
      var stream = RandomStream(seed: size.seed, purpose: .world, stream: 1000 + UInt32(i))
      let first = [1 + 0.25 * stream.normal(), 0.5 * stream.normal(), 0.5 * stream.normal()]
      var beta = first
      for t in 0..<size.months {
        for k in 0..<3 {
          if t > 0 {
            beta[k] += pull * (first[k] - beta[k]) + steps[k] * stream.normal()
          }
          if k > 0, jumps.contains(t) { beta[k] += 0.6 * stream.normal() }
          result[(t * size.firms + i) * 3 + k] = beta[k]
        }
      }
    }
    return result
  }

  /// True betas with the periods' factors, also with those of the sectors; true betas with the running mean of
  /// the factors; and the mean return, which is all that can be known before.
  public func limits(on block: Range<Int>) -> WorldLimits {
    var (past, means) = (RunningFactors(count: 3), [[Double]]())
    for t in 0..<months {
      means.append(past.mean)
      past.add(Array(observed.row(t)))
    }
    func fit(_ row: Int, _ factors: [Double]) -> Double {
      (0..<3).reduce(Self.alpha) { $0 + loadings[row * 3 + $1] * factors[$1] }
    }
    func explained(_ row: Int) -> Double { fit(row, Array(observed.row(row / firms))) }
    let total = score(block) { explained($0) }
    let sector = score(block) { row in
      let s = row / firms * Self.sectorCount + row % firms % Self.sectorCount
      return explained(row) + Self.sectorLoading * sectorReturns[s]
    }
    let truth = score(block) { _ in Self.alpha }
    return WorldLimits(
      total: total, predictive: truth, of: "true mean return",
      [
        "true_beta": total, "true_sector": sector,
        "p_mean": score(block) { fit($0, means[$0 / firms]) }, "p_true": truth,
      ])
  }
}
