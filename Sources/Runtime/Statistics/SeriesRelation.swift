// How one series goes with another: correlation, slope and its t-statistic, at leads and lags.
//
// Definition: of the pairs (x_t, y_(t+k)), x standardised over them: correlation; slope of the regression of x on y
// with a constant; t = slope / its standard error of least squares. A lead k > 0 pairs x with what y is later.
// Missing values: a pair with either missing is skipped. Degrees of freedom: n - 1 for the standard deviation,
// n - 2 for the error. Fewer than three pairs, or a series without spread, give NaN; so does t where nothing is left of the error.

/// One series beside another.
public struct SeriesRelation: Sendable, Equatable {
  /// Pearson's correlation.
  public let correlation: Double
  /// The change of x, in its standard deviations, with a unit of y.
  public let slope: Double
  /// The slope over its standard error.
  public let tStatistic: Double
  /// The pairs.
  public let count: Int

  /// Compares two series of equal length, y taken `lead` places later.
  public init(_ x: [Double], _ y: [Double], lead: Int = 0) {
    precondition(x.count == y.count)
    let places = x.indices.filter { y.indices.contains($0 + lead) }
    let (a, b) = Correlation.complete(places.map { x[$0] }, places.map { y[$0 + lead] })
    count = a.count
    correlation = Correlation.pearson(a, b)
    guard count > 2, correlation.isFinite else {
      (slope, tStatistic) = (.nan, .nan)
      return
    }
    let spread = Moments(b).standardDeviation()
    slope = correlation / spread
    let left = 1 - correlation * correlation
    // What is left of an exact relation is rounding, which no error can be told by.
    tStatistic =
      left > 1e-12 ? correlation * (Double(count - 2) / left).squareRoot() : .nan
  }
}

/// Principal components of several series.
public struct SeriesComponents: Sendable {
  /// Periods x components; NaN where a series is missing.
  public let scores: [[Double]]
  /// The share of the variance each component holds, largest first, of all components.
  public let shares: [Double]
  /// Series x components.
  public let loadings: Matrix

  /// Decomposes series of equal length, standardised over the periods in which all are present.
  ///
  /// A series without spread has zeros for its standardised values.
  public init(_ series: [[Double]], count: Int) throws(LinearAlgebraError) {
    precondition(!series.isEmpty && (1...series.count).contains(count))
    let periods = series[0].count
    let whole = (0..<periods).filter { t in series.allSatisfy { $0[t].isFinite } }
    let standard = series.map { values -> [Double] in
      let moments = Moments(whole.map { values[$0] })
      let spread = moments.standardDeviation()
      return values.map { spread > 0 ? ($0 - moments.mean) / spread : 0 }
    }
    let rows = Matrix(
      rows: whole.count, columns: series.count,
      storage: whole.flatMap { t in standard.map { $0[t] } })
    let eigen = try SymmetricEigen(rows.transposed * rows)
    let total = Summation.pairwise(eigen.values)
    shares = eigen.values.map { total > 0 ? max(0, $0) / total : .nan }
    var loadings = Matrix(rows: series.count, columns: count)
    for i in series.indices { for k in 0..<count { loadings[i, k] = eigen.vectors[i, k] } }
    self.loadings = loadings
    let isWhole = Set(whole)
    scores = (0..<periods).map { t in
      (0..<count).map { k in
        guard isWhole.contains(t) else { return .nan }
        return standard.indices.reduce(0) { $0 + standard[$1][t] * loadings[$1, k] }
      }
    }
  }
}
