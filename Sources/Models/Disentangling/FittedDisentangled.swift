// A fitted autoencoder of cross-sections: it describes periods, and forecasts nothing.
//
// At period t, with the scale of each asset put back:
//   total     the decoder's fit on the posterior mean, which has seen the returns of t
//   risk      J diag(v_q) J' + residual variance, J the decoder's exact Jacobian at the posterior mean
//   mean      the asset's mean return over the periods before t: no more than a benchmark, and not the network's
//   variance  of that forecast: the asset's variance over the training periods
// The prior of the latents is N(0, I) in every period, and the Jacobian that goes with it is that at zero.

import FactorRuntime

struct FittedDisentangled: FittedEnsemble {
  var summary: FitSummary
  let scale: SeriesScale
  let design: DisentangledDesign
  var members: [DisentangledMember]

  func predict(_ task: FactorTask, budget: Budget) throws -> Predictions {
    let matrix = try matrix(task)
    let places = scale.places(task, 0..<task.monthCount)
    let means = runningMeans(task, places, waiting: nil)
    let sum = try Ensemble.fold(members: members.count, budget: budget) { number in
      try budget.check()
      let path = network(members[number]).path(matrix)
      return MemberPredictions(
        total: zip(path.fits, places).flatMap { fit, own in
          own.map { scale.original(fit[$0], $0) }
        }, mean: [], prior: [], spread: [], factors: path.means,
        latent: path.means)
    } adding: {
      $0.add($1)
    }
    guard var all = sum else {
      return Predictions(
        total: [], forecasts: [(.mean, [])], preferred: .mean, variance: [], factors: [])
    }
    all.average(over: members.count, returns: 1, variance: 1)
    let spread = scale.deviations.map { $0 * $0 }
    return Predictions(
      total: all.total, forecasts: [(.mean, means)], preferred: .mean,
      variance: places.flatMap { own in own.map { spread[$0] } }, factors: all.factors,
      latent: all.latent)
  }

  private func matrix(_ task: FactorTask) throws -> [[Double]] {
    try check(task)
    return try scale.matrix(task, 0..<task.monthCount, gaps: design.absent != .refuse)
  }

  private func network(_ member: DisentangledMember) -> DisentangledNetwork<Float> {
    let network = DisentangledNetwork<Float>(design, rows: 128)
    member.weights.restore(to: network)
    return network
  }

  // MARK: What is no forecast of the network

  // Zero until a period has been seen. Returns that wait are not.
  private func runningMeans(
    _ task: FactorTask, _ places: [[Int]], waiting: [Bool]?
  ) -> [Double] {
    let count = scale.assets.count
    var (sums, seen) = (
      [Double](repeating: 0, count: count), [Double](repeating: 0, count: count)
    )
    var result: [Double] = []
    for month in 0..<task.monthCount {
      result += places[month].map { seen[$0] > 0 ? sums[$0] / seen[$0] : 0 }
      guard month >= task.firstMeanMonth else { continue }
      for (i, row) in zip(places[month], task.rows(month)) where waiting?[row] != true {
        sums[i] += task.returns[row]
        seen[i] += 1
      }
    }
    return result
  }

  func forecast(_ task: FactorTask, waiting: [Bool], budget: Budget) throws -> [Double] {
    _ = try matrix(
      task.withReturns(task.returns.indices.map { waiting[$0] ? 0 : task.returns[$0] }))
    return runningMeans(task, scale.places(task, 0..<task.monthCount), waiting: waiting)
  }

  // MARK: The path itself

  func latentPath(_ task: FactorTask, budget: Budget) throws -> LatentPath? {
    guard let member = members.first else { return nil }
    // A portfolio of the path's assets needs all of them in every period.
    let (network, matrix) = (network(member), try scale.matrix(task, 0..<task.monthCount))
    let path = network.path(matrix)
    try budget.check()
    let origin = [Double](repeating: 0, count: design.factors)
    let prior = network.jacobians([origin]).map(scale.original(slopes:))
    return LatentPath(
      assets: scale.assets, posteriorMean: path.means, posteriorVariance: path.variances,
      priorMean: matrix.map { _ in origin },
      priorVariance: matrix.map { _ in origin.map { _ in 1 } },
      jacobians: network.jacobians(path.means).map(scale.original(slopes:)),
      priorJacobians: matrix.flatMap { _ in prior },
      residualVariance: scale.original(variances: member.residual))
  }

  /// How returns move with the latents in the period itself, which those have seen.
  func shownLoadings(_ task: FactorTask, budget: Budget) throws -> ShownLoadings? {
    guard let member = members.first else { return nil }
    let (network, matrix) = (network(member), try matrix(task))
    let slopes = network.jacobians(network.path(matrix).means).map(scale.original(slopes:))
    try budget.check()
    let rows = zip(slopes, scale.places(task, 0..<task.monthCount)).flatMap { jacobian, own in
      own.flatMap { jacobian.row($0) }
    }
    return ShownLoadings(
      names: (0..<design.factors).map { "f\($0 + 1)" },
      values: Matrix(rows: task.returns.count, columns: design.factors, storage: rows),
      knowledge: .after)
  }

  // MARK: Without an asset's own return

  /// Of each asset: the mean squared error of its fit, and that of its fit where its own input is its mean
  /// over the training periods; both standardised, over some periods of the task.
  func leaveOneOut(
    _ task: FactorTask, _ periods: Range<Int>, budget: Budget
  ) throws -> [LeftOut]? {
    guard let member = members.first else { return nil }
    let (network, matrix) = (network(member), Array(try matrix(task)[periods]))
    func errors(_ fits: [[Double]]) -> [Double] {
      SeriesScale.residual(fits, of: matrix, over: matrix.indices)
    }
    let whole = errors(network.path(matrix).fits)
    return try scale.assets.indices.map { i in
      try budget.check()
      let blind = matrix.map { row in row.indices.map { $0 == i ? .nan : row[$0] } }
      return LeftOut(
        asset: scale.assets[i], reconstruction: whole[i],
        without: errors(network.path(blind).fits)[i])
    }
  }
}

extension FittedDisentangled {
  func latentFigures(
    _ task: FactorTask, _ periods: Range<Int>, budget: Budget
  ) throws -> LatentFigures? {
    guard !members.isEmpty else { return nil }
    let matrix = Array(try matrix(task)[periods])
    let all = matrix.indices
    let flat = zip(matrix.flatMap { $0 }, matrix.flatMap { _ in scale.deviations })
      .map { $0 * $1 }.filter { !$0.isNaN }
    var sum = LatentFigures(
      error: 0, rawError: 0, rawMean: Moments(flat.map { $0 * $0 }).mean, divergence: 0, normal: 0,
      active: 0, judged: 0, accuracy: 0, factors: design.factors)
    let share = 1 / Double(members.count)
    for member in members {
      try budget.check()
      let path = network(member).path(matrix)
      sum.error += share * path.squaredError(all, of: matrix)
      sum.rawError += share * path.squaredError(all, of: matrix, scale: scale.deviations)
      sum.divergence += share * Moments(path.divergence).mean
      sum.normal += share * TotalCorrelation.normal(path.means)
      let moving = path.spread(all).count { $0 > DisentangledFigures.activeVariance }
      sum.active += share * Double(moving)
      sum.judged += share * member.figures.judged.total
      sum.accuracy += share * member.figures.judged.accuracy
    }
    return sum
  }
}

extension FactorTask {
  /// The same rows with other returns.
  fileprivate func withReturns(_ returns: [Double]) -> FactorTask {
    FactorTask(
      index: index, characteristicNames: characteristicNames, characteristics: characteristics,
      returns: returns, targetName: targetName)
  }
}

// MARK: In a container

extension FittedDisentangled {
  func encode(into container: inout Container) {
    container.facts.append(.init("disentangled", design.facts))
    scale.encode(into: &container)
    for (number, member) in members.enumerated() {
      let name = "member\(number)"
      network(member).encode("\(name).network", into: &container)
      let judge = LatentJudge<Float>(design, rows: 1)
      judge.parameters.restore(member.judge)
      judge.encode("\(name).judge", into: &container)
      container.add("\(name).residual", member.residual)
      container.add("\(name).figures", member.figures.values)
    }
  }

  /// Reads what `encode` wrote; throws the fact that something does not fit.
  init(_ container: Container, _ summary: FitSummary) throws {
    func fact(_ name: String) -> JSON? { container.facts.first { $0.name == name }?.value }
    let design = try DisentangledDesign(StoredFacts(fact("disentangled")))
    let scale = try SeriesScale(container, count: design.series)
    let members = try summary.members.enumerated().map { number, report in
      try Self.member("member\(number)", of: container, design, report)
    }
    self.init(
      summary: summary, scale: scale, design: design, members: members)
  }

  private static func member(
    _ name: String, of container: Container, _ design: DisentangledDesign, _ report: TrainingReport
  ) throws -> DisentangledMember {
    // Every weight is in the file, so a file cannot ask for more memory than it has bytes.
    let there = container.names(after: "\(name).").reduce(0) {
      $0 + (container.count(of: "\(name).\($1)") ?? 0)
    }
    let residual = try container.doubles("\(name).residual")
    guard there >= design.parameterCount + design.judgeParameterCount,
      residual.count == design.series
    else { throw ContainerError.malformed(section: name, reason: "weights are missing") }
    let network = DisentangledNetwork<Float>(design, rows: 1)
    try network.decode("\(name).network", of: container)
    let judge = LatentJudge<Float>(design, rows: 1)
    try judge.decode("\(name).judge", of: container)
    var values: [Float] = []
    judge.parameters.snapshot(into: &values)
    return DisentangledMember(
      weights: NetworkWeights(network), judge: values, residual: residual,
      figures: try DisentangledFigures(container.doubles("\(name).figures")), report: report)
  }
}
