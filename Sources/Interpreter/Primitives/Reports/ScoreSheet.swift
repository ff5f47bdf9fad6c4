// Model sheets of scores alone: an evaluation, or the cells of a sweep by model and number of factors.

import FactorLang
import FactorRuntime
import Models

enum ScoreSheet {
  /// The figures that an evaluation holds.
  static func of(_ value: EvaluationValue, full: Bool) -> SheetValue {
    let figures = Members.evaluationFigures.compactMap { member -> SheetValue.Figure? in
      guard let statistic = member.statistic, let read = member.read(.evaluation(value)),
        let number = Double(read)
      else { return nil }
      return SheetValue.Figure(
        statistic, name: member.name, title: member.sentence, [number],
        inputs: member.block.map { value.sample(of: $0) } ?? [])
    }
    var sheet = SheetValue(
      kind: .model, title: "\(value.model) on \(value.block.rawValue)", facts: value.facts,
      columns: [""], figures: figures, parts: [],
      brief: figures.prefix(12).map { .init($0.title, [$0.text(0)]) }, widths: (52, 10))
    (sheet.isFull, sheet.notes) = (full, value.notes)
    return sheet
  }

  /// R2 by model and number of factors.
  static func of(
    _ sweep: SweepValue, on block: EvaluationValue.Block, full: Bool
  ) throws -> SheetValue {
    let cells = sweep.cells.filter { $0.scores[block] != nil }
    guard let first = cells.first?.scores[block] else {
      throw Fault(.outsideData, "no cell of the sweep has scores", parameter: "what")
    }
    let scores = cells.compactMap { $0.scores[block] }
    let labels = cells.map(label)
    var table = SheetTable()
    table.text("model", cells.map(\.model))
    table.text("options", labels)
    table.add("total", .totalR2, scores.map { $0.totalStocks ?? .nan })
    let chosen = cells.map { $0.scores[.valid] }
    table.add("total_valid", .totalR2, chosen.map { $0?.totalStocks ?? .nan })
    table.add("total_managed", .totalR2, scores.map { $0.totalManaged ?? .nan })
    table.add("pred", .predictiveR2, scores.map { $0.predictive($0.preferred) ?? .nan })
    table.add("pred_managed", .predictiveR2, scores.map { $0.preferredR2.managed.value })
    table.add("rank_ic", .rankIC, scores.map { $0.rankIC?.mean ?? .nan })
    table.add("sharpe", .sharpe, scores.map { $0.longShort?.grossPerformance.sharpeRatio ?? .nan })
    table.add("net", .sharpe, scores.map { $0.longShort?.netPerformance.sharpeRatio ?? .nan })
    let lines = zip(cells, zip(labels, scores)).map { cell, pair in
      SheetValue.Line(
        "\(cell.model) \(pair.0)",
        [
          NumberFormat.percent(pair.1.totalStocks ?? .nan),
          NumberFormat.percent(pair.1.predictive(pair.1.preferred) ?? .nan),
          NumberFormat.fixed(pair.1.rankIC?.mean ?? .nan, decimals: 4),
          NumberFormat.fixed(pair.1.longShort?.netPerformance.sharpeRatio ?? .nan),
        ])
    }
    let more = lines.count - 11
    var sheet = SheetValue(
      kind: .model, title: "\(sweep.origin) · \(block.rawValue)",
      facts: first.facts.filter { $0.name != "model" }, columns: [""], figures: [],
      parts: [
        .init("r2", "Scores by model and options", table.table("scores")),
        .init("plot_r2", "Total R2 by model and options", bars(cells, labels, scores)),
      ],
      brief: [.init("", ["total R2", "pred. R2", "rank IC", "Sharpe net"])] + lines.prefix(11),
      widths: (label: 26, cell: 11))
    sheet.isFull = full
    sheet.notes = more > 0 ? ["\(Counted.text(more, "more cell")): see `.r2`"] : []
    return sheet
  }

  private static func label(_ cell: SweepCell) -> String {
    cell.options.filter { !$0.value.isMissing }.map { "\($0.name) \(ValueText.short($0.value))" }
      .joined(separator: ", ")
  }

  // A group for each model, a bar for each setting.
  private static func bars(
    _ cells: [SweepCell], _ labels: [String], _ scores: [EvaluationValue]
  ) -> Scene {
    var (models, settings): ([String], [String]) = ([], [])
    for (cell, label) in zip(cells, labels) {
      if !models.contains(cell.model) { models.append(cell.model) }
      if !settings.contains(label) { settings.append(label) }
    }
    return BarPlot.grouped(
      "", names: models,
      series: settings.map { setting in
        (
          setting,
          models.map { model in
            zip(cells, zip(labels, scores)).first { $0.0.model == model && $0.1.0 == setting }
              .flatMap { $0.1.1.totalStocks } ?? .nan
          }
        )
      }, unit: .ratio)
  }
}

extension EvaluationValue {
  /// What the scores were computed from, for headers and explanations.
  var facts: [ReportDocument.Fact] {
    [.init("model", model)] + sample(block, months, firms, rows) + [
      .init("forecast", preferred.rawValue),
      .init(
        "factor means",
        means == .start ? "from the start of the sample" : "from the first test \(clock.noun)"),
      .init("weighting", "R2 pooled over rows; deciles with equal weights"),
      .init("costs", "\(NumberFormat.basisPoints(costRate)) a side on buys plus sells"),
      .init("seed", seeds > 0 ? "\(Counted.text(seeds, "seed")) from \(seed)" : "none used"),
      .init("program", SheetFacts.maker),
    ]
  }

  /// What the scores of a block beside the one judged were computed from.
  func sample(of block: Block) -> [ReportDocument.Fact] {
    guard let found = r2(of: block) else { return [] }
    return sample(block, found.months, found.firms, found.rows) + [.init("level", level.rawValue)]
  }

  private func sample(
    _ block: Block, _ months: (first: Period, last: Period, count: Int),
    _ firms: (fewest: Int, most: Int), _ rows: Int
  ) -> [ReportDocument.Fact] {
    let range = firms.fewest == firms.most ? "\(firms.most)" : "\(firms.fewest) to \(firms.most)"
    let count = Counted.text(months.count, clock.noun)
    return [
      .init("sample", "\(block.rawValue) \(months.first)..\(months.last), \(count)"),
      .init("firms \(clock.each)", range), .init("firm-\(clock.noun)s", NumberFormat.count(rows)),
    ]
  }
}
