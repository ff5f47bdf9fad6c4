// Models written and read back forecast the same bits; what does not fit is refused with its name.

import FactorRuntime
import TestSupport
import Testing

@testable import Models

@Suite struct ModelFileTests {
  private let budget = Budget()

  @Test(arguments: ContractCase.everyday)
  func savedAndOpenedModelForecastsTheSameBits(model: ContractCase) throws {
    let task = try model.task()
    let fitted = try model.fitted()
    let bytes = try ModelFile.container(of: fitted).encoded
    let opened = try ModelFile.model(in: Container(decoding: bytes))
    #expect(
      PredictionBits(try opened.predict(task, budget: budget))
        == PredictionBits(try fitted.predict(task, budget: budget)))
    #expect(opened.summary.members == fitted.summary.members)
    #expect(opened.summary.seed == fitted.summary.seed)
    #expect(opened.summary.settings.map(\.value) == fitted.summary.settings.map(\.value))
    try #expect(ModelFile.container(of: opened).encoded == bytes)
  }

  // The definition: month by month, from what was known before it.
  @Test(arguments: ContractCase.everyday)
  func rowsThatWaitForTheirReturnAreForecastAsIfTheyWereLast(model: ContractCase) throws {
    let task = try model.task()
    let fitted = try model.fitted()
    var stream = RandomStream(seed: 3, purpose: .example)
    let last = task.rows(task.monthCount - 1)
    // Who reads histories knows the characteristics of rows that wait, which the definition leaves out; who reads
    // series has no period without one of them.
    let share = model.readsHistories || model.readsSeries ? 0 : 0.01
    let waiting = (0..<task.returns.count).map { last.contains($0) || stream.uniform() < share }
    let fast = try fitted.forecast(task, waiting: waiting, budget: budget)
    let slow = try Plain(fitted: fitted).forecast(task, waiting: waiting, budget: budget)
    #expect(fast.map(\.bitPattern) == slow.map(\.bitPattern))
    #expect(fast.allSatisfy { $0.isFinite })
    // Without waiting rows it is the plain forecast.
    let none = try fitted.forecast(
      task, waiting: waiting.map { _ in false }, budget: budget)
    let plain = try fitted.predict(task, budget: budget).preferredForecast
    #expect(none.map(\.bitPattern) == plain.map(\.bitPattern))
  }

  @Test(arguments: ContractCase.trained + ContractCase.plain.filter { $0.card.name == "ipca" })
  func aFitThatStartsFromAnotherBeginsWhereItEnded(model: ContractCase) throws {
    let task = try model.task()
    let first = try model.fitted()
    let again = try model.model().fit(task, FitContext(seed: 7, start: first))
    let (old, new) = (first.summary.members[0], again.summary.members[0])
    #expect(new.trainingLoss[0] < old.trainingLoss[0])
    guard model.hasFactors else { return }
    let other = try model.model(["k": .integer(1)])
    #expect(throws: ModelError.self) {
      try other.fit(task, FitContext(seed: 7, start: first))
    }
  }

  @Test(arguments: ContractCase.plain.filter { !$0.card.isTrained && $0.card.name != "ipca" })
  func whatIsSolvedAtOnceStartsFromNothing(model: ContractCase) throws {
    let task = try model.task()
    let first = try model.fitted()
    #expect(throws: ModelError.self) {
      try model.model().fit(task, FitContext(seed: 7, start: first))
    }
  }

  @Test(arguments: ContractCase.trained)
  func aMemberStandsAlone(model: ContractCase) throws {
    let task = try model.task()
    let fitted = try model.fitted()
    let count = fitted.summary.members.count
    let singles = try (0..<count).map { number in
      try #require(fitted.member(number)).predict(task, budget: budget).preferredForecast
    }
    #expect(fitted.member(count) == nil)
    let mean = zip(singles[0], singles[1]).map { ($0 + $1) / 2 }
    expectClose(
      try fitted.predict(task, budget: budget).preferredForecast, mean, absolute: 1e-12, "mean")
  }

  @Test func whatDoesNotFitIsRefused() throws {
    let model = ContractCase.plain[1]
    let container = try ModelFile.container(of: try model.fit(model.task()))
    var other = Container(kind: "memo")
    other.facts = container.facts
    #expect(throws: ContainerError.otherKind(found: "memo", wanted: "model")) {
      try ModelFile.model(in: other)
    }
    var bare = Container(kind: "model")
    bare.facts = container.facts
    #expect(throws: ContainerError.missing(section: "fit0.train")) {
      try ModelFile.model(in: bare)
    }
    #expect(throws: ContainerError.self) { try ModelFile.model(in: Container(kind: "model")) }
  }
}

/// A model without a way of its own to let rows wait.
private struct Plain: FittedModel {
  let fitted: any FittedModel
  var summary: FitSummary { fitted.summary }
  func predict(_ task: FactorTask, budget: Budget) throws -> Predictions {
    try fitted.predict(task, budget: budget)
  }
  func encode(into container: inout Container) {}
}
