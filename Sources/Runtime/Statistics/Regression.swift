// A regression with standard errors of a named kind.
//
// Definition: b by least squares; covariance (X'X)^-1 M (X'X)^-1 with M = s^2 X'X (ols), n / (n - k) sum e^2 x x'
// (white, HC1), or the long-run sum of the scores x e (nw, auto, r). Dropped columns have coefficient 0 and
// errors NaN. Missing values: refused; callers drop rows. Degrees of freedom of t: n - k.
// References: White (1980), MacKinnon and White (1985); Newey and West (1987, 1994); Zeileis (2004).

/// What standard errors allow for.
public enum ErrorKind: String, CaseIterable, Sendable {
  case ols, white, nw, auto, r

  /// The kind in one sentence.
  public var sentence: String {
    switch self {
    case .ols: "nothing: errors of equal variance, independent of each other"
    case .white: "errors of unequal variance (HC1)"
    case .nw: "also correlation over time, Bartlett weights up to `lags` (Newey and West 1987)"
    case .auto: "the same with 4 (T / 100)^(2/9) lags, rounded down"
    case .r: "as R's sandwich does: VAR(1) prewhitening, bandwidth of Newey and West (1994)"
    }
  }
}

public struct Regression: Sendable {
  /// The estimates by least squares.
  public let fit: LeastSquares
  public let kind: ErrorKind
  /// The lags of the kinds that have some.
  public let lags: Int?
  /// The covariance of the coefficients; NaN for dropped columns, and where nothing is left to estimate it from.
  public let covariance: Matrix

  public var coefficients: [Double] { fit.coefficients }
  public var standardErrors: [Double] {
    (0..<covariance.rows).map { covariance[$0, $0].squareRoot() }
  }
  public var tStatistics: [Double] { zip(coefficients, standardErrors).map { $0 / $1 } }
  /// Two-sided, of Student's law with the degrees of freedom of the fit.
  public var pValues: [Double] {
    tStatistics.map { TailProbability.student($0, degrees: Double(fit.degreesOfFreedom)) }
  }
  /// R2 less what as many columns without meaning would explain; the constant is no column.
  public func adjustedRSquared(hasConstant: Bool) -> Double {
    let n = Double(fit.residuals.count) - (hasConstant ? 1 : 0)
    return 1 - (1 - fit.rSquared) * n / Double(fit.degreesOfFreedom)
  }

  /// Whether what is left is rounding, of which no error can be told.
  public var isExact: Bool { Self.isExact(fit) }

  private static func isExact(_ fit: LeastSquares) -> Bool {
    fit.residualSumOfSquares <= 1e-26 * fit.totalSumOfSquares
  }

  /// The lags of `auto` for so many periods.
  public static func usualLags(_ periods: Int) -> Int {
    Int(4 * Elementary.pow(Double(periods) / 100, 2.0 / 9))
  }

  /// Regresses `y` on the columns of `x`, rows in order of time; `constant` is the place of a column of ones.
  public init(
    _ x: Matrix, _ y: [Double], _ kind: ErrorKind = .ols, lags: Int = 0, constant: Int? = nil
  ) throws(LinearAlgebraError) {
    let (fit, bread) = try LeastSquares.withInverseGram(x, y)
    (self.fit, self.kind) = (fit, kind)
    let scores = Matrix(
      rows: x.rows, columns: x.columns,
      storage: (0..<x.rows).flatMap { i in (0..<x.columns).map { x[i, $0] * fit.residuals[i] } })
    var covariance: Matrix
    switch kind {
    case .ols: (self.lags, covariance) = (nil, fit.residualVariance * bread)
    case .white:
      let factor = Double(x.rows) / Double(fit.degreesOfFreedom)
      (self.lags, covariance) = (nil, bread * (factor * LongRun.sum(scores, lags: 0)) * bread)
    case .nw, .auto:
      let used = min(kind == .nw ? lags : Self.usualLags(x.rows), max(0, x.rows - 1))
      (self.lags, covariance) = (used, bread * LongRun.sum(scores, lags: used) * bread)
    case .r:
      let (meat, used) = try LongRun.prewhitened(scores, constant: constant)
      (self.lags, covariance) = (used, bread * meat * bread)
    }
    let idle = Self.isExact(fit) ? Array(0..<x.columns) : fit.dropped
    for j in idle {
      for i in 0..<x.columns { (covariance[i, j], covariance[j, i]) = (.nan, .nan) }
    }
    self.covariance = covariance
  }
}

/// Sums of the autocovariances of scores.
enum LongRun {
  /// sum_l w_l sum_t (s_t s_(t-l)' + s_(t-l) s_t'), Bartlett weights 1 - l / (lags + 1), l = 0 once.
  static func sum(_ scores: Matrix, lags: Int) -> Matrix {
    let k = scores.columns
    var result = Matrix(rows: k, columns: k)
    for lag in 0...max(0, min(lags, scores.rows - 1)) {
      let weight = 1 - Double(lag) / Double(lags + 1)
      for a in 0..<k {
        for b in 0..<k {
          let products = (lag..<max(lag, scores.rows)).map { scores[$0, a] * scores[$0 - lag, b] }
          let value = weight * Summation.compensated(products)
          result[a, b] += value
          if lag > 0 { result[b, a] += value }
        }
      }
    }
    return result
  }

  /// The same of what a VAR(1) leaves of the scores, coloured again; lags by the rule of 1994.
  static func prewhitened(
    _ scores: Matrix, constant: Int?
  ) throws(LinearAlgebraError) -> (Matrix, lags: Int) {
    let (n, k) = (scores.rows, scores.columns)
    guard n > 2 * k + 1 else { return (sum(scores, lags: 0), 0) }
    let before = Matrix(
      rows: n - 1, columns: k, storage: Array(scores.storage.prefix((n - 1) * k)))
    var left = Matrix(rows: n - 1, columns: k)
    var filter = Matrix.identity(k)
    for j in 0..<k {
      let fit = try LeastSquares(before, (1..<n).map { scores[$0, j] })
      for i in 0..<(n - 1) { left[i, j] = fit.residuals[i] }
      for a in 0..<k { filter[j, a] -= fit.coefficients[a] }
    }
    let lags = bandwidth(left, of: n, constant: k > 1 ? constant : nil)
    // D M D' with D the inverse of the filter, column by column.
    let d = try inverse(filter)
    return (d * sum(left, lags: lags) * d.transposed, lags)
  }

  private static func inverse(_ matrix: Matrix) throws(LinearAlgebraError) -> Matrix {
    let k = matrix.rows
    var result = Matrix(rows: k, columns: k)
    for j in 0..<k {
      let unit = (0..<k).map { $0 == j ? 1.0 : 0 }
      let fit = try LeastSquares(matrix, unit)
      for i in 0..<k { result[i, j] = fit.coefficients[i] }
    }
    return result
  }

  private static func bandwidth(_ left: Matrix, of n: Int, constant: Int?) -> Int {
    let t = Double(left.rows)
    let series = (0..<left.rows).map { i in
      (0..<left.columns).reduce(0.0) { $1 == constant ? $0 : $0 + left[i, $1] }
    }
    let most = min(Int(3 * Elementary.pow(Double(n) / 100, 2.0 / 9)), left.rows - 1)
    let sigma = (0...max(0, most)).map { lag in
      Summation.compensated(zip(series, series.dropFirst(lag)).map { $0 * $1 }) / t
    }
    let (s0, s1) = sigma.enumerated().dropFirst().reduce((sigma[0], 0.0)) {
      ($0.0 + 2 * $1.element, $0.1 + 2 * Double($1.offset) * $1.element)
    }
    guard s0 != 0 else { return 0 }
    let ratio = Elementary.pow((s1 / s0) * (s1 / s0), 1.0 / 3)
    return Int(1.1447 * ratio * Elementary.pow(t + 1, 1.0 / 3))
  }
}
