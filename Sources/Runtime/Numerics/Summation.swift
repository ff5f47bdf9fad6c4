// Sums of doubles in a fixed order, so that neither threads nor blocking can change a bit.
//
// Definition: Neumaier's compensated sum (error about one ulp of the exact sum) and the pairwise
// sum (error growing with log n). Missing values: NaN propagates; callers filter. Degrees of
// freedom: none. Reference: Neumaier (1974), ZAMM 54; Higham (1993), SIAM J. Sci. Comput. 14.

/// A running compensated sum.
public struct CompensatedSum: Sendable {
  private var total = 0.0
  private var compensation = 0.0

  /// Creates an empty sum.
  public init() {}

  /// Adds one term.
  @inline(__always)
  public mutating func add(_ term: Double) {
    let next = total + term
    // Two choices rather than a branch, which random terms would make half wrong.
    let termIsSmaller = abs(total) >= abs(term)
    let larger = termIsSmaller ? total : term
    let smaller = termIsSmaller ? term : total
    compensation += (larger - next) + smaller
    total = next
  }

  /// The sum so far; an overflowed sum is infinite rather than NaN.
  public var value: Double { total.isFinite ? total + compensation : total }
}

/// Whole-array sums in a fixed order.
public enum Summation {
  /// Gives the compensated sum of all values.
  public static func compensated(_ values: some Sequence<Double>) -> Double {
    var sum = CompensatedSum()
    for value in values { sum.add(value) }
    return sum.value
  }

  /// Gives the pairwise sum of all values; faster than the compensated one.
  public static func pairwise(_ values: [Double]) -> Double {
    values.withUnsafeBufferPointer { pairwise($0) }
  }

  /// Gives the pairwise sum of a stretch of values.
  public static func pairwise(_ values: UnsafeBufferPointer<Double>) -> Double {
    if values.count <= 128 {
      var lanes = SIMD4<Double>.zero
      let whole = values.count & ~3
      var position = 0
      while position < whole {
        lanes +=
          SIMD4(
            values[position], values[position + 1], values[position + 2], values[position + 3])
        position += 4
      }
      var sum = (lanes.x + lanes.z) + (lanes.y + lanes.w)
      while position < values.count {
        sum += values[position]
        position += 1
      }
      return sum
    }
    let half = (values.count / 2) & ~3
    return pairwise(UnsafeBufferPointer(rebasing: values[..<half]))
      + pairwise(UnsafeBufferPointer(rebasing: values[half...]))
  }
}
