// How much a signal and its buckets change from period to period, and how many firms have one.
//
// Definition: rank autocorrelation = Pearson correlation, over firms with a signal in both periods, of their ranks
// within each period (average ranks over all firms of the period); new names = share of a bucket's firms that were
// not in it the period before. Missing values: firms without a signal are left out; a period whose predecessor on
// the clock has no rows is missing. Reference: as in alphalens, which publishes both.

/// Persistence of a signal.
public enum SignalStability {
  /// Gives the rank autocorrelation at each period of the index.
  public static func rankAutocorrelation(_ signal: [Double], index: PanelIndex) -> [Double] {
    var before: [Int32: Double] = [:]
    var last: Int?
    return zip(index.months.indices, index.places).map { t, place in
      let rows = index.rows(ofMonthAt: t).filter { !signal[$0].isNaN }
      let ranks = Ranking.ranks(rows.map { signal[$0] })
      var now: [Int32: Double] = [:]
      var (x, y): ([Double], [Double]) = ([], [])
      for (row, rank) in zip(rows, ranks) {
        now[index.assets[row]] = rank
        if let old = before[index.assets[row]] {
          x.append(old)
          y.append(rank)
        }
      }
      let isNext = last.map { place - $0 == 1 } ?? false
      (before, last) = (now, place)
      return isNext ? Correlation.pearson(x, y) : .nan
    }
  }

  /// Gives the share of new names of each bucket at each sorted period.
  public static func newNames(_ sort: PortfolioSort, index: PanelIndex) -> [[Double]] {
    var result = [[Double]](repeating: [], count: sort.bucketCount)
    var held = [Set<Int32>](repeating: [], count: sort.bucketCount)
    let places = index.places
    var last: Int?
    for t in sort.sortedMonths {
      var now = [Set<Int32>](repeating: [], count: sort.bucketCount)
      for row in index.rows(ofMonthAt: t) where sort.buckets[row] > 0 {
        now[Int(sort.buckets[row]) - 1].insert(index.assets[row])
      }
      let isNext = last.map { places[t] - $0 == 1 } ?? false
      for k in 0..<sort.bucketCount {
        let fresh = now[k].subtracting(held[k]).count
        result[k].append(
          isNext && !now[k].isEmpty ? Double(fresh) / Double(now[k].count) : .nan)
      }
      (held, last) = (now, places[t])
    }
    return result
  }
}

extension Statistic {
  /// How a signal's order lasts.
  public static let rankAutocorrelation = Statistic(
    "rank_autocorrelation", "rank autocorrelation",
    "the mean correlation of firms' ranks with those of the period before",
    formula: "mean over t of corr(rank_t, rank_(t−1))",
    convention: "ranks over all firms of each period; the correlation over those in both",
    style: .number(3))
  /// How many of a bucket's firms are new.
  public static let newNames = Statistic(
    "new_names", "new names", "the share of a bucket's firms that were not in it a period before",
    formula: "mean over t of #(B_t \\ B_(t−1)) / #B_t",
    convention: "by number of firms, not by weight; the first period does not count",
    style: .percent)
  /// How many firms have a signal.
  public static let coverage = Statistic(
    "coverage", "coverage", "the share of firms that have a signal",
    formula: "mean over t of firms with a signal / firms",
    convention: "firms that have a row in the period", style: .percent)
}
