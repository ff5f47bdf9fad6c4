// A fitted factor model of a few series: the filtered path of its factors, and what follows from it.
//
// At period t, with the scale of each asset put back:
//   total     the decoder's fit on the posterior mean, which has seen the returns of t
//   prior     one step of the decoder on the prior mean, which has not
//   variance  the diagonal of J diag(v_p) J' + residual variance, J at the prior mean
// The path begins at the first period of the task with states of zero and reads nothing later than the period
// it is asked about. Loadings are J at the prior mean, so that they are known before the period.

import FactorRuntime

struct FittedSequence: FittedEnsemble {
  var summary: FitSummary
  let scale: SeriesScale
  let design: SequenceFactorDesign
  var members: [SequenceFactorMember]

  func predict(_ task: FactorTask, budget: Budget) throws -> Predictions {
    let matrix = try matrix(task)
    let sum = try Ensemble.fold(members: members.count, budget: budget) { number in
      try budget.check()
      return said(path(members[number], matrix), members[number])
    } adding: {
      $0.add($1)
    }
    guard var all = sum else {
      return Predictions(
        total: [], forecasts: [(.prior, [])], preferred: .prior, variance: [], factors: [])
    }
    all.average(over: members.count, returns: 1, variance: 1)
    return Predictions(
      total: all.total, forecasts: [(.prior, all.prior)], preferred: .prior, variance: all.spread,
      factors: all.factors, latent: all.latent)
  }

  private func matrix(_ task: FactorTask) throws -> [[Double]] {
    try check(task)
    return try scale.matrix(task, 0..<task.monthCount)
  }

  private func path(_ member: SequenceFactorMember, _ matrix: [[Double]]) -> SequencePath {
    let network = SequenceFactorNetwork<Float>(design, matrix)
    member.weights.restore(to: network)
    return network.path(.init(periods: matrix.count))
  }

  // Rows of a period are its assets in order, so that lists over rows are periods after one another.
  private func said(_ path: SequencePath, _ member: SequenceFactorMember) -> MemberPredictions {
    let spread = path.priorJacobians.indices.flatMap { t in
      (0..<design.series).map { i in
        let moved = (0..<design.factors).reduce(member.residual[i]) { sum, k in
          let slope = path.priorJacobians[t][i, k]
          return sum + slope * slope * path.priorVariance[t][k]
        }
        return moved * scale.deviations[i] * scale.deviations[i]
      }
    }
    return MemberPredictions(
      total: scale.original(path.fits), mean: [], prior: scale.original(path.forecasts),
      spread: spread,
      factors: path.posteriorMean, latent: path.posteriorMean)
  }

  // MARK: The path itself

  func latentPath(_ task: FactorTask, budget: Budget) throws -> LatentPath? {
    guard let member = members.first else { return nil }
    let path = path(member, try matrix(task))
    return LatentPath(
      assets: scale.assets, posteriorMean: path.posteriorMean,
      posteriorVariance: path.posteriorVariance, priorMean: path.priorMean,
      priorVariance: path.priorVariance, jacobians: path.jacobians.map(scale.original(slopes:)),
      priorJacobians: path.priorJacobians.map(scale.original(slopes:)),
      residualVariance: scale.original(variances: member.residual))
  }

  func loadings(_ task: FactorTask, budget: Budget) throws -> Matrix? {
    guard let path = try latentPath(task, budget: budget) else { return nil }
    return Matrix(
      rows: task.returns.count, columns: design.factors,
      storage: path.priorJacobians.flatMap(\.storage))
  }

  // MARK: Rows that wait

  /// A period with a return that waits is read at its own forecast, so that what follows learns nothing of it.
  func forecast(_ task: FactorTask, waiting: [Bool], budget: Budget) throws -> [Double] {
    let returns = task.returns.indices.map { waiting[$0] ? 0 : task.returns[$0] }
    let known = FactorTask(
      index: task.index, characteristicNames: task.characteristicNames,
      characteristics: task.characteristics, returns: returns, targetName: task.targetName)
    let matrix = try matrix(known)
    let waits = (0..<task.monthCount).filter { task.rows($0).contains { waiting[$0] } }
    let sum = try Ensemble.fold(members: members.count, budget: budget) { number in
      let network = SequenceFactorNetwork<Float>(design, matrix)
      members[number].weights.restore(to: network)
      for month in waits {
        try budget.check()
        network.set(month, network.path(.init(periods: month + 1)).forecasts[month])
      }
      return said(network.path(.init(periods: matrix.count)), members[number])
    } adding: {
      $0.add($1)
    }
    guard var all = sum else { return [] }
    all.average(over: members.count, returns: 1, variance: 1)
    return all.prior
  }
}

// MARK: In a container

extension FittedSequence {
  func encode(into container: inout Container) {
    container.facts.append(.init("sequence", design.facts))
    scale.encode(into: &container)
    let network = SequenceFactorNetwork<Float>(blank: design)
    for (number, member) in members.enumerated() {
      member.weights.restore(to: network)
      network.encode("member\(number).network", into: &container)
      container.add("member\(number).residual", member.residual)
    }
  }

  /// Reads what `encode` wrote; throws the fact that something does not fit.
  init(_ container: Container, _ summary: FitSummary) throws {
    func fact(_ name: String) -> JSON? { container.facts.first { $0.name == name }?.value }
    let design = try SequenceFactorDesign(StoredFacts(fact("sequence")))
    let scale = try SeriesScale(container, count: design.series)
    let members = try summary.members.enumerated().map { number, report in
      let name = "member\(number)"
      // Every weight is in the file, so a file cannot ask for more memory than it has bytes.
      let there = container.names(after: "\(name).").reduce(0) {
        $0 + (container.count(of: "\(name).\($1)") ?? 0)
      }
      let residual = try container.doubles("\(name).residual")
      guard there >= design.parameterCount, residual.count == design.series else {
        throw ContainerError.malformed(section: name, reason: "weights are missing")
      }
      let network = SequenceFactorNetwork<Float>(blank: design)
      try network.decode("\(name).network", of: container)
      return SequenceFactorMember(
        weights: NetworkWeights(network), residual: residual, report: report)
    }
    self.init(
      summary: summary, scale: scale, design: design, members: members)
  }
}
