// A vector autoregression of order one with residuals drawn again: paths of what may come.
//
// Definition: f_t = c + A f_(t-1) + u_t, each equation by least squares; an attached series is
// r_t = a + b'f_t + e_t, by least squares too. A path draws whole periods of (u, e) with
// replacement, so that their joint distribution is kept, and starts from the last period given.
// If the fitted A is explosive, it is shrunk to a spectral radius of 0.98 or less by its row sums'
// bound. Missing values: refused. Degrees of freedom: periods - 1 - series for each equation.
// Reference: Lütkepohl (2005), sections 3.2 and D.3.

/// A VAR(1) of factors with a series attached to them.
public struct VectorAutoregression: Sendable {
  /// One constant per factor.
  public let constants: [Double]
  /// Factors x factors.
  public let steps: [[Double]]
  /// The attached series' constant and loadings.
  public let intercept: Double
  public let loadings: [Double]
  private let shocks: [[Double]]
  private let noise: [Double]
  private let last: [Double]

  /// Fits to periods x factors and the series of the same periods.
  public init(_ factors: [[Double]], attached: [Double]) throws(LinearAlgebraError) {
    precondition(factors.count == attached.count && factors.count > 3)
    let width = factors[0].count
    let before = Matrix(factors.dropLast().map { [1] + $0 })
    let now = Array(factors.dropFirst())
    var (constants, steps, residuals): ([Double], [[Double]], [[Double]]) = ([], [], [])
    for k in 0..<width {
      let fit = try LeastSquares(before, now.map { $0[k] })
      constants.append(fit.coefficients[0])
      steps.append(Array(fit.coefficients.dropFirst()))
      residuals.append(fit.residuals)
    }
    let bound = steps.map { $0.reduce(0) { $0 + abs($1) } }.max() ?? 0
    if bound > 0.98, Self.isExplosive(steps) {
      steps = steps.map { row in row.map { $0 * 0.98 / bound } }
    }
    let own = try LeastSquares(Matrix(factors.map { [1] + $0 }), attached)
    (self.constants, self.steps) = (constants, steps)
    shocks = (0..<now.count).map { t in residuals.map { $0[t] } }
    noise = Array(own.residuals.dropFirst())
    (intercept, loadings) = (own.coefficients[0], Array(own.coefficients.dropFirst()))
    last = factors[factors.count - 1]
  }

  // Powers of the matrix grow without end.
  private static func isExplosive(_ steps: [[Double]]) -> Bool {
    var state = [Double](repeating: 1, count: steps.count)
    for _ in 0..<400 {
      state = steps.map { row in zip(row, state).reduce(0) { $0 + $1.0 * $1.1 } }
    }
    return state.contains { !(abs($0) < 1) }
  }

  /// One path of the attached series.
  public func path(periods: Int, _ stream: inout RandomStream) -> [Double] {
    var state = last
    return (0..<periods).map { _ in
      let drawn = stream.below(shocks.count)
      state = steps.indices.map { k in
        constants[k] + zip(steps[k], state).reduce(0) { $0 + $1.0 * $1.1 } + shocks[drawn][k]
      }
      return intercept + zip(loadings, state).reduce(0) { $0 + $1.0 * $1.1 } + noise[drawn]
    }
  }
}
