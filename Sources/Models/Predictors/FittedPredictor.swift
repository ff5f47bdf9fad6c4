// A fitted forecasting model, and the factor structure it can be given afterwards.
//
// Definition: r-hat is the mean of the members' own forecasts. Factorised, the units before the number are
// taken for loadings A of the month, and its factors are the cross-sectional regression
//   f_t = (A'A + rho N I)^-1 A'r_t, rho = 1e-4 tr(A'A) / (K N),
// so that the total fit is A f_t; the members' fits are averaged. Without it a forecaster describes nothing of
// the month, and its total R2 does not exist.

import FactorRuntime

struct FittedPredictor<Network: PredictorNetwork>: FittedEnsemble where Network.Scalar == Float {
  var summary: FitSummary
  /// The standard deviation of the training months' returns.
  let scale: Double
  let design: Network.Design
  var members: [PredictorMember]

  func predict(_ task: FactorTask, budget: Budget) throws -> Predictions {
    try predict(task, waiting: nil, budget: budget)
  }

  /// No forecast reads a return, unless factors are averaged: rows that wait are left out of those.
  func forecast(_ task: FactorTask, waiting: [Bool], budget: Budget) throws -> [Double] {
    try predict(task, waiting: waiting, budget: budget).preferredForecast
  }

  private func predict(
    _ task: FactorTask, waiting: [Bool]?, budget: Budget
  ) throws -> Predictions {
    try check(task)
    let scales = NetworkScales(returns: scale, inputs: [])
    let data = ConditionalData<Float>(
      scales.data(task, inputs: []), readsHistories: Network.readsHistories)
    let sum = try Ensemble.fold(members: members.count, budget: budget) { number in
      try run(members[number], task, data, waiting, budget)
    } adding: {
      $0.add($1)
    }
    guard var all = sum else {
      return Predictions(
        total: nil, forecasts: [(.direct, [])], preferred: .direct, variance: nil, factors: [])
    }
    all.average(over: members.count, returns: scale, variance: scale * scale)
    let isFactorised = design.factors > 0
    return Predictions(
      total: isFactorised ? all.total : nil,
      forecasts: [(.direct, all.prior)] + (isFactorised ? [(.mean, all.mean)] : []),
      preferred: .direct, variance: nil, factors: all.factors)
  }

  // The direct forecast stands where the prior's does.
  private func run(
    _ member: PredictorMember, _ task: FactorTask, _ data: ConditionalData<Float>,
    _ waiting: [Bool]?, _ budget: Budget
  ) throws -> MemberPredictions {
    let network = Network(design, data, rows: Stretches.length, threads: 1)
    member.weights.restore(to: network)
    network.freeze()
    let (rows, k) = (task.returns.count, design.factors)
    var result = MemberPredictions(
      total: [], mean: [], prior: [], spread: [], factors: [])
    result.prior.reserveCapacity(rows)
    var (forecasts, units, loadings): ([Float], [Float], [Float]) = ([], [], [])
    for part in Stretches(0..<rows) {
      try budget.check()
      network.forecast(part, into: &forecasts, units: &units)
      for place in 0..<part.count { result.prior.append(Double(forecasts[place])) }
      if k > 0 { loadings += units[..<(part.count * k)] }
    }
    guard k > 0 else { return result }
    let factorised = try Factorised(loadings, factors: k, task, scale: scale, waiting)
    (result.total, result.mean, result.factors) = (
      factorised.total, factorised.mean, factorised.factors
    )
    return result
  }

  // MARK: Starting from another fit

  /// The members to start from; throws the fact that the other fit has another shape.
  static func members(
    of start: any FittedModel, for plan: PredictorPlan<Network>, _ task: FactorTask
  ) throws -> [PredictorMember] {
    try StartingFit.checked(start, as: Self.self, for: plan.model, task) {
      $0.design == plan.network(task.width)
    }.members
  }
}

// MARK: In a container

extension FittedPredictor {
  func encode(into container: inout Container) {
    container.facts.append(.init("predictor", design.facts))
    container.add("scales", [scale])
    let network = Network(blank: design)
    for (number, member) in members.enumerated() {
      member.weights.restore(to: network)
      network.encode("member\(number).network", into: &container)
    }
  }

  /// Reads what `encode` wrote; throws the fact that something does not fit.
  init(_ container: Container, _ summary: FitSummary) throws {
    let facts = container.facts.first { $0.name == "predictor" }?.value
    let design = try Network.Design(StoredFacts(facts))
    guard design.inputs == summary.characteristicNames.count else {
      throw StoredFacts(facts).fault("inputs")
    }
    guard let scale = try container.doubles("scales").first, scale > 0 else {
      throw ContainerError.malformed(section: "scales", reason: "a positive number is needed")
    }
    let members = try summary.members.enumerated().map { number, report in
      let name = "member\(number).network"
      try design.checkSizes(name, container)
      let network = Network(blank: design)
      try network.decode(name, of: container)
      return PredictorMember(weights: NetworkWeights(network), report: report)
    }
    self.init(summary: summary, scale: scale, design: design, members: members)
  }
}
