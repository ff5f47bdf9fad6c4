// The recurrent network as the beta network of a conditional factor model.

import FactorRuntime

/// How loadings are read from a recurrent state.
enum StateReading: String, HyperparameterChoice, Sendable {
  case layer, state

  var sentence: String {
    switch self {
    case .layer: "a linear layer reads the state"
    case .state: "the state itself, as the paper prints it: loadings between -1 and 1"
    }
  }
}

/// What makes a recurrent network of characteristics.
struct RecurrentDesign: LoadingDesign {
  var inputs: Int
  var hidden: Int
  var outputs: Int
  var mode = HistoryMode.scan
  var reading = StateReading.layer

  init(
    inputs: Int, hidden: Int, outputs: Int, mode: HistoryMode = .scan,
    reading: StateReading = .layer
  ) {
    (self.inputs, self.hidden, self.outputs) = (inputs, hidden, outputs)
    (self.mode, self.reading) = (mode, reading)
  }

  var parameterCount: Int {
    4 * hidden * (inputs + hidden + 1) + (reading == .layer ? (hidden + 1) * outputs : 0)
  }

  var facts: JSON {
    let months = if case .window(let months) = mode { months } else { 0 }
    return .fields(
      ("inputs", .number(Double(inputs))), ("hidden", .number(Double(hidden))),
      ("outputs", .number(Double(outputs))), ("window", .number(Double(months))),
      ("reading", .text(reading.rawValue)))
  }

  init(_ facts: StoredFacts) throws {
    let months = try facts.integer("window")
    self.init(
      inputs: try facts.integer("inputs"), hidden: try facts.integer("hidden"),
      outputs: try facts.integer("outputs"), mode: months > 0 ? .window(months: months) : .scan,
      reading: try facts.word("reading"))
    guard (1...4096).contains(hidden), (1...4096).contains(outputs), inputs > 0,
      (0...1200).contains(months), reading == .layer || hidden == outputs
    else { throw facts.fault("hidden") }
  }

  func checkSizes(_ name: String, _ container: Container) throws {
    let width = Padding.padded(hidden)
    try ParameterBlock<Float>.check(
      [
        ("cell.input", inputs * 4 * width), ("cell.recurrent", hidden * 4 * width),
        ("head.weight", hidden * Padding.padded(outputs + 1)),
      ], name, container)
  }

  func room(rowsOfBatch: Int, rowsOfMonth: Int, firms: Int) -> Int {
    let (w, output) = (Padding.padded(hidden), Padding.padded(outputs + 1))
    // Gates, both states with their gradients, inputs, loadings with their gradients; forecasts hold the same.
    let months = if case .window(let months) = mode { months } else { 1 }
    let row = 8 * w * months + Padding.padded(inputs) + 3 * output
    return 2 * (rowsOfBatch * row + firms * 4 * w) + 40 * w * (Padding.padded(inputs) + w)
  }
}

extension RecurrentBetaNetwork: ConditionalNetwork {
  static var readsHistories: Bool { true }

  convenience init(_ design: RecurrentDesign, _ data: ConditionalData<Scalar>, longestBatch: Int) {
    guard let histories = data.histories else {
      preconditionFailure("recurrent loadings need the firms' histories")
    }
    self.init(design, histories, longestBatch: longestBatch)
  }

  convenience init(blank design: RecurrentDesign) {
    self.init(design, FirmHistories(offsets: [0], firms: []), longestBatch: 1)
  }

  private convenience init(
    _ design: RecurrentDesign, _ histories: FirmHistories, longestBatch: Int
  ) {
    self.init(
      inputs: design.inputs, hidden: design.hidden, outputs: design.outputs, mode: design.mode,
      reading: design.reading, histories: histories, longestBatch: longestBatch)
  }

  /// It has no normalisation.
  var running: [RunningMoments] {
    get { [] }
    set {}
  }

  func frozen() -> NetworkWeights<Scalar> { NetworkWeights(self) }
}

/// Months in order through a recurrent network, a year at a time, states carried along.
final class RecurrentRun<Scalar: NetworkScalar>: LoadingRun {
  typealias Network = RecurrentBetaNetwork<Scalar>

  /// Months run at a time.
  static var stretch: Int { 12 }

  var outputWidth: Int { network.outputWidth }
  private let network: Network
  private let data: ConditionalData<Scalar>
  private let pool = BlockPool(threads: 1)
  private var ready = 0..<0
  private var work: BlockWork = { _, _ in }
  private var panel: UnsafePointer<Scalar>?

  init(_ design: RecurrentDesign, _ data: ConditionalData<Scalar>) {
    self.data = data
    network = RecurrentBetaNetwork(design, data, longestBatch: Self.stretch)
    work = { [unowned self] phase, block in
      guard let panel else { return }
      network.forward(phase: phase, block: block, panel)
    }
  }

  func begin(_ weights: NetworkWeights<Scalar>, at month: Int) {
    weights.restore(to: network)
    network.resetStates()
    ready = month..<month
  }

  func loadings(_ month: Int) -> UnsafeMutablePointer<Scalar> {
    if !ready.contains(month) { advance(from: month) }
    let before = data.rows(ready.lowerBound..<month).count
    return network.loadings + before * outputWidth
  }

  private func advance(from month: Int) {
    precondition(month == ready.upperBound, "months are asked for in order")
    ready = month..<min(month + Self.stretch, data.monthCount)
    let rows = data.rows(ready)
    data.withRows(0..<rows.upperBound) { x, _ in
      panel = x
      network.begin(months: ready, rows: rows)
      network.runForward(pool, work)
      panel = nil
    }
  }
}

extension RecurrentBetaNetwork {
  typealias Run = RecurrentRun<Scalar>
}
