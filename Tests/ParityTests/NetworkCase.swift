// One network of Tests/Parity/networks: its weights, its steps, and how a block of parameters is held against
// them.

import FactorRuntime
import TestSupport
import Testing

@testable import Models

extension JSON {
  /// The numbers of a list.
  var numbers: [Double] {
    items.compactMap { if case .number(let number) = $0 { number } else { nil } }
  }

  func number(_ name: String) -> Double? {
    if case .number(let number)? = self[name] { number } else { nil }
  }

  static func parity(_ name: String) throws -> JSON {
    try JSON(parsing: try FileSystem.read(ParityFolder.path("networks/\(name).json")))
  }
}

/// How close a number type comes.
struct ParityTolerance: Sendable {
  /// Of losses, gradients, weights and forecasts: absolute, and relative to numbers beyond one.
  let close: Double
  /// The first steps of Adam divide a gradient by its own size, so that of one which is little more than
  /// rounding only the sign of the rounding is left; weights whose gradients stay below this are passed over.
  let smallest: Double

  static func of<Scalar: NetworkScalar>(_: Scalar.Type) -> ParityTolerance {
    Scalar.self == Double.self
      ? ParityTolerance(close: 1e-9, smallest: 0) : ParityTolerance(close: 1e-5, smallest: 1e-3)
  }
}

/// The panel that all networks learn from.
struct ParityPanel {
  let task: FactorTask
  let split: Split
  /// Months x managed portfolios.
  let managed: [[Double]]
  let meanFirms: Double

  init() throws {
    let json = try JSON.parity("panel")
    func whole(_ name: String) throws -> Int { try #require(json[name]?.integer) }
    let (width, train, valid) = (try whole("width"), try whole("train"), try whole("valid"))
    let calendar = try #require(json["calendar"]).numbers
    let firms = try #require(json["firms"]?.items).map(\.numbers)
    let index = try PanelIndex.sorting(
      months: firms.indices.flatMap { t in firms[t].map { _ in Month(index: 24_000 + Int32(calendar[t])) } },
      assets: firms.joined().map { Int32($0) }, names: (0..<9).map { "firm \($0)" }
    ).index
    task = FactorTask(
      index: index, characteristicNames: (0..<width).map { "c\($0)" },
      characteristics: try #require(json["characteristics"]).numbers.map(Float.init),
      returns: try #require(json["returns"]).numbers, targetName: "ret")
    split = try Split(train: 0..<train, valid: train..<valid, test: valid..<firms.count)
    let managed = try #require(json["managed"]).numbers
    self.managed = firms.indices.map { Array(managed[($0 * (width + 1))..<(($0 + 1) * (width + 1))]) }
    meanFirms = Double(firms[..<train].joined().count) / Double(train)
  }

  func data<Scalar: NetworkScalar>(readsHistories: Bool) -> ConditionalData<Scalar> {
    ConditionalData(
      NetworkData(task, returnScale: 1, managed: managed), readsHistories: readsHistories)
  }
}

/// A file of the folder.
struct NetworkCase {
  let name: String
  let json: JSON

  init(_ name: String) throws {
    self.name = name
    json = try JSON.parity(name)
  }

  func steps() throws -> [JSON] { try #require(json["steps"]?.items) }

  var optimizer: Optimizer {
    var optimizer = Optimizer(rate: json.number("rate") ?? 0, clip: json.number("clip"))
    optimizer.valueClip = json.number("valueClip")
    if let decay = json.number("decay") { optimizer.rule = .adamW(decay: decay) }
    return optimizer
  }

  var l1: Double { json.number("l1") ?? 0 }

  /// The places of a tensor's numbers in a block, row by row: rows and columns of a stretch are padded to
  /// whole lanes.
  private func places<Scalar>(
    _ name: String, _ described: JSON, in block: ParameterBlock<Scalar>
  ) throws -> [Int] {
    let tensor = try #require(block.tensors.first { $0.name == name }, "\(self.name): \(name)")
    let (rows, columns) = (
      try #require(described["rows"]?.integer), try #require(described["columns"]?.integer)
    )
    let stretch = try #require(described["stretch"]).numbers.map { Int($0) }
    func place(_ i: Int, _ stretch: Int) -> Int {
      stretch == 0 ? i : i / stretch * Padding.padded(stretch) + i % stretch
    }
    #expect(place(rows - 1, stretch[0]) < tensor.rows && place(columns - 1, stretch[1]) < tensor.stride)
    return (0..<rows).flatMap { i in
      (0..<columns).map { tensor.offset + place(i, stretch[0]) * tensor.stride + place($0, stretch[1]) }
    }
  }

  private func tensors(_ block: String) throws -> [(name: String, described: JSON)] {
    guard case .object(let fields)? = json["tensors"]?[block] else { return [] }
    return fields.map { ($0.name, $0.value) }
  }

  /// Puts the weights into a block, all of whose tensors must be there.
  func fill<Scalar>(_ block: ParameterBlock<Scalar>, _ kind: String) throws {
    for (name, described) in try tensors(kind) {
      let weights = try #require(described["weights"]).numbers
      for (place, weight) in zip(try places(name, described, in: block), weights) {
        block.weights[place] = Scalar(weight)
      }
    }
  }

  /// The numbers of a step laid out as a block; `others` elsewhere.
  private func laidOut<Scalar>(
    _ values: JSON?, _ kind: String, _ block: ParameterBlock<Scalar>, others: [Double]
  ) throws -> [Double] {
    var result = others
    for (name, described) in try tensors(kind) {
      let numbers = try #require(values?[kind]?[name]).numbers
      for (place, number) in zip(try places(name, described, in: block), numbers) {
        result[place] = number
      }
    }
    return result
  }

  /// Holds the gradients of a step against a block; padding must have none.
  func expectGradients<Scalar>(
    _ step: Int, _ block: ParameterBlock<Scalar>, _ kind: String, _ tolerance: ParityTolerance
  ) throws {
    let none = [Double](repeating: 0, count: block.count)
    let wanted = try laidOut(try steps()[step]["gradients"], kind, block, others: none)
    for tensor in block.tensors {
      let range = tensor.offset..<(tensor.offset + tensor.extent)
      expectClose(
        range.map { Double(block.gradients[$0]) }, Array(wanted[range]), absolute: tolerance.close,
        relative: tolerance.close, "\(name) step \(step): gradient of \(tensor.name)")
    }
  }

  /// Holds the weights after a step against a block; what is not listed must be what it was.
  func expectWeights<Scalar>(
    _ step: Int, _ block: ParameterBlock<Scalar>, _ kind: String, before: [Scalar],
    _ tolerance: ParityTolerance
  ) throws {
    let none = [Double](repeating: 0, count: block.count)
    let wanted = try laidOut(try steps()[step]["after"], kind, block, others: before.map { Double($0) })
    let slopes = try steps()[...step].map {
      try laidOut($0["gradients"], kind, block, others: none)
    }
    for tensor in block.tensors {
      for i in tensor.offset..<(tensor.offset + tensor.extent) {
        let largest = slopes.map { abs($0[i]) }.max() ?? 0
        if largest > 0, largest < tolerance.smallest { continue }
        expectClose(
          Double(block.weights[i]), wanted[i], absolute: tolerance.close, relative: tolerance.close,
          "\(name) step \(step): \(tensor.name), element \(i - tensor.offset)")
      }
    }
  }

  func expectRunning(_ running: [RunningMoments], _ tolerance: ParityTolerance) throws {
    guard let wanted = json["running"] else { return }
    for (layer, moments) in running.enumerated() {
      let (mean, variance) = (wanted["mean"]?.items[layer], wanted["variance"]?.items[layer])
      for (found, list) in [(moments.mean, mean), (moments.variance, variance)] {
        let list = try #require(list).numbers
        expectClose(
          Array(found.prefix(list.count)), list, absolute: tolerance.close, relative: tolerance.close,
          "\(name): running statistics")
      }
    }
  }
}

extension ParameterBlock {
  var values: [Scalar] { Array(UnsafeBufferPointer(start: weights, count: count)) }
}
