// Scoring fits, alone and against each other. Validation chooses; test only reports.

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

extension ScoreLevel: ChoiceWord {
  public var sentence: String {
    switch self {
    case .stocks: "firms' returns"
    case .portfolios: "characteristic-managed portfolios, fits carried through their weights"
    }
  }
}

extension MeansOrigin: ChoiceWord {
  public var sentence: String {
    switch self {
    case .start: "with the sample, as published"
    case .oos: "with the test months, which leaves the first of them without a forecast"
    }
  }
}

extension SilentPlace: ChoiceWord {}

let evaluationPrimitives: [Primitive] = [
  Primitive(
    "evaluate", topic: .evaluation,
    "Scores a fit: R2, rank IC, decile portfolios before and after costs, and densities.",
    SharedParameters.fitted,
    SharedParameters.scoredTask,
    SharedParameters.block,
    SharedParameters.costs,
    Parameter<ScoreLevel>.choice(
      "at", default: .stocks, "what the R2 of training, validation and test months are of"
    ).labelled,
    Parameter<MeansOrigin>.choice(
      "lambda_from", default: .start, "where running means of factors begin"
    ).labelled,
    returns: "the scores with their sample and conventions",
    examples: [
      "toy | setup target: ret, features: [size, mom] | split thirds | fit ca1, k: 1, seeds: 1, epochs: 3 | evaluate on: test, at: portfolios"
    ]
  ) { context, model, task, block, costs, level, means in
    try Scorer.score(
      model, on: model.requireTask(task),
      ScoreOptions(block: block, cost: costs, level: level, means: means), budget: context.budget)
  }.costing(.forecast),
  Primitive(
    "compare", topic: .evaluation, "Scores several fits on the same months, a row each.",
    Parameter<[ModelValue]>.flow("models", "a list of fitted models"),
    SharedParameters.block,
    SharedParameters.costs,
    returns: "a table with a row a model",
    examples: [
      "t = toy | setup target: ret, features: [size, mom] | split thirds\nm = t | fit ca0, k: 1, seeds: 1, epochs: 2\n[m, m] | compare on: test"
    ]
  ) { context, models, block, costs in
    let scores = try models.map {
      try Scorer.score(
        $0, on: $0.requireTask(nil), ScoreOptions(block: block, cost: costs),
        budget: context.budget)
    }
    guard !scores.isEmpty else {
      throw Fault(.wrongType, "`compare` needs at least one fitted model", parameter: "models")
    }
    for remark in Comparison.remarks(on: scores, of: models) { context.note(remark) }
    return Comparison.table(scores, models)
  },
  Primitive(
    "r2", topic: .evaluation,
    "Gives the pooled R2 of forecasts in a panel, such as a stack of windows.",
    Parameter<PanelValue>.flow("panel", "a panel with forecasts and returns"),
    Parameter<[ColumnExpression]>.expressions("fits", "what `predict` gave: predicted, fitted"),
    Parameter<ColumnExpression>.expression("against", "the return that followed").labelled.named {
      $0.type = .number
    },
    returns: "a table with a row a forecast: whether it was made before the month or with it (a "
      + "total fit), R2 against zero, its standard error and the rows counted",
    effect: .gives(
      Schema([
        ColumnInfo("forecast", .text), ColumnInfo("made", .text), ColumnInfo("r2", .ratio),
        ColumnInfo("se", .ratio), ColumnInfo("rows", .integer),
      ])),
    examples: [
      """
      oos = toy | setup target: ret, features: [size, mom] | rolling train: 12m, valid: 6m, test: 3m | each { w -> w.train | fit ca1, k: 1, seeds: 2, epochs: 3 | predict w.test } | stack
      oos | r2 predicted, fitted, against: realised
      """
    ]
  ) { context, panel, fits, returns in
    try PanelR2.table(panel, fits, against: returns, context)
  },
  Primitive(
    "importance", topic: .evaluation,
    "Ranks characteristics by the R2 a frozen model loses without each of them.",
    Parameter<ModelFlow>.flow("models", "a fitted model, or a list of them for a table of ticks"),
    Parameter<TaskValue?>.optional("task", "the task; the one a model was fitted on if left out"),
    Parameter<Int>.value("top", default: 10, in: 1...10_000, "how many are shown").labelled,
    Parameter<EvaluationValue.Block>.choice(
      "on", default: .train, "the months whose R2 counts"
    ).labelled,
    Parameter<SilentPlace>.choice(
      "silent", default: .both, "where a characteristic is set to zero"
    )
    .labelled,
    Parameter<ImportanceScore?>.optionalWord(
      "by", "which R2; total where the model has factors, else predictive"
    ).labelled,
    returns:
      "a table of rank, characteristic, importance (shares that sum to one over all of them, "
      + "losses below zero counting as none) and the loss of R2; of several models the top ones of "
      + "each, ticked",
    examples: [
      "t = toy | rank_normalize size, mom | setup target: ret, features: [size, mom] | split thirds\nm = t | fit ca1, k: 1, seeds: 2, epochs: 3\nm | importance top: 2\nn = t | fit ca0, k: 1, seeds: 2, epochs: 3\n[m, n] | importance top: 1, on: test"
    ]
  ) { context, models, task, top, block, place, score in
    let study = ImportanceStudy(block: block, place: place, score: score, context)
    switch models {
    case .one(let model): return try study.table(model, task, top: top)
    case .several(let models): return try study.ticks(models, task, top: top)
    }
  }.costing(.forecast),
  Primitive(
    "diebold_mariano", topic: .evaluation,
    "Tests whether one model's forecasts have smaller squared errors than another's.",
    Parameter<[ModelValue]>.flow("models", "two or more fitted models of the same returns"),
    SharedParameters.block,
    Parameter<Int>.value("lags", default: 4, in: 0...60, "lags of the Newey-West standard error")
      .labelled,
    returns:
      "a table with a row a pair: the mean of the monthly difference of mean squared errors, "
      + "first less second, in percent squared; the statistic, above zero where the second is "
      + "better; its two-sided normal p-value",
    examples: [
      "t = toy | setup target: ret, features: [size, mom] | split thirds\na = t | fit ca0, k: 1, seeds: 2, epochs: 2\nb = t | fit ca1, k: 1, seeds: 2, epochs: 2\n[a, b] | diebold_mariano on: test, lags: 2"
    ]
  ) { context, models, block, lags in
    try ForecastComparison(models, block, context).table(lags: lags)
  }.costing(.forecast),
  Primitive(
    "pricing_errors", topic: .evaluation,
    "Gives the alphas of managed portfolios: what a model's factors leave of their mean returns.",
    SharedParameters.fitted,
    SharedParameters.scoredTask,
    SharedParameters.block,
    Parameter<Int>.value("lags", default: 4, in: 0...60, "lags of the Newey-West t-statistics")
      .labelled,
    returns:
      "a table of portfolio, mean return a month and its t, alpha a month and its t; below it "
      + "how many |t| exceed 3",
    examples: [
      "toy | rank_normalize size, mom | setup target: ret, features: [size, mom] | split thirds | fit ca1, k: 1, seeds: 2, epochs: 3 | pricing_errors on: test, lags: 2"
    ]
  ) { context, model, task, block, lags in
    try PricingTable.make(model, model.requireTask(task), block, lags, context)
  }.costing(.forecast),
  Primitive(
    "instrument_test", topic: .evaluation,
    "Tests by bootstrap whether characteristics matter for an `ipca` fit's loadings, or for its alpha.",
    SharedParameters.fitted,
    Parameter<[String]?>.optional(
      "of",
      "names of characteristics, or \"intercept\" for alpha; all of them, and alpha where the fit has "
        + "an intercept, if left out"
    ).labelled,
    Parameter<Int>.value("draws", default: 1000, in: 10...100_000, "resampled panels a test")
      .labelled,
    SharedParameters.scoredTask,
    returns:
      "a table with a row a test: the statistic of Kelly, Pruitt and Su (2019), the share of draws "
      + "without the effect that are above it, and the draws that could be estimated",
    examples: [
      "toy | rank_normalize size, mom | setup target: ret, features: [size, mom] | split thirds | fit ipca, k: 1, intercept: true | instrument_test draws: 20"
    ]
  ) { context, model, names, draws, task in
    try InstrumentTable(model, task, draws: draws, context).table(names)
  }.costing(.forecast),
  Primitive(
    "tangency", topic: .evaluation,
    "Holds the tangency portfolio of a model's factors, formed each month from the months before.",
    SharedParameters.fitted,
    SharedParameters.scoredTask,
    SharedParameters.block,
    Parameter<Double>.value(
      "volatility", default: 0.01, in: 1e-6...1, shown: "1%", "expected volatility a month"
    ).labelled.share,
    returns: "a table of month and return, before costs; its Sharpe ratio stands below",
    examples: [
      "toy | setup target: ret, features: [size, mom] | split thirds | fit ca1, k: 1, seeds: 2, epochs: 3 | tangency on: test"
    ]
  ) { context, model, task, block, volatility in
    try TangencyTable.make(model, model.requireTask(task), block, volatility, context)
  }.costing(.forecast),
  Primitive(
    "align", topic: .evaluation,
    "Compares the factors of two fits, whatever their rotation.",
    Parameter<[ModelValue]>.flow("models", "two fitted models"),
    Parameter<EvaluationValue.Block?>.optionalWord(
      "on", "which block of months; all if left out"
    ).labelled,
    returns: "a table of canonical correlations, largest first, and the R2 of each factor of the "
      + "second fit on the first set rotated and scaled to it (orthogonal Procrustes)",
    examples: [
      "t = toy | setup target: ret, features: [size, mom] | split thirds\na = t | fit ca0, k: 2, seeds: 2, epochs: 2\nb = t | fit ca1, k: 2, seeds: 2, epochs: 2\n[a, b] | align"
    ]
  ) { context, models, block in try AlignmentTable.make(models, block, context) }
  .costing(.forecast),
  Primitive(
    "canon", topic: .evaluation,
    "Gives a model's factors in a canonical rotation, in which fits can be compared by eye.",
    SharedParameters.fitted,
    SharedParameters.scoredTask,
    returns:
      "a table of month, f1, f2, …: orthogonal over the training months, the strongest first, "
      + "with means not below zero, and loadings whose mean square is one",
    examples: [
      "toy | setup target: ret, features: [size, mom] | split thirds | fit ca1, k: 2, seeds: 2, epochs: 3 | canon"
    ]
  ) { context, model, task in
    try CanonicalTable.make(model, model.requireTask(task), context)
  }.costing(.forecast),
]

/// A model, or a list of them.
enum ModelFlow: Bridged {
  case one(ModelValue)
  case several([ModelValue])

  static var type: Type { .oneOf([.model, .list(of: .model)]) }

  init?(_ value: Value) {
    if let model = ModelValue(value) {
      self = .one(model)
    } else if let models = [ModelValue](value) {
      self = .several(models)
    } else {
      return nil
    }
  }

  var value: Value {
    switch self {
    case .one(let model): model.value
    case .several(let models): models.value
    }
  }
}

/// Several scores side by side.
enum Comparison {
  /// What is to be known of scores side by side: fits that did not end, and why they do not compare.
  static func remarks(on scores: [EvaluationValue], of models: [ModelValue]) -> [String] {
    zip(names(models), models).flatMap { name, model in
      model.reservations.map { "\(name): \($0)" }
    } + [remark(on: scores)].compactMap { $0 }
  }

  private static func remark(on scores: [EvaluationValue]) -> String? {
    if Set(scores.map(\.rows)).count > 1 {
      return "the models were fitted on tasks of different rows: their scores do not compare"
    }
    guard Set(scores.map(\.unforecast)).count > 1 else { return nil }
    let counts = scores.map { NumberFormat.count($0.rows - $0.unforecast) }.joined(separator: ", ")
    return
      "the models forecast different rows (\(counts)): their R2 do not compare; `diebold_mariano` takes the "
      + "rows that all have"
  }

  static func table(_ scores: [EvaluationValue], _ models: [ModelValue]) -> Table {
    func numbers(_ unit: ColumnUnit, _ part: (EvaluationValue) -> Double?) -> Column {
      Column(numbers: scores.map { part($0) ?? .nan }, unit: unit)
    }
    let names = names(models)
    var table = Table(
      title: scores.first.map {
        "\($0.block.rawValue) \($0.months.first)..\($0.months.last) · R2 pooled, zero benchmark · "
          + "net of \(NumberFormat.basisPoints($0.costRate)) a side\(seeds(scores))"
      },
      columns: [
        ("model", Column(text: names)),
        ("total R2", numbers(.ratio) { $0.totalStocks }),
        ("managed", numbers(.ratio) { $0.totalManaged }),
        ("predictive R2", numbers(.ratio) { $0.predictive($0.preferred) }),
        ("rank IC", numbers(.plain) { $0.rankIC?.mean }),
        ("Sharpe", numbers(.plain) { $0.longShort?.grossPerformance.sharpeRatio }),
        ("net", numbers(.plain) { $0.longShort?.netPerformance.sharpeRatio }),
        // The last one, because it is the one to miss where a terminal is narrow.
        ("managed pred", numbers(.ratio) { $0.preferredR2.managed.value }),
      ])
    if let oracle = scores.first?.oracles {
      table.columns[0].column = Column(text: names + ["oracle"])
      let truth: [Double] = [oracle.total, .nan, oracle.predictive, .nan, .nan, .nan, .nan]
      for (j, value) in truth.enumerated() {
        let old = table.columns[j + 1].column
        table.columns[j + 1].column = Column(
          numbers: (old.numbers ?? []) + [value], unit: old.unit)
      }
    }
    return table
  }

  // How many seeds the forecasts are averages of.
  private static func seeds(_ scores: [EvaluationValue]) -> String {
    let counts = scores.map(\.seeds).filter { $0 > 0 }
    guard let fewest = counts.min(), let most = counts.max() else { return "" }
    return " · " + (fewest == most ? Counted.text(most, "seed") : "\(fewest) to \(most) seeds")
  }

  /// The models' names, told apart by their settings where they must be.
  static func names(_ models: [ModelValue]) -> [String] {
    let short = models.map { label($0) }
    if Set(short).count == short.count { return short }
    let longer = models.map { label($0, withFactors: true) }
    let groups = Dictionary(grouping: models.indices) { longer[$0] }
    return models.indices.map { number in
      longer[number]
        + difference(models[number], among: (groups[longer[number]] ?? []).map { models[$0] })
    }
  }

  // The settings of a fit that are not those of all the others of the same name.
  private static func difference(_ model: ModelValue, among others: [ModelValue]) -> String {
    model.model.summary.settings.filter { name, value in
      name != "k"
        && others.contains { other in
          !other.model.summary.settings.contains { $0.name == name && $0.value == value }
        }
    }.map { ", \($0.name) \($0.value)" }.joined()
  }

  // The model with the word settings that distinguish it, such as the posterior.
  private static func label(_ model: ModelValue, withFactors: Bool = false) -> String {
    let summary = model.model.summary
    let factors = summary.settings.first { $0.name == "k" && withFactors }
    let posterior = summary.settings.first { $0.name == "posterior" && $0.value != "amortized" }
    let preset = summary.settings.first { $0.name == "preset" }
    // A forecaster's factors are fitted after it; a row of a table must say so.
    let isFactorised =
      model.model.summary.notes.contains { $0.hasPrefix("k: ") } ? " (factorized)" : ""
    return summary.model + isFactorised + (factors.map { ", k \($0.value)" } ?? "")
      + ((posterior ?? preset).map { " (\($0.value))" } ?? "")
  }
}
