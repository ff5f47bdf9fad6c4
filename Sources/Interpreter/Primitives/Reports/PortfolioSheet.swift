// The portfolio sheet: what a traded rule earned before and after costs, when it lost, and what factors explain.

import FactorLang
import FactorRuntime

/// What a portfolio sheet is asked for.
struct PortfolioOptions {
  var lags = 6
  var excess: Bool?
  var factors: FactorSets?
  var regimes: Regimes
  var seed: UInt64?

  /// The returns of a backtest in some of its months, less the riskless rate on what its weights add up to.
  func excess(_ returns: [Double], of value: BacktestValue, _ months: [Period]) -> [Double] {
    guard let factors else { return returns }
    let invested = months.map { month in
      (value.index.range(of: month) ?? 0..<0).reduce(0) { $0 + value.backtest.weights[$1] }
    }
    return factors.excess(returns, months, isExcess: excess, invested: invested)
  }
}

/// Everything a portfolio sheet is made of.
struct PortfolioStudy {
  let value: BacktestValue
  let options: PortfolioOptions
  let test: Backtest
  /// Before and after costs.
  let series: [[Double]]
  /// The same less the riskless rate, where they are said to be raw and there is one.
  let excess: [[Double]]

  init(_ value: BacktestValue, _ options: PortfolioOptions) throws {
    (self.value, self.options, test) = (value, options, value.backtest)
    let months = test.months
    series = [test.gross, test.net]
    excess = [test.gross, test.net].map { options.excess($0, of: value, months) }
    guard !test.months.isEmpty else {
      throw Fault(
        .outsideData, "the backtest has no \(test.clock.noun): there is nothing to report",
        parameter: "what")
    }
  }

  var months: [Period] { test.months }
  var clock: Clock { test.clock }
  private var year: Int { clock.periodsPerYear }

  /// Whether anything was ever held.
  private var isTraded: Bool { test.turnover.contains { $0 > 0 } }

  var market: (name: String, values: [Double])? {
    options.factors.flatMap { sets in sets.market.map { ($0.name, sets.at(months, $0.values)) } }
  }

  func sheet(full: Bool) -> SheetValue {
    var sheet = SheetValue(
      kind: .portfolio, title: title, facts: facts, columns: ["gross", "net"],
      figures: figures, parts: parts.filter(\.isDrawable), brief: [], widths: (label: 26, cell: 10))
    sheet = SheetValue(
      kind: sheet.kind, title: sheet.title, facts: sheet.facts, columns: sheet.columns,
      figures: sheet.figures, parts: sheet.parts, brief: brief(sheet), widths: sheet.widths)
    (sheet.isFull, sheet.periodsPerYear) = (full, year)
    sheet.notes =
      (isTraded
        ? []
        : ["nothing was ever held: returns are zero, and ratios of zero to zero are missing"])
      + (test.missingReturns > 0
        ? ["\(Counted.text(test.missingReturns, "held row")) without a return earned nothing"] : [])
      + (test.skipped.isEmpty
        ? [] : ["\(Counted.text(test.skipped.count, clock.noun)) with too few firms are left out"])
    return sheet
  }

  private var title: String { "\(SheetFacts.short(value.title)) · \(value.held)" }

  // MARK: Figures

  private var figures: [SheetValue.Figure] {
    let performance = series.map { Performance($0, periodsPerYear: year) }
    let ratios = series.map { GrowthRatios($0, periodsPerYear: year) }
    let moments = series.map { Moments($0) }
    let tails = series.map { TailRisk($0) }
    let lags = ReportDocument.Fact("lags", "\(options.lags)")
    var figures: [SheetValue.Figure] = [
      .init(.mean, title: "mean a year", performance.map { Double(year) * $0.mean }),
      .init(
        .neweyWest, title: "t of the mean",
        series.map { NeweyWest($0, lags: options.lags).tStatistic }, inputs: [lags]),
      .init(.volatility, title: "volatility a year", performance.map(\.volatility)),
      .init(.sharpe, excess.map { Performance($0, periodsPerYear: year).sharpeRatio }),
      .init(.sortino, ratios.map(\.sortinoRatio)), .init(.calmar, ratios.map(\.calmarRatio)),
      .init(.annualReturn, ratios.map(\.annualReturn)),
      .init(.compounded, performance.map(\.compounded)),
      .init(.drawdown, ratios.map(\.maximumDrawdown)),
      .init(.worst, title: "worst \(clock.noun)", performance.map(\.worst)),
      .init(.sharePositive, title: "\(clock.noun)s above zero", series.map(Self.share)),
      .init(.skewness, moments.map(\.skewness)), .init(.kurtosis, moments.map(\.kurtosis)),
      .init(.valueAtRisk, tails.map(\.valueAtRisk)),
      .init(.expectedShortfall, tails.map(\.expectedShortfall)),
      .init(.turnover, title: "turnover a \(clock.noun)", [test.meanTurnover]),
      .init(
        .breakEven, [Costs.breakEven(gross: test.gross, turnover: test.turnover)]),
    ]
    if let market {
      figures.append(
        .init(
          .beta, title: "beta on \(market.name)",
          series.map { RollingPerformance.slope($0, market.values) },
          inputs: [.init("benchmark", market.name)]))
    }
    return figures
  }

  static func share(_ returns: [Double]) -> Double {
    let present = returns.filter { !$0.isNaN }
    return present.isEmpty ? .nan : Double(present.count { $0 > 0 }) / Double(present.count)
  }

  private func brief(_ sheet: SheetValue) -> [SheetValue.Line] {
    func text(_ name: String, _ column: Int) -> String {
      sheet.figures.first { $0.name == name }?.text(column) ?? ""
    }
    func both(_ name: String) -> [String] { [text(name, 0), text(name, 1)] }
    func also(_ name: String, _ words: String) -> String {
      "\(words) \(text(name, 0)) / \(text(name, 1))"
    }
    let fall = Drawdowns.deepest(1, of: test.net, months: months).first
    let when = fall.map { fall in
      "net \(fall.peak?.description ?? "start")..\(fall.trough)"
        + (fall.recovery.map { ", back \($0)" } ?? ", not back")
    }
    let breakEven = sheet.figures.first { $0.name == "break_even" }?.values[0] ?? .nan
    let alpha = alphaLine
    return [
      .init("", ["gross", "net"]),
      .init("mean a year (×\(year))", both("mean")),
      .init("t (Newey-West, \(options.lags) lags)", both("t")),
      .init("volatility (×√\(year))", both("volatility")),
      .init("Sharpe ratio (×√\(year))", both("sharpe")),
      .init("Sortino ratio (×√\(year))", both("sortino")),
      .init("largest drawdown", both("drawdown"), when ?? ""),
      .init("worst \(clock.noun)", both("worst"), also("positive", "above zero")),
      .init("value at risk, 95%", both("var"), also("es", "shortfall")),
      .init("skewness", both("skew"), also("kurtosis", "kurtosis")),
      .init(
        "turnover \(clock.each)", [text("turnover", 0), ""],
        "break-even "
          + (breakEven.isFinite ? NumberFormat.basisPoints(breakEven) : NumberFormat.missing)
          + " a side"),
      alpha,
    ]
  }

  private var alphaLine: SheetValue.Line {
    guard let factors = options.factors, let model = factors.models.last else {
      return .init(
        "compounded", series.map { percent(Performance($0, periodsPerYear: year).compounded) },
        "over \(Counted.text(months.count, clock.noun))")
    }
    let found = excess.map { factors.alpha($0, months, model, lags: options.lags) }
    return .init(
      "\(model.name) alpha \(clock.each)", found.map { percent($0.alpha) },
      "t " + found.map { NumberFormat.fixed($0.t, decimals: 2) }.joined(separator: " and "))
  }

  private func percent(_ x: Double) -> String {
    x.isFinite ? NumberFormat.percent(x, decimals: 2) : NumberFormat.missing
  }

  // MARK: Header

  private var facts: [ReportDocument.Fact] {
    var firms: [Int] = []
    for month in months {
      let rows = value.index.range(of: month) ?? 0..<0
      firms.append(rows.count { test.weights[$0] != 0 })
    }
    let isSorted = value.rule == nil
    return SheetFacts.Sample(months: months, clock: clock, firms: firms).facts.map {
      $0.name == "sample" ? $0 : .init($0.name + " held", $0.text)
    }
      + SheetFacts.returns(
        "of the portfolio", .ratio, excess: options.excess, options.factors)
      + [
        .init("weighting", test.conventions.first ?? ""),
        .init(
          "breakpoints", isSorted ? (test.conventions.dropFirst().first ?? "") : "none: a rule"),
        .init("rebalancing", "every \(clock.noun)"),
        .init("lag rule", "weights set before the \(clock.noun) they earn"),
        SheetFacts.delisting(value.options.delisting), SheetFacts.costs(value.options.costs),
      ]
      + SheetFacts.origin(
        seed: options.seed,
        digest: SheetFacts.digest(value.index, [test.weights, value.returns]))
  }
}
