// A task as filters over time see it: one series of returns for each asset, beside the factors.
//
// Periods are positions of the task, whatever their length. A return that is not there is missing; factors
// are there in every period that has a return.

import FactorRuntime

struct SeriesSample: Sendable {
  let task: FactorTask
  /// The periods of the task that the series hold.
  let periods: Range<Int>
  /// The assets by name, one series each.
  let assets: [String]
  /// The factors of each period; nil where no return is there yet.
  let factors: [[Double]?]
  /// Returns with the factors as regressors, after a constant if there is one.
  let panel: SeriesPanel
  /// The series of each asset of the task; -1 for the others.
  private let places: [Int]

  /// The most factors that filters take, beside a constant.
  static let mostFactors = 7

  /// Takes some periods and assets of a task; rows that wait have no return.
  init(
    _ task: FactorTask, _ periods: Range<Int>, _ source: FactorSource, assets: [String],
    hasConstant: Bool, waiting: [Bool]? = nil, _ budget: Budget
  ) throws {
    (self.task, self.periods, self.assets) = (task, periods, assets)
    let reader = try FactorReader(source, of: task)
    let numbers = Dictionary(uniqueKeysWithValues: zip(assets, assets.indices))
    let places = task.index.assetNames.map { numbers[$0] ?? -1 }
    let count = source.names.count
    var values = [Double](repeating: .nan, count: periods.count * assets.count)
    var (found, regressors): ([[Double]?], [Double]) = ([], [])
    for (t, period) in periods.enumerated() {
      try budget.check()
      let rows = task.rows(period).filter { waiting?[$0] != true }
      for row in rows {
        let place = places[Int(task.index.assets[row])]
        if place >= 0 { values[t * assets.count + place] = task.returns[row] }
      }
      let own = rows.isEmpty ? nil : reader.values(task, period, rows: rows)
      found.append(own)
      regressors += (hasConstant ? [1] : []) + (own ?? [Double](repeating: .nan, count: count))
    }
    (factors, self.places) = (found, places)
    panel = SeriesPanel(
      values, series: assets.count, regressors: regressors, count: count + (hasConstant ? 1 : 0))
  }

  /// The series of a row's asset; nil for assets without one.
  func series(ofRow row: Int) -> Int? {
    let place = places[Int(task.index.assets[row])]
    return place < 0 ? nil : place
  }

  /// The periods in which a series has a value.
  func seen(_ series: Int) -> [Int] {
    (0..<panel.periods).filter { !panel.value(series, at: $0).isNaN }
  }
}

extension FactorTask {
  /// A number for the period at a position that is the same in every task of such periods.
  func stamp(_ position: Int) -> Int { Int(index.months[position].index) }

  /// The position of the first period whose number is not smaller.
  func position(ofStamp stamp: Int) -> Int {
    index.lowerBound(Period(index: Int32(clamping: stamp)))
  }
}
