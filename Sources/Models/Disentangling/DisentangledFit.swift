// Fits an autoencoder of cross-sections against its judge: batches of periods, two players a step.
//
// A step: the first batch through encoder and decoder, the judge as it is, one Adam step of the autoencoder; then
// the second batch, drawn apart from the first, through the encoder as it now is, each latent permuted over the
// batch, and one Adam step of the judge on these against the first batch's latents.
// What is chosen by is the mean over the validation periods of reconstruction and divergence, with frozen
// weights and nothing drawn, plus gamma times the total correlation of their latents taken as normal. The judge
// is no measure of that kind: it learns while the network does, so that what it says of the first epochs, when
// it is at chance, cannot be compared with what it says later.
// Reference: Kim and Mnih (2018), Algorithm 2.

import FactorRuntime

/// What makes one fit.
struct DisentangledPlan: EnsembleDesign {
  var model: String
  var settings: [(name: String, value: String)]
  /// The network, given the number of assets.
  var network: @Sendable (_ series: Int) -> DisentangledDesign
  /// The number of assets of the task, once it is known.
  var series = 1
  var members: Int
  var schedule: TrainingSchedule
  var batch: Int
  var rate: Double
  var judgeRate: Double
  var notes: [String] = []

  func parameterCount(characteristics: Int) -> Int { network(series).parameterCount }

  func memory(_ task: FactorTask) -> FitMemory {
    let shape = network(series)
    let (d, k, rows) = (Padding.padded(series), Padding.padded(shape.factors), 2 * batch)
    let widths = shape.hidden.reduce(0) { $0 + Padding.padded($1) }
    let judge = shape.judgeLayers * Padding.padded(shape.judgeWidth) + 32
    let passes = 2 * 3 * widths + 3 * d + 9 * k + 2 * judge
    let paths = task.monthCount * (3 * series + 4 * shape.factors)
    // Padding can make twice the weights of narrow layers.
    let weights = 2 * (shape.parameterCount + shape.judgeParameterCount)
    return FitMemory(
      model: model, members: members, shared: 8 * 3 * task.monthCount * series,
      perMember: 4 * (rows * (passes + 2 * d) + 9 * weights) + 8 * paths)
  }

  func fit(_ task: FactorTask, _ context: FitContext) throws -> any FittedModel {
    var plan = self
    plan.series = SeriesScale.assetCount(task)
    return try EnsembleFitter.fit(DisentangledFit.self, plan, task, context)
  }
}

/// One member after training.
struct DisentangledMember: TrainedMember {
  let weights: NetworkWeights<Float>
  let judge: [Float]
  /// The mean squared error of each asset's fit over the training periods, standardised.
  let residual: [Double]
  let figures: DisentangledFigures
  let report: TrainingReport
}

struct DisentangledFit: EnsembleFit {
  private let plan: DisentangledPlan
  private let split: Split
  private let scale: SeriesScale
  private let months: [Period]
  private let shape: DisentangledDesign
  /// The periods from the first of training to the last of validation.
  private let matrix: [[Double]]
  private let start: [DisentangledMember]

  init(_ plan: DisentangledPlan, _ task: FactorTask, _ context: FitContext) throws {
    self.plan = plan
    split = try task.requireSplit()
    let series = SeriesScale.assetCount(task)
    let gaps = plan.network(series).absent != .refuse
    do { scale = try SeriesScale(task, split, gaps: gaps) } catch {
      guard case .missingReturn(let asset, let month, let assets)? = error as? ModelError else {
        throw error
      }
      throw ModelError.absentReturn(asset: asset, month: month, assets: assets)
    }
    let shape = plan.network(scale.assets.count)
    self.shape = shape
    let periods = split.train.lowerBound..<split.valid.upperBound
    months = Array(task.index.months[periods])
    matrix = try scale.matrix(task, periods, gaps: gaps)
    start =
      try context.start.map {
        try StartingFit.checked($0, as: FittedDisentangled.self, for: plan.model, task) { other in
          var same = other.design
          (same.gamma, same.loss) = (shape.gamma, shape.loss)
          return same == shape
        }.members
      } ?? []
  }

  private var valid: Range<Int> {
    let first = split.train.lowerBound
    return (split.valid.lowerBound - first)..<(split.valid.upperBound - first)
  }

  func trainer(_ number: Int, seed: UInt64) -> DisentangledTrainer {
    var stream = RandomStream(seed: seed, purpose: .initialise)
    let trainer = DisentangledTrainer(
      shape, matrix, train: split.train.count, valid: valid, months: months, batch: plan.batch,
      rates: (plan.rate, plan.judgeRate), draws: RandomStream(seed: seed, purpose: .posterior))
    trainer.network.initialize(&stream)
    trainer.judge.initialize(&stream)
    if !start.isEmpty {
      let member = start[number % start.count]
      member.weights.restore(to: trainer.network)
      trainer.judge.parameters.restore(member.judge)
    }
    return trainer
  }

  func frozen(
    _ trainer: DisentangledTrainer, _ report: TrainingReport, _ budget: Budget
  ) -> DisentangledMember {
    let train = 0..<split.train.count
    let path = trainer.network.path(matrix)
    let residual = SeriesScale.residual(path.fits, of: matrix, over: train)
    var judge: [Float] = []
    trainer.judge.parameters.snapshot(into: &judge)
    return DisentangledMember(
      weights: NetworkWeights(trainer.network), judge: judge, residual: residual,
      figures: DisentangledFigures(
        path, matrix, train: train, valid: valid, scale.deviations, report),
      report: report)
  }

  func settled(_ members: [DisentangledMember], _ summary: FitSummary) -> FittedDisentangled {
    var summary = summary
    let absent = matrix.reduce(0) { sum, row in sum + row.count { $0.isNaN } }
    if absent > 0 {
      summary.notes.append(
        "\(NumberFormat.count(absent)) returns of \(NumberFormat.count(matrix.count * shape.series)) up to the end "
          + "of validation are not there and are read at their asset's mean")
    }
    summary.notes += DisentangledFigures.notes(members.map(\.figures), factors: shape.factors)
    return FittedDisentangled(summary: summary, scale: scale, design: shape, members: members)
  }

  // MARK: Checkpoints

  func accepts(_ state: DisentangledState) -> Bool {
    let none = ParameterBlock<Double>(padded: false)
    return state.network.isOf(
      DisentangledNetwork<Float>(shape, rows: 1), none, draws: true)
      && state.judge.isOf(LatentJudge<Float>(shape, rows: 1), none, draws: false)
  }

  static func encode(
    _ member: DisentangledMember, _ name: String, into container: inout Container
  ) {
    container.add("\(name).network", member.weights.values)
    member.weights.running.encode("\(name).running", into: &container)
    container.add("\(name).judge", member.judge)
    container.add("\(name).residual", member.residual)
    container.add("\(name).figures", member.figures.values)
    member.report.encode("\(name).report", into: &container)
  }

  func member(_ name: String, of container: Container) throws -> DisentangledMember {
    let blank = DisentangledNetwork<Float>(shape, rows: 1)
    let values = try container.floats("\(name).network")
    let running = try [RunningMoments]("\(name).running", of: container)
    let judge = try container.floats("\(name).judge")
    let residual = try container.doubles("\(name).residual")
    guard values.count == blank.parameters.count,
      running.map(\.mean.count) == blank.running.map(\.mean.count),
      judge.count == LatentJudge<Float>(shape, rows: 1).parameters.count,
      residual.count == shape.series
    else { throw FitCheckpoint.misfit(name) }
    return DisentangledMember(
      weights: NetworkWeights(values: values, running: running), judge: judge, residual: residual,
      figures: try DisentangledFigures(container.doubles("\(name).figures")),
      report: try TrainingReport("\(name).report", of: container))
  }
}
