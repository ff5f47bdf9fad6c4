// Reading CSV files of random numbers, written once and read by the peers too.

import FactorRuntime

/// A file of 49 columns: an id, a month and 47 numbers of six significant digits (seed 1).
struct CSVWorkload: Sendable {
  let rows: Int
  let runs: Int

  static let small = CSVWorkload(rows: 100_000, runs: 7)
  static let large = CSVWorkload(rows: 516_000, runs: 5)

  var path: String { "/tmp/fq-bench-csv-\(rows)x49.csv" }

  func measure(_ settings: BenchSettings) throws -> Measurement {
    try writeOnce()
    let seconds = try settings.time(runs) {
      _ = try CSVReader.read(path: path, budget: Budget(threads: settings.threads))
    }
    return Measurement(rows: rows, seconds: seconds)
  }

  /// Writes the file unless it is there.
  func writeOnce() throws {
    if !FileSystem.exists(path) { try write() }
  }

  private func write() throws {
    var stream = RandomStream(seed: 1, purpose: .example)
    var bytes: [UInt8] = []
    bytes += Array(("id,month,ret," + (1...46).map { "c\($0)" }.joined(separator: ",") + "\n").utf8)
    for row in 0..<rows {
      let fields = [
        "\(10_000 + row % 3000)",
        "\(2000 + row / 3000 / 12)-\(Self.twoDigits(row / 3000 % 12 + 1))",
      ]
      let numbers = (0..<47).map { _ in NumberFormat.significant(stream.normal(), digits: 6) }
      bytes += Array(((fields + numbers).joined(separator: ",") + "\n").utf8)
    }
    try DurableWrite.replace(path, with: bytes)
  }

  private static func twoDigits(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }
}

/// The same table as a Parquet file, which the engine makes of it once.
enum ParquetWorkload {
  private static let path = "/tmp/fq-bench-516000x49.parquet"

  private static func file() throws -> String {
    guard !FileSystem.exists(path) else { return path }
    try CSVWorkload.large.writeOnce()
    try EngineBenchmark.convert(CSVWorkload.large.path, to: path)
    return path
  }

  /// To columns of fq.
  static func read(_ settings: BenchSettings) throws -> Measurement {
    let path = try file()
    let budget = Budget(threads: settings.threads)
    let seconds = try settings.time(7) { _ = try EngineBenchmark.read(path, budget: budget) }
    return Measurement(rows: CSVWorkload.large.rows, seconds: seconds)
  }

  /// What of it is the engine's own time: the same question, of whose answer nothing is kept.
  static func ask(_ settings: BenchSettings) throws -> Measurement {
    let path = try file()
    let budget = Budget(threads: settings.threads)
    var rows = 0
    let seconds = try settings.time(7) { rows = try EngineBenchmark.ask(path, budget: budget) }
    return Measurement(rows: rows, seconds: seconds)
  }
}
