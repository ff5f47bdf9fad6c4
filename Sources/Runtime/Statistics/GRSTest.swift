// The joint test of alphas: do some factors price some portfolios?
//
// Definition: F = (T - N - K) / N * a' S^-1 a / (1 + m' V^-1 m), a the intercepts of regressions on the factors, S the
// covariance of their residuals and m, V mean and covariance of the factors, both divided by T. F has N and
// T - N - K degrees of freedom under normal errors. Missing values: refused; callers keep whole periods.
// Reference: Gibbons, Ross and Shanken (1989), equation 7.

public struct GRSTest: Sendable {
  public let statistic: Double
  public let degrees: (Int, Int)
  public let pValue: Double
  /// a' S^-1 a: the squared Sharpe ratio that the alphas add, by period.
  public let squaredSharpeOfAlphas: Double
  /// The regression of each portfolio, the constant first.
  public let regressions: [Regression]
  /// Portfolios whose residuals follow from those before them, by place: with any there is no test.
  public let dependent: [Int]

  /// Tests portfolios against factors, columns of equal length.
  public init(
    _ portfolios: [[Double]], _ factors: [[Double]], _ kind: ErrorKind = .ols, lags: Int = 0
  ) throws(LinearAlgebraError) {
    let t = portfolios.first?.count ?? 0
    let x = Matrix(
      rows: t, columns: factors.count + 1,
      storage: (0..<t).flatMap { i in [1] + factors.map { $0[i] } })
    var regressions: [Regression] = []
    for own in portfolios {
      regressions.append(try Regression(x, own, kind, lags: lags, constant: 0))
    }
    self.regressions = regressions
    // A factor that follows from others is no factor.
    let idle = Set(regressions.first?.fit.dropped ?? [])
    let kept = factors.indices.filter { !idle.contains($0 + 1) }.map { factors[$0] }
    let n = portfolios.count
    degrees = (n, t - n - kept.count)
    let residuals = Self.covariance(regressions.map(\.fit.residuals), centred: false)
    dependent = Self.dependent(residuals)
    guard degrees.1 > 0, dependent.isEmpty else {
      (statistic, pValue, squaredSharpeOfAlphas) = (.nan, .nan, .nan)
      return
    }
    let gain = try Self.quadratic(residuals, regressions.map { $0.coefficients[0] })
    let means = kept.map { Summation.compensated($0) / Double(t) }
    let price = try Self.quadratic(Self.covariance(kept, centred: true), means)
    squaredSharpeOfAlphas = gain
    statistic = Double(degrees.1) / Double(n) * gain / (1 + price)
    pValue = TailProbability.fisher(statistic, Double(degrees.0), Double(degrees.1))
  }

  // Rows whose pivot, relative to their own variance, is what rounding leaves.
  private static func dependent(_ matrix: Matrix) -> [Int] {
    let n = matrix.rows
    var (factor, found) = (Matrix(rows: n, columns: n), [Int]())
    for i in 0..<n {
      for j in 0..<i where factor[j, j] > 0 {
        let shared = (0..<j).reduce(matrix[i, j]) { $0 - factor[i, $1] * factor[j, $1] }
        factor[i, j] = shared / factor[j, j]
      }
      let pivot = (0..<i).reduce(matrix[i, i]) { $0 - factor[i, $1] * factor[i, $1] }
      if pivot > 1e-10 * matrix[i, i] { factor[i, i] = pivot.squareRoot() } else { found.append(i) }
    }
    return found
  }

  private static func quadratic(
    _ matrix: Matrix, _ vector: [Double]
  ) throws(LinearAlgebraError) -> Double {
    guard !vector.isEmpty else { return 0 }
    let solved = try Cholesky(matrix).solve(vector)
    let square = zip(vector, solved).reduce(0) { $0 + $1.0 * $1.1 }
    // Rounding can leave a square of nearly nothing below zero; no number stays none.
    return square < 0 ? 0 : square
  }

  private static func covariance(_ columns: [[Double]], centred: Bool) -> Matrix {
    let t = Double(columns.first?.count ?? 1)
    let moved = columns.map { own -> [Double] in
      let mean = centred ? Summation.compensated(own) / t : 0
      return own.map { $0 - mean }
    }
    var result = Matrix(rows: columns.count, columns: columns.count)
    for i in columns.indices {
      for j in 0...i {
        let value = Summation.compensated(zip(moved[i], moved[j]).map { $0 * $1 }) / t
        (result[i, j], result[j, i]) = (value, value)
      }
    }
    return result
  }
}

extension Statistic {
  /// The intercept on factors.
  public static let alpha = Statistic(
    "alpha", "alpha", "the mean return that factors leave unexplained, a period",
    formula: "the constant of r = α + Σ β_k f_k + ε by least squares",
    convention: "r is taken as an excess return; not annualised", reference: "Jensen (1968)",
    style: .percent)
  /// Its t-statistic.
  public static let alphaT = Statistic(
    "alpha_t", "t of alpha", "alpha over its Newey-West standard error", formula: "α / se(α)",
    convention: "Bartlett weights, no small-sample factor", reference: "Newey and West (1987)")
  /// The joint test.
  public static let grs = Statistic(
    "grs", "GRS", "the joint test that all alphas are zero",
    formula:
      "(T − N − K) / N · α′ S⁻¹ α / (1 + m′ V⁻¹ m), an F with N and T − N − K degrees of freedom",
    convention: "S and V divided by T; normal errors",
    reference: "Gibbons, Ross and Shanken (1989)")
}
