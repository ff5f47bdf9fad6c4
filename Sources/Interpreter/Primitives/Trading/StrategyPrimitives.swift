// Other ways to trade a forecast: the k best names with little turnover, and forecasts less risk.

import FactorLang
import FactorRuntime
import Models

let strategyPrimitives: [Primitive] = [
  Primitive(
    "topk", topic: .portfolios,
    "Holds the k best names of each month, equally weighted, and lets only a few of them go.",
    Parameter<PanelValue>.flow("panel", "the panel"),
    Parameter<ColumnExpression>.expression("signal", "what to choose by, known before the month")
      .timed(.presentOnly).named { $0.type = .oneOf([.number, .bool]) },
    Parameter<Int>.value("k", default: 50, in: 1...100_000, "how many names are held").labelled,
    Parameter<Int>.value(
      "drop", default: 5, in: 1...100_000,
      "how many of the held names that left the top k are sold in a month at most"
    ).labelled,
    Parameter<ColumnNames>.columns(
      "returns", required: false, "the return earned in the month"
    ).labelled.numeric.named { $0.defaultText = "realised" },
    returns: "the backtest, gross and net of 30 bps, with ARR, MDD, Calmar and Sortino ratio",
    examples: ["toy | topk mom, k: 5, drop: 2, returns: ret | costs 10bps"]
  ) { context, value, signal, k, drop, returns in
    try NamedTrading("topk", value, signal, returns.names.first ?? "realised", context)
      .topK(k, drop)
  }.costing(.perRow(120)),
  Primitive(
    "sign_policy", topic: .portfolios,
    "Trades one asset: long where its signal is above zero, short where it is below.",
    Parameter<PanelValue>.flow("panel", "the panel"),
    Parameter<ColumnExpression>.expression("signal", "what to trade by, known before the month")
      .timed(.presentOnly).named { $0.type = .oneOf([.number, .bool]) },
    Parameter<String>.required("asset", "the asset, by its name in the panel").labelled,
    Parameter<ColumnNames>.columns(
      "returns", required: false, "the return earned in the month"
    ).labelled.numeric.named { $0.defaultText = "realised" },
    returns: "the backtest, gross and net of 30 bps, with ARR, MDD, Calmar and Sortino ratio",
    examples: ["toy | sign_policy mom, asset: \"12\", returns: ret | costs 10bps"]
  ) { context, value, signal, asset, returns in
    try NamedTrading("sign_policy", value, signal, returns.names.first ?? "realised", context)
      .sign(asset)
  }.costing(.perRow(40)),
  Primitive(
    "risk_aware", topic: .portfolios,
    "Forecasts returns less eta times their forecast standard deviation; validation chooses eta.",
    Parameter<ModelValue>.flow("model", "a fitted model that forecasts a variance"),
    SharedParameters.scoredTask,
    SharedParameters.block,
    Parameter<NumberOrList>.value(
      "eta", default: NumberOrList([0, 0.25, 0.5, 1, 2]), shown: "[0, 0.25, 0.5, 1, 2]",
      "what to choose from; one number is taken as it is"
    ).labelled,
    returns:
      "a panel of firm, month, predicted, risk (a standard deviation), adjusted and realised",
    effect: .gives(
      Schema(
        [
          ColumnInfo("month", .month), ColumnInfo("date", .any), ColumnInfo("firm", .text),
          ColumnInfo("predicted", .ratio, known: -1), ColumnInfo("risk", .ratio, known: -1),
          ColumnInfo("adjusted", .ratio, known: -1), ColumnInfo("realised", .ratio, known: 0),
        ], keys: ["month", "firm"])),
    examples: [
      "toy | setup target: ret, features: [size, mom] | split thirds | fit cvra, k: 1, seeds: 2, epochs: 3 | risk_aware on: test | deciles adjusted | portfolio"
    ]
  ) { context, model, task, block, etas in
    try RiskAware(model, model.requireTask(task), context).panel(etas.numbers, on: block)
  }.costing(.forecast),
]

/// One number, or a list of them.
struct NumberOrList: Bridged {
  let numbers: [Double]

  static var type: Type { .oneOf([.number, .list(of: .number)]) }

  init(_ numbers: [Double]) { self.numbers = numbers }

  init?(_ value: Value) {
    guard let numbers = Double(value).map({ [$0] }) ?? [Double](value) else { return nil }
    self.numbers = numbers
  }

  var value: Value { numbers.count == 1 ? .number(numbers[0]) : numbers.value }
}

/// Forecasts less risk.
struct RiskAware {
  private let name: String
  private let data: FactorTask
  private let forecast: [Double]
  private let risk: [Double]
  private let context: Context

  init(_ model: ModelValue, _ task: TaskValue, _ context: Context) throws {
    (name, data, self.context) = (model.model.summary.model, task.cut, context)
    let predictions = try model.model.predict(data, budget: context.budget)
    guard let variance = predictions.variance else {
      throw Fault(
        .wrongType, "`\(name)` forecasts no variance, so there is no risk to sort by",
        helps: ["sort by the forecast alone:  predict on: test | deciles predicted"],
        parameter: "model")
    }
    (forecast, risk) = (predictions.preferredForecast, variance.map { $0.squareRoot() })
  }

  func panel(_ etas: [Double], on block: EvaluationValue.Block) throws -> PanelValue {
    guard !etas.isEmpty, etas.allSatisfy({ $0.isFinite && $0 >= 0 }) else {
      throw Fault(
        .outOfRange, "`eta` takes numbers not below zero, such as [0, 0.5, 1]", parameter: "eta")
    }
    let (eta, words) = try chosen(etas)
    let sample = try ScoreSample(data, block, false, context.budget)
    let rows = sample.rows
    func numbers(_ values: [Double], known: Int) -> Column {
      Column(numbers: values, unit: .ratio, known: known)
    }
    let adjusted = rows.map { forecast[$0] - eta * risk[$0] }
    context.ledger(
      LedgerLine(
        stage: "risk_aware", rowsIn: data.returns.count, rowsOut: rows.count,
        reasons: [.init("rows outside \(block.rawValue)", data.returns.count - rows.count)]),
      detail: "\(name), forecast − \(ValueText.number(eta)) sd\(words)")
    return PanelValue(
      panel: try Panel(
        index: sample.index,
        columns: [
          ("predicted", numbers(Array(forecast[rows]), known: -1)),
          ("risk", numbers(Array(risk[rows]), known: -1)),
          ("adjusted", numbers(adjusted, known: -1)),
          ("realised", numbers(sample.returns, known: 0)),
        ], assetKey: "firm", dateKey: sample.index.clock.key),
      origin: name)
  }

  // The largest Sharpe ratio of decile 10 less decile 1 on the validation months, before costs; the
  // smaller eta where two do as well.
  private func chosen(_ etas: [Double]) throws -> (eta: Double, words: String) {
    guard etas.count > 1 else { return (etas[0], "") }
    let sample = try ScoreSample(data, .valid, false, context.budget)
    var options = BacktestOptions()
    options.small = .skip
    var best: (eta: Double, ratio: Double)?
    for eta in etas.sorted() {
      let signal = sample.rows.map { forecast[$0] - eta * risk[$0] }
      let ratio = try Backtest(
        forecast: signal, returns: sample.returns, index: sample.index, options: options
      ).grossPerformance.sharpeRatio
      if ratio.isFinite, ratio > best?.ratio ?? -.infinity { best = (eta, ratio) }
    }
    guard let best else {
      throw Fault(
        .outsideData, "the validation months give no Sharpe ratio to choose `eta` by",
        helps: ["say which one:  eta: 0.5"], parameter: "eta")
    }
    return (
      best.eta,
      ", chosen among \(ValueText.short(.list(etas.map(Value.number)))) on valid "
        + "(Sharpe \(NumberFormat.fixed(best.ratio, decimals: 2)))"
    )
  }
}
