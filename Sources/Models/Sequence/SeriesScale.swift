// The returns of a task as a matrix of periods and assets, by default all of them there in every period.
//
// Definition: x = (r - mean) / sd, mean and sd (divided by n) of each asset over the training periods alone.
// Missing values: refused, with the asset and the period, or NaN where gaps are admitted; a series that does not
// vary is refused too. The order of assets is that of the panel's index.

import FactorRuntime

/// The assets a model of series reads, and the scale of each.
struct SeriesScale: Sendable, Equatable {
  let assets: [String]
  let means: [Double]
  let deviations: [Double]

  /// The scale of the training periods; every period from the first of them to the last of validation is
  /// looked through.
  init(_ task: FactorTask, _ split: Split, gaps: Bool = false) throws {
    let months = split.train.lowerBound..<split.valid.upperBound
    // No later period is looked at, not even for who is there.
    let codes = Set(task.index.assets[task.rows(months)]).sorted()
    assets = codes.map { task.index.assetNames[Int($0)] }
    guard split.train.count > 1 else { throw ModelError.tooFewMonths(months: 1, needed: 2) }
    _ = try Self.rows(task, assets, months, gaps)
    let returns = try Self.rows(task, assets, split.train, gaps)
    let moments = assets.indices.map { i in Moments(returns.map { $0[i] }) }
    if gaps, let i = moments.firstIndex(where: { $0.count < Self.fewest }) {
      throw ModelError.tooFewReturns(
        asset: assets[i], found: moments[i].count, needed: Self.fewest)
    }
    means = moments.map(\.mean)
    deviations = moments.map { $0.standardDeviation(ddof: 0) }
    // Equal returns can differ from their own mean by rounding.
    for (i, deviation) in deviations.enumerated()
    where !(deviation > 1e-12 * max(abs(means[i]), .leastNormalMagnitude)) {
      throw ModelError.constantSeries(asset: assets[i])
    }
  }

  /// The fewest returns that a scale is taken from where there are gaps.
  static let fewest = 20

  init(assets: [String], means: [Double], deviations: [Double]) {
    (self.assets, self.means, self.deviations) = (assets, means, deviations)
  }

  /// The returns of some periods, standardised.
  func matrix(
    _ task: FactorTask, _ months: Range<Int>, gaps: Bool = false
  ) throws -> [[Double]] {
    try Self.rows(task, assets, months, gaps).map(standardised)
  }

  /// Which asset each row of a period stands for; all rows are of known assets.
  func places(_ task: FactorTask, _ months: Range<Int>) -> [[Int]] {
    let known = Dictionary(uniqueKeysWithValues: assets.enumerated().map { ($1, $0) })
    return months.map { month in
      task.rows(month).compactMap { known[task.index.assetNames[Int(task.index.assets[$0])]] }
    }
  }

  func standardised(_ returns: [Double]) -> [Double] {
    returns.indices.map { (returns[$0] - means[$0]) / deviations[$0] }
  }

  /// A standardised value as a return.
  func original(_ value: Double, _ asset: Int) -> Double {
    means[asset] + deviations[asset] * value
  }

  /// Standardised values of periods and assets as returns of rows: a period's rows are its assets in order.
  func original(_ values: [[Double]]) -> [Double] {
    values.flatMap { row in row.indices.map { original(row[$0], $0) } }
  }

  /// Slopes of standardised values, assets x factors, as slopes of returns.
  func original(slopes: Matrix) -> Matrix {
    var result = slopes
    for i in 0..<slopes.rows {
      for k in 0..<slopes.columns { result[i, k] *= deviations[i] }
    }
    return result
  }

  /// Variances of standardised values as variances of returns.
  func original(variances: [Double]) -> [Double] {
    variances.indices.map { variances[$0] * deviations[$0] * deviations[$0] }
  }

  /// The mean squared error of each asset's fits over some periods of a standardised matrix.
  static func residual(
    _ fits: [[Double]], of matrix: [[Double]], over periods: Range<Int>
  ) -> [Double] {
    (matrix.first ?? []).indices.map { i in
      let errors = periods.map { matrix[$0][i] - fits[$0][i] }.filter { !$0.isNaN }
      return Summation.compensated(errors.map { $0 * $0 }) / Double(max(1, errors.count))
    }
  }

  private static func rows(
    _ task: FactorTask, _ assets: [String], _ months: Range<Int>, _ gaps: Bool
  ) throws -> [[Double]] {
    if gaps { return try sparse(task, assets, months) }
    return try months.map { month in
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

  private static func sparse(
    _ task: FactorTask, _ assets: [String], _ months: Range<Int>
  ) throws -> [[Double]] {
    let known = Dictionary(uniqueKeysWithValues: assets.enumerated().map { ($1, $0) })
    return try months.map { month in
      var returns = [Double](repeating: .nan, count: assets.count)
      for row in task.rows(month) {
        let name = task.index.assetNames[Int(task.index.assets[row])]
        guard let place = known[name] else {
          throw ModelError.otherAssets(expected: assets, found: [name])
        }
        returns[place] = task.returns[row]
      }
      return returns
    }
  }
}

extension SeriesScale {
  /// The assets that a fit of a task would read; one where it has no split.
  static func assetCount(_ task: FactorTask) -> Int {
    guard let split = task.split else { return 1 }
    let months = split.train.lowerBound..<split.valid.upperBound
    return Set(task.index.assets[task.rows(months)]).count
  }

  func encode(into container: inout Container) {
    container.facts.append(.init("assets", .list(assets.map(JSON.text))))
    container.add("scales", means + deviations)
  }

  /// Reads what `encode` wrote for some number of assets.
  init(_ container: Container, count: Int) throws {
    let listed = container.facts.first { $0.name == "assets" }?.value
    let assets = listed?.items.compactMap(\.text) ?? []
    let scales = try container.doubles("scales")
    guard assets.count == count, scales.count == 2 * count,
      scales[count...].allSatisfy({ $0 > 0 })
    else {
      throw ContainerError.malformed(section: "scales", reason: "a scale for each asset is needed")
    }
    self.init(
      assets: assets, means: Array(scales[..<count]), deviations: Array(scales[count...]))
  }
}
