// A fit whose validation months only tune: what the second fit is trained on, what it takes over, and what neither
// sees.

import FactorRuntime
import TestSupport
import Testing

@testable import Models

@Suite struct FitOrderTests {
  private func order(_ model: ContractCase, seed: UInt64 = 5) throws -> FitOrder {
    let names = Set(model.card.settings.map(\.name))
    // Members are fitted by the same code whatever they are: several of them in two models every day.
    let seeds = FullRun.isAsked || ["ca1", "cvra"].contains(model.card.name) ? 2 : 1
    let small: [String: HyperparameterValue] = [
      "k": .integer(2), "seeds": .integer(seeds), "epochs": .integer(4), "patience": .integer(2),
      "months": .integer(4), "min_obs": .integer(8), "hidden": .integer(3), "warmup": .integer(1),
      "anneal": .integer(1), "window": .integer(12), "init": .integer(6), "skip": .integer(1),
    ]
    return FitOrder(
      model.card,
      small.filter { names.contains($0.key) }.merging(model.variant) { $1 }, seed: seed,
      refitsOnAll: true)
  }

  private struct Fits: Sendable {
    let first, second: any FittedModel
  }

  /// Both fits.
  private func fits(_ order: FitOrder, _ task: FactorTask) throws -> Fits {
    let context = FitContext(seed: order.seed)
    let first = try order.fit(task, context)
    let next = try #require(order.refit(after: first))
    #expect(next.refit(after: first) == nil)
    return Fits(first: first, second: try next.fit(task, context))
  }

  private static let known = SharedResults<Fits>()

  /// Both fits on the panel of a case, which the tests share.
  private func fits(_ model: ContractCase) throws -> Fits {
    try Self.known.value(model.description) { try fits(order(model), model.task()) }
  }

  @Test(arguments: ContractCase.plain)
  func testMonthsChangeNeitherFit(model: ContractCase) throws {
    let task = try model.task()
    let (order, end) = (try order(model), try task.requireSplit().test.lowerBound)
    let scrambled = task.scrambled(returnsFrom: end, characteristicsFrom: end)
    let (whole, other) = (try fits(model), try fits(order, scrambled))
    for (a, b) in [(whole.first, other.first), (whole.second, other.second)] {
      #expect(try ModelFile.container(of: a).encoded == ModelFile.container(of: b).encoded)
    }
  }

  @Test(arguments: ContractCase.plain)
  func theSecondFitReadsValidationMonthsAndTakesOverItsEpochs(model: ContractCase) throws {
    let task = try model.task()
    let order = try order(model)
    let known = try fits(model)
    let (first, second) = (known.first, known.second)
    func bits(_ model: any FittedModel) throws -> PredictionBits {
      PredictionBits(try model.predict(task, budget: Budget()))
    }
    #expect(try bits(first) != bits(second))
    guard model.card.isTrained else { return }
    for (tuned, fitted) in zip(first.summary.members, second.summary.members) {
      #expect(fitted.epochs == tuned.bestEpoch && fitted.bestEpoch == tuned.bestEpoch)
    }
    #expect(second.summary.notes.contains { $0.hasPrefix("trained anew on all") })
    // The epochs given, the returns of the last validation month matter.
    var returns = task.returns
    for row in try task.rows(task.requireSplit().valid.upperBound - 1) { returns[row] *= -1.5 }
    let next = try #require(order.refit(after: first))
    let moved = try next.fit(task.replacing(returns: returns), FitContext(seed: order.seed))
    #expect(try bits(moved) != bits(second))
  }

  @Test func theBlendWeightIsTakenOver() throws {
    typealias Fitted = FittedConditional<BetaNetwork<Float>, RecurrentFactorHead<Float>>
    let model = try #require(ContractCase.plain.first { $0.card.name == "cvra" })
    let order = try order(model)
    let task = try model.task()
    var first = try #require(try order.fit(task, FitContext(seed: 5)) as? Fitted)
    for weight in [0.25, 0.75] {
      first.blendWeight = weight
      let next = try #require(order.refit(after: first))
      let second = try #require(try next.fit(task, FitContext(seed: 5)) as? Fitted)
      #expect(second.blendWeight == weight)
    }
  }

  @Test func theKeyKnowsWhichFitItIs() throws {
    let model = try #require(ContractCase.plain.first { $0.card.name == "ca1" })
    let (order, task) = (try order(model), try model.task())
    let plain = FitOrder(order.card, order.settings, seed: 5)
    // The first of the two is the fit that would have been made anyway.
    #expect(try order.key(task, threads: 1) == plain.key(task, threads: 1))
    #expect(plain.refit(after: try plain.fit(task, FitContext(seed: 5))) == nil)
    let next = try #require(order.refit(after: try order.fit(task, FitContext(seed: 5))))
    #expect(try next.key(task, threads: 1) != order.key(task, threads: 1))
  }

  // Stopped between two epochs and continued, the second fit is the same.
  @Test func theSecondFitGoesOnBitByBit() throws {
    let model = try #require(ContractCase.plain.first { $0.card.name == "cvra" })
    let (order, task) = (try order(model), try model.task())
    let known = try fits(model)
    let (first, second) = (known.first, known.second)
    let next = try #require(order.refit(after: first))
    let budget = Budget()
    let stopped = try next.fit(
      task, FitContext(seed: 5, budget: budget) { _ in budget.cancel() })
    let pause = try #require(stopped.pause)
    var context = FitContext(seed: 5)
    context.earlier = pause.checkpoint()
    let whole = try next.fit(task, context)
    #expect(try ModelFile.container(of: whole).encoded == ModelFile.container(of: second).encoded)
  }
}
