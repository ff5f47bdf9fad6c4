// The recurrent worlds: simulated panels in which factors, or loadings, have memory.
//
// Definition: characteristics c follow slow AR(1) paths, ranked each month; loadings
// are kappa E with E an exponential average (delta) of G = (1.2 c1, 3 c1 c2, 0.6 sgn c3); factors
// follow a two-regime VAR(1); returns are beta'f plus 0.11 t_5 / sqrt(5/3).
// The row of month t holds the return of t and the characteristics of t-1. Members: r_full (memory in
// both), r_dyn (in factors), r_mem (in loadings), r_null (in neither), duan_alpha (the draw of r_dyn plus
// returns without risk, alpha = 0.01 tanh(2 c4)).

import FactorRuntime

/// A simulated panel with its truth.
public struct RecurrentWorld: SimulatedWorld {
  /// Which parts have memory.
  public enum Member: String, CaseIterable, Sendable {
    case r_full, r_dyn, r_mem, r_null, duan_alpha

    /// What the world is for, in one sentence.
    public var sentence: String {
      switch self {
      case .r_full: "memory in loadings and factors"
      case .r_dyn: "memory in factors only: what a recurrent prior can earn"
      case .r_mem: "memory in loadings only: what a recurrent beta network can earn"
      case .r_null: "no memory anywhere: recurrence must not win"
      case .duan_alpha: "r_dyn plus returns without risk: what a model with alpha can earn"
      }
    }

    var hasLoadingMemory: Bool { self == .r_full || self == .r_mem }
    var hasFactorMemory: Bool { self == .r_full || self == .r_dyn || self == .duan_alpha }
  }

  public let member: Member
  public let seed: UInt64
  public let firms: Int
  public let months: Int
  public let characteristicNames: [String]
  /// Months x firms x characteristics of the month before, in (-1, 1) unless seen otherwise.
  public let characteristics: [Float]
  public let present: [Bool]
  /// Months x firms.
  public let returns: [Double]
  /// Months x firms of returns without risk; empty where there are none.
  public let alphas: [Double]
  /// Months x firms x 3 true loadings, and the same without memory.
  public let loadings: [Double]
  public let staticLoadings: [Double]
  /// Months x 3 true factors.
  public let factors: [Double]
  /// The regime of each month: 0 calm, 1 stress.
  public let regimes: [Int]

  /// The law of the factors in the two regimes.
  public struct FactorLaw: Sendable {
    public let transition: [[Double]]
    public let mean: [Double]
    public let deviation: [Double]
    public let persistence: [Double]

    static func law(_ member: Member) -> FactorLaw {
      member.hasFactorMemory
        ? FactorLaw(
          transition: [[0.95, 0.05], [0.12, 0.88]], mean: [0.015, -0.025],
          deviation: [0.04, 0.08], persistence: [0.35, 0.25, 0.15])
        : FactorLaw(
          transition: [[0.95, 0.05], [0.12, 0.88]], mean: [0.012, 0.012],
          deviation: [0.05, 0.05], persistence: [0, 0, 0])
    }
  }

  public static let factorCount = 3
  static let burnIn = 60
  static let loadingDecay = 0.8
  static let noise = 0.11
  static let alphaScale = 0.01

  public var name: String { member.rawValue }
  public var trueLoadings: (names: [String], values: [Double])? { (["f1", "f2", "f3"], loadings) }

  /// The law of this world's factors.
  public var law: FactorLaw { .law(member) }

  /// Simulates a world; the same arguments always give the same panel.
  public init(
    _ member: Member, firms: Int = 200, months: Int = 240, characteristics count: Int = 20,
    seed: UInt64 = 1, view: WorldView = WorldView(), budget: Budget = Budget()
  ) throws(BudgetError) {
    precondition(firms >= 10 && months >= 20 && count >= (member == .duan_alpha ? 4 : 3))
    (self.member, self.firms, self.months, self.seed) = (member, firms, months, seed)
    characteristicNames = view.characteristicNames(count)
    let paths = try CharacteristicPaths(
      firms: firms, months: months + Self.burnIn, count: count, fast: 3, seed: seed,
      keepsRaw: view.scale == .raw, budget: budget)
    (characteristics, present) = try view.seen(paths, months: months, seed: seed, budget)
    try budget.check()
    let exposures = try Self.exposures(paths, member, budget)
    loadings = Self.lastMonths(exposures.dynamic, months: months, firms: firms)
    staticLoadings = Self.lastMonths(exposures.instant, months: months, firms: firms)
    (factors, regimes) = Self.simulateFactors(.law(member), months: months, seed: seed)
    let risky = try Self.simulateReturns(
      loadings, factors, firms: firms, months: months, seed: seed, budget)
    guard member == .duan_alpha else {
      (returns, alphas) = (risky, [])
      return
    }
    let ranks = paths.lagged(months: months)
    let alphas = risky.indices.map {
      Self.alphaScale * Elementary.tanh(2 * Double(ranks[$0 * count + 3]))
    }
    (returns, self.alphas) = (zip(risky, alphas).map { $0 + $1 }, alphas)
  }

  // Loadings of the burn-in and sample, months x firms x 3, scaled so that memory keeps their size.
  private static func exposures(
    _ paths: CharacteristicPaths, _ member: Member, _ budget: Budget
  ) throws(BudgetError) -> (dynamic: [Double], instant: [Double]) {
    let stride = paths.firms * factorCount
    var instant = [Double](repeating: 0, count: paths.months * stride)
    for t in 0..<paths.months {
      try budget.check()
      for i in 0..<paths.firms {
        let c = paths.rank(month: t, firm: i)
        let at = t * stride + i * factorCount
        instant[at] = 1.2 * c(0)
        instant[at + 1] = 3 * c(0) * c(1)
        instant[at + 2] = 0.6 * (c(2) > 0 ? 1 : c(2) < 0 ? -1 : 0)
      }
    }
    guard member.hasLoadingMemory else { return (instant, instant) }
    var dynamic = instant
    for at in stride..<dynamic.count {
      dynamic[at] = loadingDecay * dynamic[at - stride] + (1 - loadingDecay) * instant[at]
    }
    let from = burnIn * stride
    for k in 0..<factorCount {
      let kappa = deviation(instant, k, from) / deviation(dynamic, k, from)
      for at in Swift.stride(from: k, to: dynamic.count, by: factorCount) { dynamic[at] *= kappa }
    }
    return (dynamic, instant)
  }

  private static func deviation(_ x: [Double], _ k: Int, _ from: Int) -> Double {
    let values = Swift.stride(from: from + k, to: x.count, by: factorCount).map { x[$0] }
    let mean = values.reduce(0, +) / Double(values.count)
    let sum = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (sum / Double(values.count)).squareRoot()
  }

  private static func lastMonths(_ x: [Double], months: Int, firms: Int) -> [Double] {
    // The return of month t is earned on loadings of t-1: drop the burn-in and the last month.
    let stride = firms * factorCount
    let start = x.count / stride - months - 1
    return Array(x[(start * stride)..<((start + months) * stride)])
  }

  private static func simulateFactors(
    _ law: FactorLaw, months: Int, seed: UInt64
  ) -> (factors: [Double], regimes: [Int]) {
    var stream = RandomStream(seed: seed, purpose: .world, stream: 2)
    var (regime, f) = (0, [Double](repeating: 0, count: factorCount))
    var factors: [Double] = []
    var regimes: [Int] = []
    for t in 0..<(months + burnIn) {
      regime = stream.uniform() < law.transition[regime][1] ? 1 : 0
      for k in 0..<factorCount {
        f[k] =
          law.mean[regime] + law.persistence[k] * f[k] + law.deviation[regime] * stream.normal()
      }
      guard t >= burnIn else { continue }
      factors += f
      regimes.append(regime)
    }
    return (factors, regimes)
  }

  private static func simulateReturns(
    _ loadings: [Double], _ factors: [Double], firms: Int, months: Int, seed: UInt64,
    _ budget: Budget
  ) throws(BudgetError) -> [Double] {
    var stream = RandomStream(seed: seed, purpose: .world, stream: 3)
    let scale = noise / (5.0 / 3).squareRoot()
    var returns: [Double] = []
    returns.reserveCapacity(months * firms)
    for row in 0..<(months * firms) {
      if row % firms == 0 { try budget.check() }
      let month = row / firms
      var systematic = 0.0
      for k in 0..<factorCount {
        systematic += loadings[row * factorCount + k] * factors[month * factorCount + k]
      }
      returns.append(systematic + scale * stream.studentT(degrees: 5))
    }
    return returns
  }
}
