// Weights of a few assets from the risk and the movement of a recurrent model's factors.
//
// Definition, S a covariance of returns, J the decoder's Jacobian:
//   minimum variance   w = S^-1 1 / (1' S^-1 1)
//   mean and variance  w = S^-1 mu / aversion
//   long only          the w >= 0, sum w = 1, with the least aversion w' S w / 2 - mu' w
//   factor momentum    s_k = mean of the last 5 z_k - mean of the 5 before
//   mean reversion     d_k = (z_k - mean) / sd of the last 60 values; s_k = -d_k where |d_k| > 2, else 0
//   tilt               w = w0 + kappa J s / |J s|_1; w0 where J s vanishes
//   timing             exposure e_t = min(1, mean of v before t / v_t), v the factors' velocity
// Signals of t have seen the factors of t, and serve for t + 1. A tilt need not sum to what w0 does.
// Missing values: none. Degrees of freedom: sd is divided by n. Reference: chapter 233 of "Machine Learning
// for Trading"; Nocedal and Wright (2006), algorithm 16.3, for the active set.

/// Portfolio rules on a path of factors.
public enum Strategies {
  /// The weights, summing to one, with the least variance.
  public static func minimumVariance(
    _ covariance: Matrix
  ) throws(LinearAlgebraError) -> [Double] {
    let solved = try Cholesky(covariance).solve([Double](repeating: 1, count: covariance.rows))
    let total = Summation.compensated(solved)
    return solved.map { $0 / total }
  }

  /// The weights that trade mean for variance, without any constraint.
  public static func meanVariance(
    _ covariance: Matrix, means: [Double], aversion: Double
  ) throws(LinearAlgebraError) -> [Double] {
    precondition(aversion > 0)
    return try Cholesky(covariance).solve(means).map { $0 / aversion }
  }

  /// The weights without short positions; without means those of the least variance.
  public static func longOnly(
    _ covariance: Matrix, means: [Double]? = nil, aversion: Double = 1
  ) throws(LinearAlgebraError) -> [Double] {
    var search = SimplexSearch(
      covariance, means: means ?? [Double](repeating: 0, count: covariance.rows),
      aversion: aversion)
    return try search.run()
  }

  /// What the factors' last periods say of their direction; nil before there are enough.
  public static func momentum(_ path: [[Double]], at t: Int, length: Int = 5) -> [Double]? {
    guard t + 1 >= 2 * length, path.indices.contains(t) else { return nil }
    return path[t].indices.map { k in
      mean(path, (t + 1 - length)...t, k) - mean(path, (t + 1 - 2 * length)...(t - length), k)
    }
  }

  /// Where factors are far from their own mean, the way back; nil before the window is full.
  public static func reversion(
    _ path: [[Double]], at t: Int, window: Int = 60, limit: Double = 2
  ) -> [Double]? {
    guard t + 1 >= window, path.indices.contains(t) else { return nil }
    return path[t].indices.map { k in
      let moments = Moments(path[(t + 1 - window)...t].map { $0[k] })
      let deviation = moments.standardDeviation(ddof: 0)
      guard deviation > 0 else { return 0 }
      let distance = (path[t][k] - moments.mean) / deviation
      return abs(distance) > limit ? -distance : 0
    }
  }

  /// Weights moved along what a signal of the factors means for the assets.
  public static func tilted(
    _ weights: [Double], jacobian: Matrix, signal: [Double], strength: Double = 0.2
  ) -> [Double] {
    let moved = jacobian * signal
    let size = moved.reduce(0) { $0 + abs($1) }
    guard size > 0 else { return weights }
    return zip(weights, moved).map { $0 + strength * $1 / size }
  }

  /// The exposure of each period: less than one where the factors move faster than they used to.
  public static func timing(_ velocity: [Double]) -> [Double] {
    var (sum, count) = (CompensatedSum(), 0.0)
    return velocity.map { v in
      let exposure = count > 0 && v > 0 ? min(1, sum.value / count / v) : 1
      if !v.isNaN {
        sum.add(v)
        count += 1
      }
      return exposure
    }
  }

  private static func mean(_ path: [[Double]], _ span: ClosedRange<Int>, _ k: Int) -> Double {
    Summation.compensated(path[span].map { $0[k] }) / Double(span.count)
  }
}

/// The active-set search for weights on the simplex, exact after finitely many steps.
private struct SimplexSearch {
  private let covariance: Matrix
  private let means: [Double]
  private let aversion: Double
  private var weights: [Double]
  private var free: [Int]

  init(_ covariance: Matrix, means: [Double], aversion: Double) {
    precondition(aversion > 0 && means.count == covariance.rows && covariance.rows > 0)
    (self.covariance, self.means, self.aversion) = (covariance, means, aversion)
    func alone(_ i: Int) -> Double { 0.5 * aversion * covariance[i, i] - means[i] }
    // Begins with everything in the best single asset.
    let best = means.indices.min { alone($0) < alone($1) } ?? 0
    weights = means.indices.map { $0 == best ? 1 : 0 }
    free = [best]
  }

  mutating func run() throws(LinearAlgebraError) -> [Double] {
    // Each round adds or drops one asset and lowers the objective; the limit is never met in practice.
    for _ in 0..<(64 * weights.count) {
      let target = try solved()
      if let step = blocked(target) {
        advance(target, step.size)
        weights[step.asset] = 0
        free.removeAll { $0 == step.asset }
        continue
      }
      for (place, i) in free.enumerated() { weights[i] = target[place] }
      guard let next = entering() else { break }
      free = (free + [next]).sorted()
    }
    return weights
  }

  // The best weights of the free assets, signs aside: aversion S w = mu + lambda 1, sum w = 1.
  private func solved() throws(LinearAlgebraError) -> [Double] {
    var part = Matrix(rows: free.count, columns: free.count)
    for (a, i) in free.enumerated() {
      for (b, j) in free.enumerated() { part[a, b] = covariance[i, j] }
    }
    let factor = try Cholesky(part)
    let ones = factor.solve([Double](repeating: 1, count: free.count))
    let pulled = factor.solve(free.map { means[$0] })
    let lambda =
      (aversion - Summation.compensated(pulled)) / Summation.compensated(ones)
    return zip(pulled, ones).map { ($0 + lambda * $1) / aversion }
  }

  // How far one may go towards the target, and which asset is in the way; nil if none is.
  private func blocked(_ target: [Double]) -> (size: Double, asset: Int)? {
    var found: (size: Double, asset: Int)?
    for (place, i) in free.enumerated() where target[place] < 0 {
      let size = weights[i] / (weights[i] - target[place])
      if size < found?.size ?? .infinity { found = (size, i) }
    }
    return found
  }

  private mutating func advance(_ target: [Double], _ size: Double) {
    for (place, i) in free.enumerated() { weights[i] += size * (target[place] - weights[i]) }
  }

  // The asset outside whose weight would lower the objective most.
  private func entering() -> Int? {
    let slope = (covariance * weights).enumerated().map { aversion * $1 - means[$0] }
    let level = free.reduce(0) { $0 + slope[$1] * weights[$1] }
    let scale = slope.reduce(0) { max($0, abs($1)) }
    return slope.indices.filter { !free.contains($0) && slope[$0] < level - 1e-12 * scale }
      .min { slope[$0] < slope[$1] }
  }
}
