// An epoch of the autoencoder of a hundred assets against its judge, small or as published.

import FactorRuntime
import Models

enum JudgedWorkload {
  static func measure(
    _ settings: BenchSettings, width: Int, layers: Int, runs: Int
  ) -> Measurement {
    let bench = JudgedBenchmark(judgeWidth: width, judgeLayers: layers)
    let seconds = settings.time(runs, warmUps: 2) { bench.run() }
    return Measurement(
      rows: JudgedBenchmark.periods * JudgedBenchmark.series, seconds: seconds, flops: bench.flops)
  }
}
