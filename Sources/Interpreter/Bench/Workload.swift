// One thing `fq bench` measures, and what it found.

import FactorRuntime

/// How to measure.
struct BenchSettings: Sendable {
  var threads = 1
  /// Counted runs; nil for as many as the workload thinks right.
  var runs: Int?

  /// Times a body as often as asked, or `usual` times.
  func time(_ usual: Int, warmUps: Int = 1, _ body: () throws -> Void) rethrows -> [Double] {
    try Stopwatch.time(runs: runs ?? usual, warmUps: warmUps, body)
  }
}

/// A workload: its name, what it does, and a run that prepares and then gives a timed body.
struct Workload: Sendable {
  let name: String
  let summary: String
  /// A thread count of its own; nil for the one asked for.
  var threads: Int?
  /// Why it cannot be measured here, in words; nil where it can.
  var obstacle: (@Sendable () -> String?)?
  /// Prepares the data and gives the measurement.
  let measure: @Sendable (BenchSettings) throws -> Measurement
}

/// What a workload took.
struct Measurement: Sendable {
  var rows: Int
  /// Seconds of each counted run.
  var seconds: [Double]
  /// Useful float operations of one run, where the work is products.
  var flops: Double?
  var bytesPerStep: Double?
  /// The largest resident set of a process of its own, where that is what is measured.
  var residentBytes: Double?
  /// Passes over the data of a run that decides itself when to stop.
  var epochs: Int?
  /// A sum of what was computed, where the peers compute the same.
  var check: Double?

  var median: Double { Quantile.median(seconds) }
  var best: Double { seconds.min() ?? .nan }
  var worst: Double { seconds.max() ?? .nan }
  /// The quartiles of the runs.
  var quartiles: [Double] { Quantile.of(seconds, [0.25, 0.75]) }
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
