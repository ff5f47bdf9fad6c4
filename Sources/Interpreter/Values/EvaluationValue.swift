// The scores of a model on a block of months, each with its sample and convention.

import FactorRuntime
import Models

/// What `evaluate` found.
public struct EvaluationValue: Sendable {
  /// The block scored.
  public enum Block: String, Sendable, CaseIterable { case train, valid, test }

  public var model: String
  public var block: Block
  public var months: (first: Month, last: Month, count: Int)
  public var rows: Int
  public var firms: (fewest: Int, most: Int)
  /// Members of the ensemble; zero where nothing is drawn.
  public var seeds: Int
  public var seed: UInt64
  /// Nil for pure predictors.
  public var totalStocks: Double?
  public var totalManaged: Double?
  /// By forecast mode, the preferred one last.
  public var predictive: [(mode: ForecastMode, stocks: Double, managed: Double)]
  public var preferred: ForecastMode
  public var rankIC: InformationCoefficient?
  /// Long-short and long-only, nil where groups cannot be formed.
  public var longShort: Backtest?
  public var longOnly: Backtest?
  public var costRate: Double
  /// Known limits of a simulated world on the same months.
  public var oracles: WorldLimits?
  public var notes: [String]

  /// The predictive R2 of a mode on stocks.
  func predictive(_ mode: ForecastMode) -> Double? {
    predictive.first { $0.mode == mode }?.stocks
  }
}

enum Scorer {
  /// Scores a fitted model on one block of the task it was fitted on.
  static func score(
    _ value: ModelValue, on task: TaskValue, block: EvaluationValue.Block, cost: Double,
    budget: Budget
  ) throws -> EvaluationValue {
    try score(
      value, value.model.predict(task.cut, budget: budget), on: task, block: block, cost: cost,
      withManaged: true, budget: budget)
  }

  /// What trading costs where nothing else is said.
  static let usualCost = 0.003

  /// Scores predictions that are at hand; figures of managed portfolios take longest.
  static func score(
    _ value: ModelValue, _ predictions: Predictions, on task: TaskValue,
    block: EvaluationValue.Block, cost: Double, withManaged: Bool, budget: Budget
  ) throws -> EvaluationValue {
    let data = task.cut
    let split = try data.requireSplit()
    let months = block == .train ? split.train : block == .valid ? split.valid : split.test
    let rows = data.rows(months)
    let returns = Array(data.returns[rows])
    let index = data.index.selecting(Array(rows))
    let managed = try withManaged ? portfolios(data, rows, index, budget) : nil
    func portfolio(_ fits: [Double]) throws -> Double {
      try managed.map { try RSquared(managed: $0, returns: returns, fits: fits).value } ?? .nan
    }
    let total = predictions.total.map { Array($0[rows]) }
    let forecast = Array(predictions.preferredForecast[rows])
    let firms = months.map { data.rows($0).count }
    var notes = value.model.summary.notes
    let (longShort, longOnly) = trade(forecast, returns, index, cost, &notes)
    let rankIC = try InformationCoefficient(forecast, returns, index: index)
    if !rankIC.constant.isEmpty {
      notes.append(
        "the forecast is the same for all firms in \(Counted.text(rankIC.constant.count, "month")): "
          + "IC counts 0 there, and deciles follow the order of firms")
    }
    if let count = managed?.warnings.count, count > 0 {
      notes.append("managed portfolios: the ridge was raised in \(count) months")
    }
    return EvaluationValue(
      model: value.model.summary.model, block: block,
      months: (
        data.index.months[months.lowerBound], data.index.months[months.upperBound - 1], months.count
      ),
      rows: rows.count, firms: (firms.min() ?? 0, firms.max() ?? 0),
      seeds: value.model.summary.isTrained ? value.model.summary.members.count : 0,
      seed: value.model.summary.seed,
      totalStocks: total.map { RSquared(returns, fits: $0).value },
      totalManaged: try total.map(portfolio),
      predictive: try predictions.forecasts.map { mode, values in
        let fits = Array(values[rows])
        return (mode, RSquared(returns, fits: fits).value, try portfolio(fits))
      },
      preferred: predictions.preferred,
      rankIC: rankIC,
      longShort: longShort, longOnly: longOnly, costRate: cost,
      oracles: task.window == nil ? task.world.map { $0.limits(on: months) } : nil, notes: notes)
  }

  private static func portfolios(
    _ data: FactorTask, _ rows: Range<Int>, _ index: PanelIndex, _ budget: Budget
  ) throws -> ManagedPortfolios {
    try ManagedPortfolios(
      characteristics: Array(
        data.characteristics[(rows.lowerBound * data.width)..<(rows.upperBound * data.width)]),
      count: data.width, offsets: index.offsets, threads: budget.threads)
  }

  private static func trade(
    _ forecast: [Double], _ returns: [Double], _ index: PanelIndex, _ cost: Double,
    _ notes: inout [String]
  ) -> (Backtest?, Backtest?) {
    var options = BacktestOptions()
    options.small = .skip
    options.costs.rate = cost
    let longShort = try? Backtest(
      forecast: forecast, returns: returns, index: index, options: options)
    options.legs = .longOnly
    let longOnly = try? Backtest(
      forecast: forecast, returns: returns, index: index, options: options)
    if let skipped = longShort?.skipped, !skipped.isEmpty {
      notes.append("deciles: \(skipped.count) months with fewer than ten firms are left out")
    }
    if longShort == nil { notes.append("deciles: no month has ten firms, so nothing is traded") }
    return (longShort, longOnly)
  }
}
