// How a path of factors moves: its memory, speed and acceleration, sudden moves, and how two paths go together.
//
// Definition, for z_1 ... z_T in R^K (the units of the factors, periods the unit of time):
//   autocorrelation   sum_{t <= T - lag} (z_t - mean)(z_{t+lag} - mean) / (T - lag) / variance, variance and mean
//                     of all T values (divided by T); 0 where the variance is below 1e-12
//   velocity          v_t = |z_t - z_{t-1}|, from t = 2
//   acceleration      v_t - v_{t-1}, or |z_t - 2 z_{t-1} + z_{t-2}|, from t = 3
//   shift             v_t > mean + k sd, of all velocities or of those before t only; sd divided by n
// Results have T values; those that do not exist are missing, and false where they are yes or no. Missing
// values in a path make what reads them missing. Degrees of freedom: none is taken off. Mean and deviation of
// the whole sample look ahead: only the online rule could have been followed at the time.
// Reference: chapter 233 of "Machine Learning for Trading".

/// Facts of a trajectory, period by period.
public enum FactorDynamics {
  /// The shortest variance that counts.
  static let leastVariance = 1e-12

  /// The correlation of a series with itself `lag` periods later; missing without such a pair.
  public static func autocorrelation(_ series: [Double], lag: Int) -> Double {
    let count = series.count
    guard lag >= 0, lag < count else { return .nan }
    let moments = Moments(series)
    guard moments.missing == 0 else { return .nan }
    let variance = moments.variance(ddof: 0)
    guard variance >= leastVariance else { return 0 }
    let products = (0..<(count - lag)).map {
      (series[$0] - moments.mean) * (series[$0 + lag] - moments.mean)
    }
    return Summation.compensated(products) / Double(count - lag) / variance
  }

  /// How far the path has gone since the period before.
  public static func velocity(_ path: [[Double]]) -> [Double] {
    path.indices.map { t in
      t < 1 ? .nan : length(zip(path[t], path[t - 1]).map { $0 - $1 })
    }
  }

  /// What acceleration is.
  public enum Acceleration: String, CaseIterable, Sendable {
    case speed, path

    /// The definition, in one sentence.
    public var sentence: String {
      switch self {
      case .speed: "how much faster than the period before: negative where it slows down"
      case .path: "the length of the second difference of the path: a turn counts too"
      }
    }
  }

  /// How the movement itself changes.
  public static func acceleration(
    _ path: [[Double]], of kind: Acceleration = .speed
  ) -> [Double] {
    switch kind {
    case .speed:
      let speed = velocity(path)
      return speed.indices.map { $0 < 1 ? .nan : speed[$0] - speed[$0 - 1] }
    case .path:
      return path.indices.map { t in
        guard t > 1 else { return .nan }
        return length(path[t].indices.map { path[t][$0] - 2 * path[t - 1][$0] + path[t - 2][$0] })
      }
    }
  }

  /// What a velocity is compared with.
  public enum Sample: Sendable, Equatable {
    /// All velocities: looks ahead.
    case whole
    /// The last `window` velocities before the period, once there are `least`.
    case past(window: Int, least: Int)

    /// The usual online rule.
    public static let online = Sample.past(window: 100, least: 20)
  }

  /// Whether a period moves more than `threshold` deviations faster than the mean; 2 is a strong shift, 1.5 a mild
  /// one.
  public static func shifts(
    _ velocity: [Double], threshold: Double = 2, sample: Sample = .whole
  ) -> [Bool] {
    switch sample {
    case .whole:
      let moments = Moments(velocity)
      let limit = moments.mean + threshold * moments.standardDeviation(ddof: 0)
      return velocity.map { $0 > limit }
    case .past(let window, let least):
      return velocity.indices.map { t in
        let past = Moments(velocity[max(0, t - window)..<t])
        guard past.count >= max(1, least) else { return false }
        return velocity[t] > past.mean + threshold * past.standardDeviation(ddof: 0)
      }
    }
  }

  /// The correlation of two series over the last `window` periods; missing before there are so many.
  public static func rollingCorrelation(
    _ x: [Double], _ y: [Double], window: Int = 20
  ) -> [Double] {
    precondition(x.count == y.count && window > 1)
    return x.indices.map { t in
      guard t + 1 >= window else { return .nan }
      let span = (t + 1 - window)...t
      let isWhole = !span.contains { x[$0].isNaN || y[$0].isNaN }
      guard isWhole else { return .nan }
      return Correlation.pearson(Array(x[span]), Array(y[span]))
    }
  }

  /// How a period moves beside all of them.
  public enum Trend: String, CaseIterable, Sendable {
    case high, low, normal
  }

  /// Says of the last period: high beyond twice the mean velocity, low below half of it; nil without one.
  public static func trend(_ velocity: [Double]) -> Trend? {
    let mean = Moments(velocity).mean
    guard let last = velocity.last, !last.isNaN, !mean.isNaN else { return nil }
    return last > 2 * mean ? .high : last < 0.5 * mean ? .low : .normal
  }

  static func length(_ x: [Double]) -> Double {
    x.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }
}
