// Turnover: the trade that turns yesterday's drifted weights into today's.
//
// Definition: w+_i = w_i (1 + r_i) / (1 + sum_j w_j r_j), applied to the whole vector for
// long-short portfolios; turnover_t = sum_i |w_t,i - w+_(t-1),i|, buys plus sells on both legs, and
// the first month trades sum |w|. Full replacement of both legs gives 4.
// Missing values: an asset without a return does not drift. Degrees of freedom: none.
// Reference: Gu, Kelly and Xiu (2020), section 3 (index shifted to the month the trade earns).

/// Trades between consecutive months.
public enum Turnover {
  /// Gives weights after a month's returns.
  public static func drifted(_ weights: [Double], returns: [Double]) -> [Double] {
    precondition(weights.count == returns.count)
    let earned = zip(weights, returns).map { $0 * ($1.isNaN ? 0 : $1) }
    let growth = 1 + Summation.compensated(earned)
    return zip(weights, earned).map { ($0 + $1) / growth }
  }

  /// Gives the turnover of each listed month; `drift: false` compares with undrifted weights.
  public static func series(
    weights: [Double], returns: [Double], index: PanelIndex, months: [Int], drift: Bool = true
  ) -> [Double] {
    var result: [Double] = []
    var held = Holdings()
    for t in months {
      let rows = heldRows(weights, index.rows(ofMonthAt: t))
      let now = Holdings(
        assets: rows.map { index.assets[$0] }, weights: rows.map { weights[$0] })
      let earned = rows.map { returns[$0] }
      result.append(distance(held, now))
      held = now
      if drift { held.weights = drifted(now.weights, returns: earned) }
    }
    return result
  }

  /// Gives the rows with a weight, ascending.
  static func heldRows(_ weights: [Double], _ rows: Range<Int>) -> [Int] {
    [Int](unsafeUninitializedCapacity: rows.count) { held, count in
      // Every row is written and counted or not: a branch would be wrong at every chance member.
      for row in rows {
        held[count] = row
        count += weights[row] != 0 ? 1 : 0
      }
    }
  }

  /// Gives the size of the trade from one list of weights to another of the same assets.
  public static func between(_ old: [Double], _ new: [Double]) -> Double {
    precondition(old.count == new.count)
    return Summation.compensated(zip(old, new).map { abs($1 - $0) })
  }

  private struct Holdings {
    var assets: [Int32] = []
    var weights: [Double] = []
  }

  private static func distance(_ old: Holdings, _ new: Holdings) -> Double {
    var sum = CompensatedSum()
    var (i, j) = (0, 0)
    while i < old.assets.count || j < new.assets.count {
      let left = i < old.assets.count ? old.assets[i] : .max
      let right = j < new.assets.count ? new.assets[j] : .max
      let before = left <= right ? old.weights[i] : 0
      let after = right <= left ? new.weights[j] : 0
      sum.add(abs(after - before))
      i += left <= right ? 1 : 0
      j += right <= left ? 1 : 0
    }
    return sum.value
  }
}

/// What trading costs.
public struct Costs: Sendable, Equatable {
  /// What the rate is charged on.
  public enum Base: String, Sendable, CaseIterable {
    /// Buys plus sells.
    case twoSided
    /// Half of buys plus sells.
    case half
    /// Buys plus sells against weights that do not drift.
    case noDrift
  }

  /// The cost per unit traded; 0.0030 is 30 basis points.
  public var rate = 0.0030
  /// What the rate is charged on.
  public var base = Base.twoSided
  /// Whether the last month pays for closing all positions.
  public var liquidate = false

  /// Creates costs of 30 basis points on buys plus sells.
  public init() {}

  /// Gives the cost of a turnover.
  public func cost(of turnover: Double) -> Double {
    rate * (base == .half ? turnover / 2 : turnover)
  }
}

extension Costs {
  /// The cost of a unit traded at which nothing is left of the mean return; NaN without trades.
  public static func breakEven(gross: [Double], turnover: [Double]) -> Double {
    let traded = Moments(turnover).mean
    return traded > 0 ? Moments(gross).mean / traded : .nan
  }
}

extension Statistic {
  /// What is bought and sold in a period.
  public static let turnover = Statistic(
    "turnover", "turnover", "what is bought plus what is sold in a period",
    formula:
      "mean of Σ |w_t − w⁺_(t−1)|, w⁺ = w (1 + r) / (1 + Σ w r) the weights that returns have moved; w_(t−1) under costs on undrifted weights",
    convention:
      "two-way and on both legs: replacing a long-short portfolio altogether counts 4; the first period buys "
      + "everything, and counts but in the rows of buckets", reference: "Gu, Kelly and Xiu (2020)",
    style: .percent)
  /// The cost that eats the mean return.
  public static let breakEven = Statistic(
    "break_even", "break-even cost", "the cost a unit traded at which the mean net return is zero",
    formula: "mean(gross return) / mean(turnover)",
    convention:
      "a side: charged on what is bought and again on what is sold; negative where the gross mean is",
    reference: "Novy-Marx and Velikov (2016)", style: .basisPoints)
}
