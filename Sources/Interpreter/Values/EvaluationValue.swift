// The scores of a model on a block of months, each with its sample and convention.

import FactorRuntime
import Models

/// An R2 and its standard error from blocks of months; NaN where it was not computed.
public struct ScoredR2: Sendable {
  public var value = Double.nan
  public var error = Double.nan
}

/// R2 on stocks, and on the managed portfolios of their characteristics.
public struct LeveledR2: Sendable {
  public var stocks = ScoredR2()
  public var managed = ScoredR2()

  subscript(level: ScoreLevel) -> ScoredR2 { level == .stocks ? stocks : managed }
}

/// What returns and fits are compared on.
public enum ScoreLevel: String, Sendable, CaseIterable {
  case stocks, portfolios
}

/// What `evaluate` found.
public struct EvaluationValue: Sendable {
  /// The block scored.
  public enum Block: String, Sendable, CaseIterable { case train, valid, test }

  /// The R2 of a block beside the one scored.
  public struct BlockR2: Sendable {
    public var block: Block
    public var months: (first: Period, last: Period, count: Int)
    public var rows: Int
    public var firms: (fewest: Int, most: Int)
    /// Nil for pure predictors.
    public var total: Double?
    /// In the preferred mode.
    public var predictive: Double
  }

  public var model: String
  public var block: Block
  public var months: (first: Period, last: Period, count: Int)
  /// How its periods follow each other.
  public var clock: Clock
  public var rows: Int
  /// Rows that the model gave no forecast, which count in no R2.
  public var unforecast: Int
  public var firms: (fewest: Int, most: Int)
  /// Members of the ensemble; zero where nothing is drawn.
  public var seeds: Int
  public var seed: UInt64
  /// Nil for pure predictors.
  public var total: LeveledR2?
  /// By forecast mode, the preferred one last.
  public var predictive: [(mode: ForecastMode, r2: LeveledR2)]
  public var preferred: ForecastMode
  /// The three blocks side by side, at `level`.
  public var blocks: [BlockR2]
  public var level: ScoreLevel
  public var rankIC: InformationCoefficient?
  public var pearsonIC: InformationCoefficient?
  /// Of models that forecast a variance, and the mode whose mean belongs to it.
  public var density: (score: DensityScore, mode: ForecastMode)?
  /// Long-short and long-only, nil where groups cannot be formed.
  public var longShort: Backtest?
  public var longOnly: Backtest?
  public var costRate: Double
  /// Where the running means of factors begin.
  public var means: MeansOrigin
  /// Known limits of a simulated world on the same months.
  public var oracles: WorldLimits?
  public var notes: [String]

  /// The total R2 on stocks.
  public var totalStocks: Double? { total?.stocks.value }
  /// The total R2 on managed portfolios.
  public var totalManaged: Double? { total?.managed.value }

  /// The predictive R2 of a mode on stocks.
  func predictive(_ mode: ForecastMode) -> Double? {
    predictive.first { $0.mode == mode }?.r2.stocks.value
  }

  /// The predictive R2 of the preferred mode.
  var preferredR2: LeveledR2 { predictive.first { $0.mode == preferred }?.r2 ?? LeveledR2() }

  /// The R2 of a block.
  func r2(of block: Block) -> BlockR2? { blocks.first { $0.block == block } }
}

/// Where the running means of factors begin that forecasts are made with.
public enum MeansOrigin: String, Sendable, CaseIterable {
  case start, oos
}

/// What is to be scored, and how thoroughly.
struct ScoreOptions {
  var block = EvaluationValue.Block.test
  /// The cost of a unit traded.
  var cost = Scorer.usualCost
  var level = ScoreLevel.stocks
  var means = MeansOrigin.start
  /// Whether standard errors, all blocks and densities are wanted, which take longest.
  var isFull = true
}

enum Scorer {
  /// What trading costs where nothing else is said.
  static let usualCost = 0.003

  /// Scores a fitted model on one block of the task it was fitted on.
  static func score(
    _ value: ModelValue, on task: TaskValue, _ options: ScoreOptions, budget: Budget
  ) throws -> EvaluationValue {
    let data = try task.cut.countingMeans(from: options.means)
    var predictions = try value.model.predict(data, budget: budget)
    if options.means == .oos { try predictions.forgetMeans(before: data) }
    return try score(value, predictions, on: task, options, budget: budget)
  }

  /// Scores predictions that are at hand, on a sample that may be.
  static func score(
    _ value: ModelValue, _ predictions: Predictions, on task: TaskValue, _ options: ScoreOptions,
    sample given: ScoreSample? = nil, budget: Budget
  ) throws -> EvaluationValue {
    let data = task.cut
    let sample = try given ?? ScoreSample(data, options.block, options.isFull, budget)
    func r2(_ fits: [Double]) throws -> LeveledR2 {
      try sample.r2(fits, withErrors: options.isFull)
    }
    let forecast = Array(predictions.preferredForecast[sample.rows])
    var notes = value.notes
    let (longShort, longOnly) = trade(forecast, sample, options.cost, &notes)
    let rankIC = try InformationCoefficient(forecast, sample.returns, index: sample.index)
    let summary = value.model.summary
    notes += Self.notes(rankIC, sample)
    if options.block == .test, let seen = value.recipe.seen(sample.index) { notes.append(seen) }
    let unforecast = forecast.count { $0.isNaN }
    if unforecast > 0 {
      notes.append(
        "\(NumberFormat.count(unforecast)) of \(NumberFormat.count(sample.rows.count)) rows have no forecast: scores "
          + "are of the others")
    }
    return EvaluationValue(
      model: summary.model, block: options.block, months: sample.span, clock: sample.index.clock,
      rows: sample.rows.count, unforecast: unforecast,
      firms: sample.firms, seeds: summary.isTrained ? summary.members.count : 0, seed: summary.seed,
      total: try predictions.total.map(r2),
      predictive: try predictions.forecasts.map { ($0.mode, try r2($0.values)) },
      preferred: predictions.preferred,
      blocks: options.isFull ? try blocks(predictions, data, options.level, budget) : [],
      level: options.level, rankIC: rankIC,
      pearsonIC: try InformationCoefficient(
        forecast, sample.returns, index: sample.index, kind: .pearson),
      density: options.isFull ? density(predictions, sample) : nil,
      longShort: longShort, longOnly: longOnly, costRate: options.cost, means: options.means,
      oracles: task.window == nil ? task.world.map { $0.limits(on: sample.months) } : nil,
      notes: notes)
  }

  private static func notes(_ rankIC: InformationCoefficient, _ sample: ScoreSample) -> [String] {
    var notes: [String] = []
    if !rankIC.constant.isEmpty {
      notes.append(
        "the forecast is the same for all firms in \(Counted.text(rankIC.constant.count, sample.index.clock.noun)): "
          + "IC counts 0 there, and deciles follow the order of firms")
    }
    if let count = sample.raisedRidges, count > 0 {
      notes.append(
        "managed portfolios: the ridge was raised in \(count) \(sample.index.clock.noun)s")
    }
    return notes
  }

  // The R2 of all three blocks; only the one scored is the test of anything.
  private static func blocks(
    _ predictions: Predictions, _ data: FactorTask, _ level: ScoreLevel, _ budget: Budget
  ) throws -> [EvaluationValue.BlockR2] {
    try EvaluationValue.Block.allCases.map { block in
      let sample = try ScoreSample(data, block, level == .portfolios, budget)
      return EvaluationValue.BlockR2(
        block: block, months: sample.span, rows: sample.rows.count, firms: sample.firms,
        total: try predictions.total.map { try sample.value($0, level) },
        predictive: try sample.value(predictions.preferredForecast, level))
    }
  }

  // The variance of a model with a prior is that of the prior's forecast.
  private static func density(
    _ predictions: Predictions, _ sample: ScoreSample
  ) -> (DensityScore, ForecastMode)? {
    guard let variance = predictions.variance else { return nil }
    let mode = predictions.forecast(.prior) == nil ? predictions.preferred : .prior
    guard let means = predictions.forecast(mode) else { return nil }
    let score = DensityScore(
      sample.returns, means: Array(means[sample.rows]), variances: Array(variance[sample.rows]))
    return (score, mode)
  }

  private static func trade(
    _ forecast: [Double], _ sample: ScoreSample, _ cost: Double, _ notes: inout [String]
  ) -> (Backtest?, Backtest?) {
    var options = BacktestOptions()
    options.small = .skip
    options.costs.rate = cost
    let longShort = try? Backtest(
      forecast: forecast, returns: sample.returns, index: sample.index, options: options)
    options.legs = .longOnly
    let longOnly = try? Backtest(
      forecast: forecast, returns: sample.returns, index: sample.index, options: options)
    if let skipped = longShort?.skipped, !skipped.isEmpty {
      notes.append(
        "deciles: \(skipped.count) \(sample.index.clock.noun)s with fewer than ten firms are left out"
      )
    }
    if longShort == nil {
      notes.append("deciles: no \(sample.index.clock.noun) has ten firms, so nothing is traded")
    }
    return (longShort, longOnly)
  }
}

extension Predictions {
  /// Takes back what rests on the mean of no factor: forecasts up to the first test month, where means begin.
  fileprivate mutating func forgetMeans(before data: FactorTask) throws {
    let end = data.rows(0..<(try data.requireSplit().test.lowerBound + 1)).upperBound
    for place in forecasts.indices where [.mean, .blend].contains(forecasts[place].mode) {
      for row in 0..<end { forecasts[place].values[row] = .nan }
    }
  }
}

extension FactorTask {
  /// The task with running means of factors that begin with the sample or with the test months.
  func countingMeans(from origin: MeansOrigin) throws -> FactorTask {
    guard origin == .oos else { return self }
    var task = self
    task.meansFrom = index.months[try requireSplit().test.lowerBound]
    return task
  }
}
