// What all fits have in common: progress, the store of kept fits, the ledger line, interruptions.

import FactorLang
import FactorRuntime
import Models

enum Fitting {
  /// A fit as it was found or made.
  struct Outcome {
    let value: ModelValue
    /// Words for the ledger; empty where there is nothing to say.
    let origin: String
    var isRecalled: Bool
  }

  /// What a model was fitted with; throws where its file does not say.
  static func order(of model: ModelValue) throws -> FitOrder {
    guard let order = model.order else {
      throw Fault(
        .missingArgument, "the file of this model does not say how its fit is to go on",
        helps: ["fit anew with `fit`"], parameter: "model")
    }
    return order
  }

  /// Fits, or recalls, or goes on, and says so in the ledger.
  static func fit(
    _ order: FitOrder, on task: TaskValue, _ data: FactorTask, _ context: Context,
    from checkpoint: Container? = nil, after seconds: Double = 0, isFresh: Bool = false
  ) throws -> ModelValue {
    let first = try result(
      order, on: task, data, "fit \(order.card.name)", context, from: checkpoint, after: seconds,
      isFresh: isFresh)
    let model = try finished(first, order, data, context)
    guard let second = order.refit(after: model.model) else { return model }
    let again = try result(
      second, on: task, data, "refit \(order.card.name)", context, after: model.seconds,
      isFresh: isFresh)
    return try finished(again, second, data, context)
  }

  /// Fits, or recalls, or goes on, without a word in the ledger; the model may be a partial one.
  static func result(
    _ order: FitOrder, on task: TaskValue, _ data: FactorTask, _ stage: String, _ context: Context,
    from checkpoint: Container? = nil, after earlier: Double = 0, isFresh: Bool = false
  ) throws -> Outcome {
    let events = context.events
    var fit = FitContext(seed: order.seed, budget: context.budget, start: order.start) {
      events.send(.progress(stage: stage, $0))
    }
    fit.earlier = checkpoint
    func value(_ model: any FittedModel, _ seconds: Double) -> ModelValue {
      ModelValue(
        model: model, task: task, recipe: task.recipe.split(as: data), seconds: seconds,
        threads: context.budget.threads, order: order, split: data.split)
    }
    guard let store = context.store else {
      let began = ContinuousClock.now
      let model = try order.fit(data, fit)
      return Outcome(
        value: value(model, earlier + (ContinuousClock.now - began).seconds), origin: "",
        isRecalled: false)
    }
    // Where a state is gone on from, the store knows best how long that took.
    let (before, spent) = checkpoint == nil ? (earlier, 0) : (0, earlier)
    let found = try store.fit(order, data, fit, isFresh: isFresh, spent: spent) {
      events.send(.note($0))
    }
    return Outcome(
      value: value(found.model, before + found.seconds), origin: words(found),
      isRecalled: found.origin != .computed)
  }

  private static func words(_ found: FitStore.Result) -> String {
    let spent = Progress.rough(.seconds(found.seconds)).dropFirst()
    switch found.origin {
    case .recalled(let moment):
      return "recalled (computed \(WallClock.text(moment).prefix(10)), \(spent))"
    case .computed: return found.isKept ? "computed \(spent)" : ""
    }
  }

  /// The value of a fit; one that stopped on the way is thrown with what is left of it.
  private static func finished(
    _ outcome: Outcome, _ order: FitOrder, _ data: FactorTask, _ context: Context
  ) throws -> ModelValue {
    let model = outcome.value
    if let pause = model.model.pause { throw Fault.stopped(model, pause) }
    let summary = model.model.summary
    let isSecond = order.tuned != nil
    let rows =
      (try? data.requireSplit()).map {
        data.rows(isSecond ? $0.train.lowerBound..<$0.valid.upperBound : $0.train).count
      } ?? 0
    model.task?.window?.fits?.put(model)
    context.ledger(
      LedgerLine(stage: isSecond ? "refit" : "fit", rowsIn: rows, rowsOut: rows),
      detail: "\(summary.model), \(effort(summary))", origin: outcome.origin)
    return model
  }
}

extension Fitting {
  /// What a fit took: seeds and epochs of what is trained, rounds of what is solved.
  private static func effort(_ summary: FitSummary) -> String {
    let passes = summary.members.reduce(0) { $0 + $1.epochs }
    guard summary.isTrained else {
      let isOpen = summary.notes.contains(where: FitSummary.saysUnconverged)
      return (passes == 1 ? "solved" : "\(passes) rounds") + (isOpen ? ", not converged" : "")
    }
    return "\(Counted.text(summary.members.count, "seed")) from \(summary.seed), \(passes) epochs"
  }
}

extension Fault {
  /// A fit that stopped on the way: why, and the partial model that a binding keeps.
  static func stopped(_ model: ModelValue, _ pause: FitPause) -> Fault {
    var fault =
      pause.cause.map { Fault($0) }
      ?? Fault(
        .interrupted, "fit \(model.model.summary.model) at epoch \(pause.epoch) of \(pause.epochs)"
      )
    fault.partial = .model(model)
    return fault
  }

  /// The words for a partial model that a name now stands for.
  func kept(as name: String) -> Fault {
    var fault = self
    if case .sweep(let sweep)? = partial {
      fault.data = ["kept as `\(name)` with the \(Counted.text(sweep.cells.count, "cell")) done"]
      return fault
    }
    guard case .model(let model)? = partial, let pause = model.model.pause else { return self }
    let loss = NumberFormat.fixed(pause.bestLoss, decimals: 4)
    func padded(_ text: String) -> String { TextWidth.padded(text, to: 16) }
    fault.data = [
      "kept as `\(name)` (partial; best epoch \(pause.bestEpoch), validation loss \(loss))"
    ]
    if pause.cause == nil { fault.data.append(padded("resume \(name)") + "continue bit-exactly") }
    fault.data.append(padded("\(name).best") + "use the best epoch as it is")
    return fault
  }
}

extension Duration {
  /// The duration in seconds.
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
