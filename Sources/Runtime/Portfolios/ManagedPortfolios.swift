// Characteristic-managed portfolios: month by month, the slopes of returns on characteristics.
//
// Definition: x_t = (Z'Z / N + rho I)^-1 Z'r / N, Z with a constant column at the end; the last
// entry acts as an equal-weight market. rho is a relative ridge (0: none, ever) times
// trace(Z'Z / N) / (P + 1), escalated tenfold while pivots are lopsided (min < 1e-10 max) or
// N < 1.5 (P + 1), up to 1e-2; every escalation is reported. The same weights turn fitted returns
// into fitted portfolio returns, so one factorisation per month serves all fits. All sums are in
// doubles, rows ascending.
// Missing values: characteristics must be complete (rank-normalised); a missing return makes its
// month missing. Degrees of freedom: N - P - 1 per month, not used here.
// Reference: Gu, Kelly and Xiu (2021), equation 16.

/// How managed portfolios weigh assets.
public enum ManagedWeights: String, Sendable, CaseIterable {
  /// Cross-sectional regression slopes.
  case ols
  /// Average products of characteristics and returns, without inversion.
  case products
}

/// The portfolios' weights, factored once and applied to any returns.
public struct ManagedPortfolios: Sendable {
  /// A month whose ridge had to grow.
  public struct Warning: Sendable, Equatable {
    /// The month's position.
    public let position: Int
    /// The number of assets.
    public let assets: Int
    /// The relative ridge used.
    public let ridge: Double
  }

  /// The number of portfolios, the constant included.
  public let width: Int
  /// The rows of each month, as in `PanelIndex`.
  public let offsets: [Int]
  /// The weights used.
  public let weights: ManagedWeights
  /// Months whose ridge had to grow, ascending.
  public let warnings: [Warning]
  private let characteristics: [Float]
  private var kernels: Kernels { .chosen }
  private let factors: [Cholesky?]
  private let grams: [Matrix]

  /// Factors each month's characteristics, given row by row without the constant. Where the budget
  /// says stop, the rest is left out, and who asked has to find out before using the result.
  public init(
    characteristics: [Float], count: Int, offsets: [Int], ridge: Double = 1e-6,
    weights: ManagedWeights = .ols, threads: Int = 1,
    budget: Budget? = nil
  ) throws(PanelError) {
    let rows = offsets.last ?? 0
    guard characteristics.count == rows * count else {
      throw .shapeMismatch(expected: rows * count, found: characteristics.count)
    }
    let months = max(0, offsets.count - 1)
    let slots = MonthSlots(count: months)
    Parallel.blocks(months, threads: threads) { t in
      if let budget, budget.isCancelled { return }
      let gram = GramMatrix.ofMonth(characteristics, count, offsets[t]..<offsets[t + 1])
      let size = offsets[t + 1] - offsets[t]
      let (factor, used) =
        weights == .ols ? RidgeFactor.factor(gram, assets: size, ridge: ridge) : (nil, ridge)
      slots.set(t, (gram, factor, used))
    }
    let parts = slots.values
    width = count + 1
    self.offsets = offsets
    self.weights = weights
    self.characteristics = characteristics
    grams = parts.map(\.gram)
    factors = parts.map(\.factor)
    warnings = parts.indices.filter { weights == .ols && parts[$0].ridge > ridge }.map {
      Warning(position: $0, assets: offsets[$0 + 1] - offsets[$0], ridge: parts[$0].ridge)
    }
  }

  /// Gives the portfolios' returns, a row per month, for realised or fitted returns of the assets.
  public func returns(_ assetReturns: [Double]) throws(PanelError) -> Matrix {
    let rows = offsets.last ?? 0
    guard assetReturns.count == rows else {
      throw .shapeMismatch(expected: rows, found: assetReturns.count)
    }
    var result = Matrix(rows: max(0, offsets.count - 1), columns: width)
    for t in 0..<result.rows {
      let products = averageProducts(t, assetReturns)
      let undefined = [Double](repeating: .nan, count: width)
      let values = weights == .products ? products : factors[t]?.solve(products) ?? undefined
      for j in 0..<width { result[t, j] = values[j] }
    }
    return result
  }

  /// Gives percentiles of the months' condition numbers of Z'Z / N, before any ridge.
  public func conditionPercentiles(
    _ probabilities: [Double] = [0.05, 0.5, 0.95]
  ) throws(LinearAlgebraError) -> [Double] {
    var conditions: [Double] = []
    for gram in grams {
      let values = try SymmetricEigen(gram).values
      let (largest, smallest) = (values.first ?? 1, values.last ?? 1)
      conditions.append(smallest > 0 ? largest / smallest : .infinity)
    }
    return Quantile.of(conditions, probabilities)
  }

  private func averageProducts(_ t: Int, _ returns: [Double]) -> [Double] {
    let count = width - 1
    var sums = [Double](repeating: 0, count: width)
    let rows = offsets[t]..<offsets[t + 1]
    characteristics.withUnsafeBufferPointer { z in
      returns.withUnsafeBufferPointer { returns in
        guard let z = z.baseAddress, let v = returns.baseAddress else { return }
        kernels.weightedSums(
          rows: rows.count, count: count, z + rows.lowerBound * count, v + rows.lowerBound,
          into: &sums)
      }
    }
    let assets = Double(max(1, offsets[t + 1] - offsets[t]))
    return sums.map { $0 / assets }
  }
}

/// Results of months computed side by side; each month writes its own place.
private final class MonthSlots: @unchecked Sendable {
  typealias Part = (gram: Matrix, factor: Cholesky?, ridge: Double)
  private let storage: UnsafeMutableBufferPointer<Part?>

  init(count: Int) {
    storage = .allocate(capacity: count)
    storage.initialize(repeating: nil)
  }

  deinit {
    storage.deinitialize()
    storage.deallocate()
  }

  func set(_ t: Int, _ part: Part) { storage[t] = part }

  var values: [Part] { storage.compactMap { $0 } }
}

/// Z'Z / N with the constant last.
enum GramMatrix {
  /// Rows that are widened at a time; what the kernel's scratch holds.
  private static let blockRows = 64

  static func ofMonth(
    _ z: [Float], _ count: Int, _ rows: Range<Int>, _ kernels: Kernels = .chosen
  ) -> Matrix {
    let width = count + 1
    // The kernel works on whole lanes.
    let padded = (width + 7) & ~7
    // A load that crosses a cache line costs two.
    let sums: UnsafeMutablePointer<Double> = AlignedMemory.zeros(padded * padded)
    let scratch: UnsafeMutablePointer<Double> = AlignedMemory.zeros(blockRows * padded)
    defer {
      AlignedMemory.free(sums)
      AlignedMemory.free(scratch)
    }
    z.withUnsafeBufferPointer { z in
      guard let base = z.baseAddress else { return }
      kernels.gram(
        rows: rows.count, count: count, width: padded, base + rows.lowerBound * count, into: sums,
        scratch: scratch)
    }
    let assets = Double(max(1, rows.count))
    var gram = Matrix(rows: width, columns: width)
    for i in 0..<width {
      for j in i..<width {
        let mean = sums[i * padded + j] / assets
        gram[i, j] = mean
        gram[j, i] = mean
      }
    }
    return gram
  }
}

/// The ridge that makes a month's matrix safe to invert.
private enum RidgeFactor {
  static func factor(
    _ gram: Matrix, assets: Int, ridge: Double
  ) -> (factor: Cholesky?, ridge: Double) {
    let unit = gram.trace / Double(gram.rows)
    let isShort = Double(assets) < 1.5 * Double(gram.rows)
    var relative = ridge
    while true {
      var padded = gram
      for j in 0..<gram.rows { padded[j, j] += relative * unit }
      let factor = try? Cholesky(padded)
      let isLopsided = factor.map { $0.smallestPivot < 1e-10 * $0.largestPivot } ?? true
      // A ridge of zero asks for plain least squares and is taken at its word.
      if ridge == 0 { return (factor, 0) }
      // The last step is kept whatever its pivots, as long as it could be factored.
      if relative >= 1e-2 || !(isLopsided || isShort) { return (factor, relative) }
      relative = min(1e-2, max(relative * 10, 1e-6))
    }
  }
}
