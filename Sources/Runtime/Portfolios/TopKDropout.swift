// TopK-dropout: hold the k best names, and let only a few of them go each period.
//
// Definition: each month names without a signal are sold; of the held names outside the month's top
// k, the `drop` with the lowest signals are sold; then the best names not held are bought until k
// are held. Weights are 1 / k, reset every month. Ties go by the order of the assets.
// Missing values: a name without a signal is not bought, and sold if held. Months without any
// signal are left out; a month with fewer than k signals is refused. Degrees of freedom: none.
// Reference: the TopkDropout strategy of Qlib; Duan et al. (2022), section 5.

/// The weights of a TopK-dropout portfolio.
public struct TopKDropout: Sendable, Equatable {
  /// Every row's weight.
  public let weights: [Double]
  /// The positions of the months held, ascending.
  public let months: [Int]
  /// Names bought in each month held.
  public let bought: [Int]

  /// Holds the best names of each month by a signal known before it.
  public init(_ signal: [Double], index: PanelIndex, k: Int, drop: Int) throws(PanelError) {
    precondition(k > 0 && drop > 0)
    guard signal.count == index.count else {
      throw .shapeMismatch(expected: index.count, found: signal.count)
    }
    var weights = [Double](repeating: 0, count: index.count)
    var held: Set<Int32> = []
    var (months, bought, short): ([Int], [Int], [(Period, Int)]) = ([], [], [])
    for t in index.months.indices {
      let ranked = Self.ranked(signal, index.rows(ofMonthAt: t))
      guard !ranked.isEmpty else { continue }
      guard ranked.count >= k else {
        short.append((index.months[t], ranked.count))
        continue
      }
      let before = held
      held = Self.next(held, ranked.map { index.assets[$0] }, k, drop)
      for row in ranked where held.contains(index.assets[row]) { weights[row] = 1 / Double(k) }
      months.append(t)
      bought.append(held.subtracting(before).count)
    }
    if let smallest = short.map(\.1).min() {
      throw .tooFewAssets(needed: k, months: short.map(\.0), smallest: smallest)
    }
    (self.weights, self.months, self.bought) = (weights, months, bought)
  }

  /// Rows with a signal, the best first.
  private static func ranked(_ signal: [Double], _ rows: Range<Int>) -> [Int] {
    rows.filter { !signal[$0].isNaN }.sorted { (-signal[$0], $0) < (-signal[$1], $1) }
  }

  /// The names held after a month's trades; `ranked` lists all names, the best first.
  private static func next(
    _ held: Set<Int32>, _ ranked: [Int32], _ k: Int, _ drop: Int
  ) -> Set<Int32> {
    var kept = held.intersection(ranked)
    // From the worst upwards, so that the lowest signals go first.
    let leaving = ranked.dropFirst(k).reversed().filter(kept.contains)
    kept.subtract(leaving.prefix(drop))
    for name in ranked where kept.count < k { kept.insert(name) }
    return kept
  }
}
