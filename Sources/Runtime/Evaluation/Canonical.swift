// A canonical rotation of latent factors, for display only: fits do not change.
//
// Definition: M = mean over months of B'B / N = R'R (Cholesky); F~ = R F; mean F~F~' = U D U';
// factors become U'R f and loadings B R^-1 U; each factor's mean is made non-negative. Afterwards
// mean B'B / N is the identity and mean ff' is diagonal, largest first, so the rotation is
// idempotent. One rotation, from the training months, serves all dates.
// Missing values: refused. Degrees of freedom: none. Reference: Kelly, Pruitt and Su (2019).

/// A rotation of factors and loadings that leaves their product unchanged.
public struct CanonicalRotation: Sendable {
  /// What factors are multiplied by: U'R.
  public let forward: Matrix
  /// What loadings are multiplied by on the right: R^-1 U.
  public let backward: Matrix

  /// Finds the rotation from factors (a row per month) and loadings (a row per asset-month).
  public init(
    factors: Matrix, loadings: Matrix, offsets: [Int]
  ) throws(LinearAlgebraError) {
    let order = factors.columns
    guard loadings.columns == order, offsets.last ?? 0 == loadings.rows,
      offsets.count == factors.rows + 1
    else {
      throw .shapeMismatch(
        left: [factors.rows, order], right: [loadings.rows, loadings.columns])
    }
    let lower = try Cholesky(Self.meanProduct(loadings, offsets)).lower
    let rotated = factors * lower
    let second = (1 / Double(factors.rows)) * (rotated.transposed * rotated)
    var vectors = try SymmetricEigen(second).vectors
    for k in 0..<order {
      let direction = lower * vectors.column(k)
      let mean = Summation.compensated(factors * direction)
      if mean < 0 { for i in 0..<order { vectors[i, k].negate() } }
    }
    forward = vectors.transposed * lower.transposed
    // R = L', so R^-1 U solves L' X = U, that is (L L') X = L U.
    backward = try Cholesky(lower * lower.transposed).solve(lower * vectors)
  }

  /// Gives rotated factors, a row per month.
  public func factors(_ factors: Matrix) -> Matrix { factors * forward.transposed }

  /// Gives rotated loadings, a row per asset-month.
  public func loadings(_ loadings: Matrix) -> Matrix { loadings * backward }

  /// The mean over months of B'B / N.
  private static func meanProduct(_ loadings: Matrix, _ offsets: [Int]) -> Matrix {
    let order = loadings.columns
    var sums = [CompensatedSum](repeating: CompensatedSum(), count: order * order)
    for (start, end) in zip(offsets, offsets.dropFirst()) where end > start {
      let scale = 1 / Double(end - start)
      for row in start..<end {
        for i in 0..<order {
          for j in 0..<order {
            sums[i * order + j].add(loadings[row, i] * loadings[row, j] * scale)
          }
        }
      }
    }
    let months = Double(max(1, offsets.count - 1))
    return Matrix(rows: order, columns: order, storage: sums.map { $0.value / months })
  }
}
