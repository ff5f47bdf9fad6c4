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
    withUnsafeTemporaryAllocation(of: Double.self, capacity: factors) { variance in
      for k in 0..<factors { variance[k] = Elementary.exp(logVariance[k]) }
      if let gradients {
        gradients.mean.update(repeating: 0, count: factors)
        gradients.logVariance.update(repeating: 0, count: factors)
        gradients.logResidual[0] = 0
      }
      let residual = Elementary.exp(logResidual)
      let firms = Double(max(1, view.firms))
      var (quadratic, logs) = (0.0, LogSum())
      for i in 0..<view.firms {
        let row = view.loadings + i * view.width
        var (error, spread) = (Double(row[factors]), residual)
        for k in 0..<factors {
          let b = Double(row[k])
          error -= b * mean[k]
          spread += b * b * variance[k]
        }
        let ratio = error / spread
        quadratic += error * ratio
        logs.add(spread)
        guard let gradients else { continue }
        let slope = 0.5 * (1 / spread - ratio * ratio) / firms
        gradients.logResidual[0] += slope * residual
        for k in 0..<factors {
          let b = Double(row[k])
          gradients.mean[k] -= b * ratio / firms
          gradients.logVariance[k] += slope * b * b * variance[k]
        }
      }
      let constant = Elementary.log(2 * Double.pi)
      return 0.5 * (constant + (logs.total + quadratic) / firms)
    }
  }
}

/// A sum of logarithms with one logarithm per sixteen positive terms.
struct LogSum {
  private var sum = 0.0
  private var product = 1.0
  private var pending = 0

  mutating func add(_ x: Double) {
    product *= x
    pending += 1
    if pending == 16 { flush() }
  }

  private mutating func flush() {
    sum += Elementary.log(product)
    (product, pending) = (1, 0)
  }

  var total: Double { sum + Elementary.log(product) }
}
