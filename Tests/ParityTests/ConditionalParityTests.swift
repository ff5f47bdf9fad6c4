// Conditional factor models in training against PyTorch, through the trainer itself: two batches with states
// carried between them, then the validation months. Tests/Parity/networks says how the numbers were made.

import FactorRuntime
import TestSupport
import Testing

@testable import Models

@Suite struct ConditionalParityTests {
  private func check<Network: ConditionalNetwork, Head: FactorHead>(
    _ name: String, _: Network.Type, _: Head.Type
  ) throws where Network.Scalar == Head.Scalar {
    let parity = try NetworkCase(name)
    let panel = try ParityPanel(of: parity)
    let tolerance = ParityTolerance.of(Network.Scalar.self)
    let design = try Network.Design(StoredFacts(parity.json["network"]))
    let data: ConditionalData<Network.Scalar> = panel.data(readsHistories: Network.readsHistories)
    let batches = try #require(parity.json["months"]?.items).map {
      Int($0.numbers[0])..<Int($0.numbers[1])
    }
    let longest = batches.map(\.count).max() ?? 1
    let network = Network(design, data, longestBatch: longest)
    let head = Head(
      try Head.Design(StoredFacts(parity.json["head"])), inputs: panel.managed,
      meanFirms: panel.meanFirms)
    // What a state is read by is not trained where the state is the loadings, and starts as it stays.
    var start = RandomStream(seed: 1, purpose: .initialise)
    if parity.json["network"]?["reading"]?.text == "state" {
      network.initialize(&start)
    }
    try parity.fill(network.parameters, "network")
    try parity.fill(head.parameters, "head")
    network.parameters.penalise(parity.l1)
    let trainer = ConditionalTrainer(
      design, network: network, head: head, data: data, split: panel.split, longestBatch: longest,
      optimizer: parity.optimizer, threads: parity.threads)
    var stream = try shuffle(head, panel.split, giving: batches)
    head.draws = RandomStream(seed: 5, purpose: .posterior)
    // In the first epoch after the warm-up the prior starts from the factors found so far.
    trainer.begin(epoch: parity.json["epoch"]?.integer ?? 2, &stream)
    for (number, step) in try parity.steps().enumerated() {
      let before = (network.parameters.values, head.parameters.values)
      let loss = trainer.step(batch: number)
      expectClose(
        loss, try #require(step.number("loss")), relative: tolerance.close, "\(name) loss")
      let norm = try #require(trainer.takeMetrics().first).value
      expectClose(
        norm, try #require(step.number("norm")), relative: tolerance.close, "\(name) norm")
      try parity.expectGradients(number, network.parameters, "network", tolerance)
      try parity.expectGradients(number, head.parameters, "head", tolerance)
      try parity.expectWeights(number, network.parameters, "network", before: before.0, tolerance)
      try parity.expectWeights(number, head.parameters, "head", before: before.1, tolerance)
    }
    try parity.expectRunning(network.running, tolerance)
    expectClose(
      trainer.validationLoss(), try #require(parity.json.number("validation")),
      relative: tolerance.close, "\(name) validation")
    guard let refined = parity.json["refined"], Network.Scalar.self == Double.self else { return }
    try trainer.refinePrior(budget: Budget())
    for tensor in head.parameters.tensors {
      let found = (0..<tensor.extent).map { head.parameters.weights[tensor.offset + $0] }
      expectClose(
        found, try #require(refined[tensor.name]).numbers, absolute: 1e-8,
        "\(name): \(tensor.name) of the refined prior")
    }
  }

  // A shuffle whose epoch begins with the batches of the file.
  private func shuffle<Head: FactorHead>(
    _ head: Head, _ split: Split, giving batches: [Range<Int>]
  ) throws -> RandomStream {
    let seed = (1...20_000).first { seed in
      var stream = RandomStream(seed: UInt64(seed), purpose: .shuffle)
      return head.batches(epoch: 2, train: split.train, &stream).starts(with: batches)
    }
    return RandomStream(seed: UInt64(try #require(seed)), purpose: .shuffle)
  }

  @Test(arguments: ["ca0", "ca2", "ca3", "wide-ca2"])
  func conditionalAutoencodersAgree(name: String) throws {
    try check(name, BetaNetwork<Double>.self, LinearFactorHead<Double>.self)
    try check(name, BetaNetwork<Float>.self, LinearFactorHead<Float>.self)
  }

  @Test(arguments: [
    "cvra-var1", "cvra-regime", "cvra-predictor", "cvra-shared", "cvra-managed", "cvra-linear",
    "cvra-vrnn", "cvra-rnn", "cvra-literal", "cvra-held", "cvra-exact-var1", "cvra-exact-regime",
    "cvra-exact-predictor", "cvra-started", "cvra-clamped", "wide-cvra-predictor",
  ])
  func recurrentFactorNetworksAgree(name: String) throws {
    try check(name, BetaNetwork<Double>.self, RecurrentFactorHead<Double>.self)
    try check(name, BetaNetwork<Float>.self, RecurrentFactorHead<Float>.self)
  }

  @Test(arguments: [
    "rvrae", "rvrae-exact", "rvrae-window", "rvrae-state", "wide-rvrae", "wide-rvrae-exact",
    "wide-rvrae-window",
  ])
  func recurrentLoadingsAgree(name: String) throws {
    try check(name, RecurrentBetaNetwork<Double>.self, RecurrentFactorHead<Double>.self)
    try check(name, RecurrentBetaNetwork<Float>.self, RecurrentFactorHead<Float>.self)
  }

  @Test(arguments: ["printed", "printed-leak", "wide-printed"])
  func thePrintedNetworkAgrees(name: String) throws {
    try check(name, BetaNetwork<Double>.self, PaperFactorHead<Double>.self)
    try check(name, BetaNetwork<Float>.self, PaperFactorHead<Float>.self)
  }
}
