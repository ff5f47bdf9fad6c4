// The IC and rank IC: month by month, the correlation of a forecast with what followed.
//
// Definition: IC_t is the Pearson, rank IC_t the Spearman correlation over month t's assets; ICIR
// is mean / sd of the series, not annualised; t = ICIR sqrt(T). A constant forecast gives 0 and is
// counted. Missing values: a pair missing either is skipped; months with fewer than ten pairs are
// missing and listed. Degrees of freedom: T - 1 for sd. Reference: Grinold and Kahn, chapter 6.

/// Which correlation an IC uses.
public enum CorrelationKind: String, Sendable, CaseIterable {
  /// Of the values.
  case pearson
  /// Of the average ranks.
  case rank
}

/// A series of ICs with its summary.
public struct InformationCoefficient: Sendable {
  /// The correlation used.
  public let kind: CorrelationKind
  /// One value per month of the index; NaN for months left out.
  public let series: [Double]
  /// Months with too few pairs.
  public let skipped: [Period]
  /// Months in which the forecast or the return was constant.
  public let constant: [Period]
  /// The mean of the series.
  public let mean: Double
  /// The standard deviation of the series, T - 1.
  public let standardDeviation: Double
  /// The number of months counted.
  public let count: Int

  /// The mean over the standard deviation.
  public var ratio: Double { mean / standardDeviation }
  /// The t-statistic of the mean.
  public var tStatistic: Double { ratio * Double(count).squareRoot() }

  /// Correlates a forecast with returns, month by month.
  public init(
    _ forecast: [Double], _ returns: [Double], index: PanelIndex, kind: CorrelationKind = .rank,
    minimum: Int = 10
  ) throws(PanelError) {
    for found in [forecast.count, returns.count] where found != index.count {
      throw .shapeMismatch(expected: index.count, found: found)
    }
    var series: [Double] = []
    var (skipped, constant): ([Period], [Period]) = ([], [])
    for (t, month) in index.months.enumerated() {
      let rows = index.rows(ofMonthAt: t)
      let (f, r) = Correlation.complete(Array(forecast[rows]), Array(returns[rows]))
      guard f.count >= minimum else {
        skipped.append(month)
        series.append(.nan)
        continue
      }
      let value = kind == .rank ? Correlation.spearman(f, r) : Correlation.pearson(f, r)
      if value.isNaN { constant.append(month) }
      series.append(value.isNaN ? 0 : value)
    }
    let moments = Moments(series)
    self.kind = kind
    self.series = series
    self.skipped = skipped
    self.constant = constant
    mean = moments.mean
    standardDeviation = moments.standardDeviation()
    count = moments.count
  }
}
