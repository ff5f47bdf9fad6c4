// What is attainable in a recurrent world: predictors that know parts of the truth, scored as R2.
//
// Definitions: O_tot true loadings and factors; O_stat static loadings with factors
// by cross-sectional regression; P_mean running mean of true factors; P_filt the Hamilton filter;
// P_full knows regime and factors of the month before; P_ar1 a VAR(1) on the true factors of the
// first 80 %. All R2 have a zero benchmark. Nothing read by a P oracle belongs to the month itself.

import FactorRuntime

extension RecurrentWorld {
  /// The attainable scores on a block of months.
  public struct Oracles: Sendable, Equatable {
    public let total: Double
    public let staticTotal: Double
    public let mean: Double
    public let filter: Double
    public let full: Double
    public let ar1: Double
  }

  /// The customary test block: static12 at 240 months, the last fifth otherwise.
  public var testMonths: Range<Int> {
    months == 240 ? 192..<240 : (months * 4 / 5)..<months
  }

  /// The oracles under their names in the literature of the worlds; with alpha, what is lost without
  /// it too.
  public func limits(on block: Range<Int>) -> WorldLimits {
    let found = oracles(on: block)
    guard !alphas.isEmpty else {
      return WorldLimits(
        total: found.total, predictive: found.filter, of: "Hamilton filter",
        [
          "o_tot": found.total, "o_stat": found.staticTotal, "p_mean": found.mean,
          "p_filt": found.filter, "p_full": found.full, "p_ar1": found.ar1,
        ])
    }
    let filter = hamiltonFilter()
    return WorldLimits(
      total: found.total, predictive: found.filter, of: "Hamilton filter",
      [
        "o_tot": found.total, "p_mean": found.mean, "p_filt": found.filter,
        "p_full": found.full, "p_ar1": found.ar1, "p_alpha": score(block) { alphas[$0] },
        "o_risk": score(block) { systematic($0, factor($0 / firms)) },
        "p_risk": score(block) { systematic($0, filter[$0 / firms]) },
      ])
  }

  // The part of a row's return that factors explain.
  private func systematic(_ row: Int, _ f: [Double]) -> Double {
    (0..<Self.factorCount).reduce(0) { $0 + loadings[row * Self.factorCount + $1] * f[$1] }
  }

  /// Scores every oracle on the given months.
  public func oracles(on block: Range<Int>) -> Oracles {
    let scaled = scaledStaticLoadings()
    return Oracles(
      total: score(block, loadings) { factor($0) },
      staticTotal: score(block, scaled) { regressedFactor($0, on: scaled) },
      mean: score(block, loadings, runningMean()),
      filter: score(block, loadings, hamiltonFilter()),
      full: score(block, loadings, fullInformation()),
      ar1: score(block, loadings, vectorAutoregression()))
  }

  func factor(_ month: Int) -> [Double] {
    Array(factors[(month * Self.factorCount)..<((month + 1) * Self.factorCount)])
  }

  private func score(
    _ block: Range<Int>, _ beta: [Double], _ expected: (Int) -> [Double]
  ) -> Double {
    var (error, total) = (0.0, 0.0)
    for month in block {
      let f = expected(month)
      for i in (month * firms)..<((month + 1) * firms) where present[i] {
        var e = returns[i] - (alphas.isEmpty ? 0 : alphas[i])
        for k in 0..<Self.factorCount { e -= beta[i * Self.factorCount + k] * f[k] }
        error += e * e
        total += returns[i] * returns[i]
      }
    }
    return 1 - error / total
  }

  private func score(_ block: Range<Int>, _ beta: [Double], _ expected: [[Double]]) -> Double {
    score(block, beta) { expected[$0] }
  }

  // Regresses the true loading on the static one, by factor, over the whole sample.
  private func scaledStaticLoadings() -> [Double] {
    var scaled = staticLoadings
    for k in 0..<Self.factorCount {
      var (cross, square) = (0.0, 0.0)
      for at in stride(from: k, to: loadings.count, by: Self.factorCount) {
        cross += loadings[at] * staticLoadings[at]
        square += staticLoadings[at] * staticLoadings[at]
      }
      for at in stride(from: k, to: loadings.count, by: Self.factorCount) {
        scaled[at] *= cross / square
      }
    }
    return scaled
  }

  private func regressedFactor(_ month: Int, on beta: [Double]) -> [Double] {
    let k = Self.factorCount
    var gram = [Double](repeating: 0, count: k * k)
    var cross = [Double](repeating: 0, count: k)
    for i in (month * firms)..<((month + 1) * firms) where present[i] {
      for a in 0..<k {
        cross[a] += beta[i * k + a] * returns[i]
        for b in 0..<k { gram[a * k + b] += beta[i * k + a] * beta[i * k + b] }
      }
    }
    return Self.solved(gram, cross, size: k)
  }

  private func runningMean() -> [[Double]] {
    var sum = [Double](repeating: 0, count: Self.factorCount)
    return (0..<months).map { month in
      let expected = sum.map { month > 0 ? $0 / Double(month) : 0 }
      for (k, f) in factor(month).enumerated() { sum[k] += f }
      return expected
    }
  }

  private func hamiltonFilter() -> [[Double]] {
    var filter = HamiltonFilter(law)
    var last = [Double](repeating: 0, count: Self.factorCount)
    return (0..<months).map { month in
      let expected = filter.expect(after: last)
      filter.update(with: factor(month), after: last)
      last = factor(month)
      return expected
    }
  }

  private func fullInformation() -> [[Double]] {
    (0..<months).map { month in
      guard month > 0 else { return [Double](repeating: 0, count: Self.factorCount) }
      let stress = law.transition[regimes[month - 1]][1]
      let mean = (1 - stress) * law.mean[0] + stress * law.mean[1]
      return zip(law.persistence, factor(month - 1)).map { mean + $0 * $1 }
    }
  }

  private func vectorAutoregression() -> [[Double]] {
    let k = Self.factorCount
    let size = k + 1
    var gram = [Double](repeating: 0, count: size * size)
    var cross = [[Double]](repeating: [Double](repeating: 0, count: size), count: k)
    for month in 1..<(months * 4 / 5) {
      let x = [1] + factor(month - 1)
      for a in 0..<size {
        for b in 0..<size { gram[a * size + b] += x[a] * x[b] }
        for j in 0..<k { cross[j][a] += x[a] * factor(month)[j] }
      }
    }
    let coefficients = cross.map { Self.solved(gram, $0, size: size) }
    return (0..<months).map { month in
      let x = [1] + (month > 0 ? factor(month - 1) : [Double](repeating: 0, count: k))
      return coefficients.map { zip($0, x).reduce(0) { $0 + $1.0 * $1.1 } }
    }
  }

  private static func solved(_ gram: [Double], _ cross: [Double], size: Int) -> [Double] {
    var factor = [Double](repeating: 0, count: size * size)
    var x = cross
    factor.withUnsafeMutableBufferPointer { target in
      x.withUnsafeMutableBufferPointer { solution in
        guard let lower = target.baseAddress, let result = solution.baseAddress else { return }
        gram.withUnsafeBufferPointer { source in
          if let base = source.baseAddress { Small.cholesky(base, size: size, into: lower) }
        }
        Small.solve(factor: lower, size: size, result)
      }
    }
    return x
  }
}

/// The probability of each regime given past factors (Hamilton 1989).
public struct HamiltonFilter: Sendable {
  private let law: RecurrentWorld.FactorLaw
  /// The probability of calm and stress after the last month seen.
  public private(set) var probability: [Double]

  /// Starts from the given probabilities, or the stationary ones.
  public init(_ law: RecurrentWorld.FactorLaw, probability: [Double]? = nil) {
    self.law = law
    let (enter, leave) = (law.transition[0][1], law.transition[1][0])
    let stress = enter / (enter + leave)
    self.probability = probability ?? [1 - stress, stress]
  }

  /// The regime probabilities of the coming month.
  public var predicted: [Double] {
    (0..<2).map { to in (0..<2).reduce(0) { $0 + probability[$1] * law.transition[$1][to] } }
  }

  /// The expected factors of the coming month after those of the last one.
  public func expect(after last: [Double]) -> [Double] {
    let mean = zip(predicted, law.mean).reduce(0) { $0 + $1.0 * $1.1 }
    return zip(law.persistence, last).map { mean + $0 * $1 }
  }

  /// Learns from the factors of the coming month.
  public mutating func update(with factors: [Double], after last: [Double]) {
    var joint = predicted
    for s in 0..<2 {
      for k in factors.indices {
        let z = (factors[k] - law.mean[s] - law.persistence[k] * last[k]) / law.deviation[s]
        joint[s] *= Elementary.exp(-0.5 * z * z) / law.deviation[s]
      }
    }
    let total = joint[0] + joint[1]
    probability = total > 0 ? joint.map { $0 / total } : predicted
  }
}
