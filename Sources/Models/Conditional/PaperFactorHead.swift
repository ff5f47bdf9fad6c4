// The factor network as the CVRA paper prints it, kept to be looked at: one code for a whole window of months.
//
// Definition, for a window of L months with managed portfolio returns u_1..u_L:
//   encoder    h_t = tanh(W h_{t-1} + U u_t + b), z ~ N(m, v) read from h_L, prior N(0, I)
//   decoder    d_0 = tanh(W_z z + b_z), d_j = tanh(W_d d_{j-1} + W_r u_{j-1} + b_d), f_j = s(W_o d_j + b_o)
//   objective  mean over draws and months of the mean squared error + lambda mean_t KL(q_t || N(0, I))
// z has seen the whole window, so f_j describes months and forecasts none; a forecast of the month after the
// window is one more step of the decoder. As printed the decoder even reads u_j of the month it explains
// (`leaks`): f_j then sees its own target. Source: the CVRA paper, equations 10-20, 23 and 24.

import FactorRuntime

/// What makes such a network.
struct PaperHeadDesign: HeadDesign {
  let factors: Int
  let hidden: Int
  /// Months of a window.
  let window: Int
  let divergenceWeight: Double
  /// Draws of the code a window.
  let draws: Int
  /// Whether the decoder reads the month that it explains.
  let leaks: Bool
  let activation: FactorActivation

  static let decoderWord = "window"

  init(
    factors: Int, hidden: Int, window: Int, divergenceWeight: Double, draws: Int, leaks: Bool,
    activation: FactorActivation
  ) {
    (self.factors, self.hidden, self.window) = (factors, hidden, window)
    (self.divergenceWeight, self.draws) = (divergenceWeight, draws)
    (self.leaks, self.activation) = (leaks, activation)
  }

  var facts: JSON {
    .fields(
      ("decoder", .text(Self.decoderWord)), ("factors", .number(Double(factors))),
      ("hidden", .number(Double(hidden))), ("window", .number(Double(window))),
      ("lambda_kl", .number(divergenceWeight)), ("mc", .number(Double(draws))),
      ("leaks", .bool(leaks)), ("fac_act", .text(activation.rawValue)))
  }

  init(_ facts: StoredFacts) throws {
    self.init(
      factors: try facts.integer("factors"), hidden: try facts.integer("hidden"),
      window: try facts.integer("window"), divergenceWeight: try facts.number("lambda_kl"),
      draws: try facts.integer("mc"), leaks: try facts.flag("leaks"),
      activation: try facts.word("fac_act"))
    guard (1...4096).contains(factors), (1...4096).contains(hidden), (1...1200).contains(window)
    else { throw facts.fault("hidden") }
  }
}

final class PaperFactorHead<Scalar: NetworkScalar>: FactorHead {
  let design: PaperHeadDesign
  let parameters = ParameterBlock<Double>(padded: false)
  var factors: Int { design.factors }
  private let inputs: [[Double]]
  private let encoder: TanhCell
  private let mean: (weight: Int, bias: Int)
  private let variance: (weight: Int, bias: Int)
  private let start: (weight: Int, bias: Int)
  private let decoder: TanhCell
  private let out: (weight: Int, bias: Int)
  private var stream = RandomStream(seed: 0, purpose: .posterior)
  var draws: RandomStream? {
    get { stream }
    set { stream = newValue ?? stream }
  }

  /// The encoder's state, the inputs of the last window, and the decoder's state at its end.
  private var state: (hidden: [Double], window: [[Double]], end: [Double])
  private var bound: Bound?
  private var hidden: Variable?
  /// The months of the open window.
  private var months: [Open] = []

  private struct Open {
    let input: Variable
    let gram: Variable
    let cross: Variable
    let square: Double
    let firms: Int
    let mean: Variable
    let logVariance: Variable
  }

  /// The parameters on a tape.
  private struct Bound {
    let encoder: TanhCell.Bound
    let mean: (weight: Variable, bias: Variable)
    let variance: (weight: Variable, bias: Variable)
    let start: (weight: Variable, bias: Variable)
    let decoder: TanhCell.Bound
    let out: (weight: Variable, bias: Variable)
  }

  init(_ design: PaperHeadDesign, inputs: [[Double]], meanFirms: Double) {
    (self.design, self.inputs) = (design, inputs)
    let (k, h, p, block) = (design.factors, design.hidden, inputs.first?.count ?? 0, parameters)
    func map(_ name: String, _ rows: Int, _ columns: Int) -> (weight: Int, bias: Int) {
      (
        block.add(name, rows: rows, columns: columns),
        block.add("\(name).bias", rows: rows, columns: 1)
      )
    }
    encoder = TanhCell("encoder", inputs: p, hidden: h, in: block)
    mean = map("code.mean", k, h)
    variance = map("code.variance", k, h)
    start = map("decoder.start", h, k)
    decoder = TanhCell("decoder", inputs: p, hidden: h, in: block)
    out = map("decoder.out", k, h)
    let none = [Double](repeating: 0, count: h)
    state = (none, [], none)
  }

  func initialize(_ source: inout RandomStream) {
    stream = RandomStream(seed: source.bits(), purpose: .posterior)
    encoder.initialize(parameters, &source)
    decoder.initialize(parameters, &source)
    for tensor in [mean.weight, variance.weight, start.weight, out.weight] {
      let shape = parameters.tensors[tensor]
      parameters.fillGlorot(tensor, inputs: shape.columns, outputs: shape.rows, &source)
    }
  }

  // Windows follow one another from a random first month; what is before it is a shorter one.
  func batches(
    epoch: Int, train: Range<Int>, _ stream: inout RandomStream
  ) -> [Range<Int>] {
    let first = train.lowerBound + stream.below(design.window)
    var cuts = Array(stride(from: first, to: train.upperBound, by: design.window))
    if cuts.first != train.lowerBound { cuts.insert(train.lowerBound, at: 0) }
    cuts.append(train.upperBound)
    return zip(cuts, cuts.dropFirst()).map { $0..<$1 }.filter { !$0.isEmpty }
  }

  func resetState() {
    let none = [Double](repeating: 0, count: design.hidden)
    state = (none, [], none)
    (hidden, months) = (nil, [])
  }

  func loadParameters(on tape: Tape) {
    func pair(_ map: (weight: Int, bias: Int)) -> (weight: Variable, bias: Variable) {
      (parameters.leaf(map.weight, on: tape), parameters.leaf(map.bias, on: tape))
    }
    bound = Bound(
      encoder: encoder.bind(parameters, on: tape), mean: pair(mean), variance: pair(variance),
      start: pair(start), decoder: decoder.bind(parameters, on: tape), out: pair(out))
    hidden = leaf(state.hidden, on: tape)
    months.removeAll(keepingCapacity: true)
  }

  private func leaf(_ values: [Double], on tape: Tape) -> Variable {
    values.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return tape.constant(0, rows: 0) }
      return tape.leaf(rows: buffer.count, columns: 1, base)
    }
  }

  private func list(_ x: Variable) -> [Double] {
    Array(UnsafeBufferPointer(start: x.values, count: x.count))
  }

  // MARK: Parts

  // Encodes a month: the code's mean and log variance if the window ended here.
  private func encode(
    _ input: Variable, _ bound: Bound
  ) -> (mean: Variable, logVariance: Variable) {
    guard let before = hidden else { preconditionFailure("parameters are loaded before months") }
    let next = bound.encoder.step(input, before)
    hidden = next
    return (
      bound.mean.weight.times(next) + bound.mean.bias,
      (bound.variance.weight.times(next) + bound.variance.bias).clamped(-8, 4)
    )
  }

  private func factors(_ state: Variable, _ bound: Bound) -> Variable {
    let raw = bound.out.weight.times(state) + bound.out.bias
    return design.activation == .sigmoid ? raw.sigmoid() : raw
  }

  /// The decoder's states of a window from its code; `before` is the input of the month before the window.
  private func decode(
    _ code: Variable, _ inputs: [Variable], before: Variable, _ bound: Bound
  ) -> [Variable] {
    var d = (bound.start.weight.times(code) + bound.start.bias).tanh()
    return inputs.indices.map { j in
      let read = design.leaks ? inputs[j] : j > 0 ? inputs[j - 1] : before
      d = bound.decoder.step(read, d)
      return d
    }
  }

  private func divergence(_ mean: Variable, _ logVariance: Variable) -> Variable {
    (logVariance.exp() + mean.square() - logVariance + -1).sum() * 0.5
  }

  // MARK: Training

  func loss(_ view: MonthView<Scalar>, on tape: Tape) -> Variable {
    guard let bound else { preconditionFailure("parameters are loaded before months") }
    let input = leaf(inputs[view.month], on: tape)
    let (mean, logVariance) = encode(input, bound)
    months.append(
      Open(
        input: input, gram: view.gram(factors, on: tape), cross: view.cross(factors, on: tape),
        square: view.statistics.square[0], firms: view.firms, mean: mean, logVariance: logVariance))
    // A window is decoded when it is whole.
    return tape.constant(0)
  }

  func closeBatch(_ loss: Variable, months count: Int, on tape: Tape) -> Variable {
    guard let bound, let last = months.last, let hidden else { return loss }
    let before = leaf(
      state.window.last ?? inputs[0].map { _ in 0 }, on: tape)
    var total = loss
    for _ in 0..<design.draws {
      let noise = tape.constant(0, rows: factors)
      for k in 0..<factors { noise.values[k] = stream.normal() }
      let code = last.mean + (last.logVariance * 0.5).exp() * noise
      for (month, d) in zip(months, decode(code, months.map(\.input), before: before, bound)) {
        let f = factors(d, bound)
        let error = f.dot(month.gram.times(f)) - month.cross.dot(f) * 2 + month.square
        total = total + error * (1 / Double(month.firms * design.draws))
      }
    }
    for month in months {
      total = total + divergence(month.mean, month.logVariance) * design.divergenceWeight
    }
    state.hidden = list(hidden)
    state.window = [list(last.input)]
    return total * (1 / Double(count))
  }

  // MARK: With frozen weights

  func observe(_ view: MonthView<Scalar>, on tape: Tape) -> FilteredMonth {
    guard let bound else { preconditionFailure("parameters are loaded before months") }
    let none = [Double](repeating: 0, count: inputs[view.month].count)
    // The forecast: one step on from the window that ended the month before.
    let expected = factors(
      bound.decoder.step(
        leaf(state.window.last ?? none, on: tape), leaf(state.end, on: tape)), bound)
    let input = leaf(inputs[view.month], on: tape)
    let (mean, logVariance) = encode(input, bound)
    // The input before the window stays in front of it.
    state.window.append(inputs[view.month])
    if state.window.count > design.window + 1 { state.window.removeFirst() }
    let isWhole = state.window.count > design.window
    let inside = (isWhole ? state.window.dropFirst() : state.window[...]).map { leaf($0, on: tape) }
    let states = decode(
      mean, inside, before: leaf(isWhole ? state.window[0] : none, on: tape), bound)
    let end = states[states.count - 1]
    let f = factors(end, bound)
    if let hidden { state.hidden = list(hidden) }
    state.end = list(end)
    let (described, forecast) = (
      view.squaredError(of: f, on: tape).scalar, view.squaredError(of: expected, on: tape).scalar
    )
    return FilteredMonth(
      latent: list(mean), posterior: list(f), posteriorVariance: list(logVariance.exp()),
      prior: list(expected), priorVariance: [Double](repeating: 0, count: factors),
      loss: (described + forecast) / Double(view.firms))
  }
}
