// The tables, plots and lines of a signal sheet.

import FactorLang
import FactorRuntime

extension SignalStudy {
  private var months: [Period] { buckets.months }
  private var clock: Clock { index.clock }
  private var spread: [Double] { buckets.spread }

  func sheet(full: Bool) -> SheetValue {
    let lags = ReportDocument.Fact("lags", "\(options.lags)")
    let spreadMean = NeweyWest(spread, lags: options.lags)
    let (gross, net) = (trades.grossPerformance, trades.netPerformance)
    let figures: [SheetValue.Figure] = [
      .init(.rankIC, [rankIC.mean], inputs: ranked),
      .init(.icDeviation, [rankIC.standardDeviation], inputs: ranked),
      .init(.icRatio, [rankIC.ratio], inputs: ranked),
      .init(.icT, [rankIC.tStatistic], inputs: ranked),
      .init(.icPositive, [rankIC.sharePositive], inputs: ranked),
      .init(.icSkewness, [rankIC.skewness], inputs: ranked),
      .init(.informationCoefficient, [pearson.mean], inputs: ranked),
      .init(.spread, [spreadMean.mean]),
      .init(
        .neweyWest, name: "spread_t", title: "t of the spread", [spreadMean.tStatistic],
        inputs: [lags]),
      .init(.sharpe, title: "Sharpe ratio of the spread, gross", [gross.sharpeRatio]),
      .init(
        .sharpe, name: "sharpe_net", title: "Sharpe ratio of the spread, net", [net.sharpeRatio]),
      .init(
        .monotonicity, title: "rises monotonically, p", [monotonicity.rising], inputs: drawn),
      .init(
        .monotonicity, name: "falling_p", title: "falls monotonically, p", [monotonicity.falling],
        inputs: drawn),
      .init(.turnover, title: "turnover of the spread", [trades.meanTurnover]),
      .init(.breakEven, [breakEven]),
      .init(
        .rankAutocorrelation, [Moments(persistence).mean],
        inputs: periods(persistence.count { !$0.isNaN }, "with one before")),
      .init(.coverage, [coverage], inputs: periods(index.months.count, "of the panel")),
    ]
    var sheet = SheetValue(
      kind: .signal, title: "\(names.signal) · \(SheetFacts.short(origin))", facts: facts,
      columns: [""],
      figures: figures, parts: parts.filter(\.isDrawable), brief: brief(spreadMean),
      widths: (label: 14, cell: options.buckets <= 6 ? 8 : 6))
    (sheet.isFull, sheet.notes, sheet.periodsPerYear) = (full, notes, clock.periodsPerYear)
    return sheet
  }

  // Some figures know more periods than could be sorted, or fewer.
  private func periods(_ count: Int, _ which: String) -> [ReportDocument.Fact] {
    [.init("periods", "\(Counted.text(count, clock.noun)) \(which)")]
  }

  private var ranked: [ReportDocument.Fact] { periods(rankIC.count, "with ten firms or more") }

  private var drawn: [ReportDocument.Fact] {
    [
      .init(
        "draws",
        "\(monotonicity.draws) of blocks of \(monotonicity.block) \(clock.noun)s on average, "
          + "\(Counted.text(monotonicity.periods, clock.noun)), seed \(seed)")
    ]
  }

  private var breakEven: Double { Costs.breakEven(gross: trades.gross, turnover: trades.turnover) }

  private var counts: (all: [Int], signed: [Int], both: [Int]) {
    let rows = index.months.indices.map { index.rows(ofMonthAt: $0) }
    return (
      rows.map(\.count), rows.map { $0.count { !signal[$0].isNaN } },
      rows.map { $0.count { !signal[$0].isNaN && !returns[$0].isNaN } }
    )
  }

  private var coverage: Double {
    let (all, signed, _) = counts
    return Moments(zip(signed, all).map { Double($0) / Double(max(1, $1)) }).mean
  }

  // MARK: Header

  private var facts: [ReportDocument.Fact] {
    let held = sort.sortedMonths.map { t in
      index.rows(ofMonthAt: t).count { sort.buckets[$0] > 0 }
    }
    return SheetFacts.Sample(months: months, clock: clock, firms: held).facts
      + SheetFacts.returns(names.returns, unit, excess: options.excess, options.factors)
      + [
        .init("weighting", names.weight.map { "by \($0)" } ?? "equal weights"),
        .init("breakpoints", cutWords), .init("rebalancing", "every \(clock.noun)"),
        SheetFacts.timing(signal: known.signal, returns: known.returns, clock),
        SheetFacts.delisting(delisting), SheetFacts.costs(options.costs),
      ] + SheetFacts.origin(seed: seed, digest: digest)
  }

  private var cutWords: String {
    let whose = options.breakpoints.firms
    return options.cuts == .ranks
      ? "\(options.buckets) buckets by rank of \(whose), ties by firm"
      : "\(options.buckets) buckets at quantiles of \(whose), ties together"
  }

  // MARK: The dozen lines

  private func brief(_ mean: NeweyWest) -> [SheetValue.Line] {
    func fixed(_ x: Double, _ decimals: Int) -> String {
      x.isFinite ? NumberFormat.fixed(x, decimals: decimals) : NumberFormat.missing
    }
    func percent(_ x: Double, _ decimals: Int = 2) -> String {
      x.isFinite ? NumberFormat.percent(x, decimals: decimals) : NumberFormat.missing
    }
    let all = buckets.returns + [spread]
    // Wide grids have room for the two ends and the middle only.
    let shown =
      all.count <= 11
      ? Array(all.indices) : [0, 1, 2, all.count / 2, all.count - 3, all.count - 2, all.count - 1]
    let titles = all.indices.map { $0 < options.buckets ? "\($0 + 1)" : "\(options.buckets)-1" }
    let year = clock.periodsPerYear
    let performance = all.map { Performance($0, periodsPerYear: year) }
    let sharpe = sharpeRatios
    let turnover = trades.meanTurnover
    return [
      .init("bucket", shown.map { titles[$0] }),
      .init("% \(clock.each)", shown.map { fixed(100 * performance[$0].mean, 2) }),
      .init(
        "t, \(options.lags) lags",
        shown.map { fixed(NeweyWest(all[$0], lags: options.lags).tStatistic, 2) }),
      .init("Sharpe √\(year)", shown.map { fixed(sharpe[$0], 2) }),
      .init(
        "rank IC", [fixed(rankIC.mean, 4)],
        "sd \(fixed(rankIC.standardDeviation, 3)) · ICIR \(fixed(rankIC.ratio, 2)) · t \(fixed(rankIC.tStatistic, 2))"
          + " · > 0 \(percent(rankIC.sharePositive, 0)) · skew \(fixed(rankIC.skewness, 2))"),
      .init(
        "IC", [fixed(pearson.mean, 4)],
        "sd \(fixed(pearson.standardDeviation, 3)) · ICIR \(fixed(pearson.ratio, 2)) · t \(fixed(pearson.tStatistic, 2))"
          + " · > 0 \(percent(pearson.sharePositive, 0)) · skew \(fixed(pearson.skewness, 2))"),
      .init(
        "spread", [percent(mean.mean)],
        "\(clock.each), t \(fixed(mean.tStatistic, 2)) · Sharpe \(fixed(trades.grossPerformance.sharpeRatio, 2)) gross, "
          + "\(fixed(trades.netPerformance.sharpeRatio, 2)) net"),
      .init(
        "monotonic, p", [Statistic.monotonicity.text(monotonicity.rising)],
        "rising; \(Statistic.monotonicity.text(monotonicity.falling)) falling"),
      .init(
        "turnover", [percent(turnover, 0)],
        "\(clock.each), two-way · new names \(percent(newNames[0], 0)) bottom, "
          + "\(percent(newNames[newNames.count - 1], 0)) top"),
      .init(
        "break-even",
        [breakEven.isFinite ? NumberFormat.basisPoints(breakEven) : NumberFormat.missing],
        "a side, the cost that eats the spread"),
      .init(
        "autocorr.", [fixed(Moments(persistence).mean, 3)],
        "of ranks, from \(clock.each) to the next"),
      .init(
        "coverage", [percent(coverage, 0)], "of firms" + alphaWords(fixed)),
    ]
  }

  // The most demanding of the models.
  private func alphaWords(_ fixed: (Double, Int) -> String) -> String {
    guard let factors = options.factors, let model = factors.models.last else { return "" }
    let found = factors.alpha(spread, months, model, lags: options.lags)
    return
      " · \(model.name) alpha of the spread \(fixed(100 * found.alpha, 2))%, t \(fixed(found.t, 2))"
  }
}

// MARK: Parts

extension SignalStudy {
  private var parts: [SheetValue.Part] {
    let means = CalendarReturns.means(rankIC.series, months: index.months)
    let pearsons = CalendarReturns.means(pearson.series, months: index.months)
    var parts: [SheetValue.Part] = [
      .init("buckets", "Returns by bucket", bucketTable),
      .init("plot_buckets", "Mean \(clock.noun)ly return by bucket", bucketBars),
      .init("plot_growth", "Cumulative log return of the spread", growth),
      .init("plot_ic", "Rank IC, and its mean over \(SheetPlots.year(clock))", icLines),
      .init("plot_coverage", "Firms with a signal", coverageLine),
      .init("plot_ic_heat", "Rank IC by year and calendar month", icHeat),
      .init(
        "ic_by_year", "IC by year",
        icTable(means.years.map(String.init), means.byYear, pearsons.byYear, "year")),
      .init(
        "ic_by_month", "IC by calendar month",
        icTable(SheetPlots.monthNames, means.byMonth, pearsons.byMonth, "month_of_year")),
      .init("turnovers", "Turnover by bucket", turnoverTable),
      .init("distribution", "The signal by bucket", distribution),
      .init("ics", "IC by \(clock.noun)", icSeries, isSeries: true),
      .init("coverages", "Coverage by \(clock.noun)", coverageTable, isSeries: true),
    ]
    if let factors = options.factors {
      parts.insert(.init("alphas", "Alphas by bucket", alphaTable(factors)), at: 1)
      parts.insert(
        .init("plot_alphas", "Alpha against mean return, by bucket", alphaScatter(factors)), at: 3)
    }
    return parts
  }

  // Of the buckets, raw ones less the riskless rate, and of the spread, which finances itself.
  private var sharpeRatios: [Double] {
    let own = buckets.returns.map { series in options.factors.map { excess(series, $0) } ?? series }
    return (own + [spread]).map {
      Performance($0, periodsPerYear: clock.periodsPerYear).sharpeRatio
    }
  }

  private var bucketNames: [String] { buckets.returns.indices.map { "\($0 + 1)" } }
  private var spreadName: String { "\(options.buckets)-1" }

  private var bucketTable: Table {
    let all = buckets.returns + [spread]
    let performance = all.map { Performance($0, periodsPerYear: clock.periodsPerYear) }
    var table = SheetTable()
    table.text("bucket", bucketNames + [spreadName])
    table.add("mean", .bucketMean, performance.map(\.mean))
    table.add("t", .neweyWest, all.map { NeweyWest($0, lags: options.lags).tStatistic })
    table.add("sd", performance.map(\.standardDeviation), .ratio)
    table.add(.sharpe, sharpeRatios)
    table.add("worst", .worst, performance.map(\.worst))
    table.add(
      "positive", .sharePositive,
      all.map { series in
        let present = series.filter { !$0.isNaN }
        return present.isEmpty
          ? .nan : Double(present.count { $0 > 0 }) / Double(present.count)
      })
    table.add("firms", buckets.sizes.map { Moments($0).mean } + [.nan], decimals: 1)
    return table.table(
      "\(names.returns) by \(names.signal)",
      notes: [
        "  mean, sd and worst \(clock.each) · t: Newey-West, \(options.lags) lags · Sharpe ratio × √\(clock.periodsPerYear)"
      ])
  }

  private var distribution: Table {
    let rows = (1...options.buckets).map { bucket in
      Moments(sort.buckets.indices.filter { Int(sort.buckets[$0]) == bucket }.map { signal[$0] })
    }
    let all = Double(rows.reduce(0) { $0 + $1.count })
    var table = SheetTable()
    table.text("bucket", bucketNames)
    table.add("count", rows.map { Double($0.count) }, .count)
    table.add("share", rows.map { Double($0.count) / all }, .ratio)
    table.add("mean", rows.map(\.mean))
    table.add("sd", rows.map { $0.standardDeviation() })
    table.add("min", rows.map(\.minimum))
    table.add("max", rows.map(\.maximum))
    return table.table(
      "\(names.signal) by bucket", notes: ["  over all firm-\(clock.noun)s of a bucket"])
  }

  private var turnoverTable: Table {
    var table = SheetTable()
    table.text("bucket", bucketNames + [spreadName])
    table.add(.turnover, turnovers + [Moments(trades.turnover.dropFirst()).mean])
    table.add(.newNames, newNames + [.nan])
    return table.table(
      "turnover by bucket",
      notes: [
        "  turnover two-way, \(clock.each), after the first · new names: share of firms not in the bucket \(clock.each) before"
      ])
  }

  private func icTable(
    _ names: [String], _ rank: [Moments], _ plain: [Moments], _ column: String
  ) -> Table {
    var table = SheetTable()
    table.text(column, names)
    table.add("rank_ic", .rankIC, rank.map(\.mean))
    table.add("ic", .informationCoefficient, plain.map(\.mean))
    table.add("ic_sd", .icDeviation, rank.map { $0.standardDeviation() })
    table.add("\(clock.noun)s", rank.map { Double($0.count) }, .count)
    return table.table("IC of \(self.names.signal)")
  }

  private var icSeries: Table {
    var table = SheetTable()
    table.time(index.months)
    table.add("rank_ic", .rankIC, rankIC.series)
    table.add("ic", .informationCoefficient, pearson.series)
    table.add("mean_rank_ic", SheetPlots.yearly(rankIC.series, index.months))
    return table.table("IC of \(names.signal)")
  }

  private var coverageTable: Table {
    let (all, signed, both) = counts
    var table = SheetTable()
    table.time(index.months)
    table.add("firms", all.map(Double.init), .count)
    table.add("with_signal", signed.map(Double.init), .count)
    table.add("with_both", both.map(Double.init), .count)
    return table.table("firms, those with a signal, and those with a return besides")
  }

  /// Returns less the riskless rate, where they are said to be raw and the table has it.
  private func excess(_ series: [Double], _ factors: FactorSets) -> [Double] {
    factors.excess(series, months, isExcess: options.excess)
  }

  private func alphaTable(_ factors: FactorSets) -> Table {
    var table = SheetTable()
    table.text("bucket", bucketNames + [spreadName])
    var notes: [String] = []
    for model in factors.models {
      let own = buckets.returns.map { excess($0, factors) }
      let found = (own + [spread]).map {
        factors.alpha($0, months, model, lags: options.lags)
      }
      table.add("\(model.name)", .alpha, found.map(\.alpha))
      table.add("t_\(model.name)", .alphaT, found.map(\.t))
      if let test = factors.test(own, months, model, lags: options.lags),
        test.statistic.isFinite
      {
        notes.append(
          "  \(model.name): \(model.factors.joined(separator: ", ")) · GRS of the buckets "
            + "F(\(test.degrees.0), \(test.degrees.1)) = \(NumberFormat.significant(test.statistic, digits: 4)), p = "
            + NumberFormat.significant(test.pValue, digits: 3))
      }
    }
    let rate =
      options.excess == false && factors.riskless != nil
      ? " · buckets less the riskless rate" : ""
    notes.append(
      "  alpha \(clock.each) · t: Newey-West, \(options.lags) lags · "
        + "\(factors.sharedPeriods(months)) of \(Counted.text(months.count, clock.noun)) have factors\(rate)"
    )
    return table.table("alphas", notes: notes)
  }

  // MARK: Plots

  private var bucketBars: Scene {
    var scene = BarPlot.of(
      "", names: bucketNames + [spreadName],
      values: (buckets.returns + [spread]).map { Moments($0).mean }, unit: .ratio)
    (scene.xLabel, scene.yLabel) = ("bucket", "")
    return scene
  }

  private var growth: Scene {
    SheetPlots.growth(
      months, [("gross", trades.gross), ("net", trades.net)],
      benchmark: options.factors.flatMap { sets in
        sets.market.map { ($0.name, sets.at(months, $0.values)) }
      })
  }

  private var icLines: Scene {
    var scene = LinePlot.overMonths(
      "", months: index.months,
      series: [
        ("rank IC", rankIC.series), ("mean", SheetPlots.yearly(rankIC.series, index.months)),
      ])
    scene.faintSeries = 1
    return scene
  }

  private var icHeat: Scene { SheetPlots.calendar(rankIC.series, index.months, .plain) }

  private var coverageLine: Scene {
    let (all, signed, _) = counts
    var scene = LinePlot.overMonths(
      "", months: index.months,
      series: [("with a signal", signed.map(Double.init)), ("firms", all.map(Double.init))])
    scene.reachesZero = true
    return scene
  }

  private func alphaScatter(_ factors: FactorSets) -> Scene {
    let means = buckets.returns.map { Moments($0).mean }
    var scene = Scene(
      title: "", mark: .scatter,
      series: factors.models.map { model in
        Scene.Series(
          model.name, xs: means,
          ys: buckets.returns.map {
            factors.alpha(excess($0, factors), months, model, lags: options.lags).alpha
          })
      })
    (scene.xLabel, scene.yLabel) = ("mean", "alpha")
    (scene.unit, scene.xUnit) = (.ratio, .ratio)
    return scene
  }
}
