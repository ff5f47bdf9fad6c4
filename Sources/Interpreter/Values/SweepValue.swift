// The result of a sweep: a cell for each combination of model and options, scored on two blocks.
//
// Scores of the validation months serve to choose, scores of the test months to report; both belong
// to the ensemble of the cell, and each seed is scored alone besides.

import FactorLang
import FactorRuntime
import Models

/// One combination of model and options.
public struct SweepCell: Sendable {
  public var model: String
  /// What was given or gone through, and `k`; missing where the model has no such option.
  public var options: [(name: String, value: Value)]
  /// Nil if the fit failed.
  public var fitted: ModelValue?
  /// Whether the fit was found and not computed.
  var isRecalled = false
  /// Why it failed.
  public var why: String?
  /// The scores of the ensemble, and of each seed alone.
  var scores: [EvaluationValue.Block: EvaluationValue] = [:]
  var seedScores: [EvaluationValue.Block: [EvaluationValue]] = [:]

  /// The scores of single seeds, where there are several.
  func spread(_ score: SweepScore, _ block: EvaluationValue.Block) -> (mean: Double, sd: Double)? {
    let values = (seedScores[block] ?? []).map(score.read)
    guard values.count > 1 else { return nil }
    let moments = Moments(values)
    return (moments.mean, moments.standardDeviation())
  }
}

/// A score that a sweep reports.
enum SweepScore: String, CaseIterable {
  case r2_total, r2_pred, rank_ic, icir, sharpe, sharpe_net, r2_total_managed, r2_pred_managed
  case sharpe_long, sharpe_long_net

  /// What is shown of a single cell.
  static let usual: [SweepScore] = [.r2_total, .r2_pred, .rank_ic, .icir, .sharpe, .sharpe_net]

  var title: String {
    switch self {
    case .r2_total: "total R2, %"
    case .r2_pred: "predictive R2, %"
    case .r2_total_managed: "total R2 on managed portfolios, %"
    case .r2_pred_managed: "predictive R2 on managed portfolios, %"
    case .rank_ic: "rank IC"
    case .icir: "ICIR"
    case .sharpe: "Sharpe ratio of decile 10 less decile 1, × √12, gross"
    case .sharpe_net:
      "Sharpe ratio of decile 10 less decile 1, × √12, net of "
        + "\(NumberFormat.basisPoints(Scorer.usualCost)) a side"
    case .sharpe_long: "Sharpe ratio of decile 10, × √12, gross"
    case .sharpe_long_net:
      "Sharpe ratio of decile 10, × √12, net of "
        + "\(NumberFormat.basisPoints(Scorer.usualCost)) a side"
    }
  }

  var unit: ColumnUnit {
    switch self {
    case .r2_total, .r2_pred, .r2_total_managed, .r2_pred_managed: .ratio
    default: .plain
    }
  }

  func read(_ evaluation: EvaluationValue) -> Double {
    switch self {
    case .r2_total: evaluation.totalStocks ?? .nan
    case .r2_pred: evaluation.predictive(evaluation.preferred) ?? .nan
    case .r2_total_managed: evaluation.totalManaged ?? .nan
    case .r2_pred_managed: evaluation.preferredR2.managed.value
    case .sharpe_long: evaluation.longOnly?.grossPerformance.sharpeRatio ?? .nan
    case .sharpe_long_net: evaluation.longOnly?.netPerformance.sharpeRatio ?? .nan
    case .rank_ic: evaluation.rankIC?.mean ?? .nan
    case .icir: evaluation.rankIC?.ratio ?? .nan
    case .sharpe: evaluation.longShort?.grossPerformance.sharpeRatio ?? .nan
    case .sharpe_net: evaluation.longShort?.netPerformance.sharpeRatio ?? .nan
    }
  }

  /// A number of the score as a cell of a table.
  func text(_ x: Double) -> String {
    guard x.isFinite else { return NumberFormat.missing }
    if unit == .ratio { return NumberFormat.fixed(100 * x, decimals: 2) }
    return NumberFormat.fixed(x, decimals: self == .rank_ic ? 4 : 2)
  }
}

/// The cells of a sweep in the order they were fitted.
public struct SweepValue: Sendable {
  public var cells: [SweepCell]
  /// Where the task came from.
  public var origin: String
  /// The options that were gone through, or given.
  var optionNames: [String]
  /// The block by which rows were chosen last; validation at first.
  var block = EvaluationValue.Block.valid

  func choosing(_ rows: [Int]) -> SweepValue {
    var copy = self
    copy.cells = rows.map { cells[$0] }
    return copy
  }

  /// The cells as rows: scores of a block, or with nil those of validation and test side by side.
  func table(on block: EvaluationValue.Block? = nil) -> Table {
    var columns: [(name: String, column: Column)] = [("model", Column(text: cells.map(\.model)))]
    for name in optionNames {
      let values = cells.map { cell in
        cell.options.first { $0.name == name }?.value ?? .missing
      }
      let column =
        Column(cells: values) ?? Column(text: values.map { ValueText.short($0) })
      columns.append((name, column))
    }
    columns.append(("status", Column(text: cells.map { $0.why == nil ? "done" : "failed" })))
    columns.append(("why", Column(text: cells.map(\.why))))
    columns += scores(on: block ?? .valid, suffix: "")
    if block == nil { columns += scores(on: .test, suffix: "_test") }
    return Table(title: heading(block ?? .valid), columns: columns)
  }

  private func scores(
    on block: EvaluationValue.Block, suffix: String
  ) -> [(name: String, column: Column)] {
    SweepScore.allCases.map { score in
      let numbers = cells.map { $0.scores[block].map(score.read) ?? .nan }
      return (score.rawValue + suffix, Column(numbers: numbers, unit: score.unit))
    }
  }

  /// The sample of a block.
  func heading(_ block: EvaluationValue.Block) -> String {
    guard let first = cells.lazy.compactMap({ $0.scores[block] }).first else { return origin }
    return "\(origin) · \(block.rawValue) \(first.months.first)..\(first.months.last) · "
      + Counted.text(first.months.count, first.clock.noun)
  }

  /// What the numbers of a grid are.
  func seedsWords(_ block: EvaluationValue.Block) -> String {
    let counts = Set(cells.compactMap { $0.seedScores[block]?.count }.filter { $0 > 1 }).sorted()
    guard let most = counts.last else { return "one seed" }
    let number = counts.count == 1 ? "\(most)" : "\(counts[0]) to \(most)"
    return "ensemble of \(number) seeds ± sd between seeds"
  }

  var failed: Int { cells.count { $0.why != nil } }
}

extension SweepValue {
  /// A member: of one cell its parts, of several the column.
  func member(_ name: String) -> Value? {
    switch name {
    case "cells": return .integer(cells.count)
    case "failed": return .integer(failed)
    case "models": return .list(cells.compactMap { $0.fitted.map(Value.model) })
    default: break
    }
    let table = table(on: block)
    guard cells.count == 1, let cell = cells.first else {
      return table.column(name).map { .column(ColumnValue(name: name, column: $0)) }
    }
    switch name {
    case "model": return cell.fitted.map(Value.model) ?? .missing
    case "name": return .text(cell.model)
    default: return table.column(name).map { $0.value(at: 0) }
    }
  }

  private func display(of cell: SweepCell) -> [String] {
    guard let model = cell.fitted else {
      return ["\(SweepGrid.label(cell)) failed: \(cell.why ?? "")"]
    }
    let scores = SweepScore.usual.map { score in
      "\(score.rawValue) \(score.text(cell.scores[block].map(score.read) ?? .nan))"
        + (score.unit == .ratio ? "%" : "")
    }
    return [heading(block), "  " + scores.joined(separator: " · ")] + model.display()
  }

  var memberNames: [String] {
    table(on: block).columnNames + ["cells", "failed", "models"]
      + (cells.count == 1 ? ["name"] : [])
  }

  func display(_ options: DisplayOptions) -> [String] {
    if cells.count == 1, let cell = cells.first { return display(of: cell) }
    return (grid?.display(options) ?? []) + footer
  }

  /// The grid of the papers on the validation months, where choices are made; nil for a single cell.
  var grid: Table? {
    guard cells.count != 1 else { return nil }
    let names = optionNames.filter { name in
      Set(cells.map { $0.options.first { $0.name == name }.map { ValueText.short($0.value) } })
        .count > 1
    }
    let across = names.contains("k") ? "k" : names.last
    let rows = ["model"] + names.filter { $0 != across }
    let scores: [SweepScore] = [.r2_total, .r2_pred, .sharpe]
    return try? SweepGrid.table(
      self, scores.map(\.rawValue), rows: rows, across: across, on: block)
  }

  /// What failed, and what one can do with the cells.
  var footer: [String] {
    cells.filter { $0.why != nil }.prefix(3).map { cell in
      "  \(SweepGrid.label(cell)) failed: \(cell.why ?? "")"
    } + [
      "\(Counted.text(cells.count, "cell")) · \(failed) failed · choose with "
        + "`top 1, by: …, on: valid`, report with `table …, on: test`"
    ]
  }
}

/// Scores as a grid of texts.
enum SweepGrid {
  static func label(_ cell: SweepCell) -> String {
    ([cell.model]
      + cell.options.filter { !$0.value.isMissing }.map {
        "\($0.name) \(ValueText.short($0.value))"
      }).joined(separator: ", ")
  }

  /// A block a score, a row a value of `rows`, a column a value of `across`.
  static func table(
    _ sweep: SweepValue, _ names: [String], rows: [String], across: String?,
    on block: EvaluationValue.Block
  ) throws -> Table {
    let scores = try names.map { name in
      guard let score = SweepScore(rawValue: name) else {
        let near = Suggestion.nearest(to: name, among: SweepScore.allCases.map(\.rawValue))
        throw Fault(
          .unknownColumn, "a sweep has no score `\(name)`",
          helps: near.map { ["use `\($0)`"] }
            ?? ["choose among " + SweepScore.allCases.map(\.rawValue).joined(separator: ", ")],
          parameter: "columns")
      }
      return score
    }
    var grid = try Pivot.table(
      sweep.table(on: block), rows: rows, across: across,
      blocks: scores.map { score in
        (
          score.title,
          sweep.cells.map { cell in
            if cell.why != nil { return "failed" }
            // The ensemble's own score: what `top` chooses by and what the chosen model earns.
            let own = cell.scores[block].map { score.text(score.read($0)) } ?? NumberFormat.missing
            guard let spread = cell.spread(score, block) else { return own }
            return own + " ± " + score.text(spread.sd)
          }
        )
      })
    grid.title = sweep.heading(block) + " · " + sweep.seedsWords(block)
    return grid
  }
}
