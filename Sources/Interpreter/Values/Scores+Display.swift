// Scores and backtests as blocks: figures with their sample and convention in the header.

import FactorRuntime
import Models

/// Lines of a label and columns of figures.
struct Sheet {
  private var lines: [String] = []
  private let labelWidth: Int
  private let cellWidth: Int

  init(labelWidth: Int = 26, cellWidth: Int = 12) {
    (self.labelWidth, self.cellWidth) = (labelWidth, cellWidth)
  }

  mutating func head(_ text: String) { lines.append(text) }

  mutating func row(_ label: String, _ cells: [String], _ remark: String = "") {
    let padded = TextWidth.padded("  " + label, to: labelWidth)
    let body = cells.map { TextWidth.padded($0, to: cellWidth, right: true) }.joined()
    lines.append(padded + body + (remark.isEmpty ? "" : "   " + remark))
  }

  var text: [String] {
    lines.map { line in
      var line = line
      while line.hasSuffix(" ") { line.removeLast() }
      return line
    }
  }
}

private func percent(_ x: Double?) -> String {
  guard let x, x.isFinite else { return NumberFormat.missing }
  return NumberFormat.percent(x, decimals: 2)
}

private func plain(_ x: Double?, _ decimals: Int = 2) -> String {
  guard let x, x.isFinite else { return NumberFormat.missing }
  return NumberFormat.fixed(x, decimals: decimals)
}

extension EvaluationValue {
  func display() -> [String] {
    var sheet = Sheet(cellWidth: 10)
    sheet.head(
      "\(model) on \(block.rawValue) · \(months.first)..\(months.last) · \(months.count) \(clock.noun)s · "
        + "\(NumberFormat.count(rows)) rows")
    let range = firms.fewest == firms.most ? "\(firms.most)" : "\(firms.fewest) to \(firms.most)"
    sheet.head(
      "  \(range) firms \(clock.each)"
        + (seeds > 0 ? " · \(Counted.text(seeds, "seed")) from \(seed), averaged at r-hat" : ""))
    sheet.head(
      "  R2 pooled, against zero · se: 500 draws of 6-\(clock.noun) blocks"
        + (means == .oos ? " · factor means from the test on" : ""))
    addR2(&sheet)
    addBlocks(&sheet)
    addInformation(&sheet)
    addPortfolios(&sheet)
    addDensity(&sheet)
    addOracles(&sheet)
    return sheet.text + notes.map { "  note: \($0)" }
  }

  private func addR2(_ sheet: inout Sheet) {
    func cells(_ r2: LeveledR2) -> [String] {
      [r2.stocks, r2.managed].flatMap { [percent($0.value), percent($0.error)] }
    }
    sheet.row("", ["stocks", "se", "managed", "se"])
    if let total { sheet.row("total R2", cells(total)) }
    for item in predictive {
      let chosen = item.mode == preferred && predictive.count > 1 ? "used below" : ""
      sheet.row("predictive R2 (\(item.mode.rawValue))", cells(item.r2), chosen)
    }
  }

  private func addBlocks(_ sheet: inout Sheet) {
    guard !blocks.isEmpty else { return }
    let place = level == .stocks ? "on stocks" : "on managed portfolios"
    sheet.row("", blocks.map(\.block.rawValue), place)
    if total != nil { sheet.row("total R2", blocks.map { percent($0.total) }) }
    sheet.row("predictive R2", blocks.map { percent($0.predictive) })
  }

  private func addDensity(_ sheet: inout Sheet) {
    guard let (score, mode) = density else { return }
    sheet.row("log score", [plain(score.logScore, 4)], "normal density, \(mode.rawValue) forecast")
    sheet.row("CRPS", [plain(score.crps, 4)])
    let tenths = score.pit.map { $0.isFinite ? NumberFormat.fixed(100 * $0, decimals: 0) : "na" }
    sheet.row(
      "coverage of 90%", [percent(score.coverage)],
      "PIT tenths, %: " + tenths.joined(separator: " "))
  }

  private func addInformation(_ sheet: inout Sheet) {
    guard let rankIC else { return }
    sheet.row("rank IC", [plain(rankIC.mean, 4)], "Spearman by \(clock.noun)")
    sheet.row("ICIR", [plain(rankIC.ratio)], "mean / sd of it; t \(plain(rankIC.tStatistic))")
  }

  private func addPortfolios(_ sheet: inout Sheet) {
    guard let longShort, let longOnly else { return }
    sheet.row("", ["gross", "net"], "net of \(NumberFormat.basisPoints(costRate)) a side")
    sheet.row(
      "Sharpe long-short",
      [plain(longShort.grossPerformance.sharpeRatio), plain(longShort.netPerformance.sharpeRatio)],
      "10 less 1, × √\(clock.periodsPerYear)")
    sheet.row(
      "Sharpe long-only",
      [plain(longOnly.grossPerformance.sharpeRatio), plain(longOnly.netPerformance.sharpeRatio)],
      "10, × √\(clock.periodsPerYear)")
    sheet.row(
      "turnover \(clock.each)", [percent(longShort.meanTurnover), ""], "buys plus sells")
  }

  private func addOracles(_ sheet: inout Sheet) {
    guard let oracles else { return }
    sheet.row("", ["oracle", "of it"], "the world is known")
    if let totalStocks {
      sheet.row("oracle total R2", [percent(oracles.total), share(totalStocks, oracles.total)])
    }
    sheet.row(
      "oracle predictive R2",
      [percent(oracles.predictive), share(predictive(preferred) ?? .nan, oracles.predictive)],
      oracles.forecaster)
  }

  // A share of next to nothing says nothing.
  private func share(_ x: Double, _ whole: Double) -> String {
    whole > 0.005 ? NumberFormat.percent(x / whole, decimals: 0) : NumberFormat.missing
  }
}

extension BacktestValue {
  /// What is held and when.
  var heading: String {
    let first = backtest.months.first?.description ?? ""
    let last = backtest.months.last?.description ?? ""
    return "\(title) · \(held) · \(first)..\(last) · "
      + Counted.text(backtest.months.count, backtest.clock.noun)
  }

  /// What is held.
  var held: String { rule?.heading ?? deciles(of: options) }

  private func deciles(of options: BacktestOptions) -> String {
    let long = "decile \(options.long ?? options.buckets)"
    return options.legs == .longShort ? "\(long) less decile \(options.short ?? 1)" : long
  }

  // What papers on trading rules print beside the Sharpe ratio.
  private func addGrowth(_ sheet: inout Sheet) {
    let (gross, net) = (backtest.grossRatios, backtest.netRatios)
    sheet.row("annual return (ARR)", [percent(gross.annualReturn), percent(net.annualReturn)])
    sheet.row(
      "largest drawdown (MDD)", [percent(gross.maximumDrawdown), percent(net.maximumDrawdown)],
      "of wealth")
    sheet.row("Calmar ratio (CR)", [plain(gross.calmarRatio), plain(net.calmarRatio)], "ARR / MDD")
    sheet.row(
      "Sortino ratio (SOR)", [plain(gross.sortinoRatio), plain(net.sortinoRatio)],
      "× √\(backtest.clock.periodsPerYear)")
  }

  func display(_ options: DisplayOptions) -> [String] {
    let (gross, net) = (backtest.grossPerformance, backtest.netPerformance)
    var sheet = Sheet()
    let (year, noun) = (backtest.clock.periodsPerYear, backtest.clock.noun)
    sheet.head(heading)
    let rate = NumberFormat.basisPoints(self.options.costs.rate)
    sheet.row("", ["gross", "net"], "net of \(rate) on buys plus sells")
    sheet.row(
      "mean a year (×\(year))",
      [percent(Double(year) * gross.mean), percent(Double(year) * net.mean)])
    sheet.row(
      "volatility a year (×√\(year))", [percent(gross.volatility), percent(net.volatility)])
    sheet.row("Sharpe ratio a year", [plain(gross.sharpeRatio), plain(net.sharpeRatio)])
    sheet.row(
      "largest drawdown (log)", [plain(gross.maximumDrawdown, 3), plain(net.maximumDrawdown, 3)])
    sheet.row("worst \(noun)", [percent(gross.worst), percent(net.worst)])
    sheet.row(
      "turnover a \(noun)", [percent(backtest.meanTurnover), ""], "buys plus sells")
    if rule != nil { addGrowth(&sheet) }
    var lines = sheet.text
    if !backtest.skipped.isEmpty {
      lines.append("  note: \(backtest.skipped.count) \(noun)s with too few firms are left out")
    }
    return lines
  }
}
