// The worlds of Gu, Kelly and Xiu, the one with alpha, and what is seen of a world.

import FactorRuntime
import TestSupport
import Testing

@testable import Models

@Suite struct WorldOptionTests {
  private static let size = WorldSize(firms: 25, months: 30, characteristics: 8, seed: 2)

  private func make(
    _ name: String, _ view: WorldView = WorldView(), seed: UInt64 = 2
  ) throws -> any SimulatedWorld {
    var size = Self.size
    size.seed = seed
    return try #require(Worlds.card(name)).make(size, view, Budget())
  }

  private static let names = Worlds.cards.map(\.name)
  private static let characteristic = Worlds.cards.filter { $0.fewestCharacteristics != nil }
    .map(\.name)

  @Test func namesAreUnique() {
    #expect(Set(Self.names).count == Self.names.count && Worlds.card("nowhere") == nil)
  }

  @Test(arguments: names)
  func aWorldIsAFunctionOfItsArguments(name: String) throws {
    let (a, b, other) = (try make(name), try make(name), try make(name, seed: 3))
    #expect(a.returns == b.returns && a.characteristics == b.characteristics)
    #expect(a.limits(on: a.testMonths) == b.limits(on: a.testMonths))
    #expect(a.returns != other.returns && a.name == name)
    let count = a.characteristicNames.count
    #expect(count == (Worlds.card(name)?.fewestCharacteristics == nil ? 0 : 8))
    #expect(a.characteristics.count == 25 * 30 * count && a.present.allSatisfy { $0 })
    #expect(a.observed == b.observed)
  }

  @Test(arguments: characteristic)
  func whatIsSeenChangesNothingThatHappens(name: String) throws {
    let plain = try make(name)
    let view = WorldView(missing: 0.2, lives: .random, names: .real, scale: .raw)
    let seen = try make(name, view)
    #expect(seen.returns == plain.returns)
    let share = Double(seen.characteristics.count { $0.isNaN }) / Double(25 * 30 * 8)
    // Four binomial deviations; worlds with products of characteristics lose those together.
    expectClose(share, 0.2, absolute: 0.03)
    #expect(seen.characteristicNames.prefix(3) == ["mvel1", "bm", "mom12m"])
    #expect(Set(seen.characteristicNames).count == 8)
  }

  @Test func livesAreIntervalsAndNoMonthIsEmpty() throws {
    let world = try RecurrentWorld(
      .r_dyn, firms: 200, months: 120, characteristics: 3, view: WorldView(lives: .random))
    var counts = [Int](repeating: 0, count: 120)
    for firm in 0..<200 {
      let months = (0..<120).filter { world.present[$0 * 200 + firm] }
      for month in months { counts[month] += 1 }
      guard let first = months.first, let last = months.last else { continue }
      #expect(months.count == last - first + 1, "one interval")
    }
    #expect(counts.allSatisfy { $0 >= 2 })
    // Not thinner at the ends than in the middle.
    let (ends, middle) = (counts[0..<10] + counts[110..<120], counts[50..<70])
    let ratio = Double(ends.reduce(0, +)) / Double(middle.reduce(0, +))
    #expect(ratio > 0.75 && ratio < 1.3, "\(ratio)")
  }

  // Ranks within the month are those of the raw values.
  @Test func rawValuesHaveTheSameOrder() throws {
    let (rank, raw) = (try make("r_dyn"), try make("r_dyn", WorldView(scale: .raw)))
    for month in [0, 29] {
      for j in 0..<8 {
        let order = { (world: any SimulatedWorld) in
          Ranking.order((0..<25).map { Double(world.characteristics[(month * 25 + $0) * 8 + j]) })
        }
        #expect(order(rank) == order(raw))
      }
    }
    #expect(raw.characteristics.allSatisfy { $0 > 0 && $0.isFinite })
  }

  @Test func realNamesAreTheFortySix() {
    #expect(WorldView.realNames.count == 46 && Set(WorldView.realNames).count == 46)
    #expect(WorldView(names: .real).characteristicNames(48).suffix(2) == ["c47", "c48"])
  }
}

@Suite struct GkxWorldTests {
  /// Draws whose mean is looked at; two every day, which leaves the bounds wider by the root of three.
  private static let draws: ClosedRange<UInt64> = FullRun.isAsked ? 1...6 : 1...2
  private static let slack = FullRun.isAsked ? 1 : 3.0.squareRoot()

  private func means(
    _ seeds: ClosedRange<UInt64>, _ make: (WorldSize) throws -> any SimulatedWorld
  ) throws -> (WorldLimits) {
    var sums: [String: Double] = [:]
    var (total, predictive) = (0.0, 0.0)
    for seed in seeds {
      let world = try make(WorldSize(firms: 200, months: 180, characteristics: 6, seed: seed))
      let limits = world.limits(on: world.testMonths)
      for figure in limits.figures { sums[figure.name, default: 0] += figure.value }
      total += limits.total
      predictive += limits.predictive
    }
    let count = Double(seeds.count)
    let names = sums.mapValues { $0 / count }
    return WorldLimits(
      total: total / count, predictive: predictive / count, of: "",
      [
        "p_true": names["p_true"] ?? .nan, "p_mean": names["p_mean"] ?? .nan,
        "p_true_demeaned": names["p_true_demeaned"] ?? .nan, "p_ols": names["p_ols"] ?? .nan,
      ])
  }

  // Stated means over draws: total .402 (.024) and .395 (.027), true mean .033 (.016) and .032 (.017),
  // running mean .030. Bounds are three deviations of a mean of six draws.
  @Test(arguments: [(Gkx2021World.Member.g21a, 0.402), (.g21b, 0.395)])
  func conditionalWorldsHaveTheStatedLimits(member: Gkx2021World.Member, total: Double) throws {
    let found = try means(Self.draws) { try Gkx2021World(member, $0) }
    expectClose(found.total, total, absolute: 0.033 * Self.slack)
    expectClose(try #require(found["p_true"]), 0.033, absolute: 0.02 * Self.slack)
    expectClose(found.predictive, 0.030, absolute: 0.02 * Self.slack)
  }

  // Stated: demeaned .056 (.025; .012), total .404 and .421, zero benchmark .056 and .079.
  @Test(arguments: [
    (Gkx2020World.Member.g20a, 0.404, 0.056, 0.056), (.g20b, 0.421, 0.079, 0.056),
  ])
  func predictorWorldsHaveTheStatedLimits(
    member: Gkx2020World.Member, total: Double, zero: Double, demeaned: Double
  ) throws {
    let found = try means(Self.draws) { try Gkx2020World(member, $0) }
    expectClose(found.total, total, absolute: 0.03 * Self.slack)
    expectClose(found.predictive, zero, absolute: 0.025 * Self.slack)
    expectClose(try #require(found["p_true_demeaned"]), demeaned, absolute: 0.025 * Self.slack)
    let estimated = try #require(found["p_ols"])
    #expect(estimated > 0.5 * found.predictive && estimated <= found.predictive)
  }

  // A factor is its component and noise of a tenth of its deviation; the other components are not in it.
  @Test func componentsMakeTheFactors() throws {
    let size = WorldSize(firms: 10, months: 400, characteristics: 6, seed: 3)
    let world = try Gkx2021World(.g21b, size)
    let series = world.components
    #expect(series.names == ["x1", "x2", "x3", "x4", "x5", "x6"])
    func column(_ k: Int) -> [Double] { (0..<400).map { series.values[$0 * 6 + k] } }
    for k in 0..<3 {
      let factor = (0..<400).map { world.factors[$0 * 3 + k] }
      let noise = zip(factor, column(k)).map { $0 - $1 }
      expectClose((noise.reduce(0) { $0 + $1 * $1 } / 400).squareRoot(), 0.01, absolute: 0.002)
      for j in 3..<6 {
        #expect(abs(Correlation.pearson(factor, column(j))) < 0.2)
      }
    }
    expectClose(column(5).reduce(0, +) / 400, 0.03, absolute: 0.02)
  }

  // The row of a month holds the characteristics that made its loadings and its expected return.
  @Test func rowsHoldWhatMadeThem() throws {
    let size = WorldSize(firms: 20, months: 24, characteristics: 7, seed: 4)
    let linear = try Gkx2021World(.g21a, size)
    let curved = try Gkx2021World(.g21b, size)
    let priced = try Gkx2020World(.g20b, size)
    for row in stride(from: 0, to: 480, by: 7) {
      let c = (0..<3).map { Double(linear.characteristics[row * 7 + $0]) }
      expectClose(
        Array(linear.loadings[(row * 3)..<(row * 3 + 3)]), [1.2 * c[0], c[1], 0.8 * c[2]],
        absolute: 1e-12, "g21a")
      expectClose(
        Array(curved.loadings[(row * 3)..<(row * 3 + 2)]), [c[0] * c[0], 2 * c[0] * c[1]],
        absolute: 1e-12, "g21b")
      let x = (0..<3).map { Double(priced.characteristics[row * 7 + $0]) }
      let g = 0.04 * x[0] * x[0] + 0.03 * x[0] * x[1]
      let sign = x[2] * priced.macro[row / 20] > 0 ? 1.0 : -1
      expectClose(priced.expected[row], g + (x[2] == 0 ? 0 : 0.012 * sign), absolute: 1e-12)
      // The second half of the columns are products with x.
      expectClose(
        Double(priced.characteristics[row * 7 + 4]), x[0] * priced.macro[row / 20], absolute: 1e-6)
    }
  }

  @Test func alphaIsAddedToTheSameDraw() throws {
    let size = (firms: 40, months: 60, characteristics: 5)
    let plain = try RecurrentWorld(
      .r_dyn, firms: size.firms, months: size.months, characteristics: size.characteristics)
    let world = try RecurrentWorld(
      .duan_alpha, firms: size.firms, months: size.months, characteristics: size.characteristics)
    for row in 0..<(40 * 60) {
      let c4 = Double(world.characteristics[row * 5 + 3])
      expectClose(
        world.returns[row] - plain.returns[row], 0.01 * Elementary.tanh(2 * c4), absolute: 1e-12)
    }
    let large = try RecurrentWorld(.duan_alpha, characteristics: 4)
    let limits = large.limits(on: large.testMonths)
    let (full, risk) = (limits["p_filt"] ?? .nan, limits["p_risk"] ?? .nan)
    #expect(full > risk && (limits["o_tot"] ?? 0) > (limits["o_risk"] ?? 1))
  }
}
