// Many series beside regressors that all of them face, by period: what filters over time read.

/// Series by period with their regressors, laid out for kernels that take several series at once.
///
/// A value that was not observed is NaN. Regressors are known in every period.
public struct SeriesPanel: Sendable {
  /// The number of periods.
  public let periods: Int
  /// The number of series.
  public let series: Int
  /// The number of regressors, a constant included if there is one.
  public let regressorCount: Int
  /// The regressors, one row of them a period.
  public let regressors: [Double]
  /// The values, one row of `stride` a period; what is beyond the last series is NaN.
  let padded: [Double]
  /// The number of series with those that only fill lanes.
  let stride: Int

  /// Takes the values of `series` series, one row of them a period, and the regressors likewise.
  public init(_ values: [Double], series: Int, regressors: [Double], count: Int) {
    precondition(series > 0 && values.count % series == 0)
    precondition((1...Kernels.mostRegressors).contains(count))
    (self.series, periods, regressorCount) = (series, values.count / series, count)
    precondition(regressors.count == periods * count)
    self.regressors = regressors
    let lanes = Kernels.chosen.lanes
    let stride = (series + lanes - 1) / lanes * lanes
    var padded = [Double](repeating: .nan, count: periods * stride)
    for t in 0..<periods {
      for i in 0..<series { padded[t * stride + i] = values[t * series + i] }
    }
    (self.padded, self.stride) = (padded, stride)
  }

  /// The value of a series in a period.
  public func value(_ series: Int, at period: Int) -> Double { padded[period * stride + series] }

  /// The regressors of a period.
  public func row(_ period: Int) -> ArraySlice<Double> {
    regressors[(period * regressorCount)..<((period + 1) * regressorCount)]
  }

  /// The number of blocks of lanes.
  var blocks: Int { stride / Kernels.chosen.lanes }

  /// The series of a block, without those that only fill it.
  func series(of block: Int) -> Range<Int> {
    let lanes = Kernels.chosen.lanes
    return (block * lanes)..<min(series, (block + 1) * lanes)
  }

  /// Gives a kernel the periods of one block, up to `end`.
  func withLanes<Result>(_ block: Int, upTo end: Int, _ body: (LaneSeries) -> Result) -> Result {
    regressors.withUnsafeBufferPointer { x in
      padded.withUnsafeBufferPointer { y in
        guard let x = x.baseAddress, let y = y.baseAddress else {
          preconditionFailure("there are no periods")
        }
        return body(
          LaneSeries(
            regressorCount: regressorCount, periods: end, regressors: x, stride: stride,
            values: y + block * Kernels.chosen.lanes))
      }
    }
  }

  /// Does the work of all blocks and gives what each of them gave, in their order.
  func map<Result: Sendable>(
    _ budget: Budget, _ body: @escaping @Sendable (Int) -> Result
  ) throws(BudgetError) -> [Result] {
    try budget.check()
    let results = Parallel.map(blocks, threads: budget.threads) { block in
      budget.isCancelled ? nil : body(block)
    }
    try budget.check()
    return results.compactMap { $0 }
  }
}

/// What a filter tells of the likelihood of each lane: minus twice its logarithm, without 2 pi.
enum LaneEvidence {
  static func deviances(_ sums: [Double]) -> [Double] {
    let lanes = sums.count / 3
    return (0..<lanes).map { l in
      sums[l] + Elementary.log(sums[lanes + l]) + sums[2 * lanes + l] * 0.693147180559945309
    }
  }
}
