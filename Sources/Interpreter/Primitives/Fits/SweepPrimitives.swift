// Fits over a grid of models and options; a cell that fails becomes a row that says why.

import FactorLang
import FactorRuntime
import Models

/// What becomes of cells that fail.
enum FailureRule: String, ChoiceWord {
  case count, ok
  var sentence: String {
    switch self {
    case .count: "the rest goes on, and a script ends with status 5"
    case .ok: "the rest goes on, and the status does not tell"
    }
  }
}

extension SweepValue: Bridged {
  public static var type: Type { .table(nil) }
  public init?(_ value: Value) {
    guard case .sweep(let sweep) = value else { return nil }
    self = sweep
  }
  public var value: Value { .sweep(self) }
}

let sweepPrimitives: [Primitive] = [
  Primitive(
    "sweep", topic: .models,
    "Fits every combination of models and options; ranges and lists are gone through.",
    SharedParameters.splitTask,
    Parameter<[String]>.words(
      "models", among: Registry.cards.map { Choice($0.name, $0.summary) },
      "a model or a list of models"),
    Parameter<FailureRule>.choice("failures", default: .count, "what failing cells mean").labelled,
    returns: "a table with a row a cell: options, status, scores on valid and test",
    variants: Variants(
      selector: "models", Registry.cards.map(CardOptions.variant), isSwept: true),
    examples: [
      "t = toy | setup target: ret, features: [size, mom] | split thirds\ng = t | sweep [ca0, ca1], k: 1..2, seeds: 2, epochs: 3\ng\ng | table r2_pred, sharpe, rows: model, cols: k, on: test\nbest = g | top 1, by: r2_pred, on: valid\nbest.model"
    ]
  ) { context, task, names, failures in
    var sweep = Sweep(task, context)
    return try sweep.run(names, failures)
  }
]

/// One sweep on its way.
struct Sweep {
  private var task: TaskValue
  private let context: Context
  /// The rows that all cells are scored on, and their managed portfolios, made once.
  private var samples: [(block: EvaluationValue.Block, sample: ScoreSample)] = []

  init(_ task: TaskValue, _ context: Context) {
    self.context = context
    self.task = task
    // Windows are cut out once for all cells.
    self.task.task = task.cut
    self.task.window = nil
  }

  static let mostCells = 10_000

  /// A cell before it is fitted.
  private struct Plan {
    let card: ModelCard
    let options: [(name: String, value: Value)]
    let settings: [String: HyperparameterValue]
  }

  mutating func run(_ names: [String], _ failures: FailureRule) throws -> SweepValue {
    let plans = try plans(names)
    samples = try [.valid, .test].map {
      ($0, try ScoreSample(task.task, $0, true, context.budget))
    }
    // What is the same everywhere is no column.
    var optionNames = context.options.map(\.name).filter { name in
      Set(plans.map { $0.options.first { $0.name == name }.map { ValueText.short($0.value) } })
        .count > 1
    }
    if !optionNames.contains("k") { optionNames.insert("k", at: 0) }
    // Of a file its name says enough above a table.
    let origin = task.origin.split(separator: "/").last.map(String.init) ?? task.origin
    var sweep = SweepValue(cells: [], origin: origin, optionNames: optionNames)
    for (number, plan) in plans.enumerated() {
      do {
        sweep.cells.append(try cell(plan, number, of: plans.count))
      } catch BudgetError.cancelled {
        throw Fault.interrupted(sweep, of: plans.count)
      }
    }
    context.ledger(
      LedgerLine(
        stage: "sweep", rowsIn: task.task.returns.count, rowsOut: task.task.returns.count),
      detail: "\(Counted.text(sweep.cells.count, "cell")) of \(names.joined(separator: ", ")), "
        + "\(sweep.failed) failed", origin: Self.words(recalled: sweep))
    for cell in sweep.cells where cell.why != nil {
      context.note("\(SweepGrid.label(cell)) failed: \(cell.why ?? "")")
    }
    if failures == .count, sweep.failed > 0 { context.events.send(.failedCells(sweep.failed)) }
    return sweep
  }

  private static func words(recalled sweep: SweepValue) -> String {
    let recalled = sweep.cells.count { $0.isRecalled }
    return recalled == 0
      ? "" : "\(recalled) recalled, \(sweep.cells.count - recalled) computed"
  }

  // All combinations, checked before the first of them is fitted.
  private func plans(_ names: [String]) throws -> [Plan] {
    var plans: [Plan] = []
    for name in names {
      guard let card = Registry.card(name) else {
        throw Fault(.unknownChoice, "there is no model `\(name)`", parameter: "models")
      }
      var lists: [[(name: String, value: Value)]] = [[]]
      for option in context.options {
        // An option that this model does not have leaves it as it is.
        guard let facts = card.settings.first(where: { $0.name == option.name }) else { continue }
        let values = try items(of: option.value, facts)
        guard !values.isEmpty else {
          throw Fault(
            .outsideData, "`\(option.name)` has no value to go through", parameter: option.name)
        }
        guard lists.count * values.count <= Self.mostCells else { throw Self.tooMany(option.name) }
        lists = lists.flatMap { list in values.map { list + [(option.name, $0)] } }
      }
      guard plans.count + lists.count <= Self.mostCells else { throw Self.tooMany("models") }
      for options in lists {
        let settings = try CardOptions.settings(options, card)
        // Builds it, to hear of what does not go together.
        _ = try card.model(settings)
        plans.append(Plan(card: card, options: options, settings: settings))
      }
    }
    return plans
  }

  private static func tooMany(_ parameter: String) -> Fault {
    Fault(
      .outOfRange, "a sweep has at most \(NumberFormat.count(mostCells)) cells",
      parameter: parameter)
  }

  private func items(of value: Value, _ facts: HyperparameterFacts) throws -> [Value] {
    switch value {
    case .range: return try Sequences.items(of: value)
    case .list(let items):
      // For an option that takes a list, a list of numbers is one value.
      if facts.kind == .integers, [Int](value) != nil { return [value] }
      if facts.kind == .words, [String](value) != nil { return [value] }
      return items
    default: return [value]
    }
  }

  private func cell(_ plan: Plan, _ number: Int, of count: Int) throws -> SweepCell {
    try context.budget.check()
    var options = plan.options
    if !options.contains(where: { $0.name == "k" }),
      let facts = plan.card.settings.first(where: { $0.name == "k" }),
      let factors = Int(facts.defaultText)
    {
      options.append(("k", .integer(factors)))
    }
    var cell = SweepCell(model: plan.card.name, options: options)
    do {
      let title = "cell \(number + 1) of \(count): \(SweepGrid.label(cell))"
      let order = FitOrder(plan.card, plan.settings, seed: context.seed)
      let outcome = try Fitting.result(order, on: task, task.task, title, context)
      // A fit that was stopped on the way is not a cell.
      if let pause = outcome.value.model.pause {
        throw pause.cause ?? (BudgetError.cancelled as any Error)
      }
      cell.fitted = outcome.value
      cell.isRecalled = outcome.isRecalled
      try score(&cell, outcome.value)
    } catch let error as BudgetError {
      guard case .memory = error else { throw error }
      cell.why = Fault(error).message
    } catch {
      (cell.fitted, cell.why) = (nil, Fault(error).message)
    }
    return cell
  }

  private func score(_ cell: inout SweepCell, _ model: ModelValue) throws {
    let count = model.model.summary.members.count
    let singles = count > 1 ? (0..<count).compactMap { model.model.member($0) } : []
    let whole = try model.model.predict(task.task, budget: context.budget)
    let parts = try singles.map { try $0.predict(task.task, budget: context.budget) }
    for (block, sample) in samples {
      func scores(_ predictions: Predictions) throws -> EvaluationValue {
        try Scorer.score(
          model, predictions, on: task, ScoreOptions(block: block, isFull: false),
          sample: sample, budget: context.budget)
      }
      cell.scores[block] = try scores(whole)
      cell.seedScores[block] = try parts.map(scores)
    }
  }
}

extension Fault {
  /// A sweep that was stopped: the cells that are done are kept by a binding.
  static func interrupted(_ sweep: SweepValue, of count: Int) -> Fault {
    guard !sweep.cells.isEmpty else { return Fault(BudgetError.cancelled) }
    let done = "\(sweep.cells.count) of \(count) cells"
    var fault = Fault(.interrupted, "sweep after " + done)
    // Whatever is made of it, a table or a page, says that cells are missing.
    var sweep = sweep
    sweep.origin += " · partial, \(done)"
    fault.partial = .sweep(sweep)
    return fault
  }
}

/// Counts the cells that failed, for the exit status.
final class FailedCells: EventSink {
  private let outer: EventSink
  private let number = Guarded(0)

  init(_ outer: EventSink) { self.outer = outer }

  func send(_ event: Event) {
    if case .failedCells(let count) = event { number.change { $0 += count } }
    outer.send(event)
  }

  var count: Int { number.read { $0 } }
}
