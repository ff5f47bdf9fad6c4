// Recurrent cells on a tape, one step at a time: tanh RNN, GRU in both forms, LSTM.
//
// States and inputs are columns; a batch is several columns.
// The two GRU forms differ twice: which of h and n the update gate keeps, and whether the reset gate
// applies before or after the recurrent product.

import FactorRuntime

extension ParameterBlock where Scalar == Double {
  /// Puts a tensor on a tape; its gradient returns to this block.
  func leaf(_ tensor: Int, on tape: Tape) -> Variable {
    let t = tensors[tensor]
    return tape.leaf(
      rows: t.rows, columns: t.columns, weights(tensor), gradient: gradients(tensor))
  }
}

/// h' = tanh(W h + U x + b).
struct TanhCell {
  let recurrent: Int
  let input: Int
  let bias: Int

  init(_ name: String, inputs: Int, hidden: Int, in block: ParameterBlock<Double>) {
    recurrent = block.add("\(name).recurrent", rows: hidden, columns: hidden)
    input = block.add("\(name).input", rows: hidden, columns: inputs)
    bias = block.add("\(name).bias", rows: hidden, columns: 1)
  }

  func initialize(_ block: ParameterBlock<Double>, _ stream: inout RandomStream) {
    let (rows, columns) = (block.tensors[input].rows, block.tensors[input].columns)
    block.fillOrthogonal(recurrent, gain: 0.9, &stream)
    block.fillGlorot(input, inputs: columns, outputs: rows, &stream)
  }

  /// The cell's parameters on a tape.
  struct Bound {
    let recurrent: Variable
    let input: Variable
    let bias: Variable

    func step(_ x: Variable, _ h: Variable) -> Variable {
      (recurrent.times(h) + input.times(x)).addingColumn(bias).tanh()
    }
  }

  func bind(_ block: ParameterBlock<Double>, on tape: Tape) -> Bound {
    Bound(
      recurrent: block.leaf(recurrent, on: tape), input: block.leaf(input, on: tape),
      bias: block.leaf(bias, on: tape))
  }
}

/// A gated recurrent unit.
struct GRUCell {
  /// Which of the two published forms.
  enum Form: Sendable {
    /// n = tanh(W x + U (r h) + b), h' = (1 - u) h + u n.
    case resetBefore
    /// n = tanh(W x + b + r (U h + b2)), h' = (1 - u) n + u h.
    case resetAfter
  }

  let form: Form
  let hidden: Int
  private let gates: (input: Int, recurrent: Int, bias: Int)
  private let candidate: (input: Int, recurrent: Int, bias: Int, inner: Int)

  init(
    _ name: String, inputs: Int, hidden: Int, form: Form = .resetBefore,
    in block: ParameterBlock<Double>
  ) {
    (self.form, self.hidden) = (form, hidden)
    gates = (
      block.add("\(name).gates.input", rows: 2 * hidden, columns: inputs),
      block.add("\(name).gates.recurrent", rows: 2 * hidden, columns: hidden),
      block.add("\(name).gates.bias", rows: 2 * hidden, columns: 1)
    )
    candidate = (
      block.add("\(name).candidate.input", rows: hidden, columns: inputs),
      block.add("\(name).candidate.recurrent", rows: hidden, columns: hidden),
      block.add("\(name).candidate.bias", rows: hidden, columns: 1),
      form == .resetAfter ? block.add("\(name).candidate.inner", rows: hidden, columns: 1) : -1
    )
  }

  func initialize(_ block: ParameterBlock<Double>, _ stream: inout RandomStream) {
    for tensor in [gates.input, gates.recurrent, candidate.input, candidate.recurrent] {
      let t = block.tensors[tensor]
      block.fillGlorot(tensor, inputs: t.columns, outputs: hidden, &stream)
    }
  }

  /// The cell's parameters on a tape.
  struct Bound {
    let form: Form
    let hidden: Int
    let gateInput: Variable
    let gateRecurrent: Variable
    let gateBias: Variable
    let input: Variable
    let recurrent: Variable
    let bias: Variable
    let inner: Variable?

    func step(_ x: Variable, _ h: Variable) -> Variable {
      let gates = (gateInput.times(x) + gateRecurrent.times(h)).addingColumn(gateBias).sigmoid()
      let reset = gates.rows(from: 0, count: hidden)
      let update = gates.rows(from: hidden, count: hidden)
      let driven = input.times(x).addingColumn(bias)
      guard let inner else {
        let n = (driven + recurrent.times(reset * h)).tanh()
        return h + update * (n - h)
      }
      let n = (driven + reset * recurrent.times(h).addingColumn(inner)).tanh()
      return n + update * (h - n)
    }
  }

  func bind(_ block: ParameterBlock<Double>, on tape: Tape) -> Bound {
    Bound(
      form: form, hidden: hidden, gateInput: block.leaf(gates.input, on: tape),
      gateRecurrent: block.leaf(gates.recurrent, on: tape),
      gateBias: block.leaf(gates.bias, on: tape), input: block.leaf(candidate.input, on: tape),
      recurrent: block.leaf(candidate.recurrent, on: tape),
      bias: block.leaf(candidate.bias, on: tape),
      inner: form == .resetAfter ? block.leaf(candidate.inner, on: tape) : nil)
  }
}

/// A long short-term memory cell; gates in the order input, forget, output, candidate.
struct LSTMCell {
  let hidden: Int
  let input: Int
  let recurrent: Int
  let bias: Int

  init(_ name: String, inputs: Int, hidden: Int, in block: ParameterBlock<Double>) {
    self.hidden = hidden
    input = block.add("\(name).input", rows: 4 * hidden, columns: inputs)
    recurrent = block.add("\(name).recurrent", rows: 4 * hidden, columns: hidden)
    bias = block.add("\(name).bias", rows: 4 * hidden, columns: 1)
  }

  func initialize(_ block: ParameterBlock<Double>, _ stream: inout RandomStream) {
    for tensor in [input, recurrent] {
      block.fillGlorot(
        tensor, inputs: block.tensors[tensor].columns, outputs: hidden, &stream)
    }
    // A forget bias of one lets memory last from the start.
    let size = hidden
    block.fill(bias) { row, _ in row / size == 1 ? 1 : 0 }
  }

  /// The cell's parameters on a tape.
  struct Bound {
    let hidden: Int
    let input: Variable
    let recurrent: Variable
    let bias: Variable

    func step(
      _ x: Variable, _ h: Variable, _ c: Variable
    ) -> (h: Variable, c: Variable) {
      let a = (input.times(x) + recurrent.times(h)).addingColumn(bias)
      let gates = a.rows(from: 0, count: 3 * hidden).sigmoid()
      let candidate = a.rows(from: 3 * hidden, count: hidden).tanh()
      let enter = gates.rows(from: 0, count: hidden)
      let keep = gates.rows(from: hidden, count: hidden)
      let leave = gates.rows(from: 2 * hidden, count: hidden)
      let memory = keep * c + enter * candidate
      return (leave * memory.tanh(), memory)
    }
  }

  func bind(_ block: ParameterBlock<Double>, on tape: Tape) -> Bound {
    Bound(
      hidden: hidden, input: block.leaf(input, on: tape),
      recurrent: block.leaf(recurrent, on: tape), bias: block.leaf(bias, on: tape))
  }
}
