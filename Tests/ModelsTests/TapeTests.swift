// Every operation of the tape against central differences; a new operation without a sample does
// not compile.

import FactorRuntime
import TestSupport
import Testing

@testable import Models

/// Inputs and a use of one operation.
struct OperationSample {
  /// What the gradient must be.
  enum Truth {
    case differences
    /// The gradient that the first input must receive for an output gradient.
    case given(@Sendable (_ outputGradient: [Double]) -> [Double])
  }

  var shapes: [(rows: Int, columns: Int)]
  var truth = Truth.differences
  var build: ([Variable]) -> Variable

  init(
    _ shapes: (Int, Int)..., truth: Truth = .differences, build: @escaping ([Variable]) -> Variable
  ) {
    (self.shapes, self.truth, self.build) = (shapes.map { ($0.0, $0.1) }, truth, build)
  }

  /// One of each operation; operands do not matter here.
  static let operations: [Operation] = [
    .leaf(sink: 0), .product(0, 0), .transposedProduct(0, 0), .productTransposed(0, 0),
    .add(0, 0), .subtract(0, 0), .multiply(0, 0), .divide(0, 0), .addColumn(0, 0),
    .scaled(0, by: 1), .shifted(0, by: 1), .scaledBy(0, 0), .tanh(0), .sigmoid(0), .relu(0),
    .exp(0), .log(0), .softplus(0), .square(0), .clamp(0, low: 0, high: 1), .sum(0),
    .slice(0, start: 0), .stack(0, 0), .diagonal(0), .diagonalOf(0), .solve(0, 0, factor: 0),
    .logDeterminant(0, factor: 0), .softmaxColumns(0), .reluShares(0),
    .normalizeColumns(0, epsilon: 0), .unitColumns(0), .stopGradient(0), .straightThrough(0),
    .linearised(first: 0, count: 0),
  ]

  /// The sample of an operation: this switch is exhaustive on purpose.
  static func sample(for operation: Operation) -> OperationSample {
    switch operation {
    case .leaf: OperationSample((2, 3)) { $0[0] }
    case .product: OperationSample((2, 3), (3, 4)) { $0[0].times($0[1]) }
    case .transposedProduct: OperationSample((3, 2), (3, 4)) { $0[0].transposedTimes($0[1]) }
    case .productTransposed: OperationSample((2, 3), (4, 3)) { $0[0].timesTransposed($0[1]) }
    case .add: OperationSample((2, 3), (2, 3)) { $0[0] + $0[1] }
    case .subtract: OperationSample((2, 3), (2, 3)) { $0[0] - $0[1] }
    case .multiply: OperationSample((2, 3), (2, 3)) { $0[0] * $0[1] * $0[0] }
    case .divide: OperationSample((2, 3), (2, 3)) { $0[0] / ($0[1].square() + 0.5) }
    case .addColumn: OperationSample((3, 4), (3, 1)) { $0[0].addingColumn($0[1]).square() }
    case .scaled: OperationSample((2, 3)) { $0[0] * -1.7 }
    case .shifted: OperationSample((2, 3)) { ($0[0] + 0.3).square() }
    case .scaledBy: OperationSample((2, 3), (1, 1)) { $0[0].scaled(by: $0[1]) }
    case .tanh: OperationSample((2, 3)) { $0[0].tanh() }
    case .sigmoid: OperationSample((2, 3)) { $0[0].sigmoid() }
    case .relu: OperationSample((3, 4)) { $0[0].relu() }
    case .exp: OperationSample((2, 3)) { $0[0].exp() }
    case .log: OperationSample((2, 3)) { ($0[0].square() + 0.5).log() }
    case .softplus: OperationSample((2, 3)) { ($0[0] * 4).softplus() }
    case .square: OperationSample((2, 3)) { $0[0].square() }
    case .clamp: OperationSample((3, 4)) { $0[0].clamped(-0.5, 0.7) }
    case .sum: OperationSample((2, 3)) { $0[0].sum() }
    case .slice: OperationSample((5, 2)) { $0[0].rows(from: 1, count: 3) }
    case .stack: OperationSample((2, 3), (1, 3)) { $0[0].stacked(on: $0[1]) }
    case .diagonal: OperationSample((3, 1)) { $0[0].diagonalMatrix() }
    case .diagonalOf: OperationSample((3, 3)) { $0[0].diagonal() }
    case .solve: OperationSample((3, 3), (3, 1)) { definite($0[0]).solve($0[1]) }
    case .logDeterminant: OperationSample((3, 3)) { definite($0[0]).logDeterminant() }
    case .softmaxColumns: OperationSample((4, 3)) { $0[0].softmaxColumns() }
    case .reluShares: OperationSample((5, 3)) { $0[0].reluShares() }
    case .normalizeColumns: OperationSample((5, 2)) { $0[0].normalizedColumns() }
    case .unitColumns: OperationSample((4, 3)) { $0[0].unitColumns() }
    case .stopGradient:
      OperationSample((2, 3), truth: .given { $0.map { _ in 0 } }) { $0[0].stopGradient() }
    case .straightThrough:
      OperationSample((2, 3), truth: .given { $0 }) { x in
        x[0].straightThrough([1, 0, 0, 1, 2, -1])
      }
    case .linearised:
      OperationSample((2, 1), (3, 1), (1, 1)) { x in x[0].tape.linearised(x[0], x[1], x[2], outside)
      }
    }
  }

  /// A symmetric positive definite matrix from any square one.
  private static func definite(_ a: Variable) -> Variable {
    a.timesTransposed(a) + a.tape.constant(1, rows: a.rows).diagonalMatrix()
  }

  /// (a1 a2 + sum b^2) c with its gradients.
  private static func outside(
    _ v: (UnsafePointer<Double>, UnsafePointer<Double>, UnsafePointer<Double>),
    _ g: (
      UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>
    )
  ) -> Double {
    let inner = v.0[0] * v.0[1] + (0..<3).reduce(0) { $0 + v.1[$1] * v.1[$1] }
    (g.0[0], g.0[1]) = (v.0[1] * v.2[0], v.0[0] * v.2[0])
    for i in 0..<3 { g.1[i] = 2 * v.1[i] * v.2[0] }
    g.2[0] = inner
    return inner * v.2[0]
  }
}

/// One evaluation of a sample: its inputs in a block, its output weighted to a number.
struct OperationTrial {
  let sample: OperationSample
  let block = ParameterBlock<Double>(padded: false)
  private let weights: [Double]

  init(_ sample: OperationSample, seed: UInt64) {
    self.sample = sample
    var stream = RandomStream(seed: seed, purpose: .example)
    for (i, shape) in sample.shapes.enumerated() {
      let tensor = block.add("x\(i)", rows: shape.rows, columns: shape.columns)
      // Away from the kinks of relu (0) and clamp (-0.5, 0.7), which differences would straddle.
      block.fill(tensor) { _, _ in
        var x = stream.normal()
        while [0, -0.5, 0.7].contains(where: { abs(x - $0) < 0.01 }) { x = stream.normal() }
        return x
      }
    }
    weights = (0..<32).map { _ in 0.5 + stream.uniform() }
  }

  /// The weighted sum of the output, and the weights, which are the output's gradient.
  func loss(on tape: Tape) -> (loss: Variable, outputGradient: [Double]) {
    let inputs = sample.shapes.indices.map { block.leaf($0, on: tape) }
    let output = sample.build(inputs)
    let used = Array(weights.prefix(output.count))
    let fixed = tape.leaf(rows: output.rows, columns: output.columns, used)
    return (output.dot(fixed), used)
  }
}

@Suite struct TapeTests {
  // Variables do not keep their tape alive; the suite does.
  private let tape = Tape()
  private func name(_ operation: Operation) -> String {
    String("\(operation)".prefix { $0 != "(" })
  }

  @Test(arguments: OperationSample.operations.indices)
  func gradientAgreesWithDifferences(position: Int) {
    let operation = OperationSample.operations[position]
    for seed: UInt64 in 1...3 {
      let trial = OperationTrial(OperationSample.sample(for: operation), seed: seed)
      let tape = Tape(capacity: 16)
      defer { withExtendedLifetime(tape) {} }
      let (loss, outputGradient) = trial.loss(on: tape)
      #expect(tape.recorded.contains { name($0.operation) == name(operation) })
      switch trial.sample.truth {
      case .differences:
        let result = BlockCheck.worst(trial.block) { trial.loss(on: $0).loss }
        #expect(result.error < GradientCheck.tolerance, "\(operation): \(result)")
      case .given(let expected):
        tape.backward(from: loss)
        let found = Array(
          UnsafeBufferPointer(start: trial.block.gradients, count: trial.block.count))
        #expect(found == expected(outputGradient), "\(operation)")
      }
    }
  }

  @Test func everyOperationIsSampledOnce() {
    let names = OperationSample.operations.map(name)
    #expect(Set(names).count == names.count)
  }

  @Test func straightThroughTakesTheReplacementForward() {
    let x = tape.leaf(rows: 2, columns: 1, [0.4, -0.2])
    let y = x.straightThrough([1, 0])
    #expect(y.values[0] == 1 && y.values[1] == 0)
  }

  @Test func aLeafUsedTwiceReceivesBothGradients() {
    var slope = [0.0]
    let value = [3.0]
    slope.withUnsafeMutableBufferPointer { sink in
      let x = tape.leaf(rows: 1, columns: 1, value, gradient: sink.baseAddress)
      tape.backward(from: x * x + x * 2)
    }
    #expect(slope == [8])
  }

  @Test func gradientsAddUpOverPassesUntilCleared() {
    let trial = OperationTrial(OperationSample((1, 1)) { $0[0] * 2 }, seed: 1)
    for _ in 0..<2 {
      tape.reset()
      tape.backward(from: trial.block.leaf(0, on: tape) * 2)
    }
    #expect(trial.block.gradients[0] == 4)
    trial.block.clearGradients()
    #expect(trial.block.gradients[0] == 0)
  }

  @Test func aNearlySingularMatrixStillSolves() {
    let matrix = tape.leaf(rows: 2, columns: 2, [1, 1, 1, 1])
    let x = matrix.solve(tape.leaf(rows: 2, columns: 1, [1, 1]))
    #expect(x.values[0].isFinite && x.values[1].isFinite)
    #expect(matrix.logDeterminant().scalar.isFinite)
  }
}
