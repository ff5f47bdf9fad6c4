// How alike two sets of factors are, whatever their rotation.
//
// Definition: with A and B of T months, centred and orthonormalised, the canonical correlations are
// the singular values of Qa'Qb, largest first. The rotation R = U V' of the singular value
// decomposition A'B = U S V' (orthogonal Procrustes) brings A nearest to B, with one scale
// c = sum S / |A|^2; its R2 is 1 - |B - c A R|^2 / |B|^2, without centring, because factors are
// excess returns. Columns that are linear combinations of others count once.
// Missing values: none. Degrees of freedom: none.
// Reference: Hotelling (1936); Schoenemann (1966) for Procrustes.

/// The comparison of two sets of factors over the same months.
public struct FactorAlignment: Sendable {
  /// Canonical correlations, largest first; as many as the smaller set has independent factors.
  public let correlations: [Double]
  /// The orthogonal rotation of the first set; columns follow the second. Nil for sets of two sizes.
  public let rotation: Matrix?
  /// What the rotated first set is multiplied by.
  public let scale: Double
  /// The share of the second set's squares that the rotated first one explains; NaN without rotation.
  public let rSquared: Double
  /// The same, factor by factor of the second set.
  public let byFactor: [Double]

  /// Compares factors, a row a month.
  public init(_ first: Matrix, _ second: Matrix) throws(LinearAlgebraError) {
    guard first.rows == second.rows else {
      throw .shapeMismatch(
        left: [first.rows, first.columns], right: [second.rows, second.columns])
    }
    let (a, b) = (try Self.basis(first), try Self.basis(second))
    correlations =
      a.columns == 0 || b.columns == 0
      ? [] : try SingularValues(a.transposed * b).values.map { min(1, $0) }
    guard first.columns == second.columns else {
      (rotation, scale, rSquared, byFactor) = (nil, .nan, .nan, [])
      return
    }
    let cross = try SingularValues(first.transposed * second)
    let turned = cross.left * cross.right.transposed
    let squares = Summation.compensated(first.storage.map { $0 * $0 })
    let factor = squares > 0 ? Summation.compensated(cross.values) / squares : 0
    let fits = factor * (first * turned)
    (rotation, scale) = (turned, factor)
    rSquared = RSquared(second.storage, fits: fits.storage).value
    byFactor = (0..<second.columns).map {
      RSquared(second.column($0), fits: fits.column($0)).value
    }
  }

  /// An orthonormal basis of the centred columns.
  private static func basis(_ matrix: Matrix) throws(LinearAlgebraError) -> Matrix {
    var centred = matrix
    for j in 0..<matrix.columns {
      let mean = Summation.compensated(matrix.column(j)) / Double(max(1, matrix.rows))
      for i in 0..<matrix.rows { centred[i, j] -= mean }
    }
    let parts = try SingularValues(centred)
    let largest = parts.values.first ?? 0
    let kept = parts.values.prefix { $0 > 1e-10 * largest }.count
    var result = Matrix(rows: matrix.rows, columns: kept)
    for i in 0..<matrix.rows { for k in 0..<kept { result[i, k] = parts.left[i, k] } }
    return result
  }
}
