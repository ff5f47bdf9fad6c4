// The pinball loss of a month's returns under loadings at several quantiles and factors that are normal.
//
// Definition, e = y_i - b_iq'm and s^2 = b_iq' diag(v) b_iq, with f ~ N(m, v) and t_q = q / (Q + 1):
//   E pinball = e (t_q - Phi(-e/s)) + s phi(e/s),   averaged over firms and quantiles.
// With s to zero this is the pinball loss max(t e, (t - 1) e); the expectation is closed, so nothing is drawn.
// Derivatives: t_q - Phi(-e/s) by e, phi(e/s) by s.
// Reference: Koenker and Bassett (1978) for the loss.

import FactorRuntime

/// The quantile heads of a month: the network's outputs, and what their gradient needs once it is known.
struct QuantileView<Scalar: NetworkScalar> {
  let outputs: UnsafePointer<Scalar>
  let outputWidth: Int
  let heads: Int
  /// Means, then variances of the factors, then what the loss is multiplied by.
  let record: UnsafeMutablePointer<Double>

  /// The numbers of a record.
  static func recordSize(factors: Int) -> Int { 2 * factors + 1 }
}

enum QuantileLoss {
  /// Keeps the deviation of a factor without variance above zero.
  static let smallest = 1e-12

  /// The level of a head, counted from zero.
  static func level(_ head: Int, of heads: Int) -> Double { Double(head + 1) / Double(heads + 1) }

  /// One head of one firm.
  private struct Term {
    let loss: Double
    let byError: Double
    let deviation: Double
    let byDeviation: Double

    init(error: Double, variance: Double, level: Double) {
      deviation = (variance + smallest).squareRoot()
      let x = error / deviation
      let below = 0.5 * Elementary.erfc(x / 2.0.squareRoot())
      byDeviation = Elementary.exp(-0.5 * x * x) / (2 * Double.pi).squareRoot()
      byError = level - below
      loss = error * byError + deviation * byDeviation
    }
  }

  private static func term<Scalar: NetworkScalar>(
    _ loadings: UnsafePointer<Scalar>, _ y: Double, _ factors: Int,
    _ mean: UnsafePointer<Double>, _ variance: UnsafePointer<Double>, _ level: Double
  ) -> Term {
    var (error, spread) = (y, 0.0)
    for k in 0..<factors {
      let b = Double(loadings[k])
      error -= b * mean[k]
      spread += b * b * variance[k]
    }
    return Term(error: error, variance: spread, level: level)
  }

  /// Computes the mean over firms and heads, and sets the gradients of means and variances.
  static func evaluate<Scalar: NetworkScalar>(
    _ view: MonthView<Scalar>, _ quantiles: QuantileView<Scalar>, factors: Int,
    mean: UnsafePointer<Double>, variance: UnsafePointer<Double>,
    into gradients: (mean: UnsafeMutablePointer<Double>, variance: UnsafeMutablePointer<Double>)
  ) -> Double {
    gradients.mean.update(repeating: 0, count: factors)
    gradients.variance.update(repeating: 0, count: factors)
    let share = 1 / Double(max(1, view.firms * quantiles.heads))
    var total = 0.0
    for i in 0..<view.firms {
      let (row, y) = (
        quantiles.outputs + i * quantiles.outputWidth,
        Double(view.loadings[i * view.width + factors])
      )
      for q in 0..<quantiles.heads {
        let loadings = row + q * factors
        let term = term(loadings, y, factors, mean, variance, level(q, of: quantiles.heads))
        total += term.loss
        let bySpread = 0.5 * term.byDeviation / term.deviation
        for k in 0..<factors {
          let b = Double(loadings[k])
          gradients.mean[k] -= share * b * term.byError
          gradients.variance[k] += share * b * b * bySpread
        }
      }
    }
    return share * total
  }

  /// Adds the gradients of some of a month's rows, where `month` has that many firms.
  static func addGradient<Scalar: NetworkScalar>(
    rows: Int, ofMonth firms: Int, _ quantiles: QuantileView<Scalar>, factors: Int,
    returns: UnsafePointer<Scalar>, into target: UnsafeMutablePointer<Scalar>
  ) {
    let (mean, variance) = (quantiles.record, quantiles.record + factors)
    let share = quantiles.record[2 * factors] / Double(max(1, firms * quantiles.heads))
    for i in 0..<rows {
      let (row, into) = (
        quantiles.outputs + i * quantiles.outputWidth, target + i * quantiles.outputWidth
      )
      for q in 0..<quantiles.heads {
        let (loadings, slopes) = (row + q * factors, into + q * factors)
        let term = term(
          loadings, Double(returns[i]), factors, mean, variance, level(q, of: quantiles.heads))
        for k in 0..<factors {
          let spread = Double(loadings[k]) * variance[k] / term.deviation * term.byDeviation
          slopes[k] += Scalar(share * (spread - term.byError * mean[k]))
        }
      }
    }
  }
}
