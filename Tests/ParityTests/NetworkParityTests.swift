// Forecasters and the prior-posterior model against PyTorch: loss, gradients, one optimiser step after the
// other. Tests/Parity/networks says how the numbers were made.

import FactorRuntime
import TestSupport
import Testing

@testable import Models

@Suite struct NetworkParityTests {
  /// Two steps on two batches, then the forecasts of all rows.
  private func check<Network: PredictorNetwork>(_ name: String, _: Network.Type) throws {
    let parity = try NetworkCase(name)
    let panel = try ParityPanel(of: parity)
    let tolerance = ParityTolerance.of(Network.Scalar.self)
    let network = Network(
      try Network.Design(StoredFacts(parity.json["design"])),
      panel.data(readsHistories: Network.readsHistories), rows: panel.task.returns.count,
      threads: parity.threads)
    let (block, nothing) = (network.parameters, ParameterBlock<Double>(padded: false))
    try parity.fill(block, "network")
    block.penalise(parity.l1)
    var optimizer = parity.optimizer
    let batches = try #require(parity.json["batches"]?.items)
    for (number, step) in try parity.steps().enumerated() {
      let before = block.values
      let loss = network.gradient(batches[number].numbers.map { Int32($0) }[...])
      optimizer.addPenalty(to: block)
      expectClose(
        loss, try #require(step.number("loss")), relative: tolerance.close, "\(name) loss")
      try parity.expectGradients(number, block, "network", tolerance)
      optimizer.step(block, nothing)
      try parity.expectWeights(number, block, "network", before: before, tolerance)
    }
    try parity.expectRunning(network.running, tolerance)
    let wanted = try #require(parity.json["forecasts"]).numbers
    var (forecasts, units): ([Network.Scalar], [Network.Scalar]) = ([], [])
    network.freeze()
    network.forecast(0..<wanted.count, into: &forecasts, units: &units)
    expectClose(
      forecasts.map { Double($0) }, wanted, absolute: tolerance.close, relative: tolerance.close,
      "\(name) forecasts")
  }

  @Test(arguments: ["nn4", "wide-nn4"])
  func perceptronsAgree(name: String) throws {
    try check(name, PerceptronPredictor<Double>.self)
    try check(name, PerceptronPredictor<Float>.self)
  }

  @Test(arguments: ["alstm-gru", "alstm-lstm", "wide-alstm-gru"])
  func attentionOverRecurrentLayersAgrees(name: String) throws {
    try check(name, WindowPredictor<GatedBody<Double>>.self)
    try check(name, WindowPredictor<GatedBody<Float>>.self)
  }

  @Test(arguments: ["transformer", "transformer-factors", "wide-transformer"])
  func transformersAgree(name: String) throws {
    try check(name, WindowPredictor<TransformerBody<Double>>.self)
    try check(name, WindowPredictor<TransformerBody<Float>>.self)
  }

  private func checkPriorPosterior<Scalar: NetworkScalar>(_ name: String, _: Scalar.Type) throws {
    let parity = try NetworkCase(name)
    let panel = try ParityPanel(of: parity)
    let tolerance = ParityTolerance.of(Scalar.self)
    let network = PriorPosteriorNetwork<Scalar>(
      try PriorPosteriorDesign(StoredFacts(parity.json["design"])),
      panel.data(readsHistories: true),
      threads: parity.threads)
    let (large, small) = (network.parameters, network.small)
    try parity.fill(large, "network")
    try parity.fill(small, "head")
    var optimizer = parity.optimizer
    let months = try #require(parity.json["months"]).numbers
    for (number, step) in try parity.steps().enumerated() {
      let before = (large.values, small.values)
      let loss = network.gradient(Int(months[number]))
      expectClose(
        loss, try #require(step.number("loss")), relative: tolerance.close, "\(name) loss")
      try parity.expectGradients(number, large, "network", tolerance)
      try parity.expectGradients(number, small, "head", tolerance)
      optimizer.step(large, small)
      try parity.expectWeights(number, large, "network", before: before.0, tolerance)
      try parity.expectWeights(number, small, "head", before: before.1, tolerance)
    }
    let wanted = try #require(parity.json["observed"])
    let found = network.observe(try #require(wanted["month"]?.integer))
    expectClose(found.loss, try #require(wanted.number("loss")), relative: tolerance.close)
    for (part, list) in [("prior", found.prior), ("posterior", found.posterior)] {
      let parts = try #require(wanted[part]?.items).map(\.numbers)
      expectClose(list.mean, parts[0], absolute: tolerance.close, "\(name) \(part) mean")
      expectClose(list.deviation, parts[1], absolute: tolerance.close, "\(name) \(part) deviation")
    }
  }

  @Test(arguments: ["factorvae", "factorvae-prior", "factorvae-opposed", "wide-factorvae"])
  func priorPosteriorModelsAgree(name: String) throws {
    try checkPriorPosterior(name, Double.self)
    try checkPriorPosterior(name, Float.self)
  }
}
