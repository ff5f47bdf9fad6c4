// The recurrent network of a few series against PyTorch: loss, gradients, Adam, then the path with frozen weights.
// Tests/Parity/networks says how the numbers were made.

import FactorRuntime
import TestSupport
import Testing

@testable import Models

@Suite struct SequenceParityTests {
  private static let names = ["rvrae233", "rvrae233-torch", "rvrae233-shared", "rvrae233-clamped"]

  @Test(arguments: names)
  func stepsAndPathsAgree(name: String) throws {
    try check(name, Double.self)
    try check(name, Float.self)
  }

  private func check<Scalar: NetworkScalar>(_ name: String, _: Scalar.Type) throws {
    let parity = try NetworkCase(name)
    let tolerance = ParityTolerance.of(Scalar.self)
    let design = try SequenceFactorDesign(StoredFacts(parity.json["design"]))
    let network = SequenceFactorNetwork<Scalar>(
      design, rows(try #require(parity.json["returns"]).numbers, design.series))
    let (block, nothing) = (network.parameters, ParameterBlock<Double>(padded: false))
    try parity.fill(block, "network")
    var optimizer = parity.optimizer
    let seed = try #require(parity.json["seed"]?.integer)
    var draws = RandomStream(seed: UInt64(seed), purpose: .posterior)
    let run = SequenceFactorNetwork<Scalar>.Run(
      periods: try #require(parity.json["train"]?.integer))
    let weights = try #require(parity.json["klWeights"]).numbers
    for (number, step) in try parity.steps().enumerated() {
      let before = block.values
      let loss = network.gradient(run, weight: weights[number]) { draws.normal() }
      expectClose(
        loss.reconstruction + weights[number] * loss.divergence,
        try #require(step.number("loss")), relative: tolerance.close, "\(name) loss")
      try parity.expectGradients(number, block, "network", tolerance)
      optimizer.step(block, nothing)
      try parity.expectWeights(number, block, "network", before: before, tolerance)
    }
    try checkPath(network, parity, tolerance)
  }

  private func checkPath<Scalar: NetworkScalar>(
    _ network: SequenceFactorNetwork<Scalar>, _ parity: NetworkCase, _ tolerance: ParityTolerance
  ) throws {
    let (design, run) = (
      network.design, SequenceFactorNetwork<Scalar>.Run(periods: network.periods)
    )
    let path = network.path(run)
    for (name, found, width) in [
      ("posteriorMean", path.posteriorMean, design.factors),
      ("posteriorVariance", path.posteriorVariance, design.factors),
      ("priorMean", path.priorMean, design.factors),
      ("priorVariance", path.priorVariance, design.factors),
      ("fits", path.fits, design.series), ("forecasts", path.forecasts, design.series),
    ] {
      let wanted = rows(try #require(parity.json[name]).numbers, width)
      #expect(found.count == wanted.count)
      for (a, b) in zip(found, wanted) {
        expectClose(a, b, absolute: tolerance.close, relative: tolerance.close, name)
      }
    }
    expectClose(
      network.losses(run), try #require(parity.json["losses"]).numbers,
      absolute: tolerance.close, relative: tolerance.close, "losses")
    let period = try #require(parity.json["jacobian"]?["period"]?.integer)
    expectClose(
      path.jacobians[period].storage, try #require(parity.json["jacobian"]?["values"]).numbers,
      absolute: tolerance.close, relative: tolerance.close, "jacobian")
  }

  private func rows(_ numbers: [Double], _ width: Int) -> [[Double]] {
    stride(from: 0, to: numbers.count, by: width).map { Array(numbers[$0..<($0 + width)]) }
  }
}
