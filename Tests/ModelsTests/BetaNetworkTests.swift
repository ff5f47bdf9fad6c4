// The beta network: exact gradients in Float64, frozen weights that forecast as trained.

import FactorRuntime
import TestSupport
import Testing

@testable import Models

@Suite struct BetaNetworkTests {
  private static let rows = 11
  private static let inputs = 4

  private func characteristics<Scalar: NetworkScalar>(_ rows: Int = rows) -> [Scalar] {
    var stream = RandomStream(seed: 41, purpose: .example)
    return (0..<(rows * Self.inputs)).map { _ in Scalar(2 * stream.uniform() - 1) }
  }

  private func network<Scalar: NetworkScalar>(
    _ hidden: [Int], rows: Int = rows
  ) -> BetaNetwork<Scalar> {
    let network = BetaNetwork<Scalar>(
      inputs: Self.inputs, hidden: hidden, outputs: 3, maximumRows: rows)
    var stream = RandomStream(seed: 42, purpose: .initialise)
    network.initialize(&stream)
    // Only true columns move: padding must stay zero, as it does in training.
    for (t, tensor) in network.parameters.tensors.enumerated() {
      let columns = tensor.name.hasPrefix("head") ? 3 : tensor.columns
      let at = network.parameters.weights(t)
      for i in 0..<tensor.rows {
        for j in 0..<columns { at[i * tensor.stride + j] += Scalar(0.2 * stream.normal()) }
      }
    }
    return network
  }

  /// sum over rows and factors of weight * tanh(loading), and its gradient in the network.
  private func loss(
    _ network: BetaNetwork<Double>, _ x: [Double], wantsGradient: Bool
  ) -> Double {
    network.forward(rows: Self.rows, x)
    var total = 0.0
    network.loadingsGradient.update(repeating: 0, count: Self.rows * network.outputWidth)
    for i in 0..<Self.rows {
      for k in 0..<3 {
        let weight = 0.3 + 0.1 * Double((i * 7 + k * 3) % 11)
        let y = Elementary.tanh(network.loadings[i * network.outputWidth + k])
        total += weight * y
        network.loadingsGradient[i * network.outputWidth + k] = weight * (1 - y * y)
      }
    }
    if wantsGradient { network.backward(rows: Self.rows, x) }
    return total
  }

  @Test(arguments: [[], [5], [6, 4], [5, 4, 3]])
  func gradientsAgreeForWeightsGainsOffsetsAndHead(hidden: [Int]) {
    let (network, x): (BetaNetwork<Double>, [Double]) = (network(hidden), characteristics())
    let result = BlockCheck.worst(
      network.parameters, tensors: network.parameters.tensors.map(\.name)
    ) { loss(network, x, wantsGradient: $0) }
    #expect(result.error < GradientCheck.tolerance, "\(hidden): \(result)")
  }

  // Three groups of rows, each of several tiles: moments and sums that are combined are checked too.
  @Test func gradientsOfSeveralGroupsAgree() {
    let rows = 3 * RowGroups.fewestRows
    let network: BetaNetwork<Double> = network([5, 4], rows: rows)
    let x: [Double] = characteristics(rows)
    func loss(_ wantsGradient: Bool) -> Double {
      network.forward(rows: rows, x)
      var total = 0.0
      for i in 0..<rows {
        let y = network.loadings[i * network.outputWidth]
        let weight = 0.3 + 0.1 * Double(i * 7 % 11)
        total += weight * y * y
        network.loadingsGradient[i * network.outputWidth] = 2 * weight * y
        for k in 1..<3 { network.loadingsGradient[i * network.outputWidth + k] = 0 }
      }
      if wantsGradient { network.backward(rows: rows, x) }
      return total
    }
    #expect(RowGroups(rows: rows).count == 3)
    let names = ["hidden0.offset", "hidden1.gain", "hidden1.offset", "head.bias"]
    let result = BlockCheck.worst(network.parameters, tensors: names, loss)
    #expect(result.error < GradientCheck.tolerance, "\(result)")
  }

  @Test func aGradientIsZeroWhereThePaddingIs() {
    let (network, x): (BetaNetwork<Double>, [Double]) = (network([6, 4]), characteristics())
    network.parameters.clearGradients()
    _ = loss(network, x, wantsGradient: true)
    var padding = 0
    for (t, tensor) in network.parameters.tensors.enumerated() {
      let columns = tensor.name.hasPrefix("head") ? 3 : tensor.columns
      for i in 0..<tensor.rows {
        for j in columns..<tensor.stride {
          padding += network.parameters.gradients(t)[i * tensor.stride + j] == 0 ? 0 : 1
        }
      }
    }
    #expect(padding == 0)
  }

  @Test func floatAgreesWithDouble() {
    let (large, small): (BetaNetwork<Double>, BetaNetwork<Float>) = (
      network([6, 4]), network([6, 4])
    )
    large.forward(rows: Self.rows, characteristics())
    small.forward(rows: Self.rows, characteristics())
    for i in 0..<Self.rows {
      for k in 0..<3 {
        // Three layers of Float with normalisations that divide by deviations near one half.
        expectClose(
          Double(small.loadings[i * 16 + k]), large.loadings[i * 16 + k], absolute: 1e-5)
      }
    }
  }

  // With the running variances turned back into the batch's own, both passes are the same map.
  @Test func frozenWeightsForecastAsTheNetworkWould() {
    let rows = 300
    let network: BetaNetwork<Double> = network([6, 4], rows: rows)
    let x: [Double] = characteristics(rows)
    for _ in 0..<400 { network.forward(rows: rows, x) }
    for i in network.running.indices {
      for j in network.running[i].variance.indices { network.running[i].variance[j] *= 299.0 / 300 }
    }
    let expected = (0..<(rows * 16)).map { network.loadings[$0] }
    var found = [Double](repeating: 0, count: rows * 16)
    network.frozen().loadings(rows: rows, x, into: &found)
    for i in 0..<rows {
      for k in 0..<3 {
        // 0.9^400 of the starting moments is left, far below rounding.
        expectClose(found[i * 16 + k], expected[i * 16 + k], absolute: 1e-10)
      }
    }
    var again = [Double](repeating: 0, count: 10 * 16)
    network.frozen().loadings(rows: 10, x, into: &again)
    #expect(again == Array(found.prefix(160)), "a row's loading does not depend on other rows")
  }

  @Test func parametersAreCountedWithoutPadding() {
    let network: BetaNetwork<Float> = network([6, 4])
    #expect(network.parameterCount == 4 * 6 + 12 + 6 * 4 + 8 + 4 * 3 + 3)
    #expect((network as BetaNetwork<Float>).outputWidth == 16)
    #expect(
      BetaNetwork<Float>(inputs: 2, hidden: [], outputs: 16, maximumRows: 1).outputWidth == 32)
  }

  @Test func statisticsAndTheirGradientMatchTheRows() {
    let statistics = LoadingStatistics<Double>(factors: 2, width: 16, slots: 1)
    let block = ParameterBlock<Double>(padded: true)
    block.add("loadings", rows: 5, columns: 2)
    block.disturb(1, seed: 6)
    let y = [0.3, -0.2, 0.9, -1.1, 0.4]
    // |B'B|^2 / 2 + (B'y)'(1, 2), whose gradients are B'B and (1, 2).
    let result = BlockCheck.worst(block, tensors: ["loadings"]) { wantsGradient in
      statistics.clearGradients()
      statistics.compute(slot: 0, rows: 5, loadings: block.weights, returns: y)
      let month = statistics[0]
      for i in 0..<4 { month.gramGradient[i] = month.gram[i] }
      (month.crossGradient[0], month.crossGradient[1]) = (1, 2)
      if wantsGradient {
        statistics.prepareSpread(slot: 0)
        statistics.spread(slot: 0, rows: 5, loadings: block.weights, into: block.gradients)
      }
      let squares = (0..<4).reduce(0) { $0 + month.gram[$1] * month.gram[$1] }
      return squares / 2 + month.cross[0] + 2 * month.cross[1]
    }
    #expect(result.error < GradientCheck.tolerance, "\(result)")
    expectClose(statistics[0].square[0], y.reduce(0) { $0 + $1 * $1 }, absolute: 1e-14)
  }
}
