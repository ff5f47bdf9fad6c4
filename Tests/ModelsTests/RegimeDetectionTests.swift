// The two-asset regime world, and what the path of a recurrent autoencoder tells of its regimes.

import FactorRuntime
import TestSupport
import Testing

@testable import Models

@Suite struct TwoAssetRegimeWorldTests {
  private func world(_ months: Int, firms: Int = 2, seed: UInt64 = 1) throws -> TwoAssetRegimeWorld
  {
    try TwoAssetRegimeWorld(
      WorldSize(firms: firms, months: months, characteristics: 3, seed: seed))
  }

  @Test func returnsFollowTheStatedLaw() throws {
    let world = try world(40_000)
    for (regime, law) in TwoAssetRegimeWorld.laws.enumerated() {
      let periods = world.regimes.indices.filter { world.regimes[$0] == regime }
      let (a, b) = (
        periods.map { world.returns[2 * $0] }, periods.map { world.returns[2 * $0 + 1] }
      )
      let moments = Moments(a)
      expectClose(moments.mean, law.mean, absolute: 4 * law.deviation / 140)
      expectClose(moments.standardDeviation(), law.deviation, relative: 0.03)
      expectClose(Correlation.pearson(a, b), law.correlation, absolute: 0.02)
    }
    // Four deviations of a count of 40,000 draws of 0.02.
    expectClose(Double(world.flips.count) / 40_000, 0.02, absolute: 4 * 0.0007)
  }

  @Test func flipsAreWhereTheRegimeChanges() throws {
    let world = try world(500)
    #expect(world.regimes[0] == 0 && !world.flips.isEmpty)
    for t in 1..<500 {
      #expect(world.flips.contains(t) == (world.regimes[t] != world.regimes[t - 1]))
    }
  }

  // More assets leave the regimes alone; the filter knows the regime better than its share does.
  @Test func theFilterReadsTheRegimeFromReturns() throws {
    let (few, many) = (try world(2000), try world(2000, firms: 12))
    #expect(few.regimes == many.regimes && few.shocks == many.shocks)
    let stress = many.stressProbabilities()
    let right = stress.indices.count { (stress[$0] > 0.5) == (many.regimes[$0] == 1) }
    #expect(right > 1850)
    // The regime of a period is not read from its own returns.
    #expect(stress[0] == 0)
    let limits = few.limits(on: few.testMonths)
    #expect(limits["o_tot"] == limits.total && limits.total > 0.6)
    // Means are a hundredth of deviations: nobody forecasts much.
    #expect(abs(limits.predictive) < 0.02)
  }
}

/// What a path of a recurrent autoencoder and the size of returns alone say of a world's flips, each beyond two
/// deviations of its own.
private struct Detection {
  /// Moves of the factors, of the spread that the prior states, and returns by their size; recall, then false
  /// alarms per 100 periods.
  let recall: (path: Double, spread: Double, size: Double)
  let wrong: (path: Double, spread: Double, size: Double)
  let purity: Double

  init(seed: UInt64, months: Int) throws {
    let world = try TwoAssetRegimeWorld(
      WorldSize(firms: 2, months: months, characteristics: 3, seed: seed))
    let task = try SimulatedPanel.task(world, SplitDesign.shares.split(months: months))
    let card = try #require(Registry.card("rvrae233"))
    let fitted = try card.model(["seeds": .integer(1)]).fit(task, FitContext(seed: 7))
    let found = try #require(try fitted.latentPath(task, budget: Budget()))
    let scale = try SeriesScale(task, task.requireSplit())
    let sizes = try scale.matrix(task, 0..<months).map { x in
      x.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
    func shifts(_ path: [[Double]]) -> [Bool] {
      FactorDynamics.shifts(FactorDynamics.velocity(path))
    }
    let alarms = (
      shifts(found.posteriorMean),
      shifts(found.priorVariance.map { $0.map { Elementary.log($0) } }),
      FactorDynamics.shifts(sizes)
    )
    func hits(_ alarms: [Bool]) -> Double { RegimeScore.hitRate(alarms, flips: world.flips) }
    func misses(_ alarms: [Bool]) -> Double { RegimeScore.falseAlarms(alarms, flips: world.flips) }
    recall = (hits(alarms.0), hits(alarms.1), hits(alarms.2))
    wrong = (misses(alarms.0), misses(alarms.1), misses(alarms.2))
    let groups = try #require(PathClusters(found.posteriorMean, count: 2))
    purity = RegimeScore.purity(groups.labels, regimes: world.regimes)
  }
}

@Suite struct RegimeDetectionTests {
  private static let isWanted = FileSystem.environment("FQ_FULL") == "1"

  // ST-7. Factors follow the returns, so that their moves are differences of returns and say less of a flip than
  // the size of returns does; what the model has learned of regimes is in the spread that its prior states.
  @Test(.enabled(if: isWanted))
  func theSpreadOfThePriorFindsMoreFlipsThanTheSizeOfReturns() throws {
    let draws = try (1...20).map { try Detection(seed: UInt64($0), months: 1000) }
    func mean(_ part: (Detection) -> Double) -> Double {
      draws.reduce(0) { $0 + part($1) } / Double(draws.count)
    }
    let (path, spread, size) = (mean(\.recall.path), mean(\.recall.spread), mean(\.recall.size))
    print(
      "ST-7 recall: factors \(path), prior spread \(spread), size \(size); false alarms per 100: "
        + "\(mean(\.wrong.path)), \(mean(\.wrong.spread)), \(mean(\.wrong.size)); purity "
        + "\(mean(\.purity))")
    #expect(spread > size)
    // Not by crying wolf.
    #expect(mean(\.wrong.spread) < mean(\.wrong.size) + 1)
  }
}
