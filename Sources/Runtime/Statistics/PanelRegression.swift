// A regression of rows of firms and periods: effects taken out, weights, errors that are alike within clusters.
//
// Definition: least squares of sqrt(w) (y - effects) on sqrt(w) (x - effects), weights scaled to mean one. Effects are
// means of groups: of one kind in one step, of several in turn until they stand (Guimaraes and Portugal 2010). The mean of
// all rows is put back, so that a constant keeps its meaning. Covariance (X'X)^-1 M (X'X)^-1 with M = s^2 X'X (ols),
// n / (n - k) sum e^2 x x' (white), or sums of scores within clusters times G / (G - 1) (n - 1) / (n - k) (cluster); of
// two kinds of clusters the sum of both less that of their intersections (Cameron, Gelbach and Miller 2011). k counts
// effects, except those that lie within clusters. Missing values: refused; callers drop rows. Degrees of freedom of t:
// n - k, or the fewest clusters less one.

/// Rows alike in some way: the code of each row's group, from zero.
public struct RowGroups: Sendable {
  public let codes: [Int32]
  public let count: Int

  /// Creates groups from codes, which are numbered anew.
  public init(_ codes: [Int32]) {
    var places: [Int32: Int32] = [:]
    self.codes = codes.map { code in
      if let place = places[code] { return place }
      let place = Int32(places.count)
      places[code] = place
      return place
    }
    count = places.count
  }

  /// Rows that are alike in both ways.
  func and(_ other: RowGroups) -> RowGroups {
    var places: [Int64: Int32] = [:]
    return RowGroups(
      zip(codes, other.codes).map { a, b in
        let key = Int64(a) << 32 | Int64(b)
        if let place = places[key] { return place }
        let place = Int32(places.count)
        places[key] = place
        return place
      })
  }

  /// Whether every group lies within one group of another kind.
  func isWithin(_ other: RowGroups) -> Bool {
    var parents = [Int32](repeating: -1, count: count)
    for (code, parent) in zip(codes, other.codes) {
      if parents[Int(code)] < 0 { parents[Int(code)] = parent }
      if parents[Int(code)] != parent { return false }
    }
    return true
  }
}

public struct PanelRegression: Sendable {
  /// What standard errors allow for.
  public enum Errors: Sendable {
    case ols, white
    case cluster([RowGroups])
  }

  /// The estimates; residuals and sums of squares are those of the rows that were transformed.
  public let fit: LeastSquares
  public let covariance: Matrix
  /// Means that were taken out, less one for each kind.
  public let absorbed: Int
  /// The degrees of freedom of t.
  public let degrees: Int
  /// How often the effects were taken out in turn.
  public let rounds: Int
  /// One less the weighted residual over the weighted total sum of squares, that about the weighted mean where there
  /// is a constant; of what effects leave, where there are some.
  public let rSquared: Double

  public var standardErrors: [Double] {
    (0..<covariance.rows).map { covariance[$0, $0].squareRoot() }
  }
  public var tStatistics: [Double] { zip(fit.coefficients, standardErrors).map { $0 / $1 } }
  /// Two-sided, of Student's law.
  public var pValues: [Double] {
    tStatistics.map { TailProbability.student($0, degrees: Double(degrees)) }
  }

  /// Regresses `y` on the columns of `x`.
  public init(
    _ x: Matrix, _ y: [Double], effects: [RowGroups] = [], weights: [Double]? = nil,
    errors: Errors, budget: Budget = Budget()
  ) throws {
    let scaled = weights.map { weights in
      let mean = Moments(weights).mean
      return weights.map { $0 / mean }
    }
    var columns = (0..<x.columns).map { x.column($0) } + [y]
    var rounds = 0
    for j in columns.indices {
      try budget.check()
      rounds = max(rounds, try Self.demean(&columns[j], effects, scaled, budget))
    }
    self.rounds = rounds
    let total = Self.sumOfSquares(columns, scaled)
    if let scaled {
      let roots = scaled.map { $0.squareRoot() }
      for j in columns.indices { columns[j] = zip(columns[j], roots).map { $0 * $1 } }
    }
    var matrix = Matrix(rows: x.rows, columns: x.columns)
    for j in 0..<x.columns {
      for i in 0..<x.rows { matrix[i, j] = columns[j][i] }
    }
    let (fit, bread) = try LeastSquares.withInverseGram(matrix, columns[x.columns])
    self.fit = fit
    rSquared = 1 - fit.residualSumOfSquares / total
    absorbed = effects.reduce(0) { $0 + $1.count - 1 }
    let rows = Double(x.rows)
    let left = rows - Double(fit.rank + absorbed)
    var covariance: Matrix
    switch errors {
    case .ols:
      (covariance, degrees) = (fit.residualSumOfSquares / left * bread, Int(left))
    case .white:
      let meat = Self.meat(matrix, fit.residuals, RowGroups(Array(0..<Int32(x.rows))))
      (covariance, degrees) = (bread * (rows / left * meat) * bread, Int(left))
    case .cluster(let kinds):
      let outside = effects.filter { effect in !kinds.contains { effect.isWithin($0) } }
      let k = Double(fit.rank + outside.reduce(0) { $0 + $1.count - 1 })
      var meat = Matrix(rows: x.columns, columns: x.columns)
      let both = kinds.count == 2 ? [kinds[0].and(kinds[1])] : []
      for (sign, groups) in kinds.map({ (1.0, $0) }) + both.map({ (-1.0, $0) }) {
        let count = Double(groups.count)
        let factor = sign * count / (count - 1) * (rows - 1) / (rows - k)
        meat = meat + factor * Self.meat(matrix, fit.residuals, groups)
      }
      (covariance, degrees) = (bread * meat * bread, (kinds.map(\.count).min() ?? 2) - 1)
    }
    for j in fit.dropped {
      for i in 0..<x.columns { (covariance[i, j], covariance[j, i]) = (.nan, .nan) }
    }
    self.covariance = covariance
  }

  // Of the last column; a constant among the others stands there as one number, whatever the weights.
  private static func sumOfSquares(_ columns: [[Double]], _ weights: [Double]?) -> Double {
    let y = columns[columns.count - 1]
    let w = weights ?? [Double](repeating: 1, count: y.count)
    let hasConstant = columns.dropLast().contains { column in
      column.first != 0 && column.allSatisfy { $0 == column[0] }
    }
    let mean =
      hasConstant
      ? Summation.compensated(zip(w, y).map { $0 * $1 }) / Summation.compensated(w) : 0
    return Summation.compensated(zip(w, y).map { $0 * ($1 - mean) * ($1 - mean) })
  }

  /// Takes the means of groups out and puts the mean of all rows back; gives the number of rounds.
  private static func demean(
    _ values: inout [Double], _ effects: [RowGroups], _ weights: [Double]?, _ budget: Budget
  ) throws -> Int {
    guard !effects.isEmpty else { return 0 }
    func mean(_ values: [Double]) -> Double {
      guard let weights else { return Moments(values).mean }
      return Summation.compensated(zip(values, weights).map { $0 * $1 })
        / Summation.compensated(weights)
    }
    let overall = mean(values)
    for row in values.indices { values[row] -= overall }
    let scale = values.reduce(0) { max($0, abs($1)) }
    var round = 0
    repeat {
      try budget.check()
      round += 1
      var largest = 0.0
      for groups in effects { largest = max(largest, subtract(&values, groups, weights)) }
      // One kind of effects is gone at once.
      if effects.count == 1 || largest <= 1e-14 * scale { break }
    } while round < 10_000
    // What is left of a column that effects explain is rounding.
    let rest = values.reduce(0) { max($0, abs($1)) }
    for row in values.indices { values[row] = (rest <= 1e-13 * scale ? 0 : values[row]) + overall }
    return round
  }

  /// Subtracts the means of groups; gives the largest.
  private static func subtract(
    _ values: inout [Double], _ groups: RowGroups, _ weights: [Double]?
  ) -> Double {
    var sums = [CompensatedSum](repeating: CompensatedSum(), count: groups.count)
    var totals = [Double](repeating: 0, count: groups.count)
    for (row, code) in groups.codes.enumerated() {
      let weight = weights?[row] ?? 1
      sums[Int(code)].add(weight * values[row])
      totals[Int(code)] += weight
    }
    let means = zip(sums, totals).map { $1 > 0 ? $0.value / $1 : 0 }
    for (row, code) in groups.codes.enumerated() { values[row] -= means[Int(code)] }
    return means.reduce(0) { max($0, abs($1)) }
  }

  /// Sums of the outer products of each group's summed scores.
  private static func meat(_ x: Matrix, _ residuals: [Double], _ groups: RowGroups) -> Matrix {
    let k = x.columns
    var scores = [Double](repeating: 0, count: groups.count * k)
    for (row, code) in groups.codes.enumerated() {
      for j in 0..<k { scores[Int(code) * k + j] += x[row, j] * residuals[row] }
    }
    var result = Matrix(rows: k, columns: k)
    for a in 0..<k {
      for b in 0...a {
        var sum = CompensatedSum()
        for group in 0..<groups.count { sum.add(scores[group * k + a] * scores[group * k + b]) }
        (result[a, b], result[b, a]) = (sum.value, sum.value)
      }
    }
    return result
  }
}
