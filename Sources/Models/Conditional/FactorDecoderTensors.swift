// The decoders that turn latent variables into factors, where factors are not the latent variables themselves.
//
// Definition, z the latent variables of the month and h the posterior network's state of the month before:
//   linear  f = W z + b
//   vrnn    f = W z + H h + b
//   rnn     d = tanh(D d' + Z z + c), f = W d + b, d' the state of the month before, 0 at the start
// To first order a variance v of z becomes diag(J diag(v) J'), J = df/dz; for the first two that is exact.
// Reference: the CVRA paper, equations 4 and 18-20, with z_t in the place of the month's return.

import FactorRuntime

struct FactorDecoderTensors {
  let kind: FactorDecoder
  private let weight: Int
  private let bias: Int
  private let state: Int?
  private let recurrent: (step: Int, read: Int, bias: Int)?

  init(_ options: FactorNetworkOptions, in block: ParameterBlock<Double>) {
    kind = options.decoder
    let (k, h) = (options.factors, options.hidden)
    weight = block.add("decoder.weight", rows: k, columns: kind == .rnn ? h : k)
    bias = block.add("decoder.bias", rows: k, columns: 1)
    state = kind == .vrnn ? block.add("decoder.state", rows: k, columns: h) : nil
    recurrent =
      kind == .rnn
      ? (
        block.add("decoder.step", rows: h, columns: h),
        block.add("decoder.read", rows: h, columns: k),
        block.add("decoder.inner.bias", rows: h, columns: 1)
      ) : nil
  }

  func initialize(_ block: ParameterBlock<Double>, _ stream: inout RandomStream) {
    // Linear decoders start as the identity, so that training starts where it would without them.
    guard let recurrent else { return block.fill(weight) { $0 == $1 ? 1 : 0 } }
    block.fillOrthogonal(recurrent.step, gain: 0.9, &stream)
    for tensor in [recurrent.read, weight] {
      let shape = block.tensors[tensor]
      block.fillGlorot(tensor, inputs: shape.columns, outputs: shape.rows, &stream)
    }
  }

  struct Bound {
    let weight: Variable
    let bias: Variable
    let state: Variable?
    let recurrent: (step: Variable, read: Variable, bias: Variable)?

    /// The factors of a month and the decoder's state after it.
    func factors(
      _ latent: Variable, hidden: Variable, _ before: Variable
    ) -> (factors: Variable, state: Variable) {
      if let recurrent {
        let next =
          (recurrent.step.times(before) + recurrent.read.times(latent) + recurrent.bias).tanh()
        return (weight.times(next) + bias, next)
      }
      let linear = weight.times(latent) + bias
      return (state.map { linear + $0.times(hidden) } ?? linear, before)
    }

    /// How factors move with the latent variables, K x K, at a state.
    func slope(_ state: Variable) -> Variable {
      guard let recurrent else { return weight }
      let slopes = (-state.square() + 1).diagonalMatrix()
      return weight.times(slopes.times(recurrent.read))
    }
  }

  func bind(_ block: ParameterBlock<Double>, on tape: Tape) -> Bound {
    Bound(
      weight: block.leaf(weight, on: tape), bias: block.leaf(bias, on: tape),
      state: state.map { block.leaf($0, on: tape) },
      recurrent: recurrent.map {
        (
          block.leaf($0.step, on: tape), block.leaf($0.read, on: tape),
          block.leaf($0.bias, on: tape)
        )
      })
  }
}
