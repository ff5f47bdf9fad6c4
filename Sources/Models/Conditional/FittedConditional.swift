// A fitted conditional factor model: frozen members, the scales of their training block, forecasts.

import FactorRuntime

/// One ensemble member after training.
struct ConditionalMember: Sendable {
  let network: FrozenBetaNetwork<Float>
  /// The network as it was trained, to go on from and to write to a file.
  let weights: BetaNetworkWeights
  /// The factor head's parameters.
  var core: [Double]
  /// The same before the validation months were used again: what the blend weight is chosen with.
  let tuned: [Double]
  let report: TrainingReport
}

/// What `predict` gathers of one member, in units of standardised returns.
struct MemberPredictions: Sendable {
  var total: [Double]
  var mean: [Double]
  var prior: [Double]
  var spread: [Double]
  var factors: [[Double]]
  var latent: [[Double]] = []
}

struct FittedConditional<Head: FactorHead>: FittedModel where Head.Scalar == Float {
  var summary: FitSummary
  let scales: NetworkScales
  var members: [ConditionalMember]
  /// The share of the prior in the blend forecast.
  var blendWeight = 0.0
  /// The residual variance of the training months, in standardised units.
  var residualVariance = 1.0
  let forecasts: [ForecastMode]
  let needsManaged: Bool
  /// What makes the network and the head again.
  let hidden: [Int]
  let cutsLoadings: Bool
  let head: Head.Design
  let meanFirms: Double
  var pause: FitPause?

  func predict(_ task: FactorTask, budget: Budget) throws -> Predictions {
    try check(task)
    let portfolios = needsManaged ? try ManagedInputs.returns(of: task) : []
    return try predict(scales.data(task, managed: portfolios), budget: budget)
  }

  func check(_ task: FactorTask) throws {
    guard task.characteristicNames == summary.characteristicNames else {
      throw ModelError.otherCharacteristics(
        expected: summary.characteristicNames, found: task.characteristicNames)
    }
  }

  func predict(_ data: NetworkData, budget: Budget) throws -> Predictions {
    let all = try Ensemble.map(members: members.count, budget: budget) { number in
      try budget.check()
      return run(members[number], data)
    }
    return combine(all)
  }

  /// The member with the ensemble's scales and blend weight.
  func member(_ number: Int) -> (any FittedModel)? {
    guard members.indices.contains(number) else { return nil }
    var single = self
    single.members = [members[number]]
    single.summary.members = [members[number].report]
    return single
  }

  private func run(_ member: ConditionalMember, _ data: NetworkData) -> MemberPredictions {
    let rows = data.returns.count
    let head = Head(self.head, inputs: data.managed, meanFirms: meanFirms)
    head.parameters.restore(member.core)
    let filter = ConditionalFilter(
      head: head, width: member.network.outputWidth, data: ConditionalData<Float>(data))
    var result = MemberPredictions(
      total: [Double](repeating: 0, count: rows), mean: [Double](repeating: 0, count: rows),
      prior: [Double](repeating: 0, count: rows), spread: [Double](repeating: 0, count: rows),
      factors: [])
    var (sum, seen) = ([Double](repeating: 0, count: head.factors), 0.0)
    let residual = residualVariance
    _ = filter.run(member.network, months: 0..<data.monthCount, from: 0) { view, rows, month in
      let past = seen > 0 ? sum.map { $0 / seen } : sum
      let first = rows.lowerBound
      for i in 0..<rows.count {
        let b = view.loadings + i * view.width
        var (total, mean, prior, spread) = (0.0, 0.0, 0.0, residual)
        for k in 0..<head.factors {
          let loading = Double(b[k])
          total += loading * month.posterior[k]
          mean += loading * past[k]
          guard !month.prior.isEmpty else { continue }
          prior += loading * month.prior[k]
          spread += loading * loading * month.priorVariance[k]
        }
        result.total[first + i] = total
        result.mean[first + i] = mean
        result.prior[first + i] = prior
        result.spread[first + i] = spread
      }
      result.factors.append(month.posterior)
      result.latent.append(month.latent)
      for k in sum.indices { sum[k] += month.posterior[k] }
      seen += 1
    }
    return result
  }

  private func combine(_ all: [MemberPredictions]) -> Predictions {
    let scale = scales.returns
    func average(_ part: (MemberPredictions) -> [Double], _ unit: Double) -> [Double] {
      Ensemble.mean(all.map(part)).map { $0 * unit }
    }
    let (mean, prior) = (average(\.mean, scale), average(\.prior, scale))
    let weight = blendWeight
    let modes = forecasts.map { mode -> (mode: ForecastMode, values: [Double]) in
      switch mode {
      case .prior: (mode, prior)
      case .blend: (mode, zip(prior, mean).map { weight * $0 + (1 - weight) * $1 })
      default: (mode, mean)
      }
    }
    return Predictions(
      total: average(\.total, scale), forecasts: modes, preferred: forecasts.last ?? .mean,
      variance: average(\.spread, scale * scale), factors: all.first?.factors ?? [],
      latent: all.first?.latent ?? [])
  }
}
