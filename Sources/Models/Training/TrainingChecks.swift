// What training months must hold, whatever the network.

import FactorRuntime

/// What every network asks of the months it is trained on.
enum TrainingChecks {
  /// The fewest firms a training month may have: one firm has no cross-section.
  static let fewestFirms = 2

  static func check(_ task: FactorTask, _ split: Split) throws {
    for month in split.train {
      let firms = task.rows(month).count
      guard firms >= fewestFirms else {
        throw ModelError.thinMonth(
          month: task.index.months[month], firms: firms, needed: fewestFirms)
      }
    }
    let rows = task.rows(split.train)
    let used = task.characteristics[(rows.lowerBound * task.width)..<(rows.upperBound * task.width)]
    guard used.contains(where: { $0 != 0 }) else { throw ModelError.noCharacteristicVaries }
  }
}
