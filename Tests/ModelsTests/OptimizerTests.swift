// Adam, AdamW, their clips, and the two ways of L1; numbers of PyTorch are in ParityTests.

import FactorRuntime
import TestSupport
import Testing

@testable import Models

@Suite struct OptimizerTests {
  private func block(_ gradients: [Double]) -> ParameterBlock<Double> {
    let block = ParameterBlock<Double>(padded: false)
    block.add("w", rows: 1, columns: gradients.count)
    for (i, g) in gradients.enumerated() { block.gradients[i] = g }
    return block
  }

  @Test func oneNormClipsBothBlocks() {
    let (large, small) = (block([3, 0]), block([4]))
    var adam = Adam(rate: 0.1, clip: 1)
    let norm = adam.step(large, small)
    expectClose(norm, 5, absolute: 1e-14)
    // First moments hold a tenth of the clipped gradient: 3/5 and 4/5.
    expectClose(large.first[0], 0.06, absolute: 1e-15)
    expectClose(small.first[0], 0.08, absolute: 1e-15)
    expectClose(small.weights[0], -0.1, absolute: 1e-8)
  }

  @Test func withoutAClipGradientsStayAsTheyAre() {
    let (large, small) = (block([3, 0]), block([4]))
    var adam = Adam(rate: 0.1, clip: nil)
    adam.step(large, small)
    expectClose(small.first[0], 0.4, absolute: 1e-15)
    #expect(large.weights[1] == 0)
  }

  @Test func adamFindsTheMinimumOfAParabola() {
    let (large, small) = (block([0]), block([0]))
    var adam = Adam(rate: 0.05, clip: nil)
    for _ in 0..<600 {
      large.gradients[0] = 2 * (large.weights[0] - 3)
      small.gradients[0] = 8 * (small.weights[0] + 1)
      adam.step(large, small)
    }
    expectClose(large.weights[0], 3, absolute: 1e-3)
    expectClose(small.weights[0], -1, absolute: 1e-3)
  }

  @Test func theSmallerOfTwoClipsDecides() {
    let (large, small) = (block([3, -9]), block([0.5]))
    var adam = Adam(rate: 0.1, clip: nil)
    adam.valueClip = 1
    expectClose(adam.step(large, small), 1.5, absolute: 1e-14)
    expectClose(large.first[0], 0.1, absolute: 1e-15)
    expectClose(large.first[1], -0.1, absolute: 1e-15)
    expectClose(small.first[0], 0.05, absolute: 1e-15)
  }

  // With no gradient AdamW only shrinks, and only what is penalised.
  @Test func decayIsApartFromTheGradient() {
    let weights = ParameterBlock<Double>(padded: false)
    weights.add("w", rows: 1, columns: 1, penalised: true)
    weights.add("b", rows: 1, columns: 1)
    (weights.weights[0], weights.weights[1]) = (2, 2)
    var optimizer = Optimizer(rate: 0.1, clip: nil)
    optimizer.rule = .adamW(decay: 0.5)
    for _ in 0..<3 { optimizer.step(weights, block([0])) }
    expectClose(weights.weights[0], 2 * 0.95 * 0.95 * 0.95, absolute: 1e-15)
    #expect(weights.weights[1] == 2)
  }

  // min (w - 3)^2 / 2 + l |w| has the solution 3 - l where l < 3, and 0 beyond.
  @Test(arguments: [(0.5, 2.5), (4, 0)])
  func bothWaysOfL1FindTheSameMinimum(_ strength: Double, _ solution: Double) {
    for penalty in Optimizer.Penalty.allCases {
      let weights = ParameterBlock<Double>(padded: false)
      weights.add("w", rows: 1, columns: 1, penalised: true)
      weights.penalise(strength)
      var optimizer = Optimizer(rate: 0.02, clip: nil)
      optimizer.penalty = penalty
      optimizer.schedule = .cosine(warmUp: 0, steps: 4000, floor: 0)
      weights.weights[0] = 1
      for _ in 0..<4000 {
        weights.gradients[0] = weights.weights[0] - 3
        optimizer.addPenalty(to: weights)
        optimizer.step(weights, block([0]))
      }
      expectClose(weights.weights[0], solution, absolute: 2e-3, "\(penalty)")
      if penalty == .proximal, solution == 0 { #expect(weights.weights[0] == 0) }
    }
  }

  @Test func metricsAreThoseSinceTheLastCall() {
    let (large, small) = (block([3, 0]), block([4]))
    var optimizer = Optimizer(rate: 0.1, clip: nil)
    optimizer.schedule = .warmUp(steps: 4)
    optimizer.step(large, small)
    optimizer.step(large, small)
    #expect(optimizer.takeMetrics() == [Metric("gradient_norm", 5), Metric("rate", 0.05)])
    #expect(optimizer.takeMetrics()[0].value.isNaN)
  }
}
