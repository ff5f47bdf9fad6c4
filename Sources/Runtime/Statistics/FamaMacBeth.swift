// Fama-MacBeth: a regression across firms in each period, then inference on the slopes over time.
//
// Definition: b_t by least squares of the returns of period t on a constant and the regressors; slope = mean b_t with the
// standard error of a mean of the kind asked for. A period counts if it has more firms than coefficients and its
// regressors are independent of each other and of the constant. Missing values: rows with any are skipped.
// Degrees of freedom of t: periods - 1. Reference: Fama and MacBeth (1973); Cochrane (2005), section 12.3.

public struct FamaMacBeth: Sendable {
  /// Why a period does not count.
  public enum Skip: Sendable, Equatable {
    case firms(Int)
    /// Regressors that do not vary, or follow from the others, by place.
    case dependent([Int])
  }

  /// The slopes of one period, the constant first.
  public struct Month: Sendable {
    public let place: Int
    public let coefficients: [Double]
    public let firms: Int
    public let rSquared: Double
  }

  public let months: [Month]
  public let skipped: [(place: Int, reason: Skip)]
  /// Inference on each coefficient, the constant first.
  public let means: [Regression]

  public var meanRSquared: Double {
    Summation.pairwise(months.map(\.rSquared)) / Double(months.count)
  }

  /// Regresses period by period; `rows` are those of each period, `regressors` columns of all rows.
  public init(
    _ y: [Double], _ regressors: [[Double]], rows: [Range<Int>], _ kind: ErrorKind, lags: Int
  ) throws(LinearAlgebraError) {
    var (months, skipped): ([Month], [(place: Int, reason: Skip)]) = ([], [])
    for (place, rows) in rows.enumerated() {
      let whole = rows.filter { i in
        y[i].isFinite && regressors.allSatisfy { $0[i].isFinite }
      }
      guard whole.count > regressors.count + 1 else {
        skipped.append((place, .firms(whole.count)))
        continue
      }
      let x = Matrix(
        rows: whole.count, columns: regressors.count + 1,
        storage: whole.flatMap { i in [1] + regressors.map { $0[i] } })
      let fit = try LeastSquares(x, whole.map { y[$0] })
      guard fit.dropped.isEmpty else {
        skipped.append((place, .dependent(fit.dropped.map { $0 - 1 })))
        continue
      }
      months.append(
        Month(
          place: place, coefficients: fit.coefficients, firms: whole.count,
          rSquared: fit.rSquared))
    }
    (self.months, self.skipped) = (months, skipped)
    var means: [Regression] = []
    if months.count > 1 {
      let ones = Matrix(rows: months.count, columns: 1, repeating: 1)
      for j in 0...regressors.count {
        means.append(
          try Regression(ones, months.map { $0.coefficients[j] }, kind, lags: lags, constant: 0))
      }
    }
    self.means = means
  }
}
