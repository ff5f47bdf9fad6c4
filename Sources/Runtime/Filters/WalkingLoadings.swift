// Loadings that walk at random, by the Kalman filter with variances of largest likelihood.
//
// Definition: y_t = x_t'b_t + e_t, e ~ N(0, R); b_t = b_(t-1) + w_t, w ~ N(0, diag(q)). Least squares over the first
// `initial` values of a series give b and four times their covariance gives P before the filter begins, right after
// them; the likelihood leaves out the `skipped` periods that follow. R and q come from the training periods alone.
// Missing values: the walk goes on without them. Source: Kalman (1960); Durbin and Koopman (2012), chapter 4;
// covariances in the form of Bucy and Joseph (1968).

/// How loadings that walk are estimated.
public struct WalkingLoadings: Sendable, Equatable {
  /// Values of a series that its first loadings are estimated from.
  public var initial = 250
  /// Periods after them that the likelihood leaves out.
  public var skipped = 60
  /// Whether the first regressor, the constant, has a loading that walks.
  public var constantWalks = false
  /// Values of the likelihood that each of the two runs of a search may ask for.
  public var evaluations = 300

  /// Creates the settings.
  public init() {}

  /// What was found about one series.
  public struct Estimate: Sendable, Equatable {
    /// The period in which the filter begins; nil if the series has too few values, and then all else is NaN.
    public var begin: Int?
    /// The loadings before that period, and their covariances, row by row.
    public var loadings: [Double]
    public var covariance: [Double]
    /// The variance of the error, and those of the steps of the loadings.
    public var residual: Double
    public var walk: [Double]
    /// The logarithm of the likelihood of the training periods after those skipped.
    public var logLikelihood = Double.nan
    /// Whether the search for the variances ended at a minimum; if not they are the best of the search and of
    /// five fixed ratios.
    public var hasConverged = false

    /// A series that the filter begins with in a period, with loadings that do not depend on each other.
    public init(
      begin: Int, loadings: [Double], variances: [Double], residual: Double, walk: [Double]
    ) {
      let n = loadings.count
      var covariance = [Double](repeating: 0, count: n * n)
      for k in 0..<n { covariance[k * n + k] = variances[k] }
      self.init(
        begin: begin, loadings: loadings, covariance: covariance, residual: residual, walk: walk)
    }

    /// A series with what is known before its period `begin`.
    public init(
      begin: Int?, loadings: [Double], covariance: [Double], residual: Double, walk: [Double]
    ) {
      (self.begin, self.loadings, self.covariance) = (begin, loadings, covariance)
      (self.residual, self.walk) = (residual, walk)
    }
  }

  /// Estimates the variances of every series from the periods before `end`.
  public func estimates(
    _ panel: SeriesPanel, before end: Int, budget: Budget
  ) throws(BudgetError) -> [Estimate] {
    try panel.map(budget) { [self] block in
      let starts = panel.series(of: block).map { start(panel, $0, before: end) }
      return WalkSearch(self, panel, block, before: end, starts).estimates()
    }.flatMap { $0 }
  }

  /// The first loadings of a series by least squares, and variances to begin a search with.
  private func start(_ panel: SeriesPanel, _ series: Int, before end: Int) -> Estimate {
    let n = panel.regressorCount
    let nothing = Estimate(
      begin: nil, loadings: [Double](repeating: .nan, count: n),
      covariance: [Double](repeating: .nan, count: n * n), residual: .nan,
      walk: [Double](repeating: .nan, count: n))
    let seen = (0..<end).lazy.filter { !panel.value(series, at: $0).isNaN }.prefix(initial)
    guard initial > n, seen.count == initial, let last = Array(seen).last, last + 1 < end else {
      return nothing
    }
    let x = Matrix(rows: initial, columns: n, storage: seen.flatMap { panel.row($0) })
    guard let fit = try? LeastSquares(x, seen.map { panel.value(series, at: $0) }), fit.rank == n,
      let gram = try? Cholesky(x.transposed * x),
      fit.residualVariance > 0
    else { return nothing }
    let variance = fit.residualVariance
    return Estimate(
      begin: last + 1, loadings: fit.coefficients,
      covariance: gram.inverse.storage.map { 4 * variance * $0 }, residual: variance,
      walk: fit.standardErrors.map { 1e-3 * $0 * $0 })
  }
}
