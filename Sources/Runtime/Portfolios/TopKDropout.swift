// TopK-dropout: hold the k best names, and let only a few of them go each period.
//
// Definition: each month names without a signal are sold; of the held names outside the month's top
// k, the `drop` with the lowest signals are sold; then the best names not held are bought until k
// are held. Weights are 1 / k, reset every month. Ties go by the order of the assets.
// Missing values: a name without a signal is not bought, and sold if held; so a month without any holds nothing.
// Months before the first signal and after the last are left out; a month with some but fewer than k is refused.
// Degrees of freedom: none.
// Reference: the TopkDropout strategy of Qlib; Duan et al. (2022), section 5.

/// The weights of a TopK-dropout portfolio.
public struct TopKDropout: Sendable, Equatable {
  /// Every row's weight.
  public let weights: [Double]
  /// The positions of the months held, ascending.
  public let months: [Int]
  /// Names bought in each month held.
  public let bought: [Int]
  /// Months held without any signal.
  public var unsigned: Int { months.count - signed }
  private let signed: Int

  /// Holds the best names of each month by a signal known before it.
  public init(_ signal: [Double], index: PanelIndex, k: Int, drop: Int) throws(PanelError) {
    precondition(k > 0 && drop > 0)
    guard signal.count == index.count else {
      throw .shapeMismatch(expected: index.count, found: signal.count)
    }
    var weights = [Double](repeating: 0, count: index.count)
    var held: Set<Int32> = []
    var (bought, short): ([Int], [(Period, Int)]) = ([], [])
    let months = Self.months(signal, index)
    var signed = 0
    for t in months {
      let ranked = Self.ranked(signal, index.rows(ofMonthAt: t))
      guard !ranked.isEmpty else {
        held = []
        bought.append(0)
        continue
      }
      guard ranked.count >= k else {
        short.append((index.months[t], ranked.count))
        continue
      }
      let before = held
      held = Self.next(held, ranked.map { index.assets[$0] }, k, drop)
      for row in ranked where held.contains(index.assets[row]) { weights[row] = 1 / Double(k) }
      signed += 1
      bought.append(held.subtracting(before).count)
    }
    if let smallest = short.map(\.1).min() {
      throw .tooFewAssets(needed: k, months: short.map(\.0), smallest: smallest)
    }
    (self.weights, self.months, self.bought, self.signed) = (weights, months, bought, signed)
  }

  private static func months(_ signal: [Double], _ index: PanelIndex) -> [Int] {
    func isSigned(_ t: Int) -> Bool { index.rows(ofMonthAt: t).contains { !signal[$0].isNaN } }
    let all = index.months.indices
    guard let first = all.first(where: isSigned), let last = all.last(where: isSigned) else {
      return []
    }
    return Array(first...last)
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
