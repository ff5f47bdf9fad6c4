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
  /// Of losses, forecasts and gradients, relative to those beyond one; of gradients, to the length of all.
  let close: Double
  /// Of weights after a step.
  let weights: Double
  /// The first steps of Adam divide a gradient by its own size, so that of one which is little more than
  /// rounding only the sign of the rounding is left; weights whose gradients stay below this are passed over.
  let smallest: Double

  static func of<Scalar: NetworkScalar>(_: Scalar.Type) -> ParityTolerance {
    Scalar.self == Double.self
      ? ParityTolerance(close: 1e-11, weights: 1e-9, smallest: 0)
      : ParityTolerance(close: 1e-5, weights: 1e-5, smallest: 1e-3)
  }
}

/// A panel that networks learn from.
struct ParityPanel {
  let task: FactorTask
  let split: Split
  /// Months x managed portfolios.
  let managed: [[Double]]
  let meanFirms: Double

  private init(
    firms: [[Int32]], calendar: [Int32], characteristics: [Float], returns: [Double],
    managed: [[Double]]
  ) throws {
    let (train, valid) = (12, 14)
    let names = (0...(firms.joined().max() ?? 0)).map { "\(1000 + $0)" }
    let months = zip(firms, calendar).flatMap { firms, number in
      firms.map { _ in Period(index: 24_000 + number) }
    }
    let sorted = try PanelIndex.sorting(months: months, assets: Array(firms.joined()), names: names)
    #expect(sorted.order == nil && sorted.index.assets == Array(firms.joined()))
    task = FactorTask(
      index: sorted.index,
      characteristicNames: (0..<(characteristics.count / returns.count)).map { "c\($0)" },
      characteristics: characteristics, returns: returns, targetName: "ret")
    split = try Split(train: 0..<train, valid: train..<valid, test: valid..<firms.count)
    self.managed = managed
    meanFirms = Double(firms[..<train].joined().count) / Double(train)
  }

  /// The panel that a case names.
  init(of parity: NetworkCase) throws {
    let json = try JSON.parity("panel")
    let calendar = try #require(json["calendar"]).numbers.map { Int32($0) }
    let width = try #require(json["width"]?.integer)
    if parity.json["panel"]?.text == "wide" {
      try self.init(wide: width, calendar: calendar)
      return
    }
    let managed = try #require(json["managed"]).numbers
    try self.init(
      firms: try #require(json["firms"]?.items).map { $0.numbers.map { Int32($0) } },
      calendar: calendar,
      characteristics: try #require(json["characteristics"]).numbers.map(Float.init),
      returns: try #require(json["returns"]).numbers,
      managed: calendar.indices.map {
        Array(managed[($0 * (width + 1))..<(($0 + 1) * (width + 1))])
      })
  }

  // More rows than fit one tile, group or party, drawn here as the script draws them.
  private init(wide width: Int, calendar: [Int32]) throws {
    var stream = RandomStream(seed: 9, purpose: .example)
    func even() -> Double { (8192 * stream.uniform()).rounded(.down) / 4096 - 1 }
    let firms = calendar.map { _ in
      (0..<150).filter { _ in stream.uniform() < 0.85 }.map { Int32($0) }
    }
    let rows = firms.joined().map { _ in (0...width).map { _ in even() } }
    let managed = calendar.map { _ in (0...width).map { _ in even() } }
    try self.init(
      firms: firms, calendar: calendar,
      characteristics: rows.flatMap { $0.dropLast().map(Float.init) },
      returns: rows.map { $0[width] }, managed: managed)
  }

  func data<Scalar: NetworkScalar>(readsHistories: Bool) -> ConditionalData<Scalar> {
    ConditionalData(
      NetworkData(task, returnScale: 1, inputs: managed), readsHistories: readsHistories)
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

  /// Two threads where there is more than one block of rows.
  var threads: Int { json["panel"]?.text == "wide" ? 2 : 1 }

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
    #expect(
      place(rows - 1, stretch[0]) < tensor.rows && place(columns - 1, stretch[1]) < tensor.stride)
    return (0..<rows).flatMap { i in
      (0..<columns).map {
        tensor.offset + place(i, stretch[0]) * tensor.stride + place($0, stretch[1])
      }
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
    let length = max(1, try #require(try steps()[step].number("norm")))
    for tensor in block.tensors {
      let range = tensor.offset..<(tensor.offset + tensor.extent)
      expectClose(
        range.map { Double(block.gradients[$0]) }, Array(wanted[range]),
        absolute: tolerance.close * length, "\(name) step \(step): gradient of \(tensor.name)")
    }
  }

  /// Holds the weights after a step against a block; what is not listed must be what it was.
  func expectWeights<Scalar>(
    _ step: Int, _ block: ParameterBlock<Scalar>, _ kind: String, before: [Scalar],
    _ tolerance: ParityTolerance
  ) throws {
    let unlisted = [Double](repeating: .nan, count: block.count)
    let wanted = try laidOut(
      try steps()[step]["after"], kind, block, others: before.map { Double($0) })
    let slopes = try steps()[...step].map {
      try laidOut($0["gradients"], kind, block, others: unlisted)
    }
    for tensor in block.tensors {
      for i in tensor.offset..<(tensor.offset + tensor.extent) {
        if slopes.allSatisfy({ abs($0[i]) < tolerance.smallest }) { continue }
        expectClose(
          Double(block.weights[i]), wanted[i], absolute: tolerance.weights,
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
          Array(found.prefix(list.count)), list, absolute: tolerance.close,
          relative: tolerance.close,
          "\(name): running statistics")
      }
    }
  }
}

extension ParameterBlock {
  var values: [Scalar] { Array(UnsafeBufferPointer(start: weights, count: count)) }
}
