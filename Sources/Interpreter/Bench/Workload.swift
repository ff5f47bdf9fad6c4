// One thing `fq bench` measures, and what it found.

import FactorRuntime

/// A workload: its name, what it does, and a run that prepares and then gives a timed body.
struct Workload: Sendable {
  let name: String
  let summary: String
  /// Prepares the data and gives the measurement.
  let measure: @Sendable (_ threads: Int) throws -> Measurement
}

/// What a workload took.
struct Measurement: Sendable {
  var rows: Int
  /// Seconds of each counted run.
  var seconds: [Double]
  /// Useful float operations of one run, where the work is products.
  var flops: Double?
  var bytesPerStep: Double?

  var median: Double { Quantile.median(seconds) }
  var best: Double { seconds.min() ?? .nan }
}

enum Stopwatch {
  /// Times `runs` calls after one that is not counted.
  static func time(runs: Int, warmUps: Int = 1, _ body: () throws -> Void) rethrows -> [Double] {
    for _ in 0..<warmUps { try body() }
    let clock = ContinuousClock()
    return try (0..<runs).map { _ in
      let start = clock.now
      try body()
      return (clock.now - start).seconds
    }
  }

  /// The measured peak of one core, in float operations a second.
  static func peak() -> Double {
    let kernels = Kernels.chosen
    let best = time(runs: 20) { _ = kernels.probePeak(rounds: 200_000) }.min() ?? 1
    return kernels.probePeak(rounds: 200_000) / best
  }
}
