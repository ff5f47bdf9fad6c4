// Fitting and forecasting. No model is named here: their options come from their cards.

import FactorLang
import FactorRuntime
import Models

let modelPrimitives: [Primitive] = [
  Primitive(
    "fit", topic: .models,
    "Fits a model on the training months, stopping by the validation months.",
    SharedParameters.splitTask,
    SharedParameters.modelName,
    Parameter<ValidMonths?>.optional(
      "valid", "the months that choices are made on, if not those of the split"
    ).labelled,
    Parameter<ModelValue?>.optional(
      "start", "a fit of the same shape whose weights this one starts from; na for none"
    ).labelled,
    Parameter<Bool>.value(
      "refit_on_all", default: false,
      "whether validation only chooses epochs and blend: the model is then trained anew, that long, on "
        + "training and validation months"
    ).labelled,
    returns: "the fitted model",
    variants: Variants(selector: "model", Registry.cards.map(CardOptions.variant)),
    examples: [
      "toy | setup target: ret, features: [size, mom] | split thirds | fit ca1, k: 1, seeds: 1, epochs: 3"
    ]
  ) { context, task, name, valid, start, refitsOnAll in
    guard let card = Registry.card(name) else {
      throw Fault(.unknownChoice, "there is no model `\(name)`", parameter: "model")
    }
    let settings = try CardOptions.settings(context.options, card)
    var task = task
    let data = try valid.map { try $0.applied(to: task.cut) } ?? task.cut
    // The model keeps the whole task, so that windows share its numbers.
    if task.window == nil { task.task = data }
    let order = FitOrder(
      card, settings, seed: context.seed, start: start?.model, refitsOnAll: refitsOnAll)
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
          ColumnInfo("month", .month), ColumnInfo("date", .any), ColumnInfo("firm", .text),
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
  /// The rows of a block, or of the window where none is named.
  static func rows(
    _ data: FactorTask, _ task: TaskValue, on block: String
  ) throws -> Range<Int> {
    guard let part = EvaluationValue.Block(rawValue: block) ?? task.window?.focus else {
      return 0..<data.returns.count
    }
    let split = try data.requireSplit()
    return data.rows(part == .train ? split.train : part == .valid ? split.valid : split.test)
  }

  /// Says how many of the periods shown the model has seen, unless these were asked for.
  static func noteSeen(
    _ model: ModelValue, _ index: PanelIndex, _ focus: EvaluationValue.Block?,
    _ context: Context
  ) {
    guard focus != .train, focus != .valid, let words = model.recipe.seen(index) else { return }
    context.note(words + (focus == nil ? "; `on: test` leaves them out" : ""))
  }

  static func panel(
    _ model: ModelValue, _ task: TaskValue, on block: String, _ context: Context
  ) throws -> PanelValue {
    let data = task.cut
    let predictions = try model.model.predict(data, budget: context.budget)
    let rows = try rows(data, task, on: block)
    let focus = EvaluationValue.Block(rawValue: block) ?? task.window?.focus
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
    let index = data.index.selecting(Array(rows))
    noteSeen(model, index, focus, context)
    return PanelValue(
      panel: try Panel(
        index: index, columns: columns, assetKey: "firm",
        dateKey: data.index.clock.key),
      origin: model.model.summary.model)
  }
}
