// A recurrent variational network of a few series: what it reads, what it says, and its exact gradient.
//
// Definition, for periods t = 1...T of a vector x_t of standardised returns, h_0 = d_0 = 0:
//   encoder    h_t = GRU(x_t, h_{t-1});  m_q = W h_t + b, l_q = W h_t + b      (l is a log variance)
//   prior      m_p = W h_{t-1} + b, l_p = W h_{t-1} + b
//   factors    z_t = m_q + exp(l_q / 2) e_t in training, z_t = m_q otherwise
//   decoder    d_t = GRU(z_t, d_{t-1}) or GRU(z_t, h_{t-1});  fit_t = W d_t + b
//   loss       sum_t (rec_t + w KL(N(m_q, e^l_q) || N(m_p, e^l_p))) / T, w annealed
// with rec = |x - fit|^2, or sum_i (s_i + (x_i - fit_i)^2 e^-s_i) / 2 with learned s (without log 2 pi).
// Log variances are clamped to [-8, 4], where they carry no gradient. Nothing at t reads a later period.
// Goals, in order: exact gradients through the whole sequence, the same bits always, speed. What does not wait
// for the period before (projections, heads, weights' gradients) is one product for all periods.
// Missing values: none; callers see to that. Reference: chapter 233 of "Machine Learning for Trading", whose
// printed divergence halves the logarithm and is not used.

import FactorRuntime

final class SequenceFactorNetwork<Scalar: NetworkScalar>: WeightedNetwork {
  typealias Buffer = UnsafeMutablePointer<Scalar>

  let design: SequenceFactorDesign
  let parameters = ParameterBlock<Scalar>(padded: true)
  let periods: Int
  /// No layer is normalised.
  var running: [RunningMoments] = []

  let encoder: RecurrentPass<Scalar>
  let decoder: RecurrentPass<Scalar>
  /// The decoder on other factors, each period from its own state before.
  let probe: RecurrentPass<Scalar>
  let heads: (q: Head, p: Head)
  let output: LinearMap<Scalar>
  /// Log variances of the reconstruction; nil for squared errors.
  let residual: Int?

  /// Mean and log variance of a distribution of factors.
  struct Head {
    let mean: LinearMap<Scalar>
    let logVariance: LinearMap<Scalar>

    init(_ name: String, _ design: SequenceFactorDesign, in block: ParameterBlock<Scalar>) {
      func map(_ part: String) -> LinearMap<Scalar> {
        LinearMap(
          LinearTensors(
            "\(name).\(part)", inputs: design.hidden, outputs: design.factors, in: block), in: block
        )
      }
      (mean, logVariance) = (map("mean"), map("variance"))
    }
  }

  /// What is computed of all periods, in rows of whole lanes.
  struct Rows {
    let x: Buffer
    let noise: Buffer
    let z: Buffer
    let fit: Buffer
    let q: (mean: Buffer, logVariance: Buffer)
    let p: (mean: Buffer, logVariance: Buffer)
    let dz: Buffer
    let dq: (mean: Buffer, logVariance: Buffer)
    let dp: (mean: Buffer, logVariance: Buffer)

    init(periods: Int, series: Int, factors: Int) {
      func room(_ width: Int) -> Buffer { AlignedMemory.zeros(periods * width) }
      (x, fit) = (room(series), room(series))
      (noise, z, dz) = (room(factors), room(factors), room(factors))
      (q, p) = ((room(factors), room(factors)), (room(factors), room(factors)))
      (dq, dp) = ((room(factors), room(factors)), (room(factors), room(factors)))
    }

    var all: [Buffer] {
      [x, noise, z, fit, q.mean, q.logVariance, p.mean, p.logVariance, dz]
        + [dq.mean, dq.logVariance, dp.mean, dp.logVariance]
    }
  }

  let rows: Rows
  let seriesWidth: Int
  let factorWidth: Int
  /// Units of a state, padded.
  var width: Int { encoder.layer.width }

  /// Creates a network for so many periods of a matrix, periods x series.
  init(_ design: SequenceFactorDesign, _ x: [[Double]]) {
    (self.design, periods) = (design, x.count)
    let block = parameters
    let cell = design.form.cell
    let enter = RecurrentLayer(
      "encoder", cell, inputs: design.series, hidden: design.hidden, in: block)
    heads = (Head("posterior", design, in: block), Head("prior", design, in: block))
    let leave = RecurrentLayer(
      "decoder", cell, inputs: design.factors, hidden: design.hidden, in: block)
    output = LinearMap(
      LinearTensors("output", inputs: design.hidden, outputs: design.series, in: block), in: block)
    residual =
      design.loss == .gauss
      ? block.add("output.variance", rows: 1, columns: design.series) : nil
    let count = x.count
    func pass(_ layer: RecurrentLayer, carried: Int) -> RecurrentPass<Scalar> {
      RecurrentPass(layer, block, rows: count, inputs: count, carried: carried, projects: false)
    }
    encoder = pass(enter, carried: 0)
    decoder = pass(leave, carried: design.state == .own ? 0 : count)
    probe = pass(leave, carried: count)
    (seriesWidth, factorWidth) = (Padding.padded(design.series), Padding.padded(design.factors))
    rows = Rows(periods: count, series: seriesWidth, factors: factorWidth)
    for (t, values) in x.enumerated() { set(t, values) }
  }

  /// A network of that shape without periods, for its parameters.
  convenience init(blank design: SequenceFactorDesign) { self.init(design, []) }

  deinit { for buffer in rows.all { AlignedMemory.free(buffer) } }

  /// Puts the returns of a period in place.
  func set(_ period: Int, _ values: [Double]) {
    for (i, value) in values.enumerated() { rows.x[period * seriesWidth + i] = Scalar(value) }
  }

  func initialize(_ stream: inout RandomStream) {
    encoder.layer.initialize(parameters, &stream)
    for map in [
      heads.q.mean, heads.q.logVariance, heads.p.mean, heads.p.logVariance,
    ] { parameters.fillGlorot(map.weight, inputs: map.inputs, outputs: map.outputs, &stream) }
    decoder.layer.initialize(parameters, &stream)
    parameters.fillGlorot(
      output.weight, inputs: output.inputs, outputs: output.outputs, &stream)
  }

  /// The steps of a run over the first periods.
  struct Run {
    let periods: Int
    /// Period after period.
    let chain: SequencePlan
    /// All at once, each from a carried state.
    let side: SequencePlan

    init(periods: Int) {
      self.periods = periods
      var (chain, side) = (SequencePlan(carried: 0), SequencePlan(carried: periods))
      for t in 0..<periods {
        chain.add(input: t, from: Int32(t))
        chain.closeStep()
        side.add(input: t, from: Int32(1 + t))
      }
      side.closeStep()
      (self.chain, self.side) = (chain, side)
    }
  }

  // MARK: Forward

  /// The states that the decoder goes on from, period by period; the first is zero.
  var before: Buffer { design.state == .own ? decoder.h : encoder.h }

  /// Runs the encoder and reads both distributions of every period.
  func encode(_ run: Run) {
    let (n, w) = (run.periods, width)
    encoder.forward(run.chain, rows.x, stride: seriesWidth, inputRows: n)
    heads.q.mean.forward(rows: n, encoder.h + w, stride: w, into: rows.q.mean)
    heads.q.logVariance.forward(rows: n, encoder.h + w, stride: w, into: rows.q.logVariance)
    heads.p.mean.forward(rows: n, encoder.h, stride: w, into: rows.p.mean)
    heads.p.logVariance.forward(rows: n, encoder.h, stride: w, into: rows.p.logVariance)
    for place in 0..<(n * factorWidth) {
      rows.q.logVariance[place] = Self.clamped(rows.q.logVariance[place])
      rows.p.logVariance[place] = Self.clamped(rows.p.logVariance[place])
    }
  }

  private static func clamped(_ x: Scalar) -> Scalar {
    let (low, high) = (
      SequenceFactorDesign.logVariances.lowerBound, SequenceFactorDesign.logVariances.upperBound
    )
    // Comparisons that let what is not a number pass.
    return x < Scalar(low) ? Scalar(low) : x > Scalar(high) ? Scalar(high) : x
  }

  /// Runs the decoder on `z` and reads the reconstruction.
  func decode(_ run: Run, z: Buffer) {
    let (n, w) = (run.periods, width)
    switch design.state {
    case .own: decoder.forward(run.chain, z, stride: factorWidth, inputRows: n)
    case .shared:
      (decoder.h + w).update(from: encoder.h, count: n * w)
      decoder.forward(run.side, z, stride: factorWidth, inputRows: n)
    }
    output.forward(rows: n, states(decoder, run), stride: w, into: rows.fit)
  }

  /// The decoder's states of the run, one after the other.
  func states(_ pass: RecurrentPass<Scalar>, _ run: Run) -> Buffer {
    pass.state(design.state == .own ? run.chain : run.side, 0)
  }

  /// KL(q || p) of a period; `place` is that of its first factor.
  func divergence(_ place: Int) -> Double {
    var sum = 0.0
    for j in place..<(place + design.factors) {
      let (lq, lp) = (Double(rows.q.logVariance[j]), Double(rows.p.logVariance[j]))
      let gap = Double(rows.q.mean[j]) - Double(rows.p.mean[j])
      let vp = Elementary.exp(lp)
      sum += 0.5 * (lp - lq + (Elementary.exp(lq) + gap * gap) / vp - 1)
    }
    return sum
  }

  /// The learned log variance of a series; zero stands for squared errors.
  func spread(_ i: Int) -> Double {
    residual.map { Double(Self.clamped(parameters.weights($0)[i])) } ?? 0
  }

  /// How far the fit of a period is from what was seen.
  func reconstruction(_ t: Int) -> Double {
    var sum = 0.0
    for i in 0..<design.series {
      let place = t * seriesWidth + i
      let error = Double(rows.x[place]) - Double(rows.fit[place])
      guard residual != nil else {
        sum += error * error
        continue
      }
      let s = spread(i)
      sum += 0.5 * (s + error * error * Elementary.exp(-s))
    }
    return sum
  }
}
