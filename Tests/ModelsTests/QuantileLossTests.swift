// The pinball loss of quantile heads: its definition, its closed expectation, what it asks for.

import FactorRuntime
import TestSupport
import Testing

@testable import Models

@Suite struct QuantileLossTests {
  private static let (heads, factors, width) = (3, 2, 16)
  private let outputs: [Double]
  private let returns: [Double]

  init() {
    var stream = RandomStream(seed: 6, purpose: .example)
    outputs = (0..<(5 * Self.width)).map { _ in stream.normal() }
    returns = (0..<5).map { _ in stream.normal() }
  }

  private func value(_ mean: [Double], _ variance: [Double]) -> Double {
    let statistics = LoadingStatistics<Double>(factors: 2, width: 16, slots: 1)
    var record = [Double](repeating: 0, count: QuantileView<Double>.recordSize(factors: 2))
    var rows = [Double](repeating: 0, count: 5 * 16)
    for i in 0..<5 { rows[i * 16 + 2] = returns[i] }
    var (byMean, byVariance) = ([0.0, 0.0], [0.0, 0.0])
    return outputs.withUnsafeBufferPointer { out in
      rows.withUnsafeBufferPointer { rows in
        record.withUnsafeMutableBufferPointer { record in
          byMean.withUnsafeMutableBufferPointer { m in
            byVariance.withUnsafeMutableBufferPointer { v in
              let quantiles = QuantileView<Double>(
                outputs: out.baseAddress!, outputWidth: 16, heads: 3, record: record.baseAddress!)
              let view = MonthView<Double>(
                month: 0, firms: 5, statistics: statistics[0], loadings: rows.baseAddress!,
                width: 16, quantiles: quantiles)
              return QuantileLoss.evaluate(
                view, quantiles, factors: 2, mean: mean, variance: variance,
                into: (m.baseAddress!, v.baseAddress!))
            }
          }
        }
      }
    }
  }

  private func pinball(_ mean: [Double]) -> Double {
    var total = 0.0
    for i in 0..<5 {
      for q in 0..<3 {
        let level = Double(q + 1) / 4
        let fit = (0..<2).reduce(0) { $0 + outputs[i * 16 + q * 2 + $1] * mean[$1] }
        let error = returns[i] - fit
        total += max(level * error, (level - 1) * error)
      }
    }
    return total / 15
  }

  @Test func factorsWithoutVarianceGiveThePinballLoss() {
    for mean in [[0.4, -0.3], [0, 0], [-1.2, 2]] {
      expectClose(value(mean, [0, 0]), pinball(mean), absolute: 1e-5)
    }
  }

  @Test func theExpectationIsThatOfDraws() {
    let (mean, variance) = ([0.4, -0.3], [0.5, 1.3])
    var stream = RandomStream(seed: 2, purpose: .example)
    let draws = 100_000
    let drawn = (0..<draws).reduce(0) { sum, _ in
      sum
        + pinball([
          mean[0] + variance[0].squareRoot() * stream.normal(),
          mean[1] + variance[1].squareRoot() * stream.normal(),
        ])
    }
    expectClose(value(mean, variance), drawn / Double(draws), relative: 0.01)
  }

  @Test func levelsAreEvenlySpaced() {
    #expect((0..<3).map { QuantileLoss.level($0, of: 3) } == [0.25, 0.5, 0.75])
  }
}
