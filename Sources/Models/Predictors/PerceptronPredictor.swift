// A multilayer perceptron as a forecaster: characteristics of one month in, one number out.

import FactorRuntime

/// What makes such a network; the last hidden layer may be as wide as the factors wanted of it.
struct PerceptronDesign: PredictorDesign {
  var inputs: Int
  var hidden: [Int]
  var factors = 0

  init(inputs: Int, hidden: [Int], factors: Int = 0) {
    (self.inputs, self.hidden, self.factors) = (inputs, hidden, factors)
  }

  fileprivate var network: BetaDesign { BetaDesign(inputs: inputs, hidden: hidden, outputs: 1) }

  var parameterCount: Int { network.parameterCount }

  var facts: JSON {
    .fields(
      ("inputs", .number(Double(inputs))),
      ("hidden", .list(hidden.map { .number(Double($0)) })),
      ("factors", .number(Double(factors))))
  }

  init(_ facts: StoredFacts) throws {
    self.init(
      inputs: try facts.integer("inputs"), hidden: try facts.integers("hidden"),
      factors: try facts.integer("factors"))
    guard inputs > 0, !hidden.isEmpty, hidden.allSatisfy({ (1...65_536).contains($0) }),
      factors == 0 || factors == hidden.last
    else { throw facts.fault("hidden") }
  }

  func checkSizes(_ name: String, _ container: Container) throws {
    try network.checkSizes(name, container)
  }

  func room(rowsOfBatch: Int) -> Int {
    network.room(rowsOfBatch: rowsOfBatch, rowsOfMonth: rowsOfBatch, firms: 0)
      + rowsOfBatch * (inputs + 1)
  }
}

final class PerceptronPredictor<Scalar: NetworkScalar>: PredictorNetwork {
  static var readsHistories: Bool { false }

  private let design: PerceptronDesign
  private let network: BetaNetwork<Scalar>
  private let step: RegressionStep<BetaNetwork<Scalar>>
  private let data: ConditionalData<Scalar>?
  private var frozen: FrozenBetaNetwork<Scalar>?
  /// The rows of a batch side by side.
  private let characteristics: UnsafeMutablePointer<Scalar>
  private let returns: UnsafeMutablePointer<Scalar>

  init(_ design: PerceptronDesign, _ data: ConditionalData<Scalar>, rows: Int, threads: Int) {
    (self.design, self.data) = (design, data)
    network = BetaNetwork(
      inputs: design.inputs, hidden: design.hidden, outputs: 1, maximumRows: rows)
    step = RegressionStep(network: network, threads: threads)
    characteristics = AlignedMemory.zeros(rows * design.inputs)
    returns = AlignedMemory.zeros(rows)
  }

  init(blank design: PerceptronDesign) {
    (self.design, data) = (design, nil)
    network = BetaNetwork(blank: design.network)
    step = RegressionStep(network: network, threads: 1)
    characteristics = AlignedMemory.zeros(0)
    returns = AlignedMemory.zeros(0)
  }

  deinit {
    AlignedMemory.free(characteristics)
    AlignedMemory.free(returns)
  }

  var parameters: ParameterBlock<Scalar> { network.parameters }
  var running: [RunningMoments] {
    get { network.running }
    set { network.running = newValue }
  }

  func initialize(_ stream: inout RandomStream) { network.initialize(&stream) }

  func gradient(_ rows: ArraySlice<Int32>) -> Double {
    guard let data else { preconditionFailure("a network without data is not trained") }
    let width = design.inputs
    data.withRows(0..<1) { x, y in
      for (place, row) in rows.enumerated() {
        (characteristics + place * width).update(from: x + Int(row) * width, count: width)
        returns[place] = y[Int(row)]
      }
    }
    return step.gradient(rows: rows.count, characteristics, returns)
  }

  func freeze() { frozen = network.frozen() }

  func forecast(_ rows: Range<Int>, into forecasts: inout [Scalar], units: inout [Scalar]) {
    guard let data, let frozen else { preconditionFailure("weights are frozen before forecasts") }
    let (width, inner) = (frozen.outputWidth, frozen.unitWidth)
    var (out, hidden) = (
      [Scalar](repeating: 0, count: rows.count * width),
      [Scalar](repeating: 0, count: design.factors > 0 ? rows.count * inner : 0)
    )
    data.withRows(rows) { x, _ in
      out.withUnsafeMutableBufferPointer { out in
        hidden.withUnsafeMutableBufferPointer { hidden in
          guard let target = out.baseAddress else { return }
          frozen.loadings(
            rows: rows.count, x, into: target,
            units: design.factors > 0 ? hidden.baseAddress : nil)
        }
      }
    }
    forecasts = rows.indices.map { out[($0 - rows.lowerBound) * width] }
    guard design.factors > 0 else { return }
    units = rows.flatMap { row in
      let start = (row - rows.lowerBound) * inner
      return hidden[start..<(start + design.factors)]
    }
  }
}
