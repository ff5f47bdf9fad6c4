// The prior-posterior factor model's network: features of stocks from windows, an encoder that reads a month's
// returns, a decoder, and a predictor that sees features only.
//
// Objective of a month: the mean over stocks of -log p(y | z) with z from the posterior, in closed form, plus
// gamma KL(posterior || prior). The features of all stocks of a month are needed before the gradient of any, so
// parties of stocks leave traces; those of a month that is too large for them run twice, to the same bits.
// Source: Duan, Wang, Zhang and Li (2022).

import FactorRuntime

final class PriorPosteriorNetwork<Scalar: NetworkScalar>: WeightedNetwork {
  typealias Buffer = UnsafeMutablePointer<Scalar>

  let design: PriorPosteriorDesign
  /// What works on stocks, and what works on factors.
  let parameters = ParameterBlock<Scalar>(padded: true)
  let small = ParameterBlock<Double>(padded: false)
  private let body: GatedBody<Scalar>
  private let tensors: FactorDistributionTensors
  private let keyTensors: (key: LinearTensors, query: Int)
  private let portfolios: StockPortfolios<Scalar>
  private let attention: FactorAttention<Scalar>
  private let decoder: ReturnDecoder<Scalar>
  private let linear: [LinearTensors]
  private let data: ConditionalData<Scalar>?
  private let width: Int
  private let features: Buffer
  private let featureSlopes: Buffer
  private let partial: Buffer
  private let pool: BlockPool
  private let tape = Tape()
  private var workers: [GatedWorker<Scalar>] = []
  /// Of the first parties of a month, from the first gradient on.
  private var traces: [GatedTrace<Scalar>] = []
  /// Parties that leave one; all of them in months of the usual size.
  var mostTraces: Int
  private var keeps = false
  private var work: BlockWork = { _, _ in }
  private var rows = 0..<0
  private var panel: UnsafePointer<Scalar>?
  private var returnSlopes: [Double]
  private var meanSlopes: [Double]

  convenience init(blank design: PriorPosteriorDesign) { self.init(design, nil, threads: 1) }

  init(_ design: PriorPosteriorDesign, _ data: ConditionalData<Scalar>?, threads: Int) {
    (self.design, self.data) = (design, data)
    let (h, k) = (design.hidden, design.factors)
    width = Padding.padded(h)
    body = GatedBody(design.body, in: parameters)
    tensors = FactorDistributionTensors(design, in: small)
    let block = parameters
    func tensor(_ name: String, _ inputs: Int, _ outputs: Int, bias: Bool = true)
      -> LinearTensors
    {
      LinearTensors(name, inputs: inputs, outputs: outputs, hasBias: bias, in: block)
    }
    linear = [
      tensor("encoder.portfolios", h, design.portfolios), tensor("decoder.inner", h, h),
      tensor("decoder.alpha", h, 2), tensor("decoder.beta", h, k),
    ]
    keyTensors = (
      tensor("predictor.key", h, k * width, bias: false),
      block.add("predictor.query", rows: k, columns: h, penalised: true)
    )
    let most = data?.mostRows(months: 1) ?? 0
    mostTraces = GatedTrace<Scalar>.count(design.body, rows: most)
    let maps = linear.map { LinearMap<Scalar>($0, in: block) }
    portfolios = StockPortfolios(maps[0], rows: most)
    decoder = ReturnDecoder(
      factors: k, inner: maps[1], alpha: maps[2], loadings: maps[3], rows: most)
    attention = FactorAttention(
      heads: k, LinearMap(keyTensors.key, in: block), query: keyTensors.query, in: block,
      rows: most)
    (features, featureSlopes) = (
      AlignedMemory.zeros(most * width), AlignedMemory.zeros(most * width)
    )
    partial = AlignedMemory.zeros(data == nil ? 0 : WindowParty.mostBlocks * block.count)
    pool = BlockPool(threads: threads)
    returnSlopes = [Double](repeating: 0, count: design.portfolios)
    meanSlopes = [Double](repeating: 0, count: k * h)
    guard let histories = data?.histories else { return }
    workers = (0..<WindowParty.mostBlocks).map { _ in body.worker(histories) }
    work = { [unowned self] phase, block in run(phase: phase, block: block) }
  }

  deinit { for buffer in [features, featureSlopes, partial] { AlignedMemory.free(buffer) } }

  var running: [RunningMoments] {
    get { [] }
    set {}
  }

  func initialize(_ stream: inout RandomStream) {
    body.initialize(&stream)
    for map in linear {
      let shape = parameters.tensors[map.weight]
      parameters.fillGlorot(map.weight, inputs: shape.rows, outputs: shape.columns, &stream)
    }
    let (h, w) = (design.hidden, width)
    let bound = (6 / Double(2 * h)).squareRoot()
    parameters.fill(keyTensors.key.weight) { _, column in
      column % w < h ? bound * (2 * stream.uniform() - 1) : 0
    }
    parameters.fill(keyTensors.query) { _, _ in 0.1 * stream.normal() }
    tensors.initialize(small, &stream)
  }

  // MARK: A month

  // The features of the month's rows, or their gradient sent down, party by party.
  private func run(phase: Int, block: Int) {
    guard let panel else { return }
    let target = partial + block * parameters.count
    if phase == 1 { target.update(repeating: 0, count: parameters.count) }
    let count = (rows.count + WindowParty.targets - 1) / WindowParty.targets
    for party
      in (block * count / WindowParty.mostBlocks)..<((block + 1) * count
      / WindowParty.mostBlocks)
    {
      let start = party * WindowParty.targets
      let part = start..<min(start + WindowParty.targets, rows.count)
      let targets = part.map { Int32(rows.lowerBound + $0) }
      let (worker, trace) = (workers[block], keeps && party < traces.count ? traces[party] : nil)
      if phase == 1, let trace {
        worker.resume(trace)
      } else {
        let found =
          trace.map { worker.forward(targets[...], panel, leaving: $0) }
          ?? worker.forward(targets[...], panel)
        if phase == 0 { (features + start * width).update(from: found, count: part.count * width) }
      }
      if phase == 1 { worker.backward(featureSlopes + start * width, into: target) }
    }
  }

  private func readFeatures(_ month: Range<Int>, _ x: UnsafePointer<Scalar>, keeps: Bool) {
    (rows, panel, self.keeps) = (month, x, keeps)
    pool.run(work, phase: 0, blocks: WindowParty.mostBlocks)
  }

  private func leaves(
    _ values: [Double], of count: Int, _ sinks: UnsafeMutablePointer<Double>?
  ) -> [Variable] {
    values.withUnsafeBufferPointer { values in
      guard let base = values.baseAddress else { return [] }
      return stride(from: 0, to: values.count, by: count).map { start in
        tape.leaf(rows: count, columns: 1, base + start, gradient: sinks.map { $0 + start })
      }
    }
  }

  /// The objective of a month; sets all gradients.
  func gradient(_ month: Int) -> Double {
    guard let data else { preconditionFailure("a network without data is not trained") }
    let rows = data.rows(month..<(month + 1))
    parameters.clearGradients()
    small.clearGradients()
    while traces.count < mostTraces { traces.append(GatedTrace(body)) }
    for worker in workers { worker.prepare() }
    portfolios.prepare()
    attention.prepare()
    decoder.prepare()
    return data.withRows(0..<rows.upperBound) { x, y in
      readFeatures(rows, x, keeps: true)
      let loss = objective(rows.count, y + rows.lowerBound)
      pool.run(work, phase: 1, blocks: WindowParty.mostBlocks)
      panel = nil
      for block in 0..<WindowParty.mostBlocks {
        Scalar.add(
          count: parameters.count, partial + block * parameters.count, to: parameters.gradients)
      }
      return loss
    }
  }

  // The loss given the features; leaves their gradient, and adds that of everything above them.
  private func objective(_ count: Int, _ y: UnsafePointer<Scalar>) -> Double {
    let reads = design.likelihood == .posterior
    decoder.forward(rows: count, features)
    let means = attention.means(rows: count, features)
    let returns =
      reads ? portfolios.returns(rows: count, features, stride: width, y) : []
    for i in returnSlopes.indices { returnSlopes[i] = 0 }
    for i in meanSlopes.indices { meanSlopes[i] = 0 }
    let loss = meanSlopes.withUnsafeMutableBufferPointer { ofMeans in
      returnSlopes.withUnsafeMutableBufferPointer { ofReturns in
        record(count, y, (means, ofMeans.baseAddress), (returns, ofReturns.baseAddress))
      }
    }
    decoder.backward(
      rows: count, features, into: parameters.gradients, featureSlopes: featureSlopes)
    attention.backward(
      rows: count, features, slopes: meanSlopes, into: parameters.gradients,
      featureSlopes: featureSlopes)
    if reads {
      portfolios.backward(
        rows: count, features, stride: width, y, returns: returns, slopes: returnSlopes,
        into: parameters.gradients, featureSlopes: featureSlopes)
    }
    return loss
  }

  // The loss on the tape, and its gradients down to what the stocks gave.
  private func record(
    _ count: Int, _ y: UnsafePointer<Scalar>,
    _ means: (values: [Double], slopes: UnsafeMutablePointer<Double>?),
    _ returns: (values: [Double], slopes: UnsafeMutablePointer<Double>?)
  ) -> Double {
    tape.reset()
    let bound = tensors.bind(small, on: tape)
    let prior = bound.prior(of: leaves(means.values, of: design.hidden, means.slopes))
    let loss: Variable
    if design.likelihood == .posterior {
      let posterior = bound.posterior(
        of: leaves(returns.values, of: returns.values.count, returns.slopes)[0])
      loss = likelihood(posterior, count, y) + posterior.divergence(from: prior) * design.gamma
    } else {
      loss = likelihood(prior, count, y)
    }
    tape.backward(from: loss)
    return loss.scalar
  }

  private func likelihood(
    _ z: FactorDistribution, _ count: Int, _ y: UnsafePointer<Scalar>
  ) -> Variable {
    tape.storage.linearised(z.mean, z.deviation, tape.constant(0)) { values, gradients in
      gradients.2[0] = 0
      return decoder.negativeLikelihood(
        rows: count, y, mean: values.0, deviation: values.1, slopes: (gradients.0, gradients.1))
    }
  }

  // MARK: With frozen weights

  /// A month as frozen weights describe it; the decoder holds its stocks until the next call.
  struct ObservedMonth {
    let posterior: (mean: [Double], deviation: [Double])
    let prior: (mean: [Double], deviation: [Double])
    let decoder: ReturnDecoder<Scalar>
    /// The mean of -log p(y | prior).
    let loss: Double
  }

  /// Describes a month; the posterior reads the rows that have a return.
  func observe(_ month: Int) -> ObservedMonth {
    guard let data else { preconditionFailure("a network without data describes nothing") }
    let rows = data.rows(month..<(month + 1))
    return data.withRows(0..<rows.upperBound) { x, y in
      readFeatures(rows, x, keeps: false)
      panel = nil
      decoder.forward(rows: rows.count, features)
      let means = attention.means(rows: rows.count, features)
      tape.reset()
      let bound = tensors.bind(small, on: tape)
      let prior = bound.prior(of: leaves(means, of: design.hidden, nil)).values
      let returns = knownReturns(month, rows, y + rows.lowerBound)
      let posterior =
        design.likelihood == .posterior
        ? bound.posterior(of: leaves(returns, of: returns.count, nil)[0]).values : prior
      let loss = decoder.negativeLikelihood(
        rows: rows.count, y + rows.lowerBound, mean: prior.mean, deviation: prior.deviation)
      return ObservedMonth(posterior: posterior, prior: prior, decoder: decoder, loss: loss)
    }
  }

  private func knownReturns(
    _ month: Int, _ rows: Range<Int>, _ y: UnsafePointer<Scalar>
  ) -> [Double] {
    guard let known = data?.knownRows(month) else {
      return portfolios.returns(rows: rows.count, features, stride: width, y)
    }
    // As if the rows that wait did not exist.
    var (own, ownReturns): ([Scalar], [Scalar]) = ([], [])
    for row in known {
      let place = row - rows.lowerBound
      own += UnsafeBufferPointer(start: features + place * width, count: width)
      ownReturns.append(y[place])
    }
    return portfolios.returns(rows: known.count, own, stride: width, ownReturns)
  }

  /// The attention's share of each stock and head in the month seen last, for tests.
  func share(_ stock: Int, _ head: Int) -> Double { Double(attention.share(stock, head)) }
  func weight(_ stock: Int, _ portfolio: Int) -> Double {
    Double(portfolios.weight(stock, portfolio))
  }
}
