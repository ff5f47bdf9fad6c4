// Recurrent cells, attention and normalisation on the tape: golden numbers and gradients.

import FactorRuntime
import TestSupport
import Testing

@testable import Models

@Suite struct CellTests {
  // Variables do not keep their tape alive; the suite does.
  private let tape = Tape()
  private let block = ParameterBlock<Double>(padded: false)

  private func set(_ name: String, _ values: [Double]) {
    guard let tensor = block.tensors.firstIndex(where: { $0.name == name }) else {
      Issue.record("no tensor \(name)")
      return
    }
    let columns = block.tensors[tensor].columns
    block.fill(tensor) { values[$0 * columns + $1] }
  }

  private func inputs(_ steps: Int, _ size: Int, on tape: Tape) -> [Variable] {
    var stream = RandomStream(seed: 21, purpose: .example)
    return (0..<steps).map { _ in
      tape.leaf(rows: size, columns: 2, (0..<(size * 2)).map { _ in stream.normal() })
    }
  }

  @Test func lstmGivesTheGoldenStep() {
    let cell = LSTMCell("c", inputs: 1, hidden: 1, in: block)
    set("c.input", [0.5, 0.5, 0.5, 0.5])
    set("c.recurrent", [0.3, 0.3, 0.3, 0.3])
    set("c.bias", [0.1, 1, -0.1, 0.2])
    let next = cell.bind(block, on: tape).step(
      tape.constant(1), tape.constant(0.5), tape.constant(-0.2))
    // Printed with eight digits.
    expectClose(next.c.scalar, 0.30158145, absolute: 1e-8)
    expectClose(next.h.scalar, 0.18564902, absolute: 1e-8)
  }

  @Test(arguments: [(GRUCell.Form.resetBefore, 0.62078348), (.resetAfter, 0.58947860)])
  func gruGivesTheGoldenStep(form: GRUCell.Form, expected: Double) {
    let cell = GRUCell("c", inputs: 1, hidden: 1, form: form, in: block)
    set("c.gates.input", [0.5, 0.4])
    set("c.gates.recurrent", [0.3, -0.2])
    set("c.gates.bias", [0.1, 0])
    set("c.candidate.input", [0.6])
    set("c.candidate.recurrent", [0.7])
    set("c.candidate.bias", [0.05])
    let next = cell.bind(block, on: tape).step(tape.constant(1), tape.constant(0.5))
    expectClose(next.scalar, expected, absolute: 1e-8)
  }

  @Test func tanhCellGradientRunsThroughTime() {
    let cell = TanhCell("c", inputs: 2, hidden: 3, in: block)
    var stream = RandomStream(seed: 1, purpose: .initialise)
    cell.initialize(block, &stream)
    block.disturb(0.3)
    let result = BlockCheck.worst(block) { tape in
      let bound = cell.bind(block, on: tape)
      let start = tape.constant(0.1, rows: 3, columns: 2)
      return inputs(4, 2, on: tape).reduce(start) { bound.step($1, $0) }.square().sum()
    }
    #expect(result.error < GradientCheck.tolerance, "\(result)")
  }

  @Test(arguments: [GRUCell.Form.resetBefore, .resetAfter])
  func gruGradientRunsThroughTime(form: GRUCell.Form) {
    let cell = GRUCell("c", inputs: 2, hidden: 3, form: form, in: block)
    var stream = RandomStream(seed: 1, purpose: .initialise)
    cell.initialize(block, &stream)
    block.disturb(0.3)
    let result = BlockCheck.worst(block) { tape in
      let bound = cell.bind(block, on: tape)
      let start = tape.constant(0.1, rows: 3, columns: 2)
      return inputs(4, 2, on: tape).reduce(start) { bound.step($1, $0) }.square().sum()
    }
    #expect(result.error < GradientCheck.tolerance, "\(result)")
  }

  @Test func lstmGradientRunsThroughTime() {
    let cell = LSTMCell("c", inputs: 2, hidden: 3, in: block)
    var stream = RandomStream(seed: 1, purpose: .initialise)
    cell.initialize(block, &stream)
    block.disturb(0.3)
    let result = BlockCheck.worst(block) { tape in
      let bound = cell.bind(block, on: tape)
      var (h, c) = (tape.constant(0.1, rows: 3, columns: 2), tape.constant(0, rows: 3, columns: 2))
      for x in inputs(4, 2, on: tape) { (h, c) = bound.step(x, h, c) }
      return h.square().sum() + c.square().sum()
    }
    #expect(result.error < GradientCheck.tolerance, "\(result)")
  }

  @Test func lstmStartsWithAForgetBiasOfOne() {
    let cell = LSTMCell("c", inputs: 1, hidden: 2, in: block)
    var stream = RandomStream(seed: 1, purpose: .initialise)
    cell.initialize(block, &stream)
    let bias = (0..<8).map { block.weights(cell.bias)[$0] }
    #expect(bias == [0, 0, 1, 1, 0, 0, 0, 0])
  }

  @Test func tanhCellStartsOrthogonalWithGain() {
    let cell = TanhCell("c", inputs: 1, hidden: 4, in: block)
    var stream = RandomStream(seed: 1, purpose: .initialise)
    cell.initialize(block, &stream)
    let w = block.weights(cell.recurrent)
    for i in 0..<4 {
      for j in 0..<4 {
        let inner = (0..<4).reduce(0) { $0 + w[i * 4 + $1] * w[j * 4 + $1] }
        expectClose(inner, i == j ? 0.81 : 0, absolute: 1e-12)
      }
    }
  }
}

@Suite struct AttentionTests {
  // Variables do not keep their tape alive; the suite does.
  private let tape = Tape()
  private func leaf(_ rows: Int, _ columns: Int, _ values: [Double], on tape: Tape) -> Variable {
    tape.leaf(rows: rows, columns: columns, values)
  }

  /// Weights of keys (columns) for a query: shares of the positive cosines.
  private func cosineWeights(_ keys: Variable, _ query: Variable) -> Variable {
    keys.unitColumns().transposedTimes(query.unitColumns()).reluShares()
  }

  private func list(_ x: Variable) -> [Double] {
    Array(UnsafeBufferPointer(start: x.values, count: x.count))
  }

  @Test func cosineAttentionGivesTheGoldenWeights() {
    let keys = leaf(2, 3, [1, 0, -1, 0, 1, 0.5], on: tape)
    let query = leaf(2, 1, [1, 0.5], on: tape)
    let cosines = keys.unitColumns().transposedTimes(query.unitColumns())
    expectClose(list(cosines), [0.89442719, 0.44721360, -0.6], absolute: 1e-8)
    expectClose(list(cosineWeights(keys, query)), [2.0 / 3, 1.0 / 3, 0], absolute: 1e-12)
  }

  @Test func cosineAttentionIsUniformWhereNoKeyPointsTheSameWay() {
    let keys = leaf(2, 3, [-1, -2, -1, 0, 0.5, -3], on: tape)
    let weights = list(cosineWeights(keys, leaf(2, 1, [1, 0], on: tape)))
    expectClose(weights, [1.0 / 3, 1.0 / 3, 1.0 / 3], absolute: 1e-15)
  }

  @Test func attentionWeightsAreSharesForAnyKeys() {
    var stream = RandomStream(seed: 8, purpose: .example)
    for _ in 0..<50 {
      tape.reset()
      let keys = leaf(3, 6, (0..<18).map { _ in stream.normal() }, on: tape)
      let query = leaf(3, 1, (0..<3).map { _ in stream.normal() }, on: tape)
      for weights in [
        cosineWeights(keys, query), keys.transposedTimes(query).softmaxColumns(),
      ] {
        #expect(list(weights).allSatisfy { $0 >= 0 })
        expectClose(list(weights).reduce(0, +), 1, absolute: 1e-12)
      }
    }
  }

  @Test func attentionGradientsAgree() {
    let block = ParameterBlock<Double>(padded: false)
    for (name, rows, columns) in [("keys", 3, 5), ("values", 2, 5), ("query", 3, 2)] {
      block.add(name, rows: rows, columns: columns)
    }
    block.disturb(1, seed: 12)
    func check(_ attend: (_ keys: Variable, _ query: Variable) -> Variable) {
      let result = BlockCheck.worst(block) { tape in
        let weights = attend(block.leaf(0, on: tape), block.leaf(2, on: tape))
        return block.leaf(1, on: tape).times(weights).square().sum()
      }
      #expect(result.error < GradientCheck.tolerance, "\(result)")
    }
    check { ($0.transposedTimes($1) * (1 / Elementary.sqrt(3))).softmaxColumns() }
    check { cosineWeights($0, $1) }
  }

  @Test func softmaxSurvivesLargeScores() {
    let weights = list(leaf(3, 1, [1000, 999, -1000], on: tape).softmaxColumns())
    expectClose(weights, [0.7310585786, 0.2689414214, 0], absolute: 1e-9)
  }

  @Test func layerNormHasZeroMeanUnitVarianceAndItsGradient() {
    let block = ParameterBlock<Double>(padded: false)
    for (name, rows, columns) in [("x", 6, 3), ("gain", 6, 6), ("offset", 6, 1)] {
      block.add(name, rows: rows, columns: columns)
    }
    block.disturb(1, seed: 2)
    let normal = block.leaf(0, on: tape).normalizedColumns()
    for j in 0..<3 {
      let column = (0..<6).map { normal.values[$0 * 3 + j] }
      expectClose(column.reduce(0, +), 0, absolute: 1e-12)
      // One less the share of epsilon in the variance, at most 1e-4 here.
      expectClose(column.reduce(0) { $0 + $1 * $1 } / 6, 1, absolute: 1e-4)
    }
    let result = BlockCheck.worst(block) { tape in
      let y = block.leaf(1, on: tape).times(block.leaf(0, on: tape).normalizedColumns())
      return y.addingColumn(block.leaf(2, on: tape)).tanh().square().sum()
    }
    #expect(result.error < GradientCheck.tolerance, "\(result)")
  }

  // A code book: the nearest code goes forward, the encoder's gradient comes back unchanged.
  @Test func quantisationPassesTheGradientToTheEncoder() {
    let block = ParameterBlock<Double>(padded: false)
    block.add("encoder", rows: 2, columns: 2)
    block.disturb(1, seed: 4)
    let code = block.leaf(0, on: tape).tanh().straightThrough([1, 0, 0, 1])
    tape.backward(from: (code * code).sum())
    for i in 0..<4 {
      let (z, slope) = (Elementary.tanh(block.weights[i]), [2.0, 0, 0, 2][i])
      expectClose(block.gradients[i], slope * (1 - z * z), absolute: 1e-14)
    }
  }
}
