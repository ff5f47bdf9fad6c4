// Sequence networks: exact gradients of every part, the same bits on any number of threads.

import FactorRuntime
import TestSupport
import Testing

@testable import Models

@Suite struct SequenceNetworkTests {
  private static let designs = [
    SequenceDesign(inputs: 3, hidden: 4, layers: 2, months: 3, entry: .tanh, attention: 2),
    SequenceDesign(inputs: 3, hidden: 5, layers: 1, months: 4, entry: .leaky),
  ]

  // Twenty months of up to eleven firms, some of them away.
  private static let present = (0..<20).map { month in
    (0..<11).filter { ($0 * 5 + month * 2) % 7 != 0 }
  }
  private static let histories = FirmHistories(
    offsets: present.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) },
    firms: present.joined().map { Int32($0) })

  private func network<Scalar: NetworkScalar>(
    _ design: SequenceDesign, threads: Int = 1
  ) -> SequenceNetwork<Scalar> {
    let network = SequenceNetwork<Scalar>(design, histories: Self.histories, threads: threads)
    var stream = RandomStream(seed: 12, purpose: .initialise)
    network.initialize(&stream)
    let block = network.parameters
    for tensor in block.tensors where tensor.rows == 1 {
      for j in 0..<tensor.columns where j % 16 < design.hidden {
        block.weights[tensor.offset + j] += Scalar(0.2 * stream.normal())
      }
    }
    return network
  }

  private func data<Scalar: NetworkScalar>() -> (x: [Scalar], y: [Scalar]) {
    var stream = RandomStream(seed: 13, purpose: .example)
    let rows = Self.histories.firmOf.count
    return (
      (0..<(rows * 3)).map { _ in Scalar(stream.normal()) },
      (0..<rows).map { _ in Scalar(stream.normal()) }
    )
  }

  @Test(arguments: 0..<2)
  func gradientsAgreeForEveryPart(number: Int) {
    let network: SequenceNetwork<Double> = network(Self.designs[number])
    let data: (x: [Double], y: [Double]) = data()
    let rows = Self.histories.offsets[6]..<Self.histories.offsets[8]
    let result = BlockCheck.worst(
      network.parameters, tensors: network.parameters.tensors.map(\.name)
    ) { _ in network.gradient(rows: rows, panel: data.x, returns: data.y) }
    #expect(result.error < GradientCheck.tolerance, "\(result)")
  }

  @Test func paddingHasNoGradient() {
    let network: SequenceNetwork<Float> = network(Self.designs[0])
    let data: (x: [Float], y: [Float]) = data()
    _ = network.gradient(rows: 0..<40, panel: data.x, returns: data.y)
    for (number, tensor) in network.parameters.tensors.enumerated() {
      let slopes = network.parameters.gradients(number)
      let wrong = (0..<tensor.extent).filter { place in
        let column = place % tensor.stride
        let units = tensor.columns % 16 == 0 ? Self.designs[0].hidden : tensor.columns
        return column % 16 >= units && slopes[place] != 0
      }
      #expect(wrong.isEmpty, "\(tensor.name): \(wrong.count)")
    }
  }

  // Many parties, so that every block has work.
  @Test(arguments: [2, 3, 8])
  func threadsChangeNoBit(threads: Int) {
    let data: (x: [Float], y: [Float]) = data()
    func bits(_ threads: Int) -> [UInt32] {
      let network: SequenceNetwork<Float> = network(Self.designs[0], threads: threads)
      _ = network.gradient(
        rows: 0..<Self.histories.firmOf.count, panel: data.x, returns: data.y)
      return (0..<network.parameters.count).map { network.parameters.gradients[$0].bitPattern }
    }
    #expect(bits(threads) == bits(1))
  }

  @Test func floatAgreesWithDouble() {
    let (single, double): (SequenceNetwork<Float>, SequenceNetwork<Double>) = (
      network(Self.designs[0]), network(Self.designs[0])
    )
    let (s, d): ((x: [Float], y: [Float]), (x: [Double], y: [Double])) = (data(), data())
    let rows = 0..<Self.histories.firmOf.count
    let found = single.gradient(rows: rows, panel: s.x, returns: s.y)
    let exact = double.gradient(rows: rows, panel: d.x, returns: d.y)
    expectClose(found, exact, relative: 1e-5)
    for i in 0..<double.parameters.count {
      expectClose(
        Double(single.parameters.gradients[i]), double.parameters.gradients[i], absolute: 1e-5)
    }
  }
}
