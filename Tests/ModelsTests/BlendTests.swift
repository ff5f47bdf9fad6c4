// The blend of prior and running mean: its weight, its arithmetic, and what a fit settles.

import FactorRuntime
import TestSupport
import Testing

@testable import Models

@Suite struct BlendTests {
  private func predictions(_ prior: [Double], _ mean: [Double]) -> Predictions {
    Predictions(
      total: nil, forecasts: [(.mean, mean), (.prior, prior)], preferred: .prior, variance: nil,
      factors: [])
  }

  @Test func theWeightIsTheBestCandidateOnTheGivenMonths() throws {
    let task = try SimulatedPanel.task()
    let valid = try task.requireSplit().valid
    let zero = task.returns.map { _ in 0.0 }
    #expect(Blend.weight(predictions(task.returns, zero), task, on: valid) == 1)
    #expect(Blend.weight(predictions(zero, task.returns), task, on: valid) == 0)
    let half = task.returns.map { $0 * 2 }
    #expect(Blend.weight(predictions(half, zero), task, on: valid) == 0.5)
    var early = task.returns
    for i in task.rows(valid) { early[i] *= -1 }
    #expect(Blend.weight(predictions(early, zero), task, on: valid) == 0)
  }

  @Test func withoutAPriorTheWeightIsZero() throws {
    let task = try SimulatedPanel.task()
    let only = Predictions(
      total: nil, forecasts: [(.mean, task.returns)], preferred: .mean, variance: nil, factors: [])
    #expect(Blend.weight(only, task, on: 0..<5) == 0)
  }

  @Test func aFitBlendsItsTwoForecasts() throws {
    let task = try SimulatedPanel.task()
    let model = try #require(ContractCase.plain.first { $0.card.name == "cvra" })
    let fitted = try #require(
      try model.fit(task) as? FittedConditional<BetaNetwork<Float>, RecurrentFactorHead<Float>>)
    let predictions = try fitted.predict(task, budget: Budget())
    let (prior, mean) = (
      try #require(predictions.forecast(.prior)), try #require(predictions.forecast(.mean))
    )
    let weight = fitted.blendWeight
    let expected = zip(prior, mean).map { weight * $0 + (1 - weight) * $1 }
    expectClose(try #require(predictions.forecast(.blend)), expected, absolute: 1e-15)
    #expect(predictions.preferred == .blend && predictions.preferredForecast == expected)
    #expect(mean[0] == 0, "nothing is known before the first month")
    // The forecast variance is at least the residual variance of the training months.
    let rows = try task.rows(task.requireSplit().train)
    let total = try #require(predictions.total)
    let residual =
      rows.reduce(0) {
        $0 + (task.returns[$1] - total[$1]) * (task.returns[$1] - total[$1])
      } / Double(rows.count)
    let variance = try #require(predictions.variance)
    #expect((variance.min() ?? 0) >= residual * (1 - 1e-12))
  }

  @Test func scalesComeFromTheTrainingMonthsOnly() throws {
    let task = try SimulatedPanel.task()
    let split = try task.requireSplit()
    let managed = try ManagedInputs.returns(of: task)
    let scales = NetworkScales(task, train: split.train, inputs: managed)
    let changed = task.scrambled(
      returnsFrom: split.train.upperBound, characteristicsFrom: split.train.upperBound)
    let other = NetworkScales(
      changed, train: split.train, inputs: try ManagedInputs.returns(of: changed))
    #expect(scales.returns == other.returns && scales.inputs == other.inputs)
    let x = task.returns[task.rows(split.train)]
    let mean = x.reduce(0, +) / Double(x.count)
    let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
    expectClose(scales.returns, variance.squareRoot(), relative: 1e-12)
    let data = scales.data(task, inputs: managed)
    expectClose(Double(data.returns[3]), task.returns[3] / scales.returns, relative: 1e-6)
    expectClose(data.inputs[2][1], managed[2][1] / scales.inputs[1], relative: 1e-12)
  }
}
