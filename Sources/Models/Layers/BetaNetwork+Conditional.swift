// The perceptron as the beta network of a conditional factor model.

import FactorRuntime

/// What makes a perceptron of characteristics.
struct BetaDesign: LoadingDesign {
  var inputs: Int
  var hidden: [Int]
  var outputs: Int
  var cutsLoadings = false

  init(inputs: Int, hidden: [Int], outputs: Int, cutsLoadings: Bool = false) {
    (self.inputs, self.hidden, self.outputs) = (inputs, hidden, outputs)
    self.cutsLoadings = cutsLoadings
  }

  var parameterCount: Int {
    let size = hidden.last ?? inputs
    let layers = zip([inputs] + hidden, hidden).reduce(0) { $0 + ($1.0 + 2) * $1.1 }
    return layers + (size + 1) * outputs
  }

  var facts: JSON {
    .fields(
      ("inputs", .number(Double(inputs))),
      ("hidden", .list(hidden.map { .number(Double($0)) })), ("outputs", .number(Double(outputs))),
      ("cuts", .bool(cutsLoadings)))
  }

  init(_ facts: StoredFacts) throws {
    self.init(
      inputs: try facts.integer("inputs"), hidden: try facts.integers("hidden"),
      outputs: try facts.integer("outputs"), cutsLoadings: try facts.flag("cuts"))
    guard hidden.allSatisfy({ (1...65_536).contains($0) }), inputs > 0, (1...4096).contains(outputs)
    else { throw facts.fault("hidden") }
  }

  func checkSizes(_ name: String, _ container: Container) throws {
    let sizes = [inputs] + hidden
    let layers = zip(sizes, hidden).enumerated().map {
      (name: "hidden\($0.offset).weight", count: $0.element.0 * $0.element.1)
    }
    let head = (
      name: "head.weight", count: (hidden.last ?? inputs) * Padding.padded(outputs + 1)
    )
    try ParameterBlock<Float>.check([head] + layers, name, container)
  }

  func room(rowsOfBatch: Int, rowsOfMonth: Int, firms: Int) -> Int {
    let output = Padding.padded(outputs + 1)
    let passes = hidden.reduce(0) { $0 + 2 * Padding.padded($1) } + 2 * output
    let widths = [inputs] + hidden + [output]
    let parameters = zip(widths, widths.dropFirst()).reduce(0) { $0 + $1.0 * Padding.padded($1.1) }
    return rowsOfBatch * passes + rowsOfMonth * output + 24 * parameters
  }
}

extension BetaNetwork: ConditionalNetwork {
  static var readsHistories: Bool { false }

  convenience init(_ design: BetaDesign, _ data: ConditionalData<Scalar>, longestBatch: Int) {
    self.init(
      inputs: design.inputs, hidden: design.hidden, outputs: design.outputs,
      maximumRows: data.mostRows(months: longestBatch), cutsLoadings: design.cutsLoadings)
  }

  convenience init(blank design: BetaDesign) {
    self.init(
      inputs: design.inputs, hidden: design.hidden, outputs: design.outputs, maximumRows: 1,
      cutsLoadings: design.cutsLoadings)
  }

  /// Nothing is carried from month to month.
  func resetStates() {}
}

/// Months one by one through a frozen perceptron.
final class BetaRun<Scalar: NetworkScalar>: LoadingRun {
  typealias Network = BetaNetwork<Scalar>

  let outputWidth: Int
  private let data: ConditionalData<Scalar>
  private var network: FrozenBetaNetwork<Scalar>?
  private let loadings: UnsafeMutablePointer<Scalar>

  init(_ design: BetaDesign, _ data: ConditionalData<Scalar>) {
    self.data = data
    outputWidth = Padding.padded(design.outputs + 1)
    loadings = AlignedMemory.zeros(max(1, data.mostRows(months: 1) * outputWidth))
  }

  deinit { AlignedMemory.free(loadings) }

  func begin(_ weights: FrozenBetaNetwork<Scalar>, at month: Int) { network = weights }

  func loadings(_ month: Int) -> UnsafeMutablePointer<Scalar> {
    let rows = data.rows(month..<(month + 1))
    data.withRows(rows) { x, _ in network?.loadings(rows: rows.count, x, into: loadings) }
    return loadings
  }
}

extension BetaNetwork {
  typealias Run = BetaRun<Scalar>
}
