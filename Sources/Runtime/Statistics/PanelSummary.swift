// What a panel holds, in one table: per column and per month.
//
// Definition: means and standard deviations (n - 1), quartiles by linear interpolation. Missing
// values: counted and skipped.

/// The description of a panel.
public struct PanelSummary: Sendable {
  /// One column's description; figures are NaN for columns without numbers.
  public struct Item: Sendable {
    /// The column's name.
    public let name: String
    /// The kind, as the language names it.
    public let kind: String
    /// The number of rows.
    public let count: Int
    /// The number of missing values.
    public let missing: Int
    /// The number of distinct texts; nil for other kinds.
    public let distinct: Int?
    /// The mean.
    public let mean: Double
    /// The standard deviation, n - 1.
    public let standardDeviation: Double
    /// Minimum, quartiles and maximum.
    public let quartiles: [Double]
  }

  /// One item per column, in the panel's order.
  public let items: [Item]
  /// The first and last month; nil for an empty panel.
  public let months: (first: Period, last: Period)?
  /// The number of months with rows.
  public let monthCount: Int
  /// The number of calendar months between first and last that have no rows.
  public let emptyMonths: Int
  /// The number of distinct assets.
  public let assetCount: Int
  /// The fewest, median and most assets of a month.
  public let assetsPerMonth: (fewest: Int, median: Double, most: Int)
}

extension Panel {
  /// Describes the panel.
  public func summary(budget: Budget = Budget()) throws -> PanelSummary {
    let span = index.months.first.flatMap { first in index.months.last.map { (first, $0) } }
    return PanelSummary(
      items: try named.map {
        try budget.check()
        return Self.item($0.name, $0.column)
      }, months: span, monthCount: monthCount,
      emptyMonths: span.map { $0.1 - $0.0 + 1 - monthCount } ?? 0, assetCount: assetCount,
      assetsPerMonth: assetsPerMonth)
  }

  /// The fewest, median and most assets of a month.
  public var assetsPerMonth: (fewest: Int, median: Double, most: Int) {
    let sizes = index.months.indices.map { index.rows(ofMonthAt: $0).count }
    return (
      sizes.min() ?? 0, sizes.isEmpty ? 0 : Quantile.median(sizes.map(Double.init)),
      sizes.max() ?? 0
    )
  }

  private static func item(_ name: String, _ column: Column) -> PanelSummary.Item {
    let numbers = column.numbers ?? []
    let moments = Moments(numbers)
    var distinct: Int?
    if case .text(let codes, _) = column.values { distinct = Set(codes.filter { $0 >= 0 }).count }
    return PanelSummary.Item(
      name: name, kind: column.kind, count: column.count, missing: column.missingCount,
      distinct: distinct, mean: moments.mean, standardDeviation: moments.standardDeviation(),
      quartiles: Quantile.of(numbers, [0, 0.25, 0.5, 0.75, 1]))
  }
}
