// The rows of each firm in the order of months, and the window of months that a target row looks back on.
//
// Row (i, t) holds what was known of firm i before month t, so the window of target (i, t) ends with that row
// itself. A month that is missing repeats the last row before it, months before the first row repeat the
// first one, and nothing reaches across a gap of more than six months.

/// Where each firm's rows lie in a panel that is ordered by month.
struct FirmHistories: Sendable {
  /// The rows of month t are offsets[t]..<offsets[t + 1].
  let offsets: [Int]
  /// The firm of each row, and its month.
  let firmOf: [Int32]
  /// The position of each row's month.
  private let monthOf: [Int32]
  /// The rows of firm f are rows[starts[f]..<starts[f + 1]], and the calendar's numbers of their months lie
  /// in the same places: a panel may lack whole months.
  private let starts: [Int32]
  private let rows: [Int32]
  private let calendar: [Int32]
  /// The place of each row among those of its firm.
  private let placeOf: [Int32]

  var firms: Int { starts.count - 1 }

  /// Reads the layout of a panel: firms are numbered from 0 and ascend within a month; `calendar` gives the
  /// months' numbers, one after another if left out.
  init(offsets: [Int], firms firmOf: [Int32], calendar: [Int]? = nil) {
    (self.offsets, self.firmOf) = (offsets, firmOf)
    for t in 0..<(offsets.count - 1) {
      let rows = offsets[t]..<offsets[t + 1]
      precondition(
        zip(rows, rows.dropFirst()).allSatisfy { firmOf[$0] < firmOf[$1] },
        "firms ascend in a month")
    }
    var months = [Int32](repeating: 0, count: firmOf.count)
    for t in 0..<(offsets.count - 1) {
      for row in offsets[t]..<offsets[t + 1] { months[row] = Int32(t) }
    }
    let count = Int(firmOf.max() ?? -1) + 1
    var starts = [Int32](repeating: 0, count: count + 1)
    for firm in firmOf { starts[Int(firm) + 1] += 1 }
    for f in 0..<count { starts[f + 1] += starts[f] }
    var next = starts
    var rows = [Int32](repeating: 0, count: firmOf.count)
    var places = rows
    for (row, firm) in firmOf.enumerated() {
      places[row] = next[Int(firm)] - starts[Int(firm)]
      rows[Int(next[Int(firm)])] = Int32(row)
      next[Int(firm)] += 1
    }
    (monthOf, self.starts, self.rows, placeOf) = (months, starts, rows, places)
    self.calendar = rows.map { row in
      let month = Int(months[Int(row)])
      return Int32(calendar?[month] ?? month)
    }
  }

  /// The position of a row's month among those of the panel.
  func month(of row: Int) -> Int { Int(monthOf[row]) }

  /// The calendar's number of a row's month.
  func calendar(of row: Int) -> Int { Int(calendar[place(of: row)]) }

  // Among the rows in the order of firms.
  @inline(__always)
  private func place(of row: Int) -> Int { Int(starts[Int(firmOf[row])] + placeOf[row]) }

  /// Runs of firms with at most `most` rows in any month (a firm alone at least).
  func parties(of most: Int) -> [Range<Int>] {
    var (ranges, first): ([Range<Int>], Int) = ([], 0)
    var counts = [Int](repeating: 0, count: max(0, offsets.count - 1))
    for firm in 0..<firms {
      let own = rows[Int(starts[firm])..<Int(starts[firm + 1])].map { Int(monthOf[Int($0)]) }
      if first < firm, own.contains(where: { counts[$0] == most }) {
        ranges.append(first..<firm)
        first = firm
        for month in counts.indices { counts[month] = 0 }
      }
      for month in own { counts[month] += 1 }
    }
    return first < firms ? ranges + [first..<firms] : ranges
  }

  /// The rows of a month that belong to some firms; a month's rows are ordered by firm.
  func rows(_ month: Int, of firms: Range<Int>) -> Range<Int> {
    func first(_ firm: Int) -> Int {
      var (low, high) = (offsets[month], offsets[month + 1])
      while low < high {
        let middle = (low + high) / 2
        if Int(firmOf[middle]) < firm { low = middle + 1 } else { high = middle }
      }
      return low
    }
    return first(firms.lowerBound)..<first(firms.upperBound)
  }

  /// The rows of a firm within some months, oldest first.
  func rows(of firm: Int, _ months: Range<Int>) -> ArraySlice<Int32> {
    var (low, high) = (Int(starts[firm]), Int(starts[firm + 1]))
    while low < high, monthOf[Int(rows[low])] < months.lowerBound { low += 1 }
    while high > low, monthOf[Int(rows[high - 1])] >= months.upperBound { high -= 1 }
    return rows[low..<high]
  }

  /// Calls `body` with the step and the row of each month of a target's window, from the newest to the oldest.
  @inline(__always)
  func window(of target: Int, months length: Int, _ body: (_ step: Int, _ row: Int) -> Void) {
    let first = Int(starts[Int(firmOf[target])])
    var place = first + Int(placeOf[target])
    let last = Int(calendar[place])
    for step in (0..<length).reversed() {
      let wanted = last - (length - 1 - step)
      while Int(calendar[place]) > wanted, place > first, isNear(place) { place -= 1 }
      body(step, Int(rows[place]))
    }
  }

  // Whether the firm's row before this place is not further away than a history may reach.
  @inline(__always)
  private func isNear(_ place: Int) -> Bool {
    calendar[place] - calendar[place - 1] - 1 <= Int32(ScanState.longestGap)
  }
}
