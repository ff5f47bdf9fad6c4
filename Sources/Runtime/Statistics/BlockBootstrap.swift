// Standard errors of ratios of monthly sums, by drawing blocks of months with replacement.
//
// Definition: months 0..T-1 form a circle; each draw joins ceil(T / block) runs of `block` months,
// each begun at a month drawn uniformly, and cuts them to T months. The statistic is computed from
// each draw's sums, and the standard error is the standard deviation over the draws. Blocks keep the
// dependence between neighbouring months; the circle gives every month the same weight.
// Randomness: counter-based, one stream a draw, so that neither threads nor the number of draws
// changes a draw. Missing values: callers leave months out. Fewer than two blocks of months give
// NaN. Degrees of freedom: draws - 1. Reference: Politis and Romano (1992); Kuensch (1989).

/// Draws of months in blocks.
public struct BlockBootstrap: Sendable {
  /// The months of a block.
  public let block: Int
  /// The number of draws.
  public let draws: Int
  /// The root of the random numbers.
  public let seed: UInt64

  /// Creates a bootstrap; six months and 500 draws are the usual ones.
  public init(block: Int = 6, draws: Int = 500, seed: UInt64 = 1) {
    precondition(block > 0 && draws > 1)
    (self.block, self.draws, self.seed) = (block, draws, seed)
  }

  /// Gives the months of a draw, as positions below `months`.
  public func positions(draw: Int, months: Int) -> [Int] {
    var stream = RandomStream(seed: seed, purpose: .bootstrap, stream: UInt32(draw))
    var result: [Int] = []
    result.reserveCapacity(months + block)
    while result.count < months {
      let start = stream.below(months)
      for step in 0..<block { result.append((start + step) % months) }
    }
    return Array(result.prefix(months))
  }

  /// Gives the standard error of a statistic of months; NaN with fewer than two blocks of them.
  public func standardError(
    months: Int, _ statistic: (_ positions: [Int]) -> Double
  ) -> Double {
    guard months >= 2 * block else { return .nan }
    return Moments((0..<draws).map { statistic(positions(draw: $0, months: months)) })
      .standardDeviation()
  }

  /// Gives the standard error of 1 - sum of errors / sum of totals, from the sums of each month.
  public func standardErrorOfR2(errors: [Double], totals: [Double]) -> Double {
    precondition(errors.count == totals.count)
    return standardError(months: errors.count) { positions in
      var (error, total) = (0.0, 0.0)
      for position in positions {
        error += errors[position]
        total += totals[position]
      }
      return total > 0 ? 1 - error / total : .nan
    }
  }
}
