// The model sheet: what fitted models explain and forecast, what their factors earn, and what they leave unpriced.

import FactorLang
import FactorRuntime
import Models

/// What a model sheet is asked for.
struct ModelOptions {
  var block = EvaluationValue.Block.test
  var costs = Scorer.usualCost
  var lags = 4
  var importance = false
  var factors: FactorSets?
}

/// Everything a model sheet is made of.
struct ModelStudy {
  let models: [ModelValue]
  let names: [String]
  let options: ModelOptions
  /// Scores in sample and on the block judged.
  let scores: [(train: EvaluationValue, out: EvaluationValue)]
  private let context: Context

  init(_ models: [ModelValue], _ options: ModelOptions, _ context: Context) throws {
    (self.models, self.options, self.context) = (models, options, context)
    names = Comparison.names(models)
    scores = try models.map { model in
      let task = try model.requireTask(nil)
      func score(_ block: EvaluationValue.Block) throws -> EvaluationValue {
        try Scorer.score(
          model, on: task, ScoreOptions(block: block, cost: options.costs), budget: context.budget)
      }
      return (try score(.train), try score(options.block))
    }
    for remark in Comparison.remarks(on: scores.map(\.out), of: models) { context.note(remark) }
  }

  func sheet(full: Bool) throws -> SheetValue {
    let pricing = try pricingTable()
    let figures = figures(pricing)
    var sheet = SheetValue(
      kind: .model,
      title: names.joined(separator: ", ") + " · "
        + SheetFacts.short(models.first?.task?.origin ?? "")
        + " · \(options.block.rawValue)",
      facts: try facts(), columns: names, figures: figures,
      parts: try parts(pricing).filter(\.isDrawable), brief: brief(figures),
      widths: (label: 28, cell: max(9, (names.map { TextWidth.of($0) }.max() ?? 0) + 2)))
    (sheet.isFull, sheet.periodsPerYear) = (full, scores.first?.out.clock.periodsPerYear)
    sheet.notes = scores.first?.out.notes ?? []
    return sheet
  }

  // MARK: Figures

  private func figures(_ pricing: [Table?]) -> [SheetValue.Figure] {
    let out = scores.map(\.out)
    let train = scores.map(\.train)
    let trained = train.first?.sample(of: .train) ?? []
    func values(_ read: (EvaluationValue) -> Double?) -> [Double] { out.map { read($0) ?? .nan } }
    let block = options.block.rawValue
    return [
      .init(.totalR2, title: "total R2, \(block)", values { $0.totalStocks }),
      .init(
        .totalR2, name: "r2_total_managed", title: "… on managed portfolios",
        values { $0.totalManaged }),
      .init(
        .totalR2, name: "r2_total_train", title: "total R2, train",
        train.map { $0.totalStocks ?? .nan }, inputs: trained),
      .init(
        .predictiveR2, title: "predictive R2, \(block)", values { $0.predictive($0.preferred) }),
      .init(
        .predictiveR2, name: "r2_pred_managed", title: "… on managed portfolios",
        values { $0.preferredR2.managed.value }),
      .init(
        .predictiveR2, name: "r2_pred_train", title: "predictive R2, train",
        train.map { $0.predictive($0.preferred) ?? .nan }, inputs: trained),
      .init(.rankIC, values { $0.rankIC?.mean }), .init(.icT, values { $0.rankIC?.tStatistic }),
      .init(
        .sharpe, title: "Sharpe 10-1, gross",
        values { $0.longShort?.grossPerformance.sharpeRatio }),
      .init(
        .sharpe, name: "sharpe_net", title: "Sharpe 10-1, net",
        values { $0.longShort?.netPerformance.sharpeRatio }),
      .init(
        .pricingErrors,
        pricing.map { table in
          guard let t = table?.column("t_alpha")?.numbers, !t.isEmpty else { return .nan }
          return Double(t.count { abs($0) > PricingTable.large }) / Double(t.count)
        }),
    ]
  }

  private func brief(_ figures: [SheetValue.Figure]) -> [SheetValue.Line] {
    [.init("", names)]
      + figures.map { figure in
        .init(figure.title, names.indices.map { figure.text($0) })
      }
  }

  // MARK: Header

  private func facts() throws -> [ReportDocument.Fact] {
    guard let first = models.first, let score = scores.first?.out else { return [] }
    let data = try first.requireTask(nil).cut
    let sample = try ScoreSample(data, options.block, false, context.budget)
    let split = try data.requireSplit()
    let months = data.index.months
    func span(_ block: Range<Int>) -> String {
      "\(months[block.lowerBound])..\(months[block.upperBound - 1])"
    }
    let seeds = models.map { $0.model.summary }.map { summary in
      summary.isTrained
        ? "\(Counted.text(summary.members.count, "seed")) from \(summary.seed)" : "none"
    }
    return SheetFacts.Sample(
      months: sample.index.months, clock: sample.index.clock,
      firms: sample.index.months.indices.map { sample.index.rows(ofMonthAt: $0).count }
    ).facts
      + [.init("fitted on", "train \(span(split.train)), valid \(span(split.valid))")]
      + SheetFacts.returns(data.targetName, .ratio, excess: nil)
      + [
        .init("weighting", "R2 pooled over rows; deciles with equal weights"),
        .init("breakpoints", "deciles by rank of the forecast, ties by firm"),
        .init("rebalancing", "every \(sample.index.clock.noun)"),
        .init("lag rule", "characteristics known \(sample.index.clock.each) before the return"),
        .init("forecast", score.preferred.rawValue), SheetFacts.delisting(nil),
        .init(
          "costs", "\(NumberFormat.basisPoints(options.costs)) a side on buys plus sells"),
        .init("seed", Set(seeds).count == 1 ? seeds[0] : seeds.joined(separator: "; ")),
        .init(
          "data",
          String(
            SheetFacts.digest(data.index, [data.returns, data.characteristics.map(Double.init)])
              .prefix(16))),
        .init("program", SheetFacts.maker),
      ]
  }

  // MARK: Parts

  private func pricingTable() throws -> [Table?] {
    try models.map { model in
      let task = try model.requireTask(nil)
      // A pure forecaster prices nothing.
      guard try model.model.predict(task.cut, budget: context.budget).total != nil,
        task.cut.width > 0
      else { return nil }
      return try PricingTable.make(model, task, options.block, options.lags, context)
    }
  }

  private func parts(_ pricing: [Table?]) throws -> [SheetValue.Part] {
    var parts: [SheetValue.Part] = [
      .init("plot_r2", "R2 on \(options.block.rawValue) months", r2Bars),
      .init("r2", "R2 in and out of sample", r2Table),
    ]
    for (place, model) in models.enumerated() {
      let suffix = place == 0 ? "" : "_\(place + 1)"
      let whose = models.count > 1 ? " of \(names[place])" : ""
      if let factors = try factorTable(model) {
        parts.append(.init("factors" + suffix, "Factors\(whose)", factors))
      }
      if var table = pricing[place] {
        table.statistics = ["alpha": .alpha, "t_alpha": .alphaT]
        table.decimals = ["t_mean": 2, "t_alpha": 2]
        parts.append(.init("pricing" + suffix, "Pricing errors\(whose)", table))
        parts.append(
          .init("plot_alphas" + suffix, "Alpha against mean return\(whose)", scatter(table)))
      }
      if options.importance {
        var table = try ImportanceStudy(
          block: options.block, place: .both, score: nil, context
        ).table(model, nil, top: 20)
        table.statistics = ["importance": .importance]
        parts.append(.init("importances" + suffix, "Importance\(whose)", table))
        parts.append(.init("plot_importance" + suffix, "Importance\(whose)", bars(table)))
      }
      if model.model.summary.isTrained {
        parts += training(model, suffix, whose)
      }
    }
    return parts
  }

  private var r2Table: Table {
    let rows = zip(names, scores).flatMap { name, pair in
      [(name, "train", pair.train), (name, options.block.rawValue, pair.out)]
    }
    var table = SheetTable()
    table.text("model", rows.map(\.0))
    table.text("months", rows.map(\.1))
    table.add("total", .totalR2, rows.map { $0.2.totalStocks ?? .nan })
    table.add("se", rows.map { $0.2.total?.stocks.error ?? .nan }, .ratio)
    table.add("total_managed", .totalR2, rows.map { $0.2.totalManaged ?? .nan })
    table.add("pred", .predictiveR2, rows.map { $0.2.predictive($0.2.preferred) ?? .nan })
    table.add("pred_se", rows.map { $0.2.preferredR2.stocks.error }, .ratio)
    table.add("pred_managed", .predictiveR2, rows.map { $0.2.preferredR2.managed.value })
    return table.table(
      "R2", notes: ["  pooled, against zero · se: 500 draws of 6-month blocks"])
  }

  private var r2Bars: Scene {
    BarPlot.grouped(
      "", names: names,
      series: [
        ("total", scores.map { $0.out.totalStocks ?? .nan }),
        ("predictive", scores.map { $0.out.predictive($0.out.preferred) ?? .nan }),
      ], unit: .ratio)
  }

  private func factorTable(_ model: ModelValue) throws -> Table? {
    let data = try model.requireTask(nil).cut
    let factors = try model.model.predict(data, budget: context.budget).factors
    guard let width = factors.first?.count, width > 0 else { return nil }
    let sample = try ScoreSample(data, options.block, false, context.budget)
    let months = sample.index.months
    let series = (0..<width).map { k in sample.months.map { factors[$0][k] } }
    let year = sample.index.clock.periodsPerYear
    let performance = series.map { Performance($0, periodsPerYear: year) }
    var table = SheetTable()
    table.text("factor", (1...width).map { "f\($0)" })
    table.add(.mean, performance.map { Double(year) * $0.mean })
    table.add(.volatility, performance.map(\.volatility))
    table.add(.sharpe, performance.map(\.sharpeRatio))
    for (name, values) in options.factors?.columns ?? [] {
      let other = options.factors?.at(months, values) ?? []
      table.add(name, series.map { Correlation.pearson($0, other) }, decimals: 2)
    }
    return table.table(
      "factors",
      notes: [
        "  mean and volatility a year · of the first seed, as fitted: latent factors are known up to a rotation"
          + (options.factors == nil ? "" : " · then correlations with given factors")
      ])
  }

  private func scatter(_ table: Table) -> Scene {
    var scene = ScatterPlot.of(
      "", xs: table.column("mean")?.numbers ?? [], ys: table.column("alpha")?.numbers ?? [])
    (scene.xLabel, scene.yLabel) = ("mean", "alpha")
    (scene.unit, scene.xUnit) = (.ratio, .ratio)
    return scene
  }

  private func bars(_ table: Table) -> Scene {
    let column = table.column("characteristic")
    var scene = BarPlot.of(
      "", names: (0..<table.count).map { column?.text(at: $0) ?? "" },
      values: table.column("importance")?.numbers ?? [], unit: .ratio, isLying: true)
    scene.xLabel = ""
    return scene
  }

  private func training(
    _ model: ModelValue, _ suffix: String, _ whose: String
  ) -> [SheetValue.Part] {
    let members = model.model.summary.members
    var table = SheetTable()
    table.add("member", members.indices.map { Double($0 + 1) }, .count)
    table.add("best_epoch", members.map { Double($0.bestEpoch) }, .count)
    table.add("epochs", members.map { Double($0.epochs) }, .count)
    table.add("best_loss", members.map(\.bestLoss))
    let most = members.map(\.validationLoss.count).max() ?? 0
    let xs = (1...max(1, most)).map(Double.init)
    func padded(_ values: [Double]) -> [Double] {
      values + [Double](repeating: .nan, count: max(0, xs.count - values.count))
    }
    // Beyond eight lines nothing is told apart.
    var scene = LinePlot.over(
      "", xs: xs,
      series: members.prefix(4).enumerated().flatMap { place, report in
        [
          ("train \(place + 1)", padded(report.trainingLoss)),
          ("valid \(place + 1)", padded(report.validationLoss)),
        ]
      })
    scene.xLabel = "epoch"
    return [
      .init("training" + suffix, "Training\(whose)", table.table("training")),
      .init("plot_training" + suffix, "Losses by epoch\(whose)", scene),
    ]
  }
}
