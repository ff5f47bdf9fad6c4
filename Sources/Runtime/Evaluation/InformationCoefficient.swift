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

extension InformationCoefficient {
  /// The share of periods above zero among those counted.
  public var sharePositive: Double {
    let present = series.filter { !$0.isNaN }
    return present.isEmpty ? .nan : Double(present.count { $0 > 0 }) / Double(present.count)
  }
  /// The skewness of the series.
  public var skewness: Double { Moments(series).skewness }
}

extension Statistic {
  private static let scope =
    "by period over firms with both; periods with fewer than ten are left out, a constant signal counts 0"
  /// Pearson's correlation by period.
  public static let informationCoefficient = Statistic(
    "ic", "IC", "the mean correlation of the signal with the return that followed",
    formula: "mean over t of corr(signal_t, return_t), Pearson", convention: scope,
    reference: "Grinold and Kahn, chapter 6", style: .number(4))
  /// Spearman's correlation by period.
  public static let rankIC = Statistic(
    "rank_ic", "rank IC", "the mean rank correlation of the signal with the return that followed",
    formula: "mean over t of corr(rank signal_t, rank return_t), average ranks", convention: scope,
    reference: "Grinold and Kahn, chapter 6", style: .number(4))
  /// Its standard deviation over time.
  public static let icDeviation = Statistic(
    "ic_sd", "sd of rank IC", "how much the rank IC varies from period to period",
    formula: "sd over t of rank IC_t", convention: "with T − 1", style: .number(4))
  /// Mean over deviation.
  public static let icRatio = Statistic(
    "icir", "ICIR", "the mean rank IC over its standard deviation",
    formula: "mean(rank IC) / sd(rank IC)", convention: "not annualised; sd with T − 1",
    reference: "Grinold and Kahn, chapter 6")
  /// Its t-statistic.
  public static let icT = Statistic(
    "ic_t", "t of rank IC", "the t-statistic of the mean rank IC", formula: "ICIR · √T",
    convention: "periods are taken as independent")
  /// How often it is above zero.
  public static let icPositive = Statistic(
    "ic_positive", "rank IC above zero", "the share of periods with a rank IC above zero",
    formula: "#{rank IC_t > 0} / T", convention: "periods counted as for the mean", style: .percent)
  /// How lopsided it is.
  public static let icSkewness = Statistic(
    "ic_skew", "skewness of rank IC", "how lopsided the rank IC is over time",
    formula: "m₃ / m₂^1.5 of rank IC_t", convention: "moments divided by T")
}
