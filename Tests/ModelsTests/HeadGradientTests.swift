// The whole loss of a chunk of months, from characteristics to the bound, against differences.
//
// The trainer itself is run, with a step size of zero, so what is checked is what trains. Where a
// model stops a gradient on purpose (the amortized predictor reads the factors without one, the
// predictive likelihood leaves the loadings alone), differences are taken where nothing is stopped.

import FactorRuntime
import TestSupport
import Testing

@testable import Models

/// A trainer on a tiny panel that can repeat the first batch of an epoch.
private struct ChunkTrial<Head: FactorHead> where Head.Scalar == Double {
  let trainer: ConditionalTrainer<BetaNetwork<Double>, Head>
  let network: BetaNetwork<Double>
  let head: Head
  private let seed: UInt64

  init(longestBatch: Int, _ make: (_ managed: [[Double]], _ meanFirms: Double) -> Head) throws {
    let task = try SimulatedPanel.task(firms: 10, months: 20, characteristics: 3, seed: 4)
    let managed = try ManagedInputs.returns(of: task).map { $0.map { 10 * $0 } }
    let data = NetworkData(task, returnScale: 0.12, inputs: managed)
    let split = try task.requireSplit()
    head = make(data.inputs, 9)
    head.parameters.disturb(0.15)
    let design = BetaDesign(inputs: 3, hidden: [3], outputs: head.columns.outputs)
    let rows = ConditionalData<Double>(data)
    network = BetaNetwork<Double>(design, rows, longestBatch: longestBatch)
    var stream = RandomStream(seed: 7, purpose: .initialise)
    network.initialize(&stream)
    // A shuffle whose first batch is as long as it can be.
    let train = split.train
    let head = head
    seed =
      (1...40).first { seed in
        var stream = RandomStream(seed: seed, purpose: .shuffle)
        return head.batches(epoch: 2, train: train, &stream)[0].count >= min(longestBatch, 4)
      } ?? 0
    trainer = ConditionalTrainer(
      design, network: network, head: head, data: rows, split: split,
      longestBatch: longestBatch, optimizer: Adam(rate: 0, clip: nil))
  }

  /// The loss of the first batch; its gradients are left in the two blocks.
  func loss() -> Double {
    var stream = RandomStream(seed: seed, purpose: .shuffle)
    // What is drawn is drawn again.
    if head.draws != nil { head.draws = RandomStream(seed: 5, purpose: .posterior) }
    trainer.begin(epoch: 2, &stream)
    return trainer.step(batch: 0)
  }

  func worstOfHead(_ names: [String]? = nil) -> (error: Double, at: String) {
    BlockCheck.worst(
      head.parameters, tensors: names ?? head.parameters.tensors.map(\.name)
    ) { _ in loss() }
  }

  func worstOfNetwork() -> (error: Double, at: String) {
    BlockCheck.worst(network.parameters, tensors: network.parameters.tensors.map(\.name)) { _ in
      loss()
    }
  }

  /// The largest gradient among the named tensors of the head.
  func largestGradient(_ prefix: String) -> Double {
    _ = loss()
    return head.parameters.tensors.indices.filter {
      head.parameters.tensors[$0].name.hasPrefix(prefix)
    }.flatMap { t in
      (0..<head.parameters.tensors[t].extent).map { abs(head.parameters.gradients(t)[$0]) }
    }.max() ?? 0
  }
}

@Suite struct HeadGradientTests {
  private typealias Trial = ChunkTrial<RecurrentFactorHead<Double>>

  private func trial(
    _ posterior: PosteriorKind, _ prior: PriorKind, input: FactorInput = .beta,
    predictiveWeight: Double = 0.1, idio: ResidualKind = .global, heads: Int = 1
  ) throws -> Trial {
    let options = FactorNetworkOptions(
      factors: 2, hidden: 3, predictorHidden: 2, posterior: posterior, input: input, prior: prior,
      idio: idio, heads: heads, chunk: 5, predictiveWeight: predictiveWeight, warmUp: 0, anneal: 1,
      ridge: 0.01)
    return try Trial(longestBatch: 5) { managed, meanFirms in
      let head = RecurrentFactorHead<Double>(
        options: options, inputs: managed, meanFirms: meanFirms)
      var stream = RandomStream(seed: 2, purpose: .initialise)
      head.initialize(&stream)
      return head
    }
  }

  private func expectExact(_ result: (error: Double, at: String), _ comment: String) {
    #expect(result.error < GradientCheck.tolerance, "\(comment): \(result)")
  }

  // Nothing is stopped under the exact posterior: the gradient runs through the whole chunk.
  @Test(arguments: PriorKind.allCases.filter { $0 != .shared })
  func exactPosteriorGradientReachesEverything(prior: PriorKind) throws {
    let trial = try trial(.exact, prior)
    expectExact(trial.worstOfHead(), "head, \(prior)")
    expectExact(trial.worstOfNetwork(), "network, \(prior)")
    #expect(trial.largestGradient("residual") > 1e-3)
    #expect(prior == .std || trial.largestGradient("prior") > 1e-3)
    // The step reads the factors carried from month to month.
    #expect(prior == .std || trial.largestGradient("prior.step") > 1e-4)
  }

  // The prior's parameters do not move what the predictor reads.
  @Test(arguments: PriorKind.allCases)
  func amortizedPriorGradientIsExact(prior: PriorKind) throws {
    let trial = try trial(.amortized, prior)
    let names = trial.head.parameters.tensors.map(\.name).filter { !$0.hasPrefix("posterior") }
    expectExact(trial.worstOfHead(names), "prior, \(prior)")
    #expect(prior == .std || trial.largestGradient("prior") > 1e-4)
  }

  // Under a standard normal prior nothing reads the factors of the month before.
  @Test(arguments: FactorInput.allCases)
  func amortizedPosteriorGradientReachesEverything(input: FactorInput) throws {
    let trial = try trial(.amortized, .std, input: input, predictiveWeight: 0)
    expectExact(trial.worstOfHead(), "head, \(input)")
    expectExact(trial.worstOfNetwork(), "network, \(input)")
    #expect(trial.largestGradient("posterior.cell.recurrent") > 1e-5)
  }

  // Residual variances by stock: through the weights of every row, its return and the log variances.
  @Test(arguments: [ResidualKind.net, .none])
  func residualVariancesHaveExactGradients(idio: ResidualKind) throws {
    for (posterior, prior) in [(PosteriorKind.exact, PriorKind.regime), (.amortized, .std)] {
      let trial = try trial(posterior, prior, predictiveWeight: 0, idio: idio)
      expectExact(trial.worstOfHead(), "head, \(posterior), \(idio)")
      expectExact(trial.worstOfNetwork(), "network, \(posterior), \(idio)")
      #expect(trial.largestGradient("residual") == 0)
    }
  }

  @Test(arguments: [2, 5]) func quantileHeadsHaveExactGradients(heads: Int) throws {
    for input in FactorInput.allCases {
      let trial = try trial(.amortized, .std, input: input, predictiveWeight: 0, heads: heads)
      expectExact(trial.worstOfHead(), "head, \(input)")
      expectExact(trial.worstOfNetwork(), "network, \(input)")
      #expect(trial.largestGradient("posterior.skip") > 1e-4)
    }
  }

  // With a step matrix of zero the VAR(1) prior has a mean of its own and still reads nothing.
  @Test func amortizedDivergenceGradientReachesPosteriorAndNetwork() throws {
    let trial = try trial(.amortized, .var1, predictiveWeight: 0)
    trial.head.parameters.fill(trial.head.tensors.priorStep) { _, _ in 0 }
    let names = trial.head.parameters.tensors.map(\.name).filter { $0.hasPrefix("posterior") }
    expectExact(trial.worstOfHead(names), "posterior")
    expectExact(trial.worstOfNetwork(), "network")
  }

  // The predictor must not pull the factors towards what it can forecast.
  @Test func amortizedPredictorLeavesThePosteriorAlone() throws {
    for (idio, heads) in [(ResidualKind.global, 1), (.net, 1), (.global, 3)] {
      try expectUnmoved(idio, heads)
    }
  }

  private func expectUnmoved(_ idio: ResidualKind, _ heads: Int) throws {
    let (with, without) = (
      try trial(.amortized, .std, predictiveWeight: 5, idio: idio, heads: heads),
      try trial(.amortized, .std, predictiveWeight: 0, idio: idio, heads: heads)
    )
    _ = (with.loss(), without.loss())
    for t in with.network.parameters.tensors.indices {
      let count = with.network.parameters.tensors[t].extent
      for i in 0..<count {
        #expect(
          with.network.parameters.gradients(t)[i] == without.network.parameters.gradients(t)[i])
      }
    }
    #expect(
      idio != .global || with.largestGradient("residual") != without.largestGradient("residual"))
  }

  private func decoderTrial(
    _ decoder: FactorDecoder, draws: Int = 0, loss: ReconstructionLoss = .elbo,
    prior: PriorKind = .std
  ) throws -> Trial {
    let options = FactorNetworkOptions(
      factors: 2, hidden: 3, predictorHidden: 2, posterior: .amortized, input: .beta, prior: prior,
      decoder: decoder, loss: loss, draws: draws, chunk: 5, predictiveWeight: 0, warmUp: 0,
      anneal: 1, ridge: 0.01)
    return try Trial(longestBatch: 5) { managed, meanFirms in
      let head = RecurrentFactorHead<Double>(
        options: options, inputs: managed, meanFirms: meanFirms)
      var stream = RandomStream(seed: 2, purpose: .initialise)
      head.initialize(&stream)
      return head
    }
  }

  @Test(arguments: FactorDecoder.allCases)
  func decodersHaveExactGradients(decoder: FactorDecoder) throws {
    for (draws, loss) in [(0, ReconstructionLoss.elbo), (2, .mse)] {
      let trial = try decoderTrial(decoder, draws: draws, loss: loss)
      expectExact(trial.worstOfHead(), "head, \(decoder), \(draws) draws")
      expectExact(trial.worstOfNetwork(), "network, \(decoder), \(draws) draws")
      #expect(decoder == .identity || trial.largestGradient("decoder") > 1e-3)
    }
  }

  // A linear decoder's expectation is closed: draws come near it.
  @Test func drawsComeNearTheClosedExpectation() throws {
    let closed = try decoderTrial(.linear).loss()
    let drawn = try decoderTrial(.linear, draws: 4000).loss()
    expectClose(drawn, closed, relative: 0.01)
  }

  @Test(arguments: [false, true])
  func thePrintedModelHasExactGradients(leaks: Bool) throws {
    let trial = try ChunkTrial<PaperFactorHead<Double>>(longestBatch: 5) { managed, meanFirms in
      let head = PaperFactorHead<Double>(
        PaperHeadDesign(
          factors: 2, hidden: 3, window: 5, divergenceWeight: 0.7, draws: 2, leaks: leaks,
          activation: .sigmoid), inputs: managed, meanFirms: meanFirms)
      var stream = RandomStream(seed: 2, purpose: .initialise)
      head.initialize(&stream)
      return head
    }
    expectExact(trial.worstOfHead(), "head")
    expectExact(trial.worstOfNetwork(), "network")
    for name in ["encoder", "code", "decoder"] { #expect(trial.largestGradient(name) > 1e-5) }
  }

  @Test func linearHeadGradientReachesWeightsBiasAndNetwork() throws {
    let trial = try ChunkTrial<LinearFactorHead<Double>>(longestBatch: 1) {
      LinearFactorHead<Double>(factors: 2, inputs: $0, meanFirms: $1)
    }
    expectExact(trial.worstOfHead(), "head")
    expectExact(trial.worstOfNetwork(), "network")
    #expect(trial.largestGradient("factor.weight") > 1e-3)
  }

  @Test func aStepOfSizeZeroChangesNothingAndRepeats() throws {
    let trial = try trial(.exact, .regime)
    let first = trial.loss()
    #expect(trial.loss() == first && first.isFinite)
  }
}
