// Searches of many series that share passes over time: a lane whose search is done takes the next series.

/// The values of the series that are in the lanes, a row of lanes a period.
final class LaneColumns {
  let periods: Int
  private let lanes = Kernels.chosen.lanes
  private let start: UnsafeMutablePointer<Double>

  /// Lanes without a series.
  init(periods: Int) {
    self.periods = periods
    start = AlignedMemory.zeros(periods * lanes)
    for place in 0..<(periods * lanes) { start[place] = .nan }
  }

  deinit { AlignedMemory.free(start) }

  /// Puts a series into a lane.
  func enter(_ lane: Int, _ value: (_ period: Int) -> Double) {
    for t in 0..<periods { start[t * lanes + lane] = value(t) }
  }

  /// Gives a kernel the lanes beside the regressors that all of them face.
  func withLanes(_ regressors: [Double], count: Int, _ body: (LaneSeries) -> Void) {
    regressors.withUnsafeBufferPointer { x in
      guard let x = x.baseAddress else { preconditionFailure("there are no periods") }
      body(
        LaneSeries(
          regressorCount: count, periods: periods, regressors: x, stride: lanes, values: start))
    }
  }
}

/// A filter whose likelihood depends on two weights a lane.
protocol LaneFilter: AnyObject {
  /// Puts a series into a lane.
  func enter(_ series: Int, lane: Int)
  /// Minus twice the log likelihood of each lane, without a constant.
  func deviances(_ weights: [Persistence.Pair]) -> [Double]
}

extension LaneFilter {
  /// Ends the searches of some series. What a lane gives depends on its own series alone, so neither the order nor
  /// the company of the series matters.
  func search(_ series: Range<Int>, _ begin: (_ series: Int) -> WeightSearch) -> [WeightSearch] {
    var searches = series.map(begin)
    var waiting = series.indices.makeIterator()
    var inLane = [Int?](repeating: nil, count: Kernels.chosen.lanes)
    var points = [Persistence.Pair](repeating: Persistence.usual, count: inLane.count)
    while true {
      for lane in inLane.indices {
        if let i = inLane[lane], !searches[i - series.lowerBound].isDone { continue }
        inLane[lane] = waiting.next()
        if let i = inLane[lane] { enter(i, lane: lane) }
      }
      guard inLane.contains(where: { $0 != nil }) else { return searches }
      for (lane, i) in inLane.enumerated() {
        if let i { points[lane] = searches[i - series.lowerBound].point }
      }
      let values = deviances(points)
      for (lane, i) in inLane.enumerated() {
        if let i { searches[i - series.lowerBound].take(values[lane]) }
      }
    }
  }
}

extension SeriesPanel {
  /// Ends the searches of all series, each thread those of a share of them.
  func search(
    _ budget: Budget, _ filter: @escaping @Sendable () -> any LaneFilter,
    _ begin: @escaping @Sendable (_ series: Int) -> WeightSearch
  ) throws(BudgetError) -> [WeightSearch] {
    try budget.check()
    let shares = max(1, min(budget.threads, blocks))
    let found = Parallel.map(shares, threads: budget.threads) { share -> [WeightSearch] in
      guard !budget.isCancelled else { return [] }
      let own = (share * series / shares)..<((share + 1) * series / shares)
      return filter().search(own, begin)
    }
    try budget.check()
    return found.flatMap { $0 }
  }
}
