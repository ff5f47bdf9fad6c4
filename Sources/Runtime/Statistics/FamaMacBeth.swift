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
  ///
  /// Periods are regressed side by side and put together in their order.
  public init(
    _ y: [Double], _ regressors: [[Double]], rows: [Range<Int>], _ kind: ErrorKind, lags: Int,
    budget: Budget = Budget()
  ) throws {
    let outcomes = Parallel.map(rows.count, threads: budget.threads) { place -> Outcome? in
      budget.isCancelled ? nil : Self.outcome(place, rows[place], y, regressors)
    }
    try budget.check()
    var (months, skipped): ([Month], [(place: Int, reason: Skip)]) = ([], [])
    for (place, outcome) in outcomes.enumerated() {
      switch outcome {
      case .counted(let month): months.append(month)
      case .skipped(let reason): skipped.append((place, reason))
      case .failed(let error): throw error
      case nil: throw BudgetError.cancelled
      }
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

  private enum Outcome: Sendable {
    case counted(Month), skipped(Skip), failed(LinearAlgebraError)
  }

  private static func outcome(
    _ place: Int, _ rows: Range<Int>, _ y: [Double], _ regressors: [[Double]]
  ) -> Outcome {
    let whole = wholeRows(rows, y, regressors)
    guard whole.count > regressors.count + 1 else { return .skipped(.firms(whole.count)) }
    do throws(LinearAlgebraError) {
      let fit = try LeastSquares.ofMany(design(whole, regressors), whole.map { y[$0] })
      guard fit.dropped.isEmpty else { return .skipped(.dependent(fit.dropped.map { $0 - 1 })) }
      return .counted(
        Month(
          place: place, coefficients: fit.coefficients, firms: whole.count,
          rSquared: fit.rSquared))
    } catch { return .failed(error) }
  }

  private static func wholeRows(
    _ rows: Range<Int>, _ y: [Double], _ regressors: [[Double]]
  ) -> [Int] {
    var isWhole = y[rows].map(\.isFinite)
    for column in regressors {
      for (place, row) in rows.enumerated() where !column[row].isFinite { isWhole[place] = false }
    }
    return isWhole.indices.filter { isWhole[$0] }.map { rows.lowerBound + $0 }
  }

  // A constant and the regressors, row after row.
  private static func design(_ rows: [Int], _ regressors: [[Double]]) -> Matrix {
    let width = regressors.count + 1
    var storage = [Double](repeating: 1, count: rows.count * width)
    for (j, column) in regressors.enumerated() {
      for (place, row) in rows.enumerated() { storage[place * width + j + 1] = column[row] }
    }
    return Matrix(rows: rows.count, columns: width, storage: storage)
  }
}
