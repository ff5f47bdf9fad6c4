// The prior-posterior network: exact gradients, shares that add to one, and what its forecasts rest on.

import FactorRuntime
import TestSupport
import Testing

@testable import Models

@Suite struct PriorPosteriorTests {
  private static func design(_ likelihood: LikelihoodKind) -> PriorPosteriorDesign {
    PriorPosteriorDesign(
      body: SequenceDesign(inputs: 4, hidden: 3, layers: 1, months: 3, entry: .leaky), factors: 2,
      portfolios: 5, gamma: 0.7, likelihood: likelihood)
  }

  private func network<Scalar: NetworkScalar>(
    _ likelihood: LikelihoodKind = .posterior, threads: Int = 1, firms: Int = 12
  ) throws -> PriorPosteriorNetwork<Scalar> {
    let task = try SimulatedPanel.task(firms: firms, months: 20, characteristics: 4)
    let data = ConditionalData<Scalar>(
      NetworkData(task, returnScale: 0.2, inputs: []), readsHistories: true)
    let network = PriorPosteriorNetwork<Scalar>(Self.design(likelihood), data, threads: threads)
    var stream = RandomStream(seed: 5, purpose: .initialise)
    network.initialize(&stream)
    // Queries of the size that training gives them; away from zero the cosine is smooth.
    for tensor in network.parameters.tensors where tensor.name == "predictor.query" {
      for row in 0..<2 {
        for j in 0..<3 {
          network.parameters.weights[tensor.offset + row * tensor.stride + j] = Scalar(
            0.5 + 0.3 * stream.normal())
        }
      }
    }
    return network
  }

  @Test(arguments: [LikelihoodKind.posterior, .prior])
  func gradientsAgreeForEveryPart(likelihood: LikelihoodKind) throws {
    let network: PriorPosteriorNetwork<Double> = try network(likelihood)
    let large = BlockCheck.worst(
      network.parameters, tensors: network.parameters.tensors.map(\.name), entries: 24
    ) { _ in network.gradient(4) }
    #expect(large.error < GradientCheck.tolerance, "\(large)")
    let small = BlockCheck.worst(
      network.small, tensors: network.small.tensors.map(\.name)
    ) { _ in network.gradient(4) }
    #expect(small.error < GradientCheck.tolerance, "\(small)")
  }

  // AT-15.
  @Test func sharesAreNotNegativeAndAddToOne() throws {
    let network: PriorPosteriorNetwork<Double> = try network()
    _ = network.observe(5)
    for head in 0..<2 {
      let shares = (0..<12).map { network.share($0, head) }
      #expect(shares.allSatisfy { $0 >= 0 })
      expectClose(shares.reduce(0, +), 1, absolute: 1e-12)
    }
    for portfolio in 0..<5 {
      let weights = (0..<12).map { network.weight($0, portfolio) }
      #expect(weights.allSatisfy { $0 > 0 })
      expectClose(weights.reduce(0, +), 1, absolute: 1e-12)
    }
  }

  // Keys (1, 0), (0, 1), (-1, 0.5) and the query (1, 0.5): shares 2/3, 1/3, 0. All cosines negative: equal shares.
  @Test func attentionIsTheStatedOne() {
    let block = ParameterBlock<Double>(padded: true)
    let key = LinearTensors("key", inputs: 2, outputs: 16, hasBias: false, in: block)
    let query = block.add("query", rows: 1, columns: 2)
    block.fill(key.weight) { $0 == $1 ? 1 : 0 }
    func shares(_ q: [Double]) -> [Double] {
      block.fill(query) { _, column in q[column] }
      let attention = FactorAttention<Double>(
        heads: 1, LinearMap(key, in: block), query: query, in: block, rows: 3)
      var features = [Double](repeating: 0, count: 48)
      for (i, row) in [(1.0, 0.0), (0, 1), (-1, 0.5)].enumerated() {
        (features[i * 16], features[i * 16 + 1]) = row
      }
      _ = attention.means(rows: 3, features)
      return (0..<3).map { attention.share($0, 0) }
    }
    expectClose(shares([1, 0.5]), [2.0 / 3, 1.0 / 3, 0], absolute: 1e-12)
    expectClose(shares([-0.1, -1]), [1.0 / 3, 1.0 / 3, 1.0 / 3], absolute: 1e-12)
  }

  @Test func theSpreadOfAReturnIsNoSmallerThanThatOfItsAlpha() throws {
    let task = try SimulatedPanel.task(firms: 12, months: 36, characteristics: 4)
    let card = try #require(Registry.card("factorvae"))
    let model = try card.model([
      "k": .integer(2), "seeds": .integer(1), "epochs": .integer(2), "months": .integer(3),
    ])
    let fitted = try #require(
      try model.fit(task, FitContext(seed: 1)) as? FittedPriorPosterior)
    let found = try fitted.predict(task, budget: Budget())
    let data = ConditionalData<Float>(
      NetworkScales(returns: fitted.scale, inputs: []).data(task, inputs: []),
      readsHistories: true)
    let network = PriorPosteriorNetwork<Float>(fitted.design, data, threads: 1)
    fitted.members[0].restore(to: network)
    let month = network.observe(3)
    let variances = try #require(found.variance)
    for (place, row) in task.rows(3).enumerated() {
      let alpha = month.decoder.spread(place) * fitted.scale
      #expect(variances[row] >= alpha * alpha * (1 - 1e-12))
    }
  }

  // 300 stocks are five parties; with traces of two of them, or of none, the other ones run twice.
  @Test func tracesChangeNoBit() throws {
    func bits(_ parties: Int) throws -> [UInt32] {
      let network: PriorPosteriorNetwork<Float> = try network(firms: 300)
      network.mostTraces = parties
      _ = network.gradient(4)
      // A month that is only looked at leaves the traces alone.
      _ = network.observe(3)
      _ = network.gradient(4)
      return (0..<network.parameters.count).map { network.parameters.gradients[$0].bitPattern }
    }
    let all = try bits(5)
    #expect(try bits(0) == all && bits(2) == all)
  }

  @Test func tracesOfAMonthHaveALimit() {
    let large = SequenceDesign(inputs: 200, hidden: 128, layers: 2, months: 60, entry: .leaky)
    let kept = GatedTrace<Float>.count(large, rows: 100_000)
    #expect(kept * large.roomOfTrace <= GatedTrace<Float>.most)
    let usual = SequenceDesign(inputs: 46, hidden: 32, layers: 1, months: 12, entry: .leaky)
    #expect(GatedTrace<Float>.count(usual, rows: 1608) == 26)
    #expect(GatedTrace<Float>.count(usual, rows: 0) == 0)
  }

  @Test(arguments: [2, 3, 8])
  func threadsChangeNoBit(threads: Int) throws {
    func bits(_ threads: Int) throws -> [UInt32] {
      let network: PriorPosteriorNetwork<Float> = try network(threads: threads, firms: 300)
      _ = network.gradient(4)
      return (0..<network.parameters.count).map { network.parameters.gradients[$0].bitPattern }
    }
    #expect(try bits(threads) == bits(1))
  }
}
