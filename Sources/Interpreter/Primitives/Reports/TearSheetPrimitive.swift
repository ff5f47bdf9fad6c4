// `tearsheet`: one verb, three sheets, chosen by what flows in.

import FactorLang
import FactorRuntime
import Models

/// What a sheet can be made of.
enum SheetSource: Bridged {
  case panel(PanelValue)
  case backtest(BacktestValue)
  case backtests([BacktestValue], names: [String]?)
  case models([ModelValue])
  case evaluation(EvaluationValue)
  case sweep(SweepValue)

  static var type: Type {
    .oneOf([
      .panel(nil), .backtest, .list(of: .backtest), .model, .list(of: .model), .evaluation,
      .record(nil),
      .table(nil),
    ])
  }

  init?(_ value: Value) {
    switch value {
    case .panel(let panel): self = .panel(panel)
    case .backtest(let backtest): self = .backtest(backtest)
    case .evaluation(let evaluation): self = .evaluation(evaluation)
    case .sweep(let sweep): self = .sweep(sweep)
    case .list(let items) where !items.isEmpty && items.allSatisfy({ $0.type == .backtest }):
      self = .backtests(items.compactMap { BacktestValue($0) }, names: nil)
    case .record(let record)
    where !record.fields.isEmpty && record.fields.allSatisfy({ $0.value.type == .backtest }):
      self = .backtests(
        record.fields.compactMap { BacktestValue($0.value) }, names: record.fields.map(\.name))
    default:
      guard case .several(let models)? = ModelFlow(value).map(\.asList), !models.isEmpty else {
        return nil
      }
      self = .models(models)
    }
  }

  var value: Value { .nothing }

  /// What it is called in a message.
  var phrase: String {
    switch self {
    case .panel: "a panel"
    case .backtest, .backtests: "a backtest"
    case .models: "a model"
    case .evaluation: "an evaluation"
    case .sweep: "a sweep"
    }
  }
}

extension ModelFlow {
  fileprivate var asList: ModelFlow {
    if case .one(let model) = self { return .several([model]) }
    return self
  }
}

extension Parameter where Input == ColumnExpression? {
  /// An expression over the columns that flow in, or nothing.
  static func optionalExpression(_ name: String, _ sentence: String) -> Parameter {
    Parameter(
      info: ParameterInfo(name, .any, role: .columnExpression, sentence), isReceiver: false,
      convert: { arguments in
        if arguments.isEmpty { return .some(nil) }
        if case .expression(let expression)? = arguments.first { return .some(expression) }
        return nil
      })
  }
}

let tearsheetPrimitive = Primitive(
  "tearsheet", topic: .portfolios,
  "Sums a signal, fitted models or a backtest up in a dozen lines, with all that is behind them.",
  Parameter<SheetSource>.flow(
    "what",
    "a panel with a signal, a fitted model, an evaluation, a sweep, a backtest, or several models or backtests"
  ),
  Parameter<ColumnNames>.columns(
    "signal", required: false, "of a panel: the column that orders firms, known before the return"
  ).timed(.beforeTarget).numeric,
  Parameter<ColumnExpression?>.optionalExpression(
    "returns", "of a panel: the return that is earned; `realised` if left out"
  ).labelled.timed(.target),
  Parameter<ColumnNames>.columns(
    "weight", required: false,
    "of a panel: the column that weights firms; equal weights if left out"
  ).labelled.timed(.beforeTarget).numeric,
  Parameter<Int>.value("buckets", default: 10, in: 2...100, "of a panel: how many buckets")
    .labelled,
  Parameter<BucketCuts>.choice("cuts", default: .ranks, "of a panel: where buckets are cut")
    .labelled,
  Parameter<Breakpoints>.choice("breakpoints", default: .all, "whose values set the break points")
    .labelled,
  SharedParameters.costs,
  Parameter<Int>.value("lags", default: 6, in: 0...60, "lags of Newey-West t-statistics").labelled,
  Parameter<Bool?>.optional(
    "excess", "whether returns are excess returns; by the column's name if left out"
  ).labelled,
  Parameter<Value>.value(
    "factors", default: .missing,
    "a table of factors by period, such as `french` gives, for alphas, beta and a benchmark"
  ).labelled,
  Parameter<Value>.value(
    "regimes", default: .missing, "of a backtest: a table by period whose columns name regimes"
  ).labelled,
  Parameter<Value>.value(
    "published", default: .missing, "of a backtest: the month in which its idea was published"
  ).labelled,
  SharedParameters.block,
  Parameter<Bool>.value(
    "importance", default: false, "of a model: rank characteristics too, which takes longest"
  ).labelled,
  Parameter<Bool>.value("full", default: false, "show every table and plot").labelled,
  returns:
    "a sheet: shown in a dozen lines, whole with `full` and in files (.html, .md, .tex, .csv, .json); its figures, "
    + "tables and plots are members, which `explain` explains",
  examples: [
    "toy | tearsheet size, returns: ret, buckets: 5",
    "s = toy | deciles size | portfolio returns: ret | tearsheet\ns.sharpe_net\ns.drawdowns",
    "t = toy | rank_normalize size, mom | setup target: ret, features: [size, mom] | split thirds\nm = t | fit ca0, k: 1, seeds: 1, epochs: 2\nm | tearsheet importance: true",
  ]
) {
  context, source, signal, returns, weight, buckets, cuts, breakpoints, costs, lags, excess,
  factors,
  regimes, published, block, importance, full -> SheetValue in
  let sets = factors.isMissing ? nil : try FactorSets(factors)
  if !signal.names.isEmpty, case .panel = source {
  } else if !signal.names.isEmpty {
    throw Fault(
      .wrongType, "\(source.phrase) has its own forecasts: leave the signal out",
      parameter: "signal")
  }
  switch source {
  case .panel(let panel):
    var options = SignalOptions()
    (options.buckets, options.cuts, options.breakpoints) = (buckets, cuts, breakpoints)
    options.costs.rate = costs
    (options.lags, options.excess, options.factors) = (lags, excess, sets)
    let earned = try TearSheets.returns(returns, panel, context)
    return try SignalStudy(
      panel, signal: TearSheets.signal(signal.names, panel), returns: earned,
      weight: weight.names.first, options, context
    ).sheet(full: full)
  case .backtest(let backtest):
    let options = PortfolioOptions(
      lags: lags, excess: excess, factors: sets,
      regimes: try Regimes(regimes, published: published))
    return try PortfolioStudy(backtest, options).sheet(full: full)
  case .backtests(let backtests, let names):
    let options = PortfolioOptions(
      lags: lags, excess: excess, factors: sets,
      regimes: try Regimes(regimes, published: published))
    return try PortfolioSet(backtests, named: names, options).sheet(full: full)
  case .models(let models):
    let options = ModelOptions(
      block: block, costs: costs, lags: lags, importance: importance, factors: sets)
    return try ModelStudy(models, options, context).sheet(full: full)
  case .evaluation(let evaluation): return ScoreSheet.of(evaluation, full: full)
  case .sweep(let sweep): return try ScoreSheet.of(sweep, on: block, full: full)
  }
}.costing(.perRow(400))

private enum TearSheets {
  static func signal(_ names: [String], _ panel: PanelValue) throws -> String {
    if names.count == 1 { return names[0] }
    guard names.isEmpty else {
      throw Fault(
        .tooManyArguments, "a sheet is of one signal, not of \(names.count)", parameter: "signal")
    }
    if panel.panel.hasColumn("predicted") { return "predicted" }
    throw Fault(
      .missingArgument, "which column is the signal?",
      helps: ["name it first:  tearsheet \(panel.panel.numberNames.last ?? "x"), returns: ret"],
      parameter: "signal")
  }

  static func returns(
    _ given: ColumnExpression?, _ panel: PanelValue, _ context: Context
  ) throws -> ColumnExpression {
    if let given { return given }
    if panel.panel.hasColumn("realised") { return try context.columnExpression("realised") }
    let usual = ["ret_exc_lead1m", "exret", "ret_excess", "xret", "ret", "RET", "return"]
    let found = usual.first(where: panel.panel.hasColumn)
    throw Fault(
      .missingArgument, "which return does the signal earn?",
      helps: ["say it:  tearsheet …, returns: \(found ?? "ret")"], parameter: "returns")
  }
}
