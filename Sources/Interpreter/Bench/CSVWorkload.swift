// Reading CSV files of random numbers, written once and read by the peers too.

import FactorRuntime

/// A file of 49 columns: an id, a month and 47 numbers of six significant digits (seed 1).
struct CSVWorkload: Sendable {
  let rows: Int
  let runs: Int

  static let small = CSVWorkload(rows: 100_000, runs: 7)
  static let large = CSVWorkload(rows: 516_000, runs: 5)

  private var path: String { "/tmp/fq-bench-csv-\(rows)x49.csv" }

  func measure(_ settings: BenchSettings) throws -> Measurement {
    if !FileSystem.exists(path) { try write() }
    let seconds = try settings.time(runs) {
      _ = try CSVReader.read(path: path, budget: Budget(threads: settings.threads))
    }
    return Measurement(rows: rows, seconds: seconds)
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
