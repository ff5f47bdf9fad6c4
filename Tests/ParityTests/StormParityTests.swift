// The dual codebook network against PyTorch: loss, every gradient and the weights after AdamW, two steps.
// Tests/Parity/networks says how the numbers were made.

import FactorRuntime
import TestSupport
import Testing

@testable import Models

@Suite struct StormParityTests {
  @Test(arguments: ["storm", "storm-dynamic", "storm-spatial", "storm-temporal", "storm-unfused"])
  func stepsAgree(name: String) throws {
    try check(name, Double.self)
    try check(name, Float.self)
  }

  private func check<Scalar: NetworkScalar>(_ name: String, _: Scalar.Type) throws {
    let parity = try NetworkCase(name)
    let tolerance = ParityTolerance.of(Scalar.self)
    let design = try StormDesign(StoredFacts(parity.json["design"]))
    let panel = try ParityPanel(of: parity)
    let batches = try #require(parity.json["batches"]?.items).map { $0.numbers.map { Int($0) } }
    let firms = try #require(parity.json["firms"]).numbers.map { String(Int($0)) }
    let universe = StormWindows.mostComplete(panel.task, 0..<12, count: design.assets)
    #expect(design.isDynamic || universe == firms)
    let data = StormWindows(
      panel.task, scale: 1, universe: design.isDynamic ? nil : universe)
    let network = StormNetwork<Scalar>(design, windows: 5, threads: 2)
    try parity.fill(network.parameters, "network")
    var optimizer = parity.optimizer
    optimizer.betas = (0.9, 0.95)
    let none = ParameterBlock<Double>(padded: false)
    for (number, step) in try parity.steps().enumerated() {
      let before = network.parameters.values
      let loss = network.gradient(batches[number].map { data[$0] }, data).total(design)
      expectClose(
        loss, try #require(step.number("loss")), absolute: tolerance.close,
        relative: tolerance.close, "\(name) step \(number)")
      try parity.expectGradients(number, network.parameters, "network", tolerance)
      optimizer.step(network.parameters, none)
      try parity.expectWeights(number, network.parameters, "network", before: before, tolerance)
    }
  }
}
