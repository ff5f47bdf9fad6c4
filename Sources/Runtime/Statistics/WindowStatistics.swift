// Statistics of one window of values in time order, missing ones skipped.
//
// Degrees of freedom: standard deviations and covariances divide by n - 1. Sums run in time order, so a result
// depends on its window only.

/// Statistics of windows.
public enum WindowStatistics {
  public typealias Window = UnsafeBufferPointer<Double>

  private static func fold(_ window: Window, _ body: (Double) -> Void) {
    for value in window where !value.isNaN { body(value) }
  }

  private static func count(_ window: Window) -> Double {
    Double(window.count { !$0.isNaN })
  }

  /// The last value of the window, which is the row's own; missing if the row's is.
  private static func last(_ window: Window) -> Double { window.last ?? .nan }

  /// The sum.
  public static func sum(_ window: Window) -> Double {
    var total = 0.0
    fold(window) { total += $0 }
    return total
  }

  /// The mean.
  public static func mean(_ window: Window) -> Double { sum(window) / count(window) }

  /// The product.
  public static func product(_ window: Window) -> Double {
    var total = 1.0
    fold(window) { total *= $0 }
    return total
  }

  /// The standard deviation, with n - 1.
  public static func standardDeviation(_ window: Window) -> Double {
    let mean = mean(window)
    var squares = 0.0
    fold(window) { squares += ($0 - mean) * ($0 - mean) }
    let count = count(window)
    return count > 1 ? (squares / (count - 1)).squareRoot() : .nan
  }

  /// The skewness m3 / m2^1.5 of the values.
  public static func skewness(_ window: Window) -> Double {
    let mean = mean(window)
    var (second, third) = (0.0, 0.0)
    fold(window) {
      let distance = $0 - mean
      second += distance * distance
      third += distance * distance * distance
    }
    let count = count(window)
    let spread = second / count
    return spread > 0 ? third / count / (spread * spread.squareRoot()) : .nan
  }

  /// The smallest value.
  public static func minimum(_ window: Window) -> Double {
    var least = Double.infinity
    fold(window) { least = Swift.min(least, $0) }
    return least
  }

  /// The largest value.
  public static func maximum(_ window: Window) -> Double {
    var most = -Double.infinity
    fold(window) { most = Swift.max(most, $0) }
    return most
  }

  /// The median.
  public static func median(_ window: Window) -> Double {
    Quantile.median(window.filter { !$0.isNaN })
  }

  /// Months since the window's smallest value, 0 for the row's own month.
  public static func monthsSinceMinimum(_ window: Window) -> Double { since(window) { $0 < $1 } }

  /// Months since the window's largest value, 0 for the row's own month.
  public static func monthsSinceMaximum(_ window: Window) -> Double { since(window) { $0 > $1 } }

  // The most recent of equal values counts.
  private static func since(_ window: Window, _ isBetter: (Double, Double) -> Bool) -> Double {
    var best: Int?
    for (place, value) in window.enumerated() where !value.isNaN {
      if best.map({ !isBetter(window[$0], value) }) ?? true { best = place }
    }
    return best.map { Double(window.count - 1 - $0) } ?? .nan
  }

  /// The share of the window's other values below the last, ties counting half: 0 to 1.
  public static func rank(_ window: Window) -> Double {
    let own = last(window)
    if own.isNaN { return .nan }
    var (below, equal) = (0.0, -1.0)
    fold(window) {
      if $0 < own { below += 1 }
      if $0 == own { equal += 1 }
    }
    let others = count(window) - 1
    return others > 0 ? (below + equal / 2) / others : .nan
  }

  /// The last value's distance from the window's mean in standard deviations.
  public static func zScore(_ window: Window) -> Double {
    (last(window) - mean(window)) / standardDeviation(window)
  }

  /// The compounded return of the window's returns.
  public static func compound(_ window: Window) -> Double {
    var (logs, isRuined) = (0.0, false)
    fold(window) { value in
      if value <= -1 { isRuined = true } else { logs += Elementary.log1p(value) }
    }
    return isRuined ? -1 : Elementary.expm1(logs)
  }

  /// The mean with weights rising linearly from 1 for the oldest month.
  public static func linearDecay(_ window: Window) -> Double {
    var (total, weights) = (0.0, 0.0)
    for (place, value) in window.enumerated() where !value.isNaN {
      total += Double(place + 1) * value
      weights += Double(place + 1)
    }
    return total / weights
  }

  /// The sums of squares and products around the means.
  private static func products(_ a: Window, _ b: Window) -> (aa: Double, ab: Double, bb: Double) {
    let (x, y) = (mean(a), mean(b))
    var (aa, ab, bb) = (0.0, 0.0, 0.0)
    for place in 0..<a.count where !a[place].isNaN {
      let (p, q) = (a[place] - x, b[place] - y)
      aa += p * p
      ab += p * q
      bb += q * q
    }
    return (aa, ab, bb)
  }

  /// The correlation.
  public static func correlation(_ a: Window, _ b: Window) -> Double {
    let sums = products(a, b)
    return sums.ab / (sums.aa * sums.bb).squareRoot()
  }

  /// The covariance, with n - 1.
  public static func covariance(_ a: Window, _ b: Window) -> Double {
    products(a, b).ab / (count(a) - 1)
  }

  /// The slope of the first on the second.
  public static func slope(_ a: Window, _ b: Window) -> Double {
    let sums = products(a, b)
    return sums.ab / sums.bb
  }
}
