// One month of a recurrent factor network on a tape: prior first, then posterior, then the terms.

import FactorRuntime

struct RecurrentMonth<Scalar: NetworkScalar> {
  private let tape: Tape
  private let options: FactorNetworkOptions
  private let firms: Double
  private let square: Double
  private let gram: Variable
  private let cross: Variable
  private let logResidual: Variable
  private let prior: FactorPrior
  private let posterior: (mean: Variable, logVariance: Variable, hidden: Variable)
  /// Of the exact posterior: its precision, and B'(y - B m_p).
  private var precision: Variable?
  private var surprise: Variable?

  init(
    _ view: MonthView<Scalar>, _ options: FactorNetworkOptions,
    _ bound: RecurrentFactorTensors.Bound, _ live: LiveState, input: Variable?, _ tape: Tape
  ) {
    (self.tape, self.options) = (tape, options)
    prior = bound.prior(live, on: tape)
    firms = Double(view.firms)
    square = view.statistics.square
    gram = view.gram(options.factors, on: tape)
    cross = view.cross(options.factors, on: tape)
    logResidual = bound.logResidual
    switch options.posterior {
    case .amortized:
      posterior = bound.posterior(
        input ?? Self.betaPortfolios(gram, cross, options.factors), live.hidden)
    case .exact:
      let inverseResidual = (-logResidual).exp()
      let precision =
        (-prior.logVariance).exp().diagonalMatrix() + gram.scaled(by: inverseResidual)
      let surprise = cross - gram.times(prior.mean)
      let mean = prior.mean + precision.solve(surprise).scaled(by: inverseResidual)
      (self.precision, self.surprise) = (precision, surprise)
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
      options.prior == .predictor ? bound.memory.step(seen, live.memory) : live.memory
    let stress = prior.regime.map { bound.regime.update($0, seen) } ?? live.stress
    return LiveState(hidden: posterior.hidden, memory: memory, stress: stress, last: seen)
  }

  private var logTwoPi: Double { Elementary.log(2 * Double.pi) }

  private func squaredError(_ m: Variable) -> Variable {
    (m.dot(gram.times(m)) - cross.dot(m) * 2) + square
  }

  /// rec of the month, per firm.
  func reconstruction() -> Variable {
    let spread = posterior.logVariance.exp().dot(gram.diagonal())
    let error = (squaredError(posterior.mean) + spread) * (1 / firms)
    return (logResidual + logTwoPi + error * (-logResidual).exp()) * 0.5
  }

  /// rec with one draw of the latent variables, for an activation without a closed expectation.
  func sampledReconstruction(_ draws: inout RandomStream) -> Variable {
    let noise = tape.constant(0, rows: options.factors)
    for k in 0..<options.factors { noise.values[k] = draws.normal() }
    let latent = posterior.mean + (posterior.logVariance * 0.5).exp() * noise
    return fit(of: activated(latent))
  }

  /// rec at given factors.
  private func fit(of factors: Variable) -> Variable {
    let error = squaredError(factors) * (1 / firms)
    return (logResidual + logTwoPi + error * (-logResidual).exp()) * 0.5
  }

  private func activated(_ latent: Variable) -> Variable {
    options.activation == .sigmoid ? latent.sigmoid() : latent
  }

  /// The prior's factors, with their variance carried through the activation to first order.
  private func activatedPrior() -> (mean: Variable, logVariance: Variable) {
    guard options.activation == .sigmoid else { return (prior.mean, prior.logVariance) }
    let mean = prior.mean.sigmoid()
    let slope = mean * (-mean + 1)
    return (mean, prior.logVariance + slope.log() * 2)
  }

  /// KL(q || p) of the month, in nats.
  func divergence() -> Variable {
    let gap = (posterior.mean - prior.mean).square()
    let ratio = (posterior.logVariance.exp() + gap) * (-prior.logVariance).exp()
    return ((prior.logVariance - posterior.logVariance) + ratio + -1).sum() * 0.5
  }

  /// prd of the month, per firm; the loadings get no gradient.
  func predictive(_ view: MonthView<Scalar>) -> Variable {
    let expected = activatedPrior()
    return tape.storage.linearised(expected.mean, expected.logVariance, logResidual) {
      values, gradients in
      PredictiveLikelihood.evaluate(
        view, factors: options.factors, mean: values.0, logVariance: values.1,
        logResidual: values.2[0],
        into: .init(
          mean: gradients.0, logVariance: gradients.1, logResidual: gradients.2))
    }
  }

  /// -log p(y | past) of the month under the exact posterior, in nats.
  func marginal() -> Variable {
    guard let precision, let surprise else {
      preconditionFailure("the marginal likelihood belongs to the exact posterior")
    }
    let explained = surprise.dot(posterior.mean - prior.mean)
    let error = (squaredError(prior.mean) - explained) * (-logResidual).exp()
    let spread = prior.logVariance.sum() + precision.logDeterminant()
    return ((logResidual + logTwoPi) * firms + spread + error) * 0.5
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
      let described =
        options.activation == .identity ? reconstruction() : fit(of: activated(posterior.mean))
      loss = described.scalar + predictive
    case .exact:
      variance = posteriorVariance()
      loss = marginal().scalar / firms
    }
    return FilteredMonth(
      latent: list(posterior.mean), posterior: list(activated(posterior.mean)),
      posteriorVariance: variance, prior: list(expected.mean),
      priorVariance: priorVariance, loss: loss)
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
