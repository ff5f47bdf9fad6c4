// Several backtests side by side, net of costs: their figures, correlations, alphas, and the joint test of all.

import FactorLang
import FactorRuntime

/// A set of portfolios over the periods that all of them have.
struct PortfolioSet {
  private let tests: [BacktestValue]
  private let names: [String]
  private let isNamed: Bool
  private let options: PortfolioOptions
  private let months: [Period]
  private let net: [[Double]]
  /// The same less the riskless rate, where they are said to be raw and there is one.
  private let excess: [[Double]]
  private let clock: Clock

  /// Names come from a record; portfolios of a list are called by what they hold.
  init(_ tests: [BacktestValue], named: [String]?, _ options: PortfolioOptions) throws {
    (self.tests, self.options, isNamed) = (tests, options, named != nil)
    names = named ?? Self.held(tests)
    let shared = tests.dropFirst().reduce(into: Set(tests[0].backtest.months)) {
      $0.formIntersection($1.backtest.months)
    }
    let common = tests[0].backtest.months.filter(shared.contains)
    guard !common.isEmpty else {
      throw Fault(
        .outsideData, "the backtests share no \(tests[0].backtest.clock.noun)", parameter: "what")
    }
    let net = tests.map { test in
      let places = Dictionary(
        zip(test.backtest.months, test.backtest.net), uniquingKeysWith: { first, _ in first })
      return common.map { places[$0] ?? .nan }
    }
    self.net = net
    excess = zip(tests, net).map { options.excess($1, of: $0, common) }
    (months, clock) = (common, tests[0].backtest.clock)
  }

  // What is held, and a number where two hold the same.
  private static func held(_ tests: [BacktestValue]) -> [String] {
    let held = tests.map(\.held)
    return Set(held).count == held.count
      ? held : held.enumerated().map { "\($0.element) (\($0.offset + 1))" }
  }

  func sheet(full: Bool) -> SheetValue {
    let figures = figures
    let brief: [SheetValue.Line] =
      [.init("net", marks)]
      + figures.prefix(11).map { figure in
        .init(figure.title, names.indices.map { figure.text($0) })
      }
    let widest = marks.map { TextWidth.of($0) + 2 }.max() ?? 10
    var sheet = SheetValue(
      kind: .portfolio, title: "\(names.count) portfolios, net", facts: facts, columns: names,
      figures: figures, parts: parts.filter(\.isDrawable), brief: brief,
      widths: (label: 26, cell: max(10, widest)))
    sheet.isFull = full
    sheet.notes = isNamed ? [] : zip(marks, names).map { "\($0) is \($1)" }
    sheet.periodsPerYear = clock.periodsPerYear
    return sheet
  }

  // What is held is too long for a heading.
  private var marks: [String] {
    isNamed ? names : names.indices.map { "(\($0 + 1))" }
  }

  private var figures: [SheetValue.Figure] {
    let year = clock.periodsPerYear
    let performance = net.map { Performance($0, periodsPerYear: year) }
    let ratios = net.map { GrowthRatios($0, periodsPerYear: year) }
    let tails = net.map { TailRisk($0) }
    let lags = ReportDocument.Fact("lags", "\(options.lags)")
    return [
      .init(.mean, title: "mean a year", performance.map { Double(year) * $0.mean }),
      .init(
        .neweyWest, title: "t of the mean",
        net.map { NeweyWest($0, lags: options.lags).tStatistic }, inputs: [lags]),
      .init(.volatility, title: "volatility a year", performance.map(\.volatility)),
      .init(.sharpe, excess.map { Performance($0, periodsPerYear: year).sharpeRatio }),
      .init(.sortino, ratios.map(\.sortinoRatio)),
      .init(.drawdown, ratios.map(\.maximumDrawdown)),
      .init(.worst, title: "worst \(clock.noun)", performance.map(\.worst)),
      .init(.valueAtRisk, tails.map(\.valueAtRisk)),
      .init(.expectedShortfall, tails.map(\.expectedShortfall)),
      .init(.skewness, net.map { Moments($0).skewness }),
      .init(
        .turnover, title: "turnover a \(clock.noun)", tests.map(\.backtest.meanTurnover)),
      .init(.kurtosis, net.map { Moments($0).kurtosis }),
    ]
  }

  private var facts: [ReportDocument.Fact] {
    let held = months.map { month in
      tests.reduce(0) { sum, test in
        sum + (test.index.range(of: month) ?? 0..<0).count { test.backtest.weights[$0] != 0 }
      }
    }
    let costs = Set(tests.map { SheetFacts.costs($0.options.costs).text }).sorted()
    return SheetFacts.Sample(months: months, clock: clock, firms: held).facts.map {
      $0.name == "sample" ? $0 : .init($0.name + " held, all together", $0.text)
    }
      + SheetFacts.returns(
        "of the portfolios", .ratio, excess: options.excess, options.factors)
      + [
        .init(
          "weighting",
          Set(tests.compactMap(\.backtest.conventions.first)).sorted().joined(separator: "; ")),
        .init("rebalancing", "every \(clock.noun)"),
        .init("lag rule", "weights set before the \(clock.noun) they earn"),
        SheetFacts.delisting(tests.first?.options.delisting),
        .init("costs", costs.joined(separator: "; ")),
      ]
      + SheetFacts.origin(seed: nil, digest: SheetFacts.digest(tests[0].index, net))
  }

  private var parts: [SheetValue.Part] {
    var parts: [SheetValue.Part] = [
      .init("plot_growth", "Cumulative log return, net", growth),
      .init("correlations", "Correlations", correlations),
    ]
    if let factors = options.factors {
      parts.append(.init("alphas", "Alphas and their joint test", alphas(factors)))
    }
    return parts
  }

  private var growth: Scene {
    SheetPlots.growth(
      months, zip(names, net).map { ($0, $1) },
      benchmark: options.factors.flatMap { sets in
        sets.market.map { ($0.name, sets.at(months, $0.values)) }
      })
  }

  private var correlations: Table {
    var table = SheetTable()
    table.text("portfolio", names)
    for (mark, other) in zip(marks, net) {
      table.add(mark, net.map { Correlation.pearson($0, other) }, decimals: 2)
    }
    return table.table("correlations of net returns")
  }

  private func alphas(_ factors: FactorSets) -> Table {
    var table = SheetTable()
    table.text("portfolio", names)
    var notes = ["  net, \(clock.each) · t: Newey-West, \(options.lags) lags"]
    for model in factors.models {
      let found = excess.map { factors.alpha($0, months, model, lags: options.lags) }
      table.add(model.name, .alpha, found.map(\.alpha))
      table.add("t_\(model.name)", .alphaT, found.map(\.t))
      notes.append(
        "  " + Self.words(factors.test(excess, months, model, lags: options.lags), model))
    }
    return table.table("alphas", notes: notes)
  }

  private static func words(_ test: GRSTest?, _ model: FactorSets.Model) -> String {
    guard let test, test.statistic.isFinite else { return "\(model.name): no joint test" }
    return "\(model.name): GRS F(\(test.degrees.0), \(test.degrees.1)) = "
      + "\(NumberFormat.significant(test.statistic, digits: 4)), p = "
      + NumberFormat.significant(test.pValue, digits: 3)
  }
}
