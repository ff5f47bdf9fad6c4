// Values at given places of the sorted order, without sorting.
//
// Definition: after a selection the value at place k is the one that sorting would put there; none before it is larger,
// none behind it smaller. Quantiles are those of `Quantile`. Missing values: left out by the caller.
// Goals: exact; linear time. Each pass compares with a guess taken from a sample, aimed a little beyond k, so that
// few values are left; and it moves values without a branch, since random ones would make half of the branches wrong.
// Reference: Floyd and Rivest (1975), CACM 18.

/// Selection within a list that may be put in another order.
struct OrderSelection {
  let values: UnsafeMutableBufferPointer<Double>

  /// Below so many values they are simply sorted.
  private static let few = 48
  private static let sampled = 31
  /// A guess that failed so often is none: what is left is sorted.
  private static let patience = 40

  /// Gives the quantile; values below and above its place part there.
  func quantile(_ probability: Double) -> Double {
    guard !values.isEmpty, probability >= 0, probability <= 1 else { return .nan }
    let place = Double(values.count - 1) * probability
    let below = Int(place)
    let fraction = place - Double(below)
    if below + 1 >= values.count || fraction == 0 {
      let k = min(below, values.count - 1)
      select(k)
      return values[k]
    }
    // The neighbour is found on the shorter side.
    let (lower, upper): (Double, Double)
    if below < values.count / 2 {
      select(below + 1)
      (lower, upper) = (largest(0..<below + 1), values[below + 1])
    } else {
      select(below)
      (lower, upper) = (values[below], smallest(below + 1..<values.count))
    }
    return lower + fraction * (upper - lower)
  }

  /// Puts the value of place k there.
  func select(_ k: Int) {
    var (low, high) = (0, values.count)
    var passes = 0
    while high - low > Self.few, passes < Self.patience {
      passes += 1
      let guess = guess(low, high, k)
      let middle = partition(low, high) { $0 < guess }
      if k < middle {
        high = middle
      } else if middle > low {
        low = middle
      } else {
        // The guess is the smallest: its equals come first.
        low = partition(low, high) { $0 <= guess }
        if k < low { return }
      }
    }
    if high - low > Self.few {
      var rest = UnsafeMutableBufferPointer(rebasing: values[low..<high])
      rest.sort()
    } else {
      Self.sort(values, low, high)
    }
  }

  private func guess(_ low: Int, _ high: Int, _ k: Int) -> Double {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: Self.sampled) { sample in
      let step = (high - low) / Self.sampled
      for j in 0..<Self.sampled { sample[j] = values[low + step / 2 + j * step] }
      Self.sort(sample, 0, Self.sampled)
      let place = (k - low) * Self.sampled / (high - low)
      let isLow = place < Self.sampled / 2
      return sample[max(0, min(Self.sampled - 1, isLow ? place + 2 : place - 2))]
    }
  }

  @inline(__always)
  private func partition(_ low: Int, _ high: Int, _ isFirst: (Double) -> Bool) -> Int {
    guard let values = values.baseAddress else { return low }
    var next = low
    for place in low..<high {
      let value = values[place]
      values[place] = values[next]
      values[next] = value
      next += isFirst(value) ? 1 : 0
    }
    return next
  }

  private func largest(_ range: Range<Int>) -> Double {
    range.reduce(-Double.infinity) { $0 > values[$1] ? $0 : values[$1] }
  }

  private func smallest(_ range: Range<Int>) -> Double {
    range.reduce(Double.infinity) { $0 < values[$1] ? $0 : values[$1] }
  }

  private static func sort(
    _ values: UnsafeMutableBufferPointer<Double>, _ low: Int, _ high: Int
  ) {
    guard let values = values.baseAddress, low < high else { return }
    for place in low + 1..<max(low + 1, high) {
      let value = values[place]
      var hole = place
      while hole > low, values[hole - 1] > value {
        values[hole] = values[hole - 1]
        hole -= 1
      }
      values[hole] = value
    }
  }
}
