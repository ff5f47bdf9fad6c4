// The cross products of characteristics and returns, month by month: all that models linear in
// characteristics need of a panel.
//
// Definition, for month t with N_t rows, Z with a constant column at the end: W_t = Z'Z / N_t,
// Q_t = Z'r / N_t, N_t and r'r. W_t is symmetric, so its upper triangle is kept. All numbers of one
// kind lie together with the months running fastest, so that sums over months are one product.
// All sums are in doubles, rows ascending. Missing values: characteristics must be complete; a
// missing return makes its month missing. Degrees of freedom: none.
// Reference: Kelly, Pruitt and Su (2019), "Characteristics are covariances", section 2.

/// Cross products by month.
public struct MonthlyMoments: Sendable {
  /// The number of characteristics, the constant included if there is one.
  public let width: Int
  /// The number of months.
  public let months: Int
  /// Months x pairs (a, b), a <= b, column after column: the upper triangle of each W_t.
  public let grams: [Double]
  /// Months x width, column after column: each Q_t.
  public let products: [Double]
  /// The rows of each month.
  public let counts: [Double]
  /// r'r of each month.
  public let squares: [Double]

  /// The number of pairs of characteristics.
  public var pairs: Int { width * (width + 1) / 2 }

  /// Sums over some months of a panel whose characteristics lie row after row without the constant.
  /// Where the budget says stop, the rest is left out: ask it before using the result.
  public init(
    characteristics: [Float], count: Int, returns: [Double], offsets: [Int],
    months range: Range<Int>,
    budget: Budget = Budget()
  ) throws(PanelError) {
    let rows = offsets.last ?? 0
    guard characteristics.count == rows * count, returns.count == rows else {
      throw .shapeMismatch(expected: rows * count, found: characteristics.count)
    }
    (width, months) = (count + 1, range.count)
    let pairs = width * (width + 1) / 2
    let table = MomentTable(months: range.count, numbers: pairs + width + 2)
    let (width, first) = (width, range.lowerBound)
    Parallel.blocks(range.count, threads: budget.threads) { t in
      if budget.isCancelled { return }
      let rows = offsets[first + t]..<offsets[first + t + 1]
      let gram = GramMatrix.ofMonth(characteristics, count, rows)
      var place = 0
      for a in 0..<width {
        for b in a..<width {
          table.set(t, place, gram[a, b])
          place += 1
        }
      }
      let products = Self.products(characteristics, count, returns, rows)
      for (j, value) in products.enumerated() { table.set(t, pairs + j, value) }
      table.set(t, pairs + width, Double(rows.count))
      table.set(t, pairs + width + 1, rows.reduce(0) { $0 + returns[$1] * returns[$1] })
    }
    let size = range.count
    let all = table.values
    grams = Array(all[0..<(pairs * size)])
    products = Array(all[(pairs * size)..<((pairs + width) * size)])
    counts = Array(all[((pairs + width) * size)..<((pairs + width + 1) * size)])
    squares = Array(all[((pairs + width + 1) * size)...])
  }

  /// The same months with other Q_t, as a bootstrap draws them; r'r is left as it is.
  public func replacing(products: [Double]) -> MonthlyMoments {
    precondition(products.count == self.products.count)
    return MonthlyMoments(
      width: width, months: months, grams: grams, products: products, counts: counts,
      squares: squares)
  }

  /// The same months without the constant.
  public var withoutConstant: MonthlyMoments {
    var kept: [Double] = []
    kept.reserveCapacity(grams.count)
    var place = 0
    for a in 0..<width {
      // The last pair of each row is with the constant.
      let rows = width - a - 1
      kept += grams[(place * months)..<((place + rows) * months)]
      place += rows + 1
    }
    return MonthlyMoments(
      width: width - 1, months: months, grams: kept,
      products: Array(products.prefix((width - 1) * months)), counts: counts, squares: squares)
  }

  private init(
    width: Int, months: Int, grams: [Double], products: [Double], counts: [Double],
    squares: [Double]
  ) {
    (self.width, self.months, self.grams, self.products) = (width, months, grams, products)
    (self.counts, self.squares) = (counts, squares)
  }

  private static func products(
    _ characteristics: [Float], _ count: Int, _ returns: [Double], _ rows: Range<Int>
  ) -> [Double] {
    var sums = [Double](repeating: 0, count: count + 1)
    characteristics.withUnsafeBufferPointer { z in
      returns.withUnsafeBufferPointer { returns in
        guard let z = z.baseAddress, let v = returns.baseAddress else { return }
        Kernels.chosen.weightedSums(
          rows: rows.count, count: count, z + rows.lowerBound * count, v + rows.lowerBound,
          into: &sums)
      }
    }
    let assets = Double(max(1, rows.count))
    return sums.map { $0 / assets }
  }
}

/// Numbers by month, each month writing its own places.
private final class MomentTable: @unchecked Sendable {
  private let months: Int
  private let storage: UnsafeMutableBufferPointer<Double>

  init(months: Int, numbers: Int) {
    self.months = months
    storage = .allocate(capacity: months * numbers)
    storage.initialize(repeating: 0)
  }

  deinit { storage.deallocate() }

  func set(_ month: Int, _ number: Int, _ value: Double) {
    storage[number * months + month] = value
  }

  var values: ArraySlice<Double> { Array(storage)[...] }
}
