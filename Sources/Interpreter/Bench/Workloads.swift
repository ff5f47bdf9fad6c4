// The workloads of `fq bench`, each of the shape its peer is given in scripts/peers.

import FactorRuntime
import Models

enum Workloads {
  static let all: [Workload] = [
    Workload(
      name: "startup", summary: "fq -c \"1+1\" as a whole process", measure: { _ in try startup() }),
    Workload(
      name: "csv", summary: "a CSV file of 100,000 x 49 numbers to columns",
      measure: { try csv(threads: $0) }),
    Workload(
      name: "rank_normalize", summary: "516,000 x 46 values, months of 3,000 firms",
      measure: { rank(threads: $0) }),
    Workload(
      name: "ca2_epoch", summary: "231,514 x 46, K 5, one month a step",
      measure: { try epoch(.ca2, threads: $0) }),
    Workload(
      name: "nn4_epoch", summary: "231,514 x 46, 32-16-8-4-1, one month a step",
      measure: { try epoch(.nn4, threads: $0) }),
    Workload(
      name: "cvra_epoch", summary: "231,514 x 46, K 5, chunks of 12 months",
      measure: { try epoch(.cvra, threads: $0) }),
    Workload(
      name: "ca2_small", summary: "200 firms x 50, K 5, one month a step",
      measure: { try epoch(.ca2, .small, threads: $0, runs: 50) }),
    Workload(
      name: "cvra_small", summary: "200 firms x 50, K 5, chunks of 12 months",
      measure: { try epoch(.cvra, .small, threads: $0, runs: 50) }),
    Workload(
      name: "lstm_window", summary: "LSTM loadings, H 32, windows of 12 months, 12 months a step",
      measure: { try epoch(.lstmWindow, threads: $0, runs: 5) }),
    Workload(
      name: "lstm_window_month", summary: "the same, one month a step",
      measure: { try epoch(.lstmWindowMonth, threads: $0, runs: 5) }),
    Workload(
      name: "lstm_scan", summary: "LSTM loadings, H 32, along firms' lives, 12 months a step",
      measure: { try epoch(.lstmScan, threads: $0) }),
    Workload(
      name: "alstm_epoch", summary: "tanh 64, two GRU layers of 64, attention over 12 months",
      measure: { try epoch(.alstm, threads: $0, runs: 5) }),
    Workload(
      name: "duan_epoch", summary: "leaky 32, one GRU layer of 32 over 12 months",
      measure: { try epoch(.duan, threads: $0, runs: 5) }),
  ]

  private static func startup() throws -> Measurement {
    guard let path = Subprocess.ownPath else {
      throw Fault(.cannotRead, "the path of this program is not known")
    }
    let seconds = Stopwatch.time(runs: 40, warmUps: 5) {
      _ = Subprocess.run(path, ["-c", "1+1"])
    }
    return Measurement(rows: 1, seconds: seconds)
  }

  /// The file of the CSV workload; the peer reads the same one.
  static let csvPath = "/tmp/fq-bench-csv-\(csvRows)x49.csv"
  private static let csvRows = 100_000

  private static func csv(threads: Int) throws -> Measurement {
    if !FileSystem.exists(csvPath) { try writeCSV() }
    let seconds = try Stopwatch.time(runs: 7) {
      _ = try CSVReader.read(path: csvPath, budget: Budget(threads: threads))
    }
    return Measurement(rows: csvRows, seconds: seconds)
  }

  private static func writeCSV() throws {
    var stream = RandomStream(seed: 1, purpose: .example)
    var bytes: [UInt8] = []
    bytes += Array(("id,month,ret," + (1...46).map { "c\($0)" }.joined(separator: ",") + "\n").utf8)
    for row in 0..<csvRows {
      let fields = [
        "\(10_000 + row % 3000)", "\(2000 + row / 3000 / 12)-\(twoDigits(row / 3000 % 12 + 1))",
      ]
      let numbers = (0..<47).map { _ in NumberFormat.significant(stream.normal(), digits: 6) }
      bytes += Array(((fields + numbers).joined(separator: ",") + "\n").utf8)
    }
    try DurableWrite.replace(csvPath, with: bytes)
  }

  private static func twoDigits(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }

  private static func rank(threads: Int) -> Measurement {
    let (months, firms, columns) = (172, 3000, 46)
    let offsets = (0...months).map { $0 * firms }
    let values = (0..<columns).map { column -> [Double] in
      var stream = RandomStream(seed: 2, purpose: .example, stream: UInt32(column))
      return (0..<(months * firms)).map { _ in stream.normal() }
    }
    let seconds = Stopwatch.time(runs: 5) {
      _ = CrossSection.rankNormalized(columns: values, offsets: offsets, threads: threads)
    }
    return Measurement(rows: months * firms, seconds: seconds)
  }

  private static func epoch(
    _ model: EpochBenchmark.Model, _ shape: EpochBenchmark.Shape = .paper, threads: Int,
    runs: Int = 9
  ) throws -> Measurement {
    let bench = try EpochBenchmark(model, shape, threads: threads)
    var (steps, bytes) = (0, 0)
    let seconds = Stopwatch.time(runs: runs, warmUps: 2) {
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
