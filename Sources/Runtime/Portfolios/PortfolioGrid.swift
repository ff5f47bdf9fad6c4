// Sorts on one signal or two: portfolios of each period, their returns, and spreads of high less low.
//
// Definition: break points are quantiles (type 7) of the signal over the reference assets of the period; group =
// 1 + number of break points below the value, so that a value at a break point is in the lower group and equal
// values share one. Independent: both break points from all reference assets. Dependent: those of the second
// signal within each group of the first. A portfolio's return is the mean, or the weighted mean, of its assets.
// Missing values: an asset with all signals sets break points, whatever becomes of it; in a portfolio it needs the return
// and a weight above zero besides. Degrees of freedom: none.
// References: Fama and French (1993); Bali, Engle and Murray (2016), chapter 5.

/// Where one signal is cut.
public struct GroupCuts: Sendable, Equatable {
  /// Shares of the reference assets below each break point, ascending.
  public let shares: [Double]
  public var groups: Int { shares.count + 1 }

  /// Groups of equal size.
  public init(groups: Int) { shares = (1..<groups).map { Double($0) / Double(groups) } }

  /// Cuts at given shares.
  public init(at shares: [Double]) { self.shares = shares }

  func points(_ reference: [Double]) -> [Double] { Quantile.of(reference, shares) }

  static func group(_ value: Double, _ points: [Double]) -> Int {
    points.reduce(0) { $0 + (value > $1 ? 1 : 0) }
  }
}

/// The portfolios of a sort.
public struct PortfolioGrid: Sendable {
  public struct Panel {
    public var signals: [[Double]]
    public var returns: [Double]
    /// Nil for equal weights.
    public var weights: [Double]?
    /// The assets that set break points; nil for all.
    public var reference: [Bool]?
    /// The rows of each period.
    public var rows: [Range<Int>]

    public init(
      signals: [[Double]], returns: [Double], weights: [Double]?, reference: [Bool]?,
      rows: [Range<Int>]
    ) {
      (self.signals, self.returns, self.weights) = (signals, returns, weights)
      (self.reference, self.rows) = (reference, rows)
    }

    func isHeld(_ row: Int) -> Bool {
      returns[row].isFinite && (weights.map { $0[row] > 0 && $0[row].isFinite } ?? true)
    }
  }

  /// Groups of each signal.
  public let groups: [Int]
  /// Portfolios x periods, the groups of the last signal next to each other; NaN where a portfolio is empty.
  public let returns: [[Double]]
  /// Assets of each portfolio in each period.
  public let counts: [[Int]]
  /// Rows that were in some portfolio.
  public let used: Int
  /// Periods that have no reference asset for some break point.
  public let skipped: [Int]

  /// Sorts every period.
  ///
  /// A portfolio with fewer than `least` firms has no return in that period.
  public init(_ panel: Panel, _ cuts: [GroupCuts], isDependent: Bool, least: Int = 1) {
    precondition((1...2).contains(cuts.count) && panel.signals.count == cuts.count)
    groups = cuts.map(\.groups)
    let cells = groups.reduce(1, *)
    var returns = [[Double]](
      repeating: [Double](repeating: .nan, count: panel.rows.count), count: cells)
    var counts = [[Int]](repeating: [Int](repeating: 0, count: panel.rows.count), count: cells)
    var (used, skipped) = (0, [Int]())
    for (period, rows) in panel.rows.enumerated() {
      let sorted = rows.filter { i in panel.signals.allSatisfy { $0[i].isFinite } }
      guard sorted.contains(where: panel.isHeld),
        let places = Self.places(panel, sorted, cuts, isDependent)
      else {
        skipped.append(period)
        continue
      }
      var sums = [(value: Double, weight: Double)](repeating: (0, 0), count: cells)
      for (row, place) in zip(sorted, places) where panel.isHeld(row) {
        used += 1
        let weight = panel.weights?[row] ?? 1
        sums[place].value += weight * panel.returns[row]
        sums[place].weight += weight
        counts[place][period] += 1
      }
      for (place, sum) in sums.enumerated() where sum.weight > 0 && counts[place][period] >= least {
        returns[place][period] = sum.value / sum.weight
      }
    }
    (self.returns, self.counts, self.used, self.skipped) = (returns, counts, used, skipped)
  }

  // The portfolio of each row; nil where a break point has nothing to rest on.
  private static func places(
    _ panel: Panel, _ rows: [Int], _ cuts: [GroupCuts], _ isDependent: Bool
  ) -> [Int]? {
    func points(_ signal: Int, among rows: [Int]) -> [Double]? {
      let reference = rows.filter { panel.reference?[$0] ?? true }
      return reference.isEmpty
        ? nil : cuts[signal].points(reference.map { panel.signals[signal][$0] })
    }
    guard let outer = points(0, among: rows) else { return nil }
    let first = rows.map { GroupCuts.group(panel.signals[0][$0], outer) }
    guard cuts.count == 2 else { return first }
    var inner: [[Double]] = []
    for group in 0..<cuts[0].groups {
      let own = isDependent ? zip(rows, first).filter { $0.1 == group }.map(\.0) : rows
      // A group without assets needs no break points.
      guard let found = own.isEmpty ? [] : points(1, among: own) else { return nil }
      inner.append(found)
    }
    return zip(rows, first).map { row, group in
      group * cuts[1].groups + GroupCuts.group(panel.signals[1][row], inner[group])
    }
  }

  /// One line of the result: the groups it belongs to (nil for the mean over them, the spread as `high`), by period.
  public struct Series: Sendable {
    public enum Part: Sendable, Equatable { case group(Int), spread, mean }
    public let parts: [Part]
    public let returns: [Double]
    public let counts: [Int]?
  }

  /// All portfolios, then the spreads of high less low, and of two signals their means over the other.
  public var series: [Series] {
    let last = groups[groups.count - 1]
    func cell(_ place: Int) -> Series {
      let (row, column) = place.quotientAndRemainder(dividingBy: last)
      let parts: [Series.Part] =
        groups.count == 1 ? [.group(place)] : [.group(row), .group(column)]
      return Series(parts: parts, returns: returns[place], counts: counts[place])
    }
    var all = returns.indices.map(cell)
    guard groups.count == 2 else {
      return all + [Series(parts: [.spread], returns: difference(last - 1, 0), counts: nil)]
    }
    let rows = (0..<groups[0]).map { difference($0 * last + last - 1, $0 * last) }
    let columns = (0..<last).map { difference((groups[0] - 1) * last + $0, $0) }
    all += rows.enumerated().map {
      Series(parts: [.group($0.offset), .spread], returns: $0.element, counts: nil)
    }
    all += columns.enumerated().map {
      Series(parts: [.spread, .group($0.offset)], returns: $0.element, counts: nil)
    }
    all.append(Series(parts: [.mean, .spread], returns: mean(rows), counts: nil))
    all.append(Series(parts: [.spread, .mean], returns: mean(columns), counts: nil))
    return all
  }

  private func difference(_ high: Int, _ low: Int) -> [Double] {
    zip(returns[high], returns[low]).map { $0 - $1 }
  }

  private func mean(_ series: [[Double]]) -> [Double] {
    (series.first ?? []).indices.map { t in
      series.reduce(0) { $0 + $1[t] } / Double(series.count)
    }
  }
}
