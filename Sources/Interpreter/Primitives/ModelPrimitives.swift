// Fitting, forecasting and scoring. No model is named here: their options come from their cards.

import FactorLang
import FactorRuntime
import Models

extension EvaluationValue.Block: ChoiceWord {
  public var sentence: String {
    switch self {
    case .train: "the months parameters were fitted on"
    case .valid: "the months choices were made on"
    case .test: "the months nothing was chosen on"
    }
  }
}

let modelPrimitives: [Primitive] = [
  Primitive(
    "fit", topic: .models,
    "Fits a model on the training months, stopping by the validation months.",
    Parameter<TaskValue>.flow("task", "a task with its split"),
    Parameter<String>.word(
      "model", among: Registry.cards.map { Choice($0.name, $0.summary) }, "which model"),
    Parameter<ValidMonths?>.optional(
      "valid", "the months that choices are made on, if not those of the split"
    ).labelled,
    Parameter<ModelValue?>.optional(
      "start", "a fit of the same shape whose weights this one starts from; na for none"
    ).labelled,
    returns: "the fitted model",
    variants: Variants(selector: "model", Registry.cards.map(CardOptions.variant)),
    examples: [
      "toy | setup target: ret, features: [size, mom] | split thirds | fit ca1, k: 1, seeds: 1, epochs: 3"
    ]
  ) { context, task, name, valid, start in
    guard let card = Registry.card(name) else {
      throw Fault(.unknownChoice, "there is no model `\(name)`", parameter: "model")
    }
    let settings = try CardOptions.settings(context.options, card)
    var task = task
    let data = try valid.map { try $0.applied(to: task.cut) } ?? task.cut
    // The model keeps the whole task, so that windows share its numbers.
    if task.window == nil { task.task = data }
    let order = FitOrder(card, settings, seed: context.seed, start: start?.model)
    return try blaming("start", if: start != nil) {
      try Fitting.fit(order, on: task, data, context)
    }
  }.costing(.training),
  Primitive(
    "resume", topic: .models, "Continues a fit that was interrupted, bit by bit.",
    Parameter<ModelValue>.required("model", "the partial model"),
    Parameter<TaskValue?>.optional("task", "the task it was begun on, for a model from a file"),
    returns: "the model as if it had never been interrupted; a whole model as it is",
    examples: [
      "m = toy | setup target: ret, features: [size, mom] | split thirds | fit ca1, k: 1, seeds: 1, epochs: 3\nresume m"
    ]
  ) { context, model, task in
    guard let pause = model.model.pause else { return model }
    let order = try Fitting.order(of: model)
    let task = try model.requireTask(task)
    return try Fitting.fit(
      order, on: task, model.data(of: task), context, from: pause.checkpoint(),
      after: model.seconds)
  },
  Primitive(
    "recompute", topic: .models, "Fits a model again, whatever is kept of such a fit.",
    Parameter<ModelValue>.required("model", "a fitted model"),
    returns: "the model, computed anew",
    examples: [
      "m = toy | setup target: ret, features: [size, mom] | split thirds | fit ca1, k: 1, seeds: 1, epochs: 3\nrecompute m"
    ]
  ) { context, model in
    let task = try model.requireTask(nil)
    return try Fitting.fit(
      Fitting.order(of: model), on: task, model.data(of: task), context, isFresh: true)
  }.costing(.training),
  Primitive(
    "predict", topic: .models,
    "Forecasts every row of a task, or adds a column of forecasts to a panel.",
    Parameter<Forecastable>.flow("model", "the fitted model, or a panel to forecast"),
    Parameter<ForecastPartner?>.optional(
      "with", "the task of a model, the one it was fitted on if left out; the model of a panel"),
    Parameter<String>.value(
      "as", default: "pred", shown: "\"pred\"", "the name of the column added to a panel"
    ).labelled,
    Parameter<String>.word(
      "on",
      among: [Choice("all", "every month")]
        + EvaluationValue.Block.allCases.map { Choice($0.rawValue, $0.sentence) },
      default: "all", "which months"
    ).labelled,
    returns: "a panel of firm, month, predicted and realised; or the panel with its forecasts "
      + "and the returns they are of",
    // `fitted` is there for some models only; a name that may exist is no mistake.
    effect: .forecasts(
      named: "as", ColumnInfo("pred", .ratio), and: [ColumnInfo(PanelForecast.realised, .ratio)],
      otherwise: Schema(
        [
          ColumnInfo("month", .month), ColumnInfo("firm", .text),
          ColumnInfo("predicted", .ratio, known: -1), ColumnInfo("realised", .ratio, known: 0),
          ColumnInfo("fitted", .ratio, known: 0),
        ], keys: ["month", "firm"])),
    examples: [
      "toy | setup target: ret, features: [size, mom] | split thirds | fit ca1, k: 1, seeds: 1, epochs: 3 | predict on: test",
      "m = toy | setup target: lead(ret, 1m), features: [size, mom] | split thirds | fit ca1, k: 1, seeds: 1, epochs: 3\ntoy | predict m, as: \"forecast\" | deciles forecast | portfolio",
    ]
  ) { context, flow, partner, name, block in
    switch (flow, partner) {
    case (.model(let model), .task(let task)):
      try Forecasts.panel(model, task, on: block, context)
    case (.model(let model), nil):
      try Forecasts.panel(model, model.requireTask(nil), on: block, context)
    case (.model, .model):
      throw Fault(.wrongType, "a model forecasts a task, not a model", parameter: "with")
    case (.panel(let panel), .model(let model)):
      try PanelForecast(panel, model, context).adding(as: name)
    case (.panel, _):
      throw Fault(
        .missingArgument, "say which model forecasts the panel",
        helps: ["panel | predict m, as: \"pred\""], parameter: "with")
    }
  }.costing(.forecast),
  Primitive(
    "evaluate", topic: .models,
    "Scores a fit: R2, rank IC and decile portfolios before and after costs.",
    Parameter<ModelValue>.flow("model", "the fitted model"),
    Parameter<TaskValue?>.optional("task", "the task; the one it was fitted on if left out"),
    Parameter<EvaluationValue.Block>.choice("on", default: .test, "which block of months").labelled,
    Parameter<Double>.value(
      "costs", default: 0.003, in: 0...1, shown: "30bps", "cost of a unit bought or sold"
    ).labelled.share,
    returns: "the scores with their sample and conventions",
    examples: [
      "toy | setup target: ret, features: [size, mom] | split thirds | fit ca1, k: 1, seeds: 1, epochs: 3 | evaluate on: test"
    ]
  ) { context, model, task, block, costs in
    try Scorer.score(
      model, on: model.requireTask(task), block: block, cost: costs, budget: context.budget)
  }.costing(.forecast),
  Primitive(
    "compare", topic: .models, "Scores several fits on the same months, a row each.",
    Parameter<[ModelValue]>.flow("models", "a list of fitted models"),
    Parameter<EvaluationValue.Block>.choice("on", default: .test, "which block of months").labelled,
    Parameter<Double>.value(
      "costs", default: 0.003, in: 0...1, shown: "30bps", "cost of a unit bought or sold"
    ).labelled.share,
    returns: "a table with a row a model",
    examples: [
      "t = toy | setup target: ret, features: [size, mom] | split thirds\nm = t | fit ca0, k: 1, seeds: 1, epochs: 2\n[m, m] | compare on: test"
    ]
  ) { context, models, block, costs in
    let scores = try models.map {
      try Scorer.score(
        $0, on: $0.requireTask(nil), block: block, cost: costs, budget: context.budget)
    }
    guard !scores.isEmpty else {
      throw Fault(.wrongType, "`compare` needs at least one fitted model", parameter: "models")
    }
    if Set(scores.map(\.rows)).count > 1 {
      context.note("the models were fitted on tasks of different rows: their scores do not compare")
    }
    return Comparison.table(scores, models)
  },
]

/// Puts the blame for what does not go together on an option that was given.
private func blaming<Result>(
  _ parameter: String, if isGiven: Bool, _ body: () throws -> Result
) throws -> Result {
  do { return try body() } catch let error as ModelError {
    guard isGiven, case .incompatible(parameter, _, _) = error else { throw error }
    var fault = Fault(error)
    fault.parameter = parameter
    throw fault
  }
}

/// Options of a model's card, in both directions.
enum CardOptions {
  static func variant(_ card: ModelCard) -> Variant {
    Variant(
      card.name, "\(card.summary) Reference: \(card.reference).", card.settings.map(parameter),
      isStochastic: card.settings.contains { $0.name == "seeds" })
  }

  private static func parameter(_ facts: HyperparameterFacts) -> ParameterInfo {
    let type: Type
    switch facts.kind {
    case .integer: type = .integer
    case .real: type = .number
    case .flag: type = .bool
    case .word: type = .choice
    case .integers: type = .list(of: .integer)
    case .words: type = .list(of: .text)
    }
    let choices = facts.choices.map { Choice($0.name, $0.sentence) }
    return ParameterInfo(
      facts.name, type, role: choices.isEmpty ? .value : .choice(choices),
      defaultText: facts.defaultText,
      rangeText: facts.range.map {
        "\(ValueText.number($0.lowerBound))..\(ValueText.number($0.upperBound))"
      },
      minimum: facts.kind == .integers ? nil : facts.range?.lowerBound,
      maximum: facts.kind == .integers ? nil : facts.range?.upperBound, facts.sentence)
  }

  static func settings(
    _ options: [(name: String, value: Value)], _ card: ModelCard
  ) throws -> [String: HyperparameterValue] {
    var settings: [String: HyperparameterValue] = [:]
    for option in options {
      guard let facts = card.settings.first(where: { $0.name == option.name }) else {
        throw Fault(
          .unknownOption, "`\(card.name)` has no option `\(option.name)`",
          helps: Suggestion.nearest(to: option.name, among: card.settings.map(\.name)).map {
            ["use `\($0)`"]
          } ?? [])
      }
      settings[option.name] = try setting(option.value, facts)
    }
    return settings
  }

  private static func setting(_ value: Value, _ facts: HyperparameterFacts) throws
    -> HyperparameterValue
  {
    switch facts.kind {
    case .integer: if let number = Int(value) { return .integer(number) }
    case .real: if let number = Double(value) { return .real(number) }
    case .flag: if let flag = Bool(value) { return .flag(flag) }
    case .word: if let word = String(value) { return .word(word) }
    case .integers: if let list = [Int](value) { return .integers(list) }
    case .words:
      if let list = [String](value) { return .words(list) }
      if let word = String(value) { return .words([word]) }
    }
    throw ModelError.settingType(name: facts.name, expected: facts.kind)
  }
}

/// Predictions as a panel.
enum Forecasts {
  static func panel(
    _ model: ModelValue, _ task: TaskValue, on block: String, _ context: Context
  ) throws -> PanelValue {
    let data = task.cut
    let predictions = try model.model.predict(data, budget: context.budget)
    var rows = 0..<data.returns.count
    let focus = EvaluationValue.Block(rawValue: block) ?? task.window?.focus
    if let part = focus {
      let split = try data.requireSplit()
      rows = data.rows(part == .train ? split.train : part == .valid ? split.valid : split.test)
    }
    var columns: [(name: String, column: Column)] = [
      (
        "predicted",
        Column(numbers: Array(predictions.preferredForecast[rows]), unit: .ratio, known: -1)
      ),
      ("realised", Column(numbers: Array(data.returns[rows]), unit: .ratio)),
    ]
    if let total = predictions.total {
      columns.append(("fitted", Column(numbers: Array(total[rows]), unit: .ratio)))
    }
    context.ledger(
      LedgerLine(
        stage: "predict", rowsIn: data.returns.count, rowsOut: rows.count,
        reasons: [
          .init("rows outside \(focus?.rawValue ?? block)", data.returns.count - rows.count)
        ]),
      detail: "\(model.model.summary.model), \(predictions.preferred.rawValue) forecast")
    return PanelValue(
      panel: try Panel(
        index: data.index.selecting(Array(rows)), columns: columns, assetKey: "firm",
        dateKey: "month"),
      origin: model.model.summary.model)
  }
}

/// Several scores side by side.
enum Comparison {
  static func table(_ scores: [EvaluationValue], _ models: [ModelValue]) -> Table {
    func numbers(_ unit: ColumnUnit, _ part: (EvaluationValue) -> Double?) -> Column {
      Column(numbers: scores.map { part($0) ?? .nan }, unit: unit)
    }
    let short = models.map { label($0) }
    let names =
      Set(short).count == short.count ? short : models.map { label($0, withFactors: true) }
    var table = Table(
      title: scores.first.map {
        "\($0.block.rawValue) \($0.months.first)..\($0.months.last) · R2 pooled, zero benchmark · "
          + "net of \(NumberFormat.basisPoints($0.costRate)) a side"
      },
      columns: [
        ("model", Column(text: names)),
        ("total R2", numbers(.ratio) { $0.totalStocks }),
        ("managed", numbers(.ratio) { $0.totalManaged }),
        ("predictive R2", numbers(.ratio) { $0.predictive($0.preferred) }),
        ("rank IC", numbers(.plain) { $0.rankIC?.mean }),
        ("Sharpe", numbers(.plain) { $0.longShort?.grossPerformance.sharpeRatio }),
        ("net", numbers(.plain) { $0.longShort?.netPerformance.sharpeRatio }),
      ])
    if let oracle = scores.first?.oracles {
      table.columns[0].column = Column(text: names + ["oracle"])
      let truth: [Double] = [oracle.total, .nan, oracle.predictive, .nan, .nan, .nan]
      for (j, value) in truth.enumerated() {
        let old = table.columns[j + 1].column
        table.columns[j + 1].column = Column(
          numbers: (old.numbers ?? []) + [value], unit: old.unit)
      }
    }
    return table
  }

  // The model with the word settings that distinguish it, such as the posterior.
  private static func label(_ model: ModelValue, withFactors: Bool = false) -> String {
    let summary = model.model.summary
    let factors = summary.settings.first { $0.name == "k" && withFactors }
    let posterior = summary.settings.first { $0.name == "posterior" && $0.value != "amortized" }
    return summary.model + (factors.map { ", k \($0.value)" } ?? "")
      + (posterior.map { " (\($0.value))" } ?? "")
  }
}
