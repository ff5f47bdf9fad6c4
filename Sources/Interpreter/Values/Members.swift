// What stands after a dot: columns of panels and tables, scores, parts of fits.

import FactorLang
import FactorRuntime
import Models

/// One member of a kind of value: said once, for reading, completion and checking.
struct Member: Sendable {
  let name: String
  let type: Type
  let sentence: String
  /// How it is defined, where it is a figure.
  let statistic: Statistic?
  /// The block of months it is of, where its evaluation is of another.
  let block: EvaluationValue.Block?
  let read: @Sendable (Value) -> Value?

  init(
    _ name: String, _ type: Type, _ sentence: String, _ statistic: Statistic? = nil,
    of block: EvaluationValue.Block? = nil, _ read: @escaping @Sendable (Value) -> Value?
  ) {
    (self.name, self.type, self.sentence, self.read) = (name, type, sentence, read)
    (self.statistic, self.block) = (statistic, block)
  }
}

enum Members {
  /// Reads a member; nil if the value has none of that name.
  static func find(_ name: String, of value: Value) throws -> Value? {
    switch value {
    case .record(let record): return record[name]
    case .module(let module): return module[name]
    case .panel(let panel):
      if let column = panel.panel.columnOrKey(name) {
        return .column(ColumnValue(name: name, column: column))
      }
    case .table(let table):
      if let column = table.column(name) { return .column(ColumnValue(name: name, column: column)) }
      if let part = table.parts.first(where: { $0.name == name }) { return .table(part.table) }
    case .sweep(let sweep): return sweep.member(name)
    case .sheet(let sheet): return sheet.member(name)
    default: break
    }
    return list(of: value.type)?.first { $0.name == name }?.read(value)
  }

  /// The names that may follow the dot.
  static func names(of value: Value) -> [String] {
    let own = list(of: value.type)?.map(\.name) ?? []
    switch value {
    case .record(let record): return record.fields.map(\.name)
    case .module(let module): return module.exports.map(\.name)
    case .panel(let panel): return panel.panel.names + own
    case .table(let table): return table.columnNames + table.parts.map(\.name) + own
    case .sweep(let sweep): return sweep.memberNames
    case .sheet(let sheet): return sheet.memberNames
    default: return own
    }
  }

  /// The members of a type besides its columns; nil where the type has none.
  static func list(of type: Type) -> [Member]? {
    switch type {
    case .panel: panel
    case .task: task
    case .model: model
    case .evaluation: evaluation
    case .backtest: backtest
    case .sheet: SheetValue.members
    case .failure: failure
    default: nil
    }
  }

  private static let panel: [Member] = [
    Member("rows", .integer, "the number of rows") {
      PanelValue($0).map { .integer($0.panel.count) }
    },
    Member("entities", .integer, "the number of firms") {
      PanelValue($0).map { .integer($0.panel.assetCount) }
    },
    Member("months", .integer, "the number of months") {
      PanelValue($0).map { .integer($0.panel.monthCount) }
    },
    Member("min_per_month", .integer, "the fewest firms in a month") {
      PanelValue($0).map { .integer($0.panel.assetsPerMonth.fewest) }
    },
    Member("columns", .list(of: .text), "the names of the columns") {
      PanelValue($0).map { .list($0.panel.names.map(Value.text)) }
    },
    Member("chars", .list(of: .text), "the characteristics of a simulated world") {
      PanelValue($0)?.sets.first { $0.name == "chars" }.map { .list($0.columns.map(Value.text)) }
    },
    Member("oracle", .record(nil), "what is attainable in a simulated world, on its test months") {
      PanelValue($0)?.world.map { world in world.limits(on: world.testMonths).record }
    },
    Member("truth", .panel(nil), "the true loadings of a simulated world, by firm and month") {
      PanelValue($0)?.world.flatMap { try? WorldPanel.truth($0) }.map(Value.panel)
    },
    Member(
      "components", .table(nil), "the series that the factors of a simulated world are made of"
    ) {
      PanelValue($0)?.world.flatMap { try? WorldPanel.components($0) }.map(Value.table)
    },
    Member(
      "regimes", .list(of: .integer),
      "the true regime of each month of a simulated world, the calm one 1"
    ) {
      PanelValue($0)?.world.flatMap { world in
        world.regimes.isEmpty ? nil : .list(world.regimes.map { .integer($0 + 1) })
      }
    },
  ]

  private static let task: [Member] = [
    Member("rows", .integer, "the number of rows") {
      TaskValue($0).map { .integer($0.cut.returns.count) }
    },
    Member("features", .list(of: .text), "the characteristics") {
      TaskValue($0).map { .list($0.task.characteristicNames.map(Value.text)) }
    },
    Member("factors", .list(of: .text), "the observed factors") {
      TaskValue($0).map { .list($0.task.observed.names.map(Value.text)) }
    },
    Member("target", .text, "the target") { TaskValue($0).map { .text($0.task.targetName) } },
  ]

  private static let model: [Member] = [
    Member("name", .text, "the model's name") {
      ModelValue($0).map { .text($0.model.summary.model) }
    },
    Member("epochs", .list(of: .integer), "the best epoch of each member") {
      ModelValue($0).map { .list($0.model.summary.members.map { .integer($0.bestEpoch) }) }
    },
    Member("loss", .list(of: .number), "the best validation loss of each member") {
      ModelValue($0).map { .list($0.model.summary.members.map { .number($0.bestLoss) }) }
    },
    Member("status", .text, "done, or partial after an interruption") {
      ModelValue($0).map { .text($0.model.pause == nil ? "done" : "partial") }
    },
    Member("best", .model, "the best epoch so far of a partial fit; a whole fit as it is") {
      ModelValue($0).flatMap { value -> Value? in
        var value = value
        if let pause = value.model.pause {
          guard let best = try? pause.best(Budget()) else { return nil }
          value.model = best
        }
        return .model(value)
      }
    },
    Member("training", .table(nil), "losses and other figures of each member's epochs") {
      ModelValue($0).map { .table(Table(training: $0.model.summary.members)) }
    },
    Member(
      "blend_weight", .number,
      "the share of the prior in a blend forecast, the rest being the mean; na without a blend"
    ) {
      ModelValue($0).map { $0.model.priorShare.map(Value.number) ?? .missing }
    },
    Member("seconds", .number, "how long the fit took") {
      ModelValue($0).map { .number($0.seconds) }
    },
  ]

  private static func score(
    _ name: String, _ sentence: String, _ statistic: Statistic? = nil,
    _ read: @escaping @Sendable (EvaluationValue) -> Double?
  ) -> Member {
    Member(name, .number, sentence, statistic) { value in
      EvaluationValue(value).map { read($0).map(Value.finite) ?? .missing }
    }
  }

  /// An R2 of a block beside the one scored.
  private static func beside(
    _ name: String, _ words: String, _ statistic: Statistic, _ block: EvaluationValue.Block,
    _ read: @escaping @Sendable (EvaluationValue.BlockR2) -> Double?
  ) -> Member {
    let months = block == .train ? "training" : "validation"
    return Member(
      "\(name)_\(block.rawValue)", .number,
      "\(words) of the \(months) months, at the level of `at`",
      statistic, of: block
    ) { value in
      EvaluationValue(value).map { $0.r2(of: block).flatMap(read).map(Value.finite) ?? .missing }
    }
  }

  /// The scores of an evaluation.
  static var evaluationFigures: [Member] { evaluation }

  private static let evaluation: [Member] = [
    score("r2_total", "total R2 on stocks", .totalR2) { $0.totalStocks },
    score("r2_total_se", "its standard error") { $0.total?.stocks.error },
    score("r2_total_managed", "total R2 on managed portfolios", .totalR2) { $0.totalManaged },
    beside("r2_total", "total R2", .totalR2, .train) { $0.total },
    beside("r2_total", "total R2", .totalR2, .valid) { $0.total },
    score("r2_pred", "predictive R2 on stocks, in the preferred mode", .predictiveR2) {
      $0.predictive($0.preferred)
    },
    score("r2_pred_se", "its standard error") { $0.preferredR2.stocks.error },
    score("r2_pred_managed", "predictive R2 on managed portfolios", .predictiveR2) {
      $0.preferredR2.managed.value
    },
    beside("r2_pred", "predictive R2", .predictiveR2, .train) { $0.predictive },
    beside("r2_pred", "predictive R2", .predictiveR2, .valid) { $0.predictive },
    score("r2_pred_mean", "predictive R2 on stocks with mean factors", .predictiveR2) {
      $0.predictive(.mean)
    },
    score("r2_pred_prior", "predictive R2 on stocks with the learned prior", .predictiveR2) {
      $0.predictive(.prior)
    },
    score("rank_ic", "mean rank IC", .rankIC) { $0.rankIC?.mean },
    score("icir", "mean rank IC over its standard deviation", .icRatio) { $0.rankIC?.ratio },
    score("ic_t", "the t-statistic of the mean rank IC", .icT) { $0.rankIC?.tStatistic },
    score("ic", "mean IC, Pearson's correlation by month", .informationCoefficient) {
      $0.pearsonIC?.mean
    },
    score("log_score", "mean log density of the returns, for models with a variance", .logScore) {
      $0.density?.score.logScore
    },
    score("crps", "mean continuous ranked probability score", .crps) { $0.density?.score.crps },
    score("coverage", "share of returns within the central 90 % interval") {
      $0.density?.score.coverage
    },
    Member("pit", .list(of: .number), "shares of returns in the tenths of their distribution") {
      EvaluationValue($0).map { .list(($0.density?.score.pit ?? []).map(Value.finite)) }
    },
    score("sharpe", "annualised Sharpe ratio of the long-short decile, gross", .sharpe) {
      $0.longShort?.grossPerformance.sharpeRatio
    },
    score("sharpe_net", "the same after costs", .sharpe) {
      $0.longShort?.netPerformance.sharpeRatio
    },
    score("sharpe_long", "annualised Sharpe ratio of the top decile, gross", .sharpe) {
      $0.longOnly?.grossPerformance.sharpeRatio
    },
    score("sharpe_long_net", "the same after costs", .sharpe) {
      $0.longOnly?.netPerformance.sharpeRatio
    },
  ]

  private static let backtest: [Member] = [
    Member("deciles", .table(nil), "the decile table") {
      BacktestValue($0).map { .table($0.deciles) }
    },
    Member("monthly", .table(nil), "gross, net and turnover by month") {
      BacktestValue($0).map { .table($0.monthly) }
    },
    Member("sharpe", .number, "annualised Sharpe ratio, gross", .sharpe) {
      BacktestValue($0).map { .finite($0.backtest.grossPerformance.sharpeRatio) }
    },
    Member("sharpe_net", .number, "annualised Sharpe ratio, net", .sharpe) {
      BacktestValue($0).map { .finite($0.backtest.netPerformance.sharpeRatio) }
    },
    Member("turnover", .number, "mean monthly turnover, buys plus sells", .turnover) {
      BacktestValue($0).map { .finite($0.backtest.meanTurnover) }
    },
    Member("annual_return", .number, "compounded return a year, net", .annualReturn) {
      BacktestValue($0).map { .finite($0.backtest.netRatios.annualReturn) }
    },
    Member("drawdown", .number, "largest fall of wealth as a share of its peak, net", .drawdown) {
      BacktestValue($0).map { .finite($0.backtest.netRatios.maximumDrawdown) }
    },
    Member("calmar", .number, "annual return over the largest drawdown, net", .calmar) {
      BacktestValue($0).map { .finite($0.backtest.netRatios.calmarRatio) }
    },
    Member("sortino", .number, "annualised mean over the downside deviation, net", .sortino) {
      BacktestValue($0).map { .finite($0.backtest.netRatios.sortinoRatio) }
    },
  ]

  private static let failure: [Member] = [
    Member("code", .text, "the code of the error") {
      if case .failure(let fault) = $0 { return .text(fault.code.rawValue) }
      return nil
    },
    Member("at", .text, "where it happened") {
      guard case .failure(let fault) = $0 else { return nil }
      guard let source = fault.source, let span = fault.span else { return .missing }
      return .text(source.describe(span.start))
    },
    Member("message", .text, "the words of the error") {
      if case .failure(let fault) = $0 { return .text(fault.message) }
      return nil
    },
  ]
}
