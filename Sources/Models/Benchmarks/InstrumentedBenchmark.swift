// Rounds of instrumented principal components on random data of a given shape, for `fq bench`.
//
// The cross products are summed before the clock starts: a fit sums them once and goes through hundreds
// of rounds. Useful flops of a round: the two products with the months' triangles, and the factorisation
// of the normal equations.

import FactorRuntime

/// Alternating least squares, ready to run.
public struct InstrumentedBenchmark {
  /// Months of equally many firms.
  public let rows: Int
  private let panel: InstrumentedPanel

  /// Draws a panel and sums its cross products.
  public init(
    months: Int, firms: Int, characteristics count: Int, factors: Int, seed: UInt64, budget: Budget
  ) throws {
    rows = months * firms
    var stream = RandomStream(seed: seed, purpose: .example)
    let z = (0..<(rows * count)).map { _ in Float(2 * stream.uniform() - 1) }
    let r = (0..<rows).map { _ in stream.normal() }
    let moments = try MonthlyMoments(
      characteristics: z, count: count, returns: r, offsets: (0...months).map { $0 * firms },
      months: 0..<months, budget: budget)
    panel = InstrumentedPanel(moments, latent: factors, observed: [])
  }

  /// Runs some rounds from the start.
  public func run(rounds: Int) throws {
    let squares = try AlternatingLeastSquares(panel)
    for _ in 0..<rounds { _ = try squares.round() }
  }

  /// Float operations of a round.
  public var flops: Double {
    let columns = Double(panel.columns)
    let order = Double(panel.moments.width) * columns
    let products = Double(panel.months * panel.moments.pairs) * columns * (columns + 1) / 2
    return 4 * products + order * order * order / 3
  }
}
