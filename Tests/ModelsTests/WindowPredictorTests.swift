// Forecasters over windows: exact gradients of every part, the same bits on any number of threads.

import FactorRuntime
import Glibc
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

  // Sixteen units have no padding that could hide a number too many: a file of the default size must be readable.
  @Test func aNetworkHasAsManyWeightsAsItsDesignSays() throws {
    for cell in [RecurrentCell.gruAfter, .lstm] {
      for attention in [8, nil] {
        var design = SequenceDesign(
          inputs: 3, hidden: 16, layers: 2, months: 3, entry: .tanh, attention: attention)
        design.cell = cell
        let block = ParameterBlock<Double>(padded: false)
        _ = GatedBody(design, in: block)
        #expect(block.tensors.reduce(0) { $0 + $1.rows * $1.columns } == design.parameterCount)
      }
    }
  }

  // Twenty months of up to eleven firms, some of them away.
  private static let present = (0..<20).map { month in
    (0..<11).filter { ($0 * 5 + month * 2) % 7 != 0 }
  }
  private static let offsets = present.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }

  private func data<Scalar: NetworkScalar>() throws -> ConditionalData<Scalar> {
    var stream = RandomStream(seed: 13, purpose: .example)
    let rows = Self.offsets[20]
    let first = try #require(Period(year: 2000, month: 1))
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
      NetworkData(task, returnScale: 1, inputs: []), readsHistories: true)
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
      network.parameters, tensors: network.parameters.tensors.map(\.name), entries: 24
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

  private static let transformer = TransformerDesign(
    inputs: 3, width: 6, heads: 2, layers: 2, inner: 5, months: 4)

  @Test(arguments: [0, 3])
  func gradientsOfATransformerAgree(factors: Int) throws {
    let network: WindowPredictor<TransformerBody<Double>> = try network(
      Self.transformer, factors: factors)
    let result = BlockCheck.worst(
      network.parameters, tensors: network.parameters.tensors.map(\.name), entries: 12
    ) { _ in network.gradient(someRows) }
    #expect(result.error < GradientCheck.tolerance, "\(result)")
  }

  @Test func aTransformerInFloatAgreesWithDouble() throws {
    let single: WindowPredictor<TransformerBody<Float>> = try network(Self.transformer)
    let double: WindowPredictor<TransformerBody<Double>> = try network(Self.transformer)
    let all = rows(0..<Self.offsets[20])
    expectClose(single.gradient(all), double.gradient(all), relative: 1e-5)
    for i in 0..<double.parameters.count {
      expectClose(
        Double(single.parameters.gradients[i]), double.parameters.gradients[i], absolute: 2e-5)
    }
  }

  // Two heads of one layer, computed here by their definition for one target.
  @Test func aTransformerIsTheStatedOne() throws {
    let design = TransformerDesign(
      inputs: 3, width: 4, heads: 2, layers: 1, inner: 3, months: 2)
    let network: WindowPredictor<TransformerBody<Double>> = try network(design)
    let data: ConditionalData<Double> = try data()
    let row = Self.offsets[7]
    let histories = try #require(data.histories)
    var inputs = [[Double]](repeating: [], count: 2)
    data.withRows(0..<1) { x, _ in
      histories.window(of: row, months: 2) { step, source in
        inputs[step] = (0..<3).map { x[source * 3 + $0] }
      }
    }
    let p = network.parameters
    func matrix(_ name: String) -> [[Double]] {
      guard let number = p.tensors.firstIndex(where: { $0.name == name }) else { return [] }
      let t = p.tensors[number]
      return (0..<t.rows).map { i in
        (0..<t.columns).map { p.weights(number)[i * t.stride + $0] }
      }
    }
    func linear(_ x: [Double], _ name: String) -> [Double] {
      let (w, b) = (matrix("\(name).weight"), matrix("\(name).bias")[0])
      return b.indices.map { j in b[j] + x.indices.reduce(0) { $0 + x[$1] * w[$1][j] } }
    }
    func norm(_ x: [Double], _ name: String) -> [Double] {
      let mean = x.reduce(0, +) / 4
      let spread = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 4
      let (gain, offset) = (matrix("\(name).gain")[0], matrix("\(name).offset")[0])
      return x.indices.map { (x[$0] - mean) / (spread + 1e-5).squareRoot() * gain[$0] + offset[$0] }
    }
    let x = inputs.enumerated().map { s, row -> [Double] in
      let position = [sin(Double(s)), cos(Double(s)), sin(Double(s) / 100), cos(Double(s) / 100)]
      return zip(linear(row, "entry"), position).map { $0 + $1 }
    }
    func parts(_ name: String) -> [[Double]] { x.map { linear($0, "layer0.\(name)") } }
    let (q, k, v) = (parts("query"), parts("key"), parts("value"))
    var attended = [0.0, 0, 0, 0]
    for head in 0..<2 {
      let scores = (0..<2).map { t in
        (0..<2).reduce(0) { $0 + q[1][head * 2 + $1] * k[t][head * 2 + $1] } / 2.0.squareRoot()
      }
      let powers = scores.map { exp($0) }
      for t in 0..<2 {
        for j in 0..<2 {
          attended[head * 2 + j] += powers[t] / (powers[0] + powers[1]) * v[t][head * 2 + j]
        }
      }
    }
    let middle = norm(
      zip(x[1], linear(attended, "layer0.out")).map { $0 + $1 }, "layer0.attention")
    let inner = linear(middle, "layer0.first").map { max(0, $0) }
    let top = norm(zip(middle, linear(inner, "layer0.second")).map { $0 + $1 }, "layer0.feed")
    let weights = matrix("head.weight")
    let expected = matrix("head.bias")[0][0] + (0..<4).reduce(0) { $0 + top[$1] * weights[$1][0] }
    var (forecasts, units): ([Double], [Double]) = ([], [])
    network.forecast(row..<(row + 1), into: &forecasts, units: &units)
    expectClose(forecasts[0], expected, absolute: 1e-12)
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
