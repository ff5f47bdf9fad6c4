// Ranks within groups: average, dense or ordinal, exact in every bit of a double.
//
// Definition: the rank of x among n values counts from 1; tied values share the mean of their
// places (average), take the next whole number (dense) or follow the given order (ordinal).
// Method: 22 bits of a value's place between the smallest and the largest are sorted by two counting passes, and
// runs with equal bits are finished by exact comparison, so the result never depends on them. Where most values
// crowd together, beside an outlier say, leading bits of integers of the same order as the doubles stand for the
// place. Minus zero ties with zero.
// Missing values: NaN is unranked. Degrees of freedom: none. Reference: Knuth, TAOCP 3, 5.2.5.

/// What tied values receive.
public enum RankTies: String, Sendable, CaseIterable {
  /// The mean of their places.
  case average
  /// The same whole number, without gaps after it.
  case dense
  /// Places in the given order.
  case ordinal
}

/// Ranks of plain lists.
public enum Ranking {
  /// Gives each value's rank from 1; NaN for NaN.
  public static func ranks(_ values: [Double], ties: RankTies = .average) -> [Double] {
    var result = [Double](repeating: .nan, count: values.count)
    let sorter = RankSorter()
    values.withUnsafeBufferPointer { source in
      result.withUnsafeMutableBufferPointer { target in
        sorter.sort(source)
        sorter.forEachRank(ties) { target[$0] = $1 }
      }
    }
    return result
  }

  /// Gives the positions of the values in ascending order, ties in the given order; NaN left out.
  public static func order(_ values: [Double]) -> [Int] {
    let sorter = RankSorter()
    values.withUnsafeBufferPointer { sorter.sort($0) }
    return sorter.order
  }
}

/// Sorts one group after another, keeping its memory.
final class RankSorter {
  /// The number of values that are not missing, after `sort`.
  private(set) var count = 0
  private var capacity = 0
  /// Whether the values of the group before crowded together: the next one's will too.
  private var crowds = false
  // Leading bits above a position; exact keys by position.
  private var items = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
  private var spare = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
  private var keys = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
  private let low = UnsafeMutablePointer<UInt32>.allocate(capacity: 2048)
  private let high = UnsafeMutablePointer<UInt32>.allocate(capacity: 2048)

  deinit {
    for pointer in [items, spare, keys] { pointer.deallocate() }
    low.deallocate()
    high.deallocate()
  }

  private func reserve(_ needed: Int) {
    guard needed > capacity else { return }
    for pointer in [items, spare, keys] { pointer.deallocate() }
    capacity = max(needed, capacity * 2)
    items = .allocate(capacity: capacity)
    spare = .allocate(capacity: capacity)
    keys = .allocate(capacity: capacity)
  }

  /// The sorted positions, after `sort`.
  var order: [Int] { (0..<count).map { position($0) } }

  /// The position of the value at a place of the order, after `sort`.
  @inline(__always)
  func position(_ place: Int) -> Int { Int(items[place] & 0xFFFF_FFFF) }

  /// Sorts the positions of all values that are not missing.
  func sort(_ values: UnsafeBufferPointer<Double>) {
    reserve(values.count)
    // Local copies: the compiler must reload what a store through a pointer might have changed.
    let (keys, items) = (keys, items)
    var (smallest, largest) = (UInt64.max, UInt64.min)
    var n = 0
    for position in 0..<values.count {
      let value = values[position] + 0
      let bits = value.bitPattern
      // Negative numbers have all bits flipped, others the sign bit: integers of the same order.
      let key = bits ^ (UInt64(bitPattern: Int64(bitPattern: bits) >> 63) | 1 << 63)
      keys[position] = key
      items[n] = UInt64(position)
      let isPresent = value == value
      n += isPresent ? 1 : 0
      smallest = min(smallest, isPresent ? key : smallest)
      largest = max(largest, isPresent ? key : largest)
    }
    count = n
    guard n > 1 else { return }
    if n < 48 {
      finish(0, n)
    } else {
      crowds = crowds || !sortByPlace(values, smallest, largest)
      if crowds { sortByLeadingBits(smallest, largest) }
      finishRuns()
    }
  }

  /// The double of a key.
  private static func value(_ key: UInt64) -> Double {
    Double(bitPattern: key >> 63 == 1 ? key ^ 1 << 63 : ~key)
  }

  // Differences and products of doubles keep their order when they are rounded. Gives false, with the items as
  // good as before, where more than a sixteenth of the values have the same eleven leading bits.
  private func sortByPlace(
    _ values: UnsafeBufferPointer<Double>, _ smallest: UInt64, _ largest: UInt64
  ) -> Bool {
    let first = Self.value(smallest)
    let scale = Double(1 << 22 - 1) / (Self.value(largest) - first)
    guard scale > 0, scale.isFinite else { return false }
    let (items, low, high, count) = (items, low, high, count)
    clearCounts()
    for k in 0..<count {
      let position = items[k]
      // Whole numbers are the last bits of a double of this size.
      let place = ((values[Int(position)] - first) * scale + 0x1p52).bitPattern & (1 << 22 - 1)
      items[k] = place &<< 32 | position
      low[Int(place & 2047)] &+= 1
      high[Int(place &>> 11)] &+= 1
    }
    var most = UInt32(0)
    for digit in 0..<2048 { most = max(most, high[digit]) }
    guard most <= max(48, count / 16) else { return false }
    scatter()
    return true
  }

  private func clearCounts() {
    low.update(repeating: 0, count: 2048)
    high.update(repeating: 0, count: 2048)
  }

  private func sortByLeadingBits(_ smallest: UInt64, _ largest: UInt64) {
    let width = 64 - (largest - smallest).leadingZeroBitCount
    let shift = UInt64(max(0, width - 22))
    let (keys, items, low, high, count) = (keys, items, low, high, count)
    clearCounts()
    for k in 0..<count {
      let position = items[k] & 0xFFFF_FFFF
      let lead = (keys[Int(position)] - smallest) &>> shift
      items[k] = lead &<< 32 | position
      low[Int(lead & 2047)] &+= 1
      high[Int(lead &>> 11)] &+= 1
    }
    scatter()
  }

  // Two counting passes over the items, by digits that are counted already.
  private func scatter() {
    let (items, spare, low, high, count) = (items, spare, low, high, count)
    var (lowSum, highSum) = (UInt32(0), UInt32(0))
    for digit in 0..<2048 {
      (low[digit], lowSum) = (lowSum, lowSum &+ low[digit])
      (high[digit], highSum) = (highSum, highSum &+ high[digit])
    }
    for k in 0..<count {
      let digit = Int((items[k] &>> 32) & 2047)
      spare[Int(low[digit])] = items[k]
      low[digit] &+= 1
    }
    for k in 0..<count {
      let digit = Int(spare[k] &>> 43)
      items[Int(high[digit])] = spare[k]
      high[digit] &+= 1
    }
  }

  /// Puts runs with equal leading bits into exact order.
  private func finishRuns() {
    let (items, count) = (items, count)
    var start = 0
    while start < count {
      let lead = items[start] &>> 32
      var end = start + 1
      while end < count, items[end] &>> 32 == lead { end += 1 }
      if end - start > 1 { finish(start, end) }
      start = end
    }
  }

  /// Sorts a stretch by exact key and then position: insertion while short, a full sort else.
  private func finish(_ start: Int, _ end: Int) {
    if end - start > 48 {
      var run = UnsafeMutableBufferPointer(start: items + start, count: end - start)
      let keys = keys
      run.sort {
        let (a, b) = (Int($0 & 0xFFFF_FFFF), Int($1 & 0xFFFF_FFFF))
        return (keys[a], a) < (keys[b], b)
      }
      return
    }
    for k in (start + 1)..<end {
      let item = items[k]
      let key = keys[Int(item & 0xFFFF_FFFF)]
      var hole = k
      while hole > start, keys[position(hole - 1)] > key {
        items[hole] = items[hole - 1]
        hole -= 1
      }
      items[hole] = item
    }
  }

  /// Calls `body` with every position and its rank, in sorted order; gives the largest rank.
  @inline(__always) @discardableResult
  func forEachRank(_ ties: RankTies, _ body: (Int, Double) -> Void) -> Double {
    let (keys, items, count) = (keys, items, count)
    var place = 0
    var distinct = 0.0
    while place < count {
      let first = Int(items[place] & 0xFFFF_FFFF)
      let key = keys[first]
      var end = place + 1
      while end < count, keys[Int(items[end] & 0xFFFF_FFFF)] == key { end += 1 }
      distinct += 1
      if end == place + 1 {
        body(first, ties == .dense ? distinct : Double(end))
      } else {
        let shared = ties == .dense ? distinct : Double(place + 1 + end) / 2
        for k in place..<end {
          body(position(k), ties == .ordinal ? Double(k + 1) : shared)
        }
      }
      place = end
    }
    return ties == .dense ? distinct : Double(count)
  }
}
