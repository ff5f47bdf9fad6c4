// A traded forecast with what it was made from, so that costs can be changed afterwards.

import FactorLang
import FactorRuntime

/// Weights that a rule other than a sort has set.
struct TradingRule: Sendable {
  var weights: [Double]
  /// The positions of the months traded.
  var months: [Int]
  /// What is held, for the heading.
  var heading: String
  /// The conventions of the rule, as plain sentences.
  var sentences: [String]
}

/// A backtest and its inputs.
public struct BacktestValue: Sendable {
  public var backtest: Backtest
  public var title: String
  var forecast: [Double]
  /// How its means are shown: a forecast of returns is a share, any other signal is what it is.
  var forecastUnit = ColumnUnit.ratio
  var returns: [Double]
  var index: PanelIndex
  /// What is held: buckets of a sort, or what a rule says.
  private(set) var sort: PortfolioSort?
  var size: [Double]?
  private(set) var rule: TradingRule?
  var options: BacktestOptions

  /// Trades the weights of a rule.
  init(
    title: String, rule: TradingRule, returns: [Double], index: PanelIndex,
    options: BacktestOptions
  ) {
    (self.title, self.returns, self.index, self.options) = (title, returns, index, options)
    (forecast, self.rule) = ([], rule)
    backtest = Backtest(
      weights: rule.weights, returns: returns, index: index, months: rule.months,
      holding: rule.sentences, options: options)
  }

  init(
    title: String, forecast: [Double], returns: [Double], index: PanelIndex,
    sort: PortfolioSort, size: [Double]?, options: BacktestOptions
  ) throws {
    (self.title, self.forecast, self.returns) = (title, forecast, returns)
    (self.index, self.sort, self.size, self.options) = (index, sort, size, options)
    backtest = try Backtest(
      forecast: forecast, returns: returns, index: index, size: size, sort: sort, options: options)
  }

  /// The same trades at other costs.
  func charging(_ costs: Costs) throws -> BacktestValue {
    var options = options
    options.costs = costs
    if let rule {
      return BacktestValue(
        title: title, rule: rule, returns: returns, index: index, options: options)
    }
    guard let sort else { return self }
    var charged = try BacktestValue(
      title: title, forecast: forecast, returns: returns, index: index, sort: sort, size: size,
      options: options)
    charged.forecastUnit = forecastUnit
    return charged
  }

  /// Month by month: gross and net return, turnover, and what one unit grew to.
  var monthly: Table {
    Table(
      title: title,
      columns: [
        Column.time(backtest.months),
        ("gross", Column(numbers: backtest.gross, unit: .ratio)),
        ("net", Column(numbers: backtest.net, unit: .ratio)),
        ("turnover", Column(numbers: backtest.turnover, unit: .ratio)),
      ])
  }

  /// The decile table, lowest forecasts first.
  var deciles: Table {
    func numbers(_ part: (Backtest.Bucket) -> Double, _ unit: ColumnUnit) -> Column {
      Column(numbers: backtest.deciles.map(part), unit: unit, known: Availability.wholeSample)
    }
    var table = Table(
      title: "mean \(backtest.clock.noun)ly return by decile of the "
        + (forecastUnit == .ratio ? "forecast" : "signal"),
      columns: [
        ("decile", numbers({ Double($0.number) }, .count)),
        ("predicted", numbers({ $0.predicted }, forecastUnit)),
        ("realised", numbers({ $0.realized }, .ratio)),
        ("sd", numbers({ $0.standardDeviation }, .ratio)),
        ("sharpe", numbers({ $0.sharpeRatio }, .plain)),
        ("firms", numbers({ $0.assets }, .plain)),
      ])
    table.statistics = ["realised": .bucketMean, "sharpe": .sharpe]
    return table
  }
}
