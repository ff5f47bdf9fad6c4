// Recurrent passes: exact gradients for every cell and plan, the same numbers as the cells on a tape, and as
// the compiled kernels.

import FactorRuntime
import TestSupport
import Testing

@testable import Models

/// A layer with its plan, ready to run in a number type.
private final class Trial<Scalar: NetworkScalar> {
  static var inputs: Int { 3 }
  static var hidden: Int { 4 }
  let block = ParameterBlock<Scalar>(padded: true)
  let layer: RecurrentLayer
  let plan: SequencePlan
  let pass: RecurrentPass<Scalar>
  let x: [Scalar]
  let inputRows: Int

  init(_ cell: RecurrentCell, _ plan: SequencePlan) {
    layer = RecurrentLayer("cell", cell, inputs: Self.inputs, hidden: Self.hidden, in: block)
    self.plan = plan
    var stream = RandomStream(seed: 5, purpose: .initialise)
    layer.initialize(block, &stream)
    // Biases move too, in their true columns.
    for tensor in [layer.bias, layer.innerBias] where tensor >= 0 {
      let old = block.weights(tensor)
      for j in 0..<block.tensors[tensor].columns where j % 16 < Self.hidden {
        old[j] += Scalar(0.3 * stream.normal())
      }
    }
    inputRows = (plan.input.max().map { Int($0) } ?? -1) + 1
    pass = RecurrentPass(
      layer, block, rows: plan.rows, inputs: inputRows, carried: plan.carried)
    var data = RandomStream(seed: 6, purpose: .example)
    x = (0..<(inputRows * Self.inputs)).map { _ in Scalar(data.normal()) }
  }

  func states() -> [[Double]] {
    pass.forward(plan, x, stride: Self.inputs, inputRows: inputRows)
    return (0..<plan.rows).map { row in
      (0..<Self.hidden).map { Double(pass.state(plan, row)[$0]) }
    }
  }

  private func weight(_ row: Int, _ unit: Int) -> Double {
    0.2 + 0.1 * Double((row * 5 + unit * 3) % 7)
  }

  /// A sum of all states' squares with weights of their own, and its gradient.
  func loss(wantsGradient: Bool, inputs: UnsafeMutablePointer<Scalar>? = nil) -> Double {
    let states = states()
    var total = 0.0
    pass.clearStateGradients(plan)
    for (row, state) in states.enumerated() {
      for (unit, value) in state.enumerated() {
        total += weight(row, unit) * value * value
        pass.stateGradient(plan, row)[unit] = Scalar(2 * weight(row, unit) * value)
      }
    }
    if wantsGradient {
      pass.prepareBackward(wantsInputs: inputs != nil)
      pass.backward(
        plan, x, stride: Self.inputs, inputRows: inputRows,
        .init(parameters: block.gradients, inputs: inputs, inputStride: 8))
    }
    return total
  }
}

@Suite struct RecurrentPassTests {
  /// Three firms over five months: one enters late, one is away for a month, in scan order.
  private static let scan: SequencePlan = {
    var state = ScanState(firms: 3)
    return plan(0..<5, &state)
  }()

  private static let firms = [[0, 1], [0, 1, 2], [0, 2], [0, 1, 2], [1, 2]]

  /// Some of those months as one pass.
  private static func plan(_ months: Range<Int>, _ state: inout ScanState) -> SequencePlan {
    var plan = SequencePlan(carried: 3)
    state.beginPass()
    for month in months {
      for firm in firms[month] { state.add(firm: firm, month: month, input: plan.rows, to: &plan) }
      plan.closeStep()
    }
    return plan
  }

  /// Four windows of three months that share firm-months and repeat some.
  private static let windows = SequencePlan.windows([
    [0, 1, 2], [1, 2, 3], [2, 2, 3], [4, 4, 4],
  ])

  private static let plans = [scan, windows]

  @Test(arguments: RecurrentCell.allCases)
  func gradientsAgreeForEveryCellAndPlan(cell: RecurrentCell) {
    for plan in Self.plans {
      let trial = Trial<Double>(cell, plan)
      let result = BlockCheck.worst(
        trial.block, tensors: trial.block.tensors.map(\.name)
      ) { trial.loss(wantsGradient: $0) }
      #expect(result.error < GradientCheck.tolerance, "\(cell): \(result)")
    }
  }

  @Test(arguments: RecurrentCell.allCases)
  func gradientsOfTheInputsAgree(cell: RecurrentCell) {
    for plan in Self.plans {
      let trial = Trial<Double>(cell, plan)
      var slopes = [Double](repeating: 0, count: trial.inputRows * 8)
      _ = trial.loss(wantsGradient: true, inputs: &slopes)
      for at in trial.x.indices {
        func moved(_ step: Double) -> Double {
          let other = Trial<Double>(cell, plan)
          var x = trial.x
          x[at] += step
          other.pass.forward(plan, x, stride: 3, inputRows: trial.inputRows)
          return (0..<plan.rows).reduce(0) { sum, row in
            (0..<4).reduce(sum) {
              let value = other.pass.state(plan, row)[$1]
              return $0 + (0.2 + 0.1 * Double((row * 5 + $1 * 3) % 7)) * value * value
            }
          }
        }
        let expected = (moved(1e-5) - moved(-1e-5)) / 2e-5
        expectClose(slopes[at / 3 * 8 + at % 3], expected, absolute: 1e-8, "\(cell) input \(at)")
      }
    }
  }

  @Test(arguments: RecurrentCell.allCases)
  func floatAgreesWithDouble(cell: RecurrentCell) {
    for plan in Self.plans {
      let (single, double) = (Trial<Float>(cell, plan), Trial<Double>(cell, plan))
      let (found, exact) = (single.states(), double.states())
      // A handful of steps; each gate is within 5e-7.
      for (a, b) in zip(found, exact) { expectClose(a, b, absolute: 1e-5, "\(cell)") }
      single.block.clearGradients()
      double.block.clearGradients()
      _ = single.loss(wantsGradient: true)
      _ = double.loss(wantsGradient: true)
      for i in 0..<double.block.count {
        expectClose(
          Double(single.block.gradients[i]), double.block.gradients[i], absolute: 5e-5, "\(cell)")
      }
    }
  }

  @Test(arguments: RecurrentCell.allCases)
  func paddingStaysZero(cell: RecurrentCell) {
    let trial = Trial<Float>(cell, Self.scan)
    trial.block.clearGradients()
    _ = trial.loss(wantsGradient: true)
    let wrong = trial.block.tensors.flatMap { tensor in
      (0..<tensor.extent).filter {
        $0 % 16 >= 4 && trial.block.gradients[tensor.offset + $0] != 0
      }
    }
    #expect(wrong.isEmpty, "\(cell): \(wrong.count) entries of the padding have a gradient")
  }

  // The definitions on the tape are another way to write the same cells.
  @Test func aWindowAgreesWithTheCellsOnATape() {
    for cell in RecurrentCell.allCases {
      let trial = Trial<Double>(cell, .windows([[0, 1, 2]]))
      let found = trial.states()[2]
      expectClose(
        found, TapeCells.last(trial.layer, trial.block, trial.x, steps: 3), absolute: 1e-12)
    }
  }

  // Two chunks with carried states are one scan.
  @Test(arguments: RecurrentCell.allCases)
  func carriedStatesContinueAScan(cell: RecurrentCell) {
    let whole = Trial<Float>(cell, Self.scan)
    let expected = whole.states()
    var state = ScanState(firms: 3)
    let pass = RecurrentPass<Float>(whole.layer, whole.block, rows: 7, inputs: 7, carried: 3)
    pass.clearCarried()
    var found: [[Double]] = []
    for chunk in [0..<3, 3..<5] {
      let plan = Self.plan(chunk, &state)
      whole.x.withUnsafeBufferPointer {
        pass.forward(plan, $0.baseAddress! + found.count * 3, stride: 3, inputRows: plan.rows)
      }
      found += (0..<plan.rows).map { row in (0..<4).map { Double(pass.state(plan, row)[$0]) } }
      state.eachLatest { firm, place in pass.carry(state: place, to: firm) }
    }
    for (a, b) in zip(found, expected) { #expect(a == b, "\(cell)") }
  }

  @Test func aLongGapStartsAnew() {
    var state = ScanState(firms: 1)
    var plan = SequencePlan(carried: 1)
    state.beginPass()
    for month in [0, 7, 15] {
      state.add(firm: 0, month: month, input: plan.rows, to: &plan)
      plan.closeStep()
    }
    // Six months away go on, seven begin again.
    #expect(plan.from == [0, plan.state(of: 0), 0])
    #expect(plan.stepCount == 3 && plan.readsInOrder)
  }
}

/// The last state of a sequence by the cells on a tape, with a layer's weights.
private enum TapeCells {
  static func last(
    _ layer: RecurrentLayer, _ block: ParameterBlock<Double>, _ x: [Double], steps: Int
  ) -> [Double] {
    let tape = Tape()
    let (h, w) = (layer.hidden, layer.width)
    // Gates of a layer as rows, in the order of the cells on the tape.
    func matrix(_ tensor: Int, _ gates: [Int], columns: Int) -> Variable {
      let t = block.tensors[tensor]
      let values = gates.flatMap { gate in
        (0..<h).flatMap { unit in
          (0..<columns).map { block.weights(tensor)[$0 * t.stride + gate * w + unit] }
        }
      }
      return tape.leaf(rows: gates.count * h, columns: columns, values)
    }
    func bias(_ tensor: Int, _ gates: [Int]) -> Variable { matrix(tensor, gates, columns: 1) }
    var state = tape.constant(0, rows: h)
    var memory = tape.constant(0, rows: h)
    for step in 0..<steps {
      let input = tape.leaf(rows: 3, columns: 1, Array(x[(step * 3)..<(step * 3 + 3)]))
      switch layer.cell {
      case .tanh:
        state = TanhCell.Bound(
          recurrent: matrix(layer.recurrent, [0], columns: h),
          input: matrix(layer.input, [0], columns: 3), bias: bias(layer.bias, [0])
        ).step(input, state)
      case .lstm:
        let all = [0, 1, 2, 3]
        (state, memory) = LSTMCell.Bound(
          hidden: h, input: matrix(layer.input, all, columns: 3),
          recurrent: matrix(layer.recurrent, all, columns: h), bias: bias(layer.bias, all)
        ).step(input, state, memory)
      case .gruAfter, .gruBefore:
        state = GRUCell.Bound(
          form: layer.cell == .gruAfter ? .resetAfter : .resetBefore, hidden: h,
          gateInput: matrix(layer.input, [1, 2], columns: 3),
          gateRecurrent: matrix(layer.recurrent, [1, 2], columns: h),
          gateBias: bias(layer.bias, [1, 2]), input: matrix(layer.input, [0], columns: 3),
          recurrent: matrix(layer.recurrent, [0], columns: h), bias: bias(layer.bias, [0]),
          inner: layer.innerBias >= 0 ? bias(layer.innerBias, [0]) : nil
        ).step(input, state)
      }
    }
    return (0..<h).map { state.values[$0] }
  }
}
