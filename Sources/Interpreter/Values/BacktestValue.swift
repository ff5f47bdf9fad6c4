// A traded forecast with what it was made from, so that costs can be changed afterwards.

import FactorLang
import FactorRuntime

/// A backtest and its inputs.
public struct BacktestValue: Sendable {
  public var backtest: Backtest
  public var title: String
  var forecast: [Double]
  var returns: [Double]
  var index: PanelIndex
  var sort: PortfolioSort
  var size: [Double]?
  var options: BacktestOptions

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
    return try BacktestValue(
      title: title, forecast: forecast, returns: returns, index: index, sort: sort, size: size,
      options: options)
  }

  /// Month by month: gross and net return, turnover, and what one unit grew to.
  var monthly: Table {
    Table(
      title: title,
      columns: [
        ("month", Column(.months(backtest.months))),
        ("gross", Column(numbers: backtest.gross, unit: .ratio)),
        ("net", Column(numbers: backtest.net, unit: .ratio)),
        ("turnover", Column(numbers: backtest.turnover, unit: .ratio)),
      ])
  }

  /// The decile table, lowest forecasts first.
  var deciles: Table {
    func numbers(_ part: (Backtest.Bucket) -> Double, _ unit: ColumnUnit) -> Column {
      Column(numbers: backtest.deciles.map(part), unit: unit)
    }
    return Table(
      title: "mean monthly return by decile of the forecast",
      columns: [
        ("decile", numbers({ Double($0.number) }, .count)),
        ("predicted", numbers({ $0.predicted }, .ratio)),
        ("realised", numbers({ $0.realized }, .ratio)),
        ("sd", numbers({ $0.standardDeviation }, .ratio)),
        ("sharpe", numbers({ $0.sharpeRatio }, .plain)),
        ("firms", numbers({ $0.assets }, .plain)),
      ])
  }
}
