// Principal components of returns with gaps, by expectation and maximisation.
//
// Definition: X is months x firms; a missing entry starts as the mean return of its month, and is then
// replaced by the fit of K components of the filled matrix until the replacements move by less than
// the tolerance, relative to their size. Components are those of the uncentred second moment, or of
// the covariance: then firms' means are taken out before and put back after. Loadings have a mean
// square of one by factor. Missing values: any pattern, as long as each firm has returns.
// Degrees of freedom: none. Reference: Stock and Watson (2002), appendix A.

import FactorRuntime

struct UnbalancedPCA {
  /// Firms x factors, row after row.
  let loadings: [Double]
  /// Months x factors, column after column.
  let factors: [Double]
  let rounds: Int
  /// The relative change of the replacements in the last round.
  let change: Double

  /// Fits `values`, months x firms row after row with NaN for gaps.
  init(
    _ values: [Double], months: Int, firms: Int, factors count: Int, center: Bool = false,
    rounds most: Int = 500, tolerance: Double = 1e-6, budget: Budget = Budget()
  ) throws {
    let gaps = values.indices.filter { values[$0].isNaN }
    var filled = Self.filled(values, months: months, firms: firms)
    var (parts, rounds, change) = (Components(months: months, firms: firms), 0, Double.infinity)
    repeat {
      try budget.check()
      parts = try Components(filled, months: months, firms: firms, count: count, center: center)
      rounds += 1
      var (moved, size) = (0.0, 0.0)
      for place in gaps {
        let fit = parts.fit(place / firms, place % firms)
        moved += (fit - filled[place]) * (fit - filled[place])
        size += filled[place] * filled[place]
        filled[place] = fit
      }
      change = size > 0 ? (moved / size).squareRoot() : 0
    } while change > tolerance && rounds < most
    (loadings, factors) = (parts.loadings, parts.factors)
    (self.rounds, self.change) = (rounds, change)
  }

  private static func filled(_ values: [Double], months: Int, firms: Int) -> [Double] {
    var filled = values
    for t in 0..<months {
      let row = (t * firms)..<((t + 1) * firms)
      let seen = row.filter { !values[$0].isNaN }
      let mean = seen.reduce(0) { $0 + values[$1] } / Double(max(1, seen.count))
      for place in row where values[place].isNaN { filled[place] = mean }
    }
    return filled
  }
}

/// Components of a full matrix of months x firms.
private struct Components {
  let months: Int
  let firms: Int
  var count = 0
  var loadings: [Double] = []
  var factors: [Double] = []
  var means: [Double] = []

  init(months: Int, firms: Int) { (self.months, self.firms) = (months, firms) }

  init(_ x: [Double], months: Int, firms: Int, count: Int, center: Bool) throws {
    (self.months, self.firms, self.count) = (months, firms, count)
    var x = x
    means = [Double](repeating: 0, count: firms)
    if center {
      for t in 0..<months { for i in 0..<firms { means[i] += x[t * firms + i] / Double(months) } }
      for t in 0..<months { for i in 0..<firms { x[t * firms + i] -= means[i] } }
    }
    // Row after row of months x firms is column after column of firms x months.
    let directions = try firms >= months ? fromMonths(x) : fromFirms(x)
    loadings = [Double](repeating: 0, count: firms * count)
    factors = [Double](repeating: 0, count: months * count)
    for k in 0..<count {
      var (weights, length) = (directions[k], 0.0)
      for value in weights { length += value * value }
      // Loadings with a mean square of one.
      let scale = length > 0 ? (Double(firms) / length).squareRoot() : 0
      for i in 0..<firms { weights[i] *= scale }
      var series = [Double](repeating: 0, count: months)
      for t in 0..<months {
        for i in 0..<firms { series[t] += weights[i] * x[t * firms + i] }
        series[t] /= Double(firms)
      }
      let mean = (0..<months).reduce(0) { sum, t in
        sum + series[t]
      }
      let sign = mean < 0 ? -1.0 : 1.0
      for i in 0..<firms { loadings[i * count + k] = sign * weights[i] }
      for t in 0..<months { factors[k * months + t] = sign * series[t] }
    }
  }

  // With fewer months than firms: X'u for the leading vectors u of XX'.
  private func fromMonths(_ x: [Double]) throws -> [[Double]] {
    var gram = [Double](repeating: 0, count: months * months)
    try DenseProduct.transposed(x, x, rows: months, inner: firms, columns: months, into: &gram)
    let vectors = try SymmetricEigen(
      Matrix(rows: months, columns: months, storage: gram)
    ).vectors
    return (0..<count).map { k in
      var weights = [Double](repeating: 0, count: firms)
      for t in 0..<months {
        let u = vectors[t, k]
        for i in 0..<firms { weights[i] += u * x[t * firms + i] }
      }
      return weights
    }
  }

  private func fromFirms(_ x: [Double]) throws -> [[Double]] {
    let table = Matrix(rows: months, columns: firms, storage: x).transposed.storage
    var gram = [Double](repeating: 0, count: firms * firms)
    try DenseProduct.transposed(
      table, table, rows: firms, inner: months, columns: firms, into: &gram)
    let vectors = try SymmetricEigen(Matrix(rows: firms, columns: firms, storage: gram)).vectors
    return (0..<count).map { vectors.column($0) }
  }

  func fit(_ month: Int, _ firm: Int) -> Double {
    var sum = means[firm]
    for k in 0..<count { sum += factors[k * months + month] * loadings[firm * count + k] }
    return sum
  }
}
