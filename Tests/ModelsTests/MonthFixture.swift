// One month of a recurrent factor network with stated posterior, prior and rows.

import FactorRuntime
import TestSupport

@testable import Models

/// Rows of loadings and returns, and a head whose posterior and prior are given numbers.
final class MonthFixture {
  let head: RecurrentFactorHead<Double>
  let tape = Tape()
  let factors: Int
  private let statistics: LoadingStatistics<Double>
  private let rows: UnsafeMutablePointer<Double>
  private let firms: Int
  private let width = 16

  /// `posterior` and `prior` hold means and log variances.
  init(
    returns: [Double], loadings: [[Double]], residual: Double,
    posterior: (mean: [Double], logVariance: [Double]),
    prior: (mean: [Double], logVariance: [Double]), kind: PosteriorKind = .amortized
  ) {
    (firms, factors) = (returns.count, posterior.mean.count)
    let options = FactorNetworkOptions(
      factors: factors, hidden: 1, predictorHidden: 1, posterior: kind, prior: .var1,
      predictiveWeight: 0, ridge: 0)
    head = RecurrentFactorHead(options: options, inputs: [], meanFirms: Double(firms))
    let (block, tensors) = (head.parameters, head.tensors)
    block.fill(tensors.meanBias) { row, _ in posterior.mean[row] }
    block.fill(tensors.varianceBias) { row, _ in posterior.logVariance[row] }
    block.fill(tensors.priorMean) { row, _ in prior.mean[row] }
    block.fill(tensors.priorLogVariance) { row, _ in prior.logVariance[row] }
    block.fill(tensors.logResidual) { _, _ in Elementary.log(residual) }
    statistics = LoadingStatistics(factors: factors, width: width, slots: 1)
    rows = .allocate(capacity: firms * width)
    rows.initialize(repeating: 0, count: firms * width)
    for i in 0..<firms {
      for k in 0..<factors { rows[i * width + k] = loadings[i][k] }
    }
    statistics.compute(slot: 0, rows: firms, loadings: rows, returns: returns)
  }

  deinit { rows.deallocate() }

  var view: MonthView<Double> {
    MonthView(month: 0, firms: firms, statistics: statistics[0], loadings: rows, width: width)
  }

  /// The value of a term of the month, computed on a fresh tape; adds its gradient if asked.
  ///
  /// Variables do not keep their tape alive, so none leaves this function.
  func value(
    wantsGradient: Bool = false, _ term: (RecurrentMonth<Double>) -> Variable
  ) -> Double {
    let variable = term(month())
    if wantsGradient { tape.backward(from: variable) }
    return variable.scalar
  }

  /// The month as a filter reports it.
  func filtered() -> FilteredMonth { month().filtered(view) }

  private func month() -> RecurrentMonth<Double> {
    tape.reset()
    head.resetState()
    head.loadParameters(on: tape)
    let (bound, live) = head.context()
    return RecurrentMonth(view, head.options, bound, live, input: nil, tape)
  }

  /// KL(q || p) of two diagonal normals given by means and log variances.
  static func divergence(
    _ q: (mean: [Double], logVariance: [Double]), _ p: (mean: [Double], logVariance: [Double])
  ) -> Double {
    MonthFixture(
      returns: [0, 0], loadings: [q.mean, q.mean], residual: 1, posterior: q, prior: p
    ).value { $0.divergence() }
  }
}
