// The tables and plots of a portfolio sheet.

import FactorLang
import FactorRuntime

extension PortfolioStudy {
  private var net: [Double] { test.net }
  /// Three years.
  private var window: Int { 3 * clock.periodsPerYear }

  var parts: [SheetValue.Part] {
    let calendar = CalendarReturns(net, months: months)
    let growthPlot = SheetValue.Part("plot_growth", "Cumulative log return", growth)
    let falls: [SheetValue.Part] = [
      .init("plot_drawdown", "Wealth below its peak", underwater),
      .init("drawdowns", "The five deepest drawdowns, net", drawdowns),
    ]
    let calendarParts: [SheetValue.Part] = [
      .init("years", "Returns by year", years(calendar)),
      .init("plot_months", "Net returns by year and calendar month", monthHeat(calendar)),
    ]
    var parts: [SheetValue.Part] = [
      .init("plot_rolling", "Rolling Sharpe ratio, \(window) \(clock.noun)s", rollingSharpe)
    ]
    if let market {
      parts.append(.init("plot_beta", "Rolling beta on \(market.name)", rollingBeta(market)))
    }
    parts.append(.init("plot_returns", "\(clock.noun.capitalizedFirst)ly returns, net", histogram))
    if let factors = options.factors {
      parts.append(.init("alphas", "Alphas", alphas(factors)))
    }
    return [growthPlot] + falls + calendarParts + parts + [
      .init("regimes", "Regimes, net", options.regimes.table(net, months, clock)),
      .init("months", "Net returns by month", monthTable(calendar)),
      .init("rolling", "Rolling figures", rollingTable, isSeries: true),
    ]
  }

  // MARK: Tables

  private func years(_ net: CalendarReturns) -> Table {
    let gross = CalendarReturns(test.gross, months: months)
    var table = SheetTable()
    table.text("year", net.years.map(String.init))
    table.add("gross", gross.yearly, .ratio, .compounded)
    table.add("net", net.yearly, .ratio, .compounded)
    if let market {
      table.add(market.name, CalendarReturns(market.values, months: months).yearly, .ratio)
    }
    table.add("\(clock.noun)s", net.counts.map(Double.init), .count)
    return table.table("returns by year", notes: ["  compounded within the year"])
  }

  private func monthTable(_ calendar: CalendarReturns) -> Table {
    var table = SheetTable()
    table.text("year", calendar.years.map(String.init))
    for (place, name) in SheetPlots.monthNames.enumerated() {
      table.add(name, calendar.monthly.map { $0[place] }, .ratio)
    }
    table.add("year_return", calendar.yearly, .ratio, .compounded)
    return table.table("net returns by month")
  }

  private var drawdowns: Table {
    let falls = Drawdowns.deepest(5, of: net, months: months)
    var table = SheetTable()
    table.text("start", falls.map { $0.peak?.description ?? "the start" })
    table.text("trough", falls.map(\.trough.description))
    table.text("recovery", falls.map { $0.recovery?.description ?? "not yet" })
    table.add("depth", .drawdown, falls.map(\.depth))
    table.add("to_trough", falls.map { Double($0.fall) }, .count)
    table.add("length", falls.map { Double($0.length) }, .count)
    return table.table(
      "drawdowns",
      notes: ["  \(clock.noun)s from the peak to the trough, and to the recovery or the end"])
  }

  private func alphas(_ factors: FactorSets) -> Table {
    let names = ["gross", "net"]
    let rows = factors.models.flatMap { model in
      zip(names, excess).map {
        (model, $0, factors.alpha($1, months, model, lags: options.lags))
      }
    }
    var table = SheetTable()
    table.text("model", rows.map(\.0.name))
    table.text("return", rows.map(\.1))
    table.add(.alpha, rows.map(\.2.alpha))
    table.add(.alphaT, rows.map(\.2.t))
    table.add("beta_\(factors.models.first?.factors.first ?? "1")", .beta, rows.map(\.2.beta))
    table.add("r2", rows.map(\.2.rSquared), .ratio)
    return table.table(
      "alphas",
      notes: ["  alpha \(clock.each) · t: Newey-West, \(options.lags) lags"] + joint(factors))
  }

  // The buckets behind the portfolio are the set that the joint test is of.
  private func joint(_ factors: FactorSets) -> [String] {
    guard let sort = value.sort else { return [] }
    let buckets = BucketSeries(
      sort, forecast: value.forecast, returns: value.returns, index: value.index,
      weights: value.size)
    let returns = buckets.returns.map {
      factors.excess($0, buckets.months, isExcess: options.excess)
    }
    return factors.models.compactMap { model in
      guard let found = factors.test(returns, buckets.months, model, lags: options.lags),
        found.statistic.isFinite
      else { return nil }
      return "  GRS of the \(sort.bucketCount) buckets on \(model.name): F(\(found.degrees.0), "
        + "\(found.degrees.1)) = \(NumberFormat.significant(found.statistic, digits: 4)), p = "
        + NumberFormat.significant(found.pValue, digits: 3)
    }
  }

  private var rollingTable: Table {
    var table = SheetTable()
    table.time(months)
    table.add(
      "sharpe", .rollingSharpe, RollingPerformance.sharpe(net, months: months, window: window))
    if let market {
      table.add(
        "beta", .beta,
        RollingPerformance.beta(net, on: market.values, months: months, window: window))
    }
    table.add("cumulative", .cumulativeLog, Performance.cumulativeLog(net))
    table.add("drawdown", .drawdown, Drawdowns.underwater(net))
    return table.table("of the last \(window) \(clock.noun)s, net")
  }

  // MARK: Plots

  private var growth: Scene {
    SheetPlots.growth(months, [("gross", test.gross), ("net", net)], benchmark: market)
  }

  private var underwater: Scene {
    var scene = LinePlot.overMonths(
      "", months: months,
      series: [("net", Drawdowns.underwater(net)), ("gross", Drawdowns.underwater(test.gross))],
      unit: .ratio)
    scene.reachesZero = true
    return scene
  }

  private var rollingSharpe: Scene {
    LinePlot.overMonths(
      "", months: months,
      series: [
        ("gross", RollingPerformance.sharpe(test.gross, months: months, window: window)),
        ("net", RollingPerformance.sharpe(net, months: months, window: window)),
      ])
  }

  private func rollingBeta(_ market: (name: String, values: [Double])) -> Scene {
    LinePlot.overMonths(
      "", months: months,
      series: [
        (
          "beta",
          RollingPerformance.beta(net, on: market.values, months: months, window: window)
        )
      ])
  }

  private var histogram: Scene {
    var scene = Histogram.of("", values: net.filter { !$0.isNaN }, bins: nil)
    (scene.xLabel, scene.xUnit) = ("return", .ratio)
    return scene
  }

  private func monthHeat(_ calendar: CalendarReturns) -> Scene {
    HeatMap.of(
      "", rows: calendar.years.map(String.init), columns: SheetPlots.monthNames,
      values: calendar.monthly, unit: .ratio)
  }
}

extension String {
  var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
