// R2. A fit whose rows are dealt out over several groups gives the same bits on 1, 2, 3, 4 and 8 threads:
// losses of every step, weights, forecasts.

import FactorRuntime
import TestSupport
import Testing

@testable import Models

@Suite struct ThreadAgreementTests {
  /// Months of 700 firms, so that a month is several groups and a chunk of months is eight.
  private static func panel() throws -> BenchmarkPanel {
    try BenchmarkPanel(
      .init(rows: 16 * 700, months: 16, characteristics: 6, factors: 2), seed: 5)
  }

  private static func split(_ task: FactorTask) throws -> FactorTask {
    var task = task
    task.split = try Split(train: 0..<12, valid: 12..<15, test: 15..<18)
    return task
  }

  private func bits(_ numbers: [Double]) -> [UInt64] { numbers.map(\.bitPattern) }

  private static let shared: [(name: String, own: [String: HyperparameterValue])] = [
    ("ca2", [:]), ("cvra", [:]), ("cvra", ["idio": .word("net")]), ("cvra", ["heads": .integer(3)]),
  ]

  @Test(arguments: shared)
  func rowsOfOneMemberMayBeSharedOut(name: String, own: [String: HyperparameterValue]) throws {
    let task = try Self.split(try Self.panel().task)
    let card = try #require(Registry.card(name))
    let short: [String: HyperparameterValue] = [
      "k": .integer(2), "seeds": .integer(1), "epochs": .integer(3),
    ]
    let model = try card.model(short.merging(own) { $1 })
    func fitted(_ threads: Int) throws -> (
      report: TrainingReport, file: [UInt8], forecast: [UInt64]
    ) {
      let fit = try model.fit(task, FitContext(seed: 3, budget: Budget(threads: threads)))
      let report = try #require(fit.summary.members.first)
      let forecast = try fit.predict(task, budget: Budget(threads: threads)).preferredForecast
      return (report, try ModelFile.container(of: fit).encoded, bits(forecast))
    }
    let expected = try fitted(1)
    #expect(expected.report.epochs == 3)
    for threads in [2, 3, 4, 8] {
      let found = try fitted(threads)
      #expect(bits(found.report.trainingLoss) == bits(expected.report.trainingLoss))
      #expect(bits(found.report.validationLoss) == bits(expected.report.validationLoss))
      #expect(found.file == expected.file, "\(threads) threads: the weights differ")
      #expect(found.forecast == expected.forecast, "\(threads) threads")
    }
  }

  // What is solved month by month and firm by firm, side by side.
  @Test(arguments: ["ff", "pca", "ipca"])
  func monthsOfASolvedModelMayBeSharedOut(name: String) throws {
    let task = try Self.split(try Self.panel().task)
    let card = try #require(Registry.card(name))
    let given: [String: HyperparameterValue] =
      name == "ff" ? ["factors": .words(["mkt"]), "min_obs": .integer(6)] : ["k": .integer(2)]
    func fitted(_ threads: Int) throws -> (file: [UInt8], forecast: [UInt64]) {
      let fit = try card.model(given).fit(
        task, FitContext(seed: 3, budget: Budget(threads: threads)))
      let forecast = try fit.predict(task, budget: Budget(threads: threads)).preferredForecast
      return (try ModelFile.container(of: fit).encoded, bits(forecast))
    }
    let expected = try fitted(1)
    for threads in [2, 3, 8] {
      let found = try fitted(threads)
      #expect(found.file == expected.file && found.forecast == expected.forecast, "\(threads)")
    }
  }

  // Step by step, for every kind of network that the benchmarks train.
  @Test(arguments: EpochBenchmark.Model.allCases)
  func everyStepOfEveryNetworkAgrees(model: EpochBenchmark.Model) throws {
    let months = FullRun.isAsked ? 13 : 7
    let shape = EpochBenchmark.Shape(
      rows: months * 600, months: months, characteristics: 5, factors: 2)
    func losses(_ threads: Int) throws -> [UInt64] {
      let bench = try EpochBenchmark(model, shape, threads: threads)
      return (0..<2).flatMap { _ in
        (0..<bench.begin()).map { bench.run(step: $0).bitPattern }
      }
    }
    let expected = try losses(1)
    #expect(Set(expected).count == expected.count, "every step moves the loss")
    for threads in FullRun.isAsked ? [2, 3, 8] : [3, 8] {
      #expect(try losses(threads) == expected, "\(threads) threads")
    }
  }
}
