// The importance of characteristics: shares of the R2 that is lost without them.
//
// Definition: VI_j = max(0, R2 of all - R2 without j), divided by their sum; rank 1 is the largest,
// ties in the order given. Missing values: a missing drop counts as zero. Degrees of freedom: none.
// Reference: Gu, Kelly and Xiu (2020), section 3.4; (2021), section 3.6.

/// Characteristics by what a model loses without them.
public struct ImportanceRanking: Sendable, Equatable {
  /// What R2 falls by, as measured; below zero where the model does better without.
  public let drops: [Double]
  /// Shares of the sum of the drops above zero; all zero where there are none.
  public let shares: [Double]
  /// Positions, the most important first.
  public let order: [Int]

  /// Ranks what R2 falls by.
  public init(drops: [Double]) {
    let positive = drops.map { $0 > 0 ? $0 : 0 }
    let sum = Summation.compensated(positive)
    self.drops = drops
    let shares = positive.map { sum > 0 ? $0 / sum : 0 }
    self.shares = shares
    order = drops.indices.sorted { (-shares[$0], $0) < (-shares[$1], $1) }
  }

  /// The rank of every position, from 1.
  public var ranks: [Int] {
    var ranks = [Int](repeating: 0, count: order.count)
    for (rank, position) in order.enumerated() { ranks[position] = rank + 1 }
    return ranks
  }
}

extension Statistic {
  /// What a characteristic is worth to a model.
  public static let importance = Statistic(
    "importance", "importance",
    "the R2 that a frozen model loses without a characteristic, as a share of all losses",
    formula: "max(0, R2 − R2 without j) / Σ of the same",
    convention: "the characteristic is set to zero; nothing is fitted anew",
    reference: "Gu, Kelly and Xiu (2020)", style: .percent)
}
