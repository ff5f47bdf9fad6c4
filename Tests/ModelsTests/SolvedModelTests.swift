// Principal components and observable factors: definitions on small panels, gaps, newcomers, refusals.

import FactorRuntime
import TestSupport
import Testing

@testable import Models

/// A panel written out: months x firms of returns with NaN for rows that are not there.
private func task(
  _ returns: [[Double]],
  _ characteristics: [String: (Int, Int) -> Double] = ["c1": { _, i in Double(i) }],
  split: Split
) throws -> FactorTask {
  let cells = returns.indices.flatMap { t in
    returns[t].indices.filter { !returns[t][$0].isNaN }.map { (t, $0) }
  }
  let names = characteristics.keys.sorted()
  let index = try PanelIndex.sorting(
    months: cells.map { Period(index: 24_000) + $0.0 }, assets: cells.map { Int32($0.1) },
    names: (0..<returns[0].count).map { String(100 + $0) }
  ).index
  return FactorTask(
    index: index, characteristicNames: names,
    characteristics: cells.flatMap { t, i in
      names.map { Float(characteristics[$0].map { $0(t, i) } ?? 0) }
    }, returns: cells.map { returns[$0.0][$0.1] }, targetName: "return", split: split)
}

private func fit(
  _ name: String, _ settings: [String: HyperparameterValue], _ task: FactorTask
) throws -> FittedLinear {
  let model = try #require(Registry.card(name)).model(settings).fit(task, FitContext(seed: 1))
  return try #require(model as? FittedLinear)
}

private func noise(_ months: Int, _ firms: Int, seed: UInt64 = 9) -> [[Double]] {
  var stream = RandomStream(seed: seed, purpose: .example)
  return (0..<months).map { _ in (0..<firms).map { _ in 0.1 * stream.normal() } }
}

@Suite struct PanelFactorTests {
  // Nine firms: terciles of three. Size falls, book-to-market rises with the firm's number.
  @Test func tercileSpreadsAreMeansOfThreeAgainstThree() throws {
    let returns = [(1...9).map { 0.01 * Double($0 * $0) }]
    let task = try task(
      returns,
      [
        "mvel1": { _, i in -Double(i) / 10 }, "bm": { _, i in Double(i) / 10 },
        "mom12m": { _, i in i % 3 == 0 ? 1 : 0 },
      ], split: Split(train: 0..<1, valid: 1..<2, test: 2..<3))
    let factors = try PanelFactors([.mkt, .smb, .hml, .umd], in: task.characteristicNames)
    let high = 0.01 * (49 + 64 + 81) / 3.0
    let low = 0.01 * (1 + 4 + 9) / 3.0
    let found = factors.values(task, rows: Array(0..<9))
    expectClose(Array(found.prefix(3)), [0.01 * 285 / 9, high - low, high - low], absolute: 1e-12)
    // Six firms tie at zero and stay together: their mean rank 3.5 is no bottom third of nine.
    #expect(found[3] == 0)
    // Of the known rows only.
    expectClose(factors.values(task, rows: [0, 1, 2])[1], 0.01 * (9 - 1), absolute: 1e-12)
    #expect(factors.values(task, rows: [4]) == [0.25, 0, 0, 0])
  }
}

@Suite struct ObservableFactorsTests {
  private let split = try? Split(train: 0..<30, valid: 30..<33, test: 33..<36)

  @Test func loadingsAreRegressionsFirmByFirm() throws {
    var returns = noise(36, 6)
    for t in 0..<20 { returns[t][5] = .nan }
    let task = try task(returns, split: try #require(split))
    let model = try fit("ff", ["factors": .words(["mkt"])], task)
    guard case .firms(let firms) = model.structure.loadings else { return }
    // Firm 105 has ten returns, fewer than 24.
    #expect(firms.firms == ["100", "101", "102", "103", "104"])
    let market = (0..<36).map { t -> Double in
      let seen = returns[t].filter { !$0.isNaN }
      return seen.reduce(0, +) / Double(seen.count)
    }
    var mean = 0.0
    for i in 0..<5 {
      let cross = (0..<30).reduce(0) { $0 + market[$1] * returns[$1][i] }
      let square = (0..<30).reduce(0) { $0 + market[$1] * market[$1] }
      expectClose(firms.values[i], cross / square, relative: 1e-12)
      mean += cross / square / 5
      let errors = (0..<30).reduce(0) {
        $0 + (returns[$1][i] - cross / square * market[$1])
          * (returns[$1][i] - cross / square * market[$1])
      }
      expectClose(firms.variances[i], errors / 29, relative: 1e-12)
    }
    expectClose(firms.newcomer, [mean], relative: 1e-12, "newcomer")
    // Forecasts: loadings times the mean of all months before.
    let forecast = try model.predict(task, budget: Budget()).preferredForecast
    let past = market.prefix(35).reduce(0, +) / 35
    let last = Array(task.rows(35))
    expectClose(forecast[last[0]], firms.values[0] * past, relative: 1e-12)
    expectClose(forecast[last[5]], mean * past, relative: 1e-12)
    #expect(forecast[0] == 0, "nothing is known before the first month")
  }

  @Test func newcomersFollowTheirRule() throws {
    var returns = noise(36, 6)
    for t in 0..<20 { returns[t][5] = .nan }
    let task = try task(returns, split: try #require(split))
    let last = Array(task.rows(35))[5]
    for (rule, isExpected) in [
      ("zero", { $0 == 0 }), ("drop", { $0.isNaN }), ("mean", { $0 != 0 && $0.isFinite }),
    ] as [(String, (Double) -> Bool)] {
      let model = try fit("ff", ["factors": .words(["mkt"]), "new_firm": .word(rule)], task)
      #expect(
        isExpected(try model.predict(task, budget: Budget()).preferredForecast[last]), "\(rule)")
    }
  }

  @Test func shortHistoriesAndMissingCharacteristicsAreRefused() throws {
    let task = try task(noise(36, 5), split: try #require(split))
    #expect(throws: ModelError.shortHistories(needed: 31, longest: 30)) {
      try fit("ff", ["factors": .words(["mkt"]), "min_obs": .integer(31)], task)
    }
    let error = ModelError.missingCharacteristic(
      factor: "smb", characteristic: "mvel1", option: "factors", found: ["mkt"])
    #expect(throws: error) { try fit("ff", [:], task) }
    #expect(error.help?.hasSuffix("factors: [mkt]") == true)
    #expect(throws: ModelError.self) { try fit("ff", ["factors": .words([])], task) }
  }
}

@Suite struct PackedTextTests {
  @Test(arguments: [[], ["10001"], ["A", "", "b c"], ["1234567"], ["12345678", "Ünï"]])
  func textsComeBack(texts: [String]) throws {
    #expect(try PackedText.texts(PackedText.packed(texts)) == texts)
  }

  @Test func whatIsNotTextIsRefused() {
    #expect(throws: ContainerError.self) { try PackedText.texts([0x0A41, 0x41]) }
    #expect(throws: ContainerError.self) { try PackedText.texts([0x410A]) }
  }

  @Test func aFileThatDoesNotFitIsRefused() throws {
    let task = try task(noise(36, 6), split: Split(train: 0..<30, valid: 30..<33, test: 33..<36))
    let model = try fit(
      "pca", ["k": .integer(2), "on": .word("returns"), "min_obs": .integer(9)], task)
    let container = try ModelFile.container(of: model)
    for name in ["linear.firms", "linear.loadings", "linear.newcomer", "linear.covariance"] {
      var broken = Container(kind: "model")
      broken.facts = container.facts
      for other in container.names(after: "") where other != name {
        broken.add(other, sectionsOf: container.part(other, kind: "model"))
      }
      #expect(throws: ContainerError.self, "\(name)") { try ModelFile.model(in: broken) }
    }
  }
}

@Suite struct PCATests {
  private let split = try? Split(train: 0..<30, valid: 30..<33, test: 33..<36)

  @Test func withoutGapsItIsTheSingularValueDecomposition() throws {
    for (months, firms) in [(30, 8), (8, 30)] {
      let rows = noise(months, firms)
      let parts = try UnbalancedPCA(
        rows.flatMap { $0 }, months: months, firms: firms, factors: 2)
      #expect(parts.rounds == 1 && parts.change == 0)
      let svd = try SingularValues(Matrix(rows))
      for t in 0..<months {
        for i in 0..<firms {
          let expected = (0..<2).reduce(0) {
            $0 + svd.left[t, $1] * svd.values[$1] * svd.right[i, $1]
          }
          let found = (0..<2).reduce(0) {
            $0 + parts.factors[$1 * months + t] * parts.loadings[i * 2 + $1]
          }
          expectClose(found, expected, absolute: 1e-12, "\(t) \(i)")
        }
      }
      let square = stride(from: 0, to: 2 * firms, by: 2).reduce(0) {
        $0 + parts.loadings[$1] * parts.loadings[$1]
      }
      expectClose(square, Double(firms), relative: 1e-12)
    }
  }

  @Test func gapsOfAnExactFactorStructureAreFilledWithTheTruth() throws {
    var stream = RandomStream(seed: 2, purpose: .example)
    let (months, firms) = (40, 30)
    let f = (0..<months).map { _ in 0.1 + 0.05 * stream.normal() }
    let b = (0..<firms).map { _ in 1 + 0.5 * stream.normal() }
    let full = (0..<months).flatMap { t in (0..<firms).map { f[t] * b[$0] } }
    let values = full.map { stream.uniform() < 0.2 ? .nan : $0 }
    let parts = try UnbalancedPCA(
      values, months: months, firms: firms, factors: 1, rounds: 2000, tolerance: 1e-10)
    for place in values.indices where values[place].isNaN {
      let fit = parts.factors[place / firms] * parts.loadings[place % firms]
      expectClose(fit, full[place], absolute: 1e-6)
    }
    #expect(parts.rounds > 2)
  }

  @Test func firmsWithShortHistoriesHaveNoLoadings() throws {
    var returns = noise(36, 8)
    for t in 0..<20 { returns[t][7] = .nan }
    let task = try task(returns, split: try #require(split))
    let model = try fit(
      "pca", ["k": .integer(2), "on": .word("returns"), "min_obs": .integer(24)], task)
    let predictions = try model.predict(task, budget: Budget())
    let last = Array(task.rows(35))[7]
    #expect(predictions.preferredForecast[last] == 0 && predictions.total?[last] == 0)
    #expect(predictions.variance?[last] == model.residualVariance)
    #expect(throws: ModelError.shortHistories(needed: 36, longest: 30)) {
      try fit("pca", ["k": .integer(2), "on": .word("returns")], task)
    }
    #expect(throws: ModelError.self) {
      try fit("pca", ["k": .integer(8), "on": .word("returns"), "min_obs": .integer(24)], task)
    }
  }

  // Weights are eigenvectors; with all of them nothing is left of managed portfolios.
  @Test func managedPortfoliosAreSpannedByAsManyFactors() throws {
    let world = try Gkx2021World(
      .g21a, WorldSize(firms: 40, months: 60, characteristics: 4, seed: 8))
    let task = try SimulatedPanel.task(world, SplitDesign.thirds.split(months: 60))
    let portfolios = try ManagedInputs.returns(of: task)
    var last = 0.0
    for k in 1...4 {
      let model = try fit("pca", ["k": .integer(k)], task)
      guard case .characteristics(let gamma) = model.structure.loadings else { return }
      let x = (0..<20).map { portfolios[$0] }
      let fits = x.map { row -> [Double] in
        let f = (0..<k).map { c in (0..<5).reduce(0) { $0 + gamma[$1 * k + c] * row[$1] } }
        return (0..<5).map { a in (0..<k).reduce(0) { $0 + gamma[a * k + $1] * f[$1] } }
      }
      let score = RSquared(x.flatMap { $0 }, fits: fits.flatMap { $0 }).value
      #expect(score > last && score < 1)
      last = score
      let factors = try model.predict(task, budget: Budget()).factors
      expectClose(
        factors[3], (0..<k).map { c in (0..<5).reduce(0) { $0 + gamma[$1 * k + c] * x[3][$1] } },
        absolute: 1e-12, "factors")
    }
  }
}
