// Named figures of epochs.

import FactorRuntime
import Testing

@testable import Models

@Suite struct TrainingMetricsTests {
  @Test func aFigureThatComesLateIsMissingBefore() {
    var metrics = TrainingMetrics()
    metrics.append([Metric("norm", 1)], seconds: 0.1)
    metrics.append([Metric("norm", 2), Metric("kl", 7)], seconds: 0.2)
    metrics.append([Metric("kl", 8)], seconds: 0.3)
    #expect(metrics.names == ["norm", "kl"] && metrics.epochs == 3)
    #expect(metrics["norm"]?.prefix(2) == [1, 2] && metrics["norm"]?[2].isNaN == true)
    #expect(metrics["kl"]?[0].isNaN == true && metrics["kl"]?[2] == 8)
    #expect(metrics["other"] == nil)
  }

  @Test func secondsAreNoPartOfEquality() {
    func record(_ norm: Double, _ seconds: Double) -> TrainingMetrics {
      var metrics = TrainingMetrics()
      metrics.append([Metric("norm", norm), Metric("none", .nan)], seconds: seconds)
      return metrics
    }
    #expect(record(1, 0.1) == record(1, 0.2))
    #expect(record(1, 0.1) != record(2, 0.1))
    #expect(record(1, 0.1) != TrainingMetrics())
  }

  @Test func aContainerGivesBackAllButTheSeconds() throws {
    var metrics = TrainingMetrics()
    metrics.append([Metric("norm", 1.25)], seconds: 9)
    metrics.append([Metric("norm", 2), Metric("kl", -0.5)], seconds: 8)
    var container = Container(kind: "test")
    metrics.encode("m", into: &container)
    let read = try TrainingMetrics("m", of: Container(decoding: container.encoded))
    #expect(read == metrics && read.seconds.allSatisfy(\.isNaN))
    #expect(try TrainingMetrics("other", of: container) == TrainingMetrics())
  }

  @Test func aContainerThatContradictsItselfIsRefused() throws {
    var container = Container(kind: "test")
    container.add("m.norm", [1.0])
    container.add("m.kl", [1.0, 2])
    #expect(throws: ContainerError.self) { try TrainingMetrics("m", of: container) }
  }
}
