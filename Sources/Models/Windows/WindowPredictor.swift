// A body over windows with a linear head, as a forecaster.
//
// Definition: r-hat = w'e + b of the features e; factorised, units u = W e + b come between, r-hat = v'u + c,
// and u is taken for loadings.

import FactorRuntime

/// What makes such a network.
struct WindowPredictorDesign<Body: WindowDesign>: PredictorDesign {
  var body: Body
  var factors = 0

  init(body: Body, factors: Int = 0) { (self.body, self.factors) = (body, factors) }

  var inputs: Int { body.inputs }
  /// Columns of the linear map that reads the features.
  var units: Int { max(1, factors) }

  var parameterCount: Int {
    body.parameterCount + (body.features + 1) * units + (factors > 0 ? factors + 1 : 0)
  }

  var facts: JSON {
    .fields(("body", body.facts), ("factors", .number(Double(factors))))
  }

  init(_ facts: StoredFacts) throws {
    self.init(
      body: try Body(StoredFacts(try facts.object("body"))), factors: try facts.integer("factors"))
    guard (0...4096).contains(factors) else { throw facts.fault("factors") }
  }

  /// Every weight is in the file, so a file cannot ask for more memory than it has bytes.
  func checkSizes(_ name: String, _ container: Container) throws {
    let there = container.names(after: "\(name).").reduce(0) {
      $0 + (container.count(of: "\(name).\($1)") ?? 0)
    }
    guard there >= parameterCount else {
      throw ContainerError.malformed(section: name, reason: "\(parameterCount) numbers are needed")
    }
  }

  func room(rowsOfBatch: Int) -> Int {
    WindowParty.mostBlocks * (body.roomOfParty + 2 * parameterCount) + 12 * parameterCount
      + 2 * rowsOfBatch
  }
}

final class WindowPredictor<Body: WindowBody>: PredictorNetwork {
  typealias Scalar = Body.Scalar
  typealias Buffer = UnsafeMutablePointer<Scalar>
  typealias Design = WindowPredictorDesign<Body.Design>

  static var readsHistories: Bool { true }

  let design: Design
  let parameters = ParameterBlock<Scalar>(padded: true)
  let body: Body
  let head: (weight: Int, bias: Int)
  /// From units to the forecast, where they come between.
  let readout: (weight: Int, bias: Int)?
  private let data: ConditionalData<Scalar>?
  private let pool: BlockPool
  private let partial: Buffer
  private var parties: [WindowHead<Body>] = []
  private var work: BlockWork = { _, _ in }
  private var rows: ArraySlice<Int32> = []
  private var panel: (x: UnsafePointer<Scalar>, y: UnsafePointer<Scalar>)?
  /// One for each block; the threads write side by side.
  private let losses: UnsafeMutablePointer<Double>

  convenience init(
    _ design: Design, _ data: ConditionalData<Scalar>, rows: Int, threads: Int
  ) {
    self.init(design, data: data, threads: threads)
  }

  convenience init(blank design: Design) { self.init(design, data: nil, threads: 1) }

  private init(_ design: Design, data: ConditionalData<Scalar>?, threads: Int) {
    (self.design, self.data) = (design, data)
    body = Body(design.body, in: parameters)
    let parameters = parameters
    head = (
      parameters.add(
        "head.weight", rows: design.body.featureWidth, columns: design.units, penalised: true),
      parameters.add("head.bias", rows: 1, columns: design.units)
    )
    readout =
      design.factors == 0
      ? nil
      : (
        parameters.add("readout.weight", rows: 1, columns: design.factors, penalised: true),
        parameters.add("readout.bias", rows: 1, columns: 1)
      )
    pool = BlockPool(threads: threads)
    partial = AlignedMemory.zeros(data == nil ? 0 : WindowParty.mostBlocks * parameters.count)
    losses = AlignedMemory.zeros(WindowParty.mostBlocks)
    guard let histories = data?.histories else { return }
    parties = (0..<WindowParty.mostBlocks).map { _ in WindowHead(self, histories) }
    work = { [unowned self] _, block in run(block) }
  }

  deinit {
    AlignedMemory.free(partial)
    AlignedMemory.free(losses)
  }

  var running: [RunningMoments] {
    get { [] }
    set {}
  }

  func initialize(_ stream: inout RandomStream) {
    body.initialize(&stream)
    let (shape, stretches) = (design.body, design.body.stretches)
    let bound = (6 / Double(shape.features + design.units)).squareRoot()
    let (stretch, size) = (shape.featureWidth / stretches, shape.features / stretches)
    parameters.fill(head.weight) { row, _ in
      row % stretch < size ? bound * (2 * stream.uniform() - 1) : 0
    }
    if let readout {
      parameters.fillGlorot(readout.weight, inputs: design.factors, outputs: 1, &stream)
    }
  }

  func gradient(_ rows: ArraySlice<Int32>) -> Double {
    guard let data else { preconditionFailure("a network without data is not trained") }
    self.rows = rows
    parameters.clearGradients()
    for party in parties { party.prepare() }
    data.withRows(0..<1) { x, y in
      panel = (x, y)
      pool.run(work, phase: 0, blocks: WindowParty.mostBlocks)
      panel = nil
    }
    var loss = 0.0
    for block in 0..<WindowParty.mostBlocks {
      loss += losses[block]
      Scalar.add(
        count: parameters.count, partial + block * parameters.count, to: parameters.gradients)
    }
    return loss / Double(max(1, rows.count))
  }

  // The parties of a block, one after the other.
  private func run(_ block: Int) {
    guard let panel else { return }
    let target = partial + block * parameters.count
    target.update(repeating: 0, count: parameters.count)
    var loss = 0.0
    for part in targets(of: block) {
      loss += parties[block].gradient(part, of: rows.count, panel.x, panel.y, into: target)
    }
    losses[block] = loss
  }

  private func targets(of block: Int) -> [ArraySlice<Int32>] {
    let count = (rows.count + WindowParty.targets - 1) / WindowParty.targets
    let blocks = WindowParty.mostBlocks
    return ((block * count / blocks)..<((block + 1) * count / blocks)).map { party in
      let start = rows.startIndex + party * WindowParty.targets
      return rows[start..<min(start + WindowParty.targets, rows.endIndex)]
    }
  }

  /// Nothing depends on the weights alone.
  func freeze() {}

  func forecast(_ rows: Range<Int>, into forecasts: inout [Scalar], units: inout [Scalar]) {
    guard let data else { preconditionFailure("a network without data does not forecast") }
    forecasts.removeAll(keepingCapacity: true)
    units.removeAll(keepingCapacity: true)
    let all = rows.map(Int32.init)
    data.withRows(0..<1) { x, _ in
      for start in stride(from: 0, to: all.count, by: WindowParty.targets) {
        let part = all[start..<min(start + WindowParty.targets, all.count)]
        parties[0].forecast(part, x, into: &forecasts, units: &units)
      }
    }
  }
}
