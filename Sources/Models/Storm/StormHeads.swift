// The heads over tokens: portfolios of firms, posterior and prior of the factors, alphas, loadings, and the returns
// that follow.
//
// Definition, for tokens u_f = [e_f ; q_f] of one window, f = 1..n, and returns y_s:
//   portfolios  w_f = softmax over s of MLP(u_f), over the firms whose return is known;  rho_f = sum_s w_fs y_s
//   posterior   (m, l) = MLP(rho); in a dynamic universe MLP([u_f ; rho_f]), the same for every factor
//   prior       (m, l)_f = MLP(u_f + attention(u)_f)
//   alpha       (a_s, l_s) = MLP(u of the firm's own token), or the mean over f of MLP(u_f)_s
//   loadings    b_sf = MLP(u_f)_s / sqrt(n)
//   returns     y_s ~ N(a_s + sum_f b_sf m_f, exp(l_s) + sum_f b_sf^2 exp(l_f)), in closed form
//   loss        r mean_s -log p(y_s | posterior) + d mean_f KL(posterior || prior)
// Both means make the sum a bound on the likelihood up to n / S where r = d. Log variances are clamped to [-8, 4],
// where they carry no gradient. The division by sqrt(n) keeps the sum over factors of the size of one.

import FactorRuntime

final class StormHeads<Scalar: NetworkScalar> {
  typealias Buffer = UnsafeMutablePointer<Scalar>

  let design: StormDesign
  let portfolios: (hidden: HiddenLayer<Scalar>, readout: AssetReadout<Scalar>)
  let loadings: (hidden: HiddenLayer<Scalar>, readout: AssetReadout<Scalar>)
  let posterior: PortfolioPosterior<Scalar>
  let prior: TokenPrior<Scalar>
  let alpha: AlphaHead<Scalar>
  private let width: Int
  /// What the windows of the batch say, until the next one.
  private(set) var windows: [StormReturns] = []

  init(_ design: StormDesign, windows: Int, _ builder: LayerBuilder<Scalar>) {
    self.design = design
    let d = design.width
    width = Padding.padded(2 * d)
    let longest = design.factors(assets: design.assets)
    let rows = windows * longest
    func hidden(_ name: String) -> HiddenLayer<Scalar> {
      HiddenLayer("\(name).hidden", inputs: 2 * d, outputs: d, rows: rows, builder)
    }
    func readout(_ name: String) -> AssetReadout<Scalar> {
      AssetReadout(
        name, inputs: d, design, windows: windows, tokens: rows, longest: longest, builder)
    }
    portfolios = (hidden("portfolios"), readout("portfolios"))
    loadings = (hidden("loadings"), readout("loadings"))
    posterior = PortfolioPosterior(design, windows: windows, rows: rows, builder)
    prior = TokenPrior(design, windows: windows, longest: longest, builder)
    alpha = AlphaHead(design, windows: windows, longest: longest, builder)
  }

  func initialize(_ block: ParameterBlock<Scalar>, _ stream: inout RandomStream) {
    for part in [portfolios, loadings] {
      part.hidden.initialize(block, &stream)
      part.readout.initialize(block, &stream)
    }
    posterior.initialize(block, &stream)
    prior.initialize(block, &stream)
    alpha.initialize(block, &stream)
  }

  func prepare() {
    for part in [portfolios, loadings] {
      part.hidden.prepare()
      part.readout.prepare()
    }
    posterior.prepare()
    prior.prepare()
    alpha.prepare()
  }

  /// Describes the windows of a batch; `total` is the number of windows of the whole batch.
  func forward(
    _ tokens: UnsafePointer<Scalar>, _ layout: TokenLayout, _ targets: [StormTargets], total: Int
  ) {
    let sets = layout.tokens
    for part in [portfolios, loadings] {
      part.hidden.forward(rows: sets.rows, tokens, stride: width)
      part.readout.forward(part.hidden.active, sets, tokens, layout)
    }
    var rho: [[Double]] = []
    AssetReadout<Scalar>.places(sets, layout.assets) { window, column, at in
      rho.append(weigh(targets[window], sets.size(window), column, at))
    }
    let posteriors = posterior.forward(rho, tokens, sets)
    let priors = prior.forward(tokens, sets)
    let alphas = alpha.forward(tokens, layout)
    windows = []
    AssetReadout<Scalar>.places(sets, layout.assets) { window, column, at in
      var found = StormReturns(
        posterior: posteriors[window], prior: priors[window], alpha: alphas[window],
        portfolios: rho[window])
      found.explain(
        targets[window], loadings.readout.output + at, column: column,
        slopes: loadings.readout.slopes + at, design, total: total)
      windows.append(found)
    }
  }

  // Turns the logits of a window into weights and gives the portfolios' returns. A firm without a known return has
  // no weight; where nobody has one the weights are equal and the returns zero.
  private func weigh(
    _ target: StormTargets, _ factors: Int, _ column: Int, _ at: Int
  ) -> [Double] {
    let weights = portfolios.readout.output + at
    let count = target.returns.count
    for s in 0..<count where !target.isKnown[s] {
      (weights + s * column).update(repeating: -1e30, count: column)
    }
    Scalar.softmaxColumns(rows: count, width: column, weights)
    var rho = [Double](repeating: 0, count: factors)
    for s in 0..<count where target.isKnown[s] {
      for f in 0..<factors { rho[f] += Double(weights[s * column + f]) * target.returns[s] }
    }
    return rho
  }

  /// Adds the gradients of the parameters and of the tokens.
  func backward(
    _ tokens: UnsafePointer<Scalar>, _ layout: TokenLayout, _ targets: [StormTargets],
    into target: Buffer, tokenSlopes: Buffer
  ) {
    let sets = layout.tokens
    prior.backward(windows, tokens, sets, into: target, tokenSlopes: tokenSlopes)
    let rhoSlopes = posterior.backward(
      windows, tokens, sets, into: target, tokenSlopes: tokenSlopes)
    alpha.backward(windows, tokens, layout, into: target, tokenSlopes: tokenSlopes)
    AssetReadout<Scalar>.places(sets, layout.assets) { window, column, at in
      unweigh(
        targets[window], windows[window].portfolios, rhoSlopes[window], column, at)
    }
    for part in [portfolios, loadings] {
      part.readout.backward(
        part.hidden.active, sets, tokens, layout, into: target, hiddenSlopes: part.hidden.slopes,
        tokenSlopes: tokenSlopes)
      part.hidden.backward(
        rows: sets.rows, tokens, stride: width, into: target, inputs: tokenSlopes, accumulate: true)
    }
  }

  // The softmax's gradient in closed form: w_fs (y_s - rho_f) times the slope of rho_f.
  private func unweigh(
    _ target: StormTargets, _ rho: [Double], _ rhoSlopes: [Double], _ column: Int, _ at: Int
  ) {
    let (weights, slopes) = (portfolios.readout.output + at, portfolios.readout.slopes + at)
    for s in target.returns.indices {
      for f in 0..<column {
        slopes[s * column + f] =
          target.isKnown[s] && f < rho.count
          ? weights[s * column + f] * Scalar(rhoSlopes[f] * (target.returns[s] - rho[f])) : 0
      }
    }
  }
}
