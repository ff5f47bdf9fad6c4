// Every firm's life as one stretch of periods, and statistics of windows along it.
//
// Definition: the window of w periods of a row at period t holds the firm's values at t-w+1..t; periods in which
// the firm has no row are missing, so a window never reaches over a gap without knowing, nor into another firm.
// Missing values: a window with fewer than `minimum` values gives a missing result. Two-column statistics use the
// periods in which both values are present.

/// The rows of each firm in the order of time.
public struct Timelines: Sendable {
  /// How periods follow each other.
  public let clock: Clock
  /// Firm after firm, the rows in time order.
  private let rows: [Int]
  /// The place of each of these rows on the clock.
  private let places: [Int]
  /// Where each firm's rows begin; one more than firms.
  private let starts: [Int]

  /// The lives of the firms of a panel.
  public init(_ index: PanelIndex) {
    clock = index.clock
    var counts = [Int](repeating: 0, count: index.assetNames.count + 1)
    for asset in index.assets { counts[Int(asset) + 1] += 1 }
    for firm in 1..<max(1, counts.count) { counts[firm] += counts[firm - 1] }
    starts = counts
    var next = counts
    var rows = [Int](repeating: 0, count: index.count)
    for (row, asset) in index.assets.enumerated() {
      rows[next[Int(asset)]] = row
      next[Int(asset)] += 1
    }
    let rowPlaces = index.spread(index.places)
    (self.rows, places) = (rows, rows.map { rowPlaces[$0] })
  }

  /// One series in the order of its rows, such as a table with a row a month.
  public init(series: [Period]) {
    rows = Array(series.indices)
    clock = Clock(series.sorted())
    places = series.map { [clock] in clock.place($0) }
    starts = [0, series.count]
  }

  /// The rows of a firm in the order of time.
  public func rows(of firm: Int) -> ArraySlice<Int> { rows[starts[firm]..<starts[firm + 1]] }

  /// Computes a statistic of the window that ends at each row.
  ///
  /// `statistic` gets the values of the window in time order, missing ones included.
  public func rolling(
    _ values: [Double], window: Int, minimum: Int,
    _ statistic: (UnsafeBufferPointer<Double>) throws -> Double
  ) rethrows -> [Double] {
    var result = [Double](repeating: .nan, count: values.count)
    for firm in 0..<(starts.count - 1) where starts[firm] < starts[firm + 1] {
      let life = dense(firm, values, lead: window - 1)
      // Running counts of values tell at once which windows are full enough.
      var present = [0]
      present.reserveCapacity(life.count + 1)
      for value in life { present.append((present.last ?? 0) + (value.isNaN ? 0 : 1)) }
      let first = places[starts[firm]]
      try life.withUnsafeBufferPointer { life in
        for place in starts[firm]..<starts[firm + 1] {
          let end = window - 1 + (places[place] - first)
          guard present[end + 1] - present[end + 1 - window] >= minimum else { continue }
          result[rows[place]] = try statistic(
            UnsafeBufferPointer(rebasing: life[(end + 1 - window)...end]))
        }
      }
    }
    return result
  }

  /// Computes a statistic of two columns over the window that ends at each row.
  public func rolling(
    _ a: [Double], _ b: [Double], window: Int, minimum: Int,
    _ statistic: (UnsafeBufferPointer<Double>, UnsafeBufferPointer<Double>) throws -> Double
  ) rethrows -> [Double] {
    // A period counts if both values are there.
    let x = zip(a, b).map { $1.isNaN ? .nan : $0 }
    let y = zip(a, b).map { $0.isNaN ? .nan : $1 }
    var result = [Double](repeating: .nan, count: a.count)
    for firm in 0..<(starts.count - 1) where starts[firm] < starts[firm + 1] {
      let (left, right) = (
        dense(firm, x, lead: window - 1), dense(firm, y, lead: window - 1)
      )
      let first = places[starts[firm]]
      try left.withUnsafeBufferPointer { left in
        try right.withUnsafeBufferPointer { right in
          for place in starts[firm]..<starts[firm + 1] {
            let end = window - 1 + (places[place] - first)
            let part = (end + 1 - window)...end
            let (p, q) = (
              UnsafeBufferPointer(rebasing: left[part]), UnsafeBufferPointer(rebasing: right[part])
            )
            if p.count(where: { !$0.isNaN }) >= minimum {
              result[rows[place]] = try statistic(p, q)
            }
          }
        }
      }
    }
    return result
  }

  /// The row that holds every row's firm some periods earlier; -1 if there is none.
  public func lagRows(by periods: Int) -> [Int] {
    var result = [Int](repeating: -1, count: rows.count)
    for firm in 0..<(starts.count - 1) {
      // Both rows go forward along one life.
      var candidate = starts[firm]
      for place in starts[firm]..<starts[firm + 1] {
        let wanted = places[place] - periods
        while candidate < starts[firm + 1], places[candidate] < wanted { candidate += 1 }
        if candidate < starts[firm + 1], places[candidate] == wanted {
          result[rows[place]] = rows[candidate]
        }
      }
    }
    return result
  }

  // A firm's values period by period, missing where it has no row, after some missing periods.
  private func dense(_ firm: Int, _ values: [Double], lead: Int) -> [Double] {
    let (start, end) = (starts[firm], starts[firm + 1])
    let first = places[start]
    var life = [Double](repeating: .nan, count: lead + (places[end - 1] - first) + 1)
    for place in start..<end { life[lead + (places[place] - first)] = values[rows[place]] }
    return life
  }
}
