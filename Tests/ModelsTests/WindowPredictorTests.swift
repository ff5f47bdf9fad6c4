// Forecasters over windows: exact gradients of every part, the same bits on any number of threads.

import FactorRuntime
import TestSupport
import Testing

@testable import Models

@Suite struct WindowPredictorTests {
  /// A gated body and how many units come between it and the forecast.
  private struct Shape {
    var body: SequenceDesign
    var factors = 0
  }

  private static let gated = [
    Shape(
      body: SequenceDesign(inputs: 3, hidden: 4, layers: 2, months: 3, entry: .tanh, attention: 2)),
    Shape(body: SequenceDesign(inputs: 3, hidden: 5, layers: 1, months: 4, entry: .leaky)),
    Shape(
      body: SequenceDesign(inputs: 3, hidden: 4, layers: 1, months: 3, entry: .tanh, attention: 2),
      factors: 3),
    Shape(body: lstm),
  ]

  private static var lstm: SequenceDesign {
    var design = SequenceDesign(inputs: 3, hidden: 4, layers: 2, months: 3, entry: .tanh)
    design.cell = .lstm
    return design
  }

  // Twenty months of up to eleven firms, some of them away.
  private static let present = (0..<20).map { month in
    (0..<11).filter { ($0 * 5 + month * 2) % 7 != 0 }
  }
  private static let offsets = present.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }

  private func data<Scalar: NetworkScalar>() throws -> ConditionalData<Scalar> {
    var stream = RandomStream(seed: 13, purpose: .example)
    let rows = Self.offsets[20]
    let first = try #require(Month(year: 2000, month: 1))
    let index = try PanelIndex.sorting(
      months: Self.present.indices.flatMap { month in Self.present[month].map { _ in first + month }
      },
      assets: Self.present.joined().map { Int32($0) }, names: (0..<11).map(String.init)
    ).index
    let task = FactorTask(
      index: index, characteristicNames: ["a", "b", "c"],
      characteristics: (0..<(rows * 3)).map { _ in Float(stream.normal()) },
      returns: (0..<rows).map { _ in stream.normal() }, targetName: "ret")
    return ConditionalData<Scalar>(
      NetworkData(task, returnScale: 1, managed: []), readsHistories: true)
  }

  private func network<Body: WindowBody>(
    _ body: Body.Design, factors: Int = 0, threads: Int = 1
  ) throws -> WindowPredictor<Body> {
    let network = WindowPredictor<Body>(
      WindowPredictorDesign(body: body, factors: factors), try data(), rows: 0, threads: threads)
    var stream = RandomStream(seed: 12, purpose: .initialise)
    network.initialize(&stream)
    // Biases that are not zero, within the true columns.
    for tensor in network.parameters.tensors where tensor.rows == 1 {
      for j in 0..<tensor.columns where j % 16 < 2 {
        network.parameters.weights[tensor.offset + j] += Body.Scalar(0.2 * stream.normal())
      }
    }
    return network
  }

  private func rows(_ range: Range<Int>) -> ArraySlice<Int32> { range.map(Int32.init)[...] }

  private var someRows: ArraySlice<Int32> {
    // Not in order, as batches that are dealt by chance.
    ((Self.offsets[6]..<Self.offsets[8]).map(Int32.init).reversed() + [3, 90])[...]
  }

  @Test(arguments: 0..<4)
  func gradientsAgreeForEveryPart(number: Int) throws {
    let shape = Self.gated[number]
    let network: WindowPredictor<GatedBody<Double>> = try network(
      shape.body, factors: shape.factors)
    let result = BlockCheck.worst(
      network.parameters, tensors: network.parameters.tensors.map(\.name)
    ) { _ in network.gradient(someRows) }
    #expect(result.error < GradientCheck.tolerance, "\(result)")
  }

  @Test(arguments: 0..<4)
  func forecastsAreWhatTheLossIsOf(number: Int) throws {
    let shape = Self.gated[number]
    let network: WindowPredictor<GatedBody<Double>> = try network(
      shape.body, factors: shape.factors)
    let all = 0..<Self.offsets[20]
    let loss = network.gradient(rows(all))
    var (forecasts, units): ([Double], [Double]) = ([], [])
    network.forecast(all, into: &forecasts, units: &units)
    let returns = try data().withRows(all) { _, y -> [Double] in
      Array(UnsafeBufferPointer(start: y, count: all.count))
    }
    let errors = zip(forecasts, returns).map { ($0 - $1) * ($0 - $1) }
    expectClose(errors.reduce(0, +) / Double(all.count), loss, relative: 1e-12)
    #expect(units.count == all.count * shape.factors)
  }

  @Test func paddingHasNoGradient() throws {
    let network: WindowPredictor<GatedBody<Float>> = try network(Self.gated[0].body)
    _ = network.gradient(rows(0..<40))
    for (number, tensor) in network.parameters.tensors.enumerated() {
      let slopes = network.parameters.gradients(number)
      let wrong = (0..<tensor.extent).filter { place in
        let column = place % tensor.stride
        let units = tensor.columns % 16 == 0 ? Self.gated[0].body.hidden : tensor.columns
        let isPaddedRow = tensor.name == "head.weight" && place / tensor.stride % 16 >= 4
        return (column % 16 >= units || isPaddedRow) && slopes[place] != 0
      }
      #expect(wrong.isEmpty, "\(tensor.name): \(wrong.count)")
    }
  }

  // Many parties, so that every block has work.
  @Test(arguments: [2, 3, 8])
  func threadsChangeNoBit(threads: Int) throws {
    func bits(_ threads: Int) throws -> [UInt32] {
      let network: WindowPredictor<GatedBody<Float>> = try network(
        Self.gated[0].body, threads: threads)
      _ = network.gradient(rows(0..<Self.offsets[20]))
      return (0..<network.parameters.count).map { network.parameters.gradients[$0].bitPattern }
    }
    #expect(try bits(threads) == bits(1))
  }

  @Test func floatAgreesWithDouble() throws {
    let single: WindowPredictor<GatedBody<Float>> = try network(Self.gated[0].body)
    let double: WindowPredictor<GatedBody<Double>> = try network(Self.gated[0].body)
    let all = rows(0..<Self.offsets[20])
    expectClose(single.gradient(all), double.gradient(all), relative: 1e-5)
    for i in 0..<double.parameters.count {
      expectClose(
        Double(single.parameters.gradients[i]), double.parameters.gradients[i], absolute: 1e-5)
    }
  }
}
