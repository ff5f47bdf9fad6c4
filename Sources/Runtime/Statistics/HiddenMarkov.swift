// A hidden Markov model with Gaussian regimes, fitted by expectation maximisation.
//
// Definition: an unseen regime s_t follows a Markov chain with transition matrix P; given s_t = k the
// observations of a period are independent normals with means mu_k and variances v_k. EM alternates
// the forward-backward pass with weighted moments; every step raises the likelihood, unless a
// variance meets its floor (1e-4 of the series' own, so that no regime collapses on one period).
// Several starts, each from periods drawn at random; the highest likelihood wins, the earlier start
// on a tie. Regimes are numbered by their total variance in units of the series', calmest first.
// Filtered probabilities use periods up to t, and parameters of the periods the model was fitted on.
// Missing values: refused; callers drop periods. Degrees of freedom: none. Goals, in order: the same
// result from the same seed, no underflow (each period is scaled), likelihood that never falls.
// Reference: Baum, Petrie, Soules and Weiss (1970); Hamilton (1989); Rabiner (1989), section V.

/// A fitted Gaussian hidden Markov model.
public struct HiddenMarkov: Sendable {
  /// Regimes x series.
  public private(set) var means: [[Double]]
  /// Regimes x series.
  public private(set) var variances: [[Double]]
  /// From a regime (row) to the next period's (column); rows sum to one.
  public private(set) var transition: [[Double]]
  /// The probabilities of the first period's regime.
  public private(set) var initial: [Double]
  /// The log likelihood before each step of the best start, and after the last.
  public private(set) var logLikelihoods: [Double] = []

  /// The number of regimes.
  public var count: Int { means.count }

  static let floor = 1e-4
  static let tolerance = 1e-9

  /// Fits regimes to periods x series without missing values.
  public init(
    _ series: [[Double]], regimes: Int, starts: Int, seed: UInt64, steps: Int = 500
  ) {
    precondition(regimes >= 1 && series.count > regimes && starts >= 1)
    precondition(series.allSatisfy { $0.allSatisfy(\.isFinite) })
    var best: HiddenMarkov?
    for start in 0..<starts {
      var model = HiddenMarkov(series, regimes, seed: seed, start: UInt32(start))
      model.improve(series, steps)
      let (old, new) = (best?.logLikelihoods.last ?? -.infinity, model.logLikelihoods.last ?? 0)
      if best == nil || new > old { best = model }
    }
    self =
      best?.ordered(by: Self.spread(series)) ?? HiddenMarkov(series, regimes, seed: seed, start: 0)
  }

  // A start: means at periods drawn at random, variances of the whole series, lasting regimes.
  private init(_ series: [[Double]], _ regimes: Int, seed: UInt64, start: UInt32) {
    var stream = RandomStream(seed: seed, purpose: .regimes, stream: start)
    let spread = Self.spread(series)
    means = (0..<regimes).map { _ in series[stream.below(series.count)] }
    // Unequal spreads, so that regimes may differ by volatility alone.
    variances = (0..<regimes).map { k in
      spread.map { $0 * (0.5 + 1.5 * Double(k) / Double(max(1, regimes - 1))) }
    }
    let stay = regimes == 1 ? 1 : 0.9
    transition = (0..<regimes).map { i in
      (0..<regimes).map { $0 == i ? stay : (1 - stay) / Double(regimes - 1) }
    }
    initial = [Double](repeating: 1 / Double(regimes), count: regimes)
  }

  private static func spread(_ series: [[Double]]) -> [Double] {
    (series.first ?? []).indices.map { j in
      let values = series.map { $0[j] }
      let mean = values.reduce(0, +) / Double(values.count)
      let sum = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      return max(sum / Double(values.count), 1e-300)
    }
  }

  private mutating func improve(_ series: [[Double]], _ steps: Int) {
    let least = Self.spread(series).map { $0 * Self.floor }
    for _ in 0..<steps {
      let pass = ForwardPass(self, series)
      if let last = logLikelihoods.last,
        pass.logLikelihood - last < Self.tolerance * abs(last)
      {
        break
      }
      logLikelihoods.append(pass.logLikelihood)
      update(series, pass, least)
    }
    logLikelihoods.append(ForwardPass(self, series).logLikelihood)
  }

  // One EM step from the forward pass at the current parameters.
  private mutating func update(_ series: [[Double]], _ pass: ForwardPass, _ least: [Double]) {
    let (n, width) = (series.count, least.count)
    var moves = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
    var backward = [Double](repeating: 1, count: count)
    var weights = [[Double]](repeating: [], count: n)
    weights[n - 1] = pass.filtered[n - 1]
    for t in stride(from: n - 2, through: 0, by: -1) {
      let ahead = (0..<count).map { pass.densities[t + 1][$0] * backward[$0] / pass.scales[t + 1] }
      var next = [Double](repeating: 0, count: count)
      for i in 0..<count {
        for j in 0..<count {
          let share = transition[i][j] * ahead[j]
          next[i] += share
          moves[i][j] += pass.filtered[t][i] * share
        }
      }
      backward = next
      weights[t] = (0..<count).map { pass.filtered[t][$0] * backward[$0] }
    }
    initial = weights[0]
    for k in 0..<count {
      let leaving = moves[k].reduce(0, +)
      if leaving > 0 { transition[k] = moves[k].map { $0 / leaving } }
      let total = weights.reduce(0) { $0 + $1[k] }
      guard total > 1e-12 else { continue }
      for j in 0..<width {
        let mean = (0..<n).reduce(0.0) { $0 + weights[$1][k] * series[$1][j] } / total
        let sum = (0..<n).reduce(0.0) {
          $0 + weights[$1][k] * (series[$1][j] - mean) * (series[$1][j] - mean)
        }
        (means[k][j], variances[k][j]) = (mean, max(sum / total, least[j]))
      }
    }
  }

  private func ordered(by spread: [Double]) -> HiddenMarkov {
    func size(_ k: Int) -> Double { zip(variances[k], spread).reduce(0) { $0 + $1.0 / $1.1 } }
    let order = (0..<count).sorted { (size($0), $0) < (size($1), $1) }
    var model = self
    model.means = order.map { means[$0] }
    model.variances = order.map { variances[$0] }
    model.initial = order.map { initial[$0] }
    model.transition = order.map { i in order.map { transition[i][$0] } }
    return model
  }

  /// The probabilities of the regimes in each period, given the periods up to it.
  public func filtered(_ series: [[Double]]) -> [[Double]] { ForwardPass(self, series).filtered }

  /// The log likelihood of periods.
  public func logLikelihood(_ series: [[Double]]) -> Double {
    ForwardPass(self, series).logLikelihood
  }

  /// The log density of a period under each regime.
  fileprivate func logDensities(_ values: [Double]) -> [Double] {
    (0..<count).map { k in
      var sum = 0.0
      for (j, x) in values.enumerated() {
        let (error, variance) = (x - means[k][j], variances[k][j])
        sum -= 0.5 * (Elementary.log(2 * Double.pi * variance) + error * error / variance)
      }
      return sum
    }
  }
}

/// The forward pass: filtered probabilities, and what each period adds to the likelihood.
private struct ForwardPass {
  var filtered: [[Double]] = []
  /// Densities in units of the largest of their period.
  var densities: [[Double]] = []
  var scales: [Double] = []
  var logLikelihood = 0.0

  init(_ model: HiddenMarkov, _ series: [[Double]]) {
    for (t, values) in series.enumerated() {
      let logs = model.logDensities(values)
      let highest = logs.max() ?? 0
      let density = logs.map { Elementary.exp($0 - highest) }
      let expected: [Double]
      if let last = filtered.last {
        expected = (0..<model.count).map { j in
          (0..<model.count).reduce(0) { $0 + last[$1] * model.transition[$1][j] }
        }
      } else {
        expected = model.initial
      }
      let joint = zip(expected, density).map { $0 * $1 }
      let scale = max(joint.reduce(0, +), 1e-300)
      filtered.append(joint.map { $0 / scale })
      densities.append(density)
      scales.append(scale)
      logLikelihood += Elementary.log(scale) + highest
      precondition(filtered.count == t + 1)
    }
  }
}
