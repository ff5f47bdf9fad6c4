// The worlds of Gu, Kelly and Xiu (2021): three factors, loadings that follow characteristics.
//
// Definition: r_(i,t) = beta_(i,t-1)'f_t + e, f_t = W x*_t + eta_t, W the first three rows of the
// identity, x* ~ N(0.03, 0.1^2 I), eta ~ N(0, 0.01^2 I), e = 0.1 t_5 (scaled).
//   g21a  beta = (1.2 c1, c2, 0.8 c3)
//   g21b  beta = (c1^2, 2 c1 c2, 0.6 sgn c3)
// x* are components of the factors, not the managed portfolios of the panel; only its first three matter,
// the others are what a factor network has to tell from them. Published at 200 firms, 180 months and 50 characteristics, in thirds.
// Reference: Gu, Kelly and Xiu (2021), section 4.

import FactorRuntime

/// A simulated panel for conditional factor models.
public struct Gkx2021World: SimulatedWorld {
  /// Which loadings.
  public enum Member: String, CaseIterable, Sendable {
    case g21a, g21b

    public var sentence: String {
      switch self {
      case .g21a: "three factors, loadings linear in characteristics: what IPCA can earn"
      case .g21b: "three factors, loadings of squares, products and signs: what networks can earn"
      }
    }
  }

  public let member: Member
  public let seed: UInt64
  public let firms: Int
  public let months: Int
  public let characteristicNames: [String]
  public let characteristics: [Float]
  public let present: [Bool]
  public let returns: [Double]
  /// Months x firms x 3.
  public let loadings: [Double]
  /// Months x 3.
  public let factors: [Double]
  /// x*, as many as there are characteristics.
  public let components: ObservedFactors

  static let burnIn = 60
  static let premium = 0.03

  public var name: String { member.rawValue }
  public var trueLoadings: (names: [String], values: [Double])? { (["f1", "f2", "f3"], loadings) }
  public var testMonths: Range<Int> { (2 * (months / 3))..<months }

  /// Simulates a world; the same arguments always give the same panel.
  public init(
    _ member: Member, _ size: WorldSize, view: WorldView = WorldView(), budget: Budget = Budget()
  ) throws(BudgetError) {
    precondition(size.characteristics >= 3)
    (self.member, seed, firms, months) = (member, size.seed, size.firms, size.months)
    characteristicNames = view.characteristicNames(size.characteristics)
    let paths = try CharacteristicPaths(
      firms: size.firms, months: size.months + Self.burnIn, count: size.characteristics, fast: 0,
      seed: size.seed, keepsRaw: view.scale == .raw, budget: budget)
    (characteristics, present) = try view.seen(
      paths, months: size.months, seed: size.seed, budget)
    try budget.check()
    let ranks = paths.lagged(months: size.months)
    let loadings = (0..<(size.months * size.firms)).flatMap { row in
      Self.loadings(member, (0..<3).map { Double(ranks[row * size.characteristics + $0]) })
    }
    let (factors, components) = Self.factors(size)
    (self.loadings, self.factors, self.components) = (loadings, factors, components)
    var noise = RandomStream(seed: size.seed, purpose: .world, stream: 3)
    var returns: [Double] = []
    for row in 0..<(size.months * size.firms) {
      if row % size.firms == 0 { try budget.check() }
      let month = row / size.firms
      let systematic = (0..<3).reduce(0) { $0 + loadings[row * 3 + $1] * factors[month * 3 + $1] }
      returns.append(systematic + 0.1 * noise.studentT(degrees: 5))
    }
    self.returns = returns
  }

  private static func loadings(_ member: Member, _ c: [Double]) -> [Double] {
    switch member {
    case .g21a: [1.2 * c[0], c[1], 0.8 * c[2]]
    case .g21b: [c[0] * c[0], 2 * c[0] * c[1], 0.6 * (c[2] > 0 ? 1 : c[2] < 0 ? -1 : 0)]
    }
  }

  /// Months x 3 and what they are made of; the components that do not matter have a stream of their own.
  private static func factors(_ size: WorldSize) -> ([Double], ObservedFactors) {
    var stream = RandomStream(seed: size.seed, purpose: .world, stream: 2)
    var others = RandomStream(seed: size.seed, purpose: .world, stream: 4)
    var (factors, components) = ([Double](), [Double]())
    for _ in 0..<size.months {
      for _ in 0..<3 {
        components.append(premium + 0.1 * stream.normal())
        factors.append(components[components.count - 1] + 0.01 * stream.normal())
      }
      for _ in 3..<size.characteristics { components.append(premium + 0.1 * others.normal()) }
    }
    let names = (1...size.characteristics).map { "x\($0)" }
    return (factors, ObservedFactors(names, components))
  }

  /// True loadings with true factors, with the true mean of factors, and with the running mean of the
  /// true factors.
  public func limits(on block: Range<Int>) -> WorldLimits {
    var (sum, means) = ([0.0, 0, 0], [[Double]]())
    for month in 0..<months {
      means.append(sum.map { month > 0 ? $0 / Double(month) : 0 })
      for k in 0..<3 { sum[k] += factors[month * 3 + k] }
    }
    func fit(_ row: Int, _ f: (Int) -> Double) -> Double {
      (0..<3).reduce(0) { $0 + loadings[row * 3 + $1] * f($1) }
    }
    let total = score(block) { row in fit(row) { factors[row / firms * 3 + $0] } }
    let mean = score(block) { row in fit(row) { means[row / firms][$0] } }
    return WorldLimits(
      total: total, predictive: mean, of: "mean of past true factors",
      [
        "o_tot": total, "p_true": score(block) { row in fit(row) { _ in Self.premium } },
        "p_mean": mean,
      ])
  }
}
