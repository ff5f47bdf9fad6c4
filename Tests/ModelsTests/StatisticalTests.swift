// What the models earn on simulated worlds, against oracles. Long: these run only
// with FQ_FULL=1 in an optimised build.

import FactorRuntime
import TestSupport
import Testing

@testable import Models

/// The scores of a model's forecast modes on the test months.
private struct Scores {
  var total = 0.0
  var modes: [ForecastMode: Double] = [:]

  init(_ name: String, _ settings: [String: HyperparameterValue], _ task: FactorTask) throws {
    let card = try #require(Registry.card(name))
    let budget = Budget(threads: 2)
    let fitted = try card.model(settings).fit(task, FitContext(seed: 7, budget: budget))
    let predictions = try fitted.predict(task, budget: budget)
    let rows = try task.rows(task.requireSplit().test)
    func score(_ fits: [Double]) -> Double { RSquared(task.returns[rows], fits: fits[rows]).value }
    total = predictions.total.map(score) ?? .nan
    for (mode, values) in predictions.forecasts { modes[mode] = score(values) }
  }
}

/// Means over draws of one model.
private struct Tally {
  private(set) var draws: [Scores] = []

  mutating func add(_ scores: Scores) { draws.append(scores) }

  var total: Double { mean(\.total) }
  func mode(_ mode: ForecastMode) -> Double { mean { $0.modes[mode] ?? .nan } }

  private func mean(_ part: (Scores) -> Double) -> Double {
    draws.reduce(0) { $0 + part($1) } / Double(draws.count)
  }

  var line: String {
    ([("total", total)] + ForecastMode.allCases.map { ($0.rawValue, mode($0)) })
      .filter { !$0.1.isNaN }
      .map { "\($0.0) \(Double(Int($0.1 * 100_000)) / 1000) %" }.joined(separator: "  ")
  }
}

@Suite(.serialized) struct StatisticalTests {
  private static let isWanted: Bool = {
    var debug = false
    assert(
      {
        debug = true; return true
      }())
    let wanted = FileSystem.environment("FQ_FULL") == "1" && !debug
    if !wanted { print("skipped: statistical tests need FQ_FULL=1 and an optimised build") }
    return wanted
  }()

  private static let models: [(label: String, name: String, given: [String: HyperparameterValue])] =
    [
      ("ca2", "ca2", ["k": .integer(3), "seeds": .integer(3)]),
      ("cvra", "cvra", ["k": .integer(3)]),
      ("exact", "cvra", ["k": .integer(3), "posterior": .word("exact"), "patience": .integer(30)]),
      ("var1", "cvra", ["k": .integer(3), "prior": .word("var1")]),
    ]

  /// Fits every model on ten draws of a world with 480 months.
  private func run(_ member: RecurrentWorld.Member) throws -> (
    oracle: (total: Double, filter: Double, mean: Double), tallies: [String: Tally]
  ) {
    var oracle = (total: 0.0, filter: 0.0, mean: 0.0)
    var tallies: [String: Tally] = [:]
    for seed: UInt64 in 1...10 {
      let world = try! RecurrentWorld(
        member, firms: 200, months: 480, characteristics: 20, seed: seed)
      let task = try SimulatedPanel.task(world, SplitDesign.shares.split(months: 480))
      let truth = world.oracles(on: try task.requireSplit().test)
      oracle.total += truth.total / 10
      oracle.filter += truth.filter / 10
      oracle.mean += truth.mean / 10
      for (label, name, given) in Self.models {
        tallies[label, default: Tally()].add(try Scores(name, given, task))
      }
    }
    print("\(member) oracles: total \(oracle.total)  filter \(oracle.filter)  mean \(oracle.mean)")
    for (label, _, _) in Self.models { print("\(member) \(label): \(tallies[label]?.line ?? "")") }
    return (oracle, tallies)
  }

  // ST-1, the part of IPCA: published 40.7 and 3.3 of 100 in g21a, 11.9 and .81 in g21b, at three factors
  // and without a constant among the characteristics; PCA of returns 5.5 and 6.0.
  @Test(
    .enabled(if: isWanted),
    arguments: [
      (Gkx2021World.Member.g21a, 0.407, 0.033, 0.055), (.g21b, 0.119, 0.008, 0.060),
    ])
  func instrumentedComponentsEarnWhatIsPublished(
    member: Gkx2021World.Member, total: Double, mean: Double, returns: Double
  ) throws {
    var tallies = ["ipca": Tally(), "pca": Tally()]
    for seed in 1...10 {
      let size = WorldSize(firms: 200, months: 180, characteristics: 50, seed: UInt64(seed))
      let task = try SimulatedPanel.task(
        Gkx2021World(member, size), SplitDesign.thirds.split(months: 180))
      let common: [String: HyperparameterValue] = [
        "k": .integer(3), "sample": .word("train_valid"),
      ]
      tallies["ipca"]?.add(
        try Scores("ipca", common.merging(["constant": .flag(false)]) { $1 }, task))
      tallies["pca"]?.add(try Scores("pca", common.merging(["on": .word("returns")]) { $1 }, task))
    }
    let (ipca, pca) = (try #require(tallies["ipca"]), try #require(tallies["pca"]))
    print("\(member) ipca \(ipca.line)\n\(member) pca \(pca.line)")
    expectClose(ipca.total, total, absolute: 0.02)
    expectClose(ipca.mode(.mean), mean, absolute: 0.01)
    expectClose(pca.total, returns, absolute: 0.02)
  }

  // ST-1, the part of the autoencoders: published 31.8 and 30.9 in g21b at three factors, where IPCA has 11.9; in
  // g21a three to four points below IPCA, which has 40.7. Their factor network reads the components of the
  // world; with managed portfolios it cannot see a factor whose loadings are products (docs/evidence.md).
  @Test(.enabled(if: isWanted))
  func autoencodersEarnWhatIsPublished() throws {
    for (member, total) in [(Gkx2021World.Member.g21a, 0.375), (.g21b, 0.313)] {
      for name in ["ca1", "ca2"] {
        var tally = Tally()
        for seed in 1...10 {
          let size = WorldSize(firms: 200, months: 180, characteristics: 50, seed: UInt64(seed))
          let world = try Gkx2021World(member, size)
          let task = try SimulatedPanel.task(world, SplitDesign.thirds.split(months: 180))
          let fed = FactorTask(
            index: task.index, characteristicNames: task.characteristicNames,
            characteristics: task.characteristics, returns: task.returns, targetName: "ret",
            split: task.split, observed: world.components)
          tally.add(
            try Scores(
              name, ["k": .integer(3), "seeds": .integer(1), "fac_in": .word("observed")], fed))
        }
        print("\(member) \(name) \(tally.line)")
        expectClose(tally.total, total, absolute: 0.04, "\(member) \(name)")
      }
    }
  }

  // ST-3: thresholds as stated there, in shares of the oracles and points of R2.
  @Test(.enabled(if: isWanted))
  func recurrentPriorsEarnWhatTheWorldOffers() throws {
    let (oracle, tallies) = try run(.r_dyn)
    let (cvra, exact) = (try #require(tallies["cvra"]), try #require(tallies["exact"]))
    let (ca2, var1) = (try #require(tallies["ca2"]), try #require(tallies["var1"]))
    func best(_ tally: Tally) -> Double { max(tally.mode(.prior), tally.mode(.blend)) }
    print(
      "r_dyn inference gap: total \(exact.total - cvra.total), prior \(best(exact) - best(cvra))")
    #expect(cvra.total >= 0.94 * oracle.total)
    #expect(best(cvra) >= 0.80 * oracle.filter)
    #expect(best(exact) >= 0.85 * oracle.filter)
    #expect(best(cvra) >= ca2.mode(.mean) + 0.04)
    #expect(best(exact) >= ca2.mode(.mean) + 0.04)
    #expect(var1.mode(.prior) >= var1.mode(.mean) + 0.01)
  }

  // ST-6. Stated, in 1e-4: zero 3.25, static 2.223, rolling 2.206, Kalman with the true variances 2.196, true betas
  // 2.177, also with sectors 1.978, ten principal components 1.890: these read the returns they explain.
  @Test(.enabled(if: isWanted))
  func filtersRankAsTheyShouldWhereBetasDrift() throws {
    let models: [(String, String, [String: HyperparameterValue])] = [
      ("static", "ff", [:]), ("rolling", "rolling_ols", [:]), ("kalman", "kalman", [:]),
      ("dcc", "dcc_garch", [:]),
      ("components", "pca", ["on": .word("returns"), "k": .integer(10)]),
    ]
    let draws = try (1...12).map { seed in
      try DriftingScores(
        DriftingBetaWorld(WorldSize(firms: 100, months: 1750, seed: UInt64(seed))), models)
    }
    var means: [String: Double] = [:]
    for (place, item) in draws[0].errors.enumerated() {
      let values = draws.map { $0.errors[place].value }
      means[item.name] = values.reduce(0, +) / Double(values.count)
      let wins = draws.count { $0[item.name] > $0["kalman"] }
      print(
        "drifting_beta \(item.name): \(Double(Int((means[item.name] ?? .nan) * 1e8)) / 1e4) e-4, "
          + "above kalman in \(wins) of \(draws.count)")
    }
    func mean(_ name: String) -> Double { means[name] ?? .nan }
    for (worse, better) in [
      ("zero", "static"), ("static", "rolling"), ("rolling", "kalman"), ("kalman", "true beta"),
      ("true beta", "true beta and sector"), ("true beta", "components"),
    ] { #expect(mean(worse) > mean(better), "\(worse) above \(better)") }
  }
}
