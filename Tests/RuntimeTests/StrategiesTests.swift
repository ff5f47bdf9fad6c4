// Risk through a decoder's Jacobian and the weights made of it: by hand, against definitions, and at an optimum.

import TestSupport
import Testing

@testable import FactorRuntime

@Suite struct StrategiesTests {
  private func draws(_ count: Int, seed: UInt64) -> [Double] {
    var stream = RandomStream(seed: seed, purpose: .example)
    return (0..<count).map { _ in stream.normal() }
  }

  private func covariance(_ n: Int, seed: UInt64) -> Matrix {
    let a = Matrix(rows: n, columns: n, storage: draws(n * n, seed: seed))
    return a * a.transposed + 0.05 * Matrix.identity(n)
  }

  private func path(_ count: Int, seed: UInt64) -> LatentPath {
    let x = draws(count * 20, seed: seed)
    func pairs(_ from: Int, _ map: (Double) -> Double = { $0 }) -> [[Double]] {
      (0..<count).map { t in [map(x[20 * t + from]), map(x[20 * t + from + 1])] }
    }
    func matrices(_ from: Int) -> [Matrix] {
      (0..<count).map { t in
        Matrix(rows: 3, columns: 2, storage: Array(x[(20 * t + from)..<(20 * t + from + 6)]))
      }
    }
    return LatentPath(
      assets: ["a", "b", "c"], posteriorMean: pairs(0), posteriorVariance: pairs(2) { $0 * $0 },
      priorMean: pairs(4), priorVariance: pairs(6) { $0 * $0 }, jacobians: matrices(8),
      priorJacobians: matrices(14), residualVariance: [0.1, 0.2, 0.3])
  }

  // Weights of two periods at a half-life of one are 1/3 and 2/3: mean 2, variance (1/3)(4) + (2/3)(1) = 2.
  @Test func theMovingCovarianceByHand() {
    var moving = MovingCovariance(count: 1, halfLife: 1)
    moving.add([0])
    #expect(moving.covariance[0, 0] == 0)
    moving.add([3])
    expectClose(moving.covariance[0, 0], 2, absolute: 1e-12)
  }

  @Test func trackedRiskIsItsDefinition() throws {
    let path = path(40, seed: 4)
    let held = TrackedRisk.held(path, form: .tracked, halfLife: 7)
    #expect(held.count == 40 && held[0] == nil)
    for t in [1, 2, 17, 39] {
      let known = 0..<t
      let weights = known.map { Elementary.pow(0.5, Double(t - 1 - $0) / 7) }
      let total = weights.reduce(0, +)
      func mean(_ part: (Int) -> Double) -> Double {
        known.reduce(0) { $0 + weights[$1] * part($1) } / total
      }
      let risk = try #require(held[t])
      for i in 0..<2 {
        for j in 0..<2 {
          let (mi, mj) = (
            mean { path.posteriorMean[$0][i] }, mean { path.posteriorMean[$0][j] }
          )
          var wanted = mean { (path.posteriorMean[$0][i] - mi) * (path.posteriorMean[$0][j] - mj) }
          if i == j {
            wanted += known.reduce(0) { $0 + path.posteriorVariance[$1][i] } / Double(t)
          }
          expectClose(risk.factors[i, j], wanted, absolute: 1e-12)
        }
      }
      #expect(risk.jacobian == path.jacobians[t - 1])
      var wanted = risk.jacobian * risk.factors * risk.jacobian.transposed
      for i in 0..<3 { wanted[i, i] += path.residualVariance[i] }
      expectClose(risk.covariance.storage, wanted.storage, absolute: 1e-12)
      #expect(risk.covariance == risk.covariance.transposed)
    }
  }

  @Test func predictiveRiskIsThatOfThePrior() throws {
    let path = path(5, seed: 6)
    let held = TrackedRisk.held(path, form: .predictive)
    for t in 0..<5 {
      let risk = try #require(held[t])
      #expect(risk.jacobian == path.priorJacobians[t] && risk.factors[0, 1] == 0)
      #expect((0..<2).map { risk.factors[$0, $0] } == path.priorVariance[t])
    }
    #expect(TrackedRisk.Form.allCases.allSatisfy { !$0.sentence.isEmpty })
  }

  @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
  func sharesOfRiskAddToOne(seed: UInt64) throws {
    let path = path(30, seed: seed)
    for form in TrackedRisk.Form.allCases {
      let risk = try #require(TrackedRisk.held(path, form: form)[29])
      let weights = draws(3, seed: seed + 50)
      let shares = risk.attribution(weights)
      #expect(shares.count == 3)
      expectClose(shares.reduce(0, +), 1, absolute: 1e-12)
      let s = risk.covariance
      let variance = zip(weights, s * weights).reduce(0) { $0 + $1.0 * $1.1 }
      let own = (0..<3).reduce(0) { $0 + weights[$1] * weights[$1] * risk.residual[$1] }
      expectClose(shares[2], own / variance, absolute: 1e-12)
    }
    let risk = try #require(TrackedRisk.held(path)[29])
    #expect(risk.attribution([0, 0, 0]).allSatisfy { $0.isNaN })
  }

  // Variances 1 and 4, uncorrelated: weights 4/5 and 1/5.
  @Test func minimumVarianceByHand() throws {
    let s = Matrix([[1, 0], [0, 4]])
    expectClose(try Strategies.minimumVariance(s), [0.8, 0.2], absolute: 1e-14)
    expectClose(try Strategies.longOnly(s), [0.8, 0.2], absolute: 1e-14)
    expectClose(
      try Strategies.meanVariance(s, means: [0.1, 0.2], aversion: 2), [0.05, 0.025],
      absolute: 1e-15)
    // Correlated 0.9 the free weights are short of the wild one.
    let tied = Matrix([[1, 1.8], [1.8, 4]])
    let free = try Strategies.minimumVariance(tied)
    #expect(free[1] < 0)
    #expect(try Strategies.longOnly(tied) == [1, 0])
    #expect(throws: LinearAlgebraError.self) {
      try Strategies.minimumVariance(Matrix([[1, 2], [2, 1]]))
    }
  }

  @Test(arguments: Array(1...24) as [UInt64])
  func longOnlyWeightsAreOptimal(seed: UInt64) throws {
    let n = 2 + Int(seed % 9)
    let s = covariance(n, seed: seed)
    let means: [Double]? = seed % 2 == 0 ? draws(n, seed: seed + 100) : nil
    let aversion = 0.5 + Double(seed % 3)
    let w = try Strategies.longOnly(s, means: means, aversion: aversion)
    #expect(w.allSatisfy { $0 >= 0 })
    expectClose(w.reduce(0, +), 1, absolute: 1e-12)
    // Karush, Kuhn and Tucker: one slope for all that are held, none lower outside.
    let slope = (s * w).enumerated().map { aversion * $1 - (means?[$0] ?? 0) }
    let held = w.indices.filter { w[$0] > 1e-10 }
    let level = held.map { slope[$0] }.min() ?? .nan
    for i in w.indices {
      #expect(slope[i] > level - 1e-9)
      if held.contains(i) { expectClose(slope[i], level, absolute: 1e-9) }
    }
    // No better than what knows no sign.
    if means == nil {
      func variance(_ w: [Double]) -> Double { zip(w, s * w).reduce(0) { $0 + $1.0 * $1.1 } }
      let free = try Strategies.minimumVariance(s)
      #expect(variance(w) >= variance(free) - 1e-12)
    }
  }

  // Ten periods: the last five have mean 3, the five before mean 1.
  @Test func signalsByHand() throws {
    let path = [1.0, 1, 1, 1, 1, 3, 3, 3, 3, 3].map { [$0, -$0] }
    expectClose(try #require(Strategies.momentum(path, at: 9)), [2, -2], absolute: 1e-15)
    #expect(Strategies.momentum(path, at: 8) == nil && Strategies.momentum(path, at: 10) == nil)
    // Nine zeros and a ten: mean 1, deviation 3, distance 3.
    let jump = [Double](repeating: 0, count: 9).map { [$0, $0] } + [[10, 0]]
    expectClose(
      try #require(Strategies.reversion(jump, at: 9, window: 10)), [-3, 0], absolute: 1e-12)
    #expect(Strategies.reversion(jump, at: 9, window: 10, limit: 3.5) == [0, 0])
    #expect(Strategies.reversion(jump, at: 8, window: 10) == nil)
  }

  @Test func tiltsByHand() {
    let slopes = Matrix([[1, 0], [0, 3]])
    expectClose(
      Strategies.tilted([0.5, 0.5], jacobian: slopes, signal: [1, -1]), [0.55, 0.35],
      absolute: 1e-15)
    #expect(Strategies.tilted([0.5, 0.5], jacobian: slopes, signal: [0, 0]) == [0.5, 0.5])
  }

  // Velocities 2, 2, 8: the past mean is 2 at the last, a quarter of it.
  @Test func timingByHand() {
    #expect(Strategies.timing([.nan, 2, 2, 8, 1]) == [1, 1, 1, 0.25, 1])
    #expect(Strategies.timing([0, 0, 0]) == [1, 1, 1])
  }
}
