// Do mean returns rise from bucket to bucket? The monotonic relation test.
//
// Definition: d_i the mean return of bucket i + 1 less that of i; J = min d_i. Under the null that not all d_i are
// above zero, p = share of draws whose min (d*_i - d_i) exceeds J. Draws are runs of periods of geometric length, of
// ten periods on average, joined to the length of the sample (the stationary bootstrap); one stream of numbers a
// draw. Missing values: periods that lack any bucket are left out. Fewer than twelve periods give NaN.
// References: Patton and Timmermann (2010), section 2; Politis and Romano (1994).

/// The monotonic relation test.
public struct MonotonicityTest: Sendable, Equatable {
  /// The smallest step between neighbouring buckets.
  public let smallestStep: Double
  /// The p-value of the null that means do not rise throughout; small where they do.
  public let rising: Double
  /// The same for falling means.
  public let falling: Double
  /// Periods used and numbers drawn.
  public let periods: Int
  public let draws: Int
  public let block: Int

  /// Tests buckets x periods.
  public init(_ buckets: [[Double]], draws: Int = 1000, block: Int = 10, seed: UInt64 = 1) {
    let count = buckets.first?.count ?? 0
    let whole = (0..<count).filter { t in buckets.allSatisfy { $0[t].isFinite } }
    (periods, self.draws, self.block) = (whole.count, draws, block)
    let steps = zip(buckets, buckets.dropFirst()).map { low, high in
      whole.map { high[$0] - low[$0] }
    }
    let means = steps.map { Summation.compensated($0) / Double(max(1, whole.count)) }
    smallestStep = means.min() ?? .nan
    guard whole.count >= 12, let smallest = means.min(), let largest = means.max() else {
      (rising, falling) = (.nan, .nan)
      return
    }
    var above = (rising: 0, falling: 0)
    for draw in 0..<draws {
      let counts = Self.counts(draw, whole.count, block, seed)
      var (low, high) = (Double.infinity, -Double.infinity)
      for (step, mean) in zip(steps, means) {
        let moved = Self.mean(step, counts) - mean
        (low, high) = (min(low, moved), max(high, moved))
      }
      above.rising += low > smallest ? 1 : 0
      above.falling += -high > -largest ? 1 : 0
    }
    (rising, falling) = (
      Double(above.rising) / Double(draws), Double(above.falling) / Double(draws)
    )
  }

  // How often each period is in a draw.
  private static func counts(_ draw: Int, _ periods: Int, _ block: Int, _ seed: UInt64) -> [Double]
  {
    var stream = RandomStream(seed: seed, purpose: .bootstrap, stream: UInt32(draw))
    var counts = [Double](repeating: 0, count: periods)
    var place = stream.below(periods)
    for _ in 0..<periods {
      counts[place] += 1
      place =
        stream.uniform() * Double(block) < 1 ? stream.below(periods) : (place + 1) % periods
    }
    return counts
  }

  private static func mean(_ values: [Double], _ counts: [Double]) -> Double {
    values.withUnsafeBufferPointer { values in
      counts.withUnsafeBufferPointer { counts in
        var sum = 0.0
        for t in values.indices { sum += values[t] * counts[t] }
        return sum / Double(values.count)
      }
    }
  }
}

extension Statistic {
  /// The p-value of the monotonic relation test.
  public static let monotonicity = Statistic(
    "monotonic_p", "monotonic, p",
    "the p-value of mean returns that do not rise from bucket to bucket",
    formula: "share of draws with min (d*_i − d_i) > min d_i, d_i the step from bucket i to i + 1",
    convention:
      "stationary bootstrap, 1,000 draws of blocks of ten periods on average; small where means rise throughout",
    reference: "Patton and Timmermann (2010)", style: .drawnProbability)
}
