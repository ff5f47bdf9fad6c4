// A fitted conditional factor model: frozen members, the scales of their training block, forecasts.

import FactorRuntime

/// One ensemble member after training.
struct ConditionalMember<Network: ConditionalNetwork>: TrainedMember
where Network.Scalar == Float {
  let network: Network.Frozen
  /// The network as it was trained, to go on from and to write to a file.
  let weights: NetworkWeights<Float>
  /// The factor head's parameters.
  var core: [Double]
  /// The same before the validation months were used again: what the blend weight is chosen with.
  let tuned: [Double]
  let report: TrainingReport
}

struct FittedConditional<Network: ConditionalNetwork, Head: FactorHead>: FittedEnsemble
where Network.Scalar == Float, Head.Scalar == Float {
  var summary: FitSummary
  let scales: NetworkScales
  var members: [ConditionalMember<Network>]
  /// The share of the prior in the blend forecast.
  var blendWeight = 0.0
  /// The residual variance of the training months, in standardised units; with a residual variance by stock what
  /// each of these is multiplied by.
  var residualVariance = 1.0
  let forecasts: [ForecastMode]
  var priorShare: Double? { forecasts.contains(.blend) ? blendWeight : nil }
  let reads: FactorReading
  var readsManagedPortfolios: Bool { reads == .managed && head.readsInputs }
  /// What makes the network and the head again.
  let design: Network.Design
  let head: Head.Design
  let meanFirms: Double

  func predict(_ task: FactorTask, budget: Budget) throws -> Predictions {
    try check(task)
    let series = try reads.series(of: task, budget)
    return try predict(scales.data(task, inputs: series), budget: budget)
  }

  func predict(_ data: NetworkData, budget: Budget) throws -> Predictions {
    let sum = try Ensemble.fold(members: members.count, budget: budget) { number in
      try budget.check()
      let found = run(members[number], data, budget)
      // A run that was stopped on the way is worth nothing.
      try budget.check()
      return found
    } adding: {
      $0.add($1)
    }
    return combine(sum)
  }

  private func run(
    _ member: ConditionalMember<Network>, _ data: NetworkData, _ budget: Budget
  ) -> MemberPredictions {
    let rows = data.returns.count
    let head = Head(self.head, inputs: data.inputs, meanFirms: meanFirms)
    head.parameters.restore(member.core)
    let filter = ConditionalFilter<Network.Run, Head>(
      design, head: head,
      data: ConditionalData<Float>(data, readsHistories: Network.readsHistories))
    var result = MemberPredictions(
      total: [Double](repeating: 0, count: rows), mean: [Double](repeating: 0, count: rows),
      prior: [Double](repeating: 0, count: rows), spread: [Double](repeating: 0, count: rows),
      factors: [])
    var seen = RunningFactors(count: head.factors)
    // What counts in means may begin later than what is known of the factors' spread.
    var counted = seen
    var b = [Double](repeating: 0, count: head.factors)
    if self.head.columns.hasVariance { result.residual = result.spread }
    let months = 0..<data.monthCount
    _ = filter.run(member.network, months: months, from: 0, budget: budget) {
      number, loadings, rows, month in
      let past = counted.mean
      // Where no prior says how far factors may go, those seen so far do.
      let covariance = month.prior.isEmpty ? seen.covariance : []
      let first = rows.lowerBound
      for i in 0..<rows.count {
        let row = loadings + i * filter.width
        var (total, mean, prior, spread) = (0.0, 0.0, 0.0, residualVariance)
        if !result.residual.isEmpty {
          spread *= Double(row[head.factors])
          result.residual[first + i] = spread
        }
        for k in 0..<head.factors {
          let loading = Double(row[k])
          b[k] = loading
          total += loading * month.posterior[k]
          mean += loading * past[k]
          guard !month.prior.isEmpty else { continue }
          prior += loading * month.prior[k]
          spread += loading * loading * month.priorVariance[k]
        }
        if month.prior.isEmpty { spread += RunningFactors.variance(of: b, covariance) }
        result.total[first + i] = total
        result.mean[first + i] = mean
        result.prior[first + i] = prior
        result.spread[first + i] = spread
      }
      result.factors.append(month.posterior)
      result.latent.append(month.latent)
      seen.add(month.posterior)
      if number >= data.firstMeanMonth { counted.add(month.posterior) }
    }
    return result
  }

  private func combine(_ sum: MemberPredictions?) -> Predictions {
    guard var all = sum else {
      return Predictions(
        total: [], forecasts: forecasts.map { ($0, []) }, preferred: forecasts.last ?? .mean,
        variance: [], factors: [])
    }
    let scale = scales.returns
    all.average(over: members.count, returns: scale, variance: scale * scale)
    let weight = blendWeight
    let modes = forecasts.map { mode -> (mode: ForecastMode, values: [Double]) in
      switch mode {
      case .prior: (mode, all.prior)
      case .blend: (mode, zip(all.prior, all.mean).map { weight * $0 + (1 - weight) * $1 })
      default: (mode, all.mean)
      }
    }
    return Predictions(
      total: all.total, forecasts: modes, preferred: forecasts.last ?? .mean,
      variance: all.spread, factors: all.factors, latent: all.latent,
      residualVariance: all.residual.isEmpty ? nil : all.residual)
  }
}
