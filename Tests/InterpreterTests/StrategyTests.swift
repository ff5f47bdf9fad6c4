// Trading rules besides deciles: the k best names, and forecasts less risk.

import FactorLang
import FactorRuntime
import Models
import Testing

@testable import Interpreter

@Suite struct StrategyTests {
  static let task =
    "t = toy | rank_normalize size, mom | setup target: ret, features: [size, mom] | split thirds\n"
  static let fit = task + "m = t | fit cvra, k: 1, seeds: 2, epochs: 3\n"

  private func backtest(_ result: RunResult) throws -> BacktestValue {
    guard case .backtest(let value)? = result.values.last else {
      Issue.record("\(result.diagnostics.map(\.message))")
      throw Fault(.wrongType, "no backtest")
    }
    return value
  }

  @Test func costsChangeTheNetReturnsOnly() throws {
    let text = "toy | topk mom, k: 5, drop: 2, returns: ret"
    let free = try backtest(run(text + " | costs 0bps"))
    let dear = try backtest(run(text + " | costs 50bps"))
    #expect(free.backtest.gross == dear.backtest.gross && free.backtest.net == free.backtest.gross)
    for (k, turnover) in dear.backtest.turnover.enumerated() {
      #expect(abs(dear.backtest.gross[k] - 0.005 * turnover - dear.backtest.net[k]) < 1e-15)
    }
    #expect(dear.heading.contains("top 5 by mom"))
    let shown = dear.display(DisplayOptions()).joined(separator: "\n")
    for figure in ["ARR", "MDD", "CR", "SOR"] { #expect(shown.contains(figure)) }
  }

  @Test func figuresHaveNames() throws {
    let result = run(
      "b = toy | topk mom, k: 5, returns: ret\n[b.annual_return, b.drawdown, b.calmar, b.sortino]")
    guard case .list(let found)? = result.values.last,
      case .backtest(let value)? = result.session.environment["b"]
    else {
      Issue.record("\(result.diagnostics.map(\.message))")
      return
    }
    let ratios = GrowthRatios(value.backtest.net, periodsPerYear: 12)
    #expect(
      found.map { Double($0) ?? .nan } == [
        ratios.annualReturn, ratios.maximumDrawdown, ratios.calmarRatio, ratios.sortinoRatio,
      ])
  }

  @Test func etaIsChosenOnValidation() throws {
    let result = run(
      Self.fit + """
        own = m | risk_aware on: test
        none = m | risk_aware on: test, eta: 0
        two = m | risk_aware on: test, eta: 2
        """)
    func panel(_ name: String) throws -> Panel {
      guard case .panel(let value)? = result.session.environment[name] else {
        Issue.record("\(result.diagnostics.map(\.message))")
        throw Fault(.wrongType, "no panel")
      }
      return value.panel
    }
    let (none, two) = (try panel("none"), try panel("two"))
    #expect(try none.numbers("adjusted") == none.numbers("predicted"))
    let expected = try zip(two.numbers("predicted"), two.numbers("risk")).map { $0 - 2 * $1 }
    #expect(try two.numbers("adjusted") == expected)
    // What was chosen is best on validation, and the test months have no say in it.
    guard case .model(let model)? = result.session.environment["m"] else { return }
    let data = try model.requireTask(nil).cut
    let predictions = try model.model.predict(data, budget: Budget())
    let rows = data.rows(try data.requireSplit().valid)
    let variance = try #require(predictions.variance)
    var options = BacktestOptions()
    options.small = .skip
    let ratios = try [0, 0.25, 0.5, 1, 2].map { eta in
      try Backtest(
        forecast: rows.map { predictions.preferredForecast[$0] - eta * variance[$0].squareRoot() },
        returns: Array(data.returns[rows]), index: data.index.selecting(Array(rows)),
        options: options
      ).grossPerformance.sharpeRatio
    }
    let best = [0, 0.25, 0.5, 1, 2][try #require(ratios.indices.max { ratios[$0] < ratios[$1] })]
    let own = try panel("own")
    let adjusted = try zip(own.numbers("predicted"), own.numbers("risk")).map { $0 - best * $1 }
    #expect(try own.numbers("adjusted") == adjusted)
  }

  @Test(arguments: [
    ("toy | topk ret, k: 5, returns: ret", "F0301"),
    ("toy | topk lead(mom, 3m), k: 5, returns: ret", "F0301"),
    ("toy | topk mom, k: 5", "F0101"), ("toy | topk mom, k: 500, returns: ret", "F0406"),
    ("m | risk_aware eta: -1", "F0203"), ("m | risk_aware eta: []", "F0203"),
    ("toy | risk_aware", "F0210"),
  ]) func mistakeHasItsCode(text: String, code: String) {
    let result = run(Self.fit + text)
    #expect(result.codes.first == code, "\(result.diagnostics.map(\.message))")
  }
}
