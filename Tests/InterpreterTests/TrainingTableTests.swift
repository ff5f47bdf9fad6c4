// The epochs of a fit as a table.

import FactorRuntime
import Testing

@testable import Interpreter
@testable import Models

@Suite struct TrainingTableTests {
  @Test func aRowForEachEpochOfEachMember() throws {
    let result = run(
      ModelVerbTests.task + """
        m = t | fit ca1, k: 1, seeds: 2, epochs: 3
        e = m.training
        """)
    #expect(result.status == .done, "\(result.diagnostics.map(\.message))")
    guard case .table(let table)? = result.session.environment["e"] else {
      Issue.record("training is a table")
      return
    }
    #expect(
      table.columns.map(\.name) == [
        "member", "epoch", "training_loss", "validation_loss", "gradient_norm", "rate",
      ])
    #expect(table.column("member")?.numbers == [1, 1, 1, 2, 2, 2])
    #expect(table.column("epoch")?.numbers == [1, 2, 3, 1, 2, 3])
    #expect(table.column("gradient_norm")?.numbers?.allSatisfy { $0 > 0 } == true)
    let losses = try #require(table.column("training_loss")?.numbers)
    #expect(losses.allSatisfy(\.isFinite) && losses[0] != losses[1])
  }

  @Test func aMemberWithoutMetricsHasMissingOnes() throws {
    var one = TrainingReport()
    one.trainingLoss = [3, 2]
    one.validationLoss = [4, 3]
    one.metrics.append([Metric("kl", 0.5)], seconds: 1)
    one.metrics.append([Metric("kl", 0.25)], seconds: 1)
    var two = TrainingReport()
    (two.trainingLoss, two.validationLoss) = ([1], [1])
    let kl = try #require(Table(training: [one, two]).column("kl")?.numbers)
    #expect(kl.prefix(2) == [0.5, 0.25] && kl[2].isNaN)
  }
}
