// The worlds of Gu, Kelly and Xiu (2020): returns with a predictable part that is no price of risk.
//
// Definition: r_(t+1) = g(c_t, x_t) + beta_t'v_(t+1) + e, beta = (c1, c2, c3), v ~ N(0, 0.05^2 I),
// e = 0.05 t_5 (scaled, so its variance is 0.05^2 5/3), x an AR(1) of 0.95 with variance one.
//   g20a  g = 0.02 c1 + 0.02 c2 + 0.02 c3 x
//   g20b  g = 0.04 c1^2 + 0.03 c1 c2 + 0.012 sgn(c3 x)
// Inputs are (1, x) kron c: the first half of the columns are characteristics, the second half their
// products with x. Factor models can earn only what looks like loadings times a mean, and v has none.
// Published at 200 firms, 180 months and 100 characteristics, in thirds.
// Reference: Gu, Kelly and Xiu (2020), internet appendix.

import FactorRuntime

/// A simulated panel for predictors.
public struct Gkx2020World: SimulatedWorld {
  /// Which g.
  public enum Member: String, CaseIterable, Sendable {
    case g20a, g20b

    public var sentence: String {
      switch self {
      case .g20a: "returns predictable by a linear function with one interaction"
      case .g20b: "returns predictable by squares, products and signs"
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
  /// Months x firms: the three terms of g, and g.
  public let terms: [[Double]]
  public let expected: [Double]
  /// Months x firms: beta'v.
  public let systematic: [Double]
  /// x of the month before each return.
  public let macro: [Double]

  /// The fewest columns: three characteristics and their products with x.
  public static let fewestCharacteristics = 6
  static let burnIn = 60
  static let deviation = 0.05
  static let persistence = 0.95

  public var name: String { member.rawValue }
  public var testMonths: Range<Int> { (2 * (months / 3))..<months }

  /// Simulates a world; the same arguments always give the same panel.
  public init(
    _ member: Member, _ size: WorldSize, view: WorldView = WorldView(), budget: Budget = Budget()
  ) throws(BudgetError) {
    precondition(size.characteristics >= Self.fewestCharacteristics)
    (self.member, seed, firms, months) = (member, size.seed, size.firms, size.months)
    let (firms, count) = (size.firms, size.characteristics)
    let own = (count + 1) / 2
    let paths = try CharacteristicPaths(
      firms: firms, months: size.months + Self.burnIn, count: own, fast: 0, seed: size.seed,
      keepsRaw: view.scale == .raw, budget: budget)
    characteristicNames =
      view.names == .plain
      ? view.characteristicNames(count)
      : view.characteristicNames(own) + view.characteristicNames(count - own).map { $0 + "_x" }
    let macro = Self.path(months: size.months, seed: size.seed)
    let (seen, present) = try view.seen(paths, months: size.months, seed: size.seed, budget)
    (self.macro, self.present) = (macro, present)
    var columns = [Float](repeating: 0, count: firms * size.months * count)
    for row in 0..<(firms * size.months) {
      for j in 0..<own { columns[row * count + j] = seen[row * own + j] }
      for j in own..<count {
        columns[row * count + j] = seen[row * own + j - own] * Float(macro[row / firms])
      }
    }
    characteristics = columns
    let ranks = paths.lagged(months: size.months)
    try budget.check()
    let terms = Self.terms(member, ranks, own, macro, firms: firms)
    self.terms = terms
    expected = (0..<(firms * size.months)).map { row in terms.reduce(0) { $0 + $1[row] } }
    (systematic, returns) = try Self.risk(
      ranks, own, expected, firms: firms, seed: size.seed, budget)
  }

  private static func path(months: Int, seed: UInt64) -> [Double] {
    var stream = RandomStream(seed: seed, purpose: .world, stream: 5)
    var x = stream.normal()
    return (0..<months).map { month in
      if month > 0 {
        x = persistence * x + (1 - persistence * persistence).squareRoot() * stream.normal()
      }
      return x
    }
  }

  private static func terms(
    _ member: Member, _ ranks: [Float], _ width: Int, _ macro: [Double], firms: Int
  ) -> [[Double]] {
    let rows = 0..<(macro.count * firms)
    func c(_ row: Int, _ j: Int) -> Double { Double(ranks[row * width + j]) }
    func sign(_ x: Double) -> Double { x > 0 ? 1 : x < 0 ? -1 : 0 }
    switch member {
    case .g20a:
      return [
        rows.map { 0.02 * c($0, 0) }, rows.map { 0.02 * c($0, 1) },
        rows.map { 0.02 * c($0, 2) * macro[$0 / firms] },
      ]
    case .g20b:
      return [
        rows.map { 0.04 * c($0, 0) * c($0, 0) }, rows.map { 0.03 * c($0, 0) * c($0, 1) },
        rows.map { 0.012 * sign(c($0, 2) * macro[$0 / firms]) },
      ]
    }
  }

  private static func risk(
    _ c: [Float], _ width: Int, _ expected: [Double], firms: Int, seed: UInt64, _ budget: Budget
  ) throws(BudgetError) -> (systematic: [Double], returns: [Double]) {
    var shocks = RandomStream(seed: seed, purpose: .world, stream: 2)
    var noise = RandomStream(seed: seed, purpose: .world, stream: 3)
    var (systematic, returns): ([Double], [Double]) = ([], [])
    var v = [0.0, 0, 0]
    for row in expected.indices {
      if row % firms == 0 {
        try budget.check()
        for k in 0..<3 { v[k] = deviation * shocks.normal() }
      }
      let part = (0..<3).reduce(0) { $0 + Double(c[row * width + $1]) * v[$1] }
      systematic.append(part)
      returns.append(expected[row] + part + deviation * noise.studentT(degrees: 5))
    }
    return (systematic, returns)
  }

  /// True g and beta'v; true g alone, about zero and about the mean return before the block (which is
  /// how the paper scores); and g from a regression on its three terms before the block.
  public func limits(on block: Range<Int>) -> WorldLimits {
    let before = rows(0..<block.lowerBound)
    let past = before.reduce(0) { $0 + returns[$1] } / Double(max(1, before.count))
    let slopes = regressed(before)
    let (total, predictive) = (
      score(block) { expected[$0] + systematic[$0] }, score(block) { expected[$0] }
    )
    return WorldLimits(
      total: total, predictive: predictive, of: "true expected return",
      [
        "o_tot": total, "p_true": predictive,
        "p_true_demeaned": score(block, benchmark: past) { expected[$0] },
        "p_ols": score(block) { row in
          (0..<3).reduce(0) { $0 + slopes[$1] * terms[$1][row] }
        },
      ])
  }

  private func regressed(_ rows: [Int]) -> [Double] {
    var (gram, cross) = ([Double](repeating: 0, count: 9), [0.0, 0, 0])
    for row in rows {
      for a in 0..<3 {
        cross[a] += terms[a][row] * returns[row]
        for b in 0..<3 { gram[a * 3 + b] += terms[a][row] * terms[b][row] }
      }
    }
    return CrossSectionalFactors.solved(gram, cross)
  }
}
