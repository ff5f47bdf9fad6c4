// Transformations within each month: rank to an interval, winsorise, standardise.
//
// Definition: rank normalisation is 2 rank / (n + 1) - 1 with average ranks over the n values
// present, which lies in the open interval (-1, 1) and has mean zero; winsorising clips both tails
// at the month's own quantiles (linear interpolation); the z-score divides by the month's standard
// deviation.
// Missing values: rank normalisation gives them the middle (0, the median's own value) or keeps
// them; the others keep them. Degrees of freedom: n - ddof, ddof 1 by default, for the z-score.
// Reference: Gu, Kelly and Xiu (2021), equation 22.

/// How ranks become characteristics.
public struct RankOptions: Sendable, Equatable {
  /// What the largest rank is compared with.
  public enum Denominator: String, Sendable, CaseIterable {
    /// The values present in the month.
    case nonMissing
    /// All rows of the month.
    case all
  }
  /// The interval ranks are mapped to.
  public enum Target: String, Sendable, CaseIterable {
    /// From -1 to 1.
    case symmetric
    /// From 0 to 1.
    case unit
  }
  /// What a missing value becomes.
  public enum Missing: String, Sendable, CaseIterable {
    /// The middle of the interval.
    case middle
    /// Missing.
    case keep
  }

  /// What tied values receive.
  public var ties = RankTies.average
  /// What ranks are divided by.
  public var denominator = Denominator.nonMissing
  /// The interval.
  public var target = Target.symmetric
  /// What missing values become.
  public var missing = Missing.middle

  /// Creates the published convention.
  public init() {}
}

/// Month-by-month transformations of columns whose rows are grouped by month.
public enum CrossSection {
  /// Gives rank-normalised values; `offsets` as in `PanelIndex`.
  public static func rankNormalized(
    _ values: [Double], offsets: [Int], options: RankOptions = RankOptions()
  ) -> [Double] {
    precondition(offsets.last ?? 0 == values.count)
    let sorter = RankSorter()
    return [Double](unsafeUninitializedCapacity: values.count) { target, count in
      values.withUnsafeBufferPointer { source in
        for (start, end) in zip(offsets, offsets.dropFirst()) {
          rankMonth(
            UnsafeBufferPointer(rebasing: source[start..<end]),
            UnsafeMutableBufferPointer(rebasing: target[start..<end]), sorter, options)
        }
      }
      count = values.count
    }
  }

  /// Gives several columns rank-normalised, side by side on several threads.
  public static func rankNormalized(
    columns: [[Double]], offsets: [Int], options: RankOptions = RankOptions(), threads: Int = 1
  ) -> [[Double]] {
    byColumn(columns, threads: threads) {
      rankNormalized($0, offsets: offsets, options: options)
    }
  }

  private static func byColumn(
    _ columns: [[Double]], threads: Int, _ transform: @escaping @Sendable ([Double]) -> [Double]
  ) -> [[Double]] {
    var results = [[Double]](repeating: [], count: columns.count)
    results.withUnsafeMutableBufferPointer { slots in
      // Every block writes its own slot.
      nonisolated(unsafe) let slots = slots
      Parallel.blocks(columns.count, threads: threads) { c in slots[c] = transform(columns[c]) }
    }
    return results
  }

  private static func rankMonth(
    _ source: UnsafeBufferPointer<Double>, _ target: UnsafeMutableBufferPointer<Double>,
    _ sorter: RankSorter, _ options: RankOptions
  ) {
    let isSymmetric = options.target == .symmetric
    sorter.sort(source)
    if sorter.count < source.count {
      target.update(repeating: options.missing == .keep ? .nan : isSymmetric ? 0 : 0.5)
    }
    var largest = Double(options.denominator == .all ? source.count : sorter.count)
    if options.ties == .dense, options.denominator == .nonMissing {
      largest = sorter.forEachRank(.dense) { _, _ in }
    }
    let scale = largest + 1
    if isSymmetric {
      sorter.forEachRank(options.ties) { target[$0] = 2 * $1 / scale - 1 }
    } else {
      sorter.forEachRank(options.ties) { target[$0] = $1 / scale }
    }
  }

  /// Gives values clipped at each month's lower and upper quantile.
  public static func winsorized(
    _ values: [Double], offsets: [Int], lower: Double = 0.01, upper: Double = 0.99
  ) -> [Double] {
    precondition(offsets.last ?? 0 == values.count)
    let largest = zip(offsets, offsets.dropFirst()).map { $1 - $0 }.max() ?? 0
    return [Double](unsafeUninitializedCapacity: values.count) { target, count in
      values.withUnsafeBufferPointer { source in
        withUnsafeTemporaryAllocation(of: Double.self, capacity: max(1, largest)) { scratch in
          for (start, end) in zip(offsets, offsets.dropFirst()) {
            winsorizeMonth(
              UnsafeBufferPointer(rebasing: source[start..<end]),
              UnsafeMutableBufferPointer(rebasing: target[start..<end]), scratch, lower, upper)
          }
        }
      }
      count = values.count
    }
  }

  /// Gives several columns winsorised, side by side on several threads.
  public static func winsorized(
    columns: [[Double]], offsets: [Int], lower: Double = 0.01, upper: Double = 0.99,
    threads: Int = 1
  ) -> [[Double]] {
    byColumn(columns, threads: threads) {
      winsorized($0, offsets: offsets, lower: lower, upper: upper)
    }
  }

  private static func winsorizeMonth(
    _ source: UnsafeBufferPointer<Double>, _ target: UnsafeMutableBufferPointer<Double>,
    _ scratch: UnsafeMutableBufferPointer<Double>, _ lower: Double, _ upper: Double
  ) {
    var present = 0
    for value in source {
      scratch[present] = value
      present += value.isNaN ? 0 : 1
    }
    let selection = OrderSelection(
      values: UnsafeMutableBufferPointer(rebasing: scratch[..<present]))
    let (low, high) = (selection.quantile(lower), selection.quantile(upper))
    for (row, value) in source.enumerated() {
      // A missing value is neither below nor above.
      let raised = value < low ? low : value
      target.initializeElement(at: row, to: raised > high ? high : raised)
    }
  }

  /// Gives values less their month's mean over its standard deviation.
  public static func standardized(
    _ values: [Double], offsets: [Int], ddof: Int = 1
  ) -> [Double] {
    var result = values
    for (start, end) in zip(offsets, offsets.dropFirst()) {
      let moments = Moments(values[start..<end])
      let deviation = moments.standardDeviation(ddof: ddof)
      for row in start..<end {
        // A month without spread has no scores.
        result[row] = deviation > 0 ? (values[row] - moments.mean) / deviation : .nan
      }
    }
    return result
  }
}
