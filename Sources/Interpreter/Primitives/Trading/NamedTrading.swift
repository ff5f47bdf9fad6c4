// Rules that hold assets by name: the k best of each month, or one asset by the sign of its signal.

import FactorLang
import FactorRuntime
import Models

/// A panel whose assets are traded by name, with the checks that all such rules share.
struct NamedTrading {
  private let verb: String
  private let value: PanelValue
  private let text: String
  private let signal: [Double]
  private let returns: String
  private let earned: Int
  private let context: Context

  init(
    _ verb: String, _ value: PanelValue, _ signal: ColumnExpression, _ returns: String,
    _ context: Context
  ) throws {
    let column = try signal.evaluate(on: value.panel)
    try Timing.checkPresent(
      column.known, of: signal.text, "these names are chosen", on: value.panel.index.clock,
      parameter: "signal")
    guard let numbers = column.numbers else {
      throw Fault(
        .wrongType, "names are chosen by numbers, not by \(column.kind)", parameter: "signal")
    }
    guard value.panel.hasColumn(returns) else {
      throw Fault(
        .unknownColumn, "this panel has no column `\(returns)`",
        helps: ["say which return is earned:  \(verb) \(signal.text), returns: ret"],
        parameter: "returns")
    }
    earned = try value.panel.column(returns).known
    try Timing.checkSignal(
      column.known, before: try value.panel.column(returns), named: returns,
      on: value.panel.index.clock, verb: verb)
    try Timing.checkSelection(value, before: earned, of: returns)
    (self.verb, self.value, self.returns, self.context) = (verb, value, returns, context)
    (text, self.signal) = (signal.text, numbers)
  }

  private var index: PanelIndex {
    value.panel.index.shifted(by: (1...120).contains(earned) ? earned : 0)
  }

  /// The best names of each month, few of which go.
  func topK(_ k: Int, _ drop: Int) throws -> BacktestValue {
    let panel = value.panel
    let index = index
    let held: TopKDropout
    do { held = try TopKDropout(signal, index: index, k: k, drop: drop) } catch {
      var fault = Fault(error)
      if case .tooFewAssets(_, let months, let smallest) = error {
        fault = Fault(
          .tooFewFirms,
          "\(k) names cannot be held in \(Counted.text(months.count, months.first?.noun ?? "month")): the smallest has "
            + "\(smallest)", helps: ["hold fewer:  k: \(max(1, smallest / 2))"])
      }
      fault.parameter = "k"
      throw fault
    }
    guard !held.months.isEmpty else { throw PanelError.empty(stage: "the choice of names") }
    let result = BacktestValue(
      title: value.origin,
      rule: TradingRule(
        weights: held.weights, months: held.months, heading: "top \(k) by \(text)",
        sentences: [
          "\(k) names at equal weights, set anew every month; gross exposure 1",
          "at most \(drop) of the held names outside the month's top \(k) sold a month, the lowest "
            + "signals first; ties in order of the asset",
        ]),
      returns: try panel.numbers(returns), index: index, options: BacktestOptions())
    let bought = Moments(held.bought.dropFirst().map(Double.init)).mean
    context.ledger(
      LedgerLine(stage: "topk", rowsIn: panel.count, rowsOut: panel.count),
      detail: "\(Counted.text(held.months.count, index.clock.noun)), \(k) names, "
        + (bought.isFinite
          ? "\(NumberFormat.fixed(bought, decimals: 1)) bought a month after the first"
          : "one month"))
    noteUnsigned(held.unsigned)
    noteMissing(result)
    return result
  }

  /// One asset, by the sign of its signal.
  func sign(_ asset: String) throws -> BacktestValue {
    let (panel, index) = (value.panel, index)
    guard let code = index.code(ofAsset: asset) else {
      let near = Suggestion.nearest(to: asset, among: index.assetNames)
      throw Fault(
        .outsideData, "the panel has no asset `\(asset)`",
        helps: [
          near.map { "did you mean \"\($0)\"?" }
            ?? "its assets are " + index.assetNames.prefix(5).joined(separator: ", ")
            + (index.assetNames.count > 5 ? ", …" : "")
        ], parameter: "asset")
    }
    let held = try SignPolicy(signal, index: index, asset: code)
    guard !held.months.isEmpty else {
      throw Fault(
        .outsideData, "`\(asset)` has no signal in any month", parameter: "signal")
    }
    let result = BacktestValue(
      title: value.origin,
      rule: TradingRule(
        weights: held.weights, months: held.months, heading: "\(asset) by the sign of \(text)",
        sentences: [
          "\(asset) long where \(text) is above zero, short where it is below; gross exposure 1"
        ]),
      returns: try panel.numbers(returns), index: index, options: BacktestOptions())
    context.ledger(
      LedgerLine(stage: verb, rowsIn: panel.count, rowsOut: panel.count),
      detail:
        "\(Counted.text(held.months.count, index.clock.noun)), \(asset) long in \(held.long) and short in "
        + "\(held.short)")
    noteUnsigned(held.unsigned)
    noteMissing(result)
    return result
  }

  private func noteUnsigned(_ count: Int) {
    guard count > 0 else { return }
    context.note(
      "nothing is held in \(Counted.text(count, index.clock.noun)) without a signal, between the first and the last "
        + "that have one")
  }

  private func noteMissing(_ result: BacktestValue) {
    guard result.backtest.missingReturns > 0 else { return }
    context.note(
      "\(Counted.text(result.backtest.missingReturns, "held row")) without a return earned nothing")
  }
}
