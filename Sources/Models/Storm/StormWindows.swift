// A task as windows: the last months of many firms at a time, ending with the month whose returns are forecast.
//
// Rows of month t hold characteristics known at the end of t - 1, so that a window may end with the row of t; its
// returns are what is explained. Dates follow the calendar: a month that the task lacks, a firm that was not there
// and everything before the first month are zeros, the middle of ranked characteristics.

import FactorRuntime

/// The firms of one window and their rows at its end.
struct StormWindow: Sendable {
  /// The month that it ends with.
  let month: Int
  /// The panel's number of each firm; -1 for one that the panel does not have.
  let firms: [Int32]
  /// The row of each firm in that month; -1 for one that is not there.
  let rows: [Int]
}

struct StormWindows: Sendable {
  let width: Int
  /// The row of each firm and month, firm by firm; -1 where there is none.
  private let places: [Int32]
  private let offsets: [Int]
  private let assets: [Int32]
  private let monthCount: Int
  private let firmCount: Int
  /// The month at each place of the calendar from the first on; -1 where there is none.
  private let monthAt: [Int]
  private let calendar: [Int]
  private let characteristics: [Float]
  /// Returns in units of their training deviation.
  let returns: [Double]
  /// Rows whose return is not there to learn from.
  let waiting: [Bool]?
  /// The firms of every window, as the panel numbers them; nil for those of the month.
  private let universe: [Int32]?

  /// Looks a task up; `universe` names the firms of every window, nil stands for those of the month.
  init(_ task: FactorTask, scale: Double, universe: [String]?, waiting: [Bool]? = nil) {
    width = task.width
    (offsets, assets) = (task.index.offsets, task.index.assets)
    (monthCount, firmCount) = (task.monthCount, task.index.assetNames.count)
    characteristics = task.characteristics
    returns = task.returns.map { $0 / scale }
    self.waiting = waiting
    self.universe = universe.map { $0.map { task.index.code(ofAsset: $0) ?? -1 } }
    var places = [Int32](repeating: -1, count: firmCount * monthCount)
    for month in 0..<monthCount {
      for row in task.rows(month) {
        places[Int(assets[row]) * monthCount + month] = Int32(row)
      }
    }
    self.places = places
    calendar = task.index.places
    var monthAt = [Int](repeating: -1, count: (calendar.last ?? 0) - (calendar.first ?? 0) + 1)
    for (month, place) in calendar.enumerated() { monthAt[place - (calendar.first ?? 0)] = month }
    self.monthAt = monthAt
  }

  /// The window that ends with a month.
  subscript(month: Int) -> StormWindow {
    let range = offsets[month]..<offsets[month + 1]
    guard let universe else {
      return StormWindow(month: month, firms: Array(assets[range]), rows: Array(range))
    }
    return StormWindow(
      month: month, firms: universe,
      rows: universe.map { $0 < 0 ? -1 : Int(places[Int($0) * monthCount + month]) })
  }

  /// Whether a row has a return to learn from.
  func isKnown(_ row: Int) -> Bool { row >= 0 && waiting?[row] != true }

  /// Calls `body` with the row of a firm at each date of a window of some months, the oldest first; -1 for none.
  func dates(
    of firm: Int32, until month: Int, months: Int, _ body: (_ date: Int, _ row: Int) -> Void
  ) {
    let last = calendar[month] - calendar[0]
    for date in 0..<months {
      let place = last - (months - 1) + date
      let month = place < 0 ? -1 : monthAt[place]
      let isThere = firm >= 0 && month >= 0
      body(date, isThere ? Int(places[Int(firm) * monthCount + month]) : -1)
    }
  }

  /// Writes a window's characteristics, firm by firm and date by date, and whether each was there.
  func fill<Scalar: NetworkScalar>(
    _ window: StormWindow, months: Int, into x: UnsafeMutablePointer<Scalar>,
    present: UnsafeMutablePointer<Bool>
  ) {
    characteristics.withUnsafeBufferPointer { source in
      for (s, firm) in window.firms.enumerated() {
        dates(of: firm, until: window.month, months: months) { date, row in
          let (place, target) = (s * months + date, x + (s * months + date) * width)
          present[place] = row >= 0
          guard row >= 0, let from = source.baseAddress else {
            target.update(repeating: 0, count: width)
            return
          }
          Self.copy(from + row * width, count: width, into: target)
        }
      }
    }
  }

  // From Float to Float nothing is converted.
  @inline(__always)
  private static func copy<Scalar: NetworkScalar>(
    _ from: UnsafePointer<Float>, count: Int, into target: UnsafeMutablePointer<Scalar>
  ) {
    if let target = target as? UnsafeMutablePointer<Float> {
      target.update(from: from, count: count)
    } else {
      for j in 0..<count { target[j] = Scalar(from[j]) }
    }
  }

  // MARK: Who is in it

  /// The firms with the most rows in some months, those first in the index where they have as many; in its order.
  static func mostComplete(_ task: FactorTask, _ months: Range<Int>, count: Int) -> [String] {
    var rows = [Int](repeating: 0, count: task.index.assetNames.count)
    for row in task.rows(months) { rows[Int(task.index.assets[row])] += 1 }
    let order = rows.indices.filter { rows[$0] > 0 }.sorted {
      (rows[$0], $1) > (rows[$1], $0)
    }
    return order.prefix(count).sorted().map { task.index.assetNames[$0] }
  }
}
