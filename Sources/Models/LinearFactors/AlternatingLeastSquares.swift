// Alternating least squares for instrumented principal components.
//
// One round: factors of every month given G, G given the factors, then the normalisation
//   G'G = I, FF' diagonal and descending, mean(F_k) >= 0, columns of observed factors orthogonal to
//   G: what they share with it is moved into the latent factors, which leaves every fit as it is.
// Start: the left singular vectors of [Q_1 .. Q_T]; observed columns start at zero. Rounds end when
// no entry of G or F moves by more than the tolerance. The sum of squares never rises; the ridge
// (a share of the mean diagonal) is far below what rounding moves.
// Missing values: none reach it. Reference: Kelly, Pruitt and Su (2019), section 2 and appendix B.

import FactorRuntime

/// G and F of an instrumented model.
struct InstrumentedFit: Sendable, Equatable {
  /// (Characteristics + 1) x columns, column after column.
  var gamma: [Double]
  /// Months x columns, column after column.
  var factors: [Double]
}

/// How long to alternate.
struct AlternatingSchedule: Sendable {
  var rounds = 10_000
  var tolerance = 1e-6
  var ridge = 1e-8
}

/// Rounds of alternating least squares on one panel.
final class AlternatingLeastSquares {
  let panel: InstrumentedPanel
  let ridge: Double
  private(set) var fit: InstrumentedFit

  /// Starts from singular vectors, or from another fit's G.
  init(_ panel: InstrumentedPanel, ridge: Double = 1e-8, from gamma: [Double]? = nil) throws {
    (self.panel, self.ridge) = (panel, ridge)
    let moments = panel.moments
    let count = panel.months * panel.columns
    if let gamma {
      fit = InstrumentedFit(gamma: gamma, factors: [Double](repeating: 0, count: count))
      return
    }
    var start = [Double](repeating: 0, count: moments.width * panel.columns)
    if panel.latent > 0 {
      // Column after column of months x width is row after row of [Q_1 .. Q_T].
      let table = Matrix(rows: moments.width, columns: panel.months, storage: moments.products)
      let left = try SingularValues(table).left
      for k in 0..<min(panel.latent, left.columns) {
        for a in 0..<moments.width { start[k * moments.width + a] = left[a, k] }
      }
    }
    fit = InstrumentedFit(gamma: start, factors: [Double](repeating: 0, count: count))
  }

  /// Runs one round; gives the largest change of an entry of G or F, and the share of the squared
  /// returns that is left unexplained.
  func round() throws -> (change: Double, loss: Double) {
    let factors = panel.factors(fit.gamma).factors
    let (gamma, rest) = try panel.gamma(factors, ridge: ridge)
    var next = InstrumentedFit(gamma: gamma, factors: factors)
    try normalise(&next)
    let change = max(Self.change(fit.gamma, next.gamma), Self.change(fit.factors, next.factors))
    fit = next
    return (change, panel.total > 0 ? rest / panel.total : 0)
  }

  private static func change(_ a: [Double], _ b: [Double]) -> Double {
    var largest = 0.0
    for i in a.indices { largest = max(largest, abs(a[i] - b[i])) }
    return largest
  }

  // MARK: Normalisation

  private func normalise(_ fit: inout InstrumentedFit) throws {
    let (k, width, months) = (panel.latent, panel.moments.width, panel.months)
    guard k > 0 else { return }
    let root = try factor(gram(fit.gamma, width, k))
    rotateLoadings(&fit.gamma, width) { Self.lowerSolved(root, $0) }
    rotateFactors(&fit.factors, months) { Self.lowerTransposedProduct(root, $0) }
    separateObserved(&fit)
    let axes = try SymmetricEigen(gram(fit.factors, months, k)).vectors.transposed
    let turn = { (x: [Double]) in axes * x }
    rotateLoadings(&fit.gamma, width, turn)
    rotateFactors(&fit.factors, months, turn)
    for j in 0..<k {
      let column = (j * months)..<((j + 1) * months)
      guard fit.factors[column].reduce(0, +) < 0 else { continue }
      for t in column { fit.factors[t].negate() }
      for a in (j * width)..<((j + 1) * width) { fit.gamma[a].negate() }
    }
  }

  // X'X of the first columns of a column-major table.
  private func gram(_ x: [Double], _ rows: Int, _ columns: Int) throws -> Matrix {
    var result = [Double](repeating: 0, count: columns * columns)
    try DenseProduct.transposed(x, x, rows: columns, inner: rows, columns: columns, into: &result)
    return Matrix(rows: columns, columns: columns, storage: result)
  }

  private func factor(_ gram: Matrix) throws -> Matrix {
    do { return try Cholesky(gram).lower } catch LinearAlgebraError.notPositiveDefinite {
      throw ModelError.notIdentified(
        model: "ipca", remedy: "use a smaller k: its factors cannot be told apart")
    }
  }

  private func rotateLoadings(
    _ gamma: inout [Double], _ width: Int, _ change: ([Double]) -> [Double]
  ) { Self.mapRows(&gamma, width, panel.latent, change) }

  private func rotateFactors(
    _ factors: inout [Double], _ months: Int, _ change: ([Double]) -> [Double]
  ) { Self.mapRows(&factors, months, panel.latent, change) }

  private static func mapRows(
    _ table: inout [Double], _ rows: Int, _ columns: Int, _ change: ([Double]) -> [Double]
  ) {
    var row = [Double](repeating: 0, count: columns)
    for i in 0..<rows {
      for k in 0..<columns { row[k] = table[k * rows + i] }
      for (k, value) in change(row).enumerated() { table[k * rows + i] = value }
    }
  }

  // With G'G = L L': a row of G L'^-1, so that the columns become orthonormal.
  private static func lowerSolved(_ lower: Matrix, _ row: [Double]) -> [Double] {
    var x = row
    for i in x.indices {
      for j in 0..<i { x[i] -= lower[i, j] * x[j] }
      x[i] /= lower[i, i]
    }
    return x
  }

  // L' f: the factors that go with G L'^-1.
  private static func lowerTransposedProduct(_ lower: Matrix, _ f: [Double]) -> [Double] {
    f.indices.map { i in (i..<f.count).reduce(0) { $0 + lower[$1, i] * f[$1] } }
  }

  // Moves what observed columns share with the latent ones into the latent factors.
  private func separateObserved(_ fit: inout InstrumentedFit) {
    let (k, width, months) = (panel.latent, panel.moments.width, panel.months)
    for (m, series) in panel.observed.enumerated() {
      let column = (k + m) * width
      let shared = (0..<k).map { j in
        (0..<width).reduce(0) { $0 + fit.gamma[j * width + $1] * fit.gamma[column + $1] }
      }
      for j in 0..<k {
        for a in 0..<width { fit.gamma[column + a] -= shared[j] * fit.gamma[j * width + a] }
        for t in 0..<months { fit.factors[j * months + t] += shared[j] * series[t] }
      }
    }
  }
}
