// Estimating the prior once more, when training has settled what the factors are.
//
// During training the prior chases factors that still rotate, and only on the training months. Here
// the factors are fixed and the validation months, whose choices are made, count too.
// Definition: maximum likelihood of the months' factors under the VAR(1), or the regime-switching
// VAR(1), with the ridge of training on its step matrix.

import FactorRuntime

extension RecurrentFactorHead {
  private static var steps: Int { 150 }
  private static var rate: Double { 0.03 }

  func refinePrior(on months: [FilteredMonth], budget: Budget) throws {
    guard options.prior == .regime || options.prior == .var1, months.count > factors + 1 else {
      return
    }
    for tensor in parameters.tensors.indices { parameters.clearMoments(tensor) }
    var optimizer = Adam(rate: Self.rate, clip: 1)
    let nothing = ParameterBlock<Double>(padded: false)
    let tape = Tape()
    for _ in 0..<Self.steps {
      try budget.check()
      parameters.clearGradients()
      tape.reset()
      tape.backward(from: surprise(of: months, on: tape))
      optimizer.step(nothing, parameters)
    }
    for tensor in parameters.tensors.indices { parameters.clearMoments(tensor) }
  }

  // The mean surprise of the months' factors, plus the ridge.
  private func surprise(of months: [FilteredMonth], on tape: Tape) -> Variable {
    resetState()
    loadParameters(on: tape)
    let bound = context().0
    var live = context().1
    var total = tape.constant(0)
    for month in months {
      let seen = month.latent.withUnsafeBufferPointer { buffer -> Variable in
        guard let base = buffer.baseAddress else { return tape.constant(0, rows: 0) }
        return tape.leaf(rows: buffer.count, columns: 1, base)
      }
      let prior = bound.prior(live, on: tape)
      if let regime = prior.regime {
        total = total + bound.regime.surprise(regime, seen)
        live.stress = bound.regime.update(regime, seen)
      } else {
        let gap = (seen - prior.mean).square() * (-prior.logVariance).exp()
        total = total + (prior.logVariance + gap).sum() * 0.5
      }
      live.last = seen
    }
    let mean = total * (1 / Double(months.count))
    return bound.ridgePenalty().map { mean + $0 * options.ridge } ?? mean
  }
}
