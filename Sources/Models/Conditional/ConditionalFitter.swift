// Fits a conditional factor model: checks the data, trains the members, settles blend and residual.

import FactorRuntime

/// What distinguishes one conditional factor model from another.
struct ConditionalDesign<Head: FactorHead>: Sendable where Head.Scalar == Float {
  var model: String
  var settings: [(name: String, value: String)]
  var factors: Int
  var hidden: [Int]
  var members: Int
  var schedule: TrainingSchedule
  var rate: Double
  var clip: Double?
  var l1: Double
  /// The largest number of months in one batch.
  var longestBatch: Int
  var cutsLoadings = false
  var needsManaged: Bool
  var forecasts: [ForecastMode]
  var notes: [String]
  var head: Head.Design
}

enum ConditionalFitter {
  /// The fewest firms a training month may have: one firm has no cross-section.
  static let fewestFirms = 2

  /// A member that is done, or stopped on the way; `member` is then its best epoch so far.
  struct Progressed<Head: FactorHead>: Sendable where Head.Scalar == Float {
    var member: ConditionalMember
    var paused: PausedTraining<ConditionalTrainer<Head>.State>?
  }

  static func fit<Head: FactorHead>(
    _ design: ConditionalDesign<Head>, _ task: FactorTask, _ context: FitContext,
    earlier: [Progressed<Head>?] = []
  ) throws -> FittedConditional<Head> {
    let split = try task.requireSplit()
    try check(design, task, split)
    let start = try context.start.map { try WarmStart.members(of: $0, for: design, task) } ?? []
    let portfolios = design.needsManaged ? try ManagedInputs.returns(of: task) : []
    let scales = NetworkScales(task, train: split.train, managed: portfolios)
    let networkData = scales.data(task, managed: portfolios)
    let data = ConditionalData<Float>(networkData)
    let meanFirms = networkData.meanFirms(split.train)
    let members = try Ensemble.map(members: design.members, budget: context.budget) {
      number -> Progressed<Head>? in
      let known = earlier.indices.contains(number) ? earlier[number] : nil
      if let known, known.paused == nil { return known }
      do {
        return try train(
          design, data, inputs: networkData.managed, meanFirms: meanFirms, split, member: number,
          start: start.isEmpty ? nil : start[number % start.count], from: known?.paused, context)
      } catch BudgetError.cancelled { return nil }
    }
    let begun = members.compactMap { $0 }
    // A fit stopped before any member finished an epoch leaves nothing to keep.
    guard !begun.isEmpty else { throw BudgetError.cancelled }
    let isWhole = begun.count == members.count && begun.allSatisfy { $0.paused == nil }
    // What was trained is settled even if the user wants to stop: it takes moments.
    let settling = isWhole ? context : context.unhurried
    var fitted = try settle(
      design, task, split, scales, begun.map(\.member), meanFirms, settling)
    if !isWhole {
      fitted.pause = pause(design, task, members, fitted, start: context.start)
    }
    return fitted
  }

  private static func pause<Head: FactorHead>(
    _ design: ConditionalDesign<Head>, _ task: FactorTask, _ members: [Progressed<Head>?],
    _ fitted: FittedConditional<Head>, start: (any FittedModel)?
  ) -> FitPause {
    let begun = members.compactMap { $0 }
    let least = begun.filter { $0.paused != nil }.map(\.member.report).min { $0.epochs < $1.epochs }
    return FitPause(
      epoch: least?.epochs ?? 0, epochs: design.schedule.epochs,
      bestEpoch: begun.first?.member.report.bestEpoch ?? 0,
      bestLoss: begun.first?.member.report.bestLoss ?? .nan,
      resume: { context in
        var context = context
        context.start = start
        return try fit(design, task, context, earlier: members)
      }, best: { fitted })
  }

  private static func check<Head: FactorHead>(
    _ design: ConditionalDesign<Head>, _ task: FactorTask, _ split: Split
  ) throws {
    guard design.factors <= task.width else {
      throw ModelError.tooManyFactors(factors: design.factors, characteristics: task.width)
    }
    for month in split.train {
      let firms = task.rows(month).count
      guard firms >= fewestFirms else {
        throw ModelError.thinMonth(
          month: task.index.months[month], firms: firms, needed: fewestFirms)
      }
    }
    let rows = task.rows(split.train)
    let used = task.characteristics[(rows.lowerBound * task.width)..<(rows.upperBound * task.width)]
    guard used.contains(where: { $0 != 0 }) else { throw ModelError.noCharacteristicVaries }
  }

  private static func train<Head: FactorHead>(
    _ design: ConditionalDesign<Head>, _ data: ConditionalData<Float>, inputs: [[Double]],
    meanFirms: Double, _ split: Split, member: Int, start: ConditionalMember?,
    from earlier: PausedTraining<ConditionalTrainer<Head>.State>?, _ context: FitContext
  ) throws -> Progressed<Head> {
    let seed = Ensemble.seed(context.seed, member: member)
    var stream = RandomStream(seed: seed, purpose: .initialise)
    let network = BetaNetwork<Float>(
      inputs: data.width, hidden: design.hidden, outputs: design.factors,
      maximumRows: data.mostRows(months: design.longestBatch), cutsLoadings: design.cutsLoadings)
    network.initialize(&stream)
    network.parameters.penalise(design.l1)
    let head = Head(design.head, inputs: inputs, meanFirms: meanFirms)
    head.initialize(&stream)
    if let start {
      start.weights.restore(to: network)
      head.parameters.restore(start.tuned)
    }
    let trainer = ConditionalTrainer(
      network: network, head: head, data: data, split: split, longestBatch: design.longestBatch,
      optimizer: Adam(rate: design.rate, clip: design.clip))
    let outcome = try TrainingLoop.run(
      trainer, design.schedule, seed: seed, member: member, of: design.members, from: earlier,
      context)
    switch outcome {
    case .finished(let report):
      return Progressed(
        member: try frozen(trainer, report, budget: context.budget), paused: nil)
    case .paused(let paused):
      let budget = context.unhurried.budget
      return Progressed(
        member: try frozen(trainer, paused.report, budget: budget), paused: paused)
    }
  }

  private static func frozen<Head: FactorHead>(
    _ trainer: ConditionalTrainer<Head>, _ report: TrainingReport, budget: Budget
  ) throws -> ConditionalMember where Head.Scalar == Float {
    let head = trainer.head
    var (core, tuned): ([Double], [Double]) = ([], [])
    head.parameters.snapshot(into: &tuned)
    try trainer.refinePrior(budget: budget)
    head.parameters.snapshot(into: &core)
    return ConditionalMember(
      network: trainer.network.frozen(), weights: BetaNetworkWeights(trainer.network), core: core,
      tuned: tuned, report: report)
  }

  private static func settle<Head: FactorHead>(
    _ design: ConditionalDesign<Head>, _ task: FactorTask, _ split: Split,
    _ scales: NetworkScales, _ members: [ConditionalMember], _ meanFirms: Double,
    _ context: FitContext
  ) throws -> FittedConditional<Head> {
    let parameters = BetaNetwork<Float>(
      inputs: task.width, hidden: design.hidden, outputs: design.factors, maximumRows: 1
    ).parameterCount
    var fitted = FittedConditional<Head>(
      summary: FitSummary(
        model: design.model, settings: design.settings, seed: context.seed,
        parameterCount: parameters + (members.first?.core.count ?? 0),
        characteristicNames: task.characteristicNames, members: members.map(\.report),
        notes: design.notes),
      scales: scales, members: members, forecasts: design.forecasts,
      needsManaged: design.needsManaged, hidden: design.hidden, cutsLoadings: design.cutsLoadings,
      head: design.head, meanFirms: meanFirms)
    if design.forecasts.contains(.blend) {
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
      let rows = task.rows(split.train)
      let sum = rows.reduce(0.0) {
        $0 + (task.returns[$1] - total[$1]) * (task.returns[$1] - total[$1])
      }
      fitted.residualVariance = sum / Double(rows.count) / (scales.returns * scales.returns)
    }
    return fitted
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
