// The likelihood of a month's returns under the predictor: how good is the prior alone?
//
// Definition, e_i = y_i - b_i'm and s_i = s2 + sum_k b_ik^2 v_k:
//   prd = (1/N) sum_i 0.5 [ log(2 pi s_i) + e_i^2 / s_i ]
// with gradients for m, log v and log s2; the loadings get none.

import FactorRuntime

enum PredictiveLikelihood {
  /// Where the gradients go; all are set, not added.
  struct Gradients {
    var mean: UnsafeMutablePointer<Double>
    var logVariance: UnsafeMutablePointer<Double>
    var logResidual: UnsafeMutablePointer<Double>
  }

  /// Computes the mean over firms, and the gradients where a place for them is given.
  static func evaluate<Scalar: NetworkScalar>(
    _ view: MonthView<Scalar>, factors: Int, mean: UnsafePointer<Double>,
    logVariance: UnsafePointer<Double>, logResidual: Double, into gradients: Gradients?
  ) -> Double {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 3 * factors + 3) { scratch in
      guard let variance = scratch.baseAddress else { return .nan }
      let sums = variance + factors
      for k in 0..<factors { variance[k] = Elementary.exp(logVariance[k]) }
      let residual = Elementary.exp(logResidual)
      let firms = Double(max(1, view.firms))
      Scalar.priorLikelihood(
        RowTile(rows: view.firms, width: view.width, view.loadings), factors: factors, mean: mean,
        variance: variance, residual: residual, into: sums)
      if let gradients {
        gradients.logResidual[0] = sums[2] * residual / firms
        for k in 0..<factors {
          gradients.mean[k] = -sums[3 + k] / firms
          gradients.logVariance[k] = sums[3 + factors + k] * variance[k] / firms
        }
      }
      return 0.5 * (Elementary.log(2 * Double.pi) + (sums[1] + sums[0]) / firms)
    }
  }
}
