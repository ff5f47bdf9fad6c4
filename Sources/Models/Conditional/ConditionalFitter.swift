// Fits a conditional factor model: checks the data, trains the members, settles blend and residual.

import FactorRuntime

/// What distinguishes one conditional factor model from another.
struct ConditionalDesign<Network: ConditionalNetwork, Head: FactorHead>: EnsembleDesign
where Network.Scalar == Float, Head.Scalar == Float {
  var model: String
  var settings: [(name: String, value: String)]
  var factors: Int
  /// The beta network, given the number of characteristics.
  var network: @Sendable (_ characteristics: Int) -> Network.Design
  var members: Int
  var schedule: TrainingSchedule
  var rate: Double
  var clip: Double?
  var l1: Double
  /// The largest number of months in one batch.
  var longestBatch: Int
  var reads: FactorReading
  var forecasts: [ForecastMode]
  var notes: [String]
  var head: Head.Design

  func parameterCount(characteristics: Int) -> Int {
    let width = reads.width(characteristics: characteristics)
    let inputs = width > 0 ? [[Double](repeating: 0, count: width)] : []
    return network(characteristics).parameterCount
      + Head(head, inputs: inputs, meanFirms: 1).parameters.count
  }

  var readsManagedPortfolios: Bool { reads == .managed && head.readsInputs }

  func memory(_ task: FactorTask) -> FitMemory {
    let (rows, width) = (task.returns.count, task.width)
    let inputs = reads.width(characteristics: width)
    let managed = 16 * task.monthCount * inputs * (reads == .managed ? inputs : 1)
    let room = network(width).room(
      rowsOfBatch: FitMemory.mostRows(task, months: longestBatch),
      rowsOfMonth: FitMemory.mostRows(task, months: 1), firms: task.index.assetNames.count)
    // Where each firm's rows lie.
    let histories = Network.readsHistories ? 20 * rows : 0
    return FitMemory(
      model: model, members: members,
      shared: rows * (4 * width + 16) + histories + managed + 8 * rows * (4 + 5),
      perMember: max(4 * room + readRows(task), 8 * 4 * rows))
  }

  // The rows between network and factor head, where outputs are more than loadings.
  private func readRows(_ task: FactorTask) -> Int {
    guard !head.columns.isPlain else { return 0 }
    return 8 * FitMemory.mostRows(task, months: longestBatch) * head.columns.rowWidth
  }

  func fit(_ task: FactorTask, _ context: FitContext) throws -> any FittedModel {
    try EnsembleFitter.fit(ConditionalFit<Network, Head>.self, self, task, context)
  }
}

/// One fit: its data made ready once, its members trained side by side.
struct ConditionalFit<Network: ConditionalNetwork, Head: FactorHead>: EnsembleFit
where Network.Scalar == Float, Head.Scalar == Float {
  typealias Design = ConditionalDesign<Network, Head>
  typealias Trainer = ConditionalTrainer<Network, Head>
  typealias Member = ConditionalMember<Network>

  private let design: Design
  private let task: FactorTask
  private let context: FitContext
  private let split: Split
  private let scales: NetworkScales
  private let data: ConditionalData<Float>
  private let shape: Network.Design
  private let inputs: [[Double]]
  private let meanFirms: Double
  private let start: [Member]

  init(_ design: Design, _ task: FactorTask, _ context: FitContext) throws {
    (self.design, self.task, self.context) = (design, task, context)
    split = try task.requireSplit()
    guard design.factors <= task.width else {
      throw ModelError.tooManyFactors(factors: design.factors, characteristics: task.width)
    }
    try TrainingChecks.check(task, split)
    start = try context.start.map { try WarmStart.members(of: $0, for: design, task) } ?? []
    let series = try design.reads.series(of: task, context.budget)
    scales = NetworkScales(task, train: split.train, inputs: series)
    let networkData = scales.data(task, inputs: series)
    data = ConditionalData<Float>(networkData, readsHistories: Network.readsHistories)
    shape = design.network(task.width)
    inputs = networkData.inputs
    meanFirms = networkData.meanFirms(split.train)
  }

  private func head() -> Head { Head(design.head, inputs: inputs, meanFirms: meanFirms) }

  func trainer(_ number: Int, seed: UInt64) -> Trainer {
    var stream = RandomStream(seed: seed, purpose: .initialise)
    let network = Network(shape, data, longestBatch: design.longestBatch)
    network.initialize(&stream)
    network.startVariance(design.head.columns)
    network.parameters.penalise(design.l1)
    let head = head()
    head.initialize(&stream)
    head.parameters.penalise(design.l1)
    if !start.isEmpty {
      let start = start[number % start.count]
      start.weights.restore(to: network)
      head.parameters.restore(start.tuned)
    }
    return ConditionalTrainer(
      shape, network: network, head: head, data: data, split: split,
      longestBatch: design.longestBatch,
      optimizer: Adam(rate: design.rate, clip: design.clip), months: task.index.months,
      budget: context.budget,
      // Members come first; what threads are left help with the rows of each.
      threads: max(1, context.budget.threads / design.members))
  }

  func frozen(_ trainer: Trainer, _ report: TrainingReport, _ budget: Budget) throws -> Member {
    let head = trainer.head
    var (core, tuned): ([Double], [Double]) = ([], [])
    head.parameters.snapshot(into: &tuned)
    try trainer.refinePrior(budget: budget)
    head.parameters.snapshot(into: &core)
    return ConditionalMember(
      network: trainer.network.frozen(), weights: NetworkWeights(trainer.network), core: core,
      tuned: tuned, report: report)
  }

  // MARK: Settling

  func settled(
    _ members: [Member], _ summary: FitSummary
  ) throws -> FittedConditional<Network, Head> {
    var fitted = FittedConditional<Network, Head>(
      summary: summary, scales: scales, members: members, forecasts: design.forecasts,
      reads: design.reads, design: shape, head: design.head, meanFirms: meanFirms)
    if let tuned = context.tuned as? FittedConditional<Network, Head> {
      fitted.blendWeight = tuned.blendWeight
    } else if design.forecasts.contains(.blend) {
      // Validation chooses the weight; a prior that has seen those months would choose itself.
      fitted.members = members.map { member in
        var member = member
        member.core = member.tuned
        return member
      }
      let tuned = try fitted.predict(task, budget: context.budget)
      fitted.blendWeight = Blend.weight(tuned, task, on: split.valid)
      fitted.members = members
    }
    let predictions = try fitted.predict(task, budget: context.budget)
    if let total = predictions.total {
      fitted.residualVariance = residualVariance(total, predictions.residualVariance)
    }
    return fitted
  }

  // The mean square of training residuals, or of those divided by what the model says of each.
  private func residualVariance(_ total: [Double], _ own: [Double]?) -> Double {
    let rows = task.rows(split.train)
    func square(_ i: Int) -> Double { (task.returns[i] - total[i]) * (task.returns[i] - total[i]) }
    if let own { return rows.reduce(0.0) { $0 + square($1) / own[$1] } / Double(rows.count) }
    return rows.reduce(0.0) { $0 + square($1) } / Double(rows.count)
      / (scales.returns * scales.returns)
  }

  // MARK: Checkpoints

  func accepts(_ state: Trainer.State) -> Bool {
    let head = head()
    return state.isOf(Network(blank: shape), head.parameters, draws: head.draws != nil)
  }

  static func encode(_ member: Member, _ name: String, into container: inout Container) {
    container.add("\(name).network", member.weights.values)
    member.weights.running.encode("\(name).running", into: &container)
    container.add("\(name).head", member.core)
    container.add("\(name).tuned", member.tuned)
    member.report.encode("\(name).report", into: &container)
  }

  // What is frozen is computed again, which gives the same bits.
  func member(_ name: String, of container: Container) throws -> Member {
    let network = Network(blank: shape)
    let weights = NetworkWeights<Float>(
      values: try container.floats("\(name).network"),
      running: try [RunningMoments]("\(name).running", of: container))
    let (core, tuned) = (
      try container.doubles("\(name).head"), try container.doubles("\(name).tuned")
    )
    guard weights.values.count == network.parameters.count,
      weights.running.map(\.mean.count) == network.running.map(\.mean.count),
      core.count == head().parameters.count, tuned.count == core.count
    else { throw FitCheckpoint.misfit(name) }
    weights.restore(to: network)
    return ConditionalMember(
      network: network.frozen(), weights: weights, core: core, tuned: tuned,
      report: try TrainingReport("\(name).report", of: container))
  }
}

/// The weight of the prior in the blend forecast, chosen on the validation months.
enum Blend {
  static let candidates = [0, 0.25, 0.5, 0.75, 1]

  static func weight(_ predictions: Predictions, _ task: FactorTask, on months: Range<Int>)
    -> Double
  {
    guard let prior = predictions.forecast(.prior), let mean = predictions.forecast(.mean) else {
      return 0
    }
    let rows = task.rows(months)
    let errors = candidates.map { weight in
      rows.reduce(0.0) { sum, i in
        let error = task.returns[i] - weight * prior[i] - (1 - weight) * mean[i]
        return sum + error * error
      }
    }
    let best = errors.indices.min { errors[$0] < errors[$1] } ?? 0
    return candidates[best]
  }
}
