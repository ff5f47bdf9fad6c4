// The recurrent factor network shared by CVRA and RVRAE: a posterior that reads the month, a
// predictor that sees only the past, and the evidence lower bound between them.
//
// With f = z and one residual variance every term
// is closed, so nothing is sampled:
//   rec = 0.5 [ log(2 pi s2) + (|y - B m|^2 + sum_k v_k (B'B)_kk) / (s2 N) ]
//   kl  = KL( N(m_q, v_q) || N(m_p, v_p) ),  prd = the predictor's own likelihood
// The exact posterior is M = diag(1/v_p) + B'B/s2, m_q = m_p + M^-1 B'(y - B m_p)/s2, and its loss
// the marginal likelihood. With a residual variance by stock the sums are those of rows divided by its root, so
// that s2 is one and the mean of log s2_i / 2 is added (`LoadingRows`); with quantile heads rec is their pinball
// loss (`QuantileLoss`), and B is the heads' mean. Goals, in order: no look-ahead (a month's prior is computed before its
// statistics are read), exact gradients, no allocation per step.

import FactorRuntime

final class RecurrentFactorHead<Scalar: NetworkScalar>: FactorHead {
  let options: FactorNetworkOptions
  let factors: Int
  var columns: LoadingColumns { options.columns }
  let parameters = ParameterBlock<Double>(padded: false)
  let tensors: RecurrentFactorTensors
  /// Managed portfolio returns by month; empty where the beta portfolios are the input.
  let inputs: [[Double]]
  let meanFirms: Double
  private var divergence = 0.0
  private var bound: RecurrentFactorTensors.Bound?
  /// What is carried from month to month, as values: no gradient crosses a batch.
  private var state: RecurrentState
  /// The same within a batch, on the tape.
  private var live: LiveState?
  /// Draws for activations without a closed expectation.
  private var stream: RandomStream
  var draws: RandomStream? {
    get { stream }
    set { stream = newValue ?? stream }
  }

  init(
    options: FactorNetworkOptions, inputs: [[Double]], meanFirms: Double
  ) {
    stream = RandomStream(seed: 0, purpose: .posterior)
    (self.options, self.inputs, self.meanFirms) = (options, inputs, meanFirms)
    factors = options.factors
    tensors = RecurrentFactorTensors(
      options, inputs: options.input == .beta ? options.factors : inputs.first?.count ?? 0,
      in: parameters)
    state = RecurrentState(options)
  }

  convenience init(_ design: FactorNetworkOptions, inputs: [[Double]], meanFirms: Double) {
    self.init(options: design, inputs: inputs, meanFirms: meanFirms)
  }

  func initialize(_ source: inout RandomStream) {
    stream = RandomStream(seed: source.bits(), purpose: .posterior)
    tensors.initialize(parameters, options, &source)
  }

  func batches(
    epoch: Int, train: Range<Int>, _ stream: inout RandomStream
  ) -> [Range<Int>] {
    divergence = options.divergence(epoch: epoch)
    let first = train.lowerBound + stream.below(options.chunk)
    var cuts = Array(stride(from: first, to: train.upperBound, by: options.chunk))
    if cuts.first != train.lowerBound { cuts.insert(train.lowerBound, at: 0) }
    cuts.append(train.upperBound)
    return zip(cuts, cuts.dropFirst()).map { $0..<$1 }.filter { !$0.isEmpty }
  }

  // After the warm-up the predictor starts from the factors' own mean and variance.
  func willStart(epoch: Int, filter: () -> [FilteredMonth]) {
    guard options.posterior == .amortized, options.prior != .std, epoch == options.warmUp + 1
    else { return }
    let months = filter().map(\.latent)
    guard !months.isEmpty else { return }
    for k in 0..<factors {
      let series = months.map { $0[k] }
      let mean = series.reduce(0, +) / Double(series.count)
      let variance = series.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(series.count)
      parameters.weights(tensors.priorMean)[k] = mean
      parameters.weights(tensors.priorLogVariance)[k] = Elementary.log(max(variance, 1e-6))
    }
    parameters.clearMoments(tensors.priorMean)
    parameters.clearMoments(tensors.priorLogVariance)
  }

  func resetState() {
    state.reset()
    live = nil
  }

  func loadParameters(on tape: Tape) {
    bound = tensors.bind(parameters, options, on: tape)
    live = state.leaves(on: tape)
  }

  func context() -> (RecurrentFactorTensors.Bound, LiveState) {
    guard let bound, let live else { preconditionFailure("parameters are loaded before months") }
    return (bound, live)
  }

  func loss(_ view: MonthView<Scalar>, on tape: Tape) -> Variable {
    let (bound, live) = context()
    let month = RecurrentMonth(view, options, bound, live, input: input(view.month, on: tape), tape)
    self.live = month.advanced(live, bound)
    switch options.posterior {
    case .exact: return month.marginal() * (1 / meanFirms)
    case .amortized:
      var total = fit(month, view) + month.predictive(view) * options.predictiveWeight
      if divergence > 0 { total = total + month.divergence() * (divergence / meanFirms) }
      return total
    }
  }

  private func fit(_ month: RecurrentMonth<Scalar>, _ view: MonthView<Scalar>) -> Variable {
    if options.heads > 1 { return month.quantileLoss(view) }
    return options.drawsTaken == 0
      ? month.reconstruction() : month.sampledReconstruction(&stream)
  }

  func closeBatch(_ loss: Variable, months: Int, on tape: Tape) -> Variable {
    let (bound, live) = context()
    state.take(live)
    var total = loss * (1 / Double(months))
    if let penalised = bound.ridgePenalty() { total = total + penalised * options.ridge }
    return total
  }

  func observe(_ view: MonthView<Scalar>, on tape: Tape) -> FilteredMonth {
    let (bound, live) = context()
    let month = RecurrentMonth(view, options, bound, live, input: input(view.month, on: tape), tape)
    state.take(month.advanced(live, bound))
    return month.filtered(view)
  }

  private func input(_ month: Int, on tape: Tape) -> Variable? {
    guard options.input != .beta else { return nil }
    return inputs[month].withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { tape.leaf(rows: buffer.count, columns: 1, $0) }
    }
  }
}

/// What the network carries across months.
struct LiveState {
  var hidden: Variable
  var memory: Variable
  /// The probability of the stressed regime.
  var stress: Variable
  /// The factors of the month before.
  var last: Variable
  /// The state of a recurrent decoder.
  var decoder: Variable
}

/// The carried state as plain numbers.
struct RecurrentState {
  private var hidden: [Double]
  private var memory: [Double]
  private var stress = RegimeSwitch.startingStress
  private var last: [Double]
  private var decoder: [Double]

  init(_ options: FactorNetworkOptions) {
    hidden = [Double](repeating: 0, count: options.hidden)
    memory = [Double](repeating: 0, count: options.predictorHidden)
    last = [Double](repeating: 0, count: options.factors)
    decoder = [Double](repeating: 0, count: options.decoder == .rnn ? options.hidden : 0)
  }

  mutating func reset() {
    for i in hidden.indices { hidden[i] = 0 }
    for i in memory.indices { memory[i] = 0 }
    for i in last.indices { last[i] = 0 }
    for i in decoder.indices { decoder[i] = 0 }
    stress = RegimeSwitch.startingStress
  }

  func leaves(on tape: Tape) -> LiveState {
    LiveState(
      hidden: Self.leaf(hidden, on: tape), memory: Self.leaf(memory, on: tape),
      stress: tape.constant(stress), last: Self.leaf(last, on: tape),
      decoder: Self.leaf(decoder, on: tape))
  }

  mutating func take(_ live: LiveState) {
    for i in hidden.indices { hidden[i] = live.hidden.values[i] }
    for i in memory.indices { memory[i] = live.memory.values[i] }
    for i in last.indices { last[i] = live.last.values[i] }
    for i in decoder.indices { decoder[i] = live.decoder.values[i] }
    stress = live.stress.scalar
  }

  private static func leaf(_ values: [Double], on tape: Tape) -> Variable {
    values.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return tape.constant(0, rows: 0) }
      return tape.leaf(rows: buffer.count, columns: 1, base)
    }
  }
}
