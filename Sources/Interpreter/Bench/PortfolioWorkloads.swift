// Panels of 172 months of 3,000 firms: rank-normalising, managed portfolios, IPCA, a decile sort.

import FactorRuntime
import Models

enum PortfolioWorkloads {
  private static let (months, firms, columns) = (172, 3000, 46)
  private static var offsets: [Int] { (0...months).map { $0 * firms } }

  static func rank(_ settings: BenchSettings) -> Measurement {
    let values = (0..<columns).map { column -> [Double] in
      var stream = RandomStream(seed: 2, purpose: .example, stream: UInt32(column))
      return (0..<(months * firms)).map { _ in stream.normal() }
    }
    let offsets = offsets
    let seconds = settings.time(5) {
      _ = CrossSection.rankNormalized(columns: values, offsets: offsets, threads: settings.threads)
    }
    return Measurement(rows: months * firms, seconds: seconds)
  }

  /// Gram matrices, factorisations and slopes; half of a Gram matrix counts, being symmetric.
  static func managed(_ settings: BenchSettings) throws -> Measurement {
    var stream = RandomStream(seed: 4, purpose: .example)
    let rows = months * firms
    let z = (0..<(rows * columns)).map { _ in Float(2 * stream.uniform() - 1) }
    let r = (0..<rows).map { _ in stream.normal() }
    let offsets = offsets
    let seconds = try settings.time(9) {
      _ = try ManagedPortfolios(
        characteristics: z, count: columns, offsets: offsets, threads: settings.threads
      ).returns(r)
    }
    let width = Double(columns + 1)
    return Measurement(
      rows: rows, seconds: seconds, flops: Double(rows) * (width * (width + 1) + 2 * width))
  }

  /// The cross products are there already, as they are for the peers.
  static func instrumented(_ settings: BenchSettings) throws -> Measurement {
    let bench = try InstrumentedBenchmark(
      months: months, firms: firms, characteristics: columns, factors: 5, seed: 6,
      budget: Budget(threads: settings.threads))
    let rounds = 12
    let seconds = try settings.time(9) { try bench.run(rounds: rounds) }
    return Measurement(
      rows: bench.rows, seconds: seconds, flops: bench.flops * Double(rounds))
  }

  static func deciles(_ settings: BenchSettings) throws -> Measurement {
    var stream = RandomStream(seed: 5, purpose: .example)
    let forecast = (0..<(months * firms)).map { _ in stream.normal() }
    let returns = forecast.map { 0.1 * stream.normal() + 0.01 * $0 }
    let index = try index()
    let seconds = try settings.time(9) {
      _ = try Backtest(forecast: forecast, returns: returns, index: index)
    }
    return Measurement(rows: months * firms, seconds: seconds)
  }

  private static func index() throws -> PanelIndex {
    guard let first = Period(year: 2000, month: 1) else {
      throw Fault(.cannotRead, "the calendar begins later")
    }
    let rows = 0..<(months * firms)
    return try PanelIndex.sorting(
      months: rows.map { first + $0 / firms }, assets: rows.map { Int32($0 % firms) },
      names: (0..<firms).map { String(10_000 + $0) }
    ).index
  }
}
