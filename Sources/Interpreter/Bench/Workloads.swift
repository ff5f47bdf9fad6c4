// The workloads of `fq bench`, each of the shape its peer is given in scripts/peers.d.

import FactorRuntime
import Models

enum Workloads {
  static let all: [Workload] = [
    Workload(
      name: "startup", summary: "fq -c \"1+1\" as a whole process", measure: { try startup($0) }),
    Workload(
      name: "csv", summary: "a CSV file of 100,000 x 49 numbers to columns",
      measure: { try CSVWorkload.small.measure($0) }),
    Workload(
      name: "csv_large", summary: "a CSV file of 516,000 x 49 numbers to columns",
      measure: { try CSVWorkload.large.measure($0) }),
    Workload(
      name: "csv_large_two", summary: "the same on two threads", threads: 2,
      measure: { try CSVWorkload.large.measure($0) }),
    Workload(
      name: "parquet", summary: "the same table from a Parquet file to columns",
      obstacle: { EngineBenchmark.obstacle }, measure: { try ParquetWorkload.read($0) }),
    Workload(
      name: "parquet_engine", summary: "what of it is the engine's own time",
      obstacle: { EngineBenchmark.obstacle }, measure: { try ParquetWorkload.ask($0) }),
    Workload(
      name: "rank_normalize", summary: "516,000 x 46 values, months of 3,000 firms",
      measure: { PortfolioWorkloads.rank($0) }),
    Workload(
      name: "managed_portfolios", summary: "516,000 x 46, months of 3,000 firms, slopes in doubles",
      measure: { try PortfolioWorkloads.managed($0) }),
    Workload(
      name: "ipca_als", summary: "12 rounds of IPCA, K 5, 172 months of 46 characteristics",
      measure: { try PortfolioWorkloads.instrumented($0) }),
    Workload(
      name: "decile_sort", summary: "516,000 rows: deciles, turnover, 30 bps, the decile table",
      measure: { try PortfolioWorkloads.deciles($0) }),
    Workload(
      name: "winsorize", summary: "516,774 x 46 values with heavy tails, 1 % a tail, by month",
      measure: { try PanelWorkloads.winsorize($0) }),
    Workload(
      name: "lag", summary: "516,774 x 46 values of a panel with gaps, a month back",
      measure: { try PanelWorkloads.lag($0) }),
    Workload(
      name: "merge", summary: "ten columns of another panel of 515,000 rows, by firm and month",
      measure: { try PanelWorkloads.merge($0) }),
    Workload(
      name: "fama_macbeth", summary: "720,000 rows, 240 months, five regressors, Newey-West",
      measure: { try PanelWorkloads.famaMacBeth($0) }),
    Workload(
      name: "characteristics", summary: "27 of 2,500 stocks, ten years of daily bars", threads: 2,
      measure: { try PanelWorkloads.characteristics($0) }),
    Workload(
      name: "ca2_epoch", summary: "231,514 x 46, K 5, one month a step",
      measure: { try epoch(.ca2, $0) }),
    Workload(
      name: "nn4_epoch", summary: "231,514 x 46, 32-16-8-4-1, one month a step",
      measure: { try epoch(.nn4, $0) }),
    Workload(
      name: "cvra_epoch", summary: "231,514 x 46, K 5, chunks of 12 months",
      measure: { try epoch(.cvra, $0) }),
    Workload(
      name: "ca2_small", summary: "200 firms x 50, K 5, one month a step",
      measure: { try epoch(.ca2, $0, shape: .small, runs: 50) }),
    Workload(
      name: "cvra_small", summary: "200 firms x 50, K 5, chunks of 12 months",
      measure: { try epoch(.cvra, $0, shape: .small, runs: 50) }),
    Workload(
      name: "lstm_window", summary: "LSTM loadings, H 32, windows of 12 months, 12 months a step",
      measure: { try epoch(.lstmWindow, $0, runs: 5) }),
    Workload(
      name: "lstm_window_month", summary: "the same, one month a step",
      measure: { try epoch(.lstmWindowMonth, $0, runs: 5) }),
    Workload(
      name: "lstm_scan", summary: "LSTM loadings, H 32, along firms' lives, 12 months a step",
      measure: { try epoch(.lstmScan, $0) }),
    Workload(
      name: "alstm_epoch", summary: "tanh 64, two GRU layers of 64, attention over 12 months",
      measure: { try epoch(.alstm, $0, runs: 5) }),
    Workload(
      name: "duan_extractor", summary: "leaky 32, one GRU layer of 32 over 12 months",
      measure: { try epoch(.duan, $0, runs: 5) }),
    Workload(
      name: "duan_epoch",
      summary: "FactorVAE whole: that extractor, 64 portfolios, K 5, one month a step",
      measure: { try epoch(.factorvae, $0, runs: 5) }),
    Workload(
      name: "storm_epoch",
      summary: "STORM at its defaults: 128 windows of 16 months x 50 firms x 50, 8 a step",
      measure: { try epoch(.storm, $0, shape: .windows, runs: 5) }),
    Workload(
      name: "rolling_ols", summary: "1,750 days, 100 stocks, 3 factors: windows of 750 days, daily",
      measure: { FilterWorkloads.rolling(step: 1, $0) }),
    Workload(
      name: "rolling_ols_monthly", summary: "the same, every 21 days",
      measure: { FilterWorkloads.rolling(step: 21, $0) }),
    Workload(
      name: "kalman", summary: "one pass of Kalman's filter over them, with likelihoods",
      measure: { FilterWorkloads.walking($0) }),
    Workload(
      name: "dcc_garch",
      summary: "variances and correlations of them estimated, a pair of weights each",
      measure: { FilterWorkloads.correlations($0) }),
    Workload(
      name: "rvrae233_fit", summary: "199 periods of two series, H 16, K 2: 500 epochs, one member",
      measure: { try SeriesWorkload.measure($0) }),
    Workload(
      name: "factorvae_tc",
      summary:
        "1,225 periods of 100 series, K 10, 32 a step, against a judge of three layers of 64",
      measure: { JudgedWorkload.measure($0, width: 64, layers: 3, runs: 9) }),
    Workload(
      name: "factorvae_tc_literal", summary: "the same, against the published judge: five of 1000",
      measure: { JudgedWorkload.measure($0, width: 1000, layers: 5, runs: 3) }),
    Workload(
      name: "cvra_fit", summary: "a fit of that size: one epoch, one member",
      measure: { try FitWorkload.measure($0) }),
    Workload(
      name: "fit_memory", summary: "the largest resident set of a process with that fit",
      measure: { try FitWorkload.memory($0) }),
  ]

  private static func startup(_ settings: BenchSettings) throws -> Measurement {
    let path = try ownPath()
    let seconds = settings.time(40, warmUps: 5) { _ = Subprocess.run(path, ["-c", "1+1"]) }
    return Measurement(rows: 1, seconds: seconds)
  }

  /// The path of this program.
  static func ownPath() throws -> String {
    guard let path = Subprocess.ownPath else {
      throw Fault(.cannotRead, "the path of this program is not known")
    }
    return path
  }

  private static func epoch(
    _ model: EpochBenchmark.Model, _ settings: BenchSettings,
    shape: EpochBenchmark.Shape = .paper, runs: Int = 9
  ) throws -> Measurement {
    let bench = try EpochBenchmark(model, shape, threads: settings.threads)
    var (steps, bytes) = (0, 0)
    let seconds = settings.time(runs, warmUps: 2) {
      let planned = bench.begin()
      let before = AllocationCounter.bytes
      for step in 0..<planned { bench.run(step: step) }
      if let before, let after = AllocationCounter.bytes {
        (bytes, steps) = (after - before, planned)
      }
    }
    return Measurement(
      rows: bench.shape.rows, seconds: seconds, flops: bench.flops,
      bytesPerStep: steps > 0 ? Double(bytes) / Double(steps) : nil)
  }
}
