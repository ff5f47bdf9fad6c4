// One month of a recurrent factor network on a tape: prior first, then posterior, then the terms.

import FactorRuntime

struct RecurrentMonth<Scalar: NetworkScalar> {
  private let tape: Tape
  private let options: FactorNetworkOptions
  private let firms: Double
  private let square: Variable
  private let gram: Variable
  private let cross: Variable
  /// The log of the residual variance that the statistics are still to be divided by.
  private let logResidual: Variable
  /// Where they are divided by each stock's own: the mean of its log.
  private let stockLog: Variable?
  private let prior: FactorPrior
  private let posterior: (mean: Variable, logVariance: Variable, hidden: Variable)
  /// Of the exact posterior: its precision, and B'(y - B m_p).
  private var precision: Variable?
  private var surprise: Variable?
  /// What the factor network reads, where it reads something.
  private let input: Variable?
  /// The decoder with what it continues; nil where factors are the latent variables.
  private let decoder: (tensors: FactorDecoderTensors.Bound, hidden: Variable, state: Variable)?

  init(
    _ view: MonthView<Scalar>, _ options: FactorNetworkOptions,
    _ bound: RecurrentFactorTensors.Bound, _ live: LiveState, input: Variable?, _ tape: Tape
  ) {
    (self.tape, self.options) = (tape, options)
    prior = bound.prior(live, on: tape)
    firms = Double(view.firms)
    square = view.square(on: tape)
    gram = view.gram(options.factors, on: tape)
    cross = view.cross(options.factors, on: tape)
    logResidual = options.idio == .global ? bound.logResidual : tape.constant(0)
    stockLog =
      options.idio == .net ? view.logVariance(on: tape) * (1 / Double(view.firms)) : nil
    decoder = bound.decoder.map { ($0, live.hidden, live.decoder) }
    switch options.posterior {
    case .amortized:
      let read = input ?? Self.betaPortfolios(gram, cross, options.factors)
      self.input = read
      posterior = bound.posterior(read, live.hidden)
    case .exact:
      let inverseResidual = (-logResidual).exp()
      let precision =
        (-prior.logVariance).exp().diagonalMatrix() + gram.scaled(by: inverseResidual)
      let surprise = cross - gram.times(prior.mean)
      let mean = prior.mean + precision.solve(surprise).scaled(by: inverseResidual)
      (self.precision, self.surprise, self.input) = (precision, surprise, input)
      posterior = (mean, prior.logVariance, live.hidden)
    }
  }

  /// b = (B'B + (0.02 tr(B'B)/K + 0.001) I)^-1 B'y.
  private static func betaPortfolios(
    _ gram: Variable, _ cross: Variable, _ factors: Int
  ) -> Variable {
    let ridge = gram.diagonal().sum() * (0.02 / Double(factors)) + 1e-3
    let ones = gram.tape.constant(1, rows: factors)
    return (gram + ones.scaled(by: ridge).diagonalMatrix()).solve(cross)
  }

  /// The state after the month. The amortized predictor reads the factors without a gradient; under
  /// the exact posterior the gradient runs through the whole chunk.
  func advanced(_ live: LiveState, _ bound: RecurrentFactorTensors.Bound) -> LiveState {
    let seen = options.posterior == .exact ? posterior.mean : posterior.mean.stopGradient()
    let memory =
      options.prior == .predictor
      ? bound.memory.step(predictorInput(seen), live.memory) : live.memory
    let stress = prior.regime.map { bound.regime.update($0, seen) } ?? live.stress
    return LiveState(
      hidden: posterior.hidden, memory: memory, stress: stress, last: seen,
      decoder: decoder.map { $0.tensors.factors(posterior.mean, hidden: $0.hidden, $0.state).state }
        ?? live.decoder)
  }

  private func predictorInput(_ seen: Variable) -> Variable {
    switch (options.predictorInput, input) {
    case (.x, let input?): input.stopGradient()
    case (.both, let input?): seen.stacked(on: input.stopGradient())
    default: seen
    }
  }

  /// The factors of latent variables, before their activation.
  private func decoded(_ latent: Variable) -> Variable {
    decoder.map { $0.tensors.factors(latent, hidden: $0.hidden, $0.state).factors } ?? latent
  }

  /// Variances of the latent variables carried through the decoder.
  private func decodedVariance(_ variance: Variable, at latent: Variable) -> Variable {
    guard let decoder else { return variance }
    let state = decoder.tensors.factors(latent, hidden: decoder.hidden, decoder.state).state
    return decoder.tensors.slope(state).square().times(variance)
  }

  private var logTwoPi: Double { Elementary.log(2 * Double.pi) }

  private func squaredError(_ m: Variable) -> Variable {
    (m.dot(gram.times(m)) - cross.dot(m) * 2) + square
  }

  /// rec of the month, per firm, in closed form: of latent variables that are factors or are mapped linearly.
  func reconstruction() -> Variable {
    let variance = posterior.logVariance.exp()
    let spread: Variable
    if let decoder {
      // The trace of W'GW with the variances on the diagonal.
      let weight = decoder.tensors.weight
      spread = variance.dot(weight.transposedTimes(gram.times(weight)).diagonal())
    } else {
      spread = variance.dot(gram.diagonal())
    }
    return rated((squaredError(decoded(posterior.mean)) + spread) * (1 / firms))
  }

  /// rec with draws of the latent variables, for what has no closed expectation.
  func sampledReconstruction(_ draws: inout RandomStream) -> Variable {
    let count = options.drawsTaken
    let first = sampled(&draws)
    return (1..<count).reduce(first) { sum, _ in sum + sampled(&draws) } * (1 / Double(count))
  }

  private func sampled(_ draws: inout RandomStream) -> Variable {
    let noise = tape.constant(0, rows: options.factors)
    for k in 0..<options.factors { noise.values[k] = draws.normal() }
    let latent = posterior.mean + (posterior.logVariance * 0.5).exp() * noise
    return fit(of: activated(decoded(latent)))
  }

  /// rec at given factors.
  private func fit(of factors: Variable) -> Variable {
    rated(squaredError(factors) * (1 / firms))
  }

  /// A mean squared error as the loss counts it.
  private func rated(_ error: Variable) -> Variable {
    switch options.loss {
    case .elbo: withStockLog((logResidual + logTwoPi + error * (-logResidual).exp()) * 0.5)
    case .mse: error
    }
  }

  // What dividing rows by residual deviations takes from a negative log likelihood by firm.
  private func withStockLog(_ loss: Variable) -> Variable {
    stockLog.map { loss + $0 * 0.5 } ?? loss
  }

  /// The pinball loss of the quantile heads, per firm, with the factors' posterior.
  func quantileLoss(_ view: MonthView<Scalar>) -> Variable {
    guard let quantiles = view.quantiles else {
      preconditionFailure("quantile heads are read with their loadings")
    }
    let (mean, variance) = (posterior.mean, posterior.logVariance.exp())
    let (k, record) = (options.factors, quantiles.record)
    record.update(from: mean.values, count: k)
    (record + k).update(from: variance.values, count: k)
    record[2 * k] = 0
    // Its gradient is what the loss is multiplied by, which the gradient of rows needs.
    var nothing = 0.0
    let probe = tape.leaf(rows: 1, columns: 1, &nothing, gradient: record + 2 * k)
    return tape.storage.linearised(mean, variance, probe) { values, gradients in
      gradients.2[0] = 1
      return QuantileLoss.evaluate(
        view, quantiles, factors: k, mean: values.0, variance: values.1,
        into: (gradients.0, gradients.1))
    }
  }

  private func activated(_ latent: Variable) -> Variable {
    options.activation == .sigmoid ? latent.sigmoid() : latent
  }

  /// The prior's factors, with their variance carried through the activation to first order.
  private func activatedPrior() -> (mean: Variable, logVariance: Variable) {
    let raw = decoded(prior.mean)
    let logVariance =
      decoder == nil
      ? prior.logVariance : decodedVariance(prior.logVariance.exp(), at: prior.mean).log()
    guard options.activation == .sigmoid else { return (raw, logVariance) }
    let mean = raw.sigmoid()
    let slope = mean * (-mean + 1)
    return (mean, logVariance + slope.log() * 2)
  }

  /// KL(q || p) of the month, in nats.
  func divergence() -> Variable {
    let isHeld = options.divergenceGradient == .prior_only
    let mean = isHeld ? posterior.mean.stopGradient() : posterior.mean
    let logVariance = isHeld ? posterior.logVariance.stopGradient() : posterior.logVariance
    let gap = (mean - prior.mean).square()
    let ratio = (logVariance.exp() + gap) * (-prior.logVariance).exp()
    return ((prior.logVariance - logVariance) + ratio + -1).sum() * 0.5
  }

  /// prd of the month, per firm; the loadings get no gradient.
  func predictive(_ view: MonthView<Scalar>) -> Variable {
    let expected = activatedPrior()
    let loss = tape.storage.linearised(expected.mean, expected.logVariance, logResidual) {
      values, gradients in
      PredictiveLikelihood.evaluate(
        view, factors: options.factors, mean: values.0, logVariance: values.1,
        logResidual: values.2[0],
        into: .init(
          mean: gradients.0, logVariance: gradients.1, logResidual: gradients.2))
    }
    return stockLog.map { loss + $0.stopGradient() * 0.5 } ?? loss
  }

  /// -log p(y | past) of the month under the exact posterior, in nats.
  func marginal() -> Variable {
    guard let precision, let surprise else {
      preconditionFailure("the marginal likelihood belongs to the exact posterior")
    }
    let explained = surprise.dot(posterior.mean - prior.mean)
    let error = (squaredError(prior.mean) - explained) * (-logResidual).exp()
    let spread = prior.logVariance.sum() + precision.logDeterminant()
    let loss = ((logResidual + logTwoPi) * firms + spread + error) * 0.5
    return stockLog.map { loss + $0 * (0.5 * firms) } ?? loss
  }

  /// The month with frozen weights, and its share of the validation loss.
  func filtered(_ view: MonthView<Scalar>) -> FilteredMonth {
    func list(_ x: Variable) -> [Double] {
      Array(UnsafeBufferPointer(start: x.values, count: x.count))
    }
    let expected = activatedPrior()
    let priorVariance = list(expected.logVariance).map(Elementary.exp)
    let variance: [Double]
    let loss: Double
    switch options.posterior {
    case .amortized:
      variance = list(posterior.logVariance).map(Elementary.exp)
      let predictive = PredictiveLikelihood.evaluate(
        view, factors: options.factors, mean: expected.mean.values,
        logVariance: expected.logVariance.values, logResidual: logResidual.scalar, into: nil)
      loss = described(view).scalar + predictive + (stockLog?.scalar ?? 0) * 0.5
    case .exact:
      variance = posteriorVariance()
      loss = marginal().scalar / firms
    }
    return FilteredMonth(
      latent: list(posterior.mean), posterior: list(activated(decoded(posterior.mean))),
      posteriorVariance: variance, prior: list(expected.mean),
      priorVariance: priorVariance, loss: loss)
  }

  // How well the month is described, without draws.
  private func described(_ view: MonthView<Scalar>) -> Variable {
    if options.heads > 1 { return quantileLoss(view) }
    return options.drawsTaken == 0
      ? reconstruction() : fit(of: activated(decoded(posterior.mean)))
  }

  // The diagonal of the inverse precision.
  private func posteriorVariance() -> [Double] {
    guard let precision else { return [] }
    return (0..<options.factors).map { k in
      let unit = tape.constant(0, rows: options.factors)
      unit.values[k] = 1
      return precision.solve(unit).values[k]
    }
  }
}
