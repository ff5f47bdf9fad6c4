// The returns of a task as a matrix of periods and assets, all of them there in every period.
//
// Definition: x = (r - mean) / sd, mean and sd (divided by n) of each asset over the training periods alone.
// Missing values: refused, with the asset and the period; a series that does not vary is refused too. The order
// of assets is that of the panel's index.

import FactorRuntime

/// The assets a model of series reads, and the scale of each.
struct SeriesScale: Sendable, Equatable {
  let assets: [String]
  let means: [Double]
  let deviations: [Double]

  /// The scale of the training periods; every period from the first of them to the last of validation is
  /// looked through.
  init(_ task: FactorTask, _ split: Split) throws {
    let months = split.train.lowerBound..<split.valid.upperBound
    // No later period is looked at, not even for who is there.
    let codes = Set(task.index.assets[task.rows(months)]).sorted()
    assets = codes.map { task.index.assetNames[Int($0)] }
    guard split.train.count > 1 else { throw ModelError.tooFewMonths(months: 1, needed: 2) }
    _ = try Self.rows(task, assets, months)
    let returns = try Self.rows(task, assets, split.train)
    let moments = assets.indices.map { i in Moments(returns.map { $0[i] }) }
    means = moments.map(\.mean)
    deviations = moments.map { $0.standardDeviation(ddof: 0) }
    // Equal returns can differ from their own mean by rounding.
    for (i, deviation) in deviations.enumerated()
    where !(deviation > 1e-12 * max(abs(means[i]), .leastNormalMagnitude)) {
      throw ModelError.constantSeries(asset: assets[i])
    }
  }

  init(assets: [String], means: [Double], deviations: [Double]) {
    (self.assets, self.means, self.deviations) = (assets, means, deviations)
  }

  /// The returns of some periods, standardised.
  func matrix(_ task: FactorTask, _ months: Range<Int>) throws -> [[Double]] {
    try Self.rows(task, assets, months).map(standardised)
  }

  func standardised(_ returns: [Double]) -> [Double] {
    returns.indices.map { (returns[$0] - means[$0]) / deviations[$0] }
  }

  /// A standardised value as a return.
  func original(_ value: Double, _ asset: Int) -> Double {
    means[asset] + deviations[asset] * value
  }

  private static func rows(
    _ task: FactorTask, _ assets: [String], _ months: Range<Int>
  ) throws -> [[Double]] {
    try months.map { month in
      let rows = task.rows(month)
      let found = rows.map { task.index.assetNames[Int(task.index.assets[$0])] }
      guard found == assets else {
        if let missing = assets.first(where: { !found.contains($0) }) {
          throw ModelError.missingReturn(
            asset: missing, month: task.index.months[month], assets: assets.count)
        }
        throw ModelError.otherAssets(expected: assets, found: found)
      }
      return rows.map { task.returns[$0] }
    }
  }
}
