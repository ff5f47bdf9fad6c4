// A fitted prior-posterior factor model: forecasts from the prior, total fits from the posterior.

import FactorRuntime

struct FittedPriorPosterior: FittedEnsemble {
  var summary: FitSummary
  /// The standard deviation of the training months' returns.
  let scale: Double
  let design: PriorPosteriorDesign
  var members: [PriorPosteriorMember]

  func predict(_ task: FactorTask, budget: Budget) throws -> Predictions {
    try predict(task, waiting: nil, budget: budget)
  }

  func forecast(_ task: FactorTask, waiting: [Bool], budget: Budget) throws -> [Double] {
    try predict(task.withoutReturns(where: waiting), waiting: waiting, budget: budget)
      .preferredForecast
  }

  private func predict(
    _ task: FactorTask, waiting: [Bool]?, budget: Budget
  ) throws -> Predictions {
    try check(task)
    var numbers = NetworkScales(returns: scale, inputs: []).data(task, inputs: [])
    numbers.waiting = waiting
    let data = ConditionalData<Float>(numbers, readsHistories: true)
    let sum = try Ensemble.fold(members: members.count, budget: budget) { number in
      try run(members[number], data, firstMean: task.firstMeanMonth, budget)
    } adding: {
      $0.add($1)
    }
    guard var all = sum else {
      return Predictions(
        total: [], forecasts: [(.mean, []), (.prior, [])], preferred: .prior, variance: [],
        factors: [])
    }
    all.average(over: members.count, returns: scale, variance: scale * scale)
    // Without an encoder nothing reads the month's returns: there is no total fit, and no factor to average.
    let reads = design.likelihood == .posterior
    return Predictions(
      total: reads ? all.total : nil,
      forecasts: (reads ? [(.mean, all.mean)] : []) + [(.prior, all.prior)], preferred: .prior,
      variance: all.spread, factors: all.factors)
  }

  private func run(
    _ member: PriorPosteriorMember, _ data: ConditionalData<Float>, firstMean: Int, _ budget: Budget
  ) throws -> MemberPredictions {
    let network = PriorPosteriorNetwork<Float>(design, data, threads: 1)
    member.restore(to: network)
    var result = MemberPredictions(total: [], mean: [], prior: [], spread: [], factors: [])
    var counted = RunningFactors(count: design.factors)
    for month in 0..<data.monthCount {
      try budget.check()
      let found = network.observe(month)
      let past = counted.mean
      for i in 0..<data.rows(month..<(month + 1)).count {
        let (alpha, spread) = (found.decoder.alpha(i), found.decoder.spread(i))
        var (total, mean, prior) = (design.totalAlpha ? alpha : 0, alpha, alpha)
        var variance = spread * spread
        for k in 0..<design.factors {
          let b = found.decoder.loading(i, k)
          total += b * found.posterior.mean[k]
          mean += b * past[k]
          prior += b * found.prior.mean[k]
          variance += b * b * found.prior.deviation[k] * found.prior.deviation[k]
        }
        result.total.append(total)
        result.mean.append(mean)
        result.prior.append(prior)
        result.spread.append(variance)
      }
      result.factors.append(found.posterior.mean)
      if month >= firstMean { counted.add(found.posterior.mean) }
    }
    return result
  }

  /// Rows x factors of the first member, in the units of its factors.
  func loadings(_ task: FactorTask, budget: Budget) throws -> Matrix? {
    guard let member = members.first else { return nil }
    let data = ConditionalData<Float>(
      NetworkScales(returns: scale, inputs: []).data(task, inputs: []), readsHistories: true)
    let network = PriorPosteriorNetwork<Float>(design, data, threads: 1)
    member.restore(to: network)
    var result = Matrix(rows: task.returns.count, columns: design.factors)
    for month in 0..<task.monthCount {
      try budget.check()
      let found = network.observe(month)
      for (place, row) in task.rows(month).enumerated() {
        for k in 0..<design.factors { result[row, k] = found.decoder.loading(place, k) }
      }
    }
    return result
  }

  // MARK: Starting from another fit

  /// The members to start from; throws the fact that the other fit has another shape.
  static func members(
    of start: any FittedModel, for design: PriorPosteriorDesign, _ task: FactorTask
  ) throws -> [PriorPosteriorMember] {
    try StartingFit.checked(start, as: Self.self, for: "factorvae", task) { $0.design == design }
      .members
  }
}

// MARK: In a container

extension FittedPriorPosterior {
  func encode(into container: inout Container) {
    container.facts.append(.init("prior_posterior", design.facts))
    container.add("scales", [scale])
    let network = PriorPosteriorNetwork<Float>(blank: design)
    for (number, member) in members.enumerated() {
      member.restore(to: network)
      network.encode("member\(number).network", into: &container)
      container.add("member\(number).small", member.small)
    }
  }

  /// Reads what `encode` wrote; throws the fact that something does not fit.
  init(_ container: Container, _ summary: FitSummary) throws {
    let facts = container.facts.first { $0.name == "prior_posterior" }?.value
    let design = try PriorPosteriorDesign(StoredFacts(facts))
    guard design.body.inputs == summary.characteristicNames.count else {
      throw StoredFacts(facts).fault("body")
    }
    guard let scale = try container.doubles("scales").first, scale > 0 else {
      throw ContainerError.malformed(section: "scales", reason: "a positive number is needed")
    }
    let members = try summary.members.enumerated().map { number, report in
      // Every weight is in the file, so a file cannot ask for more memory than it has bytes.
      let name = "member\(number)"
      let there = container.names(after: "\(name).").reduce(0) {
        $0 + (container.count(of: "\(name).\($1)") ?? 0)
      }
      guard there >= design.parameterCount else {
        throw ContainerError.malformed(section: name, reason: "weights are missing")
      }
      let network = PriorPosteriorNetwork<Float>(blank: design)
      try network.decode("\(name).network", of: container)
      let small = try container.doubles("\(name).small")
      guard small.count == network.small.count else {
        throw ContainerError.malformed(
          section: "\(name).small", reason: "\(network.small.count) numbers are needed")
      }
      return PriorPosteriorMember(
        weights: NetworkWeights(network), small: small, report: report)
    }
    self.init(summary: summary, scale: scale, design: design, members: members)
  }
}
