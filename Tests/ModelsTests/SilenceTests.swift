// What models are not shown: silenced characteristics, and months outside running means.

import FactorRuntime
import TestSupport
import Testing

@testable import Models

@Suite struct SilenceTests {
  private let budget = Budget()

  @Test func portfoliosOfOthersAreNotComputedAnew() throws {
    let task = try SimulatedPanel.task(firms: 12, months: 20, characteristics: 4)
    let all = try ManagedInputs.returns(of: task)
    for place in SilentPlace.allCases {
      let silent = task.silencing([1], in: place)
      let rows = 0..<task.returns.count
      #expect(
        silent.characteristics.indices.allSatisfy { i in
          i % 4 == 1 && place != .factors
            ? silent.characteristics[i] == 0 : silent.characteristics[i] == task.characteristics[i]
        })
      let expected = all.map { month in
        month.indices.map { $0 == 1 && place != .betas ? 0 : month[$0] }
      }
      #expect(try ManagedInputs.returns(of: silent) == expected, "\(place)")
      // Cut to some of its rows it remembers what it must not show.
      let part = silent.keeping(Array(rows.prefix(24)))
      #expect(try ManagedInputs.returns(of: part) == Array(expected.prefix(2)))
    }
  }

  @Test(arguments: ContractCase.everyday.filter { !$0.isObserved })
  func aModelIsJudgedWithoutACharacteristic(model: ContractCase) throws {
    let task = try model.task()
    let fitted = try model.fitted()
    let original = PredictionBits(try fitted.predict(task, budget: budget))
    let nothing = try fitted.predict(task.silencing([]), budget: budget)
    #expect(PredictionBits(nothing) == original)
    let silent = PredictionBits(try fitted.predict(task.silencing([0]), budget: budget))
    // Loadings fixed by firm on the market, or on what returns have in common, read no characteristic.
    #expect((silent != original) == Self.readsCharacteristics(model))
    // Portfolios silent alone change what is said where factors read them, and nowhere else.
    let alone = try fitted.predict(task.silencing([0], in: .factors), budget: budget)
    #expect(fitted.readsManagedPortfolios == (PredictionBits(alone) != original))
    guard fitted.readsManagedPortfolios else {
      // A model that reads nothing but characteristics sees a column of zeros.
      var matrix = task.characteristics
      for row in 0..<task.returns.count { matrix[row * task.width] = 0 }
      let zeroed = try fitted.predict(task.replacing(characteristics: matrix), budget: budget)
      #expect(PredictionBits(zeroed) == silent)
      return
    }
    let parts = try [SilentPlace.betas, .factors].map {
      PredictionBits(try fitted.predict(task.silencing([0], in: $0), budget: budget))
    }
    #expect(parts[0] != original && parts[1] != original)
    #expect(parts[0] != parts[1] && parts[0] != silent && parts[1] != silent)
  }

  private static func readsCharacteristics(_ model: ContractCase) -> Bool {
    !model.readsSeries && model.variant["on"] != .word("returns")
      && model.variant["factors"] != .words(["mkt"])
  }

  // Every model with a mean forecast leaves earlier months out of its means, and of nothing else.
  @Test(arguments: ContractCase.everyday)
  func meansBeginWhereTheyAreTold(model: ContractCase) throws {
    let task = try model.task()
    let fitted = try model.fitted()
    let original = try fitted.predict(task, budget: budget)
    guard let mean = original.forecast(.mean) else { return }
    let start = try task.requireSplit().test.lowerBound
    var later = task
    later.meansFrom = task.index.months[start]
    #expect(later.firstMeanMonth == start)
    let found = try fitted.predict(later, budget: budget)
    #expect(PredictionBits(found).total == PredictionBits(original).total)
    #expect(PredictionBits(found).variance == PredictionBits(original).variance)
    #expect(found.forecast(.prior) == original.forecast(.prior))
    let test = task.rows(start).upperBound..<task.returns.count
    let own = try #require(found.forecast(.mean))
    #expect(own[test] != mean[test])
    later.meansFrom = task.index.months[0]
    #expect(try fitted.predict(later, budget: budget).forecast(.mean) == mean)
  }

  @Test func theFirstMonthOfMeansHasNoFactorToExpect() throws {
    let model = try #require(ContractCase.plain.first { $0.card.name == "ca1" })
    var task = try model.task()
    let fitted = try model.fitted()
    task.meansFrom = task.index.months[20]
    let found = try #require(try fitted.predict(task, budget: budget).forecast(.mean))
    #expect(found[..<task.rows(20).upperBound].allSatisfy { $0 == 0 })
    #expect(found[task.rows(21)].contains { $0 != 0 })
  }

  @Test func runningFactorsHaveTheirMeanAndCovariance() {
    var seen = RunningFactors(count: 2)
    #expect(seen.mean == [0, 0] && seen.covariance == [0, 0, 0, 0])
    for factors in [[1.0, 2], [3, 2], [2, 5]] { seen.add(factors) }
    expectClose(seen.mean, [2, 3], absolute: 1e-15)
    expectClose(seen.covariance, [1, 0, 0, 3], absolute: 1e-12)
    expectClose(RunningFactors.variance(of: [2, -1], [1, 0.5, 0.5, 3]), 5, absolute: 1e-12)
  }

  // A model without a prior says how far its factors have gone, not only what firms do alone.
  @Test func theVarianceOfAnAutoencoderHoldsThatOfItsFactors() throws {
    let model = try #require(ContractCase.plain.first { $0.card.name == "ca0" })
    let task = try model.task()
    let variance = try #require(
      try model.fitted().predict(task, budget: budget).variance)
    let last = task.rows(task.monthCount - 1)
    let alone = try #require(variance[task.rows(0)].first)
    #expect(variance[task.rows(0)].allSatisfy { $0 == alone })
    #expect(variance[last].allSatisfy { $0 > alone } && Set(variance[last]).count > 1)
  }
}
