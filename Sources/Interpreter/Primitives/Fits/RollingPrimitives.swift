// Windows that roll through time, and what is done with each of them.

import FactorLang
import FactorRuntime
import Models

/// A function of the user as an argument.
struct FunctionArgument: Bridged {
  let function: FunctionValue
  static var type: Type { .function }
  init?(_ value: Value) {
    guard case .function(let function) = value else { return nil }
    self.function = function
  }
  var value: Value { .function(function) }
}

let rollingPrimitives: [Primitive] = [
  Primitive(
    "rolling", topic: .models,
    "Makes windows of training, validation and test months that move through a task.",
    Parameter<TaskValue>.flow("task", "a task; its own split, if any, is left aside"),
    Parameter<RollingDesign?>.optionalWord("design", "a design of the literature"),
    Parameter<Periods?>.optional(
      "train",
      "how long each model is fitted; of expanding windows the "
        + "first"
    ).labelled,
    Parameter<Periods?>.optional("valid", "how long choices are made").labelled,
    Parameter<Periods?>.optional("test", "how long each model forecasts").labelled,
    Parameter<Bool?>.optional(
      "expanding", "whether all windows train from the beginning of the task; false if left out"
    ).labelled,
    Parameter<Value>.value(
      "from", default: .missing, shown: "the earliest possible", "the first month or day of tests"
    ).labelled,
    Parameter<Periods?>.optional("refit", "how far windows are apart; `test` if left out").labelled,
    returns: "a list of records: name, train, valid, test, and previous, which `each` fills with "
      + "the model fitted in the window before",
    alternatives: [["design"], ["train", "valid", "test"]],
    examples: [
      """
      w = toy | setup target: ret, features: [size, mom] | rolling train: 12m, valid: 6m, test: 3m
      for one in w { one.name }
      """
    ]
  ) { context, task, design, train, valid, test, expanding, from, refit in
    let clock = task.task.index.clock
    let usual = design?.windows(of: Rolling.span(task), year: clock.periodsPerYear)
    func length(_ given: Periods?, _ name: String) throws -> Int? {
      try given?.count(on: clock, parameter: name)
    }
    guard let train = try length(train, "train") ?? usual?.train,
      let valid = try length(valid, "valid") ?? usual?.valid,
      let test = try length(test, "test") ?? usual?.test
    else {
      throw Fault(
        .missingArgument, "`rolling` needs a design, or train, valid and test",
        helps: ["rolling train: 12y, valid: 3y, test: 1y", "rolling gkx"])
    }
    let lengths = Rolling(
      train: train, valid: valid, test: test, step: try length(refit, "refit") ?? test,
      isExpanding: expanding ?? usual?.isExpanding ?? false)
    let windows = try lengths.windows(task, from: from)
    context.ledger(
      LedgerLine(
        stage: "rolling", rowsIn: task.task.returns.count, rowsOut: task.task.returns.count),
      detail: Rolling.words(windows))
    return windows
  },
  Primitive(
    "each", topic: .lists, "Calls a function for each item of a list, in order.",
    Parameter<Value>.flow("items", "a list, range or column"),
    Parameter<FunctionArgument>.required(
      "function", "a function of one item, such as { x -> x + 1 }"),
    Parameter<FailureRule>.choice("failures", default: .count, "`ok` lets the others go on")
      .labelled,
    returns: "the list of results; in place of an item that failed, where that is ok, its error",
    examples: [
      "1..3 | each { x -> x * x }",
      """
      oos = toy | setup target: ret, features: [size, mom] | rolling train: 12m, valid: 6m, test: 3m | each { w -> w.train | fit ca1, k: 1, seeds: 2, epochs: 3, valid: w.valid, start: w.previous | predict w.test } | stack
      oos | ic predicted, against: realised
      """,
    ]
  ) { context, items, function, failures in
    try Each(function.function, failures, context).results(of: items)
  },
  Primitive(
    "ic", topic: .portfolios, "Correlates a signal with what followed, month by month, by rank.",
    Parameter<PanelValue>.flow("panel", "a panel with both"),
    Parameter<ColumnExpression>.expression("signal", "what was known before").named {
      $0.type = .oneOf([.number, .bool])
    },
    Parameter<ColumnExpression>.expression("against", "the return that followed").labelled.named {
      $0.type = .number
    },
    returns: "a table of month, ic and firms, with mean and t-statistic below it",
    effect: .gives(
      Schema([
        ColumnInfo("month", .month), ColumnInfo("ic", .number), ColumnInfo("firms", .integer),
      ])), examples: ["toy | ic size, against: ret"]
  ) { _, value, signal, returns in
    let panel = value.panel
    let (x, y) = (try signal.evaluate(on: panel), try returns.evaluate(on: panel))
    try Timing.checkSignal(x.known, before: y, named: returns.text, on: panel.index.clock)
    try Timing.checkSelection(value, before: y.known, of: returns)
    guard let forecast = x.numbers, let realised = y.numbers else {
      throw Fault(.wrongType, "`ic` correlates numbers, not \(x.kind) and \(y.kind)")
    }
    return try InformationTable.make(
      panel, forecast, realised, title: "\(value.origin) · rank IC of \(signal.text)",
      known: max(0, y.known))
  },
]

enum InformationTable {
  static func make(
    _ panel: Panel, _ forecast: [Double], _ realised: [Double], title: String, known: Int
  ) throws -> Table {
    let found = try InformationCoefficient(forecast, realised, index: panel.index)
    let firms = panel.index.months.indices.map { month in
      Double(
        panel.index.rows(ofMonthAt: month).count { !forecast[$0].isNaN && !realised[$0].isNaN })
    }
    var table = Table(
      title: title,
      columns: [
        Column.time(panel.index.months), ("ic", Column(numbers: found.series, known: known)),
        ("firms", Column(numbers: firms, unit: .count, known: known)),
      ])
    func text(_ x: Double, _ decimals: Int) -> String {
      x.isFinite ? NumberFormat.fixed(x, decimals: decimals) : NumberFormat.missing
    }
    table.notes = [
      "  mean \(text(found.mean, 4)) · ICIR \(text(found.ratio, 2)) · t \(text(found.tStatistic, 2))"
        + " · \(Counted.text(found.count, panel.index.clock.noun))"
        + (found.skipped.isEmpty
          ? "" : ", \(found.skipped.count) with fewer than ten firms left out")
        + (found.constant.isEmpty
          ? "" : ", \(found.constant.count) with one value for all firms count 0")
    ]
    return table
  }
}

/// Goes through items; in windows the model fitted last is handed to the next one.
struct Each {
  private let function: FunctionValue
  private let failures: FailureRule
  private let context: Context

  init(_ function: FunctionValue, _ failures: FailureRule, _ context: Context) {
    (self.function, self.failures, self.context) = (function, failures, context)
  }

  func results(of value: Value) throws -> [Value] {
    let items = try Sequences.items(of: value)
    var results: [Value] = []
    var previous: ModelValue?
    for (number, item) in items.enumerated() {
      try context.budget.check()
      let slot = FitSlot()
      do {
        results.append(try context.call(function, Self.prepared(item, previous, slot)))
        previous = slot.last ?? previous
      } catch {
        var fault = Fault(error)
        let isStopped = fault.code == .interrupted || fault.code == .timeout
        let place = "item \(number + 1) of \(items.count)\(Self.name(item))"
        guard failures == .ok, !isStopped else {
          fault.notes.append("in \(place)")
          throw fault
        }
        context.note("\(place) failed: \(fault.message)")
        results.append(.failure(fault))
      }
    }
    return results
  }

  private static func name(_ item: Value) -> String {
    guard case .record(let record) = item, case .text(let name)? = record["name"] else { return "" }
    return ", \(name)"
  }

  // A window gets the model of the one before, and a place for its own.
  private static func prepared(_ item: Value, _ previous: ModelValue?, _ slot: FitSlot) -> Value {
    guard case .record(var record) = item, case .task(let train)? = record["train"],
      train.window != nil
    else { return item }
    for name in ["train", "valid", "test"] {
      guard case .task(var task)? = record[name] else { continue }
      task.window?.fits = slot
      record.set(name, .task(task))
    }
    record.set("previous", previous.map(Value.model) ?? .missing)
    return .record(record)
  }
}

/// What `fit` takes for the months on which choices are made.
enum ValidMonths: Bridged {
  case task(TaskValue)
  case range(RangeValue)

  static var type: Type { .oneOf([.range(of: .any), .task(nil)]) }
  init?(_ value: Value) {
    switch value {
    case .task(let task): self = .task(task)
    case .range(let range): self = .range(range)
    default: return nil
    }
  }
  var value: Value {
    switch self {
    case .task(let task): .task(task)
    case .range(let range): .range(range)
    }
  }

  /// The task with these months as its validation block; training ends before them at the latest.
  func applied(to task: FactorTask) throws -> FactorTask {
    let months: (from: Period?, to: Period?)
    switch self {
    case .range(let range): months = try PanelKeys.periods(.range(range), on: task.index.clock)
    case .task(let other):
      let cut = other.cut
      let block = cut.split?.valid ?? 0..<cut.monthCount
      guard !block.isEmpty else { throw Split.Fault.empty(block: "valid") }
      months = (cut.index.months[block.lowerBound], cut.index.months[block.upperBound - 1])
    }
    let start = months.from.map { task.index.lowerBound($0) } ?? 0
    let end = months.to.map { task.index.lowerBound($0 + 1) } ?? task.monthCount
    guard start < end else { throw Split.Fault.empty(block: "valid") }
    let train = task.split?.train ?? 0..<start
    let test = task.split?.test ?? end..<task.monthCount
    var result = task
    result.split = try Split(
      train: min(train.lowerBound, start)..<min(train.upperBound, start), valid: start..<end,
      test: max(test.lowerBound, min(end, test.upperBound))..<test.upperBound)
    return result
  }
}
