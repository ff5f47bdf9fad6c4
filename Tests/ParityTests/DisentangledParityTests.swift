// The autoencoder of cross-sections and its judge against PyTorch: terms of both losses, gradients, both steps.
// Tests/Parity/networks says how the numbers were made.

import FactorRuntime
import TestSupport
import Testing

@testable import Models

@Suite struct DisentangledParityTests {
  @Test(arguments: ["factorvae_tc", "factorvae_tc-mean"])
  func stepsOfBothPlayersAgree(name: String) throws {
    try check(name, Double.self)
    try check(name, Float.self)
  }

  private func check<Scalar: NetworkScalar>(_ name: String, _: Scalar.Type) throws {
    let parity = try NetworkCase(name)
    let tolerance = ParityTolerance.of(Scalar.self)
    let design = try DisentangledDesign(StoredFacts(parity.json["design"]))
    let rows = try #require(parity.json["rows"]?.integer)
    let numbers = try #require(parity.json["returns"]).numbers
    let rates = try #require(parity.json["rates"]).numbers
    let seed = try #require(parity.json["seed"]?.integer)
    let network = DisentangledNetwork<Scalar>(design, rows: rows)
    let judge = LatentJudge<Scalar>(design, rows: 2 * rows)
    try parity.fill(network.parameters, "network")
    try parity.fill(judge.parameters, "head")
    var second = Adam(rate: rates[1], clip: nil)
    second.betas = (0.5, 0.9)
    let game = Game(
      first: Player<Scalar>(
        large: network.parameters, optimizer: Adam(rate: rates[0], clip: nil)),
      second: Player<Scalar>(large: judge.parameters, optimizer: second))
    var draws = RandomStream(seed: UInt64(seed), purpose: .posterior)
    func load(_ batch: Int) {
      let starts = (0..<rows).map { (batch * rows + $0) * design.series }
      network.load(starts.map { Array(numbers[$0..<($0 + design.series)]) })
    }
    let width = network.factorWidth
    let pairs: UnsafeMutablePointer<Scalar> = AlignedMemory.zeros(2 * rows * width)
    defer { AlignedMemory.free(pairs) }
    for (number, step) in try parity.steps().enumerated() {
      let before = (network.parameters.values, judge.parameters.values)
      var loss = DisentangledNetwork<Scalar>.Loss()
      let found = game.step(
        first: {
          load(2 * number)
          loss = network.gradient(rows: rows, judge: judge) { draws.normal() }
          return loss.total(design.gamma)
        },
        second: {
          pairs.update(from: network.z, count: rows * width)
          load(2 * number + 1)
          let permuted = pairs + rows * width
          network.encode(rows: rows, isTraining: true, into: permuted) { draws.normal() }
          TotalCorrelation.permute(
            rows: rows, columns: design.factors, stride: width, permuted, &draws)
          return judge.judge(rows: 2 * rows, pairs, stride: width).crossEntropy
        })
      try expectTerms(
        [
          (found.first, "loss"), (found.second, "judge"), (loss.reconstruction, "reconstruction"),
          (loss.divergence, "divergence"), (loss.totalCorrelation, "totalCorrelation"),
        ], of: step, "\(name) step \(number)", tolerance)
      for (block, kind, start) in [
        (network.parameters, "network", before.0), (judge.parameters, "head", before.1),
      ] {
        try parity.expectGradients(number, block, kind, tolerance)
        try parity.expectWeights(number, block, kind, before: start, tolerance)
      }
    }
    try parity.expectRunning(network.running, tolerance)
  }

  private func expectTerms(
    _ found: [(Double, String)], of step: JSON, _ place: String, _ tolerance: ParityTolerance
  ) throws {
    for (value, wanted) in found {
      expectClose(
        value, try #require(step.number(wanted)), absolute: tolerance.close,
        relative: tolerance.close, "\(place): \(wanted)")
    }
  }
}
